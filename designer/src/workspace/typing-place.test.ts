import { expect, it } from 'vitest';
import { typingPlace } from './typing-place.ts';

const city = { type: 'text' };
const base = { fields: { name: { type: 'text', label: 'Nam' }, city }, list: ['a'] };
const named = (label: string) => ({ ...base, fields: { city, name: { type: 'text', label } } });

it.each([
  [
    'a character typed',
    { ...base, fields: { name: { ...base.fields.name, label: 'Name' }, city } },
    '/fields/name/label',
  ],
  ['a text pasted', { ...base, fields: { name: { ...base.fields.name, label: 'Name of it' }, city } }, null],
  ['a field more', { ...base, fields: { ...base.fields, more: { type: 'text' } } }, null],
  ['another order', named('Nam'), null],
  ['an item of a list', { ...base, list: ['ab'] }, '/list/0'],
])('%s', (_, after, place) => {
  expect(typingPlace(base, after)).toBe(place);
});
