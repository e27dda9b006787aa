import { expect, it } from 'vitest';
import { nameOfPeriod, periodOf } from './periods.ts';
import type { PeriodName } from './periods.ts';

it.each<[PeriodName, string, string, string]>([
  ['today', '2026-11-23', '2026-11-23', '2026-11-23'],
  ['thisMonth', '2026-02-28', '2026-02-01', '2026-02-28'],
  ['thisMonth', '2028-02-10', '2028-02-01', '2028-02-29'],
  ['lastMonth', '2026-01-31', '2025-12-01', '2025-12-31'],
  ['thisQuarter', '2026-11-23', '2026-10-01', '2026-12-31'],
  ['lastQuarter', '2026-02-01', '2025-10-01', '2025-12-31'],
  ['thisYear', '2026-11-23', '2026-01-01', '2026-12-31'],
  ['lastYear', '2026-11-23', '2025-01-01', '2025-12-31'],
])('%s seen from %s is %s to %s', (name, today, from, to) => {
  expect(periodOf(name, today)).toEqual({ from, to });
  expect(nameOfPeriod({ from, to }, today)).toBe(name);
});

it('has no name for any other span', () => {
  expect(nameOfPeriod({ from: '2026-11-02', to: '2026-11-30' }, '2026-11-23')).toBeNull();
});
