import { Decimal } from '../../../engine/src/base/decimal.ts';
import { dimensionText } from './report-cells.ts';
import type { ReportCell, ReportColumn, ReportRow } from './report-api.ts';

/** Figures with some dimensions along the top. */
export interface Pivot {
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
  readonly totals: Readonly<Record<string, ReportCell>>;
}

const PART = '\u0000';

/** A text that only rows with the same values of some dimensions have. */
function keyOf({ cells }: ReportRow, names: readonly string[]): string {
  return names
    .map((name) => (typeof cells[name] === 'string' ? cells[name] : JSON.stringify(cells[name] ?? null)))
    .join(PART);
}

function add(sums: Map<string, Decimal>, key: string, cell: ReportCell | undefined): void {
  const value = typeof cell === 'string' || typeof cell === 'number' ? Decimal.parse(String(cell)) : null;
  if (value !== null) sums.set(key, (sums.get(key) ?? Decimal.zero).add(value));
}

/**
 * Turns rows around: one line for each value of the dimensions on the left, one column for each value of those in
 * `across` and each measure, and a sum of each line. Figures are added up exactly.
 *
 * @param sumLabel heading of the sums of lines
 */
export function pivotRows(
  columns: readonly ReportColumn[],
  rows: readonly ReportRow[],
  across: readonly string[],
  sumLabel: string,
): Pivot {
  const left = columns.filter(({ name, kind }) => kind === 'dimension' && !across.includes(name));
  const measures = columns.filter(({ kind }) => kind === 'measure');
  const details = rows.filter(({ kind }) => kind === 'row');
  const heading = across
    .map((name) => columns.find((column) => column.name === name))
    .filter((column) => column !== undefined);

  const heads = new Map<string, { readonly label: string; readonly order: string }>();
  const lines = new Map<
    string,
    { readonly row: ReportRow; readonly sums: Map<string, Decimal>; readonly drills: Record<string, unknown> }
  >();
  const totals = new Map<string, Decimal>();
  for (const row of details) {
    const head = keyOf(row, across);
    heads.set(head, { label: heading.map((column) => dimensionText(row, column) || '–').join(' · '), order: head });
    const key = keyOf(
      row,
      left.map(({ name }) => name),
    );
    const line = lines.get(key) ?? { row, sums: new Map<string, Decimal>(), drills: {} };
    lines.set(key, line);
    for (const { name } of measures) {
      line.drills[`${head}${PART}${name}`] = row.drill;
      for (const sums of [line.sums, totals]) {
        add(sums, `${head}${PART}${name}`, row.cells[name]);
        add(sums, name, row.cells[name]);
      }
    }
  }

  const sorted = [...heads].sort(([, a], [, b]) => a.order.localeCompare(b.order, undefined, { numeric: true }));
  const isSingle = measures.length === 1;
  const figures = [
    ...sorted.flatMap(([head, { label }]) =>
      measures.map((measure) => ({
        ...measure,
        name: `${head}${PART}${measure.name}`,
        label: isSingle ? label : `${label} · ${measure.label}`,
      })),
    ),
    ...measures.map((measure) => ({ ...measure, label: isSingle ? sumLabel : `${sumLabel} · ${measure.label}` })),
  ];
  const cellsOf = (sums: ReadonlyMap<string, Decimal>): Record<string, ReportCell> =>
    Object.fromEntries(figures.map(({ name }) => [name, sums.get(name)?.toString() ?? null]));
  return {
    columns: [...left, ...figures],
    rows: [...lines.values()].map(({ row, sums, drills }) => ({
      level: 0,
      kind: 'row',
      drills,
      cells: { ...Object.fromEntries(left.map(({ name }) => [name, row.cells[name] ?? null])), ...cellsOf(sums) },
      ...(row.titles === undefined ? {} : { titles: row.titles }),
    })),
    totals: cellsOf(totals),
  };
}
