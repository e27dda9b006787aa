import { currentLocale } from './i18n.ts';

/** Every place where a language writes numbers and dates in its own way. */
const REGIONS = { en: 'en-GB', id: 'id-ID' } as const;

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** The tag for Intl of the present language. */
export function region(): string {
  return REGIONS[currentLocale()];
}

function isDecimal(text: string): text is `${number}` {
  return DECIMAL.test(text);
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = region() + JSON.stringify(options);
  let format = numberFormats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(region(), options);
    numberFormats.set(key, format);
  }
  return format;
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = region() + JSON.stringify(options);
  let format = dateFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(region(), options);
    dateFormats.set(key, format);
  }
  return format;
}

/** A text that is not a number is shown as it is. */
function formatExact(text: string, options: Intl.NumberFormatOptions): string {
  // Intl reads a text digit by digit; a number would lose digits of large amounts.
  return isDecimal(text) ? numberFormat(options).format(text) : text;
}

/**
 * A decimal as people write it: `1234.5` → `1.234,5`.
 *
 * @param scale fraction digits shown at least; those the number has beyond them are kept
 */
export function formatDecimal(text: string, scale = 0): string {
  return formatExact(text, { minimumFractionDigits: scale, maximumFractionDigits: Math.max(scale, 12) });
}

function currencyOptions(currency: string): Intl.NumberFormatOptions {
  const options: Intl.NumberFormatOptions = { style: 'currency', currency };
  if (currency !== 'IDR') return options;
  // Every language here knows the rupiah by its sign. Its prices have no cents, though ISO 4217 gives it two digits.
  return { ...options, currencyDisplay: 'narrowSymbol', minimumFractionDigits: 0, maximumFractionDigits: 2 };
}

/** An amount with its currency (ISO 4217). */
export function formatMoney(text: string, currency: string): string {
  // Whoever has cents shows both: Rp 7.250,50.
  const cents = /\.0*[1-9]/.test(text) ? { minimumFractionDigits: 2 } : {};
  return formatExact(text, { ...currencyOptions(currency), ...cents });
}

/** An amount short enough for a card or an axis: `Rp 1,2 jt`; without a currency, a plain number. */
export function formatCompact(text: string, currency: string | null = null): string {
  const style = currency === null ? {} : currencyOptions(currency);
  return formatExact(text, { ...style, notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 });
}

export function formatCount(count: number): string {
  return numberFormat({}).format(count);
}

/** A calendar date `YYYY-MM-DD`, which has no time zone. */
export function formatDate(date: string): string {
  const instant = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(instant.getTime())) return date;
  return dateFormat({ dateStyle: 'medium', timeZone: 'UTC' }).format(instant);
}

/** A month `YYYY-MM`. */
export function formatMonth(month: string): string {
  const instant = new Date(`${month}-01T00:00:00Z`);
  if (Number.isNaN(instant.getTime())) return month;
  return dateFormat({ month: 'short', year: 'numeric', timeZone: 'UTC' }).format(instant);
}

/** An instant (RFC 3339) in the time zone of this device. */
export function formatInstant(instant: string): string {
  const read = new Date(instant);
  if (Number.isNaN(read.getTime())) return instant;
  return dateFormat({ dateStyle: 'medium', timeStyle: 'short' }).format(read);
}

/** The time of day of an instant, by this device's clock. */
export function formatTime(instant: string): string {
  const read = new Date(instant);
  return Number.isNaN(read.getTime()) ? instant : dateFormat({ timeStyle: 'short' }).format(read);
}

/** The day `YYYY-MM-DD` that an instant falls on by this device's clock. */
export function localDay(instant: string): string {
  const read = new Date(instant);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${read.getFullYear()}-${two(read.getMonth() + 1)}-${two(read.getDate())}`;
}

/** How long ago or ahead: `5 minutes ago`; further than a week, the date. */
export function formatRelative(instant: string, now = Date.now()): string {
  const seconds = Math.round((new Date(instant).getTime() - now) / 1000);
  if (Number.isNaN(seconds)) return instant;
  const distance = Math.abs(seconds);
  if (distance >= 7 * DAY_SECONDS) return formatInstant(instant);
  const relative = new Intl.RelativeTimeFormat(region(), { numeric: 'auto' });
  if (distance < MINUTE_SECONDS) return relative.format(0, 'minute');
  if (distance < HOUR_SECONDS) return relative.format(Math.trunc(seconds / MINUTE_SECONDS), 'minute');
  if (distance < DAY_SECONDS) return relative.format(Math.trunc(seconds / HOUR_SECONDS), 'hour');
  return relative.format(Math.trunc(seconds / DAY_SECONDS), 'day');
}

/** Names in a sentence: `Accounting and Inventory`. */
export function formatNames(names: readonly string[]): string {
  return new Intl.ListFormat(region(), { type: 'conjunction' }).format(names);
}
