import { Decimal } from '../../../engine/src/base/decimal.ts';
import type { ReportCell, ReportColumn, ReportRow } from './report-api.ts';

/** A line of a report with those that it adds up. */
export interface ReportNode {
  readonly row: ReportRow;
  /** Same as long as the report has the same rows: what is folded stays folded. */
  readonly key: string;
  readonly children: readonly ReportNode[];
}

/** A line as it is drawn. */
export interface DrawnRow {
  readonly row: ReportRow;
  readonly key: string;
  readonly depth: number;
  /** The line it stands under. */
  readonly parent: ReportRow | null;
  readonly hasChildren: boolean;
  readonly isFolded: boolean;
}

interface GrowingNode extends ReportNode {
  readonly children: GrowingNode[];
}

/** Lines under the sums that stand above them, one level higher. */
export function nestByLevel(rows: readonly ReportRow[]): readonly ReportNode[] {
  const roots: GrowingNode[] = [];
  const open: { readonly level: number; readonly node: GrowingNode }[] = [];
  for (const [index, row] of rows.entries()) {
    const node: GrowingNode = { row, key: String(index), children: [] };
    while ((open.at(-1)?.level ?? -1) >= row.level) open.pop();
    (open.at(-1)?.node.children ?? roots).push(node);
    open.push({ level: row.level, node });
  }
  return roots;
}

/** The dimensions that only groups are called by; their lines need not repeat them. At least one column stays. */
export function groupDimensions(rows: readonly ReportRow[], dimensions: readonly string[]): readonly string[] {
  const named = new Set(rows.flatMap(({ kind, cells }) => (kind === 'subtotal' ? Object.keys(cells) : [])));
  const grouping = dimensions.filter((name) => named.has(name));
  return grouping.length < dimensions.length ? grouping : grouping.slice(0, -1);
}

function textOf(cell: ReportCell | undefined): string {
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

function compareCells(a: ReportCell | undefined, b: ReportCell | undefined, isFigure: boolean): number {
  const isEmpty = (cell: ReportCell | undefined): boolean => cell === null || cell === undefined || cell === '';
  if (isEmpty(a) || isEmpty(b)) return Number(isEmpty(a)) - Number(isEmpty(b));
  if (isFigure) {
    const [left, right] = [Decimal.parse(textOf(a)), Decimal.parse(textOf(b))];
    if (left !== null && right !== null) return left.compare(right);
  }
  return textOf(a).localeCompare(textOf(b), undefined, { numeric: true });
}

/**
 * Sorts the lines of each group among themselves; empty cells stay last.
 *
 * @param measures names of the columns that are figures
 */
export function sortNodes(
  nodes: readonly ReportNode[],
  column: ReportColumn,
  isDescending: boolean,
  measures: ReadonlySet<string>,
): readonly ReportNode[] {
  const isFigure = column.kind === 'measure';
  const valueOf = ({ row }: ReportNode): ReportCell | undefined => {
    const own = row.titles?.[column.name] ?? row.cells[column.name];
    if ((own ?? null) !== null || isFigure || row.kind !== 'subtotal') return own;
    // A group is called by the innermost dimension that it has.
    const named = Object.entries(row.cells).filter(([, cell]) => cell !== null);
    const last = named.findLast(([name]) => !measures.has(name))?.[0];
    return last === undefined ? null : (row.titles?.[last] ?? row.cells[last]);
  };
  return [...nodes]
    .sort((a, b) => {
      const [left, right] = [valueOf(a), valueOf(b)];
      const order = compareCells(left, right, isFigure);
      const hasEmpty = [left, right].some((cell) => (cell ?? '') === '');
      return isDescending && !hasEmpty ? -order : order;
    })
    .map((node) => ({ ...node, children: sortNodes(node.children, column, isDescending, measures) }));
}

/** The lines in the order they are drawn; those below a folded one are left out. */
export function drawnRows(
  nodes: readonly ReportNode[],
  folded: ReadonlySet<string>,
  parent: DrawnRow | null = null,
): readonly DrawnRow[] {
  return nodes.flatMap(({ row, key, children }): readonly DrawnRow[] => {
    const own: DrawnRow = {
      row,
      key,
      depth: parent === null ? 0 : parent.depth + 1,
      parent: parent?.row ?? null,
      hasChildren: children.length > 0,
      isFolded: folded.has(key),
    };
    return own.isFolded ? [own] : [own, ...drawnRows(children, folded, own)];
  });
}

/** The keys of every line that others stand under. */
export function parentKeys(nodes: readonly ReportNode[]): readonly string[] {
  return nodes.flatMap(({ key, children }) => (children.length === 0 ? [] : [key, ...parentKeys(children)]));
}
