import { Readable } from 'node:stream';
import { Decimal } from '../base/decimal.ts';
import { writeCsv } from '../exchange/csv.ts';
import { writeJournal } from '../exchange/plain-text.ts';
import type { Journal, JournalFormat } from '../exchange/plain-text.ts';
import type { SheetCell, SheetRow } from '../exchange/sheet.ts';
import { writeXlsx } from '../exchange/xlsx.ts';
import type { Locale } from '../metamodel/text.ts';
import { tablePdf } from '../prints/pdf.ts';
import { writeDate, writeNumber } from '../metamodel/written.ts';
import { moneyDecimalsOf } from '../prints/write-value.ts';
import { reportSheet } from '../reports/report-sheet.ts';
import type { ReportAnswer } from '../reports/run-report.ts';
import type { Answer } from './route.ts';

export type TableFormat = 'csv' | 'xlsx' | 'pdf';
type FileFormat = TableFormat | JournalFormat | 'xml';

/** Whose report it is, and what people read around it. */
export interface FileFacts {
  readonly company: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly locale: Locale;
  /** The choices, written for people. */
  readonly notes: readonly string[];
  readonly today: string;
}

const TYPES: Readonly<Record<FileFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
  hledger: 'text/plain; charset=utf-8',
  beancount: 'text/plain; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
};
const ENDINGS: Readonly<Record<FileFormat, string>> = {
  csv: 'csv',
  xlsx: 'xlsx',
  pdf: 'pdf',
  hledger: 'journal',
  beancount: 'beancount',
  xml: 'xml',
};

const NARROWED = {
  en: 'Only what you may see is counted.',
  id: 'Hanya yang boleh Anda lihat yang dihitung.',
} as const;
const CUT = { en: 'Not all lines are shown.', id: 'Tidak semua baris ditampilkan.' } as const;
/** Columns that a page in portrait takes. */
const PORTRAIT_COLUMNS = 6;

/** A report as a file to be kept. */
export async function reportFile(answer: ReportAnswer, format: TableFormat, facts: FileFacts): Promise<Answer> {
  const { locale, notes, today } = facts;
  const hints = [...(answer.narrowed ? [NARROWED[locale]] : []), ...(answer.truncated ? [CUT[locale]] : [])];
  const name = `${answer.report}-${today}`;
  if (format === 'pdf') return download(name, format, Readable.from([await pdfOf(answer, facts, hints)]));
  const isCsv = format === 'csv';
  const sheet = reportSheet(answer, {
    locale,
    notes: [facts.company, ...notes, ...hints],
    totals: !isCsv,
    levels: isCsv,
  });
  return download(name, format, Readable.from(isCsv ? writeCsv(sheet) : writeXlsx(sheet), { objectMode: false }));
}

/** A journal as a file to be kept. */
export function journalFile(report: string, journal: Journal, format: JournalFormat, today: string): Answer {
  return download(`${report}-${today}`, format, Readable.from(writeJournal(journal, format), { objectMode: false }));
}

/** A document in XML as a file to be kept. */
export function xmlFile(report: string, pieces: Iterable<string>, today: string): Answer {
  return download(`${report}-${today}`, 'xml', Readable.from(pieces, { objectMode: false }));
}

function download(name: string, format: FileFormat, stream: Readable): Answer {
  return {
    status: 200,
    stream,
    headers: {
      'Content-Type': TYPES[format],
      'Content-Disposition': `attachment; filename="${name}.${ENDINGS[format]}"`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
    },
  };
}

async function pdfOf(answer: ReportAnswer, facts: FileFacts, hints: readonly string[]): Promise<Buffer> {
  const { locale } = facts;
  const sheet = reportSheet(answer, { locale, notes: [], totals: true, levels: false });
  const rows: SheetRow[] = [...sheet.rows];
  const amounts = answer.columns.flatMap(({ format }, index) =>
    format === 'money' ? rows.flatMap(({ cells }) => numberIn(cells[index] ?? null) ?? []) : [],
  );
  const moneyDecimals = moneyDecimalsOf(facts.currency, amounts);
  return tablePdf({
    title: answer.label,
    subtitle: [facts.company, ...(facts.notes.length === 0 ? [] : [facts.notes.join(' · ')])],
    orientation: answer.columns.length > PORTRAIT_COLUMNS ? 'landscape' : 'portrait',
    columns: sheet.columns,
    rows: rows.map(({ cells, level, bold }) => ({
      cells: cells.map((cell, index) => {
        const isMoney = answer.columns[index]?.format === 'money';
        return pdfCell(cell, locale, isMoney ? moneyDecimals : 0);
      }),
      level,
      bold,
    })),
    footer: [writeDate(facts.today, locale, false), ...hints].join(' · '),
  });
}

function numberIn(cell: SheetCell): Decimal | null {
  return cell?.kind === 'number' ? Decimal.parse(cell.text) : null;
}

function pdfCell(cell: SheetCell, locale: Locale, least: number): string {
  if (cell === null) return '';
  if (cell.kind === 'date') return writeDate(cell.text, locale, true);
  const number = numberIn(cell);
  return number === null ? cell.text : writeNumber(number, locale, least);
}
