import type { TableRow } from './table.ts';

/** A statement of account as a bank sends it, whatever the format. */
export interface BankStatement {
  /** As the bank writes it: a number, or an IBAN. */
  readonly account: string;
  readonly number: string;
  /** Day of the closing balance, ISO 8601. */
  readonly date: string;
  /** Decimal text; what the bank owes the holder is positive. */
  readonly opening: string;
  readonly closing: string;
  readonly entries: readonly BankEntry[];
}

export interface BankEntry {
  /** Day on which it was booked, ISO 8601. */
  readonly date: string;
  /** Decimal text; money in is positive. */
  readonly amount: string;
  readonly description: string;
  readonly reference: string;
}

const HEADING = [
  'Bank account',
  'Statement number',
  'Statement date',
  'Opening balance',
  'Closing balance',
  'Lines / Date',
  'Lines / Amount',
  'Lines / Description',
  'Lines / Reference',
] as const;

/** Columns whose cells are in plain notation. */
const PLAIN: ReadonlySet<number> = new Set([2, 3, 4, 5, 6]);

/**
 * Statements as rows of a table: the first row of each has what is said of the whole and its first entry, the others
 * have their entries alone.
 */
export async function* statementRows(statements: AsyncIterable<BankStatement>): AsyncGenerator<readonly TableRow[]> {
  yield [{ number: 1, cells: HEADING, plain: null }];
  let number = 1;
  for await (const { account, number: own, date, opening, closing, entries } of statements) {
    const head = [account, own, date, opening, closing];
    const filled = entries.length === 0 ? [null] : entries;
    yield filled.map((entry, index): TableRow => {
      number += 1;
      const cells = entry === null ? [] : [entry.date, entry.amount, entry.description, entry.reference];
      return { number, cells: [...(index === 0 ? head : head.map(() => '')), ...cells], plain: PLAIN };
    });
  }
}
