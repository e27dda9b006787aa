import { Decimal } from '../base/decimal.ts';
import type { Widget } from '../compiler/model.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import { conditionToSql } from '../expression/sql/index.ts';
import type { SqlExpression } from '../expression/sql/index.ts';
import type { Json } from '../metamodel/field-type.ts';
import { textIn } from '../metamodel/text.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawValue } from '../storage/statement.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import { withinBounds } from './bounds.ts';
import type { ReadFrom } from './context.ts';
import { narrowedTo } from './gate.ts';
import { PathJoins } from './path-joins.ts';
import type { ReachedColumn } from './path-joins.ts';
import { READ } from './reach.ts';
import type { Reach } from './reach.ts';
import { RecordTarget } from './record-target.ts';
import type { SqlCondition } from './search.ts';
import { titlesSeen } from './titles.ts';

/** Slices of a chart: more cannot be told apart. */
const GROUPS_MAX = 12;
/** Points along a time axis, the latest. */
const PERIODS_MAX = 31;

/** Length of the part of a stored date that names the period. */
const PERIOD_LENGTHS = { day: 10, month: 7 } as const;

export interface Figure {
  /** The value grouped by, as JSON; for periods `2026-01` or `2026-01-31`. */
  readonly key: Json;
  /** What people call it. */
  readonly label: string;
  readonly value: Json;
}

/** One figure, or one for each group. */
export type Figures = { readonly value: Json } | { readonly series: readonly Figure[] };

/**
 * Works out what a widget shows over the records its actor may list: one query, and one more for the names of linked
 * records. Sums of money stay exact.
 */
export async function readFigures(
  from: ReadFrom,
  { entity, actor, reach }: Authorized<OperationOf<'list'>>,
  widget: Widget,
): Promise<Figures> {
  const { dialect } = from.reader;
  const joins = new PathJoins(entity, 't', dialect);
  const measured = widget.value.field === null ? null : joins.follow([widget.value.field.name]);
  const grouped = widget.groupBy === null ? null : joins.follow([widget.groupBy.field.name]);
  const where = widget.where === null ? null : conditionToSql(widget.where, dialect, new RecordTarget(joins));
  const within = boundsOfWidget(from, widget, reach, joins);
  const conditions = [where?.sql, within?.text].filter((each) => each !== undefined);
  const group = grouped === null ? null : groupText(grouped, widget);
  const text =
    `SELECT ${group ?? 'NULL'} AS grouped, COUNT(${measured?.sql ?? '*'}) AS counted, ${measureText(measured, widget)} ` +
    `AS measured FROM ${table(entity.table)} t${joins.text}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}` +
    (group === null ? '' : ` GROUP BY ${group} ORDER BY ${orderText(widget)}`);
  const tuples = await from.reader.tuples(statement(text), [...boundBy(where, from), ...(within?.bindings ?? [])]);

  const valueOf = (tuple: readonly RawValue[]): Json => figureOf(tuple, measured, widget);
  if (grouped === null || widget.groupBy === null)
    return { value: tuples[0] === undefined ? null : valueOf(tuples[0]) };
  const keys = tuples.map(([key = null]) =>
    isPeriod(widget) || key === null ? (key as string) : grouped.column.toJson(key),
  );
  const labels = await labelsOf(from, widget, keys, actor.locale, reach);
  const series = tuples.map((tuple, index) => ({
    key: keys[index] ?? null,
    label: labels(keys[index] ?? null),
    value: valueOf(tuple),
  }));
  return { series: isPeriod(widget) ? series.reverse() : series };
}

/** Only records count that are seen, with the fields that the widget reads. */
function boundsOfWidget(from: ReadFrom, widget: Widget, reach: Reach, joins: PathJoins): SqlCondition | null {
  const bounds = reach.bounds(widget.entity, READ);
  if (bounds === null) return null;
  const { value, groupBy, where } = widget;
  const read = where === null ? [] : dependenciesOf(where).map(({ path }) => path[0]?.field ?? 'id');
  const used = [...read, value.field?.name, groupBy?.field.name].filter((name) => name !== undefined);
  return withinBounds(narrowedTo(bounds, widget.entity, used), joins, from.reader.dialect, from);
}

function isPeriod({ groupBy }: Widget): boolean {
  return groupBy !== null && groupBy.unit !== 'value';
}

function groupText({ sql }: ReachedColumn, { groupBy }: Widget): string {
  if (groupBy === null || groupBy.unit === 'value') return sql;
  return `SUBSTR(${sql}, 1, ${PERIOD_LENGTHS[groupBy.unit]})`;
}

/** The latest periods, or the largest groups. */
function orderText(widget: Widget): string {
  return isPeriod(widget) ? `grouped DESC LIMIT ${PERIODS_MAX}` : `measured DESC, counted DESC LIMIT ${GROUPS_MAX}`;
}

/** An average is worked out from sum and count, so that it is rounded once and exactly. */
function measureText(measured: ReachedColumn | null, { value }: Widget): string {
  if (measured === null || value.aggregate === 'count') return `COUNT(${measured?.sql ?? '*'})`;
  const name = value.aggregate === 'avg' ? 'SUM' : value.aggregate.toUpperCase();
  return `${name}(${measured.sql})`;
}

function figureOf(tuple: readonly RawValue[], measured: ReachedColumn | null, { value }: Widget): Json {
  const [, counted = 0, raw = null] = tuple;
  if (value.aggregate === 'count' || measured === null) return String(raw ?? 0);
  const { column } = measured;
  if (raw === null) return value.aggregate === 'sum' ? column.field.fieldType.write(Decimal.zero, column.field) : null;
  if (value.aggregate !== 'avg') return column.toJson(raw);
  const sum = column.toValue(raw);
  if (!(sum instanceof Decimal)) return null;
  return sum.divide(Decimal.of(BigInt(counted as number | bigint | string))).toFixed(column.field.scale);
}

function boundBy(where: SqlExpression | null, from: ReadFrom): ReturnType<SqlExpression['bindings']> {
  return where === null ? [] : where.bindings(from);
}

/** What people call the groups: titles of linked records, labels of options, otherwise the value itself. */
async function labelsOf(
  from: ReadFrom,
  { groupBy }: Widget,
  keys: readonly Json[],
  locale: Authorized['actor']['locale'],
  reach: Reach,
): Promise<(key: Json) => string> {
  const field = groupBy?.field;
  if (field === undefined) return textOf;
  if (field.type === 'link' && field.target !== null) {
    const ids = keys.filter((key) => typeof key === 'string');
    const titles = await titlesSeen(from, reach, field.target, ids);
    return (key) => titles.get(textOf(key)) ?? textOf(key);
  }
  const options = new Map(field.options.map((option) => [option.value, textIn(option.label, locale)]));
  return (key) => options.get(textOf(key)) ?? textOf(key);
}

function textOf(key: Json): string {
  if (key === null) return '';
  return typeof key === 'string' ? key : JSON.stringify(key);
}
