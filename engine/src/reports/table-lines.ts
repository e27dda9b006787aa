import type { Value } from '../metamodel/value-type.ts';
import type { Group } from './group-query.ts';
import { baseFigures, bundleOf, gathered, isZero, sortedBundles, withComputed } from './lines.ts';
import type { Bundle, Line } from './lines.ts';
import type { Naming } from './naming.ts';
import type { ReportPlan } from './plan.ts';

/** What the line of a running balance is called that has what was there before. */
export const OPENING_LABEL = { en: 'Opening balance', id: 'Saldo awal' } as const;

/**
 * The lines of a table. A subtotal stands above the lines it adds up, one level below it each, so that a screen can
 * fold them away.
 */
export function tableLines(plan: ReportPlan, groups: readonly Group[], naming: Naming): readonly Line[] {
  const { report } = plan;
  const all = report.dimensions.map((_, index) => index);
  const along = report.layout.across.map((name) => report.dimensions.findIndex((dimension) => dimension.name === name));
  const down = all.filter((index) => !along.includes(index));
  const subtotals = report.layout.subtotals.map((name) =>
    report.dimensions.findIndex((dimension) => dimension.name === name),
  );
  const lines: Line[] = [];

  const add = (some: readonly Group[], level: number, keys: readonly (Value | undefined)[]): void => {
    const dimension = subtotals[level];
    if (dimension === undefined) {
      const rows = along.length === 0 ? some.map((group) => [group]) : gathered(some, down);
      const bundles = rows.map((each) => bundleOf(plan, each));
      for (const bundle of sortedBundles(plan, bundles, down, naming)) {
        const line = rowOf(plan, bundle, level, { naming, along });
        if (report.layout.zeros || line.isOpening || !isZeroLine(plan, line)) lines.push(line);
      }
      return;
    }
    const bundles = gathered(some, [dimension]).map((each) => bundleOf(plan, each));
    for (const bundle of sortedBundles(plan, bundles, [dimension], naming)) {
      const own = keys.map((key, index) => (index === dimension ? (bundle.groups[0]?.keys[index] ?? null) : key));
      const place = lines.length;
      add(bundle.groups, level + 1, own);
      if (lines.length === place) continue;
      lines.splice(place, 0, {
        kind: 'subtotal',
        level,
        keys: own,
        label: null,
        isOpening: false,
        section: null,
        ...bundle,
        isTurned: false,
        figures: null,
        document: null,
      });
    }
  };
  add(
    groups,
    0,
    all.map(() => undefined),
  );
  return lines;
}

function rowOf(
  plan: ReportPlan,
  bundle: Bundle,
  level: number,
  { naming, along }: { readonly naming: Naming; readonly along: readonly number[] },
): Line {
  const [group] = bundle.groups;
  const isOpening = group?.isOpening === true;
  return {
    kind: 'row',
    level,
    keys: plan.report.dimensions.map((_, index) => {
      const isAbsent = along.includes(index) || (isOpening && plan.query.keys[index]?.isDetail === true);
      return isAbsent ? undefined : (group?.keys[index] ?? null);
    }),
    label: isOpening ? OPENING_LABEL[naming.locale] : null,
    isOpening,
    section: null,
    ...bundle,
    isTurned: false,
    figures: null,
    document: plan.documentKey === null ? null : (group?.keys[plan.documentKey] ?? null),
  };
}

function isZeroLine(plan: ReportPlan, { leaves }: Line): boolean {
  return isZero(withComputed(plan, baseFigures(plan, leaves)));
}
