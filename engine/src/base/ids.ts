/** Ids that nobody can guess, and names that people can read in an address. */

const SECRET_BYTES = 32;
const SLUG_LENGTH_MAX = 40;

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** 256 random bits as 43 characters that are safe in a cookie and in an address. */
export function randomSecret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** A random id for one request, change or file. */
export function randomId(): string {
  return crypto.randomUUID();
}

/** `Toko Roti “Maju”` → `toko-roti-maju`; '' when nothing of the name can stand in an address. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, SLUG_LENGTH_MAX)
    .replace(/-+$/, '');
}

const ID_MAX = 9_223_372_036_854_775_807n;

/** An id of a row: a whole decimal number from 1 to 2^63 - 1, without leading zeros. */
export function isRowId(text: string): boolean {
  return /^[1-9]\d{0,18}$/.test(text) && (text.length < 19 || BigInt(text) <= ID_MAX);
}
