import { describe, expect, it } from 'vitest';
import {
  formatCompact,
  formatDate,
  formatDecimal,
  formatMoney,
  formatMonth,
  formatNames,
  formatRelative,
} from './format.ts';
import { setLocale } from './i18n.ts';
import type { Locale } from './i18n.ts';

/** Intl separates with spaces that do not break. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

const cases: readonly (readonly [Locale, () => string, string])[] = [
  ['en', () => formatDecimal('1234567.5'), '1,234,567.5'],
  ['id', () => formatDecimal('1234567.5'), '1.234.567,5'],
  ['id', () => formatDecimal('1234', 2), '1.234,00'],
  ['en', () => formatDecimal('9007199254740993.000000000001', 2), '9,007,199,254,740,993.000000000001'],
  ['id', () => formatDecimal('not a number'), 'not a number'],
  ['id', () => formatMoney('123456789012345678901.05', 'IDR'), 'Rp 123.456.789.012.345.678.901,05'],
  ['id', () => formatMoney('15000', 'IDR'), 'Rp 15.000'],
  ['en', () => formatMoney('15000.5', 'USD'), 'US$15,000.50'],
  ['en', () => formatMoney('15000', 'IDR'), 'Rp 15,000'],
  ['id', () => formatCompact('1250000'), '1,3 jt'],
  ['id', () => formatCompact('1250000', 'IDR'), 'Rp 1,3 jt'],
  ['en', () => formatDate('2026-01-31'), '31 Jan 2026'],
  ['id', () => formatDate('2026-08-01'), '1 Agu 2026'],
  ['id', () => formatDate('tomorrow'), 'tomorrow'],
  ['en', () => formatMonth('2026-03'), 'Mar 2026'],
  ['en', () => formatNames(['Accounting', 'Inventory']), 'Accounting and Inventory'],
  ['id', () => formatNames(['Akuntansi', 'Persediaan']), 'Akuntansi dan Persediaan'],
];

describe('formats', () => {
  it.each(cases)('%s %#: %o', async (locale, format, expected) => {
    await setLocale(locale);
    expect(plain(format())).toBe(expected);
  });

  it.each([
    [30, 'this minute'],
    [5 * 60, '5 minutes ago'],
    [3 * 3600, '3 hours ago'],
    [30 * 3600, 'yesterday'],
  ])('%i seconds ago is %s', async (seconds, expected) => {
    await setLocale('en');
    const now = Date.UTC(2026, 0, 31, 12);
    expect(formatRelative(new Date(now - seconds * 1000).toISOString(), now)).toBe(expected);
  });
});
