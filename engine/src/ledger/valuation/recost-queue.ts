import type { Decimal } from '../../base/decimal.ts';
import type { Ledger, Valuation } from '../../compiler/ledger-model.ts';
import type { Model } from '../../compiler/model.ts';
import { storedInstant } from '../../expression/sql/binding.ts';
import type { Value } from '../../metamodel/value-type.ts';
import type { Reader, Transaction } from '../../storage/database.ts';
import { placeholders } from '../../records/sized-statement.ts';
import { quoted, statement, table } from '../../storage/statement.ts';
import { costKey } from './cost-key.ts';
import type { CostKey } from './cost-key.ts';
import { comparePositions } from './history.ts';
import type { Position } from './history.ts';

const QUEUE = table('rk_recost');
const COLUMNS = ['ledger', 'cost_key', 'key_values', 'date', 'entry_id', 'state', 'note', 'since'];
const OF_KEY = 'WHERE ledger = ? AND cost_key = ?';

const INSERT = statement(
  `INSERT INTO ${QUEUE} (${COLUMNS.map(quoted).join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
);
const DELETE = statement(`DELETE FROM ${QUEUE} ${OF_KEY}`);
const FIND = statement(`SELECT ${quoted('date')}, entry_id, state FROM ${QUEUE} ${OF_KEY}`);
const NOTE_LENGTH = 255;

/** A place in the queue. */
interface Waiting {
  readonly from: Position;
  readonly state: 'waiting' | 'stopped';
}

/** A key whose costs are not what its history says: they wait for their turn, or lead in a circle. */
export interface Unsettled {
  readonly ledger: string;
  /** The values of the key, as text. */
  readonly key: string;
  readonly date: string;
  readonly state: 'waiting' | 'stopped';
  /** What is left of a circle. */
  readonly note: string | null;
}

/** Keys whose costs are not settled, at most `limit` of them, the earliest first. */
export async function unsettledCosts(reader: Reader, limit: number): Promise<readonly Unsettled[]> {
  const text =
    `SELECT ledger, key_values, ${quoted('date')}, state, note FROM ${QUEUE} ` +
    `ORDER BY ${quoted('date')}, ledger, cost_key LIMIT ${limit}`;
  return (await reader.tuples(statement(text))).map(([ledger, values, date, state, note]) => ({
    ledger: String(ledger),
    key: (JSON.parse(String(values)) as readonly unknown[]).map(String).join(', '),
    date: String(date),
    state: state === 'waiting' ? 'waiting' : 'stopped',
    note: note === null || note === undefined ? null : String(note),
  }));
}

/** Keys whose later entries still wait for their new values. A key waits once, from its earliest place on. */
export const recostQueue = {
  async add(transaction: Transaction, key: CostKey, from: Position, now: string): Promise<void> {
    const known = await find(transaction, key);
    const isKnown = known !== null && comparePositions(known.from, from) <= 0;
    if (known?.state === 'waiting' && isKnown) return;
    if (known !== null) await transaction.run(DELETE, [key.ledger.name, key.name]);
    await insert(transaction, key, isKnown ? known.from : from, 'waiting', null, now);
  },

  /** Takes the next key off the queue, for as long as the transaction lasts; null when nothing waits. */
  async take(
    transaction: Transaction,
    model: Model,
  ): Promise<{ readonly key: CostKey; readonly from: Position } | null> {
    // What waits for a module that is switched off goes on waiting.
    const ledgers = [...model.ledgers.values()].filter(({ valuation }) => valuation !== null).map(({ name }) => name);
    if (ledgers.length === 0) return null;
    const text =
      `SELECT ledger, cost_key, key_values, ${quoted('date')}, entry_id FROM ${QUEUE} WHERE state = 'waiting' ` +
      `AND ledger IN (${placeholders(ledgers.length)}) ORDER BY ${quoted('date')} LIMIT 1` +
      (transaction.dialect === 'mysql' ? ' FOR UPDATE SKIP LOCKED' : '');
    const [row] = await transaction.tuples(statement(text), ledgers);
    if (row === undefined) return null;
    const [name, keyName, values, date, entry] = row;
    await transaction.run(DELETE, [String(name), String(keyName)]);
    const ledger = model.ledgers.get(String(name)) as Ledger;
    const key = costKey(ledger, ledger.valuation as Valuation, JSON.parse(String(values)) as readonly Value[]);
    return { key, from: { date: String(date), entry: String(entry) } };
  },

  /** Forgets that a key was stopped, when its costs came to rest from a place at or before that. */
  async clear(transaction: Transaction, key: CostKey, from: Position): Promise<void> {
    const known = await find(transaction, key);
    if (known?.state === 'stopped' && comparePositions(from, known.from) <= 0) {
      await transaction.run(DELETE, [key.ledger.name, key.name]);
    }
  },

  /** Notes that the values of a key lead in a circle from a place on, and what was left of it. */
  async stop(transaction: Transaction, key: CostKey, from: Position, rest: Decimal, now: string): Promise<void> {
    const known = await find(transaction, key);
    if (known?.state === 'waiting') return this.add(transaction, key, from, now);
    if (known !== null) await transaction.run(DELETE, [key.ledger.name, key.name]);
    const earliest = known !== null && comparePositions(known.from, from) < 0 ? known.from : from;
    const note = `${key.values.map(String).join(', ')}: ${rest.toString()}`.slice(0, NOTE_LENGTH);
    await insert(transaction, key, earliest, 'stopped', note, now);
  },
};

async function find(transaction: Transaction, key: CostKey): Promise<Waiting | null> {
  const [row] = await transaction.tuples(FIND, [key.ledger.name, key.name]);
  if (row === undefined) return null;
  const [date, entry, state] = row;
  return {
    from: { date: String(date), entry: String(entry) },
    state: state === 'waiting' ? 'waiting' : 'stopped',
  };
}

async function insert(
  transaction: Transaction,
  key: CostKey,
  { date, entry }: Position,
  state: 'waiting' | 'stopped',
  note: string | null,
  now: string,
): Promise<void> {
  const values = JSON.stringify(key.values);
  const since = storedInstant(now);
  await transaction.run(INSERT, [key.ledger.name, key.name, values, date, entry, state, note, since]);
}
