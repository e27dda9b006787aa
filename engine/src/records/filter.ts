import { isRowId } from '../base/ids.ts';
import type { Entity, Field } from '../compiler/model.ts';
import type { Json, Operator } from '../metamodel/field-type.ts';
import { LINE_COLUMNS, TREE_PATH_COLUMN } from '../metamodel/naming.ts';
import type { Condition } from '../metamodel/operation.ts';
import type { Dialect } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { filterValue } from './filter-value.ts';
import type { Gate } from './gate.ts';
import { PathJoins } from './path-joins.ts';
import type { ReachedColumn } from './path-joins.ts';
import { unknownField } from './read-input.ts';
import type { Complain } from './read-input.ts';

type Comparison = Extract<Condition, { readonly kind: 'compare' }>;
type Quantified = Extract<Condition, { readonly kind: 'some' }>;

const FALSE = '1 = 0';
const TRUE = '1 = 1';

const SIGNS = {
  eq: '=',
  ne: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
} as const satisfies Readonly<Partial<Record<Operator, string>>>;

/** Values of one `in`; more belong into a table, not into a filter. */
const LIST_MAX = 500;

/** Writes the conditions of one list as SQL over the row `t`, and gathers what they bind. */
export class FilterWriter {
  readonly bindings: Binding[] = [];
  readonly #dialect: Dialect;
  readonly #complain: Complain;
  readonly #gate: Gate;
  #subqueries = 0;

  /**
   * @param complain hears of every unknown field, operator and value; what is written then must not run
   * @param gate keeps paths from reaching records that are not seen
   */
  constructor(dialect: Dialect, complain: Complain, gate: Gate) {
    this.#dialect = dialect;
    this.#complain = complain;
    this.#gate = gate;
  }

  write(condition: Condition, joins: PathJoins): string {
    switch (condition.kind) {
      case 'and':
        return condition.of.length === 0
          ? TRUE
          : `(${condition.of.map((each) => this.write(each, joins)).join(' AND ')})`;
      case 'or':
        return condition.of.length === 0
          ? FALSE
          : `(${condition.of.map((each) => this.write(each, joins)).join(' OR ')})`;
      case 'not':
        return `(NOT COALESCE(${this.write(condition.of, joins)}, 0))`;
      case 'compare':
        return this.#along(condition, condition.path, joins);
      case 'some':
        return this.#some(condition, condition.path, joins);
    }
  }

