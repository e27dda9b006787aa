import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examineBooks } from '../ledger/doctor.ts';
import { keeper, openTestBooks } from '../ledger/test-books.ts';
import type { TestBooks } from '../ledger/test-books.ts';
import { seal } from '../records/authorized.ts';
import { readingFrom } from '../records/write-unit.ts';
import { testBackends } from '../storage/test-server.ts';
import { watched } from '../storage/test-watched.ts';
import { takeAction } from './document-actions.ts';

class Killed extends Error {}

/** Everything that an action may leave behind. */
const TRACES = ['rk_voucher', 'rk_sequence', 'rk_history', 'rk_outbox', 'depot_stock__entries', 'depot_money__entries'];

describe.each(testBackends)('an action that dies on $name', (backend) => {
  let books: TestBooks;
  let goods: readonly string[];
  let place: string;

  beforeAll(async () => {
    books = await openTestBooks(backend, 'rk_books_interrupted');
    goods = (await books.rows('SELECT id FROM {depot_good} ORDER BY id')).map(([id]) => String(id));
    place = String((await books.rows('SELECT MIN(id) FROM {depot_place}'))[0]?.[0]);
  });
  afterAll(() => books.close());

  const traces = async (): Promise<readonly unknown[]> => {
    const counts: unknown[] = [];
    for (const name of TRACES) counts.push((await books.rows(`SELECT COUNT(*) FROM {${name}}`))[0]?.[0]);
    counts.push(
      await books.rows('SELECT good_id, place_id, quantity, value FROM {depot_stock__now_good_place} ORDER BY 1, 2'),
    );
    return counts;
  };

  /** Runs the action again and again, each time dying at a later statement, until it comes through. */
  const dieEverywhere = async (entity: string, id: string, action: string): Promise<number> => {
    const operation = { kind: 'action', entity, id, action, version: null } as const;
    for (let last = 1; ; last += 1) {
      let count = 0;
      const database = watched(books.database, () => {
        count += 1;
        if (count === last) throw new Killed();
      });
      const before = await traces();
      const died = await takeAction(
        { ...books.context, database },
        seal(operation, books.entity(entity), keeper),
        null,
      ).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Killed) return true;
          throw error;
        },
      );
      expect(await examineBooks(readingFrom(books.context, books.database))).toEqual([]);
      if (!died) return last;
      expect(await traces()).toEqual(before);
    }
  };

  test('at any statement leaves nothing behind, and works when it is tried again', async () => {
    const lines = goods.map((good, index) => ({ good, quantity: String(index + 3), cost: '12.34' }));
    const arrival = await books.create('depot.arrival', { date: '2026-06-01', place, lines });
    expect(await dieEverywhere('depot.arrival', arrival.id, 'submit')).toBeGreaterThan(8);
    const departure = await books.create('depot.departure', {
      date: '2026-06-02',
      place,
      lines: goods.map((good) => ({ good, quantity: '1' })),
    });
    expect(await dieEverywhere('depot.departure', departure.id, 'submit')).toBeGreaterThan(8);
    expect(await dieEverywhere('depot.departure', departure.id, 'cancel')).toBeGreaterThan(8);
    expect(await dieEverywhere('depot.arrival', arrival.id, 'cancel')).toBeGreaterThan(8);
    expect(await books.rows('SELECT number FROM {depot_arrival}')).toEqual([['A-2026-001']]);
  });
});
