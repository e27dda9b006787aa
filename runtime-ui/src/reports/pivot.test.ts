import { beforeAll, expect, it } from 'vitest';
import { setLocale } from '../i18n/i18n.ts';
import { pivotRows } from './pivot.ts';
import type { ReportColumn, ReportRow } from './report-api.ts';

beforeAll(() => setLocale('en'));

const columns: readonly ReportColumn[] = [
  { name: 'item', label: 'Item', format: 'link', kind: 'dimension' },
  { name: 'month', label: 'Month', format: 'text', kind: 'dimension' },
  { name: 'amount', label: 'Amount', format: 'money', kind: 'measure' },
];
const row = (item: string, month: string, amount: string): ReportRow => ({
  level: 0,
  kind: 'row',
  cells: { item, month, amount },
  titles: { item: `Item ${item}` },
  drill: `${item} ${month}`,
});

it('turns a dimension to the top and adds up exactly', () => {
  const pivot = pivotRows(
    columns,
    [row('1', '2026-02', '0.10'), row('1', '2026-01', '0.20'), row('2', '2026-02', '9007199254740993.01')],
    ['month'],
    'Sum',
  );
  expect(pivot.columns.map(({ label }) => label)).toEqual(['Item', 'Jan 2026', 'Feb 2026', 'Sum']);
  const table = pivot.rows.map(({ cells, titles }) => [
    titles?.['item'],
    ...pivot.columns.slice(1).map(({ name }) => cells[name]),
  ]);
  expect(table).toEqual([
    ['Item 1', '0.2', '0.1', '0.3'],
    ['Item 2', null, '9007199254740993.01', '9007199254740993.01'],
  ]);
  expect(pivot.columns.slice(1).map(({ name }) => pivot.totals[name])).toEqual([
    '0.2',
    '9007199254740993.11',
    '9007199254740993.31',
  ]);
});

it('keeps the way behind each figure', () => {
  const { columns: turned, rows } = pivotRows(
    columns,
    [row('1', '2026-02', '1'), row('1', '2026-01', '2')],
    ['month'],
    'Sum',
  );
  expect(turned.map(({ name }) => rows[0]?.drills?.[name])).toEqual([undefined, '1 2026-01', '1 2026-02', undefined]);
});
