import { refuse } from '../base/errors.ts';

/** A row of a file as it was written there. Cells at the end that are empty may be missing. */
export interface TableRow {
  /** Where it stands in the file, as a spreadsheet counts: the heading is row 1. */
  readonly number: number;
  readonly cells: readonly string[];
  /** Columns whose cell was a number or a date of the file itself: it is in plain notation, whatever people choose. */
  readonly plain: ReadonlySet<number> | null;
}

/** Columns of a file, and characters of one cell. */
export const COLUMNS_MAX = 500;
export const CELL_LENGTH_MAX = 1_048_576;

/** What a spreadsheet is told to keep as text; see csv.ts, which writes it. */
const GUARDED = /^'(?=[=+\-@\t\r])/;

/** A cell as it was before it was guarded against being run as a formula. */
export function unguarded(text: string): string {
  return text.charCodeAt(0) === 0x27 ? text.replace(GUARDED, '') : text;
}

/** A file that is not what it says, or more than is taken. */
export function unreadable(reason: string): Error {
  return refuse('unreadable-file', { parameters: { reason } });
}
