import { afterAll, beforeEach, beforeAll, describe, expect, test } from 'vitest';
import { testBackends } from '../storage/test-server.ts';
import { openTestCompany } from './test-company.ts';
import type { TestCompany } from './test-company.ts';

describe.each(testBackends)('creating records on $name', (backend) => {
  let company: TestCompany;
  beforeAll(async () => {
    company = await openTestCompany(backend);
  });
  beforeEach(() => company.empty());
  afterAll(() => company.close());

  test('answers what a get answers afterwards', async () => {
    const author = await company.create('library.author', { name: 'Pramoedya' });
    const tag = await company.create('library.tag', { name: 'Novel' });
    const book = await company.create('library.book', {
      isbn: '979-1',
      name: 'Bumi Manusia',
      author: author.id,
      tags: [tag.id],
      price: '85000.5',
      pages: 535,
      published: '1980-08-25',
      bought_at: '2026-01-31T09:30:00+07:00',
      condition: 'used',
      given_by: 'Hasta Mitra',
      about: { entity: 'library.author', id: author.id },
      texts: { en: 'This Earth of Mankind', id: 'Bumi Manusia' },
    });
    expect(book).toMatchObject({
      version: '1',
      label: '979-1: Bumi Manusia',
      price: '85000.50',
      available: true,
      bought_at: '2026-01-31T02:30:00.000Z',
      given_by: 'Hasta Mitra',
      tags: [tag.id],
      created_at: '2026-03-14T09:26:53.589Z',
      updated_by: '7',
    });
    expect(await company.get('library.book', book.id)).toEqual(book);
  });

  test('fills in defaults through links that defaults gave, computes, and derives rows', async () => {
    const standard = await company.create('library.fee-kind', { name: 'Standard' });
    const rare = await company.create('library.fee-kind', { name: 'Rare', rate: '12.5' });
    const one = await company.create('library.book', { isbn: '1', name: 'One', price: '1000' });
    const two = await company.create('library.book', { isbn: '2', name: 'Two', price: '333.33', fee_kind: rare.id });
    const reader = await company.create('library.reader', { name: 'Budi', loan_days: 7 });
    expect(one).toMatchObject({ fee_kind: standard.id });

    const loan = await company.create('library.loan', {
      reader: reader.id,
      lines: [
        { book: one.id, days: '2' },
        { book: two.id, days: '0.5' },
        { book: one.id, rate: '10' },
      ],
    });
    expect(loan).toMatchObject({
      number: null,
      status: 'draft',
      date: '2026-03-14',
      due: '2026-03-21',
      lines: [
        { days: '2.0000', rate: '1000.00', amount: '2000.00' },
        { days: '0.5000', rate: '333.33', amount: '166.67', fee_kind: rare.id },
        { days: '1.0000', rate: '10.00', amount: '10.00' },
      ],
      fees: [
        { fee_kind: standard.id, base: '2010.00', amount: '201.00' },
        { fee_kind: rare.id, base: '166.67', amount: '20.83' },
      ],
      net: '2176.67',
      total: '2398.50',
    });
    expect(await company.get('library.loan', loan.id)).toEqual(loan);
  });

  test.each<[string, string, Record<string, unknown>, [string, string][]]>([
    [
      'nothing',
      'library.book',
      {},
      [
        ['/isbn', 'required'],
        ['/name', 'required'],
      ],
    ],
    [
      'every fault at once',
      'library.book',
      { nmae: 'x', isbn: 7, price: '-1', pages: 0, published: '2026-02-30', label: 'x', id: '1', condition: 'torn' },
      [
        ['/nmae', 'unknown-field'],
        ['/isbn', 'type'],
        ['/price', 'minimum'],
        ['/pages', 'minimum'],
        ['/published', 'date'],
        ['/label', 'read-only'],
        ['/id', 'read-only'],
        ['/condition', 'option'],
        ['/name', 'required'],
      ],
    ],
    ['an emptied text', 'library.book', { isbn: '1', name: '' }, [['/name', 'required']]],
    ['a condition met', 'library.book', { isbn: '1', name: 'x', condition: 'worn' }, [['/repair_note', 'required']]],
    ['a link to nothing', 'library.book', { isbn: '1', name: 'x', author: '99' }, [['/author', 'unknown-record']]],
    [
      'links to nothing beside other faults',
      'library.book',
      { isbn: '1', author: '99', tags: ['98'], about: { entity: 'library.genre', id: '97' } },
      [
        ['/name', 'required'],
        ['/about', 'unknown-record'],
        ['/author', 'unknown-record'],
        ['/tags/0', 'unknown-record'],
      ],
    ],
    [
      'a dynamic link to nothing',
      'library.book',
      { isbn: '1', name: 'x', about: { entity: 'library.genre', id: '97' } },
      [['/about', 'unknown-record']],
    ],
    [
      'too few rows',
      'library.loan',
      { lines: [] },
      [
        ['/reader', 'required'],
        ['/lines', 'too-few-rows'],
      ],
    ],
    [
      'rows',
      'library.loan',
      { reader: '99', date: '2026-03-14', due: '2026-03-01', lines: [{ days: '0' }, 'x', { id: '5', boook: '1' }] },
      [
        ['/lines/1', 'type'],
        ['/lines/2/boook', 'unknown-field'],
        ['/lines/1/id', 'unknown-row'],
        ['/reader', 'unknown-record'],
        ['/due', 'check'],
        ['/lines/0/book', 'required'],
        ['/lines/0/days', 'check'],
        ['/lines/1/book', 'required'],
      ],
    ],
    [
      'derived rows',
      'library.loan',
      { fees: [] },
      [
        ['/fees', 'read-only'],
        ['/reader', 'required'],
        ['/lines', 'too-few-rows'],
      ],
    ],
  ])('refuses %s and leaves nothing behind', async (_, entity, input, faults) => {
    const refused = company.create(entity, input);
    await expect(refused).rejects.toMatchObject({ code: 'invalid', status: 422 });
    const found = await refused.catch((error: { faults: { pointer: string; code: string }[] }) => error.faults);
    expect((found as { pointer: string; code: string }[]).map(({ pointer, code }) => [pointer, code])).toEqual(faults);
    for (const table of ['library_book', 'library_loan', 'rk_history', 'rk_outbox', 'rk_word', 'rk_counter']) {
      expect(await company.rowsIn(table), table).toBe(0);
    }
  });

  test('says what was probably meant, and what a check says in each language', async () => {
    await expect(company.create('library.book', { isbn: '1', name: 'x', publishd: 1 })).rejects.toMatchObject({
      faults: [{ pointer: '/publishd', code: 'unknown-field', parameters: { name: 'publishd', nearest: 'published' } }],
    });
    const reader = await company.create('library.reader', { name: 'Budi' });
    const book = await company.create('library.book', { isbn: '1', name: 'x' });
    const loan = { reader: reader.id, due: '2026-03-01', lines: [{ book: book.id }] };
    await expect(company.create('library.loan', loan)).rejects.toMatchObject({
      faults: [
        { message: { en: 'Due 1 Mar 2026 is before 14 Mar 2026', id: 'Jatuh tempo 1 Mar 2026 sebelum 14 Mar 2026' } },
      ],
    });
  });

  test('refuses a computed value that does not fit its field', async () => {
    const reader = await company.create('library.reader', { name: 'Budi' });
    const book = await company.create('library.book', { isbn: '1', name: 'x' });
    const row = { book: book.id, days: '99999999999999', rate: '9999999999999999' };
    await expect(company.create('library.loan', { reader: reader.id, lines: [row] })).rejects.toMatchObject({
      code: 'invalid',
      faults: expect.arrayContaining([expect.objectContaining({ pointer: '/lines/0/amount', code: 'precision' })]),
    });
  });

  test('refuses a record that the condition of a link excludes', async () => {
    const known = await company.create('library.author', { name: 'Known' });
    const anonymous = await company.create('library.author', { name: 'Anonymous' });
    const book = { isbn: '1', name: 'x', author: known.id };
    const fault = { code: 'invalid', faults: [{ pointer: '/second_author', code: 'link-filter' }] };
    await expect(company.create('library.book', { ...book, second_author: known.id })).rejects.toMatchObject(fault);
    await expect(company.create('library.book', { ...book, second_author: anonymous.id })).rejects.toMatchObject(fault);
  });

  test('refuses a value that is taken', async () => {
    await company.create('library.book', { isbn: 'A-1', name: 'x' });
    const refused = { code: 'already-exists', status: 409, faults: [{ pointer: '/isbn', code: 'unique' }] };
    await expect(company.create('library.book', { isbn: 'A-1', name: 'y' })).rejects.toMatchObject(refused);
    await expect(company.create('library.book', { isbn: 'a-1', name: 'y' })).rejects.toMatchObject(refused);
    expect(await company.list('library.book')).toMatchObject({ total: 1 });
  });

  test('numbers records one after the other, passing over numbers that were typed', async () => {
    const name = 'x';
    expect(await company.create('library.author', { name })).toMatchObject({ code: 'AUT-001' });
    expect(await company.create('library.author', { name, code: 'AUT-002' })).toMatchObject({ code: 'AUT-002' });
    await expect(company.create('library.author', { name, code: 'AUT-001' })).rejects.toMatchObject({
      code: 'already-exists',
    });
    expect(await company.create('library.author', { name })).toMatchObject({ code: 'AUT-003' });
    expect(await company.create('library.author', { name })).toMatchObject({ code: 'AUT-004' });
  });

  test('keeps one record of a single', async () => {
    const results = await Promise.allSettled(
      ['08:00', '09:00', '10:00'].map((opens) => company.create('library.opening', { opens })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await company.rowsIn('library_opening')).toBe(1);
    await expect(company.create('library.opening', { opens: '11:00' })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('keeps encrypted values out of the table and out of the history', async () => {
    const { id } = await company.create('library.book', { isbn: '1', name: 'x', given_by: 'Rahasia' });
    const [row] = await company.raw('SELECT given_by FROM {schema}.library_book');
    expect(row).toEqual(['sealed:aisahaR']);
    const { entries } = await company.run<'history'>({ kind: 'history', entity: 'library.book', id });
    expect(entries[0]?.changes['given_by']).toEqual([null, '•••']);
  });

  test('writes history and outbox with the record, and nothing when the commit is refused', async () => {
    const refusing = { ...company.context, beforeCommit: () => Promise.reject(new RangeError('no')) };
    await expect(company.createIn(refusing, 'library.tag', { name: 'x' })).rejects.toThrow(RangeError);
    expect(await company.rowsIn('library_tag')).toBe(0);
    expect(await company.rowsIn('rk_outbox')).toBe(0);

    let seen: unknown;
    const watching = { ...company.context, beforeCommit: (_: unknown, answer: unknown) => void (seen = answer) };
    const answer = await company.createIn(watching, 'library.tag', { name: 'x' });
    expect(seen).toEqual(answer);
    const { id } = answer.record;
    const { entries } = await company.run<'history'>({ kind: 'history', entity: 'library.tag', id });
    expect(entries).toEqual([
      {
        version: '1',
        action: 'create',
        actor: { kind: 'person', id: '7', name: 'Dewi' },
        at: '2026-03-14T09:26:53.589Z',
        changes: { name: [null, 'x'] },
      },
    ]);
    const outbox = await company.raw('SELECT topic, payload FROM {schema}.rk_outbox');
    expect(outbox).toEqual([
      [
        'record.created',
        JSON.stringify({ entity: 'library.tag', id, version: '1', action: 'create', fields: ['name'] }),
      ],
    ]);
  });

  test('previews without writing', async () => {
    const reader = await company.create('library.reader', { name: 'Budi' });
    const before = await company.rowsIn('rk_history');
    const preview = await company.run<'preview'>({
      kind: 'preview',
      entity: 'library.loan',
      input: { reader: reader.id, lines: [{ days: '3', rate: '2.5' }] },
    });
    expect(preview.record).toMatchObject({ due: '2026-03-28', net: '7.50', lines: [{ amount: '7.50' }] });
    expect(preview.faults).toMatchObject([{ pointer: '/lines/0/book', code: 'required' }]);
    expect(await company.rowsIn('rk_history')).toBe(before);
    await expect(
      company.run<'preview'>({ kind: 'preview', entity: 'library.loan', input: { date: 'soon' } }),
    ).rejects.toMatchObject({ code: 'invalid' });
  });
});
