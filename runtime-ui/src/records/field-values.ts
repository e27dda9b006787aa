import { Decimal } from '../../../engine/src/base/decimal.ts';
import type { ScreenField } from '../../../engine/src/compiler/screen.ts';
import type { FieldShape, FieldType, Json } from '../../../engine/src/metamodel/field-type.ts';
import { fieldTypes } from '../../../engine/src/metamodel/fields/index.ts';
import { messageOf } from '../../../engine/src/metamodel/messages.ts';
import type { Value } from '../../../engine/src/metamodel/value-type.ts';
import { formatDate, formatDecimal, formatInstant, formatMoney, region } from '../i18n/format.ts';
import { currentLocale } from '../i18n/i18n.ts';

const NUMBER_TYPES: ReadonlySet<string> = new Set(['integer', 'decimal', 'money', 'percent', 'quantity', 'duration']);

export function isNumber(field: ScreenField): boolean {
  return NUMBER_TYPES.has(field.type);
}

function typeOf(field: ScreenField): FieldType {
  return (fieldTypes as Readonly<Record<string, FieldType>>)[field.type] as FieldType;
}

const shapes = new WeakMap<ScreenField, FieldShape>();

function shapeOf(field: ScreenField): FieldShape {
  let shape = shapes.get(field);
  if (shape === undefined) {
    shape = {
      name: field.name,
      type: field.type,
      scale: field.scale,
      precision: field.precision,
      maxLength: field.maxLength,
      minLength: 0,
      min: field.min === null ? null : Decimal.parse(field.min),
      max: field.max === null ? null : Decimal.parse(field.max),
      options: field.options.map(({ value, label }) => ({ value, label: { [currentLocale()]: label } })),
      to: field.to,
      toAny: field.toAny,
      of: field.to,
    };
    shapes.set(field, shape);
  }
  return shape;
}

/** What the server sent, as expressions compute with it. The server only sends what it took before. */
export function valueOfJson(field: ScreenField, json: Json | undefined): Value {
  if (json === undefined || json === null) return null;
  if (isNumber(field)) return typeof json === 'object' ? null : Decimal.parse(String(json));
  const read = typeOf(field).read(json, shapeOf(field));
  return 'value' in read ? read.value : typeof json === 'string' ? json : null;
}

export function jsonOfValue(field: ScreenField, value: Value | undefined): Json {
  return value === undefined || value === null ? null : typeOf(field).write(value, shapeOf(field));
}

export type Typed = { readonly value: Value } | { readonly message: string };

/** Reads JSON as a person's control gives it, under the limits of the field. */
export function readTyped(field: ScreenField, json: Json): Typed {
  if (json === null || json === '') return { value: null };
  const read = typeOf(field).read(json, shapeOf(field));
  return 'value' in read ? read : { message: messageOf(read.fault, read.expected ?? {}, currentLocale()) };
}

/** Reads what a person typed or pasted: numbers with the separators of their language, choices by their label. */
export function readText(field: ScreenField, text: string): Typed {
  const trimmed = text.trim();
  if (trimmed === '') return { value: null };
  if (isNumber(field)) return readTyped(field, plainNumber(trimmed));
  if (field.type === 'boolean') return readTyped(field, TRUE_WORDS.has(trimmed.toLowerCase()));
  if (field.type === 'enumeration') {
    const lower = trimmed.toLowerCase();
    const option = field.options.find(({ value, label }) => value === trimmed || label.toLowerCase() === lower);
    return readTyped(field, option?.value ?? trimmed);
  }
  if (field.type === 'date') return readTyped(field, plainDate(trimmed));
  return readTyped(field, field.type === 'longtext' || field.type === 'richtext' ? text : trimmed);
}

const TRUE_WORDS: ReadonlySet<string> = new Set(['true', 'yes', 'ya', 'y', '1', 'x', '✓']);

