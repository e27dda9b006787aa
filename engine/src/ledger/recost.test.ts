import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../base/errors.ts';
import type { Ledger, Valuation } from '../compiler/ledger-model.ts';
import { writeUnit } from '../records/write-unit.ts';
import { testBackends } from '../storage/test-server.ts';
import { recostAfter, recostQueued } from './recost.ts';
import { costKey } from './valuation/cost-key.ts';
import { startOf } from './valuation/history.ts';
import { keeper, openTestYard } from './valuation/test-costs.ts';
import type { TestYard } from './valuation/test-costs.ts';

let names = 0;

describe.each(testBackends)('costs of the past on $name', (backend) => {
  let yard: TestYard;

  beforeAll(async () => {
    yard = await openTestYard(backend, []);
  });
  afterAll(() => yard.close());

  const id = (code: string): string => String(yard.ids.get(code));
  const good = async (method: string, mayOwe = false): Promise<string> => {
    names += 1;
    const code = `G${names}`;
    await yard.addGood({ code, method, mayOwe });
    return code;
  };
  const arrival = (of: string, date: string, quantity: string, cost: string, place = 'A'): Promise<string> =>
    yard.post('yard.arrival', { date, place: id(place), lines: [{ good: id(of), quantity, cost }] });
  const departure = (of: string, date: string, quantity: string, place = 'A'): Promise<string> =>
    yard.post('yard.departure', { date, place: id(place), lines: [{ good: id(of), quantity }] });
  const move = (of: string, date: string, quantity: string, place: string, target: string): Promise<string> =>
    yard.post('yard.move', { date, place: id(place), target: id(target), lines: [{ good: id(of), quantity }] });
  const held = async (of: string, place = 'A'): Promise<string> => {
    const found = (await yard.held()).get(`${of} ${place}`);
    return found === undefined ? 'nothing' : `${Number(found.quantity)} for ${found.value}`;
  };
  const heldOn = async (of: string, date: string): Promise<string> => {
    const found = (await yard.summed(date)).get(`${of} A`);
    return found === undefined ? 'nothing' : `${Number(found.quantity)} for ${found.value}`;
  };
  /** What the purse of costs took while something was done. */
  const costs = async (work: () => Promise<unknown>): Promise<string> => {
    const before = Number(await yard.purse('COST'));
    await work();
    return (Number(await yard.purse('COST')) - before).toFixed(2);
  };
  const vouchersOf = async (entity: string, record: string): Promise<readonly string[]> => {
    const rows = await yard.rows(
      `SELECT action, number, date FROM {rk_voucher} WHERE entity = '${entity}' AND record_id = ${record} ORDER BY id`,
    );
    return rows.map((row) => row.map(String).join(' '));
  };
  /** Stock and its purse agree, entries and balances too, and nothing is worth nothing. */
  const expectSound = async (): Promise<void> => {
    const sums = await yard.summed();
    let worth = 0n;
    for (const [key, { quantity, value }] of await yard.held()) {
      expect([key, sums.get(key) ?? { quantity: '0.0000', value: '0.00' }]).toEqual([key, { quantity, value }]);
      if (Number(quantity) === 0) expect([key, value]).toEqual([key, '0.00']);
      worth += BigInt(value.replace('.', ''));
    }
    expect(BigInt((await yard.purse('STOCK')).replace('.', ''))).toBe(worth);
  };

  test('an earlier receipt changes what left later, in stock and in money', async () => {
    const of = await good('average');
    await arrival(of, '2026-03-01', '10', '100');
    let gone = '';
    expect(await costs(async () => (gone = await departure(of, '2026-03-10', '5')))).toBe('50.00');
    expect(await costs(() => arrival(of, '2026-03-05', '10', '200'))).toBe('25.00');
    expect(await held(of)).toBe('15 for 225.00');
    expect(await vouchersOf('yard.departure', gone)).toEqual(['post 1 2026-03-10', 'adjust 1 2026-03-10']);
    await expectSound();
  });

  test('goods that moved on carry their new cost to where they went', async () => {
    const of = await good('fifo');
    await arrival(of, '2026-03-02', '10', '100');
    await move(of, '2026-03-03', '4', 'A', 'B');
    expect(await costs(() => departure(of, '2026-03-04', '3', 'B'))).toBe('30.00');
    // Of what moved, two cost thirty now and two ten: it arrived as one lot of four for eighty.
    expect(await costs(() => arrival(of, '2026-03-01', '2', '60'))).toBe('30.00');
    expect(await held(of, 'B')).toBe('1 for 20.00');
    expect(await held(of)).toBe('8 for 80.00');
    await expectSound();
  });

  test('a chain of moves there and back ends', async () => {
    const of = await good('average');
    await arrival(of, '2026-03-02', '8', '80');
    for (const [day, from, to] of [
      ['03', 'A', 'B'],
      ['04', 'B', 'C'],
      ['05', 'C', 'A'],
      ['06', 'A', 'B'],
    ] as const) {
      await move(of, `2026-03-${day}`, '4', from, to);
    }
    expect(await costs(() => departure(of, '2026-03-07', '4', 'B'))).toBe('40.00');
    expect(await costs(() => arrival(of, '2026-03-01', '8', '240'))).toBe('40.00');
    await expectSound();
  });

  test('what was taken before it came is settled when it comes', async () => {
    const of = await good('average', true);
    await arrival(of, '2026-03-01', '2', '20');
    expect(await costs(() => departure(of, '2026-03-02', '5'))).toBe('50.00');
    expect(await held(of)).toBe('-3 for -30.00');
    expect(await costs(() => arrival(of, '2026-03-08', '4', '48'))).toBe('6.00');
    expect(await held(of)).toBe('1 for 12.00');
    expect(await heldOn(of, '2026-03-07')).toBe('-3 for -30.00');
    await expectSound();
  });

  test('what is settled comes back when the goods did come in time', async () => {
    const of = await good('fifo', true);
    const gone = await departure(of, '2026-03-02', '5');
    await arrival(of, '2026-03-08', '5', '60');
    expect(await held(of)).toBe('0 for 0.00');
    await arrival(of, '2026-03-01', '5', '55');
    expect(await held(of)).toBe('5 for 60.00');
    expect(await heldOn(of, '2026-03-02')).toBe('0 for 0.00');
    expect(await vouchersOf('yard.departure', gone)).toHaveLength(4);
    await expectSound();
  });

  test('goods that may not be owed any more can still be settled', async () => {
    const of = await good('average', true);
    await departure(of, '2026-03-02', '5');
    await yard.change('yard.good', id(of), { may_owe: false });
    await arrival(of, '2026-03-03', '2', '20');
    expect(await held(of)).toBe('-3 for 0.00');
    await expectSound();
  });

  test('a cancelled receipt was never there, a cancelled issue is back in its old place', async () => {
    const of = await good('fifo');
    await arrival(of, '2026-03-01', '5', '50');
    const dear = await arrival(of, '2026-03-02', '5', '500');
    await arrival(of, '2026-03-03', '5', '75');
    const gone = await departure(of, '2026-03-04', '3');
    expect(await costs(() => departure(of, '2026-03-05', '4'))).toBe('220.00');
    expect(await costs(() => yard.cancel('yard.arrival', dear))).toBe('-170.00');
    expect(await held(of)).toBe('3 for 45.00');
    // Of the first five the one issue that is left takes four.
    expect(await costs(() => yard.cancel('yard.departure', gone))).toBe('-40.00');
    expect(await costs(() => departure(of, '2026-03-06', '1'))).toBe('10.00');
    await expectSound();
  });

  test('a cancelled receipt whose goods are gone is refused', async () => {
    const of = await good('average');
    const came = await arrival(of, '2026-03-01', '5', '50');
    await departure(of, '2026-03-02', '5');
    await expect(yard.cancel('yard.arrival', came)).rejects.toThrow(Refusal);
    await expectSound();
  });

  test('what comes back costs what went out, to the last cent', async () => {
    const of = await good('average');
    await arrival(of, '2026-03-01', '3', '10');
    const gone = await departure(of, '2026-03-02', '3');
    await arrival(of, '2026-03-03', '3', '90');
    const [line] = await yard.lines('yard.departure', gone);
    const back = (): Promise<string> =>
      yard.post('yard.arrival', {
        date: '2026-03-04',
        place: id('A'),
        lines: [{ good: id(of), quantity: '1', back_of: line ?? null }],
      });
    await back();
    expect(await held(of)).toBe('4 for 93.33');
    await back();
    expect(await held(of)).toBe('5 for 96.67');
    await back();
    expect(await held(of)).toBe('6 for 100.00');
    // What went out turns out to have cost three times as much; so does what came back.
    await arrival(of, '2026-02-01', '3', '50');
    expect(await held(of)).toBe('9 for 150.00');
    await expectSound();
  });

  test('what comes back for more than was there costs what went out, though it settles that itself', async () => {
    const of = await good('fifo');
    await arrival(of, '2026-03-02', '5.0001', '18.29');
    await arrival(of, '2026-03-03', '1.25', '68.38');
    await arrival(of, '2026-03-02', '1', '3.66');
    const gone = await departure(of, '2026-03-03', '7');
    const [line] = await yard.lines('yard.departure', gone);
    const input = { good: id(of), quantity: '6', back_of: line ?? null };
    await yard.post('yard.arrival', { date: '2026-03-03', place: id('A'), lines: [input] });
    // Now 0.7499 of the seven were only there when six of them came back: 97.07 = 86.67 + 0.7499 / 6 of 83.20.
    await departure(of, '2026-03-02', '1');
    expect(await held(of)).toBe('5.2501 for 72.80');
    expect(await yard.rows('SELECT ledger FROM {rk_recost}')).toEqual([]);
    await expectSound();
  });

  test('freight is borne by what is there when it was there', async () => {
    const of = await good('fifo');
    const came = await arrival(of, '2026-03-01', '10', '100');
    await departure(of, '2026-03-02', '4');
    const [line] = await yard.lines('yard.arrival', came);
    const lines = [{ arrived: line ?? null, good: id(of), place: id('A'), share: '10' }];
    expect(await costs(() => yard.post('yard.freight', { date: '2026-03-03', lines }))).toBe('4.00');
    expect(await held(of)).toBe('6 for 66.00');
    expect(await costs(() => departure(of, '2026-03-04', '3'))).toBe('33.00');
    // Three more had gone before the freight came: three of ten are left to bear it.
    expect(await costs(() => departure(of, '2026-03-02', '3'))).toBe('33.00');
    expect(await held(of)).toBe('0 for 0.00');
    await expectSound();
  });

  test('a closed period keeps its books; the correction goes to the first open date, once', async () => {
    const of = await good('average');
    await arrival(of, '2026-01-05', '10', '100');
    const gone = await departure(of, '2026-01-20', '5');
    const month = await yard.create('yard.month', {
      code: 'JAN',
      from: '2026-01-15',
      to: '2026-01-31',
      is_open: false,
    });
    await arrival(of, '2026-01-10', '10', '200');
    expect(await heldOn(of, '2026-01-31')).toBe('15 for 250.00');
    expect(await heldOn(of, '2026-02-01')).toBe('15 for 225.00');
    expect(await vouchersOf('yard.departure', gone)).toEqual(['post 1 2026-01-20', 'adjust 1 2026-02-01']);
    await arrival(of, '2026-01-10', '1', '15');
    expect(await vouchersOf('yard.departure', gone)).toHaveLength(2);
    await yard.change('yard.month', month, { is_open: true });
    await expectSound();
  });

  test('what is too much for one posting goes on after it, step by step', async () => {
    const of = await good('average');
    await arrival(of, '2026-03-01', '10', '100');
    await arrival(of, '2026-03-02', '10', '300');
    for (let day = 3; day < 9; day += 1) await departure(of, `2026-03-0${day}`, '2');
    await move(of, '2026-03-09', '4', 'A', 'B');
    expect(await held(of)).toBe('4 for 80.00');
    await yard.change('yard.good', id(of), { method: 'fifo' });
    const ledger = yard.context.model.ledgers.get('yard.stock') as Ledger;
    const key = costKey(ledger, ledger.valuation as Valuation, [id(of), id('A')]);
    await writeUnit(yard.context, (unit) => recostAfter(unit, [{ key, from: startOf('2026-03-01') }], keeper, 3));
    await expectSound();
    const waiting = await yard.rows("SELECT date FROM {rk_recost} WHERE state = 'waiting'");
    expect(waiting.map(String)).toEqual(['2026-03-03']);
    // A posting in between neither waits nor spoils it.
    await departure(of, '2026-03-10', '1');
    await expectSound();
    expect(await recostQueued(yard.context, 3)).toBeGreaterThan(2);
    expect(await held(of)).toBe('3 for 90.00');
    expect(await held(of, 'B')).toBe('4 for 120.00');
    expect(await yard.rows('SELECT ledger FROM {rk_recost}')).toEqual([]);
    await expectSound();
  });

  test('many at once take no more than there is, and lose no cent', async () => {
    const of = await good('fifo');
    await arrival(of, '2026-03-01', '5', '33.33');
    await arrival(of, '2026-03-01', '5', '66.67', 'B');
    const done = await Promise.allSettled([
      ...Array.from({ length: 9 }, () => departure(of, '2026-03-05', '1')),
      ...Array.from({ length: 3 }, () => move(of, '2026-03-04', '1', 'A', 'B')),
      ...Array.from({ length: 3 }, () => move(of, '2026-03-04', '1', 'B', 'A')),
      arrival(of, '2026-03-03', '1', '9.99'),
    ]);
    for (const each of done) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(Refusal);
    expect(done.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(8);
    await expectSound();
  });

  test('a circle of moves that settle one another comes to rest, or is stopped with stock and money in step', async () => {
    const of = await good('fifo', true);
    await departure(of, '2026-03-04', '3', 'B');
    await arrival(of, '2026-03-05', '0.3333', '79.87', 'B');
    await arrival(of, '2026-03-08', '12', '50.44');
    await move(of, '2026-03-05', '1', 'B', 'A');
    await departure(of, '2026-03-06', '0.3333', 'B');
    await move(of, '2026-03-06', '4', 'A', 'B');
    await expectSound();
    expect(await held(of, 'B')).toBe('0 for 0.00');
  });

  test('what a stopped circle has left is in the layers of whoever got it', async () => {
    const of = await good('fifo', true);
    await move(of, '2026-03-01', '4', 'B', 'A');
    await move(of, '2026-03-09', '7', 'A', 'B');
    await arrival(of, '2026-03-05', '3', '78.41');
    await expectSound();
    expect(await held(of, 'B')).toBe('3 for 78.41');
    const key = JSON.stringify([id(of), id('B')]);
    const layers = await yard.rows(`SELECT quantity, value FROM {rk_cost_layer} WHERE cost_key = '${key}'`);
    const sums = layers.reduce<readonly number[]>(
      ([quantity = 0, value = 0], row) => [quantity + Number(row[0]), value + Number(row[1])],
      [],
    );
    expect(sums.map((sum) => sum.toFixed(2))).toEqual(['3.00', '78.41']);
  });
});
