import { expect, test, vi } from 'vitest';
import type { Reader } from '../storage/database.ts';
import { forgetWritten, rememberedIds, rememberedTotal } from './remembered.ts';

const reader = (): Reader => ({ dialect: 'sqlite' }) as Reader;

test('a count is asked once, until something is written', async () => {
  const database = reader();
  const count = vi.fn(() => Promise.resolve(7));
  expect(await rememberedTotal(database, 'a', count)).toBe(7);
  expect(await rememberedTotal(database, 'a', count)).toBe(7);
  expect(count).toHaveBeenCalledTimes(1);
  forgetWritten(database, new Set(['any']));
  await rememberedTotal(database, 'a', count);
  expect(count).toHaveBeenCalledTimes(2);
});

test('a count that was under way while something was written is not believed', async () => {
  const database = reader();
  await rememberedTotal(database, 'a', () => {
    forgetWritten(database, new Set(['any']));
    return Promise.resolve(1);
  });
  expect(await rememberedTotal(database, 'a', () => Promise.resolve(2))).toBe(2);
});

test('nothing is believed longer than a second, since other processes write too', async () => {
  vi.useFakeTimers();
  try {
    const database = reader();
    const count = vi.fn(() => Promise.resolve(1));
    await rememberedTotal(database, 'a', count);
    vi.advanceTimersByTime(999);
    await rememberedTotal(database, 'a', count);
    vi.advanceTimersByTime(2);
    await rememberedTotal(database, 'a', count);
    expect(count).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});

test('keys are remembered by entity; those that name nothing are asked for again', async () => {
  const database = reader();
  const find = vi.fn((keys: readonly string[]) =>
    Promise.resolve(new Map(keys.filter((key) => key !== 'NONE').map((key) => [key.toLowerCase(), `id of ${key}`]))),
  );
  expect(await rememberedIds(database, 'a.b', ['X', 'NONE'], find)).toEqual(new Map([['x', 'id of X']]));
  expect(await rememberedIds(database, 'a.b', ['x', 'NONE'], find)).toEqual(new Map([['x', 'id of X']]));
  expect(find.mock.calls).toEqual([[['X', 'NONE']], [['NONE']]]);
  forgetWritten(database, new Set(['a.bc']));
  await rememberedIds(database, 'a.b', ['X'], find);
  expect(find).toHaveBeenCalledTimes(2);
  forgetWritten(database, new Set(['a.b']));
  await rememberedIds(database, 'a.b', ['X'], find);
  expect(find).toHaveBeenCalledTimes(3);
});
