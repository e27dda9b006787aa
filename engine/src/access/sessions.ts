import { instantOf, storedInstant } from '../base/clock.ts';
import { randomSecret } from '../base/ids.ts';
import type { Database, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import { hashSecret } from './secret.ts';

/** A browser stays signed in for so long (R-B6). */
export const SESSION_SECONDS = 7 * 24 * 60 * 60;

const USER_AGENT_LENGTH_MAX = 255;

const INSERT = statement(`
  INSERT INTO ${table('sessions')}
    (id, user_id, company_id, csrf_secret, created_at, last_seen_at, expires_at, ip, user_agent)
  VALUES (?, ?, NULL, ?, ?, ?, ?, ?, ?)`);
const LIST = statement(`
  SELECT id, created_at, last_seen_at, expires_at, ip, user_agent
  FROM ${table('sessions')} WHERE user_id = ? AND expires_at > ? ORDER BY last_seen_at DESC LIMIT 100`);
const DELETE = statement(`DELETE FROM ${table('sessions')} WHERE id = ?`);
const DELETE_OTHERS = statement(`DELETE FROM ${table('sessions')} WHERE user_id = ? AND id <> ?`);
const DELETE_ALL = statement(`DELETE FROM ${table('sessions')} WHERE user_id = ?`);
const DELETE_EXPIRED = statement(`DELETE FROM ${table('sessions')} WHERE expires_at <= ?`);

/** Where a session began, as its owner sees it. */
export interface SessionOrigin {
  readonly address: string;
  readonly userAgent: string | null;
}

export interface NewSession {
  readonly secret: string;
  readonly csrfToken: string;
}

/** Begins a session. Its secret is answered here once and stored only as a hash. */
export async function beginSession(writer: Session, userId: string, origin: SessionOrigin): Promise<NewSession> {
  const secret = randomSecret();
  const csrfToken = randomSecret();
  const now = Date.now();
  await writer.run(INSERT, [
    hashSecret(secret),
    userId,
    csrfToken,
    storedInstant(now),
    storedInstant(now),
    storedInstant(now + SESSION_SECONDS * 1000),
    origin.address,
    origin.userAgent?.slice(0, USER_AGENT_LENGTH_MAX) ?? null,
  ]);
  return { secret, csrfToken };
}

/** The sessions of a person that have not expired, the last seen first. */
export async function listSessions(
  catalog: Database,
  userId: string,
  currentKey: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await catalog.all(LIST, [userId, storedInstant(Date.now())]);
  return rows.map((row) => ({
    current: row['id'] === currentKey,
    created_at: instantOf(String(row['created_at'])),
    last_seen_at: instantOf(String(row['last_seen_at'])),
    expires_at: instantOf(String(row['expires_at'])),
    address: row['ip'],
    user_agent: row['user_agent'],
  }));
}

export async function endSession(writer: Session, key: string): Promise<void> {
  await writer.run(DELETE, [key]);
}

/** Signs the person out everywhere but here. */
export async function endOtherSessions(writer: Session, userId: string, currentKey: string): Promise<void> {
  await writer.run(DELETE_OTHERS, [userId, currentKey]);
}

/** Signs the person out everywhere. */
export async function endAllSessions(writer: Session, userId: string): Promise<void> {
  await writer.run(DELETE_ALL, [userId]);
}

/** Sessions that have expired are of no use to anybody. */
export async function removeExpiredSessions(writer: Session): Promise<void> {
  await writer.run(DELETE_EXPIRED, [storedInstant(Date.now())]);
}
