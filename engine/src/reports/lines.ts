import { Decimal } from '../base/decimal.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { Group } from './group-query.ts';
import { leafRow, mergedLeaves } from './leaves.ts';
import type { Naming } from './naming.ts';
import { compareValues } from './naming.ts';
import type { ReportPlan } from './plan.ts';
import { valueOf } from './rewrite.ts';

/** A line of a report before it is written: where it stands and what it adds up. */
export interface Line {
  readonly kind: 'row' | 'subtotal';
  readonly level: number;
  /** Values of the dimensions that the line is about; undefined where it is about many. */
  readonly keys: readonly (Value | undefined)[];
  /** Stands in the first column where the line is about no value of a dimension. */
  readonly label: string | null;
  readonly isOpening: boolean;
  readonly section: string | null;
  /** What it adds up. */
  readonly groups: readonly Group[];
  readonly leaves: readonly Value[];
  /** Turns the sign of its figures. */
  readonly isTurned: boolean;
  /** Given where they are not worked out of leaves. */
  readonly figures: readonly Value[] | null;
  /** The document that the line comes from. */
  readonly document: Value;
}

const HUNDRED = Decimal.of(100);

/** The figures of leaves, without what runs from line to line or is part of a total. */
export function baseFigures(plan: ReportPlan, leaves: readonly Value[]): readonly Value[] {
  const row = leafRow(leaves);
  return plan.measures.map(({ measure, figure }) => (measure.isComputed ? null : valueOf(figure, row, plan.fixed)));
}

/** Fills in what is worked out of the figures before it. */
export function withComputed(plan: ReportPlan, figures: readonly Value[]): readonly Value[] {
  if (!plan.measures.some(({ measure }) => measure.isComputed)) return figures;
  const row: Record<string, Value> = {};
  return plan.measures.map(({ measure, figure }, place) => {
    const value = measure.isComputed ? valueOf(figure, row, plan.fixed) : (figures[place] ?? null);
    row[measure.name] = value;
    return value;
  });
}

export function turned(figures: readonly Value[]): readonly Value[] {
  return figures.map((value) => (value instanceof Decimal ? value.negate() : value));
}

/**
 * The figures of all lines, in their order: those that run are added up from line to line, anew below each subtotal,
 * shares are parts of the totals.
 */
export function finishedFigures(
  plan: ReportPlan,
  lines: readonly Line[],
  totals: readonly Value[],
): readonly (readonly Value[])[] {
  const running: Decimal[] = plan.measures.map(() => Decimal.zero);
  return lines.map((line) => {
    const base = line.figures ?? baseFigures(plan, line.leaves);
    if (line.kind === 'subtotal') running.fill(Decimal.zero);
    const run = base.map((value, place) => {
      const isRunning = plan.measures[place]?.measure.running === true;
      if (!isRunning || line.kind === 'subtotal' || !(value instanceof Decimal)) return value;
      const sum = (running[place] ?? Decimal.zero).add(value);
      running[place] = sum;
      return sum;
    });
    const signed = line.isTurned ? turned(run) : run;
    return withShares(plan, line.figures === null ? withComputed(plan, signed) : signed, totals);
  });
}

/** Figures with the parts of totals as percent. */
export function withShares(plan: ReportPlan, figures: readonly Value[], totals: readonly Value[]): readonly Value[] {
  return figures.map((value, place) => {
    if (plan.measures[place]?.measure.share !== true || !(value instanceof Decimal)) return value;
    const total = totals[place];
    return total instanceof Decimal && !total.isZero() ? value.multiply(HUNDRED).divide(total) : null;
  });
}

/** Whether every figure is zero or empty. */
export function isZero(figures: readonly Value[]): boolean {
  return figures.every((value) => value === null || (value instanceof Decimal && value.isZero()));
}

/** A set of groups on their way to become one line. */
export interface Bundle {
  readonly groups: readonly Group[];
  readonly leaves: readonly Value[];
}

export function bundleOf(plan: ReportPlan, groups: readonly Group[]): Bundle {
  const [only] = groups;
  const leaves =
    groups.length === 1 && only !== undefined
      ? only.leaves
      : mergedLeaves(
          plan.query.leaves,
          groups.map((group) => group.leaves),
        );
  return { groups, leaves };
}

/** Puts bundles in the order of the report: by the dimensions at hand, and by figures. */
export function sortedBundles(
  plan: ReportPlan,
  bundles: readonly Bundle[],
  dimensions: readonly number[],
  naming: Naming,
): readonly Bundle[] {
  const { report, sort } = plan;
  const asked = sort.length > 0 ? sort : report.dimensions.map(({ name }) => ({ name, descending: false }));
  const terms = asked.flatMap(({ name, descending }) => {
    const dimension = report.dimensions.findIndex((each) => each.name === name);
    if (dimension >= 0) return dimensions.includes(dimension) ? [{ dimension, measure: -1, descending }] : [];
    return [{ dimension: -1, measure: report.measures.findIndex((each) => each.name === name), descending }];
  });
  // What is equal in that keeps the order of its dimensions, so that two runs give the same report.
  for (const dimension of dimensions) {
    if (!terms.some((term) => term.dimension === dimension)) terms.push({ dimension, measure: -1, descending: false });
  }
  const keyed = bundles.map((bundle) => {
    const [first] = bundle.groups;
    const figures = terms.some(({ measure }) => measure >= 0)
      ? withComputed(plan, baseFigures(plan, bundle.leaves))
      : [];
    const values = terms.map(({ dimension, measure }): Value => {
      if (dimension < 0) return figures[measure] ?? null;
      const described = report.dimensions[dimension];
      return described === undefined ? null : naming.orderOf(described, first?.keys[dimension] ?? null);
    });
    return { bundle, values, isOpening: first?.isOpening === true };
  });
  keyed.sort((one, other) => {
    if (one.isOpening !== other.isOpening) return one.isOpening ? -1 : 1;
    for (const [index, { descending }] of terms.entries()) {
      const found = compareValues(one.values[index] ?? null, other.values[index] ?? null, naming.locale);
      if (found !== 0) return descending ? -found : found;
    }
    return 0;
  });
  return keyed.map(({ bundle }) => bundle);
}

/** Groups that have the same value in a dimension, or several, together; in the order they come. */
export function gathered(groups: readonly Group[], dimensions: readonly number[]): readonly (readonly Group[])[] {
  const byKey = new Map<string, Group[]>();
  for (const group of groups) {
    const key = keyText(dimensions.map((dimension) => group.keys[dimension] ?? null));
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [group]);
    else same.push(group);
  }
  return [...byKey.values()];
}

/** A text that no other values give. */
export function keyText(values: readonly Value[]): string {
  return values.map((value) => (value === null ? '-' : `+${String(value).length}:${String(value)}`)).join(' ');
}
