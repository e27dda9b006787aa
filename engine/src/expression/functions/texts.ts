import { Decimal } from '../../base/decimal.ts';
import { FRACTION_DIGITS_MAX } from '../limits.ts';
import { BOOLEAN, INTEGER, NUMBER, TEXT } from '../type.ts';
import { raw, sql } from '../sql/text.ts';
import { mysqlText } from './arithmetic.ts';
import { parameter, signature } from './definition.ts';
import type { FunctionDefinition } from './definition.ts';
import type { Sql } from '../sql/text.ts';

const text = (name: string) => parameter(name, 'text', 'enum');
const ofOneText = (result = TEXT) => signature([text('text')], result);
const ofTwoTexts = signature([text('text'), text('part')], BOOLEAN);

/** The most characters that padding fills a text to. */
const PADDED_MAX = 200;
const ofPadding = signature([text('text'), parameter('length', 'number'), text('fill')], TEXT);

/** What `number()` reads: plain notation of up to thirty digits before and after the point. */
const NUMBER_FORM = /^[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})$/;

/** The same for MySQL, where `$` would also stand before a line break at the end. */
const MYSQL_NUMBER_FORM = raw("'^[+-]?([0-9]{1,30}([.][0-9]{0,30})?|[.][0-9]{1,30})$(?![^0-9])'");

/** Texts as their bytes, so that MySQL compares them exactly whatever the collation of the column. */
function bytes(value: Sql): Sql {
  return sql`CAST(${value} AS BINARY)`;
}

/**
 * Letters one by one, each to its own counterpart, as databases do: a letter that would become two stays, and no
 * letter depends on its neighbours.
 */
function eachLetter(value: string, change: (letter: string) => string): string {
  let result = '';
  for (const letter of value) {
    const changed = change(letter);
    result += changed.length === letter.length ? changed : letter;
  }
  return result;
}

function trimSpaces(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && value.charCodeAt(start) === 32) start += 1;
  while (end > start && value.charCodeAt(end - 1) === 32) end -= 1;
  return value.slice(start, end);
}

/** What is missing of the text: as much of `fill`, repeated, as it takes. Nothing fills with an empty text. */
function padding(value: string, length: Decimal, fill: string): string {
  const missing = Math.min(length.floor().toNumber(), PADDED_MAX) - [...value].length;
  const letters = [...fill];
  let filling = '';
  for (let index = 0; index < missing && letters.length > 0; index += 1) filling += letters[index % letters.length];
  return filling;
}

function mysqlPadding(value: Sql, length: Sql, fill: Sql): Sql {
  const most = raw(String(PADDED_MAX));
  return sql`LEFT(REPEAT(${fill}, ${most}), LEAST(FLOOR(${length}), ${most}) - CHAR_LENGTH(${value}))`;
}

function readNumber(value: string): Decimal | null {
  return NUMBER_FORM.test(value) ? (Decimal.parse(value)?.round(FRACTION_DIGITS_MAX) ?? null) : null;
}

