import type { Json } from '../metamodel/field-type.ts';
import type { ListQuery } from '../metamodel/operation.ts';
import { parameter } from '../storage/dialect.ts';
import type { Binding } from '../storage/statement.ts';
import type { Dialect } from '../storage/database.ts';
import { filterValue } from './filter-value.ts';
import type { Gate } from './gate.ts';
import type { PathJoins, ReachedColumn } from './path-joins.ts';
import { unknownField } from './read-input.ts';
import type { Complain } from './read-input.ts';
import type { SqlCondition } from './search.ts';

/** One thing that a list is ordered by. */
export interface OrderTerm extends SqlCondition {
  readonly column: ReachedColumn['column'];
  readonly descending: boolean;
}

/**
 * What a list is ordered by. Records that are equal in that keep an order by id, or pages would overlap; in the direction
 * of the column before it, since the index of that column then serves both.
 */
export function orderOf(
  query: Pick<ListQuery, 'sort'>,
  joins: PathJoins,
  complain: Complain,
  gate: Gate,
): readonly OrderTerm[] {
  const { entity } = joins;
  const sort =
    query.sort.length > 0 ? query.sort : entity.sort.map(({ field, descending }) => ({ path: [field], descending }));
  const terms: OrderTerm[] = [];
  for (const { path, descending } of sort) {
    const reached = reachedBy(path, `/sort/${path.join('.')}`, joins, gate, complain);
    if (reached === null) continue;
    terms.push({ ...reached, descending });
    if (path.length === 1 && path[0] === 'id') return terms;
  }
  const id = joins.column('id') as ReachedColumn;
  return [...terms, { text: id.sql, bindings: [], column: id.column, descending: terms.at(-1)?.descending ?? false }];
}

/** The column that a path leads to, as far as the records on the way are seen; complains where none can be ordered by. */
export function reachedBy(
  path: readonly string[],
  pointer: string,
  joins: PathJoins,
  gate: Gate,
  complain: Complain,
): (SqlCondition & Pick<OrderTerm, 'column'>) | null {
  const guards: SqlCondition[] = [];
  let at = joins;
  for (const [index, name] of path.entries()) {
    const field = at.entity.fieldByName.get(name);
    if (field === undefined) {
      complain(unknownField(at.entity, name, pointer));
      return null;
    }
    if (index < path.length - 1) {
      if (field.type !== 'link' || field.target === null) break;
      at = at.through(field);
      const guard = gate.at(at, path[index + 1] as string);
      if (guard !== null) guards.push(guard);
      continue;
    }
    const reached = at.column(name);
    if (reached === undefined || !field.fieldType.sortable || field.encrypted) break;
    const seen = guards.map(({ text }) => text).join(' AND ');
    return {
      text: guards.length === 0 ? reached.sql : `CASE WHEN ${seen} THEN ${reached.sql} END`,
      bindings: guards.flatMap(({ bindings }) => bindings),
      column: reached.column,
    };
  }
  complain({ pointer, code: 'not-sortable', parameters: { name: path.join('.') } });
  return null;
}

export function orderText(terms: readonly OrderTerm[]): SqlCondition {
  return {
    text: terms.map(({ text, descending }) => (descending ? `${text} DESC` : text)).join(', '),
    bindings: terms.flatMap(({ bindings }) => bindings),
  };
}

/**
 * The condition that a record stands behind another one in an order, by the values that one has for the terms. Both
 * databases put empty values first, or last where the order is descending.
 */
export function behind(
  terms: readonly OrderTerm[],
  values: readonly Json[],
  dialect: Dialect,
  complain: Complain,
): SqlCondition {
  if (values.length !== terms.length) {
    complain({ pointer: '/after', code: 'unreadable' });
    return { text: '1 = 0', bindings: [] };
  }
  const bound = terms.map((term, index) => {
    const value = values[index] ?? null;
    return value === null ? null : filterValue(term.column, value, '/after', complain);
  });
  const alternatives = terms.map((term, index) => {
    const equals = terms.slice(0, index).map((each, place) => equal(each, bound[place] ?? null, dialect));
    const parts = [...equals, beyond(term, bound[index] ?? null, dialect)];
    return {
      text: `(${parts.map(({ text }) => text).join(' AND ')})`,
      bindings: parts.flatMap(({ bindings }) => bindings),
    };
  });
  return {
    text: `(${alternatives.map(({ text }) => text).join(' OR ')})`,
    bindings: alternatives.flatMap(({ bindings }) => bindings),
  };
}

function equal({ text, bindings, column }: OrderTerm, value: Binding, dialect: Dialect): SqlCondition {
  if (value === null) return { text: `${text} IS NULL`, bindings };
  return { text: `${text} = ${parameter(dialect, column.type)}`, bindings: [...bindings, value] };
}

function beyond({ text, bindings, column, descending }: OrderTerm, value: Binding, dialect: Dialect): SqlCondition {
  const mark = parameter(dialect, column.type);
  if (value === null) return descending ? { text: '1 = 0', bindings: [] } : { text: `${text} IS NOT NULL`, bindings };
  if (!descending) return { text: `${text} > ${mark}`, bindings: [...bindings, value] };
  return { text: `(${text} < ${mark} OR ${text} IS NULL)`, bindings: [...bindings, value, ...bindings] };
}
