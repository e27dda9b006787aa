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
import { aggregateOf, mergedLeaves } from './leaves.ts';
import type { Leaf } from './leaves.ts';
import { compared, NOTHING, overRow } from './rewrite.ts';
import { RowTarget, rowEntityOf } from './rows.ts';

const DATE: ValueType = { kind: 'date' };

/** Groups and their leaves, in one statement. */
export async function readGroups(from: ReadFrom, query: GroupQuery): Promise<Groups> {
  const { limit, leaves } = query;
  const selections = partsOf(query).map((part, place) => selectionOf(from, part, place, leaves));
  const [first] = selections as [Selection, ...Selection[]];
  const order = query.order.map(({ by, descending }, index) => {
    const name = 'key' in by ? keyName(by.key) : 'leaf' in by ? leafName(by.leaf) : leastName(index);
    return descending ? `${name} DESC` : name;
  });
  const text =
    (selections.length === 1 ? first.text : unitedText(selections, query, first.keys.length)) +
    (order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`) +
    ` LIMIT ${limit + 1}`;
  const tuples = await from.reader.tuples(
    statement(text),
    selections.flatMap(({ bindings }) => bindings),
  );
  const values = leaves.map(({ part }, index) => selections[part]?.values[index] as SqlExpression);
  return {
    groups: tuples.slice(0, limit).map((tuple) => groupOf(tuple, first.keys, values, query)),
    truncated: tuples.length > limit,
  };
}

/** The query as each of its sources is asked. */
function partsOf(query: GroupQuery): readonly GroupQuery[] {
  const besides = query.besides.map(({ keys, ...beside }): GroupQuery => ({
    ...query,
    ...beside,
    keys: keys.map((value) => ({ value, isDetail: false })),
  }));
  return [query, ...besides];
}

/** The groups of one source, before they are put in order. */
interface Selection {
  readonly text: string;
  readonly bindings: readonly Binding[];
  readonly keys: readonly SqlExpression[];
  /** By the places of leaves; undefined for those of other sources. */
  readonly values: readonly (SqlExpression | undefined)[];
}

function selectionOf(from: ReadFrom, query: GroupQuery, place: number, all: readonly Leaf[]): Selection {
  const { dialect } = from.reader;
  const { rows } = query;
  const { reach, bounds } = query.sight;
  const target = new RowTarget(rows, dialect, joinGate(from, reach));
  const written = (expression: TypedExpression): SqlExpression => expressionToSql(expression, dialect, target);
  const entity = rowEntityOf(rows);

  const keys = keysOf(query).map((key) => written(key));
  const values = all.map((leaf) => (leaf.part === place ? written(aggregateOf(leaf, entity.name)) : undefined));
  const leasts = query.order.map(({ by }) => {
    const least = 'least' in by ? by.least[place] : undefined;
    return least === undefined ? undefined : written(aggregateOf(leastOf(least), entity.name));
  });
  const where = query.where === null ? null : conditionToSql(query.where, dialect, target);
  const within = bounds === null ? null : withinBounds(bounds, target.record, dialect, from);
  const conditions = [where?.sql, within?.text].flatMap((text) => (text === undefined ? [] : [`(${text})`]));

  const own = { ...query, leaves: all.filter(({ part }) => part === place) };
  const kept = rows.ledger !== null && query.mayUseKept ? keptEntries(rows.ledger, own, dialect, from.today) : null;
  const selected = [
    ...keys.map(({ sql }, index) => `${sql} AS ${keyName(index)}`),
    ...values.map((value, index) => `${value?.sql ?? 'NULL'} AS ${leafName(index)}`),
    ...leasts.flatMap((least, index) => (least === undefined ? [] : [`${least.sql} AS ${leastName(index)}`])),
  ];
  const text =
    `SELECT ${selected.join(', ')} FROM ${kept?.text ?? table(entity.table)} t${target.joins}` +
    (conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`) +
    groupedBy(keys.length);
  const bindings: readonly Binding[] = [
    ...[...keys, ...values, ...leasts].flatMap((each) => each?.bindings(from) ?? []),
    ...(kept?.bindings ?? []),
    ...target.bindings,
    ...(where?.bindings(from) ?? []),
    ...(within?.bindings ?? []),
  ];
  return { text, bindings, keys, values };
}

/** The groups of several sources as those of one: each leaf is known to one source only. */
function unitedText(selections: readonly Selection[], { leaves, order }: GroupQuery, keys: number): string {
  const names = Array.from({ length: keys }, (_, index) => keyName(index));
  const selected = [
    ...names,
    ...leaves.map((_, index) => `MAX(${leafName(index)}) AS ${leafName(index)}`),
    ...order.flatMap(({ by }, index) => ('least' in by ? [`MIN(${leastName(index)}) AS ${leastName(index)}`] : [])),
  ];
  const united = selections.map(({ text }) => text).join(' UNION ALL ');
  return `SELECT ${selected.join(', ')} FROM (${united}) united${groupedBy(keys)}`;
}

function groupedBy(keys: number): string {
  return keys === 0 ? '' : ` GROUP BY ${Array.from({ length: keys }, (_, index) => keyName(index)).join(', ')}`;
}

function groupOf(
  tuple: readonly RawValue[],
  keys: readonly SqlExpression[],
  values: readonly SqlExpression[],
  query: GroupQuery,
): Group {
  const read = keys.map((key, index) => valueIn(tuple[index], key));
  const leaves = values.map((value, index) => valueIn(tuple[keys.length + index], value));
  return {
    keys: read.slice(0, query.keys.length),
    // What a source has no rows of is empty there, not missing.
    leaves: query.besides.length === 0 ? leaves : mergedLeaves(query.leaves, [leaves]),
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
  return { part: 0, aggregate: 'min', value: overRow(value), condition: null };
}

function keyName(index: number): string {
  return `rk_key_${index}`;
}

function leafName(index: number): string {
  return `rk_leaf_${index}`;
}

function leastName(index: number): string {
  return `rk_least_${index}`;
}
