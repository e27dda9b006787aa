import type { KeptBalance, Ledger } from '../compiler/ledger-model.ts';
import type { Model } from '../compiler/model.ts';
import { ENTRY_COLUMNS, MONTH_COLUMN } from '../metamodel/naming.ts';
import { SizedStatement } from '../records/sized-statement.ts';
import type { Database, Dialect, Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import { columnsOf, emptyKeyText } from './entry-columns.ts';

/** Vouchers that one transaction adds up: their rows stay locked for as long. */
const VOUCHERS_MAX = 200;
/** Waiting a moment gathers the vouchers of a busy time into one step. */
const PAUSE_MS = 250;

const QUEUE = table('rk_rollup_queue');
const TAKE: Readonly<Record<Dialect, ReturnType<typeof statement>>> = {
  sqlite: statement(`SELECT voucher_id FROM ${QUEUE} ORDER BY voucher_id LIMIT ${VOUCHERS_MAX}`),
  mysql: statement(`SELECT voucher_id FROM ${QUEUE} ORDER BY voucher_id LIMIT ${VOUCHERS_MAX} FOR UPDATE SKIP LOCKED`),
};

/**
 * Adds the entries of queued vouchers to the balances of their months, so that reading a balance stays as fast with
 * ten million entries as with ten. Each step is one transaction that also empties its part of the queue: killed
 * anywhere, nothing is added twice. Answers how many vouchers were added.
 */
export async function rollUp(database: Database, model: Model): Promise<number> {
  let total = 0;
  for (;;) {
    const taken = await database.transaction((transaction) => rollUpSome(transaction, model));
    total += taken;
    if (taken < VOUCHERS_MAX) return total;
  }
}

async function rollUpSome(transaction: Transaction, model: Model): Promise<number> {
  const { dialect } = transaction;
  const vouchers = (await transaction.tuples(TAKE[dialect])).map(([id]) => String(id));
  if (vouchers.length === 0) return 0;
  for (const ledger of model.ledgers.values()) {
    for (const kept of ledger.monthly) {
      await transaction.run(additionOf(ledger, kept, dialect).of(vouchers.length), vouchers);
    }
  }
  const id = parameter(dialect, { kind: 'id' });
  const ids = vouchers.map(() => id).join(', ');
  await transaction.run(statement(`DELETE FROM ${QUEUE} WHERE voucher_id IN (${ids})`), vouchers);
  return vouchers.length;
}

const additions: Readonly<Record<Dialect, WeakMap<KeptBalance, SizedStatement>>> = {
  sqlite: new WeakMap(),
  mysql: new WeakMap(),
};

function additionOf(ledger: Ledger, kept: KeptBalance, dialect: Dialect): SizedStatement {
  let addition = additions[dialect].get(kept);
  if (addition === undefined) {
    addition = new SizedStatement((count) => additionText(ledger, kept, dialect, count));
    additions[dialect].set(kept, addition);
  }
  return addition;
}

function additionText(ledger: Ledger, kept: KeptBalance, dialect: Dialect, count: number): string {
  const { dimensions, measures } = columnsOf(ledger, dialect);
  const keys = kept.dimensions.flatMap((field) => dimensions[ledger.dimensions.indexOf(field)] ?? []);
  const date = quoted(ENTRY_COLUMNS.date);
  const month = dialect === 'mysql' ? `DATE_FORMAT(${date}, '%Y-%m-01')` : `substr(${date}, 1, 7) || '-01'`;
  const names = [...keys, ...measures].map(({ column }) => quoted(column));
  const grouped = [...keys.map((column) => `COALESCE(${quoted(column.column)}, ${emptyKeyText(column)})`), month];
  const sums = measures.map(({ column }) => quoted(column));
  const columns = [...names.slice(0, keys.length), quoted(MONTH_COLUMN), ...sums];
  const id = parameter(dialect, { kind: 'id' });
  const ids = Array.from({ length: count }, () => id).join(', ');
  const select =
    `SELECT ${[...grouped, ...sums.map((sum) => `SUM(${sum})`)].join(', ')} FROM ${table(ledger.entries.table)} ` +
    `WHERE ${quoted(ENTRY_COLUMNS.voucher)} IN (${ids}) GROUP BY ${grouped.join(', ')}`;
  const insert = `INSERT INTO ${table(kept.table.name)} (${columns.join(', ')}) ${select}`;
  if (dialect === 'mysql') {
    return `${insert} ON DUPLICATE KEY UPDATE ${sums.map((sum) => `${sum} = ${sum} + VALUES(${sum})`).join(', ')}`;
  }
  const target = columns.slice(0, keys.length + 1).join(', ');
  return `${insert} ON CONFLICT (${target}) DO UPDATE SET ${sums.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(', ')}`;
}

/** Databases whose vouchers are being added up, or soon will be; true where more came in meanwhile. */
const waiting = new WeakMap<Database, { isRunning: boolean; again: boolean }>();

/**
 * Rolls up a moment later, once for all that is posted until then. One roll-up follows the other: two at a time would
 * wait for each other's rows and slow down whoever posts. A closing process does not wait for it.
 */
export function rollUpSoon(database: Database, model: Model): void {
  const known = waiting.get(database);
  if (known !== undefined) {
    known.again ||= known.isRunning;
    return;
  }
  const state = { isRunning: false, again: false };
  const timer = setTimeout(() => {
    state.isRunning = true;
    // Whatever stays in the queue, because the database went away, is read from its entries and taken along next time.
    void rollUp(database, model)
      .catch(() => undefined)
      .then(() => {
        waiting.delete(database);
        if (state.again) rollUpSoon(database, model);
      });
  }, PAUSE_MS);
  timer.unref();
  waiting.set(database, state);
}
