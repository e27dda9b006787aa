import { storedInstant } from '../expression/sql/binding.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { Actor } from '../metamodel/operation.ts';
import { placeholderRows, SizedStatement } from '../records/sized-statement.ts';
import { Overtaken } from '../records/update.ts';
import type { Dialect, Transaction } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { columnsOf } from './entry-columns.ts';
import type { Entry } from './entry.ts';

export type VoucherAction = 'post' | 'reverse' | 'adjust';

/** What names a voucher: the document and what happened to it. */
export interface VoucherHead {
  readonly entity: string;
  readonly recordId: string;
  readonly action: VoucherAction;
  /** 1, or the number of the adjustment. */
  readonly number: number;
  readonly date: string;
  readonly reverses: string | null;
}

const INSERT_VOUCHER = statement(
  `INSERT INTO ${table('rk_voucher')} (entity, record_id, action, number, ${quoted('date')}, posted_at, actor_kind, actor_id, ` +
    'actor_name, reverses) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
);
const INSERT_QUEUED = statement(`INSERT INTO ${table('rk_rollup_queue')} (voucher_id) VALUES (?)`);

/** Writes a voucher and puts it into the queue of the monthly balances. Answers its id. */
export async function insertVoucher(
  transaction: Transaction,
  { entity, recordId, action, number, date, reverses }: VoucherHead,
  actor: Actor,
  now: string,
): Promise<string> {
  const bindings = [
    entity,
    recordId,
    action,
    number,
    date,
    storedInstant(now),
    actor.kind,
    actor.id,
    actor.name,
    reverses,
  ];
  let lastId: string;
  try {
    ({ lastId } = await transaction.run(INSERT_VOUCHER, bindings));
  } catch (error) {
    // Somebody posted or reversed the document after it was read here: whoever acts on it reads it again.
    if (error instanceof StorageError && error.kind === 'unique') throw new Overtaken();
    throw error;
  }
  await transaction.run(INSERT_QUEUED, [lastId]);
  return lastId;
}

const ROWS_MAX = 64;
const inserts: Readonly<Record<Dialect, WeakMap<Ledger, SizedStatement>>> = {
  sqlite: new WeakMap(),
  mysql: new WeakMap(),
};

/** Writes the entries of one ledger; answers their ids, in order. Nothing ever changes an entry afterwards. */
export async function insertEntries(
  transaction: Transaction,
  ledger: Ledger,
  voucher: string,
  entries: readonly Entry[],
): Promise<readonly string[]> {
  const { dimensions, measures } = columnsOf(ledger, transaction.dialect);
  const insert = insertOf(ledger, transaction.dialect);
  const ids: string[] = [];
  for (let start = 0; start < entries.length; start += ROWS_MAX) {
    const portion = entries.slice(start, start + ROWS_MAX);
    const bindings: Binding[] = [];
    for (const { line, rule, date, memo, corrects, at, amounts } of portion) {
      bindings.push(voucher, line, rule, date, memo, corrects);
      for (const [index, column] of dimensions.entries()) bindings.push(column.toBinding(at[index] ?? null));
      for (const [index, column] of measures.entries()) bindings.push(column.toBinding(amounts[index] ?? null));
    }
    const { lastId } = await transaction.run(insert.of(portion.length), bindings);
    for (const index of portion.keys()) ids.push(String(BigInt(lastId) + BigInt(index)));
  }
  return ids;
}

function insertOf(ledger: Ledger, dialect: Dialect): SizedStatement {
  let insert = inserts[dialect].get(ledger);
  if (insert === undefined) {
    const { dimensions, measures } = columnsOf(ledger, dialect);
    const own = [
      ENTRY_COLUMNS.voucher,
      ENTRY_COLUMNS.line,
      ENTRY_COLUMNS.rule,
      ENTRY_COLUMNS.date,
      ENTRY_COLUMNS.memo,
      ENTRY_COLUMNS.corrects,
    ];
    const columns = [...own, ...[...dimensions, ...measures].map(({ column }) => column)];
    const names = columns.map(quoted).join(', ');
    insert = new SizedStatement(
      (count) =>
        `INSERT INTO ${table(ledger.entries.table)} (${names}) VALUES ${placeholderRows(count, columns.length)}`,
    );
    inserts[dialect].set(ledger, insert);
  }
  return insert;
}
