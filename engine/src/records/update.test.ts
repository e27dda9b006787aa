import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testBackends } from '../storage/test-server.ts';
import type { JsonRecord } from './stored-entity.ts';
import { openTestCompany } from './test-company.ts';
import type { TestCompany } from './test-company.ts';

function rowsOf(record: JsonRecord): readonly JsonRecord[] {
  return record['lines'] as readonly JsonRecord[];
}

describe.each(testBackends)('changing and deleting records on $name', (backend) => {
  let company: TestCompany;
  let book: JsonRecord;
  let loan: JsonRecord;
  beforeAll(async () => {
    company = await openTestCompany(backend);
  });
  beforeEach(async () => {
    await company.empty();
    await company.create('library.fee-kind', { name: 'Standard' });
    const reader = await company.create('library.reader', { name: 'Budi' });
    book = await company.create('library.book', { isbn: '1', name: 'One', price: '100' });
    const rows = [{ days: '1' }, { days: '2' }, { days: '3' }].map((row) => ({ ...row, book: book.id }));
    loan = await company.create('library.loan', { reader: reader.id, lines: rows });
  });
  afterAll(() => company.close());

  test('merges, computes again and keeps what was not named', async () => {
    const { record, version } = await company.update('library.book', book.id, { name: 'Eins', pages: 12 }, '1');
    expect(version).toBe('2');
    expect(record).toMatchObject({ ...book, version: '2', name: 'Eins', pages: 12, label: '1: Eins' });
    expect(await company.get('library.book', book.id)).toEqual(record);
  });

  test('writes nothing when nothing changes', async () => {
    const before = await company.rowsIn('rk_history');
    const input = { name: 'One', price: '100.00', tags: [] };
    expect(await company.update('library.book', book.id, input, '1')).toEqual({ record: book, version: '1' });
    expect(await company.rowsIn('rk_history')).toBe(before);
  });

  test('keeps, changes, adds, moves and removes rows by their ids', async () => {
    const [first, second, third] = rowsOf(loan) as [JsonRecord, JsonRecord, JsonRecord];
    const lines = [{ id: third.id }, { book: book.id, days: '9' }, { id: first.id, days: '5' }];
    const { record } = await company.update('library.loan', loan.id, { lines });
    expect(rowsOf(record)).toMatchObject([
      { id: third.id, days: '3.0000' },
      { days: '9.0000', rate: '100.00', amount: '900.00' },
      { id: first.id, days: '5.0000', amount: '500.00' },
    ]);
    expect(record).toMatchObject({ net: '1700.00', total: '1870.00' });
    expect(await company.get('library.loan', loan.id)).toEqual(record);
    // The derived row goes on being the same row.
    expect((record['fees'] as JsonRecord[])[0]?.id).toBe((loan['fees'] as JsonRecord[])[0]?.id);

    const { entries } = await company.run<'history'>({ kind: 'history', entity: 'library.loan', id: loan.id });
    const [before, after] = entries[0]?.changes['lines'] as unknown as [JsonRecord[], JsonRecord[]];
    expect(before.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(after.map(({ days }) => days)).toEqual(['9.0000', '5.0000']);
  });

  test.each<[string, (rows: readonly JsonRecord[]) => unknown[], [string, string][]]>([
    [
      'a row of another record',
      () => [{ id: '987654' }],
      [
        ['/lines/0/id', 'unknown-row'],
        ['/lines/0/book', 'required'],
      ],
    ],
    ['one row twice', ([row]) => [{ id: row?.id }, { id: row?.id }], [['/lines/1/id', 'duplicate-row']]],
    ['a wrong quantity', ([row]) => [{ id: row?.id }, { book: '1', days: 'x' }], [['/lines/1/days', 'number']]],
    ['no rows at all', () => [], [['/lines', 'too-few-rows']]],
  ])('refuses %s', async (_, lines, faults) => {
    const refused = await company
      .update('library.loan', loan.id, { lines: lines(rowsOf(loan)) })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'invalid' });
    const found = (refused as { faults: { pointer: string; code: string }[] }).faults;
    expect(found.map(({ pointer, code }) => [pointer, code])).toEqual(expect.arrayContaining(faults));
    expect(await company.get('library.loan', loan.id)).toEqual(loan);
  });

  test('refuses a stale version and shows the record as it is', async () => {
    const { record } = await company.update('library.book', book.id, { pages: 5 }, '1');
    const stale = { code: 'stale-version', status: 412, data: record };
    await expect(company.update('library.book', book.id, { pages: 6 }, '1')).rejects.toMatchObject(stale);
    await expect(company.remove('library.book', book.id, '1')).rejects.toMatchObject(stale);
  });

  test('lets a rule forbid a change', async () => {
    const { record } = await company.update('library.book', book.id, { shelf: 'A1', locked: true });
    expect(record).toMatchObject({ shelf: 'A1' });
    await expect(company.update('library.book', book.id, { shelf: 'A2' })).rejects.toMatchObject({
      faults: [{ pointer: '/shelf', code: 'read-only' }],
    });
    await company.update('library.book', book.id, { pages: 4 });
  });

  test('keeps a document that is no draft as it is', async () => {
    await company.execute(`UPDATE {schema}.library_loan SET status = 'submitted', stage = 'submitted'`);
    const refused = { code: 'not-a-draft', status: 409, parameters: { status: 'submitted' } };
    await expect(company.update('library.loan', loan.id, { date: '2026-03-01' })).rejects.toMatchObject(refused);
    await expect(company.remove('library.loan', loan.id)).rejects.toMatchObject(refused);
  });

  test.each(['0', '-1', '4711', 'x', '99999999999999999999', ''])('finds no record with the id “%s”', async (id) => {
    const missing = { code: 'not-found', status: 404 };
    await expect(company.get('library.book', id)).rejects.toMatchObject(missing);
    await expect(company.update('library.book', id, {})).rejects.toMatchObject(missing);
    await expect(company.remove('library.book', id)).rejects.toMatchObject(missing);
    await expect(company.run<'history'>({ kind: 'history', entity: 'library.book', id })).rejects.toMatchObject(
      missing,
    );
  });

  test('changes many-to-many fields in their order', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await company.create('library.tag', { name })).id);
    await company.update('library.book', book.id, { tags: ids });
    const { record } = await company.update('library.book', book.id, { tags: [ids[2], ids[0]] });
    expect(record).toMatchObject({ tags: [ids[2], ids[0]], version: '3' });
    expect(await company.get('library.book', book.id)).toEqual(record);
    await expect(company.update('library.book', book.id, { tags: [ids[0], '99'] })).rejects.toMatchObject({
      faults: [{ pointer: '/tags/1', code: 'unknown-record' }],
    });
  });

  test('keeps the paths of a tree, and refuses circles', async () => {
    const make = async (name: string, parent: string | null): Promise<string> =>
      (await company.create('library.genre', { name, parent })).id;
    const fiction = await make('Fiction', null);
    const novel = await make('Novel', fiction);
    const crime = await make('Crime', novel);
    const other = await make('Other', null);
    const paths = async (): Promise<Record<string, unknown>> =>
      Object.fromEntries(
        (await company.raw('SELECT name, tree_path FROM {schema}.library_genre')).map(([name, path]) => [
          String(name),
          path,
        ]),
      );

    expect(await paths()).toMatchObject({ Crime: `/${fiction}/${novel}/${crime}/` });
    const circle = { code: 'invalid', faults: [{ pointer: '/parent', code: 'tree-circle' }] };
    await expect(company.update('library.genre', fiction, { parent: crime })).rejects.toMatchObject(circle);
    await expect(company.update('library.genre', fiction, { parent: fiction })).rejects.toMatchObject(circle);

    await company.update('library.genre', novel, { parent: other });
    expect(await paths()).toEqual({
      Fiction: `/${fiction}/`,
      Novel: `/${other}/${novel}/`,
      Crime: `/${other}/${novel}/${crime}/`,
      Other: `/${other}/`,
    });
    await expect(company.remove('library.genre', novel)).rejects.toMatchObject({ code: 'still-linked' });
  });

  test('deletes a record with its rows, its words and its pairs, and keeps its history', async () => {
    await company.remove('library.loan', loan.id, '1');
    expect(await company.rowsIn('library_loan_line')).toBe(0);
    expect(await company.rowsIn('library_loan_fee')).toBe(0);
    const tag = await company.create('library.tag', { name: 'x' });
    await company.update('library.book', book.id, { tags: [tag.id] });
    await company.remove('library.book', book.id);
    expect(await company.rowsIn('library_book__tags')).toBe(0);
    expect(await company.raw(`SELECT word FROM {schema}.rk_word WHERE entity = 'library.book'`)).toEqual([]);
    expect(await company.list('library.book')).toMatchObject({ total: 0 });
    const history = await company.raw('SELECT action, version FROM {schema}.rk_history ORDER BY id DESC LIMIT 1');
    expect(history).toEqual([['delete', 2]]);
  });

  test('refuses to delete what others link to, and names them', async () => {
    const tag = await company.create('library.tag', { name: 'x' });
    await company.update('library.book', book.id, { tags: [tag.id] });
    await expect(company.remove('library.tag', tag.id)).rejects.toMatchObject({
      code: 'still-linked',
      status: 409,
      parameters: { users: 'Book (1)' },
    });
    await expect(company.remove('library.book', book.id)).rejects.toMatchObject({
      parameters: { users: 'Loan (3)' },
      data: { users: [{ entity: 'library.loan', count: 3 }] },
    });
    expect(await company.list('library.book', { search: 'one' })).toMatchObject({ total: 1 });
  });

  describe('in bulk', () => {
    const create = (entity: string, input: Record<string, unknown>) => ({ kind: 'create', entity, input }) as const;

    test('does everything in one transaction, later operations seeing earlier ones', async () => {
      const answers = await company.bulk([
        create('library.tag', { name: 'a' }),
        { kind: 'update', entity: 'library.book', id: book.id, input: { pages: 3 }, version: '1' },
        { kind: 'update', entity: 'library.book', id: book.id, input: { pages: 4 }, version: '2' },
        { kind: 'delete', entity: 'library.loan', id: loan.id, version: null },
      ]);
      expect(answers).toMatchObject([{ record: { name: 'a' } }, { version: '2' }, { version: '3' }, { id: loan.id }]);
      expect(await company.list('library.loan')).toMatchObject({ total: 0 });
    });

    test('does nothing when anything is wrong, and points at all of it', async () => {
      await expect(
        company.bulk([
          create('library.tag', { name: 'a' }),
          create('library.tag', { nmae: 'b' }),
          { kind: 'update', entity: 'library.book', id: book.id, input: { pages: 0 }, version: null },
        ]),
      ).rejects.toMatchObject({
        code: 'invalid',
        faults: [
          { pointer: '/operations/1/input/nmae', code: 'unknown-field' },
          { pointer: '/operations/1/input/name', code: 'required' },
          { pointer: '/operations/2/input/pages', code: 'minimum' },
        ],
      });
      await expect(
        company.bulk([create('library.tag', { name: 'a' }), create('library.tag', { name: 'A' })]),
      ).rejects.toMatchObject({ code: 'already-exists', faults: [{ pointer: '/operations/1/input/name' }] });
      await expect(
        company.bulk([
          create('library.tag', { name: 'a' }),
          { kind: 'delete', entity: 'library.tag', id: '99', version: null },
        ]),
      ).rejects.toMatchObject({ code: 'not-found', faults: [{ pointer: '/operations/1', code: 'not-found' }] });
      expect(await company.rowsIn('library_tag')).toBe(0);
      expect(await company.list('library.tag')).toMatchObject({ total: 0 });
    });
  });
});
