import { expect, it } from 'vitest';
import type { Outline } from '../compiler/protocol.ts';
import { completionsAt } from './completion.ts';

const field = (name: string, type = 'text', leadsTo: string | null = null) => ({
  name,
  type,
  label: { en: name },
  leadsTo,
});

const outline: Outline = {
  entities: {
    'shop.order': {
      label: { en: 'Order' },
      kind: 'document',
      owner: null,
      fields: [
        field('customer', 'link', 'shop.customer'),
        field('lines', 'lines', 'shop.line'),
        field('total', 'money'),
      ],
    },
    'shop.customer': { label: { en: 'Customer' }, kind: 'master', owner: null, fields: [field('city'), field('name')] },
    'shop.line': {
      label: { en: 'Line' },
      kind: 'lines',
      owner: 'shop.order',
      fields: [field('quantity', 'quantity'), field('rate', 'money')],
    },
  },
  ledgers: {},
  settings: ['tolerance'],
  functions: [
    { name: 'sum', parameters: 'values' },
    { name: 'today', parameters: '' },
  ],
};

it.each([
  ['cus', 'shop.order', ['customer']],
  ['total + su', 'shop.order', ['sum()']],
  ['customer.', 'shop.order', ['city', 'name']],
  ['sum(lines.q', 'shop.order', ['quantity']],
  ['parent.customer.c', 'shop.line', ['city']],
  ['settings.', 'shop.order', ['tolerance']],
  ['total', 'shop.order', []],
  ['nothing.', 'shop.order', []],
])('after %s of %s: %j', (source, entity, expected) => {
  expect(completionsAt(source, source.length, outline, entity, 'en').map(({ text }) => text)).toEqual(expected);
});

it('puts the cursor into the brackets of a function that takes something', () => {
  const [sum] = completionsAt('su', 2, outline, 'shop.order', 'en');
  const [today] = completionsAt('toda', 4, outline, 'shop.order', 'en');
  expect([sum?.back, today?.back]).toEqual([1, 0]);
});
