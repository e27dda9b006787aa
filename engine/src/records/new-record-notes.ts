import type { Transaction } from '../storage/database.ts';
import type { Binding } from '../storage/statement.ts';
import { INSERT_CHANGES, INSERT_EVENTS } from './history.ts';
import type { ChangeRows } from './history.ts';
import type { SizedStatement } from './sized-statement.ts';
import { INSERT_WORDS } from './word-index.ts';

/** Rows of one statement; far below the 65,535 values that a prepared one may bind. */
const ROWS_MAX = 500;

/**
 * What is noted of new records, kept back to be written by a few statements for all of them. Nothing inside their
 * transaction reads it, and over a network each statement costs a round trip.
 */
export class NewRecordNotes {
  readonly #words: (readonly Binding[])[] = [];
  readonly #changes: (readonly Binding[])[] = [];
  readonly #events: (readonly Binding[])[] = [];

  add(entity: string, id: string, words: ReadonlySet<string>, { change, event }: ChangeRows): void {
    for (const word of words) this.#words.push([entity, word, id]);
    this.#changes.push(change);
    this.#events.push(event);
  }

  async write(transaction: Transaction): Promise<void> {
    await insert(transaction, INSERT_WORDS[transaction.dialect], this.#words);
    await insert(transaction, INSERT_CHANGES, this.#changes);
    await insert(transaction, INSERT_EVENTS, this.#events);
  }
}

async function insert(
  transaction: Transaction,
  into: SizedStatement,
  rows: readonly (readonly Binding[])[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_MAX) {
    const portion = rows.slice(start, start + ROWS_MAX);
    await transaction.run(into.of(portion.length), portion.flat());
  }
}
