import { beforeAll, expect, it } from 'vitest';
import { setLocale } from '../i18n/i18n.ts';
import { columnScale, formatFigure, isNegative, isZero, withoutRepeats } from './amounts.ts';

beforeAll(() => setLocale('en'));

it.each<[readonly (string | null)[], string, number]>([
  [['12.00', '5'], 'money', 0],
  [['12.00', '5.5'], 'money', 2],
  [['12.00', '5.5'], 'quantity', 1],
  [['1.234', null], 'money', 3],
  [[], 'money', 0],
  [['INV-1.5'], 'money', 0],
])('a column of %j as %s shows %i digits', (values, format, expected) => {
  expect(columnScale(values, format)).toBe(expected);
});

it.each([
  ['1250000.50', 2, 'money', '1,250,000.50'],
  ['1250000.00', 0, 'money', '1,250,000'],
  ['-5', 2, 'money', '−5.00'],
  ['12.5', 1, 'percent', '12.5\u00a0%'],
  // Digits are never lost, whatever the column asks for.
  ['0.125', 2, 'quantity', '0.125'],
  ['9007199254740993.10', 2, 'money', '9,007,199,254,740,993.10'],
  ['n/a', 2, 'money', 'n/a'],
])('%s at %i as %s is %s', (value, scale, format, expected) => {
  expect(formatFigure(value, scale, format)).toBe(expected);
});

it('tells zero and negative figures by their text', () => {
  expect(['0', '0.00', '-0.00', '0.01', '', null].map((value) => isZero(value))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(['-1', '-0.00', '1', null].map((value) => isNegative(value))).toEqual([true, false, false, false]);
});

it('leaves out columns that repeat an earlier one in every row', () => {
  const columns = ['debit', 'credit', 'debit_currency', 'quantity'].map((name) => ({
    name,
    format: name === 'quantity' ? 'quantity' : 'money',
  }));
  const rows = [
    { debit: '5.00', credit: '0.00', debit_currency: '5.00', quantity: '5.00' },
    { debit: '0.00', credit: '7.50', debit_currency: '0.00', quantity: '0.00' },
  ];
  const shown = withoutRepeats(columns, rows, (row, name) => row[name as keyof typeof row]);
  expect(shown.map(({ name }) => name)).toEqual(['debit', 'credit', 'quantity']);
});
