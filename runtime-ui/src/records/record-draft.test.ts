import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Decimal } from '../../../engine/src/base/decimal.ts';
import { compile } from '../../../engine/src/compiler/compile.ts';
import { screenEntity } from '../../../engine/src/compiler/lower/screens.ts';
import { compileShop } from '../../../engine/src/compiler/test-shop.ts';
import { readModule } from '../../../engine/src/compiler/test-module.ts';
import { queryClient } from '../api/query-client.ts';
import { RecordDraft } from './record-draft.ts';

const { model } = compile([readModule('rental', 'tests/fixtures/rental-module')], 'draft');
const { model: shop } = compileShop();

function screenOf(name: string) {
  const entity = model?.entities.get(name) ?? shop?.entities.get(name);
  if (entity === undefined) throw new Error(`no ${name}`);
  return screenEntity(entity, ['read', 'create', 'update'], 'en');
}

const part = (id: string, days: number, share: string) => ({ id, days, share });

/** What the server holds, by entity. */
const RECORDS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  'rental.tax': [{ id: '1', code: 'VAT', rate: '11.0000', _title: 'VAT' }],
  'rental.machine': [
    { id: '7', name: 'Drill', daily_rate: '150000.00', tax: '1', state: 'free', _title: 'M-1 Drill' },
    { id: '8', name: 'Crane', daily_rate: '2500000.50', tax: null, state: 'free', _title: 'M-2 Crane' },
  ],
  'shop.customer': [
    { id: '1', term: '4' },
    { id: '2', term: '5' },
  ],
  'shop.term': [
    { id: '4', days: 30, parts: [part('1', 0, '33.3333'), part('2', 30, '66.6667')] },
    { id: '5', days: 7, parts: [] },
  ],
};
const requests: string[] = [];

