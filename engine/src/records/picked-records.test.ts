import { expect, test } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import { compile } from '../compiler/compile.ts';
import type { Entity } from '../compiler/model.ts';
import type { PickLookup } from '../expression/evaluation.ts';
import type { Binding, RawValue, Statement } from '../storage/statement.ts';
import type { ReadFrom } from './context.ts';
import { PickedRecords } from './picked-records.ts';
import { storedEntity } from './stored-entity.ts';

const DOCUMENTS = [
  { module: 'shop', name: 'Shop', version: '1.0.0', category: 'core', dependencies: [] },
  { entity: 'shop.item', kind: 'master', label: 'Item', fields: { name: { type: 'text' } } },
  {
    entity: 'shop.price',
    kind: 'master',
    label: 'Price',
    fields: {
      item: { type: 'link', to: 'shop.item' },
      city: { type: 'text' },
      least: { type: 'integer' },
      from: { type: 'date' },
      until: { type: 'date' },
      rate: { type: 'text' },
    },
  },
  {
    entity: 'shop.sale',
    kind: 'master',
    label: 'Sale',
    fields: {
      item: { type: 'link', to: 'shop.item' },
      city: { type: 'text' },
      quantity: { type: 'integer' },
      day: { type: 'date' },
      rate: {
        type: 'text',
        default:
          "pick('shop.price', item: item, city: city, least: at_most(quantity), from: at_most(day), until: at_least(day)).rate",
      },
    },
  },
];
const files = DOCUMENTS.map((document, index) => ({ path: `${index}.json`, text: JSON.stringify(document) }));
const { model } = compile([{ kind: 'module', name: 'shop', files }], 'shop');
if (model === null) throw new Error('The shop has faults.');
const lookup = model.entities.get('shop.sale')?.computation.steps[0] as unknown as { readonly expression: PickLookup };
const columns = storedEntity(model.entities.get('shop.price') as Entity, 'sqlite').selected;

type Price = Readonly<Record<string, string | number>>;

/** A database that answers every statement with these prices, the newest first, and counts the statements. */
function pricesOf(prices: readonly Price[]): { readonly picked: PickedRecords; readonly asked: Binding[][] } {
  const asked: Binding[][] = [];
  const tuples = (_: Statement, bindings: readonly Binding[] = []): Promise<RawValue[][]> => {
    asked.push([...bindings]);
    const read = columns.filter(({ name }) => ['id', 'item', 'city', 'least', 'from', 'until', 'rate'].includes(name));
    return Promise.resolve(
      prices
        .map((price, index) => read.map(({ name }) => (name === 'id' ? index + 1 : (price[name] ?? null)) as RawValue))
        .reverse(),
    );
  };
  const from = { model, cipher: undefined, reader: { dialect: 'sqlite', tuples } };
  return { picked: new PickedRecords(from as unknown as ReadFrom), asked };
}

async function rateOf(prices: readonly Price[], quantity: number, city: string | null = 'Solo'): Promise<unknown> {
  const { picked } = pricesOf(prices);
  const values = { item: '7', city, least: Decimal.of(quantity), from: '2026-03-10', until: '2026-03-10' };
  expect(picked.pick(lookup.expression, values)).toBeNull();
  expect(picked.isIncomplete).toBe(true);
  await picked.loadMissing();
  expect(picked.isIncomplete).toBe(false);
  return picked.pick(lookup.expression, values)?.['rate'] ?? null;
}

test.each<[string, readonly Price[], number, string | null, string | null]>([
  ['nothing where there is nothing', [], 1, 'Solo', null],
  ['what equals', [{ item: 7, rate: 'a' }], 1, 'Solo', 'a'],
  ['nothing of another', [{ item: 8, rate: 'a' }], 1, 'Solo', null],
  ['what fits everything', [{ rate: 'a' }], 1, 'Solo', 'a'],
  ['the own before what fits everything', [{ item: 7, rate: 'a' }, { rate: 'b' }], 1, 'Solo', 'a'],
  [
    'the first field before the second',
    [
      { item: 7, rate: 'a' },
      { city: 'Solo', rate: 'b' },
    ],
    1,
    'Solo',
    'a',
  ],
  ['only an empty field for an empty value', [{ city: 'Solo', rate: 'a' }, { rate: 'b' }], 1, null, 'b'],
  [
    'the bound that lies nearest',
    [
      { least: 10, rate: 'a' },
      { least: 5, rate: 'b' },
      { least: 20, rate: 'c' },
    ],
    10,
    'Solo',
    'a',
  ],
  ['no bound that is not reached', [{ least: 10, rate: 'a' }], 9, 'Solo', null],
  [
    'what holds on the day, its first and its last',
    [
      { from: '2026-03-11', rate: 'a' },
      { until: '2026-03-09', rate: 'b' },
      { from: '2026-03-10', until: '2026-03-10', rate: 'c' },
    ],
    1,
    'Solo',
    'c',
  ],
  [
    'the newest of equals',
    [
      { item: 7, rate: 'a' },
      { item: 7, rate: 'b' },
    ],
    1,
    'Solo',
    'b',
  ],
])('picks %s', async (_, prices, quantity, city, rate) => {
  expect(await rateOf(prices, quantity, city)).toBe(rate);
});

test('asks with one statement for 64 rows, and never twice for the same', async () => {
  const { picked, asked } = pricesOf([{ rate: 'a' }]);
  const ask = (): unknown[] =>
    Array.from({ length: 150 }, (_, index) =>
      picked.pick(lookup.expression, {
        item: String(index % 5),
        city: null,
        least: Decimal.of(index),
        from: null,
        until: null,
      }),
    );
  ask();
  await picked.loadMissing();
  expect(asked).toHaveLength(3);
  expect(ask()).not.toContain(null);
  expect(picked.isIncomplete).toBe(false);
  expect(asked).toHaveLength(3);
});
