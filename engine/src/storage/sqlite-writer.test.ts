import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Transaction } from './database.ts';
import { PREPARED_MAX, SqliteConnection } from './sqlite-connection.ts';
import { openBook } from './sqlite-driver.ts';
import { SqliteWriter, WRITER_WAIT_MS_MAX } from './sqlite-writer.ts';
import { statement } from './statement.ts';

let folder: string;
let connection: SqliteConnection;
let reader: SqliteConnection;
let writer: SqliteWriter;
const callbackErrors: unknown[] = [];

const INSERT = statement('INSERT INTO t (name) VALUES (?)');
const NAMES = statement('SELECT name FROM t ORDER BY rowid');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rangka-test-'));
  connection = new SqliteConnection(openBook(`${folder}/book.sqlite`, {}));
  reader = new SqliteConnection(openBook(`${folder}/book.sqlite`, {}));
  connection.command('CREATE TABLE t (name TEXT UNIQUE)');
  callbackErrors.length = 0;
  writer = new SqliteWriter(connection, (error) => callbackErrors.push(error));
});

afterEach(async () => {
  vi.useRealTimers();
  await writer.idle();
  reader.close();
  connection.close();
  rmSync(folder, { recursive: true });
});

const names = (): unknown[] => reader.all(NAMES).map((row) => row.name);
const inserting =
  (name: string) =>
  async (transaction: Transaction): Promise<void> => {
    await transaction.run(INSERT, [name]);
  };

test('transactions that arrive together commit together, in the order they came', async () => {
  const commit = vi.spyOn(connection, 'command');
  await Promise.all(['a', 'b', 'c'].map((name) => writer.transaction(inserting(name))));
  expect(names()).toEqual(['a', 'b', 'c']);
  expect(commit.mock.calls.filter(([sql]) => sql === 'COMMIT')).toHaveLength(1);
});

test('nobody hears of success before it is on the disk', async () => {
  const seen: unknown[] = [];
  const each = ['a', 'b', 'c'].map(async (name) => {
    await writer.transaction(inserting(name));
    seen.push(names());
  });
  await Promise.all(each);
  expect(seen).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

test('any mixture of good and bad transactions keeps exactly the good ones', async () => {
  const member = fc.record({ fails: fc.boolean(), pauses: fc.constantFrom(0, 0, 0, 1) });
  await fc.assert(
    fc.asyncProperty(fc.array(member, { maxLength: 25 }), async (members) => {
      connection.command('DELETE FROM t');
      const outcomes = await Promise.allSettled(
        members.map(({ fails, pauses }, at) =>
          writer.transaction(async (transaction) => {
            await transaction.run(INSERT, [`n${at}`]);
            if (pauses > 0) await sleep(pauses);
            if (fails) throw new Error(`n${at}`);
            return at;
          }),
        ),
      );
      const good = members.flatMap(({ fails }, at) => (fails ? [] : [`n${at}`]));
      expect(names()).toEqual(good);
      for (const [at, outcome] of outcomes.entries()) {
        expect(outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message).toBe(
          members[at]?.fails === true ? `n${at}` : at,
        );
      }
    }),
    { numRuns: 60 },
  );
});

test('when the disk rolls everything back, nobody is told it was kept', async () => {
  const lose = async (): Promise<never> => {
    connection.handle.exec('ROLLBACK');
    throw new Error('disk full');
  };
  const outcomes = await Promise.allSettled([
    writer.transaction(inserting('a')),
    writer.transaction(lose),
    writer.transaction(inserting('b')),
  ]);
  expect(outcomes).toMatchObject([
    { status: 'rejected', reason: { kind: 'busy', rerun: true } },
    { status: 'rejected', reason: { message: 'disk full' } },
    { status: 'fulfilled' },
  ]);
  expect(names()).toEqual(['b']);
});

test('a failing callback is reported and harms nobody', async () => {
  await writer.transaction(async (transaction) => {
    transaction.afterCommit(() => {
      throw new RangeError('callback');
    });
    await transaction.run(INSERT, ['a']);
  });
  expect(names()).toEqual(['a']);
  expect(callbackErrors).toEqual([new RangeError('callback')]);
});

test('whoever waits too long for the writer hears that it is busy, and the rest goes on', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const giveBack = await writer.lease();
  const waiting = Promise.allSettled([writer.transaction(inserting('late')), writer.lease()]);
  await vi.advanceTimersByTimeAsync(WRITER_WAIT_MS_MAX - 100);
  const patient = writer.transaction(inserting('patient'));
  await vi.advanceTimersByTimeAsync(200);
  expect(await waiting).toMatchObject([
    { status: 'rejected', reason: { kind: 'busy', rerun: false } },
    { status: 'rejected', reason: { kind: 'busy', rerun: false } },
  ]);
  giveBack();
  await patient;
  expect(names()).toEqual(['patient']);
});

test('whatever a borrower did, the next transaction finds foreign keys on and nothing open', async () => {
  const giveBack = await writer.lease();
  connection.handle.exec("PRAGMA foreign_keys = OFF; BEGIN; INSERT INTO t VALUES ('forgotten')");
  giveBack();
  await writer.transaction(inserting('a'));
  expect(names()).toEqual(['a']);
  expect(connection.handle.prepare('PRAGMA foreign_keys').get()).toMatchObject({ foreign_keys: 1 });
});

test('prepared statements are kept within their bound', () => {
  for (let at = 0; at < PREPARED_MAX * 3; at += 1) reader.all(statement(`SELECT ${at}`));
  expect(reader.preparedCount).toBeLessThanOrEqual(PREPARED_MAX);
  expect(reader.preparedCount).toBeGreaterThanOrEqual(PREPARED_MAX / 2);
});

test('every setting that the books rely on is in force', () => {
  const value = (name: string): unknown => Object.values(connection.handle.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  expect([value('journal_mode'), value('synchronous'), value('foreign_keys')]).toEqual(['wal', 2, 1]);
});
