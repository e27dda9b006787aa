import type { TableRow } from '../../exchange/table.ts';
import type { Target } from './targets.ts';

/** A column of the file with what it brings. */
export interface Column extends Target {
  /** Its place in the file; -1 for none. */
  readonly index: number;
  /** What every record has, where no column of the file brings it. */
  readonly constant: string | null;
}

/** The rows of a file that make one record: the first has its own fields, each may have a row of its lines. */
export interface FileRecord {
  readonly rows: readonly TableRow[];
}

/** Rows of one record that are taken at most; more are surely a mistake. */
const ROWS_MAX = 10_000;

/**
 * Puts the rows of a file together to records: a row whose own columns are empty, or name the same key as the row
 * before, goes with the record above it.
 */
export class RecordGatherer {
  readonly #own: readonly Column[];
  readonly #key: readonly Column[];
  readonly #hasLines: boolean;
  #open: TableRow[] = [];

  constructor(columns: readonly Column[], key: readonly string[]) {
    this.#own = columns.filter(({ lines, constant }) => lines === null && constant === null);
    this.#key = key.flatMap((path) => this.#own.find((column) => column.path === path) ?? []);
    this.#hasLines = columns.some(({ lines }) => lines !== null);
  }

  /** The record that is whole now that this row has come; null where it goes on. */
  take(row: TableRow): FileRecord | null {
    const [head] = this.#open;
    if (head !== undefined && this.#open.length < ROWS_MAX && this.#goesOn(head, row)) {
      this.#open.push(row);
      return null;
    }
    const whole = this.end();
    this.#open = [row];
    return whole;
  }

  end(): FileRecord | null {
    const rows = this.#open;
    this.#open = [];
    return rows.length === 0 ? null : { rows };
  }

  #goesOn(head: TableRow, row: TableRow): boolean {
    if (!this.#hasLines) return false;
    if (this.#own.every(({ index }) => isEmpty(row, index))) return true;
    return (
      this.#key.length > 0 &&
      this.#key.every(({ index }) => !isEmpty(row, index) && textAt(row, index) === textAt(head, index))
    );
  }
}

/** What a column says in a row. */
export function textIn({ constant, index }: Column, row: TableRow): string {
  return constant ?? textAt(row, index);
}

function textAt({ cells }: TableRow, index: number): string {
  return cells[index]?.trim() ?? '';
}

function isEmpty(row: TableRow, index: number): boolean {
  return textAt(row, index) === '';
}