  /** Follows the path of a comparison; through rows and many-to-many fields it asks whether any fits. */
  #along(comparison: Comparison, [name = '', ...rest]: readonly string[], joins: PathJoins): string {
    const { entity, alias } = joins;
    const field = entity.fieldByName.get(name);
    if (field === undefined) {
      this.#complain(unknownField(entity, name, comparison.at));
      return FALSE;
    }
    if (field.of !== null) return this.#anyRow(comparison, field, rest, alias);
    if (field.joinTable !== null) return this.#anyJoined(comparison, field, rest, alias);
    if (rest.length > 0) {
      if (field.type === 'link' && field.target !== null) return this.#guarded(comparison, rest, joins.through(field));
      this.#complain({ pointer: comparison.at, code: 'not-a-link', parameters: { name } });
      return FALSE;
    }
    const reached = joins.column(name);
    const takes = field.fieldType.operators.includes(comparison.operator) || comparison.operator === 'null';
    if (reached === undefined || !takes || (field.encrypted && comparison.operator !== 'null')) {
      return this.#refuseOperator(
        comparison,
        reached === undefined || field.encrypted ? [] : field.fieldType.operators,
      );
    }
    return this.#compare(comparison, reached);
  }

  /** Whether one row, or one record of a many-to-many field, meets a condition as a whole. */
  #some(condition: Quantified, [name = '', ...rest]: readonly string[], joins: PathJoins): string {
    const field = joins.entity.fieldByName.get(name);
    if (field === undefined) {
      this.#complain(unknownField(joins.entity, name, condition.at));
      return FALSE;
    }
    if (rest.length > 0 && field.type === 'link' && field.target !== null) {
      const linked = joins.through(field);
      const guard = this.#gate.at(linked, rest.slice(0, 2).join('.'));
      if (guard === null) return this.#some(condition, rest, linked);
      this.bindings.push(...guard.bindings);
      return `(${guard.text} AND ${this.#some(condition, rest, linked)})`;
    }
    if (rest.length > 0 || (field.of === null && field.joinTable === null)) {
      this.#complain({ pointer: condition.at, code: 'not-a-link', parameters: { name } });
      return FALSE;
    }
    const target = this.#subquery(field.target as Entity);
    if (field.of !== null) {
      const met = this.write(condition.of, target);
      return (
        `EXISTS (SELECT 1 FROM ${table(target.entity.table)} ${target.alias}${target.text} ` +
        `WHERE ${target.alias}.${quoted(LINE_COLUMNS.parent)} = ${joins.alias}.${quoted('id')} AND ${met})`
      );
    }
    const guard = this.#gate.whole(target);
    if (guard !== null) this.bindings.push(...guard.bindings);
    const met = this.write(condition.of, target);
    const pair = `${target.alias}j`;
    return (
      `EXISTS (SELECT 1 FROM ${table(String(field.joinTable))} ${pair} ` +
      `JOIN ${table(target.entity.table)} ${target.alias} ON ${target.alias}.${quoted('id')} = ${pair}.target_id` +
      `${target.text} WHERE ${pair}.record_id = ${joins.alias}.${quoted('id')}` +
      `${guard === null ? '' : ` AND ${guard.text}`} AND ${met})`
    );
  }

  /** Goes on in a linked record, as far as it is seen. */
  #guarded(comparison: Comparison, path: readonly string[], joins: PathJoins): string {
    const guard = this.#gate.at(joins, path.slice(0, 2).join('.'));
    if (guard === null) return this.#along(comparison, path, joins);
    this.bindings.push(...guard.bindings);
    return `(${guard.text} AND ${this.#along(comparison, path, joins)})`;
  }

  #refuseOperator({ at, operator }: Comparison, operators: readonly Operator[]): string {
    this.#complain({ pointer: at, code: 'unknown-operator', parameters: { operator, expected: operators.join(', ') } });
    return FALSE;
  }

  #anyRow(comparison: Comparison, field: Field, rest: readonly string[], alias: string): string {
    const rows = this.#subquery(field.target as Entity);
    const { operator, value } = comparison;
    if (rest.length === 0 && operator !== 'null') return this.#refuseOperator(comparison, ['null']);
    const met = rest.length === 0 ? TRUE : this.#along(comparison, rest, rows);
    const exists =
      `EXISTS (SELECT 1 FROM ${table(rows.entity.table)} ${rows.alias}${rows.text} ` +
      `WHERE ${rows.alias}.${quoted(LINE_COLUMNS.parent)} = ${alias}.${quoted('id')} AND ${met})`;
    return rest.length === 0 && isTrue(value) ? `NOT ${exists}` : exists;
  }

  #anyJoined(comparison: Comparison, field: Field, rest: readonly string[], alias: string): string {
    const target = this.#subquery(field.target as Entity);
    const { operator, value } = comparison;
    const isNull = rest.length === 0 && operator === 'null';
    if (rest.length === 0 && !field.fieldType.operators.includes(operator)) {
      return this.#refuseOperator(comparison, field.fieldType.operators);
    }
    const met = isNull ? TRUE : this.#guarded(comparison, rest.length === 0 ? ['id'] : rest, target);
    const pair = `${target.alias}j`;
    const exists =
      `EXISTS (SELECT 1 FROM ${table(String(field.joinTable))} ${pair} ` +
      `JOIN ${table(target.entity.table)} ${target.alias} ON ${target.alias}.${quoted('id')} = ${pair}.target_id` +
      `${target.text} WHERE ${pair}.record_id = ${alias}.${quoted('id')} AND ${met})`;
    return isNull && isTrue(value) ? `NOT ${exists}` : exists;
  }

  #subquery(entity: Entity): PathJoins {
    this.#subqueries += 1;
    return new PathJoins(entity, `s${this.#subqueries}`, this.#dialect);
  }

  #compare(comparison: Comparison, reached: ReachedColumn): string {
    const { operator, value, at } = comparison;
    const { sql, column } = reached;
    const mark = parameter(this.#dialect, column.type);
    switch (operator) {
      case 'null':
        return isTrue(value) ? `${sql} IS NULL` : `${sql} IS NOT NULL`;
      case 'in':
      case 'nin':
        return this.#membership(comparison, reached);
      case 'between': {
        const [first, last, ...more] = listOf(value);
        if (first === undefined || last === undefined || more.length > 0) {
          this.#complain({ pointer: at, code: 'type', parameters: { expected: 'two values' } });
          return FALSE;
        }
        this.#bind(reached, [first, last], at);
        return `${sql} BETWEEN ${mark} AND ${mark}`;
      }
      case 'contains':
      case 'starts_with':
      case 'ends_with': {
        const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/[!%_]/g, '!$&');
        this.bindings.push(`${operator === 'starts_with' ? '' : '%'}${text}${operator === 'ends_with' ? '' : '%'}`);
        return `${sql} LIKE ? ESCAPE '!'`;
      }
      case 'under':
        return this.#under(value, sql, column.field, at);
      default: {
        this.#bind(reached, [value], at);
        const compared = `${sql} ${SIGNS[operator]} ${mark}`;
        // Nothing is equal to an empty value, so everything else differs from it.
        return operator === 'ne' ? `(${compared} OR ${sql} IS NULL)` : compared;
      }
    }
  }

  #membership({ operator, value, at }: Comparison, reached: ReachedColumn): string {
    const { sql, column } = reached;
    const values = listOf(value);
    if (values.length > LIST_MAX) {
      this.#complain({ pointer: at, code: 'too-many', parameters: { maximum: String(LIST_MAX) } });
      return FALSE;
    }
    if (values.length === 0) return operator === 'in' ? FALSE : TRUE;
    this.#bind(reached, values, at);
    const mark = parameter(this.#dialect, column.type);
    const list = `(${values.map(() => mark).join(', ')})`;
    return operator === 'in' ? `${sql} IN ${list}` : `(${sql} NOT IN ${list} OR ${sql} IS NULL)`;
  }

  #bind({ column }: ReachedColumn, values: readonly Json[], at: string): void {
    for (const value of values) this.bindings.push(filterValue(column, value, at, this.#complain));
  }

  /** Records whose link leads to a place in a tree or anywhere below it. */
  #under(value: Json, sql: string, field: Field, at: string): string {
    const tree = field.target;
    if (tree?.kind !== 'tree' || typeof value !== 'string' || !isRowId(value)) {
      this.#complain({ pointer: at, code: 'unknown-operator', parameters: { operator: 'under', expected: '' } });
      return FALSE;
    }
    this.bindings.push(value);
    const path = quoted(TREE_PATH_COLUMN);
    const id = parameter(this.#dialect, { kind: 'id' });
    const prefix = this.#dialect === 'sqlite' ? `top.${path} || '%'` : `CONCAT(top.${path}, '%')`;
    return (
      `${sql} IN (SELECT place.${quoted('id')} FROM ${table(tree.table)} place ` +
      `JOIN ${table(tree.table)} top ON place.${path} LIKE ${prefix} WHERE top.${quoted('id')} = ${id})`
    );
  }
}

function isTrue(value: Json): boolean {
  return value === true || value === 'true' || value === '1';
}

/** Lists come as arrays, or from an address as one text with commas. */
function listOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return typeof value === 'string' ? value.split(',') : [value];
}
