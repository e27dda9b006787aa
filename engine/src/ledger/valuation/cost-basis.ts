import { Decimal } from '../../base/decimal.ts';
import { placeholderRows, placeholders, SizedStatement } from '../../records/sized-statement.ts';
import type { Reader, Transaction } from '../../storage/database.ts';
import { parameter } from '../../storage/dialect.ts';
import { quoted, statement, table } from '../../storage/statement.ts';
import type { Binding } from '../../storage/statement.ts';

/**
 * Where an entry has its value from, when neither the method nor the posting's own amount says it.
 *
 * - `row`: the cost of a row that it takes back or sends back.
 * - `adjust`: its share of `amount`, for what came in with a row and is still there.
 * - `plain`: `amount` would be its own value; it differs because nothing on hand must be worth nothing.
 * - `present`: it came in without a price, at the cost of what was on hand.
 */
export interface Basis {
  readonly kind: 'row' | 'adjust' | 'plain' | 'present';
  readonly row: string | null;
  readonly amount: Decimal | null;
}

export interface EntryBasis extends Basis {
  readonly entry: string;
}

const PORTION = 64;
const BASES = table('rk_cost_basis');
const COLUMNS = ['ledger', 'entry_id', 'kind', 'row_name', 'amount'].map(quoted).join(', ');
const insert = new SizedStatement((count) => `INSERT INTO ${BASES} (${COLUMNS}) VALUES ${placeholderRows(count, 5)}`);

export async function insertBases(
  transaction: Transaction,
  ledger: string,
  bases: readonly EntryBasis[],
): Promise<void> {
  for (let start = 0; start < bases.length; start += PORTION) {
    const portion = bases.slice(start, start + PORTION);
    const bindings: Binding[] = [];
    for (const { entry, kind, row, amount } of portion) {
      bindings.push(ledger, entry, kind, row, amount === null ? null : amount.toString());
    }
    await transaction.run(insert.of(portion.length), bindings);
  }
}

/** The bases of entries that have one, by entry. */
export async function basesOf(
  reader: Reader,
  ledger: string,
  entries: readonly string[],
): Promise<ReadonlyMap<string, Basis>> {
  const id = parameter(reader.dialect, { kind: 'id' });
  const found = new Map<string, Basis>();
  for (let start = 0; start < entries.length; start += PORTION) {
    const portion = entries.slice(start, start + PORTION);
    const text =
      `SELECT entry_id, kind, row_name, amount FROM ${BASES} WHERE ledger = ? ` +
      `AND entry_id IN (${portion.map(() => id).join(', ')})`;
    for (const [entry, kind, row, amount] of await reader.tuples(statement(text), [ledger, ...portion])) {
      found.set(String(entry), {
        kind: String(kind) as Basis['kind'],
        row: row === null || row === undefined ? null : String(row),
        amount: amount === null || amount === undefined ? null : Decimal.parse(String(amount)),
      });
    }
  }
  return found;
}

/** Entries whose value follows the cost of one of these rows, with that row. */
export async function followersOf(
  reader: Reader,
  ledger: string,
  rows: readonly string[],
): Promise<readonly { readonly entry: string; readonly row: string }[]> {
  const found: { entry: string; row: string }[] = [];
  for (let start = 0; start < rows.length; start += PORTION) {
    const portion = rows.slice(start, start + PORTION);
    const text =
      `SELECT entry_id, row_name FROM ${BASES} WHERE ledger = ? AND kind = 'row' ` +
      `AND row_name IN (${placeholders(portion.length)}) ORDER BY entry_id`;
    for (const [entry, row] of await reader.tuples(statement(text), [ledger, ...portion])) {
      found.push({ entry: String(entry), row: String(row) });
    }
  }
  return found;
}
