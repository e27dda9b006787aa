import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testBackends } from '../storage/test-server.ts';
import { openTestYard } from './valuation/test-costs.ts';
import type { TestYard } from './valuation/test-costs.ts';

const METHODS = ['average', 'fifo', 'standard'] as const;

let names = 0;

describe.each(testBackends)('costs of a posting on $name', (backend) => {
  let yard: TestYard;

  beforeAll(async () => {
    yard = await openTestYard(backend, []);
  });
  afterAll(() => yard.close());

  const id = (code: string): string => String(yard.ids.get(code));
  const good = async (method: string, standard = '7.33'): Promise<string> => {
    names += 1;
    await yard.addGood({ code: `G${names}`, method, standard: method === 'standard' ? standard : '0' });
    return `G${names}`;
  };
  const date = '2026-03-01';
  const arrival = (of: string, quantity: string, cost: string): Promise<string> =>
    yard.post('yard.arrival', { date, place: id('A'), lines: [{ good: id(of), quantity, cost }] });
  const departure = (of: string, quantity: string): Promise<string> =>
    yard.post('yard.departure', { date, place: id('A'), lines: [{ good: id(of), quantity }] });
  const held = async (of: string): Promise<string> => {
    const found = (await yard.held()).get(`${of} A`);
    return found === undefined ? 'nothing' : `${Number(found.quantity)} for ${found.value}`;
  };

  test.each([
    ['average', ['3 for 10.00', '13 for 110.00', '8 for 67.69', '0 for 0.00']],
    ['fifo', ['3 for 10.00', '13 for 110.00', '8 for 80.00', '0 for 0.00']],
    ['standard', ['3 for 21.99', '13 for 95.29', '8 for 58.64', '0 for 0.00']],
  ])('%s', async (method, expected) => {
    const of = await good(method);
    const seen: string[] = [];
    for (const work of [
      () => arrival(of, '3', '10'),
      () => arrival(of, '10', '100'),
      () => departure(of, '5'),
      () => departure(of, '8'),
    ]) {
      await work();
      seen.push(await held(of));
    }
    expect(seen).toEqual(expected);
  });

  test.each(METHODS)('of many rows of one document, %s: each row sees what the one before left', async (method) => {
    const of = await good(method);
    await arrival(of, '3', '10');
    const lines = ['1', '1', '1'].map((quantity) => ({ good: id(of), quantity }));
    await yard.post('yard.departure', { date, place: id('A'), lines });
    expect(await held(of)).toBe('0 for 0.00');
  });

  test('first in, first out reads no more lots than it needs', async () => {
    const of = await good('fifo');
    for (let lot = 0; lot < 70; lot += 1) await arrival(of, '1', `${lot + 1}`);
    await departure(of, '2');
    expect(await held(of)).toBe('68 for 2482.00');
    await departure(of, '66');
    expect(await held(of)).toBe('2 for 139.00');
    await departure(of, '2');
    expect(await held(of)).toBe('0 for 0.00');
    expect(await yard.rows(`SELECT quantity FROM {rk_cost_layer} WHERE cost_key LIKE '%"${id(of)}"%'`)).toEqual([]);
  });

  test('a row that goes back leaves its own lot', async () => {
    const of = await good('fifo');
    await arrival(of, '2', '20');
    const dear = await arrival(of, '2', '60');
    const [line = ''] = await yard.lines('yard.arrival', dear);
    const lines = [{ good: id(of), quantity: '1', back_of: line }];
    await yard.post('yard.departure', { date, place: id('A'), lines });
    expect(await held(of)).toBe('3 for 50.00');
  });

  test.each([
    ['average', '6 for 30.00'],
    ['fifo', '6 for 30.00'],
    ['standard', '6 for 43.98'],
  ])('what is found without a price, %s', async (method, expected) => {
    const of = await good(method);
    await arrival(of, '4', '20');
    await yard.post('yard.count', { date, place: id('A'), lines: [{ good: id(of), quantity: '2' }] });
    expect(await held(of)).toBe(expected);
  });

  test.each([
    ['average', '10.00'],
    ['fifo', '4.00'],
    ['standard', '10.00'],
  ])('freight for what is gone, %s, is spent', async (method, spent) => {
    const of = await good(method);
    const came = await arrival(of, '10', '100');
    await departure(of, method === 'fifo' ? '4' : '10');
    const before = Number(await yard.purse('COST'));
    const [line = ''] = await yard.lines('yard.arrival', came);
    await yard.post('yard.freight', { date, lines: [{ arrived: line, good: id(of), place: id('A'), share: '10' }] });
    expect((Number(await yard.purse('COST')) - before).toFixed(2)).toBe(spent);
  });
});
