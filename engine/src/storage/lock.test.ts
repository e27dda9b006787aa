import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withLock } from './lock.ts';
import { testBackends } from './test-server.ts';
import type { TestServer } from './test-server.ts';

describe.each(testBackends)('a named lock on $name', ({ open }) => {
  let opened: TestServer;

  beforeAll(async () => {
    opened = await open(['acme', 'beta']);
  });

  afterAll(() => opened.remove());

  const recorded = (events: string[], name: string) => async (): Promise<string> => {
    events.push(`${name} begins`);
    await sleep(15);
    events.push(`${name} ends`);
    return name;
  };

  test('lets one in at a time, and answers what the work answers', async () => {
    const events: string[] = [];
    const database = opened.server.company('acme');
    const names = ['a', 'b', 'c'];
    const answers = await Promise.all(names.map((name) => withLock(database, 'apply', recorded(events, name))));
    expect(answers).toEqual(names);
    for (let at = 0; at < events.length; at += 2) {
      expect(events[at + 1]).toBe(events[at]?.replace('begins', 'ends'));
    }
    expect(events).toHaveLength(6);
  });

  test('frees the next one when the work fails', async () => {
    const database = opened.server.company('acme');
    const failing = withLock(database, 'apply', () => Promise.reject(new RangeError('no')));
    const next = withLock(database, 'apply', () => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('next');
  });

  test('of another name or another company holds nobody up', async () => {
    const { server } = opened;
    const inside = await withLock(server.company('acme'), 'apply', () =>
      withLock(server.company('acme'), 'import', () => withLock(server.company('beta'), 'apply', async () => 'inside')),
    );
    expect(inside).toBe('inside');
  });
});
