import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testBackends } from '../storage/test-server.ts';
import { examineHistory, sealHistory } from './history-chain.ts';
import { openTestCompany } from './test-company.ts';
import type { TestCompany } from './test-company.ts';

const HISTORY = '{schema}.rk_history';

describe.each(testBackends)('the chain of the history on $name', (backend) => {
  let company: TestCompany;
  beforeAll(async () => {
    company = await openTestCompany(backend);
  });
  afterAll(() => company.close());
  beforeEach(async () => {
    await company.empty();
    await company.execute('DELETE FROM {schema}.rk_history_seal');
  });

  const author = (name: string): Promise<unknown> => company.create('library.author', { name });
  const seal = (now?: number): Promise<number> => sealHistory(company.context.database, now);
  const examine = async (): Promise<readonly string[]> =>
    (await examineHistory(company.context.database)).map(({ kind, rows }) => `${kind} ${rows}`);
  const ids = async (): Promise<readonly number[]> =>
    (await company.raw(`SELECT id FROM ${HISTORY} ORDER BY id`)).map(([id]) => Number(id));
  const insert = (id: number): Promise<void> =>
    company.execute(
      `INSERT INTO ${HISTORY} (id, entity, record_id, version, action, actor_kind, actor_id, actor_name, at, changes) ` +
        `SELECT ${id}, entity, record_id, version, action, actor_kind, actor_id, actor_name, at, changes ` +
        `FROM ${HISTORY} h ORDER BY id LIMIT 1`,
    );

  it('grows with what is written and is sound', async () => {
    expect(await seal()).toBe(0);
    await author('Ani');
    await author('Budi');
    expect(await seal()).toBe(2);
    expect(await seal()).toBe(0);
    await author('Citra');
    expect(await seal()).toBe(1);
    expect(await examine()).toEqual([]);
    expect(await company.rowsIn('rk_history_seal')).toBe(2);
  });

  it('seals each row once when several processes do so together', async () => {
    for (const name of ['Ani', 'Budi', 'Citra']) await author(name);
    const sealed = await Promise.all(Array.from({ length: 8 }, () => seal()));
    expect(sealed.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(await examine()).toEqual([]);
  });

  it.each<[string, (row: number) => string, string]>([
    ['a value is changed', (id) => `UPDATE ${HISTORY} SET changes = '{}' WHERE id = ${id}`, 'changed 2'],
    ['somebody else is named', (id) => `UPDATE ${HISTORY} SET actor_name = 'Nobody' WHERE id = ${id}`, 'changed 2'],
    ['a row is removed', (id) => `DELETE FROM ${HISTORY} WHERE id = ${id}`, 'changed 2'],
  ])('shows when %s', async (_, tamper, expected) => {
    await author('Ani');
    await author('Budi');
    await seal();
    const [first = 0] = await ids();
    await company.execute(tamper(first));
    expect(await examine()).toEqual([expected]);
  });

  it('shows when a seal is removed', async () => {
    for (const name of ['Ani', 'Budi', 'Citra']) {
      await author(name);
      await seal();
    }
    const [, second] = await company.raw('SELECT id FROM {schema}.rk_history_seal ORDER BY id');
    await company.execute(`DELETE FROM {schema}.rk_history_seal WHERE id = ${String(second?.[0])}`);
    expect(await examine()).toEqual(['order 1', 'unsealed 1']);
  });

  it('takes in what was still being written when later rows were sealed', async () => {
    await author('Ani');
    const [first = 0] = await ids();
    await insert(first + 2);
    expect(await seal()).toBe(2);
    // The writer of the row between them commits now.
    await insert(first + 1);
    expect(await examine()).toEqual([]);
    expect(await seal()).toBe(1);
    expect(await examine()).toEqual([]);
  });

  it('shows what is slipped in after the time of any writer', async () => {
    await author('Ani');
    const [first = 0] = await ids();
    await insert(first + 2);
    await seal();
    await insert(first + 3);
    await seal(Date.now() + 2 * 60 * 60 * 1_000);
    await insert(first + 1);
    expect(await seal(Date.now() + 3 * 60 * 60 * 1_000)).toBe(0);
    expect(await examine()).toEqual(['unsealed 1']);
  });

  it('seals more rows than one seal covers', async () => {
    const operations = Array.from({ length: 1_000 }, (_, index) => ({
      kind: 'create' as const,
      entity: 'library.author',
      input: { name: `Author ${index}` },
    }));
    await company.bulk(operations);
    await author('Ani');
    expect(await seal()).toBe(1_001);
    expect(await examine()).toEqual([]);
  });
});
