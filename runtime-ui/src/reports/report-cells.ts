import { columnScale, formatFigure } from '../documents/amounts.ts';
import { formatDate, formatInstant, formatMonth } from '../i18n/format.ts';
import type { ReportCell, ReportColumn, ReportRow } from './report-api.ts';

const FIGURES: ReadonlySet<string> = new Set(['money', 'quantity', 'percent', 'integer', 'decimal']);

/** How many fraction digits each column of figures shows. */
export function scalesOf(
  columns: readonly ReportColumn[],
  rows: readonly ReportRow[],
  totals: Readonly<Record<string, ReportCell>> | null,
): ReadonlyMap<string, number> {
  const figures = columns.filter(({ format }) => FIGURES.has(format));
  const scales = new Map(
    figures.map(({ name, format }) => {
      const cells = [...rows.map((row) => row.cells[name]), totals?.[name]];
      const values = cells.map((cell) => (typeof cell === 'string' || typeof cell === 'number' ? String(cell) : null));
      return [name, columnScale(values, format)];
    }),
  );
  // Amounts that stand beside each other are compared.
  const money = figures.filter(({ format }) => format === 'money').map(({ name }) => name);
  const widest = Math.max(0, ...money.map((name) => scales.get(name) ?? 0));
  for (const name of money) scales.set(name, widest);
  return scales;
}

/** A figure of a report as people read it. */
export function figureText(
  cell: ReportCell | undefined,
  { name, format }: ReportColumn,
  scales: ReadonlyMap<string, number>,
): string {
  if (cell === null || cell === undefined || cell === '' || typeof cell === 'object') return '';
  if (FIGURES.has(format)) return formatFigure(String(cell), scales.get(name) ?? 0, format);
  return plainText(cell, format);
}

/** What a dimension says: the title of a record, a date, a label. */
export function dimensionText(row: ReportRow, { name, format, unit }: ReportColumn): string {
  const title = row.titles?.[name];
  if (title !== undefined) return title;
  const cell = row.cells[name];
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? `#${cell.id}` : plainText(cell, format, unit);
}

/** A plain value as people read it. */
export function plainText(cell: string | number | boolean, format: string, unit?: ReportColumn['unit']): string {
  if (typeof cell === 'boolean') return cell ? '✓' : '–';
  const text = String(cell);
  if (format === 'datetime') return formatInstant(text);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return unit === 'month' ? formatMonth(text.slice(0, 7)) : formatDate(text);
  if (/^\d{4}-\d{2}$/.test(text)) return formatMonth(text);
  return text;
}

/** The heading of a column; along the top of a pivot it may be a day or a month. */
export function headingText({ label, across }: ReportColumn): string {
  return across === undefined ? label : plainText(label, 'text');
}

/** Whether a column holds figures, which stand on the right. */
export function isFigure({ kind, align, format }: ReportColumn): boolean {
  return kind === 'measure' ? align !== 'left' : align === 'right' || FIGURES.has(format);
}
