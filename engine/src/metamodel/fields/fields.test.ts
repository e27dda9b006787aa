import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../base/decimal.ts';
import type { FieldShape, Json } from '../field-type.ts';
import type { FieldTypeName } from '../source.ts';
import type { Value } from '../value-type.ts';
import { fieldTypes } from './index.ts';
import { shapeOf } from './test-shape.ts';

type Changes = Partial<FieldShape>;

/** What is taken: the JSON that comes back, and nothing when it is the same as what went in. */
const taken: readonly (readonly [FieldTypeName, unknown, Json?, Changes?])[] = [
  ['text', 'Tepung terigu'],
  ['text', '  spaces around  ', 'spaces around'],
  ['text', 'Cafe\u0301', 'Café'],
  ['text', '🍞🍞', '🍞🍞', { maxLength: 2 }],
  ['text', '', null],
  ['text', '   ', null],
  ['longtext', 'one\r\ntwo\rthree\n\tfour', 'one\ntwo\nthree\n\tfour'],
  ['longtext', ' \n ', null],
  ['richtext', 'plain & simple, 3 > 2', 'plain &amp; simple, 3 &gt; 2'],
  ['richtext', '<p>A <strong>loaf</strong><br>and <em>more</em></p>'],
  ['richtext', '<ul><li>one</li></ul>'],
  ['richtext', '<a href="https://example.com/?a=1&b=2">x</a>', '<a href="https://example.com/?a=1&amp;b=2">x</a>'],
  ['richtext', 'salt &amp; pepper &nbsp; &copy;', 'salt &amp; pepper &nbsp; &amp;copy;'],
  ['translated-text', { id: 'Tepung', en: 'Flour' }, { en: 'Flour', id: 'Tepung' }],
  ['translated-text', { en: 'Flour', id: '' }, { en: 'Flour' }],
  ['translated-text', {}, null],
  ['integer', 12],
  ['integer', '-12', -12],
  ['integer', 999_999_999_999_999],
  ['integer', '7.0', 7],
  ['decimal', '1.5', '1.500000'],
  ['decimal', 0.1, '0.100000'],
  ['money', '1500000', '1500000.00'],
  ['money', '0.10', '0.10'],
  ['money', '-0', '0.00'],
  ['money', '1.5000', '1.50'],
  ['money', 1234567890123.45, '1234567890123.45'],
  ['money', '9999999999999999.99'],
  ['percent', 12.5, '12.5000'],
  ['quantity', '0.3333'],
  ['boolean', true],
  ['boolean', false],
  ['date', '2024-02-29'],
  ['date', '9999-12-31'],
  ['datetime', '2026-01-31T09:30:00+07:00', '2026-01-31T02:30:00.000Z'],
  ['datetime', '2026-01-31t09:30:00.123456z', '2026-01-31T09:30:00.123Z'],
  ['datetime', '2026-01-01T00:00:00.5+07:00', '2025-12-31T17:00:00.500Z'],
  ['time', '09:30', '09:30:00'],
  ['time', '23:59:59'],
  ['duration', 5400],
  ['enumeration', 'open'],
  ['link', '9223372036854775807'],
  ['links', ['3', '1', '2']],
  ['links', []],
  ['dynamic-link', { entity: 'sample.thing', id: '12' }],
  ['dynamic-link', 'sample.thing:12', { entity: 'sample.thing', id: '12' }],
  ['dynamic-link', { entity: 'sample.thing', id: '1' }, undefined, { toAny: ['sample.thing'] }],
  ['file', '7'],
  ['image', '7'],
  ['json', { a: [1, 'two', null, { b: true }] }],
  ['json', 'text'],
  ['email', 'Siti.Rahma+toko@Example.CO.ID', 'Siti.Rahma+toko@example.co.id'],
  ['email', ' a@b.id ', 'a@b.id'],
  ['email', '', null],
  ['phone', '+62 812-3456-7890'],
  ['phone', '(021) 555 1234'],
  ['url', 'https://example.com/a?b=c#d'],
  ['url', 'mailto:toko@example.com'],
  ['color', '#A1b2C3', '#a1b2c3'],
  ['barcode', '8991234567890'],
  ['barcode', 'ABC-123 $/+%'],
  ['point', { lat: '-6.2000000', lng: 106.816666 }, { lat: '-6.2', lng: '106.816666' }],
  ['point', { lat: '90', lng: '-180' }],
  ['sequence', 'A-00042'],
];

