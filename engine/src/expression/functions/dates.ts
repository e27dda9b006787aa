import { Decimal } from '../../base/decimal.ts';
import * as calendar from '../calendar.ts';
import { DATE, DATETIME, DURATION, INTEGER, TIME } from '../type.ts';
import { joined, raw, sql } from '../sql/text.ts';
import { mysqlText, product } from './arithmetic.ts';
import { parameter, signature } from './definition.ts';
import type { FunctionDefinition } from './definition.ts';
import type { Sql } from '../sql/text.ts';

const date = (name: string) => parameter(name, 'date');
const datetime = (name: string) => parameter(name, 'datetime');
const duration = (name: string) => parameter(name, 'duration');
const number = (name: string) => parameter(name, 'number');
const dateOrDatetime = parameter('date', 'date', 'datetime');

const ofTwoMoments = [DATE, DATETIME, TIME].map((type) =>
  signature([parameter('a', type.kind), parameter('b', type.kind)], type),
);

/** Whole days of a duration, rounded down; a time of day has no place in a date. */
function wholeDays(seconds: Decimal): number {
  return seconds.divide(calendar.SECONDS_PER_DAY).floor().toNumber();
}

function mysqlWholeDays(seconds: Sql): Sql {
  return sql`FLOOR(CAST(${seconds} AS DECIMAL(65,26)) / 86400)`;
}

function dayDifference(from: string, to: string): number {
  return calendar.dayNumber(to) - calendar.dayNumber(from);
}

/** Century and other years that have a 29 February, as the end of a year's digits. */
const FOURTHS = '(?:0[48]|[2468][048]|[13579][26])';
const DAYS_TO_28 = '(?:[1-9]|1[0-2])-(?:[1-9]|1[0-9]|2[0-8])';
const DAYS_29_TO_31 = '(?:[13-9]|1[0-2])-(?:29|30)|(?:[13578]|1[02])-31';
const LEAP_DAYS = `(?:[0-9]{2}${FOURTHS}|(?:00|${FOURTHS})00)-2-29`;
const EXISTING_DATE = `(?!0000)(?:[0-9]{4}-(?:${DAYS_TO_28}|${DAYS_29_TO_31})|${LEAP_DAYS})$`;

/**
 * The date by a pattern: MariaDB 10.11 takes a 30 February for a date wherever one is compared, though CAST gives
 * NULL for it elsewhere. Each argument stands in the text once, however deep such dates nest. Up to three zeros fill
 * the year; the second pattern leaves the others away.
 */
function mysqlDate(year: Sql, month: Sql, day: Sql): Sql {
  const text = joined([raw("'000'"), mysqlText(year), raw("'-'"), mysqlText(month), raw("'-'"), mysqlText(day)], ', ');
  const existing = sql`REGEXP_SUBSTR(CONCAT(${text}), ${raw(`'^0{0,3}${EXISTING_DATE}'`)})`;
  return sql`CAST(NULLIF(REGEXP_SUBSTR(${existing}, '[0-9]{4}-[0-9]+-[0-9]+$'), '') AS DATE)`;
}

/** A function of whole time units, giving the duration of so many of them. */
function unit(name: string, seconds: number): FunctionDefinition {
  const each = Decimal.of(seconds);
  return {
    id: name,
    name,
    summary: `A duration of so many ${name}.`,
    signatures: [signature([number('n')], DURATION)],
    evaluate: (count: Decimal) => product(count, each),
    mysql: (count) => sql`(${count} * ${raw(String(seconds))})`,
  };
}

/** A whole-number part of a date, such as its month. */
function part(
  name: string,
  summary: string,
  evaluate: (moment: string) => number,
  mysql: (moment: Sql) => Sql,
): FunctionDefinition {
  return {
    id: name,
    name,
    summary,
    signatures: [signature([dateOrDatetime], INTEGER)],
    evaluate: (moment: string) => Decimal.of(evaluate(moment)),
    mysql,
  };
}

const lastOfMonth = (moment: string): string | null => {
  const year = Number(moment.slice(0, 4));
  const month = Number(moment.slice(5, 7));
  return calendar.dateOf(year, month, calendar.daysInMonth(year, month));
};

