import { compile } from '../engine/src/compiler/compile.ts';
import type { FieldShape } from '../engine/src/metamodel/field-type.ts';
import { fieldTypes } from '../engine/src/metamodel/fields/index.ts';
import type { ShapedFieldType } from '../engine/src/metamodel/fields/shaped-field-type.ts';
import type { FieldTypeName } from '../engine/src/metamodel/source.ts';
import { columnType } from '../engine/src/storage/dialect.ts';
import { markdownTable } from './markdown-table.ts';

interface Words {
  readonly holds: string;
  /** What a client may send; null where a value is not sent as one. */
  readonly input: unknown;
}

/** A type without its words, or words of a type that is gone, do not compile. */
const WORDS: Readonly<Record<FieldTypeName, Words>> = {
  text: { holds: 'A text of one line', input: ' Roti tawar ' },
  longtext: { holds: 'A text of many lines', input: 'First\nSecond' },
  richtext: {
    holds: 'A text with headings, lists, emphasis and links, as a small part of HTML',
    input: '<p>Keep <strong>cool</strong></p>',
  },
  'translated-text': { holds: 'A text in several languages', input: { en: 'Flour', id: 'Tepung' } },
  integer: { holds: 'A whole number', input: '42' },
  decimal: { holds: 'An exact number', input: 1.5 },
  money: { holds: 'An amount of money', input: '18500.5' },
  percent: { holds: 'A percentage: `12` is twelve percent', input: '12' },
  quantity: { holds: 'A quantity, in the unit that `unit` names', input: '0.25' },
  boolean: { holds: 'Yes or no', input: true },
  date: { holds: 'A day, the same in every time zone', input: '2026-01-31' },
  datetime: { holds: 'An instant; any offset is taken', input: '2026-01-31T15:30:00+07:00' },
  time: { holds: 'A time of day', input: '09:30' },
  duration: { holds: 'A length of time in seconds', input: 5400 },
  enumeration: { holds: 'One of `options`', input: 'open' },
  link: { holds: 'A record of the entity `to`', input: '12' },
  links: { holds: 'Any number of records of the entity `to`, in their order', input: ['12', '7'] },
  lines: { holds: 'Rows of the entity `of`, which the record owns', input: null },
  'dynamic-link': {
    holds: 'A record of any of the entities in `to`, or of any entity',
    input: { entity: 'sales.order', id: '12' },
  },
  file: { holds: 'A file, by the id it got when it was uploaded', input: '7' },
  image: { holds: 'A picture: a file that screens show', input: '7' },
  json: { holds: 'Any JSON value, for what programs keep', input: { size: [1, 2] } },
  email: { holds: 'A mail address', input: 'dewi@Example.com' },
  phone: { holds: 'A telephone number as people write it', input: '+62 811-222' },
  url: { holds: 'A web or mail address', input: 'https://example.com/a' },
  color: { holds: 'A colour', input: '#A1B2C3' },
  barcode: { holds: 'What a scanner sends', input: '8991234567890' },
  point: { holds: 'A place on earth (WGS 84)', input: { lat: '-6.2', lng: '106.8166667' } },
  sequence: { holds: 'A number that the engine gives by `pattern`', input: 'A-00042' },
};

/** Properties that only some types take, each with a value that any of those takes. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  min: 1,
  max: 9,
  minLength: 1,
  maxLength: 9,
  scale: 2,
  precision: 9,
  unit: 'unit',
  options: ['open'],
  to: 'sample.other',
  of: 'sample.line',
  filter: 'is_active',
  pattern: 'A-{seq:5}',
  derive: { from: 'lines', by: 'tax', set: { amount: 'sum(amount)' } },
  default: 'null',
  computed: 'null',
  rollup: { from: 'sample.other', by: 'sample', value: 'sum(total)' },
  unique: true,
  index: true,
  search: true,
  encrypted: true,
};

/** docs/field-types.md: every field type, what it takes and gives, and where it is kept. */
export function fieldTypesPage(): string {
  const names = Object.keys(fieldTypes) as FieldTypeName[];
  return `<!-- Generated from engine/src/metamodel/fields by “npm run generate”. -->

# Field types

What a field of each type holds, what a client may send (the examples were read by the engine) and what it gets back. Null
empties every field. An empty text is null. \`label\`, \`help\`, \`required\`, \`readOnly\`, \`visible\`, \`was\` and \`hidden\` go with every
type; the [metadata guide](metadata-guide.md#fields) explains all properties.

${markdownTable(['type', 'holds', 'send', 'get'], names.map(exampleRow))}

## Properties

${markdownTable(['type', 'takes also', 'when absent'], names.map(propertyRow))}

## In queries and in the database

SQLite keeps decimals as whole numbers of their last digit, and dates as text that sorts.

${markdownTable(['type', 'filter operators', 'sorts', 'MySQL', 'SQLite'], names.map(storageRow))}
`;
}

function exampleRow(name: FieldTypeName): readonly string[] {
  const { holds, input } = WORDS[name];
  const type = fieldTypes[name];
  if (input === null) return [code(name), holds, 'a list of rows', 'a list of rows, each with its `id`'];
  const read = type.read(input, shapeOf(name, type));
  if (!('value' in read)) throw new Error(`The example of ${name} is not taken: ${read.fault}`);
  return [
    code(name),
    holds,
    code(JSON.stringify(input)),
    code(JSON.stringify(type.write(read.value, shapeOf(name, type)))),
  ];
}

function propertyRow(name: FieldTypeName): readonly string[] {
  const taken = Object.keys(SAMPLES).filter((property) => takes(name, property));
  const { scale, precision, maxLength } = fieldTypes[name].defaults;
  const defaults = Object.entries({ scale, precision, maxLength }).filter(
    ([property, value]) => taken.includes(property) && (value > 0 || property === 'scale'),
  );
  return [
    code(name),
    taken.map(code).join(' '),
    defaults.map(([property, value]) => `${code(property)} ${value}`).join(', '),
  ];
}

function storageRow(name: FieldTypeName): readonly string[] {
  const type = fieldTypes[name];
  const column = type.column(shapeOf(name, type));
  const inDatabase = (['mysql', 'sqlite'] as const).map((dialect) =>
    column === null ? 'a table of its own' : columnType(dialect, column),
  );
  return [code(name), type.operators.join(' '), type.sortable ? 'yes' : '', ...inDatabase];
}

/** Whether the language lets a field of this type have the property. */
function takes(type: FieldTypeName, property: string): boolean {
  const field = { type, [property]: SAMPLES[property] };
  const entity = { entity: 'sample.thing', kind: 'master', label: 'Thing', fields: { field } };
  const file = { path: 'entities/thing.json', text: JSON.stringify(entity) };
  const { diagnostics } = compile([{ kind: 'module', name: 'sample', files: [file] }], '');
  return !diagnostics.some(
    ({ code, pointer }) => code === 'unknown-property' && pointer === `/fields/field/${property}`,
  );
}

function shapeOf(name: FieldTypeName, { defaults }: ShapedFieldType): FieldShape {
  return {
    name: 'field',
    type: name,
    ...defaults,
    minLength: 0,
    min: null,
    max: null,
    options: [{ value: 'open', label: { en: 'Open' } }],
    to: null,
    toAny: [],
    of: null,
  };
}

function code(text: string): string {
  return `\`${text}\``;
}
