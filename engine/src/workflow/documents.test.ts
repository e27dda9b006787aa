import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examineBooks } from '../ledger/doctor.ts';
import { rollUp } from '../ledger/rollup.ts';
import { keeper, openTestBooks } from '../ledger/test-books.ts';
import type { TestBooks } from '../ledger/test-books.ts';
import type { RecordInput } from '../metamodel/operation.ts';
import { seal } from '../records/authorized.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { readingFrom } from '../records/write-unit.ts';
import { testBackends } from '../storage/test-server.ts';
import { takeAction } from './document-actions.ts';
import { impactOf } from './impact.ts';
import { relatedTo } from './related.ts';

describe.each(testBackends)('documents that post on $name', (backend) => {
  let books: TestBooks;
  let goods: ReadonlyMap<string, string>;
  let places: ReadonlyMap<string, string>;

  beforeAll(async () => {
    books = await openTestBooks(backend, 'rk_books_documents');
    const ids = async (name: string): Promise<ReadonlyMap<string, string>> =>
      new Map((await books.rows(`SELECT code, id FROM {${name}}`)).map(([code, id]) => [String(code), String(id)]));
    goods = await ids('depot_good');
    places = await ids('depot_place');
  });
  afterAll(() => books.close());

  const act = async (record: JsonRecord, entity: string, action: string): Promise<JsonRecord> => {
    const operation = { kind: 'action', entity, id: record.id, action, version: null } as const;
    const mayCreate = seal({ kind: 'create', entity, input: {} } as const, books.entity(entity), keeper);
    return (await takeAction(books.context, seal(operation, books.entity(entity), keeper), mayCreate)).record;
  };
  const draft = (kind: 'arrival' | 'departure' | 'move', date: string, lines: RecordInput[], more: RecordInput = {}) =>
    books.create(`depot.${kind}`, { date, place: places.get('A'), lines, ...more });
  const submitted = async (
    kind: 'arrival' | 'departure' | 'move',
    date: string,
    lines: RecordInput[],
    more: RecordInput = {},
  ) => act(await draft(kind, date, lines, more), `depot.${kind}`, 'submit');
  const line = (good: string, quantity: string, cost?: string): RecordInput => ({
    good: goods.get(good),
    quantity,
    ...(cost === undefined ? {} : { cost }),
  });
  const stock = async (good: string, place = 'A'): Promise<readonly unknown[]> => {
    const [row] = await books.rows(
      `SELECT quantity, value FROM {depot_stock__now_good_place} WHERE good_id = ${goods.get(good)} AND place_id = ${places.get(place)}`,
    );
    // SQLite counts the smallest units.
    const units = books.database.dialect === 'sqlite' ? [1e4, 1e2] : [1, 1];
    return (row ?? []).map((raw, index) => Number(raw) / Number(units[index]));
  };
  const sound = async (): Promise<void> => {
    expect(await examineBooks(readingFrom(books.context, books.database))).toEqual([]);
  };

  test('a submitted document has its number, its entries and a balance', async () => {
    const first = await draft('arrival', '2026-06-01', [line('SAND', '10', '100.00')]);
    expect(first).toMatchObject({ status: 'draft', stage: 'draft', number: null });
    const record = await act(first, 'depot.arrival', 'submit');
    expect(record).toMatchObject({ status: 'submitted', stage: 'submitted', number: 'A-2026-001', version: '2' });
    expect(await stock('SAND')).toEqual([10, 100]);
    expect(await books.rows('SELECT action, number, entity FROM {rk_voucher}')).toEqual([['post', 1, 'depot.arrival']]);
    await sound();
  });

  test('what leaves takes the average cost along, and the last of it the whole rest', async () => {
    await submitted('arrival', '2026-06-02', [line('SAND', '5', '80.00')]);
    const left = await submitted('departure', '2026-06-03', [line('SAND', '7')]);
    expect(left).toMatchObject({ number: 'D-2026-001' });
    expect(await stock('SAND')).toEqual([8, 96]);
    await submitted('departure', '2026-06-03', [line('SAND', '8')]);
    expect(await stock('SAND')).toEqual([0, 0]);
    await sound();
  });

  test('first in, first out takes the oldest cost', async () => {
    await submitted('arrival', '2026-06-02', [line('CEMENT', '10', '100.00')]);
    await submitted('arrival', '2026-06-03', [line('CEMENT', '10', '200.00')]);
    await submitted('departure', '2026-06-04', [line('CEMENT', '15')]);
    expect(await stock('CEMENT')).toEqual([5, 100]);
    await sound();
  });

  test('the standard cost values both ways', async () => {
    await submitted('arrival', '2026-06-02', [line('STONE', '10', '100.00')]);
    expect(await stock('STONE')).toEqual([10, 70]);
    await submitted('departure', '2026-06-04', [line('STONE', '4')]);
    expect(await stock('STONE')).toEqual([6, 42]);
    await sound();
  });

  test('a move carries the cost to another place', async () => {
    await submitted('move', '2026-06-05', [line('CEMENT', '2')], { target: places.get('B') });
    expect(await stock('CEMENT')).toEqual([3, 60]);
    expect(await stock('CEMENT', 'B')).toEqual([2, 40]);
    await sound();
  });

  test('a guard refuses with the row, in both languages, and leaves nothing behind', async () => {
    const before = await books.rows('SELECT COUNT(*) FROM {rk_voucher}');
    const record = await draft('departure', '2026-06-06', [line('STONE', '1'), line('CEMENT', '100')]);
    await expect(act(record, 'depot.departure', 'submit')).rejects.toMatchObject({
      code: 'invalid',
      faults: [
        {
          pointer: '/lines/1',
          code: 'guard',
          message: { en: 'Not enough CEMENT in A', id: 'CEMENT di A tidak cukup' },
        },
      ],
    });
    expect(await books.rows('SELECT COUNT(*) FROM {rk_voucher}')).toEqual(before);
    expect(await stock('STONE')).toEqual([6, 42]);
    await sound();
  });

  test('an issue dated back is refused when a later balance would go below zero', async () => {
    const record = await draft('departure', '2026-06-03', [line('STONE', '7')]);
    await expect(act(record, 'depot.departure', 'submit')).rejects.toMatchObject({ code: 'invalid' });
    const early = await draft('departure', '2026-06-01', [line('STONE', '1')]);
    await expect(act(early, 'depot.departure', 'submit')).rejects.toMatchObject({ code: 'invalid' });
    await sound();
  });

  test('cancelling writes the exact reverse and keeps the number', async () => {
    const arrival = await submitted('arrival', '2026-06-07', [line('STONE', '3', '30.00')]);
    const cancelled = await act(arrival, 'depot.arrival', 'cancel');
    expect(cancelled).toMatchObject({ status: 'cancelled', stage: 'cancelled', number: arrival['number'] });
    expect(await stock('STONE')).toEqual([6, 42]);
    await expect(act(cancelled, 'depot.arrival', 'cancel')).rejects.toMatchObject({ code: 'wrong-state' });
    await expect(act(cancelled, 'depot.arrival', 'submit')).rejects.toMatchObject({ code: 'wrong-state' });
    const amended = await act(cancelled, 'depot.arrival', 'amend');
    expect(amended).toMatchObject({ status: 'draft', number: null, amended_from: cancelled.id });
    await sound();
  });

  test('goods that are gone cannot be un-received', async () => {
    const arrival = await submitted('arrival', '2026-06-08', [line('SAND', '4', '40.00')]);
    await submitted('departure', '2026-06-09', [line('SAND', '3')]);
    await expect(act(arrival, 'depot.arrival', 'cancel')).rejects.toMatchObject({ code: 'invalid' });
    await sound();
  });

  test('a document that others build on stays', async () => {
    const departure = await submitted('departure', '2026-06-09', [line('SAND', '1')]);
    const [row] = departure['lines'] as unknown as readonly JsonRecord[];
    const back = await submitted('arrival', '2026-06-10', [{ ...line('SAND', '1'), back_of: row?.id }]);
    expect(await stock('SAND')).toEqual([1, 10]);
    await expect(act(departure, 'depot.departure', 'cancel')).rejects.toMatchObject({ code: 'has-dependents' });
    const operation = { kind: 'related', entity: 'depot.arrival', id: back.id } as const;
    const related = await relatedTo(
      readingFrom(books.context, books.database),
      seal(operation, books.entity('depot.arrival'), keeper),
    );
    expect(related).toMatchObject([
      { entity: 'depot.departure', id: departure.id, direction: 'from', status: 'submitted' },
    ]);
    await sound();
  });

  test('a closed month takes nothing; a reversal is dated today', async () => {
    const arrival = await submitted('arrival', '2026-04-10', [line('STONE', '1')]);
    await books.create('depot.month', { code: 'APRIL', from: '2026-04-01', to: '2026-04-30', is_open: false });
    const record = await draft('arrival', '2026-04-30', [line('STONE', '1')]);
    await expect(act(record, 'depot.arrival', 'submit')).rejects.toMatchObject({
      code: 'period-closed',
      parameters: { date: '2026-04-30' },
      faults: [{ pointer: '/date', code: 'period-closed' }],
    });
    await act(arrival, 'depot.arrival', 'cancel');
    const dates = await books.rows(
      `SELECT date FROM {rk_voucher} WHERE record_id = ${arrival.id} AND entity = 'depot.arrival' ORDER BY id`,
    );
    expect(dates.map(([date]) => String(date))).toEqual(['2026-04-10', '2026-06-15']);
    await sound();
  });

  test('the impact of a draft is what submitting would post, and changes nothing', async () => {
    const record = await draft('arrival', '2026-06-11', [line('SAND', '2', '25.00')]);
    const look = () =>
      impactOf(
        books.context,
        seal(
          { kind: 'impact', entity: 'depot.arrival', id: record.id } as const,
          books.entity('depot.arrival'),
          keeper,
        ),
      );
    const before = await books.rows('SELECT COUNT(*) FROM {rk_voucher}');
    const impact = await look();
    expect(impact).toMatchObject({ posted: false, faults: [] });
    expect(impact.vouchers[0]?.ledgers).toMatchObject([
      { ledger: 'depot.money', totals: { debit: '25.00', credit: '25.00' } },
      { ledger: 'depot.stock', entries: [{ line: 1, amounts: { quantity: '2.0000', value: '25.00' } }] },
    ]);
    expect(await books.rows('SELECT COUNT(*) FROM {rk_voucher}')).toEqual(before);
    await act(record, 'depot.arrival', 'submit');
    expect((await look()).vouchers).toMatchObject([{ action: 'post', date: '2026-06-11' }]);
  });

  test('monthly balances are the sums of their entries, rolled up once', async () => {
    await rollUp(books.database, books.context.model);
    expect(await rollUp(books.database, books.context.model)).toBe(0);
    await sound();
  });

  test('parallel posters on the same goods wait for each other and lose nothing', async () => {
    await submitted('arrival', '2026-06-12', [line('SAND', '100', '1000.00'), line('CEMENT', '100', '900.00')]);
    const [quantity] = (await stock('SAND')) as [number];
    const drafts = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        draft(
          'departure',
          '2026-06-13',
          index % 2 === 0 ? [line('SAND', '1'), line('CEMENT', '1')] : [line('CEMENT', '1'), line('SAND', '1')],
        ),
      ),
    );
    const done = await Promise.allSettled(drafts.map((each) => act(each, 'depot.departure', 'submit')));
    expect(done.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect((await stock('SAND'))[0]).toBe(quantity - 24);
    await sound();
  });

  test('submitting the same draft many times at once submits it once', async () => {
    const record = await draft('departure', '2026-06-14', [line('SAND', '1')]);
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => act(record, 'depot.departure', 'submit')));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await sound();
  });
});
