import { instantOf, storedInstant } from '../base/clock.ts';
import { randomSecret } from '../base/ids.ts';
import type { Database, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow } from '../storage/statement.ts';
import { hashSecret } from './secret.ts';

/** R-B6 */
export const TOKEN_DAYS_DEFAULT = 7;
export const TOKEN_DAYS_MAX = 3_650;
const DAY_MS = 86_400_000;

const INSERT = statement(`
  INSERT INTO ${table('tokens')} (user_id, company_id, name, hash, abilities, created_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)`);
const COLUMNS = 'id, name, abilities, created_at, last_used_at, expires_at';
const LIST = statement(
  `SELECT ${COLUMNS} FROM ${table('tokens')} WHERE user_id = ? AND company_id = ? ORDER BY id DESC LIMIT 500`,
);
const DELETE = statement(`DELETE FROM ${table('tokens')} WHERE id = ? AND user_id = ?`);

export interface TokenWish {
  readonly userId: string;
  readonly companyId: string;
  readonly name: string;
  readonly abilities: readonly string[];
  readonly days: number;
}

export interface NewToken {
  readonly id: string;
  readonly secret: string;
  /** RFC 3339 */
  readonly expiresAt: string;
}

/** Makes a token for programs. Its secret is answered here once and stored only as a hash. */
export async function issueToken(writer: Session, wish: TokenWish): Promise<NewToken> {
  const secret = `rk_${randomSecret()}`;
  const now = Date.now();
  const expiresAt = storedInstant(now + wish.days * DAY_MS);
  const { lastId } = await writer.run(INSERT, [
    wish.userId,
    wish.companyId,
    wish.name,
    hashSecret(secret),
    JSON.stringify(wish.abilities),
    storedInstant(now),
    expiresAt,
  ]);
  return { id: lastId, secret, expiresAt: instantOf(expiresAt) };
}

/** The tokens of a person in a company, the newest first, without their secrets. */
export async function listTokens(
  catalog: Database,
  userId: string,
  companyId: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await catalog.all(LIST, [userId, companyId]);
  const instant = (row: RawRow, name: string): string | null => {
    const stored = row[name];
    return typeof stored === 'string' ? instantOf(stored) : null;
  };
  return rows.map((row) => ({
    id: String(row['id']),
    name: row['name'],
    abilities: JSON.parse(String(row['abilities'])) as unknown,
    created_at: instant(row, 'created_at'),
    last_used_at: instant(row, 'last_used_at'),
    expires_at: instant(row, 'expires_at'),
  }));
}

/** Whether there was such a token of this person. */
export async function revokeToken(writer: Session, id: string, userId: string): Promise<boolean> {
  return (await writer.run(DELETE, [id, userId])).changes > 0;
}