/** What is refused, and the code of the fault. */
const refused: readonly (readonly [FieldTypeName, unknown, string, Changes?])[] = [
  ['text', 12, 'type'],
  ['text', ['a'], 'type'],
  ['text', 'a\u0000b', 'character'],
  ['text', 'two\nlines', 'character'],
  ['text', '\ud83c', 'character'],
  ['text', 'abc', 'too-long', { maxLength: 2 }],
  ['text', 'ab', 'too-short', { minLength: 3 }],
  ['longtext', 'a\u0007', 'character'],
  ['richtext', '<script>alert(1)</script>', 'markup'],
  ['richtext', '<p onclick="x()">a</p>', 'markup'],
  ['richtext', '<a href="javascript:alert(1)">a</a>', 'markup'],
  ['richtext', '<a href="https://a.b" target="_blank">a</a>', 'markup'],
  ['richtext', '<a>a</a>', 'markup'],
  ['richtext', '<p>open', 'markup'],
  ['richtext', '<p><em>crossed</p></em>', 'markup'],
  ['richtext', '</p>', 'markup'],
  ['richtext', '<!-- comment -->', 'markup'],
  ['richtext', '<img src=x>', 'markup'],
  ['richtext', '<P>', 'markup'],
  ['richtext', '<p>'.repeat(21) + '</p>'.repeat(21), 'markup'],
  ['richtext', '&&&', 'too-long', { maxLength: 5 }],
  ['translated-text', 'Flour', 'type'],
  ['translated-text', { fr: 'Farine' }, 'language'],
  ['translated-text', { en: 3 }, 'type'],
  ['integer', 1.5, 'whole'],
  ['integer', '1e3', 'number'],
  ['integer', 1e15, 'precision'],
  ['integer', 2 ** 53, 'inexact'],
  ['integer', true, 'type'],
  ['integer', 3, 'minimum', { min: Decimal.of(4) }],
  ['integer', 5, 'maximum', { max: Decimal.of(4) }],
  ['decimal', '1,5', 'number'],
  ['decimal', '', 'number'],
  ['decimal', ' 1', 'number'],
  ['decimal', '+1', 'number'],
  ['decimal', '.5', 'number'],
  ['decimal', '1e5', 'number'],
  ['decimal', 'NaN', 'number'],
  ['decimal', NaN, 'inexact'],
  ['decimal', Infinity, 'inexact'],
  ['decimal', 1e-7, 'inexact'],
  ['decimal', 1e21, 'inexact'],
  ['money', 1234567890123456.7, 'inexact'],
  ['money', '1.005', 'scale'],
  ['money', 0.001, 'scale'],
  ['money', '10000000000000000', 'precision'],
  ['money', '9'.repeat(70), 'number'],
  ['money', '-0.01', 'minimum', { min: Decimal.zero }],
  ['percent', '100000', 'precision'],
  ['boolean', 'true', 'type'],
  ['boolean', 1, 'type'],
  ['date', '2023-02-29', 'date'],
  ['date', '2023-13-01', 'date'],
  ['date', '2023-00-10', 'date'],
  ['date', '0999-12-31', 'date'],
  ['date', '2023-1-1', 'date'],
  ['date', '2023-01-01T00:00:00Z', 'date'],
  ['date', 20230101, 'type'],
  ['datetime', '2026-01-31 09:30:00Z', 'datetime'],
  ['datetime', '2026-01-31T09:30:00', 'datetime'],
  ['datetime', '2026-01-31T24:00:00Z', 'datetime'],
  ['datetime', '2026-01-31T23:59:60Z', 'datetime'],
  ['datetime', '2026-02-30T00:00:00Z', 'datetime'],
  ['datetime', '9999-12-31T23:59:59-01:00', 'datetime'],
  ['time', '24:00', 'time'],
  ['time', '9:30', 'time'],
  ['duration', 1.5, 'whole'],
  ['duration', 'PT1H', 'number'],
  ['enumeration', 'elsewhere', 'option'],
  ['enumeration', 'toString', 'option'],
  ['enumeration', 1, 'type'],
  ['link', '0', 'format'],
  ['link', '-1', 'format'],
  ['link', '012', 'format'],
  ['link', '9223372036854775808', 'format'],
  ['link', 12, 'type'],
  ['links', '3', 'type'],
  ['links', ['3', '3'], 'duplicate'],
  ['links', ['x'], 'format'],
  ['links', Array.from({ length: 1001 }, (_, index) => String(index + 1)), 'too-many'],
  ['lines', [], 'type'],
  ['dynamic-link', { entity: 'sample.thing', id: '1' }, 'entity', { toAny: ['sample.other'] }],
  ['dynamic-link', { entity: 'sample.thing', id: '1' }, 'entity', { to: 'sample.other' }],
  ['dynamic-link', { entity: 'Thing', id: '1' }, 'entity'],
  ['dynamic-link', { entity: 'sample.thing', id: '0' }, 'format'],
  ['dynamic-link', { entity: 'sample.thing', id: '1', more: 1 }, 'format'],
  ['dynamic-link', 'nothing', 'entity'],
  ['dynamic-link', 12, 'type'],
  ['file', 'a.png', 'format'],
  ['json', { a: '\udc00' }, 'character'],
  ['json', { '\udc00': 1 }, 'character'],
  ['json', nested(33), 'too-deep'],
  ['json', { long: 'x'.repeat(20) }, 'too-long', { maxLength: 10 }],
  ['email', 'a.b.id', 'email'],
  ['email', '@b.id', 'email'],
  ['email', 'a@b', 'email'],
  ['email', 'a@b..id', 'email'],
  ['email', 'a..b@c.id', 'email'],
  ['email', 'a@-b.id', 'email'],
  ['email', 'a b@c.id', 'email'],
  ['email', 'a@1.2.3.4', 'email'],
  ['email', `${'a'.repeat(65)}@b.id`, 'email'],
  ['phone', '12', 'phone'],
  ['phone', '1234567890123456', 'phone'],
  ['phone', 'call me', 'phone'],
  ['phone', '0812+345', 'phone'],
  ['url', 'javascript:alert(1)', 'url'],
  ['url', 'example.com', 'url'],
  ['url', '//example.com', 'url'],
  ['url', 'https://', 'url'],
  ['url', 'https://user:secret@example.com', 'url'],
  ['url', 'https://exa mple.com', 'url'],
  ['color', 'red', 'color'],
  ['color', '#fff', 'color'],
  ['barcode', 'kode-µ', 'barcode'],
  ['point', { lat: '90.1', lng: '0' }, 'latitude'],
  ['point', { lat: '0', lng: '180.0000001' }, 'longitude'],
  ['point', { lat: '0.12345678', lng: '0' }, 'latitude'],
  ['point', { lat: '0' }, 'type'],
  ['point', { lat: '0', lng: '0', alt: '0' }, 'format'],
  ['point', '0,0', 'type'],
];

