import { Decimal } from '../base/decimal.ts';
import type { Report, ReportDimension, ReportMeasure, ReportRows, ReportSort } from '../compiler/report-model.ts';
import { addDays } from '../expression/calendar.ts';
import type { Json } from '../metamodel/field-type.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import type { ReadFrom } from '../records/context.ts';
import { READ } from '../records/reach.ts';
import type { Reach } from '../records/reach.ts';
import { Across } from './across.ts';
import { Driller } from './drill.ts';
import type { Drill } from './drill.ts';
import { readGroups } from './groups.ts';
import type { Group, RowSight } from './group-query.ts';
import { baseFigures, finishedFigures, withComputed, withShares } from './lines.ts';
import type { Line } from './lines.ts';
import { mergedLeaves } from './leaves.ts';
import { Naming } from './naming.ts';
import type { NamedDocument } from './naming.ts';
import type { ParameterValues } from './parameters.ts';
import { planReport } from './plan.ts';
import type { ReportPlan } from './plan.ts';
import { statementLines } from './statement-lines.ts';
import { tableLines } from './table-lines.ts';
import { treePaths } from './trees.ts';

export interface ReportColumn {
  readonly name: string;
  readonly label: string;
  /** `text`, `date`, `boolean`, `link`, `record`, `option`, or how a number is written. */
  readonly format: string;
  readonly align: 'left' | 'right';
  readonly kind: 'dimension' | 'measure';
  /** Of dates: each stands for the month that begins with it. */
  readonly unit?: 'month';
  /** Fraction digits of a number; null for as many as there are. */
  readonly scale?: number | null;
  /** Of a column along the top: the measure, and the values of the dimensions it stands for. */
  readonly measure?: string;
  readonly across?: Readonly<Record<string, Json>>;
  /** Each figure has those of the lines above in it: the order of the lines is a part of it. */
  readonly running?: true;
  /** Worked out of other columns: no entries stand behind its figures. */
  readonly derived?: boolean;
  /** Dates that the entries behind the column have, where they are not those of the line's drill. */
  readonly dates?: Readonly<Partial<Record<'gte' | 'lte', string>>>;
}

export interface ReportRow {
  readonly level: number;
  readonly kind: 'row' | 'subtotal';
  readonly cells: Readonly<Record<string, Json>>;
  /** What people call the values of dimensions, where these do not speak for themselves. */
  readonly titles?: Readonly<Record<string, string>>;
  readonly drill?: Drill;
  /** By the names of measures, where a report has more than one source. */
  readonly drills?: Readonly<Record<string, Drill>>;
  readonly document?: NamedDocument;
  readonly section?: string;
  /** What was there before the first day. */
  readonly opening?: true;
}

export interface ReportChart {
  readonly type: string;
  readonly labels: readonly string[];
  readonly series: readonly { readonly name: string; readonly label: string; readonly values: readonly Json[] }[];
}

export interface ReportAnswer {
  readonly report: string;
  readonly label: string;
  readonly parameters: Readonly<Record<string, Json>>;
  /** What people call linked records and options among the parameters. */
  readonly parameter_titles: Readonly<Record<string, string>>;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
  readonly totals: Readonly<Record<string, Json>>;
  /** Whether lines were left out; totals count them nevertheless. */
  readonly truncated: boolean;
  /** Whether records, or entries, that whoever runs it may not see were left out: totals do not count them. */
  readonly narrowed: boolean;
  readonly chart?: ReportChart;
  readonly layout: { readonly type: string; readonly tree: string | null; readonly totals: boolean };
}

export interface ReportAsk {
  readonly report: Report;
  readonly parameters: ParameterValues;
  /** Null for the order of the report itself. */
  readonly sort: readonly ReportSort[] | null;
  /** Lines at most. */
  readonly limit: number;
}

/**
 * Runs a report: one statement for its figures, one more for its totals where lines are left out, and a few for the
 * names of what they are about.
 */
