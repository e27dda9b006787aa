import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../base/errors.ts';
import { examineBooks } from '../ledger/doctor.ts';
import { recostQueued } from '../ledger/recost.ts';
import { keeper, openTestBooks } from '../ledger/test-books.ts';
import type { TestBooks } from '../ledger/test-books.ts';
import { seal } from '../records/authorized.ts';
import { readingFrom } from '../records/write-unit.ts';
import { StorageError } from '../storage/fault.ts';
import { testBackends } from '../storage/test-server.ts';
import { takeAction } from './document-actions.ts';

/*
 * Workers submit and cancel random documents at the same time, dated in any order. Whatever order that comes to, the
 * books must keep what they promise.
 */

const SEED = Number(process.env['RANGKA_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const WORKERS = 4;
const STEPS = 25;

const line = fc.record({
  good: fc.constantFrom('SAND', 'CEMENT'),
  quantity: fc.constantFrom('1', '2.5', '3', '0.3333', '7'),
  cost: fc.constantFrom('10.00', '33.33', '0.01', '99.99'),
});
const step = fc.record({
  do: fc.constantFrom('arrival', 'arrival', 'departure', 'move', 'cancel'),
  day: fc.integer({ min: 1, max: 9 }),
  turned: fc.boolean(),
  pick: fc.nat(1000),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe.each(testBackends)('documents of many at once on $name', (backend) => {
  let books: TestBooks;
  let ids: ReadonlyMap<string, string>;

  beforeAll(async () => {
    process.stdout.write(`parallel-property: RANGKA_TEST_SEED=${SEED}\n`);
    books = await openTestBooks(backend, 'rk_books_parallel');
    const all = await books.rows('SELECT code, id FROM {depot_good} UNION ALL SELECT code, id FROM {depot_place}');
    ids = new Map(all.map(([code, id]) => [String(code), String(id)]));
  });
  afterAll(() => books.close());

  const posted: { readonly entity: string; readonly id: string }[] = [];
  const counts = { done: 0, cancelled: 0, refused: 0 };

  /** False where the books refused it, or the database was too busy with others: then it has not happened. */
  const act = async (entity: string, id: string, action: string): Promise<boolean> => {
    const operation = { kind: 'action', entity, id, action, version: null } as const;
    try {
      await takeAction(books.context, seal(operation, books.entity(entity), keeper), null);
      return true;
    } catch (error) {
      const isGuarded = error instanceof Refusal && error.faults.some(({ code }) => code === 'guard');
      const isOvertaken = error instanceof Refusal && ['wrong-state', 'busy'].includes(error.code);
      const isBusy = error instanceof StorageError && error.kind === 'busy';
      if (!isGuarded && !isOvertaken && !isBusy) throw error;
      counts.refused += 1;
      return false;
    }
  };

  const play = async ({ do: what, day, turned, pick, lines }: Step): Promise<void> => {
    if (what === 'cancel') {
      const chosen = posted[pick % Math.max(1, posted.length)];
      if (chosen !== undefined && (await act(chosen.entity, chosen.id, 'cancel'))) counts.cancelled += 1;
      return;
    }
    const entity = `depot.${what}`;
    const [place, target] = turned ? ['B', 'A'] : ['A', 'B'];
    const { id } = await books.create(entity, {
      date: `2026-05-0${day}`,
      place: ids.get(String(place)),
      ...(what === 'move' ? { target: ids.get(String(target)) } : {}),
      lines: lines.map(({ good, ...rest }) => ({ ...rest, good: ids.get(good) })),
    });
    if (!(await act(entity, id, 'submit'))) return;
    posted.push({ entity, id });
    counts.done += 1;
  };

  const cents = async (sql: string): Promise<bigint> => {
    const [row] = await books.rows(sql);
    const raw = row?.[0] ?? 0;
    return books.database.dialect === 'sqlite' ? BigInt(raw as number | bigint) : BigInt(String(raw).replace('.', ''));
  };

  test.each(['submit', 'cancel'])('%s of one document by many at once happens once', async (action) => {
    const lines = [{ good: ids.get('SAND'), quantity: '1', cost: '5.00' }];
    const operation = { kind: 'action', entity: 'depot.arrival', version: null } as const;
    const take = (id: string, what: string): Promise<unknown> =>
      takeAction(books.context, seal({ ...operation, id, action: what }, books.entity('depot.arrival'), keeper), null);
    const { id } = await books.create('depot.arrival', { date: '2026-05-01', place: ids.get('A'), lines });
    if (action === 'cancel') await take(id, 'submit');
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => take(id, action)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of results) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'wrong-state' });
    }
  });

  test('keep every promise of the books', { timeout: 300_000 }, async () => {
    const plan = fc.sample(step, { seed: SEED, numRuns: WORKERS * STEPS });
    await Promise.all(
      Array.from({ length: WORKERS }, async (_, worker) => {
        for (const one of plan.slice(worker * STEPS, (worker + 1) * STEPS)) await play(one);
      }),
    );
    expect(counts.done).toBeGreaterThan(0);
    await recostQueued(books.context);

    // Balanced, never negative, numbers without gaps, nothing left of what was cancelled, balances as the entries say.
    const findings = (): Promise<unknown> => examineBooks(readingFrom(books.context, books.database));
    await expect.poll(findings, { timeout: 20_000, interval: 200 }).toEqual([]);
    const worth = await cents('SELECT COALESCE(SUM(value), 0) FROM {depot_stock__now_good_place}');
    const purse = await cents(
      'SELECT COALESCE(SUM(e.debit), 0) - COALESCE(SUM(e.credit), 0) FROM {depot_money__entries} e ' +
        "JOIN {depot_purse} p ON p.id = e.purse_id WHERE p.code = 'STOCK'",
    );
    expect(purse).toBe(worth);
    for (const name of ['arrival', 'departure', 'move']) {
      const numbers = (await books.rows(`SELECT number FROM {depot_${name}} WHERE number IS NOT NULL`))
        .map(([number]) => Number(String(number).slice(-3)))
        .sort((one, other) => one - other);
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
  });
});
