import type { TypedExpression } from '../expression/ast.ts';
import { conditionToSql, expressionToSql } from '../expression/sql/index.ts';
import type { SqlExpression } from '../expression/sql/index.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { Value, ValueType } from '../metamodel/value-type.ts';
import { withinBounds } from '../records/bounds.ts';
import type { ReadFrom } from '../records/context.ts';
import { joinGate } from '../records/gate.ts';
import { statement, table } from '../storage/statement.ts';
import type { Binding, RawValue } from '../storage/statement.ts';
import type { Group, GroupQuery, Groups } from './group-query.ts';
import { keptEntries } from './kept-balances.ts';
import { aggregateOf } from './leaves.ts';
import type { Leaf } from './leaves.ts';
import { compared, NOTHING, overRow } from './rewrite.ts';
import { RowTarget, rowEntityOf } from './rows.ts';

const DATE: ValueType = { kind: 'date' };

/** Groups and their leaves, in one statement. */
export async function readGroups(from: ReadFrom, query: GroupQuery): Promise<Groups> {
  const { dialect } = from.reader;
  const { rows, leaves, limit } = query;
  const { reach, bounds } = query.sight;
  const target = new RowTarget(rows, dialect, joinGate(from, reach));
  const written = (expression: TypedExpression): SqlExpression => expressionToSql(expression, dialect, target);
  const entity = rowEntityOf(rows);

  const keys = keysOf(query).map((key) => written(key));
  const values = leaves.map((leaf) => written(aggregateOf(leaf, entity.name)));
  const order = query.order.map(({ by, descending }) => {
    const least = 'least' in by ? written(aggregateOf(leastOf(by.least), entity.name)) : null;
    const text = 'key' in by ? keyName(by.key) : 'leaf' in by ? leafName(by.leaf) : (least?.sql ?? '');
    return { text: descending ? `${text} DESC` : text, least };
  });
  const where = query.where === null ? null : conditionToSql(query.where, dialect, target);
  const within = bounds === null ? null : withinBounds(bounds, target.record, dialect, from);
  const conditions = [where?.sql, within?.text].flatMap((text) => (text === undefined ? [] : [`(${text})`]));

  const kept = rows.ledger !== null && query.mayUseKept ? keptEntries(rows.ledger, query, dialect, from.today) : null;
  const selected = [
    ...keys.map(({ sql }, index) => `${sql} AS ${keyName(index)}`),
    ...values.map(({ sql }, index) => `${sql} AS ${leafName(index)}`),
  ];
  const text =
    `SELECT ${selected.join(', ')} FROM ${kept?.text ?? table(entity.table)} t${target.joins}` +
    (conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`) +
    (keys.length === 0 ? '' : ` GROUP BY ${keys.map((_, index) => keyName(index)).join(', ')}`) +
    (order.length === 0 ? '' : ` ORDER BY ${order.map((term) => term.text).join(', ')}`) +
    ` LIMIT ${limit + 1}`;
  const bindings: readonly Binding[] = [
    ...[...keys, ...values].flatMap((each) => each.bindings(from)),
    ...(kept?.bindings ?? []),
    ...target.bindings,
    ...(where?.bindings(from) ?? []),
    ...(within?.bindings ?? []),
    ...order.flatMap(({ least }) => least?.bindings(from) ?? []),
  ];
  const tuples = await from.reader.tuples(statement(text), bindings);
  return {
    groups: tuples.slice(0, limit).map((tuple) => groupOf(tuple, keys, values, query)),
    truncated: tuples.length > limit,
  };
}

function groupOf(
  tuple: readonly RawValue[],
  keys: readonly SqlExpression[],
  values: readonly SqlExpression[],
  query: GroupQuery,
): Group {
  const read = keys.map((key, index) => valueIn(tuple[index], key));
  return {
    keys: read.slice(0, query.keys.length),
    leaves: values.map((value, index) => valueIn(tuple[keys.length + index], value)),
    isOpening: query.detailFrom !== null && read.at(-1) === true,
  };
}

function valueIn(raw: RawValue | undefined, { read }: SqlExpression): Value {
  return read((raw ?? null) as Parameters<typeof read>[0]);
}

/** The keys as they are grouped by; the last one tells what lies before the details. */
function keysOf({ keys, detailFrom, rows }: GroupQuery): readonly TypedExpression[] {
  if (detailFrom === null) return keys.map(({ value }) => value);
  const date: TypedExpression = {
    node: 'path',
    frame: 'self',
    path: [{ entity: rows.entity.name, field: ENTRY_COLUMNS.date, kind: 'field' }],
    type: DATE,
  };
  const isBefore = compared(date, '<', { node: 'literal', type: DATE, value: detailFrom });
  return [
    ...keys.map(({ value, isDetail }): TypedExpression =>
      isDetail ? { node: 'if', type: value.type, condition: isBefore, then: NOTHING, otherwise: value } : value,
    ),
    isBefore,
  ];
}

function leastOf(value: TypedExpression): Leaf {
  return { aggregate: 'min', value: overRow(value), condition: null };
}

function keyName(index: number): string {
  return `rk_key_${index}`;
}

function leafName(index: number): string {
  return `rk_leaf_${index}`;
}
