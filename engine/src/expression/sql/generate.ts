import { functionsById } from '../functions/index.ts';
import { identifierOf } from './binding.ts';
import { partsOf } from '../parts.ts';
import { NULL_PART, varying } from './part.ts';
import { bound, joined, raw, sql } from './text.ts';
import type { ComparisonOperator, TypedExpression } from '../ast.ts';
import type { SqlDialect } from './dialect.ts';
import type { SqlPart } from './part.ts';
import type { SqlRows, SqlTarget } from './target.ts';
import type { BindingForm, Sql, SqlParameter } from './text.ts';
import type { ValueType } from '../../metamodel/value-type.ts';

type Node<Name extends TypedExpression['node']> = Extract<TypedExpression, { node: Name }>;

const TRUE: SqlPart = { sql: raw('1'), form: { kind: 'boolean' } };
const FALSE: SqlPart = { sql: raw('0'), form: { kind: 'boolean' } };

/** Writes typed expressions as SQL of one dialect over the tables of one target. */
export class SqlGenerator {
  readonly #dialect: SqlDialect;
  readonly #target: SqlTarget;
  /** The rows of the aggregates around, outermost first. */
  readonly #rows: SqlRows[] = [];

  constructor(dialect: SqlDialect, target: SqlTarget) {
    this.#dialect = dialect;
    this.#target = target;
  }

  /** The value of the expression; a boolean may be NULL where false is meant (see `strict`). */
  part(expression: TypedExpression): SqlPart {
    switch (expression.node) {
      case 'literal':
        return this.#literal(expression);
      case 'path':
        return this.#dialect.column(this.#target.column(expression.frame, expression.path));
      case 'row-path':
        return this.#rowColumn(expression);
      case 'global':
        return this.#dialect.parameter(this.#globalParameter(expression), expression.type);
      case 'local':
        return this.#dialect.parameter(this.#localParameter(expression), expression.type);
      case 'clock':
        return this.#dialect.parameter({ kind: 'clock', clock: expression.clock }, expression.type);
      case 'call':
        return this.#call(expression);
      case 'if':
        return this.#choice(expression);
      case 'and':
      case 'or':
        return this.#logic(expression);
      case 'not':
        return exactCondition(sql`(NOT COALESCE(${this.part(expression.operand).sql}, 0))`);
      case 'compare':
        return this.#comparison(expression.operator, expression.left, expression.right);
      case 'in':
        return this.#membership(expression);
      case 'coalesce': {
        const parts = this.#alike(expression.arguments.map((each) => this.strict(each)));
        return common(
          parts,
          sql`COALESCE(${joined(
            parts.map(({ sql: text }) => text),
            ', ',
          )}, NULL)`,
        );
      }
      case 'join':
        return this.#join(expression);
      case 'aggregate':
        return this.#aggregate(expression);
      default:
        throw new Error(`\`${expression.node}\` is asked for beforehand, not within a statement.`);
    }
  }

  /** The value with booleans that are exactly true, false or, for a field that is empty, NULL. */
  strict(expression: TypedExpression): SqlPart {
    const part = this.part(expression);
    if (part.form.kind !== 'boolean' || part.form.isNullFalse === undefined) return part;
    return exactCondition(sql`COALESCE(${part.sql}, 0)`);
  }

