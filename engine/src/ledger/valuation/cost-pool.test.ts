import { describe, expect, test } from 'vitest';
import { Decimal } from '../../base/decimal.ts';
import { CostPool } from './cost-pool.ts';
import type { CostMethod } from './cost-pool.ts';
import { shareOf } from './share.ts';

const number = (text: string): Decimal => Decimal.parse(text) as Decimal;

function emptyPool(method: CostMethod, standard: string | null = null): CostPool {
  return new CostPool({
    method,
    scale: 2,
    quantity: Decimal.zero,
    value: Decimal.zero,
    layers: [],
    standard: standard === null ? null : number(standard),
    lastCost: null,
  });
}

/** `+3@10.00` takes three in that are worth ten, `-2` gives two out, `-2=6` at six, `~4` adds four to what is there. */
function run(pool: CostPool, moves: readonly string[]): readonly string[] {
  return moves.map((move, index) => {
    const entry = String(index + 1);
    const [quantity = '0', value] = move.slice(1).split(/[@=]/);
    if (move.startsWith('~')) return pool.revalue(number(quantity)).toFixed(2);
    if (move.startsWith('-')) {
      const given = value === undefined ? null : number(value);
      return pool.issue({ entry, quantity: number(quantity), value: given, row: null }).toFixed(2);
    }
    const incoming = { entry, row: `row:${entry}`, date: '2026-01-01', quantity: number(quantity) };
    return pool.receive({ ...incoming, value: number(value ?? '0') }).toFixed(2);
  });
}

describe('a share', () => {
  test.each([
    ['10', '1', '3', '3.33'],
    ['10', '2', '3', '6.67'],
    ['-10', '1', '3', '-3.33'],
    ['0.01', '1', '2', '0.01'],
    ['-0.01', '1', '2', '-0.01'],
    ['5', '3', '-3', '-5.00'],
    ['7.335', '3', '1', '22.01'],
  ])('of %s by %s of %s is %s', (value, part, whole, expected) => {
    expect(shareOf(number(value), number(part), number(whole), 2).toFixed(2)).toBe(expected);
  });

  test('of nothing is a mistake of the caller', () => {
    expect(() => shareOf(number('1'), number('1'), Decimal.zero, 2)).toThrow(RangeError);
  });
});

describe('costs', () => {
  const cases: readonly (readonly [string, CostMethod, readonly string[], readonly string[], string])[] = [
    [
      'average: the last piece takes the rest',
      'average',
      ['+3@10', '-1', '-1', '-1'],
      ['10.00', '3.33', '3.34', '3.33'],
      '0.00',
    ],
    ['average mixes', 'average', ['+10@100', '+10@200', '-15'], ['100.00', '200.00', '225.00'], '75.00'],
    [
      'average: what goes back takes its own cost',
      'average',
      ['+10@100', '+10@200', '-4=80'],
      ['100.00', '200.00', '80.00'],
      '220.00',
    ],
    [
      'average: never below nothing',
      'average',
      ['+10@100', '+10@200', '-15', '-4=80'],
      ['100.00', '200.00', '225.00', '75.00'],
      '0.00',
    ],
    [
      'fifo: oldest first',
      'fifo',
      ['+10@100', '+10@200', '-15', '-5'],
      ['100.00', '200.00', '200.00', '100.00'],
      '0.00',
    ],
    ['fifo: a layer loses no cent', 'fifo', ['+3@10', '-1', '-1', '-1'], ['10.00', '3.33', '3.34', '3.33'], '0.00'],
    [
      'fifo: a change of value spreads',
      'fifo',
      ['+1@10', '+2@20', '~10', '-1'],
      ['10.00', '20.00', '10.00', '13.33'],
      '26.67',
    ],
    ['owed at the last cost, settled later', 'average', ['+2@10', '-5', '+4@24'], ['10.00', '25.00', '24.00'], '6.00'],
    ['owed without any cost', 'fifo', ['-5', '+5@24'], ['0.00', '24.00'], '0.00'],
    ['nothing there takes no change of value', 'average', ['~5'], ['0.00'], '0.00'],
  ];

  test.each(cases)('%s', (_, method, moves, values, rest) => {
    const pool = emptyPool(method);
    expect(run(pool, moves)).toEqual(values);
    expect(pool.value.toFixed(2)).toBe(rest);
  });

  test('by decree, whatever came in; nothing is worth nothing', () => {
    const pool = emptyPool('standard', '7');
    expect(run(pool, ['+3@21', '-1=7', '-2=14.02'])).toEqual(['21.00', '7.00', '14.00']);
    expect(pool.value.isZero()).toBe(true);
  });

  test('what was owed is settled, oldest first', () => {
    const pool = emptyPool('average');
    run(pool, ['+1@10', '-3', '-2', '+3@36', '+5@70']);
    expect(pool.settlements.map(({ entry, value }) => `${entry} ${value.toFixed(2)}`)).toEqual([
      '2 -4.00',
      '3 -2.00',
      '3 -4.00',
    ]);
    expect([pool.quantity.toString(), pool.value.toFixed(2)]).toEqual(['4', '56.00']);
  });

  test('of a row are raised for what is left of it', () => {
    const fifo = emptyPool('fifo');
    run(fifo, ['+10@100', '+10@200', '-4']);
    expect(fifo.adjust('row:1', number('10'), number('10')).toFixed(2)).toBe('6.00');
    expect(run(fifo, ['-6'])).toEqual(['66.00']);
    const average = emptyPool('average');
    run(average, ['+10@100', '-7']);
    expect(average.adjust('row:1', number('10'), number('10')).toFixed(2)).toBe('3.00');
    expect(average.value.toFixed(2)).toBe('33.00');
  });

  test('first of the row that goes back, then oldest first', () => {
    const pool = emptyPool('fifo');
    run(pool, ['+10@100', '+10@200']);
    const quantity = number('12');
    expect(pool.issue({ entry: '9', quantity, value: null, row: 'row:2' }).toFixed(2)).toBe('220.00');
    expect(pool.layers.map((layer) => layer.quantity.toString())).toEqual(['8']);
  });
});
