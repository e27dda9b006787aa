import { createHash } from 'node:crypto';
import { storedInstant } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import type { RecordContext } from '../records/context.ts';
import type { Reader, Session } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';
import { statement, table } from '../storage/statement.ts';
import type { Answer, CompanyAsk } from './route.ts';

/** How long an answer is kept (promise C1). */
const KEPT_MS = 24 * 3_600_000;
/** One write in so many also clears what has expired. */
const CLEAR_EVERY = 200;

const KEY = /^[\x21-\x7e]{1,200}$/;

const FIND = statement(`
  SELECT body_hash, status, headers, response FROM ${table('rk_idempotency')}
  WHERE key_hash = ? AND expires_at > ?`);
const REMOVE_EXPIRED_KEY = statement(`DELETE FROM ${table('rk_idempotency')} WHERE key_hash = ? AND expires_at <= ?`);
const REMOVE_EXPIRED = statement(`DELETE FROM ${table('rk_idempotency')} WHERE expires_at <= ?`);
const INSERT = statement(`
  INSERT INTO ${table('rk_idempotency')}
    (key_hash, actor, route, body_hash, status, headers, response, created_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);

/** Keys whose requests this process is carrying out, by company. */
const running = new Set<string>();

/**
 * Carries out a write once for each `Idempotency-Key` (promise C1). The answer is stored by the transaction of the
 * write itself, so it is there exactly when the write is; a request that is refused stores nothing. A repeat is
 * answered as the first time; with another body it is refused, and while the first still runs as well.
 *
 * @param run the write; hands `beforeCommit` on to its transaction
 * @param toAnswer what is answered for what the write answered
 */
export async function onceForKey<T>(
  ask: CompanyAsk,
  run: (beforeCommit?: RecordContext['beforeCommit']) => Promise<T>,
  toAnswer: (value: T) => Answer,
): Promise<Answer> {
  const header = ask.headers['idempotency-key'];
  if (header === undefined) return toAnswer(await run());
  if (typeof header !== 'string' || !KEY.test(header)) {
    throw refuse('malformed-header', { parameters: { header: 'Idempotency-Key' } });
  }
  const request = requestOf(ask, header);
  const place = `${ask.company.entry.id} ${request.keyHash}`;
  if (running.has(place)) throw refuse('key-running', { headers: { 'Retry-After': '1' } });
  running.add(place);
  try {
    const first = await replay(ask.company.database, request);
    if (first !== null) return first;
    const value = await run((transaction, written) => store(transaction, request, toAnswer(written as T)));
    return toAnswer(value);
  } catch (error) {
    // Another process carried the same key out meanwhile; our write was undone with it.
    const wasOvertaken = error instanceof StorageError && error.kind === 'unique' && error.constraint === 'PRIMARY';
    const first = wasOvertaken ? await replay(ask.company.database, request) : null;
    if (first === null) throw error;
    return first;
  } finally {
    running.delete(place);
  }
}

interface KeyedRequest {
  readonly keyHash: string;
  readonly bodyHash: string;
  readonly actor: string;
  readonly route: string;
}

function requestOf(ask: CompanyAsk, key: string): KeyedRequest {
  const route = `${ask.method} ${ask.path}`;
  const actor = ask.caller.person.id;
  return {
    keyHash: sha256(`${actor}\n${route}\n${key}`),
    bodyHash: sha256(JSON.stringify(ask.body ?? null)),
    actor,
    route,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function replay(reader: Reader, request: KeyedRequest): Promise<Answer | null> {
  const row = await reader.get(FIND, [request.keyHash, storedInstant(Date.now())]);
  if (row === undefined) return null;
  if (row['body_hash'] !== request.bodyHash) throw refuse('key-reused');
  const response = String(row['response']);
  const headers = JSON.parse(String(row['headers'])) as Record<string, string>;
  return {
    status: Number(row['status']),
    ...(response === '' ? {} : { text: response }),
    headers: { ...headers, 'Idempotency-Replayed': 'true' },
  };
}

async function store(writer: Session, request: KeyedRequest, answer: Answer): Promise<void> {
  const now = Date.now();
  const instant = storedInstant(now);
  if (Math.random() * CLEAR_EVERY < 1) await writer.run(REMOVE_EXPIRED, [instant]);
  else await writer.run(REMOVE_EXPIRED_KEY, [request.keyHash, instant]);
  await writer.run(INSERT, [
    request.keyHash,
    request.actor,
    request.route.slice(0, 255),
    request.bodyHash,
    answer.status,
    JSON.stringify(answer.headers ?? {}),
    answer.body === undefined ? '' : JSON.stringify(answer.body),
    instant,
    storedInstant(now + KEPT_MS),
  ]);
}