/** `1.250.000,50` or `1,250,000.50` → `1250000.50`, by the language and by what the separators can only mean. */
export function plainNumber(text: string): string {
  const bare = text.replace(/[\s\u00a0]|^(rp|idr|usd|[$€£¥])|%$/gi, '');
  const decimal = region().startsWith('id') ? ',' : '.';
  const group = decimal === ',' ? '.' : ',';
  const groups = bare.split(group);
  const isOnlyGroup = groups.length === 2 && !bare.includes(decimal);
  // A single separator before other than three digits can only be the decimal one.
  if (isOnlyGroup && groups[1]?.length !== 3) return `${groups[0] ?? ''}.${groups[1] ?? ''}`;
  return groups.join('').replace(decimal, '.');
}

/** `31/1/2026` or `31-01-2026` → `2026-01-31`; both languages write the day first. */
function plainDate(text: string): string {
  const match = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text);
  if (match === null) return text;
  const [, day = '', month = '', year = ''] = match;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** What a number field shows while it is edited: the separators of the language, no grouping. */
export function editableNumber(value: Value | undefined): string {
  if (!(value instanceof Decimal)) return '';
  const text = value.toString();
  return region().startsWith('id') ? text.replace('.', ',') : text;
}

interface DisplayContext {
  /** ISO code for money; null shows the bare number. */
  readonly currency: string | null;
  /** The title of a linked record. */
  titleOf(entity: string, id: string): string | undefined;
}

type Display = (json: Json, field: ScreenField, context: DisplayContext) => string;

const asNumber: Display = (json) => formatDecimal(trimmed(plain(json), 0));

const DISPLAYS: Readonly<Record<string, Display>> = {
  money: (json, _, { currency }) => {
    const amount = trimmed(plain(json), 2);
    return currency === null ? formatDecimal(amount, amount.includes('.') ? 2 : 0) : formatMoney(amount, currency);
  },
  integer: asNumber,
  decimal: asNumber,
  quantity: asNumber,
  percent: (json) => `${formatDecimal(trimmed(plain(json), 0))} %`,
  date: (json) => formatDate(plain(json)),
  datetime: (json) => formatInstant(plain(json)),
  time: (json) => plain(json).slice(0, 5),
  boolean: (json) => (json === true ? '✓' : '–'),
  enumeration: (json, { options }) => options.find(({ value }) => value === json)?.label ?? plain(json),
  link: (json, { to }, { titleOf }) => titleOf(to ?? '', plain(json)) ?? `#${plain(json)}`,
  'dynamic-link': (json, _, { titleOf }) => {
    const { entity, id } = json as { readonly entity: string; readonly id: string };
    return titleOf(entity, id) ?? `#${id}`;
  },
  links: (json, { to }, { titleOf }) =>
    (json as readonly string[]).map((id) => titleOf(to ?? '', id) ?? `#${id}`).join(', '),
  'translated-text': (json) => {
    const texts = json as Readonly<Record<string, string>>;
    return texts[currentLocale()] ?? Object.values(texts)[0] ?? '';
  },
  point: (json) => {
    const { lat, lng } = json as { readonly lat: string; readonly lng: string };
    return `${lat}, ${lng}`;
  },
  richtext: (json) =>
    plain(json)
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
};

/** A value as people read it. */
export function displayText(field: ScreenField, json: Json | undefined, context: DisplayContext): string {
  if (json === null || json === undefined || json === '') return '';
  return (DISPLAYS[field.type] ?? plain)(json, field, context);
}

function plain(json: Json): string {
  return typeof json === 'object' ? JSON.stringify(json) : String(json);
}

/** Fraction zeros beyond `keep` digits say nothing to a reader. */
function trimmed(text: string, keep: number): string {
  const point = text.indexOf('.');
  if (point < 0) return text;
  let end = text.length;
  while (end > point + 1 + keep && text[end - 1] === '0') end -= 1;
  const result = text.slice(0, end);
  return result.endsWith('.') || /\.0*$/.test(result) ? text.slice(0, point) : result;
}
