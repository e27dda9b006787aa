import { expect, it } from 'vitest';
import { placesOf, statesOf, transitionsOf } from './diagram.ts';

const body = {
  workflow: 'shop.order',
  states: ['draft', { name: 'to-approve', label: 'To approve', color: 'amber' }, 'approved', 'lost'],
  transitions: [
    { name: 'request', from: 'draft', to: 'to-approve' },
    { name: 'approve', from: ['to-approve', 'draft'], to: 'approved' },
  ],
};

it('reads states by name alone and with what people see', () => {
  expect(statesOf(body).map(({ label, color }) => [label.en, color])).toEqual([
    ['Draft', 'gray'],
    ['To approve', 'amber'],
    ['Approved', 'gray'],
    ['Lost', 'gray'],
  ]);
});

it('draws states from left to right as documents go, and apart', () => {
  const places = placesOf(statesOf(body), transitionsOf(body));
  const x = (name: string) => places.get(name)?.x ?? -1;
  expect(x('draft')).toBeLessThan(x('to-approve'));
  expect(x('approved')).toBe(x('to-approve'));
  expect(places.get('approved')?.y).not.toBe(places.get('to-approve')?.y);
  expect(x('lost')).toBeGreaterThan(x('approved'));
});
