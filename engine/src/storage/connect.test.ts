import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database, DatabaseServer, Dialect } from './database.ts';
import { columnType, identityType, parameter, tableOptions } from './dialect.ts';
import { StorageError } from './fault.ts';
import { statement, table } from './statement.ts';
import type { Binding } from './statement.ts';
import { testBackends } from './test-server.ts';
import type { TestServer } from './test-server.ts';

const AMOUNT = { kind: 'decimal', precision: 18, scale: 2 } as const;

function tablesFor(dialect: Dialect): readonly string[] {
  const column = (name: string, kind: Parameters<typeof columnType>[1], rest = ''): string =>
    `${name} ${columnType(dialect, kind)}${rest}`;
  return [
    `CREATE TABLE ${table('area')} (
      id ${identityType(dialect)},
      ${column('code', { kind: 'text', length: 10 }, ' NOT NULL')},
      ${column('region', { kind: 'integer' })},
      ${column('amount', AMOUNT, ' DEFAULT 0')},
      CONSTRAINT region_positive CHECK (region > 0)
    )${tableOptions(dialect)}`,
    `CREATE UNIQUE INDEX area__code_region_unique ON ${table('area')} (code, region)`,
    `CREATE TABLE ${table('shop')} (
      id ${identityType(dialect)},
      ${column('area_id', { kind: 'id' })},
      CONSTRAINT shop__area_foreign FOREIGN KEY (area_id) REFERENCES ${table('area')} (id)
    )${tableOptions(dialect)}`,
    `CREATE TABLE ${table('everything')} (
      id ${identityType(dialect)},
      ${column('a_text', { kind: 'text', length: 50 })},
      ${column('a_longtext', { kind: 'longtext' })},
      ${column('an_integer', { kind: 'integer' })},
      ${column('a_decimal', AMOUNT)},
      ${column('a_boolean', { kind: 'boolean' })},
      ${column('a_date', { kind: 'date' })},
      ${column('a_datetime', { kind: 'datetime' })},
      ${column('a_time', { kind: 'time' })},
      ${column('a_json', { kind: 'json' })}
    )${tableOptions(dialect)}`,
  ];
}

const INSERT_AREA = statement(`INSERT INTO ${table('area')} (code, region) VALUES (?, ?)`);
const COUNT_AREAS = statement(`SELECT COUNT(*) AS n FROM ${table('area')}`);
const CODES = statement(`SELECT code FROM ${table('area')} ORDER BY id`);

async function faultOf(action: Promise<unknown>): Promise<StorageError> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StorageError)) throw new Error(`Expected a StorageError, got ${String(error)}.`);
  return error;
}

