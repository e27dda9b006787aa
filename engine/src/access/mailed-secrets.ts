import { storedInstant } from '../base/clock.ts';
import { randomSecret } from '../base/ids.ts';
import type { Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import { hashSecret } from './secret.ts';

/** What a secret that was sent by mail is good for: a new password, or the proof of the address. */
export type SecretPurpose = 'reset' | 'verify';

/** How long each may be used: a forgotten letter is no way in for long. */
export const SECRET_MINUTES: Readonly<Record<SecretPurpose, number>> = { reset: 60, verify: 7 * 24 * 60 };

const TABLE = table('mailed_secrets');
const INSERT = statement(
  `INSERT INTO ${TABLE} (id, user_id, purpose, email, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
);
const FIND = statement(`
  SELECT s.user_id, s.email FROM ${TABLE} s
  JOIN ${table('users')} u ON u.id = s.user_id AND u.email = s.email AND u.is_active = 1
  WHERE s.id = ? AND s.purpose = ? AND s.expires_at > ?`);
const REMOVE = statement(`DELETE FROM ${TABLE} WHERE user_id = ? AND purpose = ?`);
const REMOVE_OLD = statement(`DELETE FROM ${TABLE} WHERE expires_at <= ?`);

/** Makes a secret for somebody; those of the same purpose that were made before end. */
export async function makeSecret(
  writer: Session,
  { userId, email, purpose }: { readonly userId: string; readonly email: string; readonly purpose: SecretPurpose },
): Promise<string> {
  const secret = randomSecret();
  const now = Date.now();
  await writer.run(REMOVE, [userId, purpose]);
  await writer.run(REMOVE_OLD, [storedInstant(now)]);
  const expires = storedInstant(now + SECRET_MINUTES[purpose] * 60_000);
  await writer.run(INSERT, [hashSecret(secret), userId, purpose, email, storedInstant(now), expires]);
  return secret;
}

/**
 * Uses a secret up. Answers whose it is, or null when it is unknown, used, too old, or was sent to an address that is
 * no longer the person's.
 */
export async function useSecret(writer: Session, secret: string, purpose: SecretPurpose): Promise<string | null> {
  const row = await writer.get(FIND, [hashSecret(secret), purpose, storedInstant(Date.now())]);
  if (row === undefined) return null;
  const userId = String(row['user_id']);
  // Of two that come with the same secret, one finds it gone.
  const { changes } = await writer.run(REMOVE, [userId, purpose]);
  return changes > 0 ? userId : null;
}
