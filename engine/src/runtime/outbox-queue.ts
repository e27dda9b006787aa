import { instantOf, storedInstant } from '../base/clock.ts';
import type { RecordEvent } from '../workflow/events.ts';
import { SCHEDULE_TOPIC } from '../workflow/events.ts';
import type { Database, Dialect, Reader, Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import type { EffectFault } from './effect-fault.ts';

/*
 * The rows of rk_outbox as a queue (promise C7). Whoever takes rows puts a time on them until which nobody else takes
 * them: killed before the end, they come up again. A row that was given up becomes a row of rk_outbox_failure.
 */

/** Rows that are looked at in one transaction. */
export const BATCH = 100;
/** How long whoever took a row may work on it. */
export const LEASE_MS = 60_000;
/** Tries until a row is given up. */
export const ATTEMPTS_MAX = 10;
const FIRST_PAUSE_MS = 5_000;
const PAUSE_MS_MAX = 3_600_000;

const OUTBOX = table('rk_outbox');
const EFFECT = table('rk_effect');
const FAILURE = table('rk_outbox_failure');

const takeText = (lock: string): ReturnType<typeof statement> =>
  statement(
    `SELECT id, topic, payload, created_at, attempts FROM ${OUTBOX} ` +
      `WHERE next_attempt_at IS NULL OR next_attempt_at <= ? ORDER BY id LIMIT ${BATCH}${lock}`,
  );
const TAKE: Readonly<Record<Dialect, ReturnType<typeof statement>>> = {
  sqlite: takeText(''),
  mysql: takeText(' FOR UPDATE SKIP LOCKED'),
};
const NEXT = statement(`SELECT MIN(next_attempt_at) FROM ${OUTBOX}`);
const INSERT_EFFECT = statement(`INSERT INTO ${EFFECT} (outbox_id, source, action, at) VALUES (?, ?, ?, ?)`);
const INSERT_FAILURE = statement(
  `INSERT INTO ${FAILURE} ` +
    '(outbox_id, topic, payload, created_at, attempts, source, code, parameters, failed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
);
const INSERT_ROW = statement(`INSERT INTO ${OUTBOX} (topic, payload, created_at) VALUES (?, ?, ?)`);

export interface OutboxRow {
  readonly id: string;
  readonly topic: string;
  readonly payload: string;
  readonly createdAt: string;
  readonly attempts: number;
  /** Until when it is ours. */
  readonly lease: string;
}

/** What a row says; null for one that this version does not understand. */
export function eventOf({ topic, payload }: Pick<OutboxRow, 'topic' | 'payload'>): RecordEvent | null {
  const told = JSON.parse(payload) as Readonly<Record<string, unknown>>;
  const { entity, id, version, action, fields, level, automation } = told;
  if (typeof entity !== 'string' || typeof id !== 'string') return null;
  return {
    topic,
    entity,
    id,
    version: typeof version === 'string' ? version : null,
    action: typeof action === 'string' ? action : '',
    fields: Array.isArray(fields) ? fields.map(String) : [],
    level: typeof level === 'number' ? level : 0,
    automation: typeof automation === 'string' ? automation : null,
  };
}

/** Takes the next rows that somebody listens to, in order, and removes those that nobody listens to. */
export async function takeRows(
  database: Database,
  isWanted: (row: Pick<OutboxRow, 'topic' | 'payload'>) => boolean,
): Promise<{ readonly rows: readonly OutboxRow[]; readonly mayBeMore: boolean }> {
  return database.transaction(async (transaction) => {
    const now = Date.now();
    const lease = storedInstant(now + LEASE_MS);
    const tuples = await transaction.tuples(TAKE[transaction.dialect], [storedInstant(now)]);
    const rows = tuples.map(([id, topic, payload, createdAt, attempts]) => ({
      id: String(id),
      topic: String(topic),
      payload: String(payload),
      createdAt: String(createdAt),
      attempts: Number(attempts),
      lease,
    }));
    const wanted = rows.filter((row) => row.topic === SCHEDULE_TOPIC || isWanted(row));
    const others = rows.filter((row) => !wanted.includes(row));
    await onRows(transaction, `DELETE FROM ${OUTBOX}`, others);
    await onRows(transaction, `UPDATE ${OUTBOX} SET next_attempt_at = ?`, wanted, [lease]);
    return { rows: wanted, mayBeMore: rows.length === BATCH };
  });
}

async function onRows(
  transaction: Transaction,
  begin: string,
  rows: readonly Pick<OutboxRow, 'id'>[],
  bindings: readonly Binding[] = [],
): Promise<void> {
  if (rows.length === 0) return;
  const id = parameter(transaction.dialect, { kind: 'id' });
  const text = `${begin} WHERE id IN (${rows.map(() => id).join(', ')})`;
  await transaction.run(statement(text), [...bindings, ...rows.map((row) => row.id)]);
}

/** Makes a row ours for longer; null when the time was over and somebody else took it. */
export async function renewed(database: Database, row: OutboxRow): Promise<OutboxRow | null> {
  const lease = storedInstant(Date.now() + LEASE_MS);
  const text = `UPDATE ${OUTBOX} SET next_attempt_at = ? WHERE id = ${idOn(database)} AND next_attempt_at = ?`;
  const { changes } = await database.transaction(async (transaction) =>
    transaction.run(statement(text), [lease, row.id, row.lease]),
  );
  return changes === 0 ? null : { ...row, lease };
}

/** Gives rows back that were not begun. */
export async function giveBack(database: Database, rows: readonly OutboxRow[]): Promise<void> {
  await database.transaction((transaction) => onRows(transaction, `UPDATE ${OUTBOX} SET next_attempt_at = NULL`, rows));
}

/** Removes a row whose effects have all come about. */
export async function finish(database: Database, { id }: OutboxRow): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.run(statement(`DELETE FROM ${EFFECT} WHERE outbox_id = ${idOn(transaction)}`), [id]);
    await transaction.run(statement(`DELETE FROM ${OUTBOX} WHERE id = ${idOn(transaction)}`), [id]);
  });
}

