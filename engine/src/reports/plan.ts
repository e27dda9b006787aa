import type { Report, ReportDimension, ReportMeasure, ReportSort, Span } from '../compiler/report-model.ts';
import { DOCUMENT_NAME, LINE_NAME } from '../compiler/reports.ts';
import type { PathStep, TypedExpression } from '../expression/ast.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { Value, ValueType } from '../metamodel/value-type.ts';
import type { BesideQuery, GroupKey, GroupOrder, GroupQuery, RowSight } from './group-query.ts';
import { LeafList } from './leaves.ts';
import { both, compared, fixedIn, NEVER, NOTHING, whole } from './rewrite.ts';
import type { Fixed } from './rewrite.ts';
import { ENTRY_DOCUMENT } from './rows.ts';

/** A figure as it is worked out of leaves, or for a computed one of the figures before it. */
export interface PlannedMeasure {
  readonly measure: ReportMeasure;
  readonly figure: TypedExpression;
}

/** What one run of a report asks, and where in the answer to find what. */
export interface ReportPlan {
  readonly report: Report;
  readonly query: GroupQuery;
  readonly measures: readonly PlannedMeasure[];
  /** Places among the keys. Dimensions come first, in their order. */
  readonly documentKey: number | null;
  readonly sectionKey: number | null;
  /** The least and the greatest sign of a group. */
  readonly signs: readonly [TypedExpression, TypedExpression] | null;
  readonly sort: readonly ReportSort[];
  readonly fixed: Fixed;
}

const DATE: ValueType = { kind: 'date' };
const TEXT: ValueType = { kind: 'text' };
const INTEGER: ValueType = { kind: 'number', scale: 0 };

/** Fields of an entry that belong to it alone. */
const ENTRY_FIELDS: ReadonlySet<string> = new Set([
  ENTRY_COLUMNS.id,
  ENTRY_COLUMNS.voucher,
  ENTRY_COLUMNS.line,
  DOCUMENT_NAME,
  LINE_NAME,
]);

/**
 * @param sort what was asked for; null for the order of the report itself
 * @param sights what is seen of the rows of each source, the first one first
 */
export function planReport(
  report: Report,
  fixed: Fixed,
  sort: readonly ReportSort[] | null,
  limit: number,
  [sight, ...others]: readonly [RowSight, ...RowSight[]],
): ReportPlan {
  const { source, layout } = report;
  const fix = (expression: TypedExpression): TypedExpression => fixedIn(expression, fixed);
  const fixOrNull = (expression: TypedExpression | null): TypedExpression | null =>
    expression === null ? null : fix(expression);
  const from = fixed.parameters['from'] ?? null;
  const to = fixed.parameters['to'] ?? null;

  const leaves = new LeafList();
  const measures = report.measures.map((measure): PlannedMeasure => {
    const value = fix(measure.value);
    if (measure.isComputed) return { measure, figure: value };
    const part = placeOfSource(report, measure.of);
    const { name } = (report.besides[part - 1] ?? report).source.entity;
    const span = measure.span === null ? null : spanCondition(name, measure.span, from, to);
    return { measure, figure: leaves.figure(value, both(fixOrNull(measure.where), span), part) };
  });

  const detailFrom = openingDay(report, from);
  const details = detailFrom === null ? new Set<string>() : detailNames(report);
  const keys: GroupKey[] = report.dimensions.map(({ name, value }) => ({
    value: fix(value),
    isDetail: details.has(name),
  }));
  const documentKey = placeOfDocument(report, keys, detailFrom !== null);
  const sectionKey = placeOfSection(report, keys, fix);
  const sign = fixOrNull(layout.sign);
  const signs = sign === null ? null : ([leaves.ofRow('min', sign), leaves.ofRow('max', sign)] as const);

  const besides = report.besides.map((beside, index): BesideQuery => ({
    rows: beside.source,
    where: both(fixOrNull(beside.where), spanOfAll(report, beside.name, from, to)),
    keys: beside.dimensions.map(fix),
    sight: others[index] ?? sight,
  }));

  const ordered = sort ?? report.sort;
  return {
    report,
    query: {
      rows: source,
      where: both(both(fixOrNull(report.where), spanOfAll(report, null, from, to)), sectionOfAny(report, fix)),
      keys,
      leaves: leaves.leaves,
      detailFrom,
      order: orderOf(
        report,
        ordered,
        [keys.map(({ value }) => value), ...besides.map((beside) => beside.keys)],
        measures,
      ),
      limit,
      sight,
      mayUseKept: !(source.ledger !== null && layout.zeros),
      besides,
    },
    measures,
    documentKey,
    sectionKey,
    signs,
    sort: ordered,
    fixed,
  };
}

function dateOf(entity: string): TypedExpression {
  return { node: 'path', frame: 'self', path: [{ entity, field: ENTRY_COLUMNS.date, kind: 'field' }], type: DATE };
}

function dateLiteral(value: Value): TypedExpression | null {
  return typeof value === 'string' ? { node: 'literal', type: DATE, value } : null;
}

/** Which entries a span means. Without a first day there is nothing before it; without a last one there is no end. */
function spanCondition(entity: string, span: Span, from: Value, to: Value): TypedExpression | null {
  const date = dateOf(entity);
  const first = dateLiteral(from);
  const last = dateLiteral(to);
  const before = first === null ? NEVER : compared(date, '<', first);
  const since = first === null ? null : compared(date, '>=', first);
  const until = last === null ? null : compared(date, '<=', last);
  return span === 'opening' ? before : span === 'movement' ? both(since, until) : until;
}

