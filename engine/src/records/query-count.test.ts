import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListQuery } from '../metamodel/operation.ts';
import { testBackends } from '../storage/test-server.ts';
import { openTestCompany } from './test-company.ts';
import type { TestCompany } from './test-company.ts';

const BOOKS = 200;

/** How many statements an operation takes must not depend on how many records it touches. */
describe.each(testBackends)('statements on $name', (backend) => {
  let company: TestCompany;
  beforeAll(async () => {
    company = await openTestCompany(backend);
    const make = (entity: string, count: number, input: (index: number) => Record<string, unknown>) =>
      company.bulk(
        Array.from({ length: count }, (_, index) => ({ kind: 'create', entity, input: input(index) }) as const),
      );
    await make('library.fee-kind', 3, (index) => ({ name: `Fee ${index}` }));
    await make('library.author', 60, (index) => ({ name: `Author ${index}` }));
    await make('library.genre', 10, (index) => ({ name: `Genre ${index}` }));
    await make('library.book', BOOKS, (index) => ({
      isbn: `${index}`,
      name: `Book ${index}`,
      author: String((index % 60) + 1),
      genre: String((index % 10) + 1),
      fee_kind: String((index % 3) + 1),
    }));
  });
  afterAll(() => company.close());

  const statementsOf = async (work: () => Promise<unknown>): Promise<number> => {
    company.takeStatements();
    await work();
    return company.takeStatements().length;
  };

  test.each<[string, number, Partial<ListQuery>]>([
    ['a plain page', 3, {}],
    ['chosen fields', 2, { fields: ['name', 'author'] }],
    ['a deep page', 4, { page: { number: 13, size: 16 } }],
    ['titles of three links', 9, { titles: true }],
    ['three links embedded', 9, { include: [['author'], ['genre'], ['fee_kind']] }],
  ])('a list with %s', async (_, most, query) => {
    const counts: number[] = [];
    for (const size of [2, 60]) {
      const page = query.page ?? { number: 1, size };
      counts.push(await statementsOf(() => company.list('library.book', { ...query, page })));
    }
    expect(Math.max(...counts)).toBeLessThanOrEqual(most);
    expect(counts[0]).toBe(counts[1]);
  });

  test('titles of 200 rows with links go in portions, not row by row', async () => {
    const list = (size: number): Promise<number> =>
      statementsOf(() => company.list('library.book', { titles: true, page: { number: 1, size } }));
    expect(await list(200)).toBeLessThanOrEqual((await list(20)) + 6);
  });

  test('a document with many rows', async () => {
    const reader = await company.create('library.reader', { name: 'x' });
    const create = (rows: number): Promise<number> =>
      statementsOf(() =>
        company.create('library.loan', {
          reader: reader.id,
          lines: Array.from({ length: rows }, (_, index) => ({ book: String(index + 1), days: '1' })),
        }),
      );
    expect(await create(50)).toBe(await create(3));
  });

  test('many documents that are written together', async () => {
    const create = (loans: number): Promise<number> =>
      statementsOf(() =>
        company.oneByOne(
          'library.loan',
          Array.from({ length: loans }, (_, index) => ({
            reader: '1',
            lines: [{ book: String(index + 1), days: '1' }],
          })),
        ),
      );
    expect(await create(60)).toBe(await create(3));
  });
});
