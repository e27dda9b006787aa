import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function lines(): { written: Record<string, unknown>[]; destination: { write(line: string): void } } {
  const written: Record<string, unknown>[] = [];
  return { written, destination: { write: (line) => written.push(JSON.parse(line) as Record<string, unknown>) } };
}

test('writes what is important enough, as lines of JSON', () => {
  const { written, destination } = lines();
  const log = createLog('info', destination);
  log.debug('too small');
  log.child({ request: 'r1' }).info({ rows: 3 }, 'done');
  expect(written).toEqual([expect.objectContaining({ request: 'r1', rows: 3, msg: 'done' })]);
});

test('never writes a secret, at any of the depths it looks at', () => {
  const { written, destination } = lines();
  createLog('info', destination).info({ password: 'a', user: { token: 'b', phone: 'c' }, x: { y: { secret: 'd' } } });
  expect(JSON.stringify(written)).not.toMatch(/"[abcd]"/);
  expect(written[0]).toMatchObject({ password: '[hidden]', user: { token: '[hidden]', phone: '[hidden]' } });
});
