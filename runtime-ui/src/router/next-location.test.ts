import { expect, it } from 'vitest';
import { nextLocation } from './next-location.ts';

it.each([
  ['/records/library.book?page=2', '/records/library.book?page=2'],
  ['//evil.example/', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  [undefined, '/'],
  [['/a', '/b'], '/'],
])('%j leads to %s', (next, expected) => {
  expect(nextLocation(next)).toBe(expected);
});
