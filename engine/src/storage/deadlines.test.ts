import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadlines } from './deadlines.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('calls whoever is late, once, and nobody who ended in time', () => {
  const deadlines = new Deadlines(100);
  const late: string[] = [];
  const endA = deadlines.begin(() => late.push('a'));
  vi.advanceTimersByTime(60);
  const endB = deadlines.begin(() => late.push('b'));
  deadlines.begin(() => late.push('c'));
  expect(endB()).toBe(true);
  vi.advanceTimersByTime(39);
  expect(late).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(late).toEqual(['a']);
  expect(endA()).toBe(false);
  vi.advanceTimersByTime(60);
  expect(late).toEqual(['a', 'c']);
  expect(vi.getTimerCount()).toBe(0);
});