  #logic({ node, left, right }: Node<'and' | 'or'>): SqlPart {
    return condition(sql`(${this.part(left).sql} ${raw(node === 'and' ? 'AND' : 'OR')} ${this.part(right).sql})`);
  }

  #literal({ value, type }: Node<'literal'>): SqlPart {
    if (value === null) return NULL_PART;
    if (typeof value === 'boolean') return value ? TRUE : FALSE;
    return this.#dialect.literal(value, type);
  }

  #rowColumn({ path }: Node<'row-path'>): SqlPart {
    const rows = this.#rows.at(-1);
    if (rows === undefined) throw new Error('The expression reads a row outside of any aggregate.');
    return this.#dialect.column(rows.column(path));
  }

  #globalParameter({ global, field, type }: Node<'global'>, form: BindingForm = this.#bindingForm(type)): SqlParameter {
    return { kind: 'global', global, field, form };
  }

  #localParameter({ local, field, type }: Node<'local'>, form: BindingForm = this.#bindingForm(type)): SqlParameter {
    return { kind: 'local', local, field, form };
  }

  #bindingForm(type: ValueType): BindingForm {
    if (type.kind === 'boolean') return 'boolean';
    if (type.kind === 'datetime') return 'instant';
    const scale = this.#dialect.bindingScale(type);
    return scale === null ? 'text' : { scale };
  }

  #call(expression: Node<'call'>): SqlPart {
    const definition = functionsById.get(expression.function);
    if (definition === undefined) throw new Error(`The expression calls ${expression.function}, which is no function.`);
    return this.#dialect.call(
      definition,
      expression.arguments.map((each) => this.strict(each)),
      expression.type,
    );
  }

  #choice(expression: Node<'if'>): SqlPart {
    const when = this.part(expression.condition).sql;
    const parts = this.#alike([this.strict(expression.then), this.strict(expression.otherwise)]);
    const [then, otherwise] = parts;
    if (then === undefined || otherwise === undefined) return NULL_PART;
    return common(parts, sql`(CASE WHEN ${when} THEN ${then.sql} ELSE ${otherwise.sql} END)`);
  }

  #comparison(operator: ComparisonOperator, left: TypedExpression, right: TypedExpression): SqlPart {
    if (operator === '==') return this.#same(left, right);
    if (operator === '!=') return exactCondition(sql`(NOT COALESCE(${this.#same(left, right).sql}, 0))`);
    const [one, other] = this.#comparable(this.#ordered(left), this.#ordered(right));
    if (one.form.kind === 'null' || other.form.kind === 'null') return FALSE;
    const call = this.#dialect.comparing(one, other);
    const sign = raw(operator);
    if (call !== null) return condition(sql`(${call} ${sign} 0)`);
    if (one.form.kind !== 'text') return condition(sql`(${one.sql} ${sign} ${other.sql})`);
    return condition(sql`(${this.#dialect.exact(one.sql)} ${sign} ${this.#dialect.exact(other.sql)})`);
  }

  #same(left: TypedExpression, right: TypedExpression): SqlPart {
    const [one, other] = this.#comparable(...this.#sidesOfSame(left, right));
    if (one.form.kind === 'null') return exactCondition(sql`(${other.sql} IS NULL)`);
    if (other.form.kind === 'null') return exactCondition(sql`(${one.sql} IS NULL)`);
    const isNeverNull = isConstant(left) || isConstant(right);
    const sign = isNeverNull ? raw('=') : this.#dialect.same;
    if (one.form.kind !== 'text') return result(sql`(${one.sql} ${sign} ${other.sql})`, isNeverNull);
    const exactly = sql`(${this.#dialect.exact(one.sql)} ${sign} ${this.#dialect.exact(other.sql)})`;
    if (!isSearchable(one, right) && !isSearchable(other, left)) return result(exactly, isNeverNull);
    // The plain comparison lets an index narrow the rows; letters that differ in case only are then told apart.
    return result(sql`(${one.sql} ${sign} ${other.sql} AND ${exactly})`, isNeverNull);
  }

  /** Both sides of `==`: ids with ids, where one is a column and the other is known, numbers at one scale. */
  #sidesOfSame(left: TypedExpression, right: TypedExpression): readonly [SqlPart, SqlPart] {
    const one = this.strict(left);
    const other = this.strict(right);
    if (isIdentifier(one) && other.form.kind === 'text') return [one, this.#asIdentifier(right) ?? other];
    if (isIdentifier(other) && one.form.kind === 'text') return [this.#asIdentifier(left) ?? one, other];
    return [one, other];
  }

  #comparable(one: SqlPart, other: SqlPart): readonly [SqlPart, SqlPart] {
    const isMixed = [one, other].some(isIdentifier) && [one, other].some(({ form }) => form.kind === 'text');
    const [first, second] = isMixed ? [this.#asText(one), this.#asText(other)] : [one, other];
    const [left = first, right = second] = this.#dialect.comparable(first, second);
    return [left, right];
  }

  /** One side of `<` and its kin; ids have the order of texts there. */
  #ordered(expression: TypedExpression): SqlPart {
    return this.#asText(this.strict(expression));
  }

  #asText(part: SqlPart): SqlPart {
    return isIdentifier(part) ? { sql: this.#dialect.written(part), form: { kind: 'text' } } : part;
  }

  /** A literal, global or local bound as an id, so that the index of the column serves. */
  #asIdentifier(expression: TypedExpression): SqlPart | null {
    if (expression.node === 'literal' && typeof expression.value === 'string') {
      const value = identifierOf(expression.value);
      return { sql: bound({ kind: 'constant', value }), form: { kind: 'identifier' } };
    }
    if (expression.node !== 'global' && expression.node !== 'local') return null;
    const parameter =
      expression.node === 'global'
        ? this.#globalParameter(expression, 'identifier')
        : this.#localParameter(expression, 'identifier');
    return { sql: bound(parameter), form: { kind: 'identifier' } };
  }

  /** The same values in one form: numbers at one scale, ids as texts when other texts stand beside them. */
  #alike(parts: readonly SqlPart[]): readonly SqlPart[] {
    const isMixed = parts.some(isIdentifier) && parts.some((part) => part.form.kind === 'text');
    return this.#dialect.alike(isMixed ? parts.map((part) => this.#asText(part)) : parts);
  }

  #membership({ value, options }: Node<'in'>): SqlPart {
    if (options.length === 0) return FALSE;
    return condition(
      sql`(${joined(
        options.map((option) => this.#same(value, option).sql),
        ' OR ',
      )})`,
    );
  }

  #join({ parts }: Node<'join'>): SqlPart {
    if (parts.length === 0) return this.#dialect.literal('', { kind: 'text' });
    const texts = parts.map((each) => sql`COALESCE(${this.#dialect.written(this.part(each))}, '')`);
    return { sql: this.#dialect.concatenated(texts), form: { kind: 'text' } };
  }

  #aggregate({ aggregate, rows, value }: Node<'aggregate'>): SqlPart {
    const table = this.#target.rows(rows);
    if (value === null) return this.#dialect.count(raw('*'), raw(table.source()));
    this.#rows.push(table);
    const key = readsRow(value) ? null : raw(table.column([{ entity: rows.entity, field: 'id', kind: 'field' }]).sql);
    const part = ofEachRow(this.part(value), key);
    this.#rows.pop();
    const source = raw(table.source());
    const met = sql`COALESCE(${part.sql}, 0)`;
    switch (aggregate) {
      case 'any':
        return exactCondition(sql`EXISTS (SELECT 1 ${source} AND ${met})`);
      case 'all':
        return exactCondition(sql`(NOT EXISTS (SELECT 1 ${source} AND NOT ${met}))`);
      case 'count':
        return this.#dialect.count(
          part.form.kind === 'boolean' ? sql`CASE WHEN ${part.sql} THEN 1 END` : part.sql,
          source,
        );
      case 'sum':
        return this.#dialect.sum(part, source);
      case 'avg':
        return this.#dialect.average(part, source);
      case 'min':
      case 'max':
        return this.#dialect.extreme(aggregate, part, source);
    }
  }
}

