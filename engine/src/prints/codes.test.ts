import { expect, test } from 'vitest';
import { barcode, qrCode } from './codes.ts';
import type { Code } from './codes.ts';

/** Widths of bars and spaces in turn, from the first bar to the last. */
function widthsOf({ dark }: Code): string {
  return dark
    .map((bar, index) => {
      const next = dark[index + 1];
      return `${bar.width}${next === undefined ? '' : next.x - bar.x - bar.width}`;
    })
    .join('');
}

const START_B = '211214';
const START_C = '211232';
const STOP = '2331112';

test('a barcode of letters is written in code set B, with its check symbol', () => {
  // P = 48, J = 42: 104 + 48 + 2 * 42 = 236, and 236 mod 103 = 30.
  expect(widthsOf(barcode('PJ') as Code)).toBe(`${START_B}313121112133212123${STOP}`);
});

test('a barcode of digits is written in pairs', () => {
  // 12, 34: 105 + 12 + 2 * 34 = 185, 185 mod 103 = 82.
  expect(widthsOf(barcode('1234') as Code)).toBe(`${START_C}112232131123121241${STOP}`);
});

test.each(['', 'é', 'x'.repeat(81)])('%s is no barcode', (text) => {
  expect(barcode(text)).toBeNull();
});

test('a QR code is a square of 17 + 4 n modules within its white border', () => {
  const code = qrCode('https://example.com/é') as Code;
  expect(code.width).toBe(code.height);
  expect((code.width - 8 - 17) % 4).toBe(0);
  // The top row of the finder pattern.
  expect(code.dark[0]).toEqual({ x: 4, y: 4, width: 7, height: 1 });
});

test('a text that is too long for a QR code has none', () => {
  expect(qrCode('x'.repeat(3_000))).toBeNull();
});