describe.each(testBackends)('$name', ({ open }) => {
  let opened: TestServer;
  let server: DatabaseServer;
  let database: Database;

  beforeAll(async () => {
    opened = await open(['acme', 'beta']);
    server = opened.server;
    for (const key of ['acme', 'beta']) {
      await server.company(key).session(async (session) => {
        for (const sql of tablesFor(server.dialect)) await session.run(statement(sql));
      });
    }
    database = server.company('acme');
  });

  afterAll(() => opened.remove());

  beforeEach(async () => {
    for (const name of ['shop', 'area', 'everything']) await write(`DELETE FROM ${table(name)}`);
  });

  const write = (sql: string, bindings: readonly Binding[] = []): Promise<{ changes: number; lastId: string }> =>
    database.transaction(async (transaction) => transaction.run(statement(sql), bindings));

  test('answers a ping', async () => {
    await expect(server.ping()).resolves.toBeUndefined();
  });

  describe('values', () => {
    const amountOf = (units: bigint, text: string): Binding => (database.dialect === 'sqlite' ? units : text);

    test.each<[column: string, bound: () => Binding, raw: () => unknown]>([
      ['a_text', () => 'Kopi “tubruk” 🫘', () => 'Kopi “tubruk” 🫘'],
      ['a_text', () => "'; DROP TABLE area; -- \\", () => "'; DROP TABLE area; -- \\"],
      ['a_text', () => null, () => null],
      ['a_longtext', () => 'x'.repeat(100_000), () => 'x'.repeat(100_000)],
      ['an_integer', () => 42, () => 42],
      ['an_integer', () => '42', () => 42],
      ['an_integer', () => 9007199254740991n, () => 9007199254740991],
      ['a_decimal', () => amountOf(1250n, '12.50'), () => (database.dialect === 'sqlite' ? 1250 : '12.50')],
      ['a_decimal', () => amountOf(-1n, '-0.01'), () => (database.dialect === 'sqlite' ? -1 : '-0.01')],
      ['a_boolean', () => true, () => 1],
      ['a_boolean', () => false, () => 0],
      ['a_date', () => '2026-02-28', () => '2026-02-28'],
      ['a_datetime', () => '2026-02-28 23:59:59.987', () => '2026-02-28 23:59:59.987'],
      ['a_time', () => '23:59:59', () => '23:59:59'],
      ['a_json', () => '{"a": [1, "b"]}', () => '{"a": [1, "b"]}'],
    ])('%s holds and gives back a value (case %#)', async (column, bound, raw) => {
      const { lastId } = await write(`INSERT INTO ${table('everything')} (${column}) VALUES (?)`, [bound()]);
      const select = statement(`SELECT ${column} FROM ${table('everything')} WHERE id = ?`);
      expect((await database.get(select, [lastId]))?.[column]).toEqual(raw());
      expect((await database.all(select, [lastId]))[0]?.[column]).toEqual(raw());
      expect(await database.tuples(select, [lastId])).toEqual([[raw()]]);
    });

    test.each(['9007199254740993', '-9223372036854775808', '9223372036854775807'])(
      '%s loses no digit',
      async (digits) => {
        await write(`INSERT INTO ${table('everything')} (an_integer) VALUES (?)`, [BigInt(digits)]);
        const select = statement(
          `SELECT an_integer FROM ${table('everything')} WHERE an_integer = ${parameter(database.dialect, { kind: 'integer' })}`,
        );
        for (let round = 0; round < 2; round += 1) {
          expect(String((await database.get(select, [BigInt(digits)]))?.an_integer)).toBe(digits);
          expect(String((await database.all(select, [digits]))[0]?.an_integer)).toBe(digits);
          expect(String((await database.tuples(select, [digits]))[0]?.[0])).toBe(digits);
        }
      },
    );

    test('a decimal of eighteen digits is compared and added exactly', async () => {
      const stored = amountOf(999999999999999998n, '9999999999999999.98');
      const cent = amountOf(1n, '0.01');
      await write(`INSERT INTO ${table('everything')} (a_decimal) VALUES (?)`, [stored]);
      const bound = parameter(database.dialect, AMOUNT);
      await write(`UPDATE ${table('everything')} SET a_decimal = a_decimal + ${bound} WHERE a_decimal = ${bound}`, [
        cent,
        stored,
      ]);
      const row = await database.get(statement(`SELECT a_decimal FROM ${table('everything')}`));
      expect(String(row?.a_decimal)).toBe(database.dialect === 'sqlite' ? '999999999999999999' : '9999999999999999.99');
    });

    test('a number that is bound counts as whole in arithmetic', async () => {
      await write(`INSERT INTO ${table('everything')} (an_integer) VALUES (?)`, [9007199254740992n]);
      const bound = parameter(database.dialect, { kind: 'integer' });
      await write(`UPDATE ${table('everything')} SET an_integer = an_integer + ${bound}`, [1]);
      const row = await database.get(statement(`SELECT an_integer FROM ${table('everything')}`));
      expect(String(row?.an_integer)).toBe('9007199254740993');
    });

    test('text is equal without regard to case, and ordered so', async () => {
      for (const code of ['b', 'A', 'C', 'a-1', '9'])
        await write(`INSERT INTO ${table('area')} (code, region) VALUES (?, 1)`, [code]);
      expect(await database.get(statement(`SELECT code FROM ${table('area')} WHERE code = 'B'`))).toMatchObject({
        code: 'b',
      });
      const ordered = await database.all(statement(`SELECT code FROM ${table('area')} ORDER BY code`));
      expect(ordered.map((row) => row.code)).toEqual(['9', 'A', 'a-1', 'b', 'C']);
    });
  });

  describe('a transaction', () => {
    test('answers what the work answers, and keeps what it wrote', async () => {
      const answer = await database.transaction(async (transaction) => {
        await transaction.run(INSERT_AREA, ['A', 1]);
        return transaction.get(COUNT_AREAS);
      });
      expect(answer).toEqual({ n: 1 });
      expect(await database.get(COUNT_AREAS)).toEqual({ n: 1 });
    });

    test('leaves nothing of failed work', async () => {
      const failing = database.transaction(async (transaction) => {
        await transaction.run(INSERT_AREA, ['A', 1]);
        throw new RangeError('no');
      });
      await expect(failing).rejects.toThrow(new RangeError('no'));
      expect(await database.get(COUNT_AREAS)).toEqual({ n: 0 });
    });

    test('tells the first id of several rows', async () => {
      const insert = `INSERT INTO ${table('area')} (code, region) VALUES (?, 1), (?, 1), (?, 1)`;
      const { changes, lastId } = await write(insert, ['A', 'B', 'C']);
      expect(changes).toBe(3);
      const rows = await database.all(statement(`SELECT id, code FROM ${table('area')} ORDER BY id`));
      expect(rows.map((row) => [Number(row.id), row.code])).toEqual(
        ['A', 'B', 'C'].map((code, at) => [Number(lastId) + at, code]),
      );
    });

    test('counts the rows an update matches, changed or not', async () => {
      await write(`INSERT INTO ${table('area')} (code, region) VALUES ('A', 1)`);
      expect(await write(`UPDATE ${table('area')} SET region = 1 WHERE code = 'A'`)).toMatchObject({ changes: 1 });
      expect(await write(`UPDATE ${table('area')} SET region = 1 WHERE code = 'B'`)).toMatchObject({ changes: 0 });
    });

    test('is seen by nobody before its commit', async () => {
      let seenMeanwhile: unknown;
      await database.transaction(async (transaction) => {
        await transaction.run(INSERT_AREA, ['A', 1]);
        seenMeanwhile = await database.get(COUNT_AREAS);
      });
      expect(seenMeanwhile).toEqual({ n: 0 });
    });

    test('runs one of another company unhindered', async () => {
      await database.transaction(async (transaction) => {
        await transaction.run(INSERT_AREA, ['A', 1]);
        await server.company('beta').transaction(async (other) => other.run(INSERT_AREA, ['A', 1]));
      });
      expect(await server.company('beta').get(COUNT_AREAS)).toEqual({ n: 1 });
    });

    test('refuses statements after its end', async () => {
      const stray = await database.transaction(async (transaction) => () => transaction.run(INSERT_AREA, ['A', 1]));
      expect(stray).toThrow('after its transaction ended');
    });

    test('calls back after the commit, and never after a failure', async () => {
      const calls: string[] = [];
      await database.transaction(async (transaction) => {
        transaction.afterCommit(() => calls.push('kept'));
        expect(calls).toEqual([]);
      });
      const failing = database.transaction(async (transaction) => {
        transaction.afterCommit(() => calls.push('lost'));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(calls).toEqual(['kept']);
    });

    test('runs again from its start when contention undid it', async () => {
      let runs = 0;
      await database.transaction(async (transaction) => {
        runs += 1;
        await transaction.run(INSERT_AREA, [`run-${runs}`, 1]);
        if (runs < 3) throw new StorageError('busy', { rerun: true });
      });
      expect(await database.all(CODES)).toEqual([expect.objectContaining({ code: 'run-3' })]);
    });

    test('loses no update when forty guarded ones run at once', async () => {
      await write(`INSERT INTO ${table('area')} (code, region) VALUES ('A', 1)`);
      const read = statement(`SELECT region FROM ${table('area')}`);
      const guarded = statement(`UPDATE ${table('area')} SET region = ? WHERE region = ?`);
      const increment = (): Promise<void> =>
        database.transaction(async (transaction) => {
          for (;;) {
            const seen = Number((await transaction.get(read))?.region);
            if ((await transaction.run(guarded, [seen + 1, seen])).changes === 1) return;
          }
        });
      await Promise.all(Array.from({ length: 40 }, increment));
      expect(await database.get(read)).toEqual({ region: 41 });
    });

    test('two that lock in opposite order both succeed', async () => {
      await write(`INSERT INTO ${table('area')} (code, region) VALUES ('A', 1), ('B', 1)`);
      const touch = statement(`UPDATE ${table('area')} SET region = region + 1 WHERE code = ?`);
      const both = (first: string, second: string): Promise<void> =>
        database.transaction(async (transaction) => {
          await transaction.run(touch, [first]);
          await sleep(30);
          await transaction.run(touch, [second]);
        });
      await Promise.all([both('A', 'B'), both('B', 'A')]);
      const rows = await database.all(statement(`SELECT region FROM ${table('area')}`));
      expect(rows.map((row) => row.region)).toEqual([3, 3]);
    });

    test('fails alone among many at once', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 30 }, (_, at) =>
          database.transaction(async (transaction) => {
            await transaction.run(INSERT_AREA, [`c${at}`, 1]);
            if (at % 3 === 0) throw new Error('no');
          }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
      const kept = await database.all(CODES);
      const wanted = Array.from({ length: 30 }, (_, at) => at).filter((at) => at % 3 !== 0);
      expect(kept.map((row) => row.code).sort()).toEqual(wanted.map((at) => `c${at}`).sort());
    });
  });

  describe('faults', () => {
    test.each<[what: string, kind: string, constraint: string | undefined, sql: string]>([
      [
        'a second row under a unique index',
        'unique',
        'area__code_region_unique',
        `INSERT INTO ${table('area')} (code, region) VALUES ('A', 1)`,
      ],
      [
        'the same in other letter case',
        'unique',
        'area__code_region_unique',
        `INSERT INTO ${table('area')} (code, region) VALUES ('a', 1)`,
      ],
      [
        'a second row under a primary key',
        'unique',
        'PRIMARY',
        `INSERT INTO ${table('area')} (id, code, region) SELECT id, 'Z', 1 FROM ${table('area')}`,
      ],
      ['a broken check', 'check', 'region_positive', `INSERT INTO ${table('area')} (code, region) VALUES ('B', 0)`],
      ['a required column left out', 'check', 'code', `INSERT INTO ${table('area')} (code, region) VALUES (NULL, 1)`],
      ['SQL that cannot be read', 'other', undefined, 'SELEC 1'],
      ['a table that is not there', 'other', undefined, `DELETE FROM ${table('nothing')}`],
    ])('%s is told as %s', async (_what, kind, constraint, sql) => {
      await write(`INSERT INTO ${table('area')} (code, region) VALUES ('A', 1)`);
      const fault = await faultOf(write(sql));
      expect(fault).toMatchObject({ kind, constraint, rerun: false, outcomeUnknown: false });
      expect(fault.message).not.toMatch(/INSERT|SELEC|DELETE|area/);
    });

    test('a link to nowhere, and a linked row removed, are told as foreign-key', async () => {
      expect((await faultOf(write(`INSERT INTO ${table('shop')} (area_id) VALUES (999999)`))).kind).toBe('foreign-key');
      const { lastId } = await write(`INSERT INTO ${table('area')} (code, region) VALUES ('A', 1)`);
      await write(`INSERT INTO ${table('shop')} (area_id) VALUES (?)`, [lastId]);
      expect((await faultOf(write(`DELETE FROM ${table('area')}`))).kind).toBe('foreign-key');
    });

    test('a company that was never created is missing, and reading it creates nothing', async () => {
      const read = async (): Promise<unknown> =>
        server.company('nowhere').get(statement(`SELECT * FROM ${table('area')}`));
      for (let round = 0; round < 2; round += 1) {
        expect(['missing', 'other']).toContain((await faultOf(read())).kind);
      }
    });

    test.each(['', 'A', '../x', 'a b', 'x'.repeat(41), 'a`b'])('%j is no company key', (key) => {
      expect(() => server.company(key)).toThrow(RangeError);
    });
  });

  test('knex works on the same data', async () => {
    await database.knex('area').insert({ code: 'A', region: 1 });
    await database.knex.transaction(async (transaction) => {
      await transaction('area').where({ code: 'A' }).update({ region: 2 });
    });
    const abandoned = database.knex.transaction(async (transaction) => {
      await transaction('area').where({ code: 'A' }).update({ region: 3 });
      throw new Error('no');
    });
    await expect(abandoned).rejects.toThrow('no');
    expect(await database.knex('area').first('code', 'region')).toMatchObject({ code: 'A', region: 2 });
    expect(await database.get(COUNT_AREAS)).toEqual({ n: 1 });
  });

  test('knex and transactions wait for each other', async () => {
    const insert = (code: string): Promise<unknown> =>
      database.transaction(async (transaction) => transaction.run(INSERT_AREA, [code, 1]));
    await Promise.all([
      insert('a'),
      database.knex('area').insert({ code: 'b', region: 1 }),
      insert('c'),
      database.knex('area').insert({ code: 'd', region: 1 }),
      insert('e'),
    ]);
    expect(await database.get(COUNT_AREAS)).toEqual({ n: 5 });
  });

  test('a session that left a transaction open does not spoil the next', async () => {
    await database.session(async (session) => {
      await session.run(statement('BEGIN'));
      await session.run(INSERT_AREA, ['A', 1]);
    });
    expect(await database.get(COUNT_AREAS)).toEqual({ n: 0 });
    await write(`INSERT INTO ${table('area')} (code, region) VALUES ('B', 1)`);
    expect(await database.get(COUNT_AREAS)).toEqual({ n: 1 });
  });

  test('creating a company again keeps its data; dropping it ends it', async () => {
    await server.createCompany('gone');
    const gone = server.company('gone');
    await gone.session(async (session) => session.run(statement(`CREATE TABLE ${table('t')} (id INTEGER)`)));
    await server.createCompany('gone');
    expect(await gone.all(statement(`SELECT id FROM ${table('t')}`))).toEqual([]);
    await server.dropCompany('gone');
    await expect((async () => server.company('gone').all(statement(`SELECT id FROM ${table('t')}`)))()).rejects.toThrow(
      StorageError,
    );
  });
});
