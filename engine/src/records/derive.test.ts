import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { companyMigrations } from '../../../migrations/index.ts';
import { Decimal } from '../base/decimal.ts';
import type { Entity } from '../compiler/model.ts';
import { compileShop, TWO_TAXES } from '../compiler/test-shop.ts';
import { sqliteFunctions } from '../expression/sql/sqlite-functions.ts';
import type { RecordInput } from '../metamodel/operation.ts';
import { applySchema } from '../storage/schema/apply.ts';
import { migrate } from '../storage/schema/migrate.ts';
import { testBackends } from '../storage/test-server.ts';
import type { TestServer } from '../storage/test-server.ts';
import { seal } from './authorized.ts';
import { computeRecord } from './compute.ts';
import type { DraftRow } from './compute.ts';
import type { RecordContext } from './context.ts';
import { runOperation } from './run.ts';
import type { JsonRecord } from './stored-entity.ts';
import { librarian } from './test-company.ts';

const { model } = compileShop();
if (model === null) throw new Error('The shop has faults.');
const shop = model;
const order = shop.entities.get('shop.order') as Entity;

const whole = (value: number): Decimal => Decimal.of(value);
const TAXES: Readonly<Record<string, DraftRow>> = {
  1: { id: '1', rate: whole(10), account: '1' },
  2: { id: '2', rate: whole(5), account: '2' },
  3: { id: '3', rate: whole(20), account: null },
};
const GROUPS: Readonly<Record<string, DraftRow>> = { 1: { id: '1', first: '1', second: '2' } };
const ACCOUNTS: Readonly<Record<string, DraftRow>> = { 1: { factor: whole(4) }, 2: { factor: whole(7) } };

const LINKED: Readonly<Record<string, Readonly<Record<string, DraftRow>>>> = {
  'shop.tax': TAXES,
  'shop.tax-group': GROUPS,
  'shop.account': ACCOUNTS,
};

/** A line as it is typed: amount, first and second tax. */
type Line = readonly [amount: number, first: string | null, second: string | null, quantity?: number];

function computed(lines: readonly Line[], taxes: DraftRow[] = []): DraftRow {
  const draft: DraftRow = {
    taxes,
    lines: lines.map(([amount, first, second, quantity = 1]) => ({
      amount: whole(amount),
      first_tax: first,
      second_tax: second,
      quantity: whole(quantity),
    })),
  };
  return workOut(draft);
}

function workOut(draft: DraftRow): DraftRow {
  computeRecord(order.computation, draft, {
    linked: (entity, id) => LINKED[entity]?.[id] ?? null,
    idByKey: () => null,
    globals: { user: {}, company: {}, settings: {} },
    today: '2026-03-14',
    now: '2026-03-14T00:00:00.000Z',
  });
  return draft;
}

/** A derived row as `tax: base, amount, rows`. */
function shown(draft: DraftRow): string[] {
  return (draft['taxes'] as DraftRow[]).map(
    ({ tax, base, amount, rows }) => `${String(tax)}: ${String(base)}, ${String(amount)}, ${String(rows)}`,
  );
}

