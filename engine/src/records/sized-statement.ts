import { statement } from '../storage/statement.ts';
import type { Statement } from '../storage/statement.ts';

/** Rows or ids that one statement carries at most; more are sent in portions. */
export const PORTION_MAX = 64;

/** SQL text whose length follows a count: rows of an INSERT, ids of an IN list. Each size is made once. */
export class SizedStatement {
  readonly #text: (count: number) => string;
  readonly #sizes: (Statement | undefined)[] = [];

  constructor(text: (count: number) => string) {
    this.#text = text;
  }

  of(count: number): Statement {
    return (this.#sizes[count] ??= statement(this.#text(count)));
  }
}

/** `(?, ?), (?, ?)`: rows of placeholders. */
export function placeholderRows(rows: number, columns: number): string {
  const row = `(${placeholders(columns)})`;
  return Array.from({ length: rows }, () => row).join(', ');
}

/** `?, ?, ?` */
export function placeholders(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}

/**
 * Cuts ids into lists whose lengths are powers of two, the last one filled up by repeating an id: so a handful of
 * texts serves every number of ids.
 */
export function idPortions(ids: readonly string[]): readonly (readonly string[])[] {
  const portions: (readonly string[])[] = [];
  for (let start = 0; start < ids.length; start += PORTION_MAX) {
    const portion = ids.slice(start, start + PORTION_MAX);
    let size = 1;
    while (size < portion.length) size *= 2;
    const last = portion.at(-1) as string;
    while (portion.length < size) portion.push(last);
    portions.push(portion);
  }
  return portions;
}
