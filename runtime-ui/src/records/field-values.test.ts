import { beforeEach, expect, test } from 'vitest';
import { i18n } from '../i18n/i18n.ts';
import { plainNumber } from './field-values.ts';

beforeEach(() => {
  i18n.global.locale.value = 'en';
});

test.each([
  ['en', '1,250,000.50', '1250000.50'],
  ['en', '12,5', '12.5'],
  ['en', '1,250', '1250'],
  ['en', '$ 1,250.00', '1250.00'],
  ['en', '12 %', '12'],
  ['id', '1.250.000,50', '1250000.50'],
  ['id', '12.5', '12.5'],
  ['id', '1.250', '1250'],
  ['id', 'Rp 1.250,75', '1250.75'],
  ['id', '-3,5', '-3.5'],
] as const)('%s: %s is %s', (locale, text, plain) => {
  i18n.global.locale.value = locale;
  expect(plainNumber(text)).toBe(plain);
});
