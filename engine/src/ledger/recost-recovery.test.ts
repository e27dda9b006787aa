import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger, Valuation } from '../compiler/ledger-model.ts';
import { writeUnit } from '../records/write-unit.ts';
import { testBackends } from '../storage/test-server.ts';
import { watched } from '../storage/test-watched.ts';
import { recostAfter, recostQueued } from './recost.ts';
import { costKey } from './valuation/cost-key.ts';
import type { CostKey } from './valuation/cost-key.ts';
import { startOf } from './valuation/history.ts';
import { unsettledCosts } from './valuation/recost-queue.ts';
import { keeper, openTestYard } from './valuation/test-costs.ts';
import type { TestYard } from './valuation/test-costs.ts';

class Killed extends Error {}

const METHODS = ['fifo', 'average'] as const;
/** Entries of a step: few, so that many transactions follow one another. */
const STEP = 3;

describe.each(testBackends)('a re-costing that dies on $name', (backend) => {
  let yard: TestYard;
  let key: CostKey;

  beforeAll(async () => {
    yard = await openTestYard(backend, [{ code: 'SAND', method: 'average' }]);
    const good = String(yard.ids.get('SAND'));
    const place = String(yard.ids.get('A'));
    const target = String(yard.ids.get('B'));
    const ledger = yard.context.model.ledgers.get('yard.stock') as Ledger;
    key = costKey(ledger, ledger.valuation as Valuation, [good, place]);
    const arrive = (date: string, quantity: string, cost: string): Promise<string> =>
      yard.post('yard.arrival', { date, place, lines: [{ good, quantity, cost }] });
    await arrive('2026-03-01', '10', '100');
    await arrive('2026-03-02', '10', '300');
    for (let day = 3; day < 6; day += 1) {
      await yard.post('yard.departure', { date: `2026-03-0${day}`, place, lines: [{ good, quantity: '2' }] });
    }
    await yard.post('yard.move', { date: '2026-03-06', place, target, lines: [{ good, quantity: '9' }] });
    await yard.post('yard.departure', { date: '2026-03-07', place: target, lines: [{ good, quantity: '4' }] });
  });
  afterAll(() => yard.close());

  /** Everything that the costs come to. */
  const ends = async (): Promise<unknown> => ({
    held: [...(await yard.held())].sort(),
    summed: [...(await yard.summed())].sort(),
    stock: await yard.purse('STOCK'),
    costs: await yard.purse('COST'),
    layers: (await yard.rows('SELECT cost_key, entry_id, quantity, value FROM {rk_cost_layer} ORDER BY 1, 2')).map(
      String,
    ),
    waiting: await unsettledCosts(yard.database, 10),
  });
  /** Leaves a re-costing by another method unfinished. */
  const begin = async (method: string): Promise<void> => {
    await yard.change('yard.good', String(yard.ids.get('SAND')), { method });
    const from = startOf('2026-03-01');
    await writeUnit(yard.context, (unit) => recostAfter(unit, [{ key, from }], keeper, STEP));
    expect(await unsettledCosts(yard.database, 10)).toMatchObject([{ ledger: 'yard.stock', state: 'waiting' }]);
  };

  test(
    'goes on where it was, at whatever statement it died, and ends as if it had not',
    { timeout: 300_000 },
    async () => {
      const expected = new Map<string, unknown>();
      for (const method of METHODS) {
        await begin(method);
        await recostQueued(yard.context, STEP);
        expected.set(method, await ends());
      }
      expect(expected.get('fifo')).not.toEqual(expected.get('average'));

      const done = new Set<string>();
      let last = 1;
      for (; done.size < METHODS.length; last += 1) {
        const method = METHODS[last % METHODS.length] as string;
        await begin(method);
        let count = 0;
        const database = watched(yard.database, () => {
          count += 1;
          if (count === last) throw new Killed();
        });
        const died = await recostQueued({ ...yard.context, database }, STEP).then(
          () => false,
          (error: unknown) => {
            if (error instanceof Killed) return true;
            throw error;
          },
        );
        if (!died) done.add(method);
        // Whatever was committed until then agrees with itself.
        const worth = [...(await yard.held()).values()].reduce((sum, { value }) => sum + Number(value), 0);
        expect(await yard.purse('STOCK')).toBe(worth.toFixed(2));
        await recostQueued(yard.context, STEP);
        expect([last, await ends()]).toEqual([last, expected.get(method)]);
      }
      expect(last).toBeGreaterThan(20);
    },
  );
});
