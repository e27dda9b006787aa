import { addDays, addMonths, dateOf, dayNumber, daysInMonth } from '../expression/calendar.ts';
import type { Report } from '../compiler/report-model.ts';
import type { ParameterValues } from './parameters.ts';

/** What a report is compared with: the periods right before, or the same ones of earlier years. */
export const COMPARISONS = ['previous', 'year'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** The choices of a run as an earlier period has them. */
export interface EarlierPeriod {
  readonly parameters: ParameterValues;
  /** First and last day; the first is null where a report shows a state. */
  readonly from: string | null;
  readonly to: string;
}

/** Names of the parameters that say when: a span, or the one day of a state; null for a report without. */
export function periodOf({ parameters }: Report): { readonly from: string | null; readonly to: string } | null {
  const dates = parameters.filter(({ type }) => type.kind === 'date').map(({ name }) => name);
  if (dates.includes('from') && dates.includes('to')) return { from: 'from', to: 'to' };
  const [only] = dates;
  return only === undefined || dates.length > 1 ? null : { from: null, to: only };
}

/**
 * The same choices `steps` periods ago; null where the days do not exist or were not chosen.
 *
 * Months stay months: February is compared with January, a quarter with the quarter before, the first ten days of a month
 * with those of the month before. Any other span is compared with as many days before it.
 */
export function earlierPeriod(
  report: Report,
  parameters: ParameterValues,
  comparison: Comparison,
  steps: number,
): EarlierPeriod | null {
  const period = periodOf(report);
  if (period === null) return null;
  const last = parameters.values[period.to];
  const first = period.from === null ? null : parameters.values[period.from];
  if (typeof last !== 'string' || (period.from !== null && typeof first !== 'string')) return null;
  const days =
    typeof first === 'string' ? shiftedSpan(first, last, comparison, steps) : shiftedDay(last, comparison, steps);
  if (days === null) return null;
  const [from, to] = days;
  const changed = { ...(period.from === null ? {} : { [period.from]: from }), [period.to]: to };
  return {
    parameters: {
      ...parameters,
      values: { ...parameters.values, ...changed },
      json: { ...parameters.json, ...changed },
    },
    from,
    to,
  };
}

function shiftedSpan(
  first: string,
  last: string,
  comparison: Comparison,
  steps: number,
): readonly [string, string] | null {
  const isFromFirst = first.endsWith('-01') && first !== last;
  if (comparison === 'previous' && !isFromFirst) {
    const length = dayNumber(last) - dayNumber(first) + 1;
    return both(addDays(first, -length * steps), addDays(last, -length * steps));
  }
  const months = comparison === 'year' ? 12 : monthOf(last) - monthOf(first) + 1;
  const from = addMonths(first, -months * steps);
  const to = addMonths(last, -months * steps);
  return both(from, to === null || !isMonthEnd(last) ? to : monthEnd(to));
}

/** A state is compared with the end of the month before, where it is that of a month, else with the day before. */
function shiftedDay(day: string, comparison: Comparison, steps: number): readonly [null, string] | null {
  const months = comparison === 'year' ? 12 : isMonthEnd(day) ? 1 : 0;
  const shifted = months === 0 ? addDays(day, -steps) : addMonths(day, -months * steps);
  if (shifted === null) return null;
  return [null, isMonthEnd(day) ? monthEnd(shifted) : shifted];
}

function both(from: string | null, to: string | null): readonly [string, string] | null {
  return from === null || to === null ? null : [from, to];
}

function monthOf(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
}

function monthEnd(day: string): string {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  return dateOf(year, month, daysInMonth(year, month)) ?? day;
}

function isMonthEnd(day: string): boolean {
  return monthEnd(day) === day;
}
