import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../base/errors.ts';
import { testBackends } from '../storage/test-server.ts';
import { openTestCompany } from './test-company.ts';
import type { TestCompany } from './test-company.ts';

const PARALLEL = 24;

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(Array.from({ length: count }, (_, index) => make(index)));
}

function fulfilled<T>(results: readonly PromiseSettledResult<T>[]): readonly T[] {
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

describe.each(testBackends)('records under parallel use on $name', (backend) => {
  let company: TestCompany;
  beforeAll(async () => {
    company = await openTestCompany(backend);
  });
  beforeEach(() => company.empty());
  afterAll(() => company.close());

  test('numbers have no gap and no duplicate, even when some creations fail', async () => {
    const created = await times(PARALLEL, (index) =>
      company.create('library.author', { name: 'x', home_page: index % 3 === 0 ? 'no address' : null }),
    );
    const refusing = { ...company.context, beforeCommit: () => Promise.reject(new RangeError('no')) };
    await times(5, () => company.createIn(refusing, 'library.author', { name: 'x' }));
    const last = await company.create('library.author', { name: 'x' });

    const codes = [...fulfilled(created), last].map((record) => String(record['code'])).sort();
    const numbers = Array.from({ length: codes.length }, (_, index) => `AUT-${String(index + 1).padStart(3, '0')}`);
    expect(codes).toEqual(numbers);
    expect(codes).toHaveLength((PARALLEL * 2) / 3 + 1);
  });

  test('of changes that saw the same version, one is taken', async () => {
    const { id } = await company.create('library.reader', { name: 'x' });
    const results = await times(PARALLEL, (index) =>
      company.update('library.reader', id, { loan_days: 100 + index }, '1'),
    );
    const taken = fulfilled(results);
    expect(taken).toHaveLength(1);
    expect(await company.get('library.reader', id)).toEqual(taken[0]?.record);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'stale-version' });
    }
  });

  test('no acknowledged change of another field or row is lost', async () => {
    const reader = await company.create('library.reader', { name: 'x' });
    const book = await company.create('library.book', { isbn: '1', name: 'x' });
    const lines = [{ book: book.id, days: '1' }];
    const loan = await company.create('library.loan', { reader: reader.id, lines });
    const fields = ['pages', 'price', 'condition', 'published', 'shelf'];
    const values: Record<string, unknown> = {
      pages: 7,
      price: '8.00',
      condition: 'new',
      published: '2001-02-03',
      shelf: 'A',
    };
    const changes = await times(fields.length, (index) => {
      const name = fields[index] as string;
      return company.update('library.book', book.id, { [name]: values[name] });
    });
    const kept = fulfilled(changes);
    expect(kept).toHaveLength(fields.length);
    expect(await company.get('library.book', book.id)).toMatchObject({ ...values, version: String(kept.length + 1) });

    const rows = await times(8, async () => {
      const before = await company.get('library.loan', loan.id);
      const version = String(before['version']);
      const old = (before['lines'] as { id: string }[]).map(({ id }) => ({ id }));
      return company.update('library.loan', loan.id, { lines: [...old, { book: book.id, days: '1' }] }, version);
    });
    const after = await company.get('library.loan', loan.id);
    expect(after['lines']).toHaveLength(1 + fulfilled(rows).length);
  });

  test('a record deleted and changed at once is either', async () => {
    const { id } = await company.create('library.reader', { name: 'x' });
    const results = await times<unknown>(6, (index) =>
      index === 3 ? company.remove('library.reader', id) : company.update('library.reader', id, { loan_days: index }),
    );
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Refusal);
    const { total, records } = await company.list('library.reader');
    expect(total).toBe(records.length);
  });

  test('branches of a tree that move at once make no circle', async () => {
    const make = async (name: string, parent: string | null): Promise<string> =>
      (await company.create('library.genre', { name, parent })).id;
    const ids = await Promise.all(['a', 'b', 'c', 'd'].map((name) => make(name, null)));
    await times(12, (index) => {
      const [id, parent] = [ids[index % 4] as string, ids[(index * 7 + 1) % 4] as string];
      return company.update('library.genre', id, { parent });
    });
    const rows = await company.raw('SELECT id, parent_id, tree_path FROM {schema}.library_genre');
    const pathOf = new Map(rows.map(([id, , path]) => [String(id), String(path)]));
    for (const [id, parent, path] of rows) {
      expect(path).toBe(`${parent === null ? '/' : (pathOf.get(String(parent)) ?? '')}${String(id)}/`);
    }
  });

  test('the kept count is the true count, after anything', { timeout: 60_000 }, async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('create' as const), isbn: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ do: fc.constant('delete' as const), place: fc.nat(5) }),
      fc.record({ do: fc.constant('update' as const), place: fc.nat(5), isbn: fc.integer({ min: 1, max: 6 }) }),
      fc.record({
        do: fc.constant('bulk' as const),
        isbns: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await company.empty();
        const input = (isbn: number): Record<string, unknown> => ({ isbn: String(isbn), name: `Book ${isbn}` });
        const idAt = async (place: number): Promise<string> =>
          String((await company.list('library.book')).records[place]?.id ?? '1');
        await times(steps.length, async (index) => {
          const each = steps[index] as (typeof steps)[number];
          if (each.do === 'create') await company.create('library.book', input(each.isbn));
          if (each.do === 'delete') await company.remove('library.book', await idAt(each.place));
          if (each.do === 'update') await company.update('library.book', await idAt(each.place), input(each.isbn));
          if (each.do === 'bulk') {
            const create = (isbn: number) => ({ kind: 'create', entity: 'library.book', input: input(isbn) }) as const;
            await company.bulk(each.isbns.map(create));
          }
        });
        const rows = await company.rowsIn('library_book');
        const { total } = await company.list('library.book', { page: { number: 1, size: 1 } });
        expect(total).toBe(rows);
        const words = await company.raw(`SELECT record_id, word FROM {schema}.rk_word ORDER BY record_id, word`);
        const books = await company.raw(`SELECT id, isbn FROM {schema}.library_book`);
        const expected = books.flatMap(([id, isbn]) =>
          [
            [id, isbn],
            [id, 'book'],
          ].map(([at, word]) => `${String(at)} ${String(word)}`),
        );
        expect(words.map(([id, word]) => `${String(id)} ${String(word)}`).sort()).toEqual(expected.sort());
      }),
      { numRuns: 15 },
    );
  });
});
