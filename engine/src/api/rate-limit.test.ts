import { afterEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../base/errors.ts';
import { RateLimiter } from './rate-limit.ts';

afterEach(() => vi.useRealTimers());

describe('a limit of 3 in 10 seconds', () => {
  it('counts each key for itself and begins anew when its window ends', async () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const limiter = new RateLimiter('test', { count: 3, seconds: 10 }, null);
    const taken = async (key: string): Promise<boolean> => (await limiter.take(key)).allowed;
    expect([await taken('a'), await taken('a'), await taken('a'), await taken('a')]).toEqual([true, true, true, false]);
    expect(await taken('b')).toBe(true);
    vi.advanceTimersByTime(9_999);
    expect(await taken('a')).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await taken('a')).toBe(true);
  });

  it('refuses with what a client needs to wait', async () => {
    const limiter = new RateLimiter('test', { count: 0, seconds: 10 }, null);
    const refusal = await limiter.demand('a').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).headers).toEqual({
      RateLimit: '"test";r=0;t=10',
      'RateLimit-Policy': '"test";q=0;w=10',
      'Retry-After': '10',
    });
  });

  it('counts with the other processes, and alone while they cannot be reached', async () => {
    const counts = [2, 3, undefined, undefined];
    const shared = { increment: () => Promise.resolve(counts.shift()) };
    const limiter = new RateLimiter('test', { count: 3, seconds: 10 }, shared);
    const left: number[] = [];
    for (let count = 0; count < 4; count += 1) left.push((await limiter.take('a')).remaining);
    expect(left).toEqual([1, 0, 0, 0]);
  });
});