export async function runReport(
  from: ReadFrom,
  { actor, reach }: Authorized<OperationOf<'list'>>,
  { report, parameters, sort, limit }: ReportAsk,
): Promise<ReportAnswer> {
  const { globals, today, now } = from;
  const fixed = { parameters: parameters.values, globals, today, now };
  const sights = sightsOf(report, reach);
  const plan = planReport(report, fixed, sort, limit, sights);
  const { groups, truncated } = await readGroups(from, plan.query);
  const all = truncated ? await readAll(from, plan) : groups;

  const naming = await nameAll(from, plan, groups, { locale: actor.locale, reach });
  const { lines, across } = await linesOf(from, plan, groups, naming);
  const totals = withComputed(plan, baseFigures(plan, mergedLeaves(plan.query.leaves, leavesOf(all))));
  const figures = finishedFigures(plan, lines, totals);
  const writer = new AnswerWriter(plan, naming, across);
  const rows = lines.map((line, index) => writer.row(line, figures[index] ?? []));
  return {
    report: report.name,
    label: textIn(report.label, actor.locale),
    parameters: parameters.json,
    parameter_titles: parameters.titles,
    columns: writer.columns(),
    rows,
    totals: writer.totals(withShares(plan, totals, totals)),
    truncated: truncated || across.truncated,
    narrowed: sights.some(({ bounds }) => bounds !== null),
    ...(report.layout.chart === null ? {} : { chart: writer.chart(report.layout.chart, lines, figures) }),
    layout: { type: report.layout.type, tree: report.layout.tree, totals: report.layout.totals },
  };
}

/** What somebody sees of the rows of each source of a report. */
export function sightsOf({ source, besides }: Report, reach: Reach): readonly [RowSight, ...RowSight[]] {
  const seen = ({ entity }: ReportRows): RowSight => ({ reach, bounds: reach.bounds(entity, READ) });
  return [seen(source), ...besides.map((beside) => seen(beside.source))];
}

/** The whole in one group, for the totals of a report that is cut. */
async function readAll(from: ReadFrom, { query }: ReportPlan): Promise<readonly Group[]> {
  const besides = query.besides.map((beside) => ({ ...beside, keys: [] }));
  const { groups } = await readGroups(from, { ...query, keys: [], besides, detailFrom: null, order: [], limit: 1 });
  return groups;
}

function leavesOf(groups: readonly Group[]): readonly (readonly Value[])[] {
  return groups.map(({ leaves }) => leaves);
}

/** What the values of the dimensions of a report are called. */
export async function nameAll(
  from: ReadFrom,
  { report, documentKey }: ReportPlan,
  groups: readonly Group[],
  { locale, reach }: { readonly locale: Locale; readonly reach: Reach },
): Promise<Naming> {
  const naming = new Naming(from, locale, reach);
  for (const [index, dimension] of report.dimensions.entries()) {
    naming.want(
      dimension,
      groups.map(({ keys }) => keys[index] ?? null),
    );
  }
  if (documentKey !== null) for (const { keys } of groups) naming.wantReference(keys[documentKey] ?? null);
  await naming.load();
  return naming;
}

async function linesOf(
  from: ReadFrom,
  plan: ReportPlan,
  groups: readonly Group[],
  naming: Naming,
): Promise<{ readonly lines: readonly Line[]; readonly across: Across }> {
  const across = new Across(plan, groups, naming);
  const { dimensions, layout } = plan.report;
  const place = dimensions.findIndex(({ name }) => name === layout.tree);
  const tree = dimensions[place]?.target ?? null;
  if (layout.type !== 'statement' || tree === null) return { lines: tableLines(plan, groups, naming), across };
  const ids = new Set(groups.map(({ keys }) => keys[place] ?? null).filter((id) => typeof id === 'string'));
  const paths = await treePaths(from, tree, [...ids]);
  for (const path of paths.values()) for (const id of path) naming.wantRecord(tree, id);
  await naming.load();
  return { lines: statementLines(plan, groups, naming, paths), across };
}

/** Writes lines as the answer holds them. */
class AnswerWriter {
  readonly #plan: ReportPlan;
  readonly #naming: Naming;
  readonly #across: Across;
  /** Of the first source, and of those beside it by name. */
  readonly #drillers: ReadonlyMap<string | null, Driller>;
  readonly #dimensions: readonly { readonly dimension: ReportDimension; readonly place: number }[];
  readonly #measures: readonly { readonly measure: ReportMeasure; readonly place: number }[];

