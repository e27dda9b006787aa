import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openCache } from './connect.ts';
import type { Cache } from './cache.ts';

const redisUrl = process.env['RANGKA_TEST_REDIS_URL'];
const backends = [
  { name: 'memory', url: undefined },
  ...(redisUrl === undefined ? [] : [{ name: 'Redis', url: redisUrl }]),
];

describe.each(backends)('the cache in $name', ({ url }) => {
  let cache: Cache;
  const faults: unknown[] = [];
  const key = (): string => `rk_storage_test:${randomUUID()}`;

  beforeAll(async () => {
    cache = openCache(url, (error) => faults.push(error));
    await vi.waitFor(async () => {
      const probe = key();
      await cache.set(probe, 'x', 1000);
      expect(await cache.get(probe)).toBe('x');
    });
    faults.length = 0;
  });

  afterAll(async () => {
    await cache.close();
    expect(faults).toEqual([]);
  });

  test('gives back what it was given, until its life ends', async () => {
    const name = key();
    await cache.set(name, 'kopi ☕', 40);
    expect(await cache.get(name)).toBe('kopi ☕');
    await sleep(60);
    expect(await cache.get(name)).toBeUndefined();
  });

  test('counts for everybody, and begins anew when the life of a count ends', async () => {
    const name = key();
    const counts = await Promise.all(Array.from({ length: 5 }, () => cache.increment(name, 100)));
    expect(counts.sort()).toEqual([1, 2, 3, 4, 5]);
    await sleep(120);
    expect(await cache.increment(name, 100)).toBe(1);
  });

  test('forgets what is deleted', async () => {
    const name = key();
    await cache.set(name, 'a', 5000);
    await cache.delete(name);
    expect(await cache.get(name)).toBeUndefined();
  });

  test('tells subscribers of a topic, and nobody after they left', async () => {
    const [topic, other] = [key(), key()];
    const heard: string[] = [];
    const missed = (): void => undefined;
    const leaveFirst = cache.subscribe(topic, { message: (text) => heard.push(`first ${text}`), missed });
    const leaveSecond = cache.subscribe(topic, { message: (text) => heard.push(`second ${text}`), missed });
    await sleep(20);
    await cache.publish(other, 'unheard');
    await cache.publish(topic, 'one');
    await vi.waitFor(() => expect(heard).toEqual(['first one', 'second one']));
    leaveFirst();
    await cache.publish(topic, 'two');
    await vi.waitFor(() => expect(heard).toEqual(['first one', 'second one', 'second two']));
    leaveSecond();
    await sleep(20);
    await cache.publish(topic, 'three');
    await sleep(20);
    expect(heard).toHaveLength(3);
  });
});

test('without Redis every answer is a miss, at once', async () => {
  const faults: unknown[] = [];
  const cache = openCache('redis://127.0.0.1:1', (error) => faults.push(error));
  const started = performance.now();
  await cache.set('a', 'b', 1000);
  await cache.delete('a');
  await cache.publish('topic', 'message');
  const leave = cache.subscribe('topic', { message: () => undefined, missed: () => undefined });
  expect(await cache.get('a')).toBeUndefined();
  leave();
  await cache.close();
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(faults).not.toEqual([]);
});
