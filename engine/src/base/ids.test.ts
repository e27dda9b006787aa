import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRowId, randomSecret, slugOf } from './ids.ts';

describe('slugOf', () => {
  it.each([
    ['Toko Roti “Maju”', 'toko-roti-maju'],
    ['  CV. Café & Söhne  ', 'cv-cafe-sohne'],
    ['PT Beton 3000', 'pt-beton-3000'],
    ['株式会社', ''],
    ['---', ''],
  ])('%j → %j', (name, slug) => expect(slugOf(name)).toBe(slug));

  it('is always fit for an address and a file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        expect(slugOf(name)).toMatch(/^(?:[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)?$/);
      }),
    );
  });
});

describe('isRowId', () => {
  it.each(['1', '42', '9223372036854775807'])('takes %s', (text) => expect(isRowId(text)).toBe(true));
  it.each(['', '0', '01', '-1', '1.0', '1e3', ' 1', '9223372036854775808', '99999999999999999999'])(
    'refuses %j',
    (text) => expect(isRowId(text)).toBe(false),
  );
});

describe('randomSecret', () => {
  it('holds 256 bits in characters that are safe in a cookie', () => {
    const secrets = Array.from({ length: 100 }, randomSecret);
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    expect(new Set(secrets).size).toBe(100);
  });
});