describe('rows derived by two fields', () => {
  test.each<[string, readonly Line[], string[], string]>([
    ['two taxes on a line', [[100, '1', '2']], ['1: 100, 10, 1', '2: 110, 5.5, 1'], '115.5'],
    [
      'a tax that several lines share',
      [
        [100, '1', '2'],
        [50, '1', null],
      ],
      ['1: 150, 15, 2', '2: 110, 5.5, 1'],
      '170.5',
    ],
    [
      'first of one line and second of another',
      [
        [100, '1', null],
        [200, '2', '1'],
      ],
      // 10 of the first line; 10 percent of 210 of the second.
      ['1: 310, 31, 2', '2: 200, 10, 1'],
      '341',
    ],
    ['no second tax', [[100, '1', null]], ['1: 100, 10, 1'], '110'],
    ['only a second tax', [[100, null, '2']], ['2: 100, 5, 1'], '105'],
    ['twice the same tax', [[100, '1', '1']], ['1: 210, 21, 2'], '121'],
    [
      'no tax',
      [
        [100, null, null],
        [7, null, null],
      ],
      [],
      '107',
    ],
    ['no lines', [], [], '0'],
    [
      'the order in which they first come up',
      [
        [10, '3', '2'],
        [10, '1', '3'],
      ],
      ['3: 21, 4.2, 2', '2: 12, 0.6, 1', '1: 10, 1, 1'],
      '25.8',
    ],
  ])('%s', (_, lines, taxes, total) => {
    const draft = computed(lines);
    expect(shown(draft)).toEqual(taxes);
    expect(String(draft['total'])).toBe(total);
  });

  test('read their other fields, the record, and what is linked under the names', () => {
    const [first, second] = computed([
      [100, '1', '2', 3],
      [100, '2', '1'],
    ])['taxes'] as DraftRow[];
    // Tax 1: base 300 × 3 of the first line, 105 × 1 of the second; accounts of factor 4 both times.
    expect([first?.['weight'], first?.['factor'], first?.['rate']].map(String)).toEqual(['1005', '4', '10']);
    expect([second?.['weight'], second?.['factor'], second?.['rate']].map(String)).toEqual(['1090', '7', '5']);
    expect(String(first?.['share'])).toBe('10.125');
  });

  test('come of the links that a group gives each line', () => {
    const lines = [{ amount: whole(100), group: '1' }, { amount: whole(50) }, { amount: whole(20), group: '1' }];
    // 10 percent of 120; 5 percent of 120 and 12.
    expect(shown(workOut({ lines, taxes: [] }))).toEqual(['1: 120, 12, 2', '2: 132, 6.6, 2']);
  });

  test('leave the rows that are grouped as they are', () => {
    const [line] = computed([[100, '1', '2']])['lines'] as DraftRow[];
    expect(Object.keys(line ?? {})).not.toContain('base');
    expect(String(line?.['amount'])).toBe('100');
  });

  test('keep their ids by their key', () => {
    const before: DraftRow[] = [
      { id: '71', tax: '2' },
      { id: '72', tax: '1' },
      { id: '73', tax: '3' },
    ];
    const rows = computed([[100, '1', '2']], before)['taxes'] as DraftRow[];
    expect(rows.map(({ id, tax }) => [id, tax])).toEqual([
      ['72', '1'],
      ['71', '2'],
    ]);
  });
});

/** An order of one line over the whole amount, and the parts of its term as `days: share, amount`. */
function partsOf(total: number | string, parts: readonly (readonly [days: number, share: string])[]): string[] {
  const term = { id: '1', parts: parts.map(([days, share]) => ({ days: whole(days), share: Decimal.parse(share) })) };
  const draft: DraftRow = { term: '1', lines: [{ amount: Decimal.parse(String(total)), quantity: whole(1) }] };
  computeRecord(order.computation, draft, {
    linked: (entity, id) => (entity === 'shop.term' && id === '1' ? term : null),
    idByKey: () => null,
    globals: { user: {}, company: {}, settings: {} },
    today: '2026-03-14',
    now: '2026-03-14T00:00:00.000Z',
  });
  return (draft['parts'] as DraftRow[]).map(
    ({ days, share, amount }) => `${String(days)}: ${String(share)}, ${String(amount)}`,
  );
}

describe('rows derived from those of a linked record', () => {
  test.each<[string, number | string, readonly (readonly [number, string])[], readonly string[]]>([
    ['none', 100, [], []],
    ['one', 100, [[30, '100']], ['30: 100, 100']],
    [
      'two halves',
      100,
      [
        [0, '50'],
        [30, '50'],
      ],
      ['0: 50, 50', '30: 50, 50'],
    ],
    [
      'the last takes what rounding left',
      100,
      [
        [0, '33.33'],
        [30, '33.33'],
        [60, '33.34'],
      ],
      ['0: 33.33, 33.33', '30: 33.33, 33.33', '60: 33.34, 33.34'],
    ],
    [
      'a cent that cannot be halved',
      '0.01',
      [
        [0, '50'],
        [30, '50'],
      ],
      ['0: 50, 0.01', '30: 50, 0'],
    ],
    [
      'the last takes less',
      '0.05',
      [
        [0, '50'],
        [30, '50'],
      ],
      ['0: 50, 0.03', '30: 50, 0.02'],
    ],
    [
      'a negative total',
      '-0.05',
      [
        [0, '50'],
        [30, '50'],
      ],
      ['0: 50, -0.03', '30: 50, -0.02'],
    ],
    [
      'the same days twice',
      100,
      [
        [30, '40'],
        [30, '60'],
      ],
      ['30: 100, 100'],
    ],
  ])('%s', (_, total, parts, expected) => {
    expect(partsOf(total, parts)).toEqual(expected);
  });

  test('add up to the whole, to the last digit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000_000, max: 10_000_000 }),
        fc.array(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 12 }),
        (cents, shares) => {
          const total = Decimal.fromUnits(BigInt(cents), 2);
          const parts = shares.map((share, index) => [index, Decimal.fromUnits(BigInt(share), 2).toString()] as const);
          const amounts = partsOf(total.toString(), parts).map(
            (part) => Decimal.parse(part.split(', ')[1] ?? '') as Decimal,
          );
          expect(amounts.reduce((sum, amount) => sum.add(amount)).toString()).toBe(total.toString());
        },
      ),
    );
  });
});

