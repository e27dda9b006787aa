import { hash, timingSafeEqual } from 'node:crypto';

/** What is stored of a session's or token's secret: SHA-256 in hex. The secret holds 256 random bits, so no salt. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret);
}

/** Compares two secrets in a time that says nothing about where they differ. */
export function sameSecret(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