beforeEach(() => {
  requests.length = 0;
  vi.stubGlobal('fetch', (address: string) => {
    const url = new URL(address, 'http://localhost');
    requests.push(`${url.pathname}?${decodeURIComponent(url.search.slice(1))}`);
    const name = url.pathname.split('/').at(-1) ?? '';
    const filter = [...url.searchParams].find(([key]) => key.startsWith('filter['));
    const wanted = filter?.[1].split(',') ?? [];
    const field = /^filter\[(\w+)\]/.exec(filter?.[0] ?? '')?.[1] ?? 'id';
    const data = url.pathname.includes('/metadata/')
      ? screenOf(name)
      : (RECORDS[name] ?? []).filter((record) => filter === undefined || wanted.includes(String(record[field])));
    const body = { data, meta: { page: { number: 1, size: 20, total: 1 } } };
    return Promise.resolve(new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  queryClient.clear();
});

async function contract(): Promise<RecordDraft> {
  const settings = { deposit_percent: Decimal.of(20) };
  const draft = new RecordDraft(
    screenOf('rental.contract'),
    { user: {}, company: {}, settings },
    { unknownCode: (code) => `no ${code}` },
  );
  await draft.begin({ date: '2026-03-02', days: 2, lines: [] });
  return draft;
}
const text = (value: unknown): string => (value instanceof Decimal ? value.toString() : String(value));

test('totals follow every change, through links and derived rows', async () => {
  const form = await contract();
  const row = await form.addRow('lines');
  await form.set(row, 'machine', '7', 'lines');
  expect([text(row['days']), text(row['rate']), row['tax'], text(row['amount'])]).toEqual([
    '2',
    '150000',
    '1',
    '300000',
  ]);
  expect(form.rows('taxes').map((tax) => [tax['tax'], text(tax['base']), text(tax['amount'])])).toEqual([
    ['1', '300000', '33000'],
  ]);
  expect([text(form.draft['net']), text(form.draft['total']), text(form.draft['deposit'])]).toEqual([
    '300000',
    '333000',
    '66600',
  ]);
  expect(form.draft['until']).toBe('2026-03-04');
});

test('a default follows what it depends on until somebody types over it', async () => {
  const form = await contract();
  const row = await form.addRow('lines');
  await form.set(row, 'machine', '7', 'lines');
  await form.set(row, 'machine', '8', 'lines');
  expect(text(row['rate'])).toBe('2500000.5');
  await form.set(row, 'rate', Decimal.parse('99'), 'lines');
  await form.set(row, 'machine', '7', 'lines');
  expect(text(row['rate'])).toBe('99');
  await form.set(form.draft, 'days', Decimal.of(5));
  expect(text(row['days'])).toBe('5');
  expect(text(row['amount'])).toBe('495');
});

test('a default and rows follow what another default linked to', async () => {
  const form = new RecordDraft(
    screenOf('shop.order'),
    { user: {}, company: {}, settings: {} },
    { unknownCode: (code) => code },
  );
  await form.begin({ customer: null, term: null, wait: 0, lines: [], taxes: [], parts: [] });
  const row = await form.addRow('lines');
  await form.set(row, 'amount', Decimal.of(100), 'lines');
  await form.set(form.draft, 'customer', '1');
  expect([form.draft['term'], text(form.draft['wait'])]).toEqual(['4', '30']);
  const parts = () => form.rows('parts').map(({ days, amount }) => `${text(days)}: ${text(amount)}`);
  expect(parts()).toEqual(['0: 33.33', '30: 66.67']);
  await form.set(form.draft, 'customer', '2');
  expect([form.draft['term'], text(form.draft['wait'])]).toEqual(['5', '7']);
  expect(parts()).toEqual([]);
  await form.set(form.draft, 'wait', Decimal.of(3));
  await form.set(form.draft, 'customer', '1');
  expect([form.draft['term'], text(form.draft['wait'])]).toEqual(['4', '3']);
});

test('a default that names a natural key is looked up once', async () => {
  const form = new RecordDraft(
    screenOf('rental.machine'),
    { user: {}, company: {}, settings: {} },
    { unknownCode: (code) => code },
  );
  await form.begin({});
  form.draft['tax'] = undefined;
  await form.set(form.draft, 'name', 'Pump');
  expect(form.draft['tax']).toBe('1');
  expect(requests.filter((request) => request.includes('filter[code]=VAT'))).toHaveLength(1);
});

test('what is sent holds what a person can write, and nothing that is worked out', async () => {
  const form = await contract();
  const row = await form.addRow('lines');
  await form.set(row, 'machine', '7', 'lines');
  expect(form.toInput()).toEqual({
    date: '2026-03-02',
    days: 2,
    lines: [{ machine: '7', days: 2, rate: '150000.00', tax: '1' }],
  });
});

test('rows that were added and left alone are dropped before saving', async () => {
  const form = await contract();
  const row = await form.addRow('lines');
  await form.addRow('lines');
  await form.set(row, 'machine', '7', 'lines');
  form.dropUntouchedRows();
  expect(form.rows('lines')).toEqual([row]);
});

test('a stored row keeps its id, and a removed one is not sent', async () => {
  const form = await contract();
  await form.begin({
    id: '5',
    date: '2026-03-02',
    days: 2,
    lines: [
      { id: '10', machine: '7', days: 2, rate: '150000.00', tax: '1', amount: '300000.00' },
      { id: '11', machine: '8', days: 2, rate: '1.00', tax: null, amount: '2.00' },
    ],
  });
  const [first] = form.rows('lines');
  if (first === undefined) throw new Error('no row');
  await form.removeRow('lines', first);
  expect(form.toInput()['lines']).toEqual([{ id: '11', machine: '8', days: 2, rate: '1.00', tax: null }]);
  expect(text(form.draft['net'])).toBe('2');
});

test('a picker offers what the filter of the link accepts', async () => {
  const form = await contract();
  const row = await form.addRow('lines');
  const field = form.linesFields('lines').find(({ name }) => name === 'machine');
  if (field === undefined) throw new Error('no field');
  await form.store.learn('rental.machine', { id: '7', state: 'free' });
  await form.store.learn('rental.machine', { id: '9', state: 'lent' });
  expect([form.accepts(field, '7', row), form.accepts(field, '9', row)]).toEqual([true, false]);
});

test('rows that were there from the beginning are kept, rows that were added and left alone are not', async () => {
  const draft = await contract();
  await draft.begin({ date: '2026-03-02', days: 2, lines: [{ machine: '7' }] });
  await draft.addRow('lines');
  expect(draft.rows('lines').map((row) => draft.isBegun(row))).toEqual([true, false]);
  draft.dropUntouchedRows();
  expect(draft.rows('lines').map((row) => row['machine'])).toEqual(['7']);
});
