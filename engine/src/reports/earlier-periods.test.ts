import { describe, expect, it } from 'vitest';
import type { Report } from '../compiler/report-model.ts';
import { earlierPeriod } from './earlier-periods.ts';

const date = (name: string) => ({ name, type: { kind: 'date' } });
const reportOf = (...names: readonly string[]): Report => ({ parameters: names.map(date) }) as unknown as Report;

describe('the periods that stand beside', () => {
  it.each([
    ['a month, the month before', ['2026-03-01', '2026-03-31'], 'previous', 1, ['2026-02-01', '2026-02-28']],
    ['a month, two before', ['2026-03-01', '2026-03-31'], 'previous', 2, ['2026-01-01', '2026-01-31']],
    ['a quarter, the quarter before', ['2026-01-01', '2026-03-31'], 'previous', 1, ['2025-10-01', '2025-12-31']],
    ['a year, the year before', ['2026-01-01', '2026-12-31'], 'previous', 1, ['2025-01-01', '2025-12-31']],
    [
      'a month until today, the month before',
      ['2026-11-01', '2026-11-23'],
      'previous',
      1,
      ['2026-10-01', '2026-10-23'],
    ],
    ['ten days, the ten before', ['2026-03-11', '2026-03-20'], 'previous', 1, ['2026-03-01', '2026-03-10']],
    ['one day, the day before', ['2026-03-01', '2026-03-01'], 'previous', 1, ['2026-02-28', '2026-02-28']],
    ['February of a leap year, a year before', ['2028-02-01', '2028-02-29'], 'year', 1, ['2027-02-01', '2027-02-28']],
    ['some days, a year before', ['2026-03-05', '2026-03-20'], 'year', 2, ['2024-03-05', '2024-03-20']],
  ] as const)('%s', (_, [from, to], comparison, steps, expected) => {
    const parameters = { values: { from, to }, json: { from, to }, titles: {} };
    const found = earlierPeriod(reportOf('from', 'to'), parameters, comparison, steps);
    expect([found?.from, found?.to]).toEqual(expected);
    expect(found?.parameters.values).toEqual({ from: expected[0], to: expected[1] });
  });

  it.each([
    ['the end of a month', '2026-03-31', 'previous', '2026-02-28'],
    ['a day within a month', '2026-03-15', 'previous', '2026-03-14'],
    ['the end of a year', '2026-12-31', 'year', '2025-12-31'],
    ['the last day of February', '2027-02-28', 'year', '2026-02-28'],
  ] as const)('%s', (_, to, comparison, expected) => {
    const parameters = { values: { to }, json: { to }, titles: {} };
    expect(earlierPeriod(reportOf('to'), parameters, comparison, 1)).toMatchObject({ from: null, to: expected });
  });

  it('are none where nobody says when', () => {
    const nothing = { values: {}, json: {}, titles: {} };
    expect(earlierPeriod(reportOf(), nothing, 'previous', 1)).toBeNull();
    expect(earlierPeriod(reportOf('from', 'to'), nothing, 'previous', 1)).toBeNull();
    expect(earlierPeriod(reportOf('due', 'until'), nothing, 'year', 1)).toBeNull();
  });
});
