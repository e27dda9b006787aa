import type { Json } from '../metamodel/field-type.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Sheet, SheetCell, SheetRow } from '../exchange/sheet.ts';
import type { ReportAnswer, ReportColumn, ReportRow } from './run-report.ts';

const LEVEL_LABEL = { en: 'Level', id: 'Tingkat' } as const;
const TOTAL_LABEL = { en: 'Total', id: 'Total' } as const;
const NUMBERS: ReadonlySet<string> = new Set(['money', 'quantity', 'percent', 'integer', 'decimal']);
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const NUMBER = /^-?\d+(\.\d+)?$/;

export interface SheetChoices {
  readonly locale: Locale;
  readonly notes: readonly string[];
  /** Whether the totals stand below; programs that add up a column would count them twice. */
  readonly totals: boolean;
  /** Whether a column says how deep each line stands, where the file cannot indent. */
  readonly levels: boolean;
}

/** The answer of a report as a table for a file: links by what they are called, figures as numbers. */
export function reportSheet(answer: ReportAnswer, { locale, notes, totals, levels }: SheetChoices): Sheet {
  const { columns, rows, label } = answer;
  const hasLevels = levels && rows.some(({ level, kind }) => level > 0 || kind === 'subtotal');
  const rowOf = (row: ReportRow): SheetRow => ({
    cells: [
      ...(hasLevels ? [{ kind: 'number', text: String(row.level), scale: 0 } as const] : []),
      ...columns.map((column) => cellOf(column, row.cells[column.name] ?? null, row.titles?.[column.name])),
    ],
    level: row.level,
    bold: row.kind === 'subtotal',
  });
  return {
    title: label,
    notes,
    columns: [
      ...(hasLevels ? [{ label: LEVEL_LABEL[locale], align: 'right' } as const] : []),
      ...columns.map((column) => ({ label: column.label, align: column.align })),
    ],
    rows: (function* () {
      for (const row of rows) yield rowOf(row);
      if (totals && hasTotals(answer)) yield totalRow(answer, locale);
    })(),
  };
}

function hasTotals({ layout, totals, rows }: ReportAnswer): boolean {
  return layout.totals && rows.length > 0 && Object.values(totals).some((value) => value !== null);
}

/** The totals as a line; the first column says what it is. */
export function totalRow({ columns, totals }: ReportAnswer, locale: Locale): SheetRow {
  return {
    cells: columns.map((column, index): SheetCell => {
      if (index === 0 && column.kind === 'dimension') return { kind: 'text', text: TOTAL_LABEL[locale] };
      return column.kind === 'dimension' ? null : cellOf(column, totals[column.name] ?? null, undefined);
    }),
    level: 0,
    bold: true,
  };
}

function cellOf({ format, scale }: ReportColumn, value: Json, title: string | undefined): SheetCell {
  if (title !== undefined) return { kind: 'text', text: title };
  if (value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (NUMBERS.has(format) && NUMBER.test(text)) return { kind: 'number', text, scale: scale ?? null };
  if (format === 'date' && DATE.test(text)) return { kind: 'date', text };
  // An id without a name is one that the reader may not know.
  return format === 'link' || format === 'record' ? { kind: 'text', text: '–' } : { kind: 'text', text };
}
