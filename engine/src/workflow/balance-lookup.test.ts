import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LedgerLookups } from '../ledger/lookups.ts';
import { rollUp } from '../ledger/rollup.ts';
import { keeper, openTestBooks } from '../ledger/test-books.ts';
import type { TestBooks } from '../ledger/test-books.ts';
import { seal } from '../records/authorized.ts';
import { readingFrom } from '../records/write-unit.ts';
import { testBackends } from '../storage/test-server.ts';
import { takeAction } from './document-actions.ts';

describe.each(testBackends)('what an expression finds with balance() on $name', (backend) => {
  let books: TestBooks;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    books = await openTestBooks(backend, 'rk_books_lookup');
    for (const name of ['depot_good', 'depot_place', 'depot_purse']) {
      for (const [code, id] of await books.rows(`SELECT code, id FROM {${name}}`)) ids.set(String(code), String(id));
    }
  });
  afterAll(() => books.close());

  const arrive = async (date: string, cost: string): Promise<void> => {
    const lines = [{ good: ids.get('SAND'), quantity: '1', cost }];
    const entity = books.entity('depot.arrival');
    const { id } = await books.create('depot.arrival', { date, place: ids.get('A'), lines });
    const operation = { kind: 'action', entity: 'depot.arrival', id, action: 'submit', version: null } as const;
    await takeAction(books.context, seal(operation, entity, keeper), null);
  };
  const held = async (purse: string): Promise<string> => {
    const lookups = new LedgerLookups(readingFrom(books.context, books.database));
    const at = { purse: ids.get(purse) ?? null };
    lookups.balance('depot.money', at, 'debit');
    await lookups.loadMissing();
    return lookups.balance('depot.money', at, 'debit').toString();
  };

  const heldUntil = async (purse: string | null, until: string): Promise<number> => {
    const lookups = new LedgerLookups(readingFrom(books.context, books.database));
    const at: Readonly<Record<string, string | null>> = purse === null ? {} : { purse: ids.get(purse) ?? null };
    lookups.balance('depot.money', at, 'debit', until);
    await lookups.loadMissing();
    return Number(lookups.balance('depot.money', at, 'debit', until).toString());
  };

  test('months that are kept and what is still in the queue are added up, each once', async () => {
    expect(Number(await held('STOCK'))).toBe(0);
    await arrive('2026-04-10', '100.25');
    await arrive('2026-06-01', '10.50');
    expect(Number(await held('STOCK'))).toBe(110.75);
    await rollUp(books.database, books.context.model);
    expect(await books.rows('SELECT * FROM {rk_rollup_queue}')).toEqual([]);
    expect(Number(await held('STOCK'))).toBe(110.75);
    await arrive('2026-06-02', '1.25');
    expect(Number(await held('STOCK'))).toBe(112);
    expect(Number(await held('COST'))).toBe(0);
  });

  // 100.25 on April 10, 10.50 on June 1; 1.25 on June 2 is still in the queue.
  test.each([
    ['2026-03-31', 0],
    ['2026-04-09', 0],
    ['2026-04-10', 100.25],
    ['2026-05-31', 100.25],
    ['2026-06-01', 110.75],
    ['2026-06-02', 112],
    ['2026-07-15', 112],
    ['2027-01-01', 112],
  ])('at the end of %s it was %d, from months, days and the queue', async (until, expected) => {
    expect(await heldUntil('STOCK', until)).toBe(expected);
    expect(await heldUntil(null, until)).toBe(expected);
  });
});