  constructor(plan: ReportPlan, naming: Naming, across: Across) {
    this.#plan = plan;
    this.#naming = naming;
    this.#across = across;
    this.#drillers = new Map(
      [null, ...plan.report.besides.map(({ name }) => name)].map((of) => [of, new Driller(plan, of)]),
    );
    const { dimensions, measures, layout } = plan.report;
    this.#dimensions = dimensions
      .map((dimension, place) => ({ dimension, place }))
      .filter(({ dimension }) => !dimension.hidden && !layout.across.includes(dimension.name));
    this.#measures = measures.map((measure, place) => ({ measure, place })).filter(({ measure }) => !measure.hidden);
  }

  columns(): readonly ReportColumn[] {
    const { locale } = this.#naming;
    const along = this.#across.places.flatMap((place, index) =>
      this.#measures.map(({ measure }): ReportColumn => ({
        ...this.#measureColumn(measure),
        name: columnName(measure, index),
        label: this.#measures.length > 1 ? `${place.label} · ${textIn(measure.label, locale)}` : place.label,
        measure: measure.name,
        across: Object.fromEntries(
          this.#plan.report.layout.across.map((name, at): [string, Json] => {
            const dimension = this.#plan.report.dimensions.find((each) => each.name === name);
            return [name, dimension === undefined ? null : this.#naming.cellOf(dimension, place.values[at] ?? null)];
          }),
        ),
      })),
    );
    const { totals } = this.#plan.report.layout;
    const hasAlong = this.#plan.report.layout.across.length > 0;
    return [
      ...this.#dimensions.map(({ dimension }): ReportColumn => ({
        name: dimension.name,
        label: textIn(dimension.label, locale),
        format: formatOf(dimension),
        align: dimension.value.type.kind === 'number' && dimension.kind === 'value' ? 'right' : 'left',
        kind: 'dimension',
        ...(isByMonth(dimension.value) ? { unit: 'month' } : {}),
      })),
      ...along,
      ...(hasAlong && !totals ? [] : this.#measures.map(({ measure }) => this.#measureColumn(measure))),
    ];
  }

  #measureColumn(measure: ReportMeasure): ReportColumn {
    const { format, scale } = measure;
    const dates = datesOf(measure, this.#plan);
    return {
      name: measure.name,
      label: textIn(measure.label, this.#naming.locale),
      format,
      align: format === 'date' || format === 'text' ? 'left' : 'right',
      kind: 'measure',
      scale,
      ...(measure.running ? { running: true } : {}),
      ...(dates === null ? {} : { dates }),
    };
  }

  row(line: Line, figures: readonly Value[]): ReportRow {
    const cells: Record<string, Json> = {};
    const titles: Record<string, string> = {};
    for (const { dimension, place } of this.#dimensions) {
      const value = line.keys[place];
      if (value === undefined) continue;
      cells[dimension.name] = this.#naming.cellOf(dimension, value);
      const title = this.#naming.nameOf(dimension, value);
      if (title !== null) titles[dimension.name] = title;
    }
    if (line.label !== null) this.#label(line.label, cells, titles);
    this.#figures(cells, figures, this.#across.figuresOf(line));
    const document = this.#naming.documentOf(line.document);
    const drill = this.#drillers.get(null)?.drillOf(line);
    const drills = this.#drillsOf(line);
    return {
      level: line.level,
      kind: line.kind,
      cells,
      ...(Object.keys(titles).length === 0 ? {} : { titles }),
      ...(drill === undefined ? {} : { drill }),
      ...(drills === null ? {} : { drills }),
      ...(document === null ? {} : { document }),
      ...(line.section === null ? {} : { section: line.section }),
      ...(line.isOpening ? { opening: true } : {}),
    };
  }

  /** Where several sources have a part in a line, each figure leads to what it counts; null for a report with one. */
  #drillsOf(line: Line): Readonly<Record<string, Drill>> | null {
    if (this.#plan.report.besides.length === 0) return null;
    const drills: Record<string, Drill> = {};
    for (const { measure } of this.#measures) {
      const drill = measure.isComputed ? undefined : this.#drillers.get(measure.of)?.drillOf(line);
      if (drill !== undefined) drills[measure.name] = drill;
    }
    return drills;
  }

  /** A text in the first column that says nothing of itself. */
  #label(label: string, cells: Record<string, Json>, titles: Record<string, string>): void {
    const tree = this.#dimensions.find(({ dimension }) => dimension.name === this.#plan.report.layout.tree);
    const free = tree ?? this.#dimensions.find(({ dimension }) => !(dimension.name in cells)) ?? this.#dimensions[0];
    if (free === undefined) return;
    cells[free.dimension.name] = null;
    titles[free.dimension.name] = label;
  }

  #figures(
    cells: Record<string, Json>,
    figures: readonly Value[],
    across: ReadonlyMap<string, readonly Value[]>,
  ): void {
    const hasOwn = this.#plan.report.layout.across.length === 0 || this.#plan.report.layout.totals;
    for (const { measure, place } of this.#measures) {
      for (const [index, { key }] of this.#across.places.entries()) {
        cells[columnName(measure, index)] = written(measure, across.get(key)?.[place] ?? null);
      }
      if (hasOwn) cells[measure.name] = written(measure, figures[place] ?? null);
    }
  }

  totals(figures: readonly Value[]): Readonly<Record<string, Json>> {
    const totals: Record<string, Json> = {};
    this.#figures(totals, figures, this.#across.totals);
    return totals;
  }

  /** The lines of the highest level, or what stands along the top, as series. */
  chart(type: string, lines: readonly Line[], figures: readonly (readonly Value[])[]): ReportChart {
    const top = lines.map((line, index) => ({ line, index })).filter(({ line }) => line.level === 0 && !line.isOpening);
    const labels = top.map(({ line }) => this.#labelOf(line));
    const numeric = this.#measures.filter(({ measure }) => measure.value.type.kind === 'number');
    const { places } = this.#across;
    const [first] = numeric;
    if (places.length > 0 && first !== undefined) {
      return {
        type,
        labels,
        series: places.map(({ key, label }, index) => ({
          name: columnName(first.measure, index),
          label,
          values: top.map(({ line }) =>
            written(first.measure, this.#across.figuresOf(line).get(key)?.[first.place] ?? null),
          ),
        })),
      };
    }
    return {
      type,
      labels,
      series: numeric.map(({ measure, place }) => ({
        name: measure.name,
        label: textIn(measure.label, this.#naming.locale),
        values: top.map(({ index }) => written(measure, figures[index]?.[place] ?? null)),
      })),
    };
  }

  #labelOf(line: Line): string {
    if (line.label !== null) return line.label;
    const texts = this.#dimensions.flatMap(({ dimension, place }) => {
      const value = line.keys[place];
      return value === undefined ? [] : [this.#naming.textOf(dimension, value)];
    });
    return texts.join(' · ');
  }
}

