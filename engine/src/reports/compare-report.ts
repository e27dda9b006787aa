import { Decimal } from '../base/decimal.ts';
import { addDays } from '../expression/calendar.ts';
import type { Json } from '../metamodel/field-type.ts';
import type { Locale } from '../metamodel/text.ts';
import { writeDate } from '../metamodel/written.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import type { ReadFrom } from '../records/context.ts';
import { earlierPeriod } from './earlier-periods.ts';
import type { Comparison, EarlierPeriod } from './earlier-periods.ts';
import { runReport } from './run-report.ts';
import type { ReportAnswer, ReportAsk, ReportColumn, ReportRow } from './run-report.ts';

const CHANGE_LABEL = { en: 'Change', id: 'Perubahan' } as const;
const PERCENT_LABEL = { en: 'Change %', id: 'Perubahan %' } as const;
/** Digits after the point of a change in percent. */
const PERCENT_SCALE = 1;
const HUNDRED = Decimal.of(100);

export interface Comparing {
  readonly comparison: Comparison;
  /** How many earlier periods stand beside the one that is asked for. */
  readonly periods: number;
}

/** Whether the figures of a report have a place each, beside which those of another period can stand. */
export function isComparable({ layout, measures }: ReportAsk['report']): boolean {
  return layout.across.length === 0 && measures.some((measure) => !measure.hidden && !measure.running);
}

/**
 * Runs a report for several periods and puts the figures of each line side by side, with the change against the period
 * before. Lines that only an earlier period has stand where it has them.
 */
export async function compareReport(
  from: ReadFrom,
  authorized: Authorized<OperationOf<'list'>>,
  ask: ReportAsk,
  { comparison, periods }: Comparing,
): Promise<ReportAnswer> {
  const steps = Array.from({ length: periods }, (_, index) => index + 1);
  const earlier = steps
    .map((step) => earlierPeriod(ask.report, ask.parameters, comparison, step))
    .filter((period) => period !== null);
  const main = await runReport(from, authorized, ask);
  const others: ReportAnswer[] = [];
  for (const { parameters } of earlier) others.push(await runReport(from, authorized, { ...ask, parameters }));
  return sideBySide(main, others, earlier, authorized.actor.locale);
}

/** The answer of a report with those of earlier periods beside it. */
function sideBySide(
  main: ReportAnswer,
  others: readonly ReportAnswer[],
  periods: readonly EarlierPeriod[],
  locale: Locale,
): ReportAnswer {
  const measures = main.columns.filter(
    ({ kind, running, format }) => kind === 'measure' && running !== true && format !== 'date',
  );
  const places = merged([main, ...others]);
  const cellsOf = (own: ReportRow['cells'] | undefined, theirs: readonly (ReportRow['cells'] | undefined)[]) =>
    Object.fromEntries(measures.flatMap(({ name }) => besides(name, own, theirs)));
  const added = measures.flatMap((column) => addedColumns(column, periods, { locale, isOnly: measures.length === 1 }));
  const kept = main.columns.filter((column) => !measures.includes(column));
  return {
    ...main,
    columns: [
      ...kept,
      ...measures.flatMap((column) => [column, ...added.filter(({ name }) => ownerOf(name) === column.name)]),
    ],
    rows: places.map(({ row, cells: [own, ...theirs] }) => ({
      ...row,
      ...(row.drills === undefined ? {} : { drills: drillsBeside(row.drills, periods.length) }),
      cells: {
        ...emptied(row.cells, own, measures),
        ...cellsOf(
          own,
          others.map((_, index) => theirs[index]),
        ),
      },
    })),
    totals: {
      ...main.totals,
      ...cellsOf(
        main.totals,
        others.map(({ totals }) => totals),
      ),
    },
    truncated: main.truncated || others.some(({ truncated }) => truncated),
  };
}

/** `amount@1` is the amount of one period ago; `amount@change` and `amount@percent` what became of it. */
function ownerOf(name: string): string {
  return name.slice(0, name.indexOf('@'));
}

/** What is behind a figure is behind those of other periods as well, at their dates. */
function drillsBeside(drills: NonNullable<ReportRow['drills']>, periods: number): NonNullable<ReportRow['drills']> {
  const names = Array.from({ length: periods }, (_, index) => index + 1);
  const beside = Object.entries(drills).flatMap(([name, drill]) =>
    names.map((period) => [`${name}@${period}`, drill] as const),
  );
  return { ...drills, ...Object.fromEntries(beside) };
}

function addedColumns(
  column: ReportColumn,
  periods: readonly EarlierPeriod[],
  { locale, isOnly }: { readonly locale: Locale; readonly isOnly: boolean },
): readonly ReportColumn[] {
  const labelled = (label: string): string => (isOnly ? label : `${column.label} · ${label}`);
  return [
    ...periods.map(({ from, to }, index): ReportColumn => ({
      ...column,
      name: `${column.name}@${index + 1}`,
      label: labelled(from === null ? writeDate(to, locale, false) : spanText(from, to, locale)),
      dates: { ...(from === null ? {} : { gte: from }), lte: to },
    })),
    ...(periods.length === 0
      ? []
      : [
          { ...column, name: `${column.name}@change`, label: labelled(CHANGE_LABEL[locale]), derived: true },
          {
            ...column,
            name: `${column.name}@percent`,
            label: labelled(PERCENT_LABEL[locale]),
            format: 'percent',
            scale: PERCENT_SCALE,
            derived: true,
          },
        ]),
  ];
}

