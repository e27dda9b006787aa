import { expect, test } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import type { Field } from '../compiler/model.ts';
import { fieldTypes } from '../metamodel/fields/index.ts';
import type { Value } from '../metamodel/value-type.ts';
import { writeNumber } from '../metamodel/written.ts';
import { currencySign, moneyDecimalsOf, writeField } from './write-value.ts';
import type { Writing } from './write-value.ts';

const english: Writing = { locale: 'en', currency: 'USD', moneyDecimals: 2, timezone: 'Asia/Jakarta' };
const indonesian: Writing = { locale: 'id', currency: 'IDR', moneyDecimals: 0, timezone: 'Asia/Jakarta' };
const decimal = (text: string): Decimal => Decimal.parse(text) as Decimal;

function fieldOf(type: string): Field {
  const options = [{ value: 'open', label: { en: 'Open', id: 'Terbuka' } }];
  return {
    name: 'x',
    type,
    fieldType: (fieldTypes as Readonly<Record<string, unknown>>)[type],
    scale: 2,
    options,
    unitField: null,
  } as unknown as Field;
}

const CASES: readonly (readonly [type: string, value: Value, en: string, id: string])[] = [
  ['money', decimal('1234567.5'), '$1,234,567.50', 'Rp 1.234.567,5'],
  ['money', decimal('-20'), '-$20.00', '-Rp 20'],
  ['money', decimal('12345678901234567890.12'), '$12,345,678,901,234,567,890.12', 'Rp 12.345.678.901.234.567.890,12'],
  ['quantity', decimal('1250.500'), '1,250.5', '1.250,5'],
  ['percent', decimal('11'), '11%', '11%'],
  ['integer', decimal('-1000'), '-1,000', '-1.000'],
  ['duration', decimal('5400'), '1:30', '1:30'],
  ['boolean', true, 'Yes', 'Ya'],
  ['boolean', false, 'No', 'Tidak'],
  ['date', '2026-05-02', '2 May 2026', '2 Mei 2026'],
  ['date', '2026-08-17', '17 August 2026', '17 Agustus 2026'],
  ['time', '14:05:00', '14:05', '14.05'],
  ['datetime', '2026-12-31T18:30:00.000Z', '1 January 2027 01:30', '1 Januari 2027 01.30'],
  ['enumeration', 'open', 'Open', 'Terbuka'],
  ['translated-text', '{"en":"Flour","id":"Tepung"}', 'Flour', 'Tepung'],
  ['richtext', '<p>One &amp; two</p><ul><li>three</li></ul>', 'One & two\n• three', 'One & two\n• three'],
  ['longtext', 'a\nb', 'a\nb', 'a\nb'],
  ['json', '{}', '', ''],
  ['text', null, '', ''],
];

test.each(CASES)('%s %s', (type, value, en, id) => {
  expect([
    writeField(fieldOf(type), value, english, false),
    writeField(fieldOf(type), value, indonesian, false),
  ]).toEqual([en, id]);
});

test('in a grid months are short and amounts stand without their currency', () => {
  expect(writeField(fieldOf('date'), '2026-08-17', indonesian, true)).toBe('17 Agu 2026');
  expect(writeField(fieldOf('money'), decimal('1500'), english, true)).toBe('1,500.00');
});

test.each([
  ['999', '999'],
  ['1000', '1,000'],
  ['-1234567.891', '-1,234,567.891'],
])('thousands of %s', (number, written) => {
  expect(writeNumber(decimal(number), 'en', 0)).toBe(written);
});

test.each([
  ['IDR', ['100', '200'], 0],
  ['IDR', ['100', '200.5'], 2],
  ['USD', ['100'], 2],
  ['JPY', ['100'], 0],
  ['not a code', [], 2],
])('decimals of %s with %s', (currency, amounts, decimals) => {
  expect(moneyDecimalsOf(currency, amounts.map(decimal))).toBe(decimals);
});

test('signs of currencies', () => {
  expect(['IDR', 'USD', 'EUR', '?'].map((code) => currencySign(code, 'id'))).toEqual(['Rp', '$', '€', '?']);
});
