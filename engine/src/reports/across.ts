import type { Value } from '../metamodel/value-type.ts';
import type { Group } from './group-query.ts';
import { baseFigures, bundleOf, gathered, keyText, sortedBundles, turned, withComputed, withShares } from './lines.ts';
import type { Line } from './lines.ts';
import type { Naming } from './naming.ts';
import type { ReportPlan } from './plan.ts';

/** Columns along the top of a pivot: more cannot be read. */
const COLUMNS_MAX = 60;

/** One place along the top of a pivot. */
export interface AcrossPlace {
  /** A text that no other place has. */
  readonly key: string;
  /** Values of the dimensions along the top. */
  readonly values: readonly Value[];
  readonly label: string;
}

/** What stands along the top of a pivot, in order, and how lines are divided among it. */
export class Across {
  readonly places: readonly AcrossPlace[];
  /** Whether there were too many; those left out still count in sums. */
  readonly truncated: boolean;
  readonly #plan: ReportPlan;
  readonly #dimensions: readonly number[];
  readonly #totals: ReadonlyMap<string, readonly Value[]>;

  constructor(plan: ReportPlan, groups: readonly Group[], naming: Naming) {
    const { dimensions, layout } = plan.report;
    this.#plan = plan;
    this.#dimensions = layout.across.map((name) => dimensions.findIndex((each) => each.name === name));
    const all = this.#placesIn(groups, naming);
    this.truncated = all.length > COLUMNS_MAX;
    this.places = all.slice(0, COLUMNS_MAX);
    this.#totals = this.#dimensions.length === 0 ? new Map() : this.#divided(groups, false, new Map());
  }

  /** The figures of a line for each place that it has any for. */
  figuresOf(line: Line): ReadonlyMap<string, readonly Value[]> {
    if (this.places.length === 0 || line.figures !== null) return new Map();
    return this.#divided(line.groups, line.isTurned, this.#totals);
  }

  get totals(): ReadonlyMap<string, readonly Value[]> {
    return this.#totals;
  }

  #divided(
    groups: readonly Group[],
    isTurned: boolean,
    totals: ReadonlyMap<string, readonly Value[]>,
  ): ReadonlyMap<string, readonly Value[]> {
    return new Map(
      gathered(groups, this.#dimensions).map((some): [string, readonly Value[]] => {
        const figures = baseFigures(this.#plan, bundleOf(this.#plan, some).leaves);
        const computed = withComputed(this.#plan, isTurned ? turned(figures) : figures);
        const key = this.#keyOf(some[0] as Group);
        return [key, withShares(this.#plan, computed, totals.get(key) ?? computed)];
      }),
    );
  }

  #keyOf({ keys }: Group): string {
    return keyText(this.#dimensions.map((dimension) => keys[dimension] ?? null));
  }

  #placesIn(groups: readonly Group[], naming: Naming): readonly AcrossPlace[] {
    if (this.#dimensions.length === 0) return [];
    const { dimensions } = this.#plan.report;
    const [only] = this.#dimensions;
    const alone = only === undefined || this.#dimensions.length > 1 ? undefined : dimensions[only];
    const bundles = gathered(groups, this.#dimensions).map((some) => bundleOf(this.#plan, some));
    // Along the top stands an order of values, whatever the lines are sorted by.
    const plan = {
      ...this.#plan,
      sort: this.#dimensions.map((at) => ({ name: dimensions[at]?.name ?? '', descending: false })),
    };
    const found = sortedBundles(plan, bundles, this.#dimensions, naming).map(({ groups: some }): AcrossPlace => {
      const group = some[0] as Group;
      const values = this.#dimensions.map((at) => group.keys[at] ?? null);
      return { key: this.#keyOf(group), values, label: this.#labelOf(values, naming) };
    });
    if (alone?.kind !== 'bucket') return found;
    // Buckets are all shown, with or without anything in them.
    const known = new Map(found.map((place) => [place.values[0]?.toString() ?? '', place]));
    const buckets = alone.options.map(({ value }): AcrossPlace => {
      const place = known.get(value);
      known.delete(value);
      return place ?? { key: `empty ${value}`, values: [value], label: naming.nameOf(alone, value) ?? value };
    });
    return [...buckets, ...known.values()];
  }

  #labelOf(values: readonly Value[], naming: Naming): string {
    const { dimensions } = this.#plan.report;
    return values
      .map((value, index) => {
        const dimension = dimensions[this.#dimensions[index] ?? -1];
        return dimension === undefined ? '' : naming.textOf(dimension, value);
      })
      .join(' · ');
  }
}