/** `October 2026` for a whole month, `2025` for a whole year, else the two days. */
function spanText(from: string, to: string, locale: Locale): string {
  if (from.endsWith('-01-01') && to === `${from.slice(0, 4)}-12-31`) return from.slice(0, 4);
  const isMonth =
    from.slice(0, 7) === to.slice(0, 7) && from.endsWith('-01') && addDays(to, 1)?.endsWith('-01') === true;
  if (isMonth) return writeDate(from, locale, false).slice(2);
  return `${writeDate(from, locale, true)} – ${writeDate(to, locale, true)}`;
}

function besides(
  name: string,
  own: ReportRow['cells'] | undefined,
  theirs: readonly (ReportRow['cells'] | undefined)[],
): readonly (readonly [string, Json])[] {
  const earlier = theirs.map((cells) => cells?.[name] ?? null);
  const [now, before] = [decimalOf(own?.[name]), decimalOf(earlier[0])];
  const change = (now ?? Decimal.zero).subtract(before ?? Decimal.zero);
  const hasAny = now !== null || before !== null;
  const percent =
    before === null || before.isZero() ? null : change.multiply(HUNDRED).divide(before.abs()).round(PERCENT_SCALE);
  return [
    ...earlier.map((value, index) => [`${name}@${index + 1}`, value] as const),
    ...(theirs.length === 0
      ? []
      : ([
          [`${name}@change`, hasAny ? change.toFixed(scaleOf(own?.[name] ?? earlier[0])) : null],
          [`${name}@percent`, percent === null ? null : percent.toFixed(PERCENT_SCALE)],
        ] as const)),
  ];
}

function decimalOf(cell: Json | undefined): Decimal | null {
  return typeof cell === 'string' || typeof cell === 'number' ? Decimal.parse(String(cell)) : null;
}

/** As many digits as the figure itself is written with. */
function scaleOf(cell: Json | undefined): number {
  const text = typeof cell === 'string' ? cell : '';
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** A line with its cells in every period, the one that is asked for first, and the lines below it. */
interface Place {
  readonly row: ReportRow;
  readonly cells: (ReportRow['cells'] | undefined)[];
  readonly below: Place[];
  readonly byName: Map<string, Place>;
}

/** The lines of all periods: those of one place in one, and what only an earlier one has after what it follows there. */
function merged(answers: readonly ReportAnswer[]): readonly Place[] {
  const dimensions = answers[0]?.columns.filter(({ kind }) => kind === 'dimension').map(({ name }) => name) ?? [];
  const top = { below: [] as Place[], byName: new Map<string, Place>() };
  for (const [period, { rows }] of answers.entries()) {
    const open: (Pick<Place, 'below' | 'byName'> & { last: Place | null })[] = [{ ...top, last: null }];
    for (const row of rows) {
      open.length = Math.min(open.length, row.level + 1);
      const parent = open.at(-1) ?? { ...top, last: null };
      const place = placeOf(parent, row, dimensions, period);
      place.cells[period] = row.cells;
      parent.last = place;
      open.push({ below: place.below, byName: place.byName, last: null });
    }
  }
  return top.below.flatMap(flattened);
}

function placeOf(
  parent: Pick<Place, 'below' | 'byName'> & { readonly last: Place | null },
  row: ReportRow,
  dimensions: readonly string[],
  period: number,
): Place {
  let name = nameOf(row, dimensions);
  let known = parent.byName.get(name);
  // Lines that no dimension tells apart keep the order they have.
  while (known !== undefined && known.cells[period] !== undefined) {
    name += '#';
    known = parent.byName.get(name);
  }
  if (known !== undefined) return known;
  const place: Place = { row, cells: [], below: [], byName: new Map() };
  parent.byName.set(name, place);
  const after = parent.last === null ? -1 : parent.below.indexOf(parent.last);
  parent.below.splice(period === 0 ? parent.below.length : after + 1, 0, place);
  return place;
}

function flattened(place: Place): readonly Place[] {
  return [place, ...place.below.flatMap(flattened)];
}

/** What a line is about, whatever its figures are. */
function nameOf({ cells, titles, section, opening }: ReportRow, dimensions: readonly string[]): string {
  const about = dimensions.map((name) => [
    cells[name] ?? null,
    (cells[name] ?? null) === null ? (titles?.[name] ?? null) : null,
  ]);
  return JSON.stringify([section ?? null, opening === true, about]);
}

/** A line that only an earlier period has shows no figure of its own. */
function emptied(
  cells: ReportRow['cells'],
  own: ReportRow['cells'] | undefined,
  measures: readonly ReportColumn[],
): ReportRow['cells'] {
  if (own !== undefined) return cells;
  const names = new Set(measures.map(({ name }) => name));
  return Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, names.has(name) ? null : value]));
}
