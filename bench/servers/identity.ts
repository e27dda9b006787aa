import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import { Problem } from './http.ts';
import type { Store } from './store.ts';

/** Who sends a request, and the company it concerns. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly timezone: string;
}

const SESSION = /(?:^|;\s*)rangka_session=([A-Za-z0-9_-]{43})(?:;|$)/;
const FIND = `
  SELECT s.csrf_secret, u.id, u.name, c.currency, c.timezone, m.roles
  FROM sessions s
  JOIN users u ON u.id = s.user_id AND u.is_active = 1
  JOIN memberships m ON m.user_id = u.id AND m.is_active = 1
  JOIN companies c ON c.id = m.company_id AND c.is_active = 1
  WHERE s.id = ? AND s.expires_at > ? AND c.slug = ?`;

/** Looks up the session of a request in the catalog. Throws Problem 401, and 403 without the session's CSRF token. */
export async function identify(context: Context, catalog: Store, company: string): Promise<Identity> {
  const secret = SESSION.exec(context.get('Cookie'))?.[1];
  if (secret === undefined) throw new Problem(401, 'not-signed-in');
  const key = createHash('sha256').update(secret).digest('hex');
  const now = new Date().toISOString();
  const row = await catalog.get(FIND, [key, `${now.slice(0, 10)} ${now.slice(11, 23)}`, company]);
  if (row === undefined) throw new Problem(401, 'not-signed-in');
  const isUnsafe = context.method !== 'GET' && context.method !== 'HEAD';
  if (isUnsafe && !same(context.get('X-CSRF-Token'), String(row['csrf_secret']))) {
    throw new Problem(403, 'token-not-confirmed');
  }
  const roles = JSON.parse(String(row['roles'])) as readonly string[];
  if (!roles.includes('admin') && !roles.includes('user')) throw new Problem(403, 'forbidden');
  return {
    id: String(row['id']),
    name: String(row['name']),
    currency: String(row['currency']),
    timezone: String(row['timezone']),
  };
}

function same(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
