import { Decimal } from '../base/decimal.ts';
import type { ReportSection } from '../compiler/report-model.ts';
import { textIn } from '../metamodel/text.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { Group } from './group-query.ts';
import { leafRow } from './leaves.ts';
import { baseFigures, bundleOf, isZero, sortedBundles, turned, withComputed } from './lines.ts';
import type { Line } from './lines.ts';
import type { Naming } from './naming.ts';
import type { ReportPlan } from './plan.ts';
import { valueOf } from './rewrite.ts';

/** A place of the tree with all that stands below it. */
interface Node {
  readonly id: string | null;
  readonly children: Map<string | null, Node>;
  readonly groups: Group[];
}

/**
 * The lines of a statement: the tree from the top down, each place with the sums of all below it; sections one after
 * the other, each with a line of its own above.
 */
export function statementLines(
  plan: ReportPlan,
  groups: readonly Group[],
  naming: Naming,
  paths: ReadonlyMap<string, readonly string[]>,
): readonly Line[] {
  const { layout } = plan.report;
  const writer = new StatementWriter(plan, naming, paths);
  if (layout.sections.length === 0) {
    writer.tree(groups, 0, null);
    return writer.lines;
  }
  const known: Record<string, readonly Value[]> = {};
  for (const [index, section] of layout.sections.entries()) {
    if (section.where === null) {
      known[section.name] = writer.computed(section, known);
      continue;
    }
    const own = groups.filter(({ keys }) => isPlace(keys[plan.sectionKey ?? -1], index));
    known[section.name] = writer.section(section, own);
  }
  return writer.lines;
}

function isPlace(value: Value | undefined, index: number): boolean {
  return value instanceof Decimal && value.equals(Decimal.of(index));
}

class StatementWriter {
  readonly lines: Line[] = [];
  readonly #plan: ReportPlan;
  readonly #naming: Naming;
  readonly #paths: ReadonlyMap<string, readonly string[]>;
  readonly #tree: number;

  constructor(plan: ReportPlan, naming: Naming, paths: ReadonlyMap<string, readonly string[]>) {
    this.#plan = plan;
    this.#naming = naming;
    this.#paths = paths;
    this.#tree = plan.report.dimensions.findIndex(({ name }) => name === plan.report.layout.tree);
  }

  section(section: ReportSection, groups: readonly Group[]): readonly Value[] {
    const line = this.#line(groups, 0, { label: textIn(section.label, this.#naming.locale), section: section.name });
    this.lines.push({ ...line, kind: 'subtotal' });
    if (section.lines) this.tree(groups, 1, section.name);
    return this.#shown(line);
  }

  /** A line worked out of the sections before it, as these are shown. */
  computed(section: ReportSection, known: Readonly<Record<string, readonly Value[]>>): readonly Value[] {
    const figures = this.#plan.measures.map((_, place) => {
      const row = Object.fromEntries(Object.entries(known).map(([name, values]) => [name, values[place] ?? null]));
      return section.computed === null ? null : valueOf(section.computed, row, this.#plan.fixed);
    });
    const label = textIn(section.label, this.#naming.locale);
    const line = this.#line([], 0, { label, section: section.name });
    this.lines.push({ ...line, kind: 'subtotal', figures });
    return figures;
  }

  tree(groups: readonly Group[], level: number, section: string | null): void {
    const root: Node = { id: null, children: new Map(), groups: [] };
    for (const group of groups) {
      const id = (group.keys[this.#tree] ?? null) as string | null;
      let node = root;
      for (const step of id === null ? [null] : (this.#paths.get(id) ?? [id])) {
        let child = node.children.get(step);
        if (child === undefined) {
          child = { id: step, children: new Map(), groups: [] };
          node.children.set(step, child);
        }
        node = child;
      }
      node.groups.push(group);
    }
    this.#children(root, level, section);
  }

  #children({ children }: Node, level: number, section: string | null): void {
    const named = new Map<Group, Node>();
    const bundles = [...children.values()].map((node) => {
      // A place is sorted by itself, whatever below it has entries.
      const groups = groupsIn(node);
      const bundle = bundleOf(this.#plan, groups);
      const [first] = groups as [Group, ...Group[]];
      const keys = first.keys.map((key, index) => (index === this.#tree ? node.id : key));
      const self: Group = { ...first, keys };
      named.set(self, node);
      return { groups: [self], leaves: bundle.leaves };
    });
    for (const { groups } of sortedBundles(this.#plan, bundles, [this.#tree], this.#naming)) {
      const node = named.get(groups[0] as Group) as Node;
      this.#node(node, level, section);
    }
  }

  #node(node: Node, level: number, section: string | null): void {
    const groups = groupsIn(node);
    const line = this.#line(groups, level, { section, id: node.id });
    if (!this.#plan.report.layout.zeros && groups.every((group) => this.#isZero(group))) return;
    this.lines.push({ ...line, kind: node.children.size > 0 ? 'subtotal' : 'row' });
    this.#children(node, level + 1, section);
  }

  #isZero({ leaves }: Group): boolean {
    return isZero(withComputed(this.#plan, baseFigures(this.#plan, leaves)));
  }

  #line(
    groups: readonly Group[],
    level: number,
    about: { readonly label?: string; readonly section: string | null; readonly id?: string | null },
  ): Line {
    const bundle = bundleOf(this.#plan, groups);
    const keys = this.#plan.report.dimensions.map((_, index) =>
      index === this.#tree && about.id !== undefined ? about.id : undefined,
    );
    return {
      kind: 'row',
      level,
      keys,
      label: about.label ?? null,
      isOpening: false,
      section: about.section,
      ...bundle,
      isTurned: groups.length > 0 && this.#isTurned(bundle.leaves),
      figures: null,
      document: null,
    };
  }

  /** Whether all groups of a line agree that its sign turns. */
  #isTurned(leaves: readonly Value[]): boolean {
    const { signs, fixed } = this.#plan;
    if (signs === null) return false;
    const row = leafRow(leaves);
    const values = signs.map((sign) => valueOf(sign, row, fixed));
    return values.every((value) => value instanceof Decimal && value.sign() < 0);
  }

  #shown({ leaves, isTurned }: Line): readonly Value[] {
    const figures = baseFigures(this.#plan, leaves);
    return withComputed(this.#plan, isTurned ? turned(figures) : figures);
  }
}

function groupsIn({ groups, children }: Node): readonly Group[] {
  return [...groups, ...[...children.values()].flatMap(groupsIn)];
}