export const dates: readonly FunctionDefinition[] = [
  unit('days', 86_400),
  unit('hours', 3_600),
  unit('minutes', 60),
  unit('seconds', 1),
  // MySQL counts years, months and days without a sign, and refuses what would become negative.
  part(
    'year',
    'The year of a date.',
    (moment) => Number(moment.slice(0, 4)),
    (moment) => sql`CAST(YEAR(${moment}) AS SIGNED)`,
  ),
  part(
    'month',
    'The month of a date, 1 to 12.',
    (moment) => Number(moment.slice(5, 7)),
    (moment) => sql`CAST(MONTH(${moment}) AS SIGNED)`,
  ),
  part(
    'day',
    'The day of the month, 1 to 31.',
    (moment) => Number(moment.slice(8, 10)),
    (moment) => sql`CAST(DAYOFMONTH(${moment}) AS SIGNED)`,
  ),
  part(
    'weekday',
    'The day of the week: Monday is 1, Sunday 7.',
    calendar.weekday,
    (moment) => sql`(WEEKDAY(${moment}) + 1)`,
  ),
  {
    id: 'date_of_parts',
    name: 'date',
    summary: 'The date of a year, month and day; null when there is no such date.',
    signatures: [signature([number('year'), number('month'), number('day')], DATE)],
    evaluate: (year: Decimal, month: Decimal, day: Decimal) =>
      year.isWhole() && month.isWhole() && day.isWhole()
        ? calendar.dateOf(year.toNumber(), month.toNumber(), day.toNumber())
        : null,
    mysql: mysqlDate,
  },
  {
    id: 'date_of_datetime',
    name: 'date',
    summary: 'The date of an instant, in UTC.',
    signatures: [signature([datetime('instant')], DATE)],
    evaluate: (instant: string) => instant.slice(0, 10),
    mysql: (instant) => sql`DATE(${instant})`,
  },
  {
    id: 'start_of_month',
    name: 'start_of_month',
    summary: 'The first day of the month.',
    signatures: [signature([dateOrDatetime], DATE)],
    evaluate: (moment: string) => `${moment.slice(0, 7)}-01`,
    mysql: (moment) => sql`CAST(DATE_FORMAT(${moment}, '%Y-%m-01') AS DATE)`,
  },
  {
    id: 'end_of_month',
    name: 'end_of_month',
    summary: 'The last day of the month.',
    signatures: [signature([dateOrDatetime], DATE)],
    evaluate: lastOfMonth,
    mysql: (moment) => sql`LAST_DAY(${moment})`,
  },
  {
    id: 'start_of_year',
    name: 'start_of_year',
    summary: 'The first day of the calendar year.',
    signatures: [signature([dateOrDatetime], DATE)],
    evaluate: (moment: string) => `${moment.slice(0, 4)}-01-01`,
    mysql: (moment) => sql`CAST(DATE_FORMAT(${moment}, '%Y-01-01') AS DATE)`,
  },
  {
    id: 'end_of_year',
    name: 'end_of_year',
    summary: 'The last day of the calendar year.',
    signatures: [signature([dateOrDatetime], DATE)],
    evaluate: (moment: string) => `${moment.slice(0, 4)}-12-31`,
    mysql: (moment) => sql`CAST(DATE_FORMAT(${moment}, '%Y-12-31') AS DATE)`,
  },
  {
    id: 'days_between',
    name: 'days_between',
    summary: 'How many days the second date lies after the first.',
    signatures: [signature([dateOrDatetime, dateOrDatetime], INTEGER)],
    evaluate: (from: string, to: string) => Decimal.of(dayDifference(from, to)),
    mysql: (from, to) => sql`DATEDIFF(${to}, ${from})`,
  },
  {
    id: 'later_date',
    name: '+',
    summary: 'The date so many whole days later.',
    signatures: [signature([date('date'), duration('duration')], DATE)],
    evaluate: (from: string, by: Decimal) => calendar.addDays(from, wholeDays(by)),
    mysql: (from, by) => sql`DATE_ADD(${from}, INTERVAL ${mysqlWholeDays(by)} DAY)`,
  },
  {
    id: 'earlier_date',
    name: '-',
    summary: 'The date so many whole days earlier.',
    signatures: [signature([date('date'), duration('duration')], DATE)],
    evaluate: (from: string, by: Decimal) => calendar.addDays(from, -wholeDays(by)),
    mysql: (from, by) => sql`DATE_SUB(${from}, INTERVAL ${mysqlWholeDays(by)} DAY)`,
  },
  {
    id: 'earlier_of',
    name: 'min',
    summary: 'The earlier of two dates, instants or times.',
    signatures: ofTwoMoments,
    evaluate: (one: string, other: string) => (one <= other ? one : other),
    mysql: (one, other) => sql`LEAST(${one}, ${other})`,
  },
  {
    id: 'later_of',
    name: 'max',
    summary: 'The later of two dates, instants or times.',
    signatures: ofTwoMoments,
    evaluate: (one: string, other: string) => (one >= other ? one : other),
    mysql: (one, other) => sql`GREATEST(${one}, ${other})`,
  },
  {
    id: 'date_difference',
    name: '-',
    summary: 'The duration from the second date to the first.',
    signatures: [signature([date('to'), date('from')], DURATION)],
    evaluate: (to: string, from: string) => Decimal.of(dayDifference(from, to) * 86_400),
    mysql: (to, from) => sql`(DATEDIFF(${to}, ${from}) * 86400)`,
  },
  {
    id: 'later_instant',
    name: '+',
    summary: 'The instant a duration later.',
    signatures: [signature([datetime('instant'), duration('duration')], DATETIME)],
    evaluate: (from: string, by: Decimal) => calendar.addSeconds(from, by),
    mysql: (from, by) => sql`DATE_ADD(${from}, INTERVAL ROUND(${by} * 1000) * 1000 MICROSECOND)`,
  },
  {
    id: 'earlier_instant',
    name: '-',
    summary: 'The instant a duration earlier.',
    signatures: [signature([datetime('instant'), duration('duration')], DATETIME)],
    evaluate: (from: string, by: Decimal) => calendar.addSeconds(from, by.negate()),
    mysql: (from, by) => sql`DATE_SUB(${from}, INTERVAL ROUND(${by} * 1000) * 1000 MICROSECOND)`,
  },
  {
    id: 'instant_difference',
    name: '-',
    summary: 'The duration from the second instant to the first.',
    signatures: [signature([datetime('to'), datetime('from')], DURATION)],
    evaluate: (to: string, from: string) => calendar.secondsBetween(from, to),
    mysql: (to, from) => sql`(CAST(TIMESTAMPDIFF(MICROSECOND, ${from}, ${to}) AS DECIMAL(30,0)) / 1000000)`,
  },
  {
    id: 'later_month',
    name: 'add_months',
    summary: 'The same day so many whole months later, or the last day of a month that is too short.',
    signatures: [
      signature([date('date'), number('months')], DATE),
      signature([datetime('instant'), number('months')], DATETIME),
    ],
    evaluate: (from: string, months: Decimal) => calendar.addMonths(from, months.floor().toNumber()),
    mysql: (from, months) => sql`DATE_ADD(${from}, INTERVAL FLOOR(${months}) MONTH)`,
  },
];
