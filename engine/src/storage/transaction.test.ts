import { describe, expect, test } from 'vitest';
import { StorageError } from './fault.ts';
import { rerunning } from './transaction.ts';

const contention = new StorageError('busy', { rerun: true });

function failing(times: number, error: unknown): { attempts: () => number; attempt: () => Promise<string> } {
  let attempts = 0;
  const attempt = async (): Promise<string> => {
    attempts += 1;
    if (attempts <= times) throw error;
    return 'done';
  };
  return { attempts: () => attempts, attempt };
}

describe('rerunning', () => {
  test.each<[what: string, times: number, error: unknown, attempts: number, succeeds: boolean]>([
    ['what succeeds at once, once', 0, contention, 1, true],
    ['what contention undid, until it succeeds', 3, contention, 4, true],
    ['what contention undid, five times at most', 9, contention, 5, false],
    ['a time-out in the queue, once: the caller decides', 9, new StorageError('busy'), 1, false],
    ['a database that is away, once', 9, new StorageError('unavailable'), 1, false],
    ['a refused row, once', 9, new StorageError('unique'), 1, false],
    ['anything else, once', 9, new RangeError('no'), 1, false],
  ])('runs %s', async (_what, times, error, attempts, succeeds) => {
    const work = failing(times, error);
    const outcome = rerunning(work.attempt);
    if (succeeds) await expect(outcome).resolves.toBe('done');
    else await expect(outcome).rejects.toBe(error);
    expect(work.attempts()).toBe(attempts);
  });
});
