import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, Operator } from '../metamodel/field-type.ts';
import type { Condition, ListQuery } from '../metamodel/operation.ts';
import { testBackends } from '../storage/test-server.ts';
import { openTestCompany } from './test-company.ts';
import type { TestCompany } from './test-company.ts';

/** `where('author.name', 'eq', 'Ann')` */
function where(path: string, operator: Operator, value: Json): Condition {
  return { kind: 'compare', path: path.split('.'), operator, value, at: `/filter/${path}` };
}
const and = (...of: Condition[]): Condition => ({ kind: 'and', of });
const or = (...of: Condition[]): Condition => ({ kind: 'or', of });
const not = (of: Condition): Condition => ({ kind: 'not', of });

describe.each(testBackends)('lists on $name', (backend) => {
  let company: TestCompany;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    company = await openTestCompany(backend);
    const make = async (entity: string, name: string, input: Record<string, unknown> = {}): Promise<void> => {
      ids[name] = (await company.create(entity, { name, ...input })).id;
    };
    await make('library.fee-kind', 'Standard');
    await make('library.author', 'Ann');
    await make('library.author', 'Bob');
    await make('library.genre', 'Fiction');
    await make('library.genre', 'Novel', { parent: ids['Fiction'] });
    await make('library.genre', 'Crime', { parent: ids['Novel'] });
    await make('library.genre', 'Cooking');
    await make('library.tag', 'old');
    await make('library.tag', 'good');
    await make('library.reader', 'Rina', { favourite: ids['Ann'] });
    const books = [
      { name: 'Alpha', author: 'Ann', genre: 'Crime', price: '10', pages: 100, published: '2001-01-01', tags: ['old'] },
      {
        name: 'Beta',
        author: 'Ann',
        genre: 'Novel',
        price: '20.5',
        pages: 200,
        tags: ['old', 'good'],
        available: false,
      },
      {
        name: 'Gamma 100%',
        author: 'Bob',
        genre: 'Cooking',
        price: '20.50',
        published: '2020-06-30',
        condition: 'used',
      },
      { name: 'Delta_x', price: '1000', pages: 50, condition: 'new' },
    ];
    for (const [index, { author, genre, tags, ...book }] of books.entries()) {
      await make('library.book', book.name, {
        ...book,
        isbn: `isbn-${index}`,
        author: author === undefined ? null : ids[author],
        genre: genre === undefined ? null : ids[genre],
        tags: (tags ?? []).map((tag) => ids[tag]),
      });
    }
    const lines = [
      { book: ids['Alpha'], days: '2' },
      { book: ids['Gamma 100%'], days: '7' },
    ];
    ids['loan'] = (await company.create('library.loan', { reader: ids['Rina'], lines })).id;
  });
  afterAll(() => company.close());

  const namesWhere = async (condition: Condition, query: Partial<ListQuery> = {}): Promise<readonly unknown[]> => {
    const { records, total } = await company.list('library.book', { condition, ...query });
    expect(total).toBe(records.length);
    return records.map((record) => record['name']);
  };

  test.each<[string, () => Condition, string[]]>([
    ['equal text, whatever the case', () => where('name', 'eq', 'ALPHA'), ['Alpha']],
    ['other text', () => where('name', 'ne', 'Alpha'), ['Beta', 'Delta_x', 'Gamma 100%']],
    ['equal money, whatever its digits', () => where('price', 'eq', '20.500'), ['Beta', 'Gamma 100%']],
    ['money from an address', () => where('price', 'gte', '20.5'), ['Beta', 'Delta_x', 'Gamma 100%']],
    ['money between', () => where('price', 'between', ['10', '20.5']), ['Alpha', 'Beta', 'Gamma 100%']],
    ['a whole number from an address', () => where('pages', 'lt', '100'), ['Delta_x']],
    ['beyond the limits of the field', () => where('pages', 'gt', -5), ['Alpha', 'Beta', 'Delta_x']],
    ['a boolean', () => where('available', 'eq', false), ['Beta']],
    ['a boolean from an address', () => where('available', 'eq', 'true'), ['Alpha', 'Delta_x', 'Gamma 100%']],
    ['a date', () => where('published', 'lte', '2001-01-01'), ['Alpha']],
    ['no date', () => where('published', 'null', 'true'), ['Beta', 'Delta_x']],
    ['some date', () => where('published', 'null', false), ['Alpha', 'Gamma 100%']],
    ['an option', () => where('condition', 'in', 'used,new'), ['Delta_x', 'Gamma 100%']],
    ['other options, none included', () => where('condition', 'nin', ['used']), ['Alpha', 'Beta', 'Delta_x']],
    [
      'an instant',
      () => where('created_at', 'gte', '2026-03-14T16:26:53+07:00'),
      ['Alpha', 'Beta', 'Delta_x', 'Gamma 100%'],
    ],
    ['part of a text', () => where('name', 'contains', 'LPH'), ['Alpha']],
    ['a text with signs of LIKE', () => where('name', 'contains', '0%'), ['Gamma 100%']],
    ['an underscore', () => where('name', 'contains', 'a_'), ['Delta_x']],
    ['the beginning', () => where('name', 'starts_with', 'be'), ['Beta']],
    ['the end', () => where('name', 'ends_with', 'ta'), ['Beta']],
    ['an id', () => where('id', 'eq', String(ids['Beta'])), ['Beta']],
    ['what is no id', () => where('id', 'eq', "1' OR 1=1"), []],
    ['a link', () => where('author', 'eq', String(ids['Ann'])), ['Alpha', 'Beta']],
    ['through a link', () => where('author.name', 'eq', 'Bob'), ['Gamma 100%']],
    ['not through a link', () => not(where('author.name', 'eq', 'Bob')), ['Alpha', 'Beta', 'Delta_x']],
    ['under a place of a tree', () => where('genre', 'under', String(ids['Fiction'])), ['Alpha', 'Beta']],
    ['many-to-many', () => where('tags', 'eq', String(ids['good'])), ['Beta']],
    ['through many-to-many', () => where('tags.name', 'eq', 'old'), ['Alpha', 'Beta']],
    ['nothing many-to-many', () => where('tags', 'null', true), ['Delta_x', 'Gamma 100%']],
    ['both', () => and(where('author.name', 'eq', 'Ann'), where('pages', 'gt', 100)), ['Beta']],
    ['either', () => or(where('author.name', 'eq', 'Bob'), where('pages', 'eq', 50)), ['Delta_x', 'Gamma 100%']],
    ['nothing at all', () => and(), ['Alpha', 'Beta', 'Delta_x', 'Gamma 100%']],
  ])('filter by %s', async (_, condition, names) => {
    expect(await namesWhere(condition())).toEqual(names);
  });

  test('filter by the rows of a record', async () => {
    const found = async (condition: Condition): Promise<number> =>
      (await company.list('library.loan', { condition })).total;
    expect(await found(where('lines.book', 'eq', String(ids['Alpha'])))).toBe(1);
    expect(await found(where('lines.book.author.name', 'eq', 'Bob'))).toBe(1);
    expect(await found(where('lines.days', 'gt', '7'))).toBe(0);
    expect(await found(where('lines', 'null', true))).toBe(0);
    expect(await found(where('reader.favourite.name', 'eq', 'Ann'))).toBe(1);
  });

  test('refuses unknown names, operators and values all at once', async () => {
    const condition = and(
      where('nmae', 'eq', 'x'),
      where('author.nmae', 'eq', 'x'),
      where('name.x', 'eq', 'x'),
      where('given_by', 'eq', 'x'),
      where('available', 'gt', true),
      where('price', 'eq', 'much'),
      where('genre', 'under', 'x'),
      where('author', 'null', true),
    );
    const query = {
      condition,
      sort: [{ path: ['nmae'], descending: false }],
      fields: ['x'],
      include: [['pages'], ['y']],
    };
    await expect(company.list('library.book', query)).rejects.toMatchObject({
      code: 'malformed-query',
      status: 400,
      faults: [
        { pointer: '/fields/x', code: 'unknown-field' },
        { pointer: '/include/pages', code: 'not-a-link' },
        { pointer: '/include/y', code: 'unknown-field' },
        { pointer: '/filter/nmae', code: 'unknown-field', parameters: { nearest: 'name' } },
        { pointer: '/filter/author.nmae', code: 'unknown-field' },
        { pointer: '/filter/name.x', code: 'not-a-link' },
        { pointer: '/filter/given_by', code: 'unknown-operator' },
        { pointer: '/filter/available', code: 'unknown-operator' },
        { pointer: '/filter/price', code: 'number' },
        { pointer: '/filter/genre', code: 'unknown-operator' },
        { pointer: '/sort/nmae', code: 'unknown-field' },
      ],
    });
  });

  test('sort, page and count', async () => {
    const page = async (number: number, sort: ListQuery['sort']): Promise<unknown> => {
      const { records, total } = await company.list('library.book', { sort, page: { number, size: 3 } });
      return [records.map((record) => record['name']), total];
    };
    const byPrice = [{ path: ['price'], descending: true }];
    expect(await page(1, byPrice)).toEqual([['Delta_x', 'Gamma 100%', 'Beta'], 4]);
    expect(await page(2, byPrice)).toEqual([['Alpha'], 4]);
    expect(await page(3, byPrice)).toEqual([[], 4]);
    expect(
      await page(1, [
        { path: ['author', 'name'], descending: true },
        { path: ['pages'], descending: false },
      ]),
    ).toEqual([['Gamma 100%', 'Alpha', 'Beta'], 4]);
    expect(await page(1, [{ path: ['id'], descending: true }])).toEqual([['Delta_x', 'Gamma 100%', 'Beta'], 4]);
  });

  test('choose fields', async () => {
    const { records } = await company.list('library.book', { fields: ['name', 'tags'], page: { number: 1, size: 1 } });
    expect(records).toEqual([{ id: ids['Alpha'], version: '1', name: 'Alpha', tags: [ids['old']] }]);
    const loans = await company.list('library.loan', { fields: ['lines'] });
    expect(loans.records).toMatchObject([{ id: ids['loan'], lines: [{ days: '2.0000' }, { days: '7.0000' }] }]);
    const authors = await company.list('library.author', { fields: ['worth'] });
    expect(authors.records.map((record) => record['worth'])).toEqual(['10.00', '0.00']);
  });

  test('embed links, rows and what rows link to', async () => {
    const { records } = await company.list('library.loan', {
      include: [
        ['reader', 'favourite'],
        ['lines', 'book', 'author'],
        ['lines', 'book', 'tags'],
      ],
    });
    expect(records).toMatchObject([
      {
        reader: { id: ids['Rina'], name: 'Rina', favourite: { name: 'Ann' } },
        lines: [
          { book: { name: 'Alpha', author: { name: 'Ann' } } },
          { book: { name: 'Gamma 100%', author: { name: 'Bob' } } },
        ],
      },
    ]);
    const books = await company.list('library.book', { include: [['tags']], condition: where('name', 'eq', 'Beta') });
    expect(books.records).toMatchObject([{ tags: [{ name: 'old' }, { name: 'good' }] }]);
  });

  test('name records and what they link to', async () => {
    const { records } = await company.list('library.book', { titles: true, fields: ['author', 'genre'] });
    expect(records.map((record) => [record['_title'], record['_titles']])).toEqual([
      ['Alpha (Ann)', { author: 'Ann', genre: 'Crime' }],
      ['Beta (Ann)', { author: 'Ann', genre: 'Novel' }],
      ['Delta_x ()', {}],
      ['Gamma 100% (Bob)', { author: 'Bob', genre: 'Cooking' }],
    ]);
    const operation = {
      kind: 'get',
      entity: 'library.loan',
      id: String(ids['loan']),
      include: [],
      titles: true,
    } as const;
    expect((await company.run<'get'>(operation)).record).toMatchObject({
      _title: 'Rina',
      _titles: { reader: 'Rina' },
      lines: [{ _titles: { book: 'Alpha (Ann)' } }, {}],
    });
  });

  test.each([
    ['alp', ['Alpha']],
    ['ISBN', ['Alpha', 'Beta', 'Delta_x', 'Gamma 100%']],
    ['isbn 3 del', ['Delta_x']],
    ['gamma 100', ['Gamma 100%']],
    ['lpha', []],
    ['ann', []],
    ['…', []],
    ["' OR 1=1 --", []],
  ])('search for “%s”', async (search, names) => {
    const { records, total } = await company.list('library.book', { search });
    expect(records.map((record) => record['name'])).toEqual(names);
    expect(total).toBe(names.length);
  });

  test('search within a filter, and find what was renamed', async () => {
    expect(await namesWhere(where('price', 'lt', '15'), { search: 'isbn' })).toEqual(['Alpha']);
    const tag = await company.create('library.reader', { name: 'Sari Dewi' });
    await company.update('library.reader', tag.id, { name: 'Sari Putri' });
    expect(await company.list('library.reader', { search: 'dewi' })).toMatchObject({ total: 0 });
    expect(await company.list('library.reader', { search: 'put sari' })).toMatchObject({ total: 1 });
  });
});