function columnName({ name }: ReportMeasure, index: number): string {
  return `${name}@${index}`;
}

function formatOf({ kind, value }: ReportDimension): string {
  if (kind === 'number' || kind === 'bucket') return 'text';
  if (kind !== 'value') return kind;
  const type = value.type.kind;
  return type === 'number' ? 'decimal' : type === 'date' || type === 'datetime' ? type : 'text';
}

/** The dates of the entries that a span counts, where a drill from the line would mean others. */
function datesOf(
  { span }: ReportMeasure,
  { fixed }: ReportPlan,
): Readonly<Partial<Record<'gte' | 'lte', string>>> | null {
  const from = fixed.parameters['from'] ?? null;
  const to = fixed.parameters['to'] ?? null;
  const until = typeof to === 'string' ? { lte: to } : {};
  if (span === 'closing') return until;
  if (span === 'movement') return { ...(typeof from === 'string' ? { gte: from } : {}), ...until };
  if (span === null || typeof from !== 'string') return null;
  return { lte: addDays(from, -1) ?? from };
}

/** Fraction digits of a number that nothing says more of. */
const DECIMALS_MAX = 6;

/** A figure as clients get it: numbers as decimal text with the digits of the measure. */
export function written({ scale }: Pick<ReportMeasure, 'scale'>, value: Value): Json {
  if (value === null) return null;
  if (value instanceof Decimal) return scale === null ? value.round(DECIMALS_MAX).toString() : value.toFixed(scale);
  return typeof value === 'boolean' ? value : String(value);
}

/** Whether a value is always the first day of a month, and means the month. */
function isByMonth(value: ReportDimension['value']): boolean {
  return value.node === 'call' && value.function === 'start_of_month';
}
