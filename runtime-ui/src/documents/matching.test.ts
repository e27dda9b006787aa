import { expect, it } from 'vitest';
import { Decimal } from '../../../engine/src/base/decimal.ts';
import { proposeMatches, rankCandidates } from './matching.ts';
import type { Candidate, MatchLine } from './matching.ts';

const amount = (text: string): Decimal => Decimal.parse(text) ?? Decimal.zero;
const line = (index: number, date: string | null, sum: string, text = ''): MatchLine => ({
  index,
  date,
  amount: amount(sum),
  text,
});
const candidate = (id: string, date: string | null, sum: string, text = ''): Candidate => ({
  entity: 'books.payment',
  id,
  title: `PAY-2026-0000${id}`,
  date,
  amount: amount(sum),
  isSigned: false,
  text,
});

it('puts the same amount first, then the reference, then the nearer date', () => {
  const ranked = rankCandidates(line(0, '2026-11-13', '1250000', 'TRSF TRX88121'), [
    candidate('1', '2026-11-13', '990000'),
    candidate('2', '2026-11-01', '-1250000.00'),
    candidate('3', '2026-11-20', '10', 'TRX-88121'),
    candidate('4', '2026-11-12', '1250000'),
  ]);
  expect(ranked.map((match) => match.candidate.id)).toEqual(['4', '2', '3', '1']);
  expect(ranked.map(({ days }) => days)).toEqual([1, 12, 7, 0]);
});

it.each<[string, readonly MatchLine[], readonly Candidate[], Readonly<Record<number, string>>]>([
  ['the same amount near by', [line(0, '2026-11-13', '5')], [candidate('1', '2026-11-12', '5')], { 0: '1' }],
  ['the same amount far away', [line(0, '2026-11-13', '5')], [candidate('1', '2026-09-01', '5')], {}],
  [
    'far away with its reference',
    [line(0, '2026-11-13', '5', 'no TRX-9001')],
    [candidate('1', '2026-09-01', '5', 'TRX9001')],
    { 0: '1' },
  ],
  ['another amount', [line(0, '2026-11-13', '5')], [candidate('1', '2026-11-13', '5.01')], {}],
  [
    'two lines that want the same record',
    [line(0, '2026-11-10', '5'), line(1, '2026-11-13', '5')],
    [candidate('1', '2026-11-13', '5')],
    { 1: '1' },
  ],
  [
    'two equal pairs',
    [line(0, '2026-11-10', '5'), line(1, '2026-11-13', '5')],
    [candidate('1', '2026-11-13', '5'), candidate('2', '2026-11-10', '5')],
    { 0: '2', 1: '1' },
  ],
])('proposes %s', (_, lines, candidates, expected) => {
  const proposed = proposeMatches(lines, candidates);
  expect(Object.fromEntries([...proposed].map(([index, match]) => [index, match.candidate.id]))).toEqual(expected);
});
