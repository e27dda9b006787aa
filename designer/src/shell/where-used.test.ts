import { expect, it } from 'vitest';
import { usesOf } from './where-used.ts';

const documents = [
  {
    kind: 'entity',
    name: 'shop.order',
    body: { entity: 'shop.order', fields: { customer: { type: 'link', to: 'shop.customer' } } },
  },
  {
    kind: 'view',
    name: 'shop.board',
    body: { view: 'shop.board', entity: 'shop.order', where: 'customer.city == "shop.order-x"' },
  },
  { kind: 'entity', name: 'shop.order-line', body: { entity: 'shop.order-line' } },
] as const;

it.each([
  ['shop.order', 'entity shop.order', [['shop.board', '/entity']]],
  ['shop.customer', 'entity shop.customer', [['shop.order', '/fields/customer/to']]],
  ['shop.nothing', '', []],
])('%s is used where it stands as a whole word', (word, except, expected) => {
  expect(usesOf(documents, word, except).map(({ name, pointer }) => [name, pointer])).toEqual(expected);
});