/** Whether the expression itself names a column of the row, rather than a subquery within it. */
function readsRow(expression: TypedExpression): boolean {
  if (expression.node === 'aggregate') return false;
  return expression.node === 'row-path' || partsOf(expression).some(readsRow);
}

/**
 * SQL takes an aggregate for one of the outer query when its argument names columns of that query only. The key of
 * the rows ties it to the subquery it stands in.
 */
function ofEachRow(part: SqlPart, key: Sql | null): SqlPart {
  return key === null ? part : varying({ ...part, sql: sql`CASE WHEN ${key} IS NOT NULL THEN ${part.sql} END` });
}

function condition(text: Sql): SqlPart {
  return { sql: text, form: { kind: 'boolean', isNullFalse: true } };
}

function exactCondition(text: Sql): SqlPart {
  return { sql: text, form: { kind: 'boolean' } };
}

function result(text: Sql, canBeNull: boolean): SqlPart {
  return canBeNull ? condition(text) : exactCondition(text);
}

function isIdentifier(part: SqlPart): boolean {
  return part.form.kind === 'identifier';
}

function isConstant(expression: TypedExpression): boolean {
  return expression.node === 'literal' && expression.value !== null;
}

/** Whether an index of the column may find what it is compared with. */
function isSearchable(column: SqlPart, other: TypedExpression): boolean {
  const isFixed = other.node === 'literal' || other.node === 'global' || other.node === 'local';
  return isFixed && column.form.kind === 'text' && column.form.isColumn === true;
}

/** A choice between parts: it has their form, without what only held for one of them. */
function common(parts: readonly SqlPart[], text: Sql): SqlPart {
  const known = parts.find(({ form }) => form.kind !== 'null');
  if (known === undefined) return NULL_PART;
  const { form } = known;
  if (form.kind === 'text') return { sql: text, form: { kind: 'text' } };
  if (form.kind !== 'units') return { sql: text, form };
  let limit = 0n;
  for (const part of parts) if (part.form.kind === 'units' && part.form.limit > limit) limit = part.form.limit;
  return { sql: text, form: { kind: 'units', scale: form.scale, limit } };
}
