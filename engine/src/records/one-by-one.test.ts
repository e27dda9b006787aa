import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../base/errors.ts';
import { testBackends } from '../storage/test-server.ts';
import { openTestCompany } from './test-company.ts';
import type { TestCompany } from './test-company.ts';

describe.each(testBackends)('records of which each may be refused by itself, on $name', (backend) => {
  let company: TestCompany;
  beforeAll(async () => {
    company = await openTestCompany(backend);
    await company.create('library.author', { name: 'Author' });
  });
  afterAll(() => company.close());

  const tried = async (entity: string, inputs: Parameters<TestCompany['oneByOne']>[1]): Promise<readonly unknown[]> =>
    (await company.oneByOne(entity, inputs)).map((outcome) =>
      outcome instanceof Refusal
        ? outcome.faults.map(({ pointer, code }) => `${pointer} ${code}`)
        : (outcome.record['name'] ?? outcome.record.id),
    );
  const book = (isbn: string, name: string, author = '1') => ({ isbn, name, author });

  test('those without fault are written, whatever is wrong with others', async () => {
    const inputs = [book('1', 'One'), book('2', ''), book('3', 'Three', '99'), book('4', 'Four'), { nothing: 1 }];
    expect(await tried('library.book', inputs)).toEqual([
      'One',
      ['/name required'],
      ['/author unknown-record'],
      'Four',
      ['/nothing unknown-field', '/isbn required', '/name required'],
    ]);
    expect((await company.list('library.book')).records.map(({ name }) => name).sort()).toEqual(['Four', 'One']);
  });

  test('what the database refuses of one leaves the others', async () => {
    expect(await tried('library.book', [book('10', 'Ten'), book('10', 'Again'), book('11', 'Eleven')])).toEqual([
      'Ten',
      ['/isbn unique'],
      'Eleven',
    ]);
    const history = await company.raw(
      "SELECT COUNT(*) FROM {schema}.rk_history WHERE entity = 'library.book' AND action = 'create'",
    );
    expect(Number(history[0]?.[0])).toBe(4);
  });
});