function nested(depth: number): Json {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

function read(type: FieldTypeName, input: unknown, changes?: Changes): Value {
  const answer = fieldTypes[type].read(input, shapeOf(type, changes));
  if (!('value' in answer)) throw new Error(`refused as ${answer.fault}`);
  return answer.value;
}

describe('field types', () => {
  for (const [type, input, expected, changes] of taken) {
    it(`${type} takes ${JSON.stringify(input)}`, () => {
      const shape = shapeOf(type, changes);
      const value = read(type, input, changes);
      const written = value === null ? null : fieldTypes[type].write(value, shape);
      expect(written).toEqual(expected === undefined ? input : expected);

      const validate = new Ajv2020({ validateFormats: false }).compile(fieldTypes[type].jsonSchema(shape));
      expect(written === null || validate(written)).toBe(true);
    });
  }

  for (const [type, input, code, changes] of refused) {
    it(`${type} refuses ${String(JSON.stringify(input)).slice(0, 60)} as ${code}`, () => {
      expect(fieldTypes[type].read(input, shapeOf(type, changes))).toMatchObject({ fault: code });
    });
  }

  it.each(Object.entries(fieldTypes))('%s has its own name and a JSON Schema that compiles', (name, type) => {
    expect(type.name).toBe(name);
    const ajv = new Ajv2020({ strict: true, validateFormats: false });
    expect(() => ajv.compile(type.jsonSchema(shapeOf(type.name as FieldTypeName)))).not.toThrow();
  });
});

const digits = (most: number) => fc.bigInt(-(10n ** BigInt(most)) + 1n, 10n ** BigInt(most) - 1n);
const decimals = (type: FieldTypeName) =>
  digits(shapeOf(type).precision).map((units) => Decimal.fromUnits(units, shapeOf(type).scale));

/** Values a field of each type can hold. */
const values: Readonly<Partial<Record<FieldTypeName, fc.Arbitrary<Value>>>> = {
  text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(isLine),
  longtext: fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((text) => text.trim() !== ''),
  integer: digits(15).map((units) => Decimal.of(units)),
  decimal: decimals('decimal'),
  money: decimals('money'),
  percent: decimals('percent'),
  quantity: decimals('quantity'),
  duration: digits(12).map((units) => Decimal.of(units)),
  boolean: fc.boolean(),
  date: fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map(dayOf),
  datetime: fc
    .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((instant) => instant.toISOString()),
  link: fc.bigInt(1n, 2n ** 63n - 1n).map(String),
  links: fc.uniqueArray(fc.bigInt(1n, 2n ** 63n - 1n).map(String), { maxLength: 20 }),
  'dynamic-link': fc.bigInt(1n, 2n ** 63n - 1n).map((id) => `sample.thing:${id}`),
  json: fc
    .jsonValue({ maxDepth: 5 })
    .filter((value) => value !== null)
    .map((value) => JSON.stringify(value)),
  point: fc
    .tuple(fc.bigInt(-900000000n, 900000000n), fc.bigInt(-1800000000n, 1800000000n))
    .map((place) => place.map((units) => Decimal.fromUnits(units, 7).toString()).join(',')),
};

function isLine(text: string): boolean {
  return text.trim() === text && text.normalize('NFC') === text && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text);
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

describe('reading what was written gives the value back', () => {
  it.each(Object.entries(values) as [FieldTypeName, fc.Arbitrary<Value>][])('%s', (name, arbitrary) => {
    const type = fieldTypes[name];
    const shape = shapeOf(name);
    fc.assert(
      fc.property(arbitrary, (value) => {
        const travelled = JSON.parse(JSON.stringify(type.write(value, shape))) as unknown;
        expect(type.read(travelled, shape)).toEqual({ value });
      }),
    );
  });
});

describe('any input', () => {
  it.each(Object.entries(fieldTypes))(
    '%s answers a value or a fault, and its own JSON is taken again',
    (name, type) => {
      const shape = shapeOf(name as FieldTypeName);
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.jsonValue()), (input) => {
          if (input === null) return;
          const answer = type.read(input, shape);
          if (!('value' in answer)) {
            expect(answer.fault).toMatch(/^[a-z-]+$/);
            return;
          }
          if (answer.value === null) return;
          expect(type.read(type.write(answer.value, shape), shape)).toEqual(answer);
        }),
      );
    },
  );

  it('rich text holds no tag beyond the list, whatever is sent', () => {
    const pieces = fc.constantFrom('<', '>', 'p', 'script', '</p>', '<p>', '&', 'amp;', '"', 'a href="', '/', ' ', 'x');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const answer = fieldTypes.richtext.read(parts.join(''), shapeOf('richtext'));
        if (!('value' in answer) || answer.value === null) return;
        expect(String(answer.value).replace(/<\/?(?:p|a)(?: href="[^"<>]*")?>/g, '')).not.toMatch(/[<>]/);
      }),
    );
  });
});