/** The place of a source; null for the first. */
function placeOfSource({ besides }: Report, name: string | null): number {
  return name === null ? 0 : besides.findIndex((beside) => beside.name === name) + 1;
}

/** What no measure of a source counts need not be read. */
function spanOfAll(report: Report, of: string | null, from: Value, to: Value): TypedExpression | null {
  const { source } = report.besides.find(({ name }) => name === of) ?? report;
  const spans = report.measures.flatMap((measure) => (measure.isComputed || measure.of !== of ? [] : [measure.span]));
  if (spans.length === 0 || spans.includes(null)) return null;
  const movementOnly = spans.every((span) => span === 'movement');
  return spanCondition(source.entity.name, movementOnly ? 'movement' : 'closing', from, to);
}

/** The day from which a running balance has lines of its own. */
function openingDay({ measures, source }: Report, from: Value): string | null {
  const begins = measures.some(({ running, span }) => running && span === 'closing');
  return begins && source.ledger !== null && typeof from === 'string' ? from : null;
}

/** Dimensions whose lines a running balance runs over: those that have no subtotals. */
function detailNames({ dimensions, layout }: Report): ReadonlySet<string> {
  return new Set(dimensions.map(({ name }) => name).filter((name) => !layout.subtotals.includes(name)));
}

/** Lines that are single entries know the document that they come from. */
function placeOfDocument({ source, dimensions }: Report, keys: GroupKey[], isDetail: boolean): number | null {
  if (source.ledger === null) return null;
  // A ledger may have a dimension of that name: lines are then not single entries, and lead to what it names.
  const own = source.entity.fieldByName.get(DOCUMENT_NAME);
  const known =
    own === undefined || own.type === 'dynamic-link'
      ? dimensions.findIndex(({ value }) => value.node === 'path' && value.path[0]?.field === DOCUMENT_NAME)
      : -1;
  if (known >= 0) return known;
  const ofEntries = dimensions.some(
    ({ value }) => value.node === 'path' && value.path.length === 1 && ENTRY_FIELDS.has(value.path[0]?.field ?? ''),
  );
  if (!ofEntries) return null;
  const path = [{ entity: source.entity.name, field: ENTRY_DOCUMENT, kind: 'field' }] as const;
  keys.push({ value: { node: 'path', frame: 'self', path, type: TEXT }, isDetail });
  return keys.length - 1;
}

/** The place of the first section that takes a row; null for a row that belongs to none. */
function placeOfSection(
  { layout }: Report,
  keys: GroupKey[],
  fix: (expression: TypedExpression) => TypedExpression,
): number | null {
  let place: TypedExpression = NOTHING;
  for (const [index, { where }] of [...layout.sections.entries()].reverse()) {
    if (where === null) continue;
    place = { node: 'if', type: INTEGER, condition: fix(where), then: whole(index), otherwise: place };
  }
  if (place === NOTHING) return null;
  keys.push({ value: place, isDetail: false });
  return keys.length - 1;
}

function sectionOfAny(
  { layout }: Report,
  fix: (expression: TypedExpression) => TypedExpression,
): TypedExpression | null {
  return layout.sections.reduce<TypedExpression | null>((any, { where }) => {
    if (where === null) return any;
    const condition = fix(where);
    return any === null ? condition : { node: 'or', type: { kind: 'boolean' }, left: any, right: condition };
  }, null);
}

/** The order in the database, which decides what is left out when there is too much; lines are sorted once more. */
function orderOf(
  { dimensions, layout }: Report,
  sort: readonly ReportSort[],
  keysOfSources: readonly (readonly TypedExpression[])[],
  measures: readonly PlannedMeasure[],
): readonly GroupOrder[] {
  const groups = layout.subtotals.map((name) => ({ name, descending: false }));
  const terms = sort.length > 0 ? sort : dimensions.map(({ name }) => ({ name, descending: false }));
  const seen = new Set<string>();
  return [...groups, ...terms].flatMap(({ name, descending }): GroupOrder[] => {
    if (seen.has(name)) return [];
    seen.add(name);
    const key = dimensions.findIndex((dimension) => dimension.name === name);
    if (key >= 0) {
      const dimension = dimensions[key] as ReportDimension;
      const least = keysOfSources.map((keys) => titleColumn(dimension, keys[key] as TypedExpression));
      return [{ by: least.every((each) => each !== null) ? { least } : { key }, descending }];
    }
    const leaf = leafOf(measures.find(({ measure }) => measure.name === name)?.figure);
    return leaf === null ? [] : [{ by: { leaf }, descending }];
  });
}

/** The natural key of a linked record, which people look for in the order of lines. */
function titleColumn({ target }: ReportDimension, value: TypedExpression): TypedExpression | null {
  const [key] = target?.key ?? [];
  if (target === null || key === undefined || key.column === null || key.encrypted || value.node !== 'path')
    return null;
  const path = value.path.map((step, index): PathStep =>
    index === value.path.length - 1 ? { ...step, kind: 'link' } : step,
  );
  const type = key.fieldType.valueType(key);
  return { ...value, path: [...path, { entity: target.name, field: key.name, kind: 'field' }], type };
}

/** The leaf that a figure is; null for one that is made of several. */
function leafOf(figure: TypedExpression | undefined): number | null {
  if (figure?.node !== 'path') return null;
  const [, place] = /^leaf (\d+)$/.exec(figure.path[0]?.field ?? '') ?? [];
  return place === undefined ? null : Number(place);
}
