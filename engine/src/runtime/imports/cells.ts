import type { Field } from '../../compiler/model.ts';
import { LOCALES } from '../../metamodel/text.ts';

/** How people write numbers and dates in a file. What a workbook holds as a number or a date needs no telling. */
export interface CellFormats {
  readonly decimal: '.' | ',';
  readonly date: 'ymd' | 'dmy' | 'mdy';
  /** IANA name: of moments that do not say their distance from UTC. */
  readonly timezone: string;
}

const YES: ReadonlySet<string> = new Set(['true', 'yes', 'y', '1', 'ya', 'benar', 'x', '✓', '✔']);
const NO: ReadonlySet<string> = new Set(['false', 'no', 'n', '0', 'tidak', 'salah', '-']);
const NUMBERS: ReadonlySet<string> = new Set(['integer', 'decimal', 'money', 'quantity', 'percent', 'duration']);
const DAY = /^(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})(?:[T ]00:00(?::00)?(?:\.0+)?)?$/;
const MOMENT = /^(\S+)[T ](\d{1,2}:\d{2}(?::\d{2})?(?:\.\d{1,9})?)\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * What a cell means as JSON for its field; the field's own type then says whether it is valid, so that what cannot be
 * understood is passed on as it stands.
 *
 * @param isPlain whether the file holds it as a number or a date, not as text
 */
export function cellValue(text: string, field: Field, formats: CellFormats, isPlain: boolean): unknown {
  const bare = text.trim();
  if (bare === '') return null;
  if (NUMBERS.has(field.type)) return isPlain ? bare : directed(bare, (text) => plainNumber(text, formats.decimal));
  switch (field.type) {
    case 'boolean':
      return flag(bare);
    case 'date':
      return plainDay(bare, isPlain ? 'ymd' : formats.date);
    case 'datetime':
      return plainMoment(bare, isPlain ? 'ymd' : formats.date, formats.timezone);
    case 'enumeration':
      return optionOf(bare, field);
    case 'json':
    case 'translated-text':
      return parsed(bare);
    case 'point':
      return place(bare);
    default:
      return text;
  }
}

function flag(text: string): unknown {
  const word = text.toLowerCase();
  if (YES.has(word)) return true;
  return NO.has(word) ? false : text;
}

const DIRECTION = /^(.*\d)\s*(CR|DB|DR)\.?$/i;

/** `1,000.00 DB` → `-1000.00`: statements of banks say the direction behind the amount. */
function directed(text: string, read: (text: string) => string): string {
  const [, amount, direction = ''] = DIRECTION.exec(text) ?? [];
  if (amount === undefined) return read(text);
  const number = read(amount);
  return direction.toUpperCase() === 'CR' || number.startsWith('-') ? number : `-${number}`;
}

/** `1.234,50` → `1234.50`, if the marks stand where they have a meaning. */
function plainNumber(text: string, decimal: '.' | ','): string {
  const bare = text.replace(/[\s\u00A0\u202F]/g, '').replace(/%$/, '');
  const group = decimal === '.' ? ',' : '.';
  const [whole = '', fraction, ...more] = bare.split(decimal);
  if (more.length > 0 || fraction?.includes(group) === true) return text;
  const grouped = whole.split(group);
  const isGrouped = grouped.length > 1;
  if (isGrouped && !grouped.every((part, index) => (index === 0 ? /^[-+]?\d{1,3}$/ : /^\d{3}$/).test(part)))
    return text;
  const digits = grouped.join('').replace(/^\+/, '');
  return fraction === undefined || fraction === '' ? digits : `${digits === '' ? '0' : digits}.${fraction}`;
}

function plainDay(text: string, order: CellFormats['date']): string {
  const [, first = '', second = '', third = ''] = DAY.exec(text) ?? [];
  if (first === '') return text;
  // Four digits in front leave no doubt.
  const by = first.length === 4 ? 'ymd' : order;
  const [year, month, day] =
    by === 'ymd' ? [first, second, third] : by === 'dmy' ? [third, second, first] : [third, first, second];
  if (year.length !== 4) return text;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function plainMoment(text: string, order: CellFormats['date'], timezone: string): string {
  const [, date, clock = '', offset] = MOMENT.exec(text) ?? [];
  const day = plainDay(date ?? text, order);
  if (date === undefined && day === text) return text;
  const time = clock === '' ? '00:00:00' : clock.length <= 5 ? `${clock}:00` : clock;
  const local = `${day}T${time.padStart(8, '0')}`;
  if (offset !== undefined)
    return local + (/^[+-]\d{4}$/.test(offset) ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset);
  const milliseconds = Date.parse(`${local}Z`);
  if (Number.isNaN(milliseconds)) return text;
  return new Date(milliseconds - offsetAt(timezone, milliseconds)).toISOString();
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** How far a wall clock that shows this is ahead of UTC, in milliseconds. */
function offsetAt(timezone: string, wall: number): number {
  let clock = clocks.get(timezone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
    clocks.set(timezone, clock);
  }
  const shown = (at: number): number => Date.parse(`${clock.format(at).replace(' ', 'T')}Z`);
  const whole = Math.floor(wall / 1000) * 1000;
  const guess = shown(whole) - whole;
  // Where the clock was put forward or back in between, the second look is right.
  return shown(whole - guess) - (whole - guess);
}

/** An option by its value or its label in either language. */
function optionOf(text: string, { options }: Field): string {
  const word = text.toLowerCase();
  const found = options.find(
    ({ value, label }) =>
      value.toLowerCase() === word || LOCALES.some((locale) => label[locale]?.toLowerCase() === word),
  );
  return found?.value ?? text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function place(text: string): unknown {
  const [lat, lng, ...more] = text.split(/\s*[,;]\s*/);
  return lat !== undefined && lng !== undefined && more.length === 0 ? { lat, lng } : parsed(text);
}
