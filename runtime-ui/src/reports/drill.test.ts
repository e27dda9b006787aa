import { expect, it } from 'vitest';
import { drillInColumn, readDrill } from './drill.ts';

it.each<[unknown, unknown]>([
  [null, null],
  [
    { ledger: 'a.b', filter: { account: { eq: '7' }, date: { gte: '2026-01-01' } } },
    ['ledger', 'a.b', 'filter[account][eq]=7 filter[date][gte]=2026-01-01', true],
  ],
  [
    { entity: 'a.c', filter: { status: { in: 'x,y' }, memo: null }, exact: false },
    ['entity', 'a.c', 'filter[status][in]=x,y filter[memo][null]=true', false],
  ],
  [{ account: '7' }, ['ledger', 'books.general', 'filter[account]=7', true]],
  ['/ledgers/x/entries?filter[account]=7', ['ledger', 'books.general', 'filter[account]=7', true]],
])('reads %j', (given, expected) => {
  const drill = readDrill(given, { ledger: 'books.general' });
  const text =
    drill === null
      ? null
      : Object.entries(drill.query)
          .map((pair) => pair.join('='))
          .join(' ');
  expect(drill === null ? null : [drill.kind, drill.name, text, drill.isExact]).toEqual(expected);
});

it('takes the dates of a column over those of the line', () => {
  const drill = {
    kind: 'ledger',
    name: 'a.b',
    query: { 'filter[account]': '7', 'filter[date][gte]': '2026-01-01' },
    isExact: true,
  } as const;
  expect(drillInColumn(drill, { dates: { lte: '2025-12-31' } })).toEqual({
    ...drill,
    query: { 'filter[account]': '7', 'filter[date][lte]': '2025-12-31' },
  });
  expect(drillInColumn(drill, { across: { month: '2026-01' } }).isExact).toBe(false);
});