test('rows derived by one field of a list are those derived by that field', () => {
  const { by: _, ...rest } = TWO_TAXES;
  const set = { base: 'sum(price)', amount: 'sum(first_amount)', rows: 'count()' };
  const stepsOf = (by: unknown): unknown =>
    compileShop({ ...rest, by, set }).model?.entities.get('shop.order')?.computation;
  expect(stepsOf([{ field: 'first_tax' }])).toEqual(stepsOf('first_tax'));
});

describe.each(testBackends)('on $name', (backend) => {
  let server: TestServer;
  let context: RecordContext;

  beforeAll(async () => {
    server = await backend.open(['shop'], sqliteFunctions);
    const database = server.server.company('shop');
    await migrate(database, companyMigrations);
    await applySchema(database, shop.tables, 'shop');
    context = {
      database,
      model: shop,
      today: '2026-03-14',
      now: '2026-03-14T09:26:53.589Z',
      globals: { user: { id: '7', name: 'Dewi' }, company: {}, settings: {} },
      cipher: { encrypt: (text) => text, decrypt: (text) => text },
    };
    for (const factor of [4, 7]) await create('shop.account', { factor });
    for (const [rate, account] of [
      ['10', '1'],
      ['5', '2'],
    ] as const) {
      await create('shop.tax', { name: rate, rate, account });
    }
  });
  afterAll(() => server.remove());

  const entityOf = (name: string): Entity => shop.entities.get(name) as Entity;
  const create = async (entity: string, input: RecordInput): Promise<JsonRecord> =>
    (await runOperation(context, seal({ kind: 'create', entity, input } as const, entityOf(entity), librarian))).record;
  const update = async (id: string, input: RecordInput): Promise<JsonRecord> => {
    const operation = { kind: 'update', entity: 'shop.order', id, input, version: null } as const;
    return (await runOperation<'update'>(context, seal(operation, order, librarian))).record;
  };
  const taxesOf = (record: JsonRecord): JsonRecord[] => record['taxes'] as unknown as JsonRecord[];
  const amounts = (record: JsonRecord): unknown[] =>
    taxesOf(record).map(({ tax, base, amount, factor }) => [tax, base, amount, factor]);

  test('the server stores what a screen works out, and derived rows stay the same rows', async () => {
    const made = await create('shop.order', {
      lines: [
        { amount: '100', first_tax: '1', second_tax: '2' },
        { amount: '50', first_tax: '2' },
      ],
    });
    expect(amounts(made)).toEqual([
      ['1', '100.00', '10.00', 4],
      ['2', '160.00', '8.00', 7],
    ]);
    expect(made['total']).toBe('168.00');

    const group = (await create('shop.tax-group', { first: '1', second: '2' }))['id'];
    const grouped = await create('shop.order', { lines: [{ amount: '100', group }, { amount: '50' }] });
    expect(amounts(grouped)).toEqual([
      ['1', '100.00', '10.00', 4],
      ['2', '110.00', '5.50', 7],
    ]);
    expect(grouped['total']).toBe('165.50');

    const changed = await update(String(made['id']), { lines: [{ amount: '200', second_tax: '1', first_tax: '2' }] });
    expect(amounts(changed)).toEqual([
      ['2', '200.00', '10.00', 7],
      ['1', '210.00', '21.00', 4],
    ]);
    const idOf = (record: JsonRecord, key: string): unknown => taxesOf(record).find(({ tax }) => tax === key)?.['id'];
    expect(idOf(changed, '1')).toBe(idOf(made, '1'));
    expect(idOf(changed, '2')).toBe(idOf(made, '2'));
  });

  test('rows come from a record that a default links to, and again when another one is linked', async () => {
    const shares = (record: JsonRecord): unknown[] =>
      (record['parts'] as unknown as JsonRecord[]).map(({ days, amount }) => [days, amount]);
    const term = async (...parts: (readonly [days: number, share: string])[]): Promise<string> => {
      const input = { parts: parts.map(([days, share]) => ({ days, share })) };
      return (await create('shop.term', input)).id;
    };
    const thirds = await term([0, '33.33'], [30, '33.33'], [60, '33.34']);
    const customer = (await create('shop.customer', { term: thirds })).id;
    const made = await create('shop.order', { customer, lines: [{ amount: '0.10' }] });
    expect(shares(made)).toEqual([
      [0, '0.03'],
      [30, '0.03'],
      [60, '0.04'],
    ]);
    const changed = await update(made.id, { term: await term([14, '100']) });
    expect(shares(changed)).toEqual([[14, '0.10']]);
    expect(shares(await update(made.id, { term: null }))).toEqual([]);
  });
});
