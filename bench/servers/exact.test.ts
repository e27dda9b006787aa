import { expect, test } from 'vitest';
import { divideRounded, textOf, unitsOf } from './exact.ts';

test.each([
  ['12.5', 2, 1250n],
  ['12', 4, 120000n],
  ['-0.05', 2, -5n],
  ['1.239', 2, 123n],
])('%s with %i fraction digits is %s units', (text, scale, units) => {
  expect(unitsOf(text, scale)).toBe(units);
});

test.each([
  [1250n, 2, '12.50'],
  [-5n, 2, '-0.05'],
  [0n, 4, '0.0000'],
  [7n, 0, '7'],
])('%s units with %i fraction digits read %s', (units, scale, text) => {
  expect(textOf(units, scale)).toBe(text);
});

test.each([
  [5n, 10n, 1n],
  [4n, 10n, 0n],
  [-5n, 10n, -1n],
  [-14n, 10n, -1n],
  [22n, 7n, 3n],
])('%s ÷ %s is rounded to %s', (dividend, divisor, quotient) => {
  expect(divideRounded(dividend, divisor)).toBe(quotient);
});
