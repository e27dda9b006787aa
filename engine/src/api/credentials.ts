import type { IncomingHttpHeaders } from 'node:http';
import { refuse } from '../base/errors.ts';

export const SESSION_COOKIE = 'rangka_session';

const BEARER = /^Bearer +([A-Za-z0-9_-]{20,100})$/i;
const SESSION = /(?:^|;\s*)rangka_session=([A-Za-z0-9_-]{43})(?:;|$)/;

export interface Credentials {
  readonly kind: 'session' | 'token';
  readonly secret: string;
}

/** What a request offers to say who sent it; a token goes before a cookie. Throws `not-signed-in` for other schemes. */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials | null {
  const { authorization, cookie } = headers;
  if (authorization !== undefined) {
    const secret = BEARER.exec(authorization)?.[1];
    if (secret === undefined) throw refuse('not-signed-in', { headers: { 'WWW-Authenticate': 'Bearer' } });
    return { kind: 'token', secret };
  }
  const secret = cookie === undefined ? undefined : SESSION.exec(cookie)?.[1];
  return secret === undefined ? null : { kind: 'session', secret };
}

/**
 * The `Set-Cookie` that signs a browser in, or out with `null`.
 *
 * @param maxAgeSeconds how long the browser keeps it
 */
export function sessionCookie(secret: string | null, maxAgeSeconds: number, isSecure: boolean): string {
  const lifetime = secret === null ? 0 : maxAgeSeconds;
  return `${SESSION_COOKIE}=${secret ?? ''}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${lifetime}${isSecure ? '; Secure' : ''}`;
}
