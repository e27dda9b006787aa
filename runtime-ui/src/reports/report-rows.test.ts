import { expect, it } from 'vitest';
import type { ReportColumn, ReportRow } from './report-api.ts';
import { drawnRows, groupDimensions, nestByLevel, parentKeys, sortNodes } from './report-rows.ts';

const subtotal = (level: number, cells: ReportRow['cells']): ReportRow => ({ level, kind: 'subtotal', cells });
const row = (level: number, cells: ReportRow['cells']): ReportRow => ({ level, kind: 'row', cells });
const amount: ReportColumn = { name: 'amount', label: 'Amount', format: 'money', kind: 'measure' };
const account: ReportColumn = { name: 'account', label: 'Account', format: 'text', kind: 'dimension' };
const MEASURES = new Set(['amount']);

const rows = [
  subtotal(0, { kind: 'asset', amount: '30' }),
  row(1, { kind: 'asset', account: 'bank', amount: '9' }),
  row(1, { kind: 'asset', account: 'cash', amount: '21' }),
  subtotal(0, { kind: 'debt', amount: '100' }),
  row(1, { kind: 'debt', account: 'loan', amount: '100' }),
];
const shape = (drawn: ReturnType<typeof drawnRows>): string =>
  drawn
    .map(({ row: { cells }, depth }) => `${'.'.repeat(depth)}${String(cells['account'] ?? cells['kind'])}`)
    .join(' ');

it('hangs lines under the sums above them', () => {
  expect(shape(drawnRows(nestByLevel(rows), new Set()))).toBe('asset .bank .cash debt .loan');
  expect(parentKeys(nestByLevel(rows))).toEqual(['0', '3']);
});

it('leaves out what is folded', () => {
  expect(shape(drawnRows(nestByLevel(rows), new Set(['0'])))).toBe('asset debt .loan');
});

it('knows which dimensions only groups are called by, and keeps one column', () => {
  expect(groupDimensions(rows, ['kind', 'account'])).toEqual(['kind']);
  expect(groupDimensions([subtotal(0, { kind: 'asset' })], ['kind'])).toEqual([]);
});

it.each<[ReportColumn, boolean, string]>([
  [amount, true, 'debt .loan asset .cash .bank'],
  [amount, false, 'asset .bank .cash debt .loan'],
  [account, true, 'debt .loan asset .cash .bank'],
])('sorts groups, and lines within them: %j, descending %s', (column, isDescending, expected) => {
  const sorted = sortNodes(nestByLevel(rows), column, isDescending, MEASURES);
  expect(shape(drawnRows(sorted, new Set()))).toBe(expected);
});

it('sorts figures by their value, however long, and leaves empty ones last', () => {
  const some = ['10', null, '9', '9007199254740993', '9007199254740992'].map((value, index) =>
    row(0, { account: String(index), amount: value }),
  );
  for (const [isDescending, expected] of [
    [false, '2 0 4 3 1'],
    [true, '3 4 0 2 1'],
  ] as const) {
    expect(shape(drawnRows(sortNodes(nestByLevel(some), amount, isDescending, MEASURES), new Set()))).toBe(expected);
  }
});
