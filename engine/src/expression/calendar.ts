import { Decimal } from '../base/decimal.ts';

/**
 * Dates of the proleptic Gregorian calendar as `YYYY-MM-DD`, instants as RFC 3339 in UTC with milliseconds. The
 * language knows the years 0001 to 9999; a result outside of them is null.
 */

export const SECONDS_PER_DAY = Decimal.of(86_400);
const MILLISECONDS_PER_SECOND = Decimal.of(1000);
const MILLISECONDS_PER_DAY = 86_400_000;
const DATE_FORM = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT_FORM = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?Z$/;
const TIME_FORM = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

/** Days since 1970-01-01 of a date that exists. */
export function dayNumber(date: string): number {
  return Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / MILLISECONDS_PER_DAY;
}

function isWithinYears(milliseconds: number): boolean {
  return milliseconds >= -62_135_596_800_000 && milliseconds < 253_402_300_800_000;
}

function instantAt(milliseconds: number): string | null {
  return isWithinYears(milliseconds) ? new Date(milliseconds).toISOString() : null;
}

function dateAt(days: number): string | null {
  return instantAt(days * MILLISECONDS_PER_DAY)?.slice(0, 10) ?? null;
}

/** The date of a year, month and day, or null when there is no such date. */
export function dateOf(year: number, month: number, day: number): string | null {
  if (!(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)))
    return null;
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The date so many whole days later. */
export function addDays(date: string, days: number): string | null {
  return dateAt(dayNumber(date) + days);
}

/** The same day so many months later, or the last day of that month when it is shorter. Takes dates and instants. */
export function addMonths(moment: string, months: number): string | null {
  const index = Number(moment.slice(0, 4)) * 12 + Number(moment.slice(5, 7)) - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  const date = dateOf(year, month, Math.min(Number(moment.slice(8, 10)), daysInMonth(year, month)));
  return date === null ? null : date + moment.slice(10);
}

/** The instant so many seconds later, rounded to milliseconds half away from zero. */
export function addSeconds(instant: string, seconds: Decimal): string | null {
  return instantAt(Date.parse(instant) + seconds.multiply(MILLISECONDS_PER_SECOND).round(0).toNumber());
}

export function secondsBetween(from: string, to: string): Decimal {
  return Decimal.fromUnits(BigInt(Date.parse(to) - Date.parse(from)), 3);
}

/** The day of the week by ISO 8601: Monday is 1, Sunday 7. */
export function weekday(moment: string): number {
  const fromThursday = dayNumber(moment) + 3;
  return (((fromThursday % 7) + 7) % 7) + 1;
}

export function isDate(text: string): boolean {
  return DATE_FORM.test(text) && dateOf(...partsOf(text)) === text;
}

/** The canonical form of an RFC 3339 instant in UTC, or null when the text is none. */
export function readInstant(text: string): string | null {
  return INSTANT_FORM.test(text) && isDate(text.slice(0, 10)) ? new Date(text).toISOString() : null;
}

/** The canonical form `HH:MM:SS` of a time, or null when the text is none. */
export function readTime(text: string): string | null {
  if (!TIME_FORM.test(text)) return null;
  return text.length === 5 ? `${text}:00` : text;
}

function partsOf(date: string): [year: number, month: number, day: number] {
  return [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
