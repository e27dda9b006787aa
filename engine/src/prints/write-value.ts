import { Decimal } from '../base/decimal.ts';
import type { Field } from '../compiler/model.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale, Text } from '../metamodel/text.ts';
import type { Value, ValueType } from '../metamodel/value-type.ts';
import { writeDate, writeNumber } from '../metamodel/written.ts';

/** How values are written for the readers of one page. */
export interface Writing {
  readonly locale: Locale;
  /** ISO 4217 code of the money on the page. */
  readonly currency: string;
  /** Fraction digits that every amount has. */
  readonly moneyDecimals: number;
  /** IANA name; instants are written as its clocks show them. */
  readonly timezone: string;
}

const YES: Text = { en: 'Yes', id: 'Ya' };
const NO: Text = { en: 'No', id: 'Tidak' };

/** Currencies with hundredths on paper only: nobody writes them unless there are some (CLDR: cash digits 0). */
const WITHOUT_COINS: ReadonlySet<string> = new Set(['IDR', 'COP', 'HUF', 'LAK', 'MMK', 'TWD']);

/** ISO 4217: currencies without a smaller unit, and those of a thousand. What Intl knows differs between releases. */
const WHOLE: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '),
);
const IN_THOUSANDTHS: ReadonlySet<string> = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

/** Fraction digits for the amounts of one page: those of the currency, none where they are out of use and all zero. */
export function moneyDecimalsOf(currency: string, amounts: readonly Decimal[]): number {
  if (WITHOUT_COINS.has(currency) && amounts.every((amount) => amount.isWhole())) return 0;
  return WHOLE.has(currency) ? 0 : IN_THOUSANDTHS.has(currency) ? 3 : 2;
}

/** `Rp`, `$`, `€`; the code itself where the currency has no sign of its own. */
export function currencySign(currency: string, locale: Locale): string {
  if (!/^[A-Z]{3}$/.test(currency)) return currency;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  return format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? currency;
}

function writeInstant(instant: string, { locale, timezone }: Writing, short: boolean): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' }).format(
    new Date(instant),
  );
  const [date = '', time = ''] = parts.split(' ');
  return `${writeDate(date, locale, short)} ${writeTime(time, locale)}`;
}

function writeTime(time: string, locale: Locale): string {
  const clock = time.slice(0, 5);
  return locale === 'id' ? clock.replace(':', '.') : clock;
}

function writeDuration(seconds: Decimal): string {
  const total = Math.round(seconds.abs().toNumber());
  const minutes = Math.floor(total / 60);
  const clock = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  return seconds.sign() < 0 ? `-${clock}` : clock;
}

/**
 * A value of a field as people read it. What has no form on a line (images, structured data) gives the empty text, and
 * so do links: their titles are known to whoever loaded the record.
 *
 * @param compact in the cell of a grid: months are shortened, amounts stand without the sign of their currency
 */
export function writeField(field: Field, value: Value, writing: Writing, compact: boolean): string {
  if (value === null) return '';
  const { locale } = writing;
  switch (field.type) {
    case 'money':
      return value instanceof Decimal ? writeMoney(value, writing, compact) : '';
    case 'percent':
      return value instanceof Decimal ? `${writeNumber(value, locale, 0)}%` : '';
    case 'enumeration': {
      const option = field.options.find((each) => each.value === value);
      return option === undefined ? plain(value) : textIn(option.label, locale);
    }
    case 'translated-text':
      return typeof value === 'string' ? textIn(JSON.parse(value) as Text, locale) : '';
    case 'richtext':
      return typeof value === 'string' ? withoutMarkup(value) : '';
    case 'date':
      return writeDate(plain(value), locale, compact);
    case 'json':
    case 'file':
    case 'image':
    case 'link':
    case 'links':
      return '';
    default:
      return writeTyped(value, field.fieldType.valueType(field), writing, compact);
  }
}

/** A value that stands for no field: the result of an expression. */
export function writeTyped(value: Exclude<Value, null>, type: ValueType, writing: Writing, compact: boolean): string {
  const { locale } = writing;
  if (typeof value === 'boolean') return textIn(value ? YES : NO, locale);
  if (value instanceof Decimal) {
    return type.kind === 'duration' ? writeDuration(value) : writeNumber(value, locale, 0);
  }
  if (type.kind === 'date') return writeDate(plain(value), locale, compact);
  if (type.kind === 'time') return writeTime(plain(value), locale);
  if (type.kind === 'datetime') return writeInstant(plain(value), writing, compact);
  return plain(value);
}

function writeMoney(amount: Decimal, { locale, currency, moneyDecimals }: Writing, compact: boolean): string {
  const number = writeNumber(amount, locale, moneyDecimals);
  if (compact) return number;
  const sign = currencySign(currency, locale);
  const isWord = /[\p{L}.]$/u.test(sign);
  return number.startsWith('-')
    ? `-${sign}${isWord ? ' ' : ''}${number.slice(1)}`
    : `${sign}${isWord ? ' ' : ''}${number}`;
}

function plain(value: Value): string {
  return typeof value === 'string' ? value : value instanceof Decimal ? value.toString() : '';
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

/** The words of a text with markup, paragraphs and items of lists on lines of their own. */
function withoutMarkup(markup: string): string {
  return markup
    .replace(/<li[^>]*>/gi, '• ')
    .replace(/<br[^>]*>|<\/(?:p|li|h[1-6]|blockquote|pre)>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&([a-z]+|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
