import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Decimal } from '../../../engine/src/base/decimal.ts';
import { compile } from '../../../engine/src/compiler/compile.ts';
import { screenEntity } from '../../../engine/src/compiler/lower/screens.ts';
import { queryClient } from '../api/query-client.ts';
import { RecordDraft } from './record-draft.ts';

/** A shop whose prices stand in records of their own: what no browser holds. */
const DOCUMENTS = [
  { module: 'shop', name: 'Shop', version: '1.0.0', category: 'core', dependencies: [] },
  { entity: 'shop.item', kind: 'master', label: 'Item', fields: { name: { type: 'text' } } },
  {
    entity: 'shop.price',
    kind: 'master',
    label: 'Price',
    fields: {
      item: { type: 'link', to: 'shop.item' },
      least: { type: 'integer' },
      rate: { type: 'money' },
    },
  },
  {
    entity: 'shop.order',
    kind: 'master',
    label: 'Order',
    fields: {
      lines: { type: 'lines', of: 'shop.order-line' },
      total: { type: 'money', computed: 'sum(lines.amount)' },
    },
  },
  {
    entity: 'shop.order-line',
    kind: 'lines',
    label: 'Line',
    fields: {
      item: { type: 'link', to: 'shop.item' },
      quantity: { type: 'integer', default: '1' },
      rate: {
        type: 'money',
        default: "coalesce(pick('shop.price', item: item, least: at_most(quantity)).rate, 0)",
      },
      deposit: { type: 'money', default: 'rate / 2' },
      amount: { type: 'money', computed: 'quantity * rate' },
    },
  },
];
const files = DOCUMENTS.map((document, index) => ({ path: `${index}.json`, text: JSON.stringify(document) }));
const { model } = compile([{ kind: 'module', name: 'shop', files }], 'shop');

interface Asked {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}
/** What the server was asked for, one preview after the other. */
const previews: Asked[] = [];
let status = 200;

beforeEach(() => {
  previews.length = 0;
  status = 200;
  vi.stubGlobal('fetch', (address: string, { body }: { readonly body?: string } = {}) => {
    const headers = { 'Content-Type': status === 200 ? 'application/json' : 'application/problem+json' };
    if (!address.includes('/preview')) return Promise.resolve(new Response('{"data":[],"meta":{}}', { headers }));
    const asked = JSON.parse(body ?? '{}') as Asked;
    previews.push(asked);
    // Ten or more cost 80, fewer 100.
    const lines = asked.lines.map((line) => ({
      ...line,
      rate: line['rate'] ?? (Number(line['quantity'] ?? 1) >= 10 ? '80.00' : '100.00'),
    }));
    const answer = status === 200 ? { data: { lines } } : { status, code: 'forbidden', title: 'No' };
    return Promise.resolve(new Response(JSON.stringify(answer), { status, headers }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  queryClient.clear();
});

async function order(lines: readonly Record<string, string | number>[] = []): Promise<RecordDraft> {
  const entity = model?.entities.get('shop.order');
  if (entity === undefined) throw new Error('The shop has faults.');
  const draft = new RecordDraft(
    screenEntity(entity, ['read', 'create'], 'en'),
    { user: {}, company: {}, settings: {} },
    { unknownCode: (code) => code },
  );
  await draft.begin({ lines: [...lines] });
  return draft;
}
const texts = (...values: unknown[]): string[] => values.map((value) => String(value));

test('what only the server can look up is asked of it, and what follows is worked out here', async () => {
  const form = await order();
  const row = await form.addRow('lines');
  await form.set(row, 'item', '7', 'lines');
  expect(texts(row['rate'], row['deposit'], row['amount'], form.draft['total'])).toEqual(['100', '50', '100', '100']);
  await form.set(row, 'quantity', Decimal.of(10), 'lines');
  expect(texts(row['rate'], row['deposit'], row['amount'], form.draft['total'])).toEqual(['80', '40', '800', '800']);
  expect(previews.at(-1)?.lines).toEqual([{ item: '7', quantity: 10 }]);
});

test('what a person typed over is not asked for again', async () => {
  const form = await order();
  const row = await form.addRow('lines');
  await form.set(row, 'rate', Decimal.of(7), 'lines');
  previews.length = 0;
  await form.set(row, 'quantity', Decimal.of(10), 'lines');
  expect(texts(row['rate'], row['amount'])).toEqual(['7', '70']);
  expect(previews).toEqual([]);
});

test('keys that follow one another are one question, and the last counts', async () => {
  const form = await order();
  const row = await form.addRow('lines');
  await expect.poll(() => row['rate']).toBeDefined();
  previews.length = 0;
  await Promise.all([1, 10, 100].map((quantity) => form.set(row, 'quantity', Decimal.of(quantity), 'lines')));
  expect(previews.map(({ lines }) => lines[0]?.['quantity'])).toEqual([100]);
  expect(texts(row['rate'], row['amount'])).toEqual(['80', '8000']);
});

test('a row that was there keeps its price when more are ordered, and takes that of another item', async () => {
  const form = await order([{ id: '4', item: '7', quantity: 2, rate: '90.00' }]);
  const [row] = form.rows('lines');
  if (row === undefined) throw new Error('no row');
  await form.set(row, 'quantity', Decimal.of(10), 'lines');
  expect([texts(row['rate'], row['amount']), previews]).toEqual([['90', '900'], []]);
  await form.set(row, 'item', '8', 'lines');
  expect(texts(row['rate'], row['amount'])).toEqual(['80', '800']);
  expect(previews.at(-1)?.lines[0]).not.toHaveProperty('id');
});

test('what the server refuses to look up is left to it when the record is saved', async () => {
  const form = await order();
  status = 403;
  const row = await form.addRow('lines');
  await form.set(row, 'item', '7', 'lines');
  expect(form.toInput()['lines']).toEqual([{ item: '7', quantity: 1 }]);
});