/** Puts a row off after a fault, ever longer, or gives it up. */
export async function putOff(database: Database, row: OutboxRow, source: string, fault: EffectFault): Promise<void> {
  const { id, topic, payload, createdAt } = row;
  const attempts = row.attempts + 1;
  await database.transaction(async (transaction) => {
    if (fault.isFinal || attempts >= ATTEMPTS_MAX) {
      await transaction.run(statement(`DELETE FROM ${FAILURE} WHERE outbox_id = ${idOn(transaction)}`), [id]);
      const told = [source, fault.code, JSON.stringify(fault.parameters), storedInstant(Date.now())];
      await transaction.run(INSERT_FAILURE, [id, topic, payload, createdAt, attempts, ...told]);
      await transaction.run(statement(`DELETE FROM ${OUTBOX} WHERE id = ${idOn(transaction)}`), [id]);
      return;
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** row.attempts, PAUSE_MS_MAX);
    const text = `UPDATE ${OUTBOX} SET attempts = ?, next_attempt_at = ? WHERE id = ${idOn(transaction)}`;
    await transaction.run(statement(text), [attempts, storedInstant(Date.now() + pause), id]);
  });
}

/** When the next row comes up, in milliseconds since 1970; null when none waits for a time. */
export async function nextAttempt(reader: Reader): Promise<number | null> {
  const [row] = await reader.tuples(NEXT);
  const next = row?.[0] ?? null;
  return next === null ? null : Date.parse(instantOf(String(next)));
}

/** The effects of a row that have come about, by the place of their action. */
export async function effectsOf(reader: Reader, row: OutboxRow, source: string): Promise<ReadonlySet<number>> {
  const text = `SELECT action FROM ${EFFECT} WHERE outbox_id = ${idOn(reader)} AND source = ?`;
  return new Set((await reader.tuples(statement(text), [row.id, source])).map(([action]) => Number(action)));
}

/** Notes an effect. Throws StorageError `unique` when it has come about before. */
export async function noteEffect(
  transaction: Transaction,
  row: OutboxRow,
  source: string,
  action: number,
): Promise<void> {
  await transaction.run(INSERT_EFFECT, [row.id, source, action, storedInstant(Date.now())]);
}

