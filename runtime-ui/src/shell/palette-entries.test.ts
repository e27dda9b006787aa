import { expect, it } from 'vitest';
import { matches } from './palette-entries.ts';

it.each([
  ['', true],
  ['loan', true],
  ['LOAN', true],
  ['new lo', true],
  ['lib new', true],
  ['oan', false],
  ['loan book', false],
])('“%s” among “New loan” of “Library”: %s', (search, expected) => {
  expect(matches(search, 'New loan', 'Library')).toBe(expected);
});
