import { expect, it } from 'vitest';
import { configurationOf, valuesOf } from './setting-values.ts';
import type { SettingsSchema } from '../api/catalog.ts';

const schema: SettingsSchema = {
  properties: {
    days: { type: 'integer', title: 'Days', default: 14 },
    tolerance: { type: ['string', 'number'], title: 'Tolerance', default: '0' },
    note: { type: 'string', title: 'Note' },
    strict: { type: 'boolean', title: 'Strict', default: true },
  },
};

it('shows what was chosen, else what the module chose', () => {
  expect(valuesOf(schema, { days: 7, strict: false })).toEqual({ days: 7, tolerance: '0', note: null, strict: false });
});

it.each([
  ['a whole number', { days: ' 30 ' }, { days: 30 }],
  ['a decimal, digit by digit', { tolerance: '0.10000000000000000001' }, { tolerance: '0.10000000000000000001' }],
  ['an emptied field', { days: '', note: ' ' }, { days: null, note: null }],
  ['what is no number', { days: 'many' }, { days: 'many' }],
  ['a switch', { strict: false }, { strict: false }],
])('sends %s', (_, values, expected) => {
  expect(configurationOf(schema, values)).toEqual(expected);
});