/** Adds a row that no change of a record made. */
export async function addRow(
  transaction: Transaction,
  topic: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  await transaction.run(INSERT_ROW, [topic, JSON.stringify(payload), storedInstant(Date.now())]);
}

/** Writes down how far a row has come that is worked off in portions. */
export async function rewrite(
  transaction: Transaction,
  row: OutboxRow,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const text = `UPDATE ${OUTBOX} SET payload = ? WHERE id = ${idOn(transaction)}`;
  await transaction.run(statement(text), [JSON.stringify(payload), row.id]);
}

function idOn({ dialect }: Pick<Reader, 'dialect'>): string {
  return parameter(dialect, { kind: 'id' });
}

/** A row that was given up. */
export interface OutboxFailure {
  readonly id: string;
  readonly topic: string;
  readonly entity: string | null;
  readonly recordId: string | null;
  readonly source: string;
  readonly attempts: number;
  readonly code: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly failedAt: string;
}

const FAILURES_MAX = 200;

const LATEST_FIRST = `ORDER BY failed_at DESC, outbox_id DESC LIMIT ${FAILURES_MAX}`;
const LISTED: Readonly<Record<Dialect, ReturnType<typeof statement>>> = {
  sqlite: statement(`SELECT outbox_id FROM ${FAILURE} ${LATEST_FIRST}`),
  // Somebody who asks for the same at the same time finds them gone.
  mysql: statement(`SELECT outbox_id FROM ${FAILURE} ${LATEST_FIRST} FOR UPDATE`),
};
const REQUEUE =
  `INSERT INTO ${OUTBOX} (id, topic, payload, created_at, attempts) ` +
  `SELECT outbox_id, topic, payload, created_at, 0 FROM ${FAILURE}`;

/** What was given up, the latest first. */
export async function listFailures(reader: Reader): Promise<readonly OutboxFailure[]> {
  const text =
    'SELECT outbox_id, topic, payload, source, attempts, code, parameters, created_at, failed_at ' +
    `FROM ${FAILURE} ${LATEST_FIRST}`;
  return (await reader.all(statement(text))).map((row) => {
    const topic = String(row['topic']);
    const event = eventOf({ topic, payload: String(row['payload']) });
    return {
      id: String(row['outbox_id']),
      topic,
      entity: event?.entity ?? null,
      recordId: event?.id ?? null,
      source: String(row['source']),
      attempts: Number(row['attempts']),
      code: String(row['code']),
      parameters: JSON.parse(String(row['parameters'])) as Readonly<Record<string, string>>,
      createdAt: instantOf(String(row['created_at'])),
      failedAt: instantOf(String(row['failed_at'])),
    };
  });
}

/** Puts a row that was given up into the queue again; what it brought about is not done twice. False: not there. */
export async function retryFailure(database: Database, id: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const isSame = `WHERE outbox_id = ${idOn(transaction)}`;
    if ((await transaction.run(statement(`${REQUEUE} ${isSame}`), [id])).changes === 0) return false;
    await transaction.run(statement(`DELETE FROM ${FAILURE} ${isSame}`), [id]);
    return true;
  });
}

/** Puts the rows that `listFailures` tells into the queue again, all or none; as `retryFailure`. */
export async function retryFailures(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    const ids = (await transaction.tuples(LISTED[transaction.dialect])).map(([id]) => String(id));
    if (ids.length === 0) return;
    const areListed = `WHERE outbox_id IN (${ids.map(() => idOn(transaction)).join(', ')})`;
    await transaction.run(statement(`${REQUEUE} ${areListed}`), ids);
    await transaction.run(statement(`DELETE FROM ${FAILURE} ${areListed}`), ids);
  });
}

/** Forgets a row that was given up. False: not there. */
export async function dropFailure(database: Database, id: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const id_ = idOn(transaction);
    await transaction.run(statement(`DELETE FROM ${EFFECT} WHERE outbox_id = ${id_}`), [id]);
    const dropped = await transaction.run(statement(`DELETE FROM ${FAILURE} WHERE outbox_id = ${id_}`), [id]);
    return dropped.changes > 0;
  });
}
