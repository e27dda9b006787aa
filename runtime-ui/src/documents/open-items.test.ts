import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Decimal } from '../../../engine/src/base/decimal.ts';
import { fetchOpenItems, spread } from './open-items.ts';
import type { OpenItem } from './open-items.ts';

const fetchMock = vi.fn<typeof fetch>();
beforeEach(() => vi.stubGlobal('fetch', fetchMock));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});
const answer = (status: number, body: unknown): Promise<Response> =>
  Promise.resolve(
    new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
    }),
  );
/** The figure `amount` of a balance. */
const openIn = {
  ledger: 'books.open-items',
  dimension: 'document',
  due: 'due',
  at: { party: 'party' },
  value: {
    node: 'path' as const,
    frame: 'self' as const,
    path: [{ entity: 'books.open-items', field: 'amount', kind: 'field' as const }],
    type: { kind: 'number' as const, scale: 2 },
  },
};
const item = (id: string, open: string): OpenItem => ({ entity: 'books.bill', id, title: id, due: null, open });

it.each<[string | null, readonly string[], readonly string[], string | null]>([
  ['4000', ['750', '3750', '5000'], ['750', '3250', '0'], '0'],
  ['10000', ['750', '3750'], ['750', '3750'], '5500'],
  [null, ['750', '3750'], ['750', '3750'], null],
  // A credit makes more of the amount available.
  ['100', ['-50', '120', '80'], ['-50', '120', '30'], '0'],
  ['0', ['750'], ['0'], '0'],
])('spreads %s over %j', (total, opens, expected, left) => {
  const plan = spread(
    total === null ? null : Decimal.parse(total),
    opens.map((open, index) => item(String(index), open)),
  );
  expect(plan.amounts.map(String)).toEqual(expected);
  expect(plan.left?.toString() ?? null).toBe(left);
});

it('lists what is open, due first, and leaves out what is settled', async () => {
  const row = (id: string, due: string | null, amount: string) => ({
    document: { entity: 'books.bill', id },
    due,
    amount,
    _titles: { document: `Bill ${id}` },
  });
  fetchMock.mockImplementation(() =>
    answer(200, {
      data: [row('3', '2026-12-01', '5.00'), row('1', '2026-11-01', '7.50'), row('2', '2026-10-01', '0.00')],
    }),
  );
  const items = await fetchOpenItems(openIn, { party: 'people.person:7' });
  expect(items.map(({ title, due, open }) => [title, due, open])).toEqual([
    ['Bill 1', '2026-11-01', '7.5'],
    ['Bill 3', '2026-12-01', '5'],
  ]);
  expect(decodeURIComponent(String(fetchMock.mock.calls[0]?.[0]))).toContain(
    '/ledgers/books.open-items/balances?by=document,due&party=people.person:7',
  );
});

it('asks for no due dates where the ledger keeps none', async () => {
  fetchMock.mockImplementation(() =>
    answer(200, { data: [{ document: { entity: 'books.bill', id: '1', title: 'Bill 1' }, amount: '7.50' }] }),
  );
  expect(await fetchOpenItems({ ...openIn, due: null }, { party: 'people.person:7' })).toEqual([
    { entity: 'books.bill', id: '1', title: 'Bill 1', due: null, open: '7.5' },
  ]);
  expect(decodeURIComponent(String(fetchMock.mock.calls[0]?.[0]))).toContain('?by=document&party=');
});
