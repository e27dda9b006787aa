import type { Sheet, SheetCell } from './sheet.ts';

/** What programs that open CSV without asking need to read it as UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;
/** What spreadsheets take for the beginning of a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;
const ROWS_PER_PIECE = 500;

/**
 * A table as CSV (RFC 4180), UTF-8 with a byte order mark, piece by piece. No text of it is ever run as a formula:
 * one that would be is given an apostrophe in front. Numbers stand in plain notation with a decimal point.
 */
export function* writeCsv({ columns, rows }: Sheet): Generator<string> {
  let piece = BYTE_ORDER_MARK + lineOf(columns.map(({ label }) => quotedCell(guarded(label))));
  let count = 0;
  for (const { cells } of rows) {
    piece += lineOf(cells.map(cellText));
    count += 1;
    if (count % ROWS_PER_PIECE === 0) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

function lineOf(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

function cellText(cell: SheetCell): string {
  if (cell === null) return '';
  return cell.kind === 'text' ? quotedCell(guarded(cell.text)) : cell.text;
}

function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function quotedCell(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