export const texts: readonly FunctionDefinition[] = [
  {
    id: 'len',
    name: 'len',
    summary: 'How many characters a text has.',
    signatures: [ofOneText(INTEGER)],
    evaluate: (value: string) => Decimal.of([...value].length),
    mysql: (value) => sql`CHAR_LENGTH(${value})`,
  },
  {
    id: 'lower',
    name: 'lower',
    summary: 'The text in small letters.',
    signatures: [ofOneText()],
    evaluate: (value: string) => eachLetter(value, (letter) => letter.toLowerCase()),
    mysql: (value) => sql`LOWER(${value})`,
  },
  {
    id: 'upper',
    name: 'upper',
    summary: 'The text in capital letters.',
    signatures: [ofOneText()],
    evaluate: (value: string) => eachLetter(value, (letter) => letter.toUpperCase()),
    mysql: (value) => sql`UPPER(${value})`,
  },
  {
    id: 'trim',
    name: 'trim',
    summary: 'The text without spaces at its ends.',
    signatures: [ofOneText()],
    evaluate: trimSpaces,
    mysql: (value) => sql`TRIM(${value})`,
  },
  {
    id: 'digits',
    name: 'digits',
    summary: 'The digits 0 to 9 of the text, without anything between them.',
    signatures: [ofOneText()],
    evaluate: (value: string) => value.replace(/[^0-9]/g, ''),
    mysql: (value) => sql`REGEXP_REPLACE(${value}, '[^0-9]', '')`,
  },
  {
    id: 'pad_start',
    name: 'pad_start',
    summary: `The text with \`fill\` before it, again and again, up to so many characters, at most ${PADDED_MAX}; a longer text stays.`,
    signatures: [ofPadding],
    evaluate: (value: string, length: Decimal, fill: string) => padding(value, length, fill) + value,
    mysql: (value, length, fill) => sql`CONCAT(${mysqlPadding(value, length, fill)}, ${value})`,
  },
  {
    id: 'pad_end',
    name: 'pad_end',
    summary: `The text with \`fill\` after it, again and again, up to so many characters, at most ${PADDED_MAX}; a longer text stays.`,
    signatures: [ofPadding],
    evaluate: (value: string, length: Decimal, fill: string) => value + padding(value, length, fill),
    mysql: (value, length, fill) => sql`CONCAT(${value}, ${mysqlPadding(value, length, fill)})`,
  },
  {
    id: 'contains',
    name: 'contains',
    summary: 'Whether the text holds the part; capital and small letters differ.',
    signatures: [ofTwoTexts],
    evaluate: (value: string, part: string) => value.includes(part),
    mysql: (value, part) => sql`(LOCATE(${bytes(part)}, ${bytes(value)}) > 0)`,
  },
  {
    id: 'starts_with',
    name: 'starts_with',
    summary: 'Whether the text begins with the part; capital and small letters differ.',
    signatures: [ofTwoTexts],
    evaluate: (value: string, part: string) => value.startsWith(part),
    mysql: (value, part) => sql`(LOCATE(${bytes(part)}, ${bytes(value)}) = 1)`,
  },
  {
    id: 'ends_with',
    name: 'ends_with',
    summary: 'Whether the text ends with the part; capital and small letters differ.',
    signatures: [ofTwoTexts],
    evaluate: (value: string, part: string) => value.endsWith(part),
    mysql: (value, part) => sql`(LOCATE(REVERSE(${bytes(part)}), REVERSE(${bytes(value)})) = 1)`,
  },
  {
    id: 'text_of_number',
    name: 'text',
    summary: 'The number, or the seconds of a duration, in plain notation without trailing zeros.',
    signatures: [signature([parameter('x', 'number', 'duration')], TEXT)],
    evaluate: (value: Decimal) => value.toString(),
    mysql: mysqlText,
  },
  {
    id: 'text_of_boolean',
    name: 'text',
    summary: '`true` or `false`.',
    signatures: [signature([parameter('x', 'boolean')], TEXT)],
    evaluate: (value: boolean) => String(value),
    mysql: (value) => sql`CASE ${value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END`,
  },
  {
    id: 'text_of_word',
    name: 'text',
    summary: 'The text, option, date or time as it is.',
    signatures: [signature([parameter('x', 'text', 'enum', 'date', 'time')], TEXT)],
    evaluate: (value: string) => value,
    mysql: (value) => sql`CAST(${value} AS CHAR)`,
  },
  {
    id: 'text_of_instant',
    name: 'text',
    summary: 'The instant in UTC as RFC 3339 writes it.',
    signatures: [signature([parameter('x', 'datetime')], TEXT)],
    evaluate: (value: string) => value,
    mysql: (value) => sql`CONCAT(LEFT(DATE_FORMAT(${value}, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')`,
  },
  {
    id: 'number_of_text',
    name: 'number',
    summary: 'The number a text holds in plain notation; null when it holds none.',
    signatures: [signature([text('text')], NUMBER)],
    evaluate: readNumber,
    // MySQL casts the answer of REGEXP_SUBSTR itself to a whole number, whatever the scale.
    mysql: (value) =>
      sql`CAST(CAST(NULLIF(REGEXP_SUBSTR(${value}, ${MYSQL_NUMBER_FORM}), '') AS CHAR) AS DECIMAL(65,12))`,
  },
  {
    id: 'number_of_duration',
    name: 'number',
    summary: 'The seconds of a duration.',
    signatures: [signature([parameter('duration', 'duration')], NUMBER)],
    evaluate: (value: Decimal) => value,
    mysql: (value) => value,
  },
];
