import { Decimal } from '../engine/src/base/decimal.ts';
import { compileExpression } from '../engine/src/expression/evaluate.ts';
import { functionsById } from '../engine/src/expression/functions/index.ts';
import type { FunctionDefinition, Parameter, Signature } from '../engine/src/expression/functions/definition.ts';
import { inferExpression } from '../engine/src/expression/infer.ts';
import * as limits from '../engine/src/expression/limits.ts';
import { parseExpression } from '../engine/src/expression/parse.ts';
import type { Scope } from '../engine/src/expression/scope.ts';
import type { Value, ValueType } from '../engine/src/metamodel/value-type.ts';
import { markdownTable } from './markdown-table.ts';

const FIELDS: Readonly<Record<string, Readonly<Record<string, ValueType>>>> = {
  'sample.order': {
    date: { kind: 'date' },
    taken: { kind: 'datetime' },
    state: { kind: 'enum', options: ['open', 'paid'] },
    note: { kind: 'text' },
    customer: { kind: 'record', entity: 'sample.customer' },
    lines: { kind: 'rows', entity: 'sample.line' },
  },
  'sample.customer': { name: { kind: 'text' }, limit: { kind: 'number', scale: 2 } },
  'sample.line': {
    quantity: { kind: 'number', scale: 0 },
    rate: { kind: 'number', scale: 2 },
    is_free: { kind: 'boolean' },
  },
};

const SCOPE: Scope = {
  frames: [{ frame: 'self', entity: 'sample.order' }],
  globals: { user: { name: { kind: 'text' } }, company: { currency: { kind: 'text' } }, settings: {} },
  lookups: {
    ledgers: {
      'sample.stock': {
        dimensions: { item: { kind: 'text' } },
        measures: { quantity: { kind: 'number', scale: 0 } },
      },
    },
    findable: (entity) => Object.keys(FIELDS[entity] ?? {}),
  },
  pickable: (entity) => Object.keys(FIELDS[entity] ?? {}),
  fieldType: (entity, field) => FIELDS[entity]?.[field],
  fieldNames: (entity) => Object.keys(FIELDS[entity] ?? {}),
};

const row = (quantity: number, rate: string, isFree: boolean) => ({
  quantity: Decimal.of(quantity),
  rate: Decimal.parse(rate),
  is_free: isFree,
});

/** The record that the examples are evaluated over, in the words of the page. */
const RECORD = `\`date\` 2026-01-31, \`taken\` 2026-01-31T08:30:00Z, \`state\` open,
\`note\` empty, \`customer\` (\`name\` Warung Sri, \`limit\` 500.00) and the \`lines\` 2 × 10.00, 3 × 4.50 and 1 × 0.00, of which the last
\`is_free\`. Today is 2026-02-15.`;

const CONTEXT = {
  self: {
    date: '2026-01-31',
    taken: '2026-01-31T08:30:00.000Z',
    state: 'open',
    note: null,
    customer: '1',
    lines: [row(2, '10.00', false), row(3, '4.50', false), row(1, '0.00', true)],
  },
  linked: () => ({ name: 'Warung Sri', limit: Decimal.parse('500.00') }),
  find: () => '1',
  pick: () => ({ id: '1', limit: Decimal.parse('500.00') }),
  balance: () => Decimal.of(12),
  moved: () => Decimal.of(-2),
  globals: { user: { name: 'Dewi' }, company: { currency: 'IDR' }, settings: {} },
  today: '2026-02-15',
  now: '2026-02-15T03:00:00.000Z',
};

/** Examples of what the definitions of functions say in words; a function without one is listed all the same. */
const EXAMPLES: Readonly<Record<string, string>> = {
  multiply: '1.25 * 3',
  divide: '10 / 4',
  remainder: '7 % 3',
  round: 'round(2.345, 2)',
  floor: 'floor(-1.5)',
  ceil: 'ceil(1.2)',
  abs: 'abs(-3)',
  sign: 'sign(-3)',
  least: 'min(3, 2)',
  greatest: 'max(3, 2, 7)',
  later_date: 'date + days(1)',
  earlier_date: 'date - days(31)',
  date_difference: 'today() - date',
  days_between: 'days_between(date, today())',
  later_instant: 'taken + hours(2)',
  date_of_parts: 'date(2026, 2, 30)',
  date_of_datetime: 'date(taken)',
  start_of_month: 'start_of_month(date)',
  end_of_month: 'end_of_month(today())',
  start_of_year: 'start_of_year(date)',
  end_of_year: 'end_of_year(date)',
  later_month: 'add_months(date, 1)',
  weekday: 'weekday(date)',
  year: 'year(date)',
  contains: "contains(customer.name, 'Sri')",
  upper: 'upper(customer.name)',
  len: 'len(customer.name)',
  text_of_number: 'text(2.50)',
  pad_start: "pad_start(text(42), 5, '0')",
  pad_end: "pad_end(state, 6, '.')",
  number_of_text: "number('12.5')",
};

/** Forms that treat null or rows in their own way; the type checker knows them, functions/ does not. */
const SPECIAL_FORMS: readonly (readonly [form: string, meaning: string, example: string])[] = [
  ['if(condition, a, b)', 'The second value where the condition holds, else the third.', "if(state == 'open', 1, 2)"],
  ['coalesce(a, b, …)', 'The first value that is not null.', "coalesce(note, 'none')"],
  [
    'concat(a, b, …)',
    'Texts one after the other; null counts as empty, other values are written out.',
    "concat(customer.name, ' ', 5)",
  ],
  ['is_empty(x)', 'Whether a value is null, a text empty, or rows are none.', 'is_empty(note)'],
  ['today()', 'The date where the company is.', 'today()'],
  ['now()', 'The instant.', 'now()'],
  [
    'date + months(n), date - years(n)',
    'The same day so many months or years away, or the last day of a shorter month.',
    'date + months(1)',
  ],
  ['a in [x, y, …]', 'Whether the value is one of those.', "state in ['open', 'paid']"],
  ['a not in [x, y, …]', 'Whether it is none of them.', "state not in ['paid']"],
  ['not a, a and b, a or b', 'Logic; `&&`, `||` and `!` are taken too.', "state == 'open' and not is_empty(lines)"],
  ['== != < <= > >=', 'Comparison; `== null` asks whether there is a value.', 'customer.limit >= 500'],
];

const AGGREGATES: readonly (readonly [form: string, meaning: string, example: string])[] = [
  ['sum(rows.field), sum(rows, expression)', 'The sum; zero over no rows.', 'sum(lines.quantity * lines.rate)'],
  ['avg(…)', 'The average; null over no rows.', 'avg(lines.rate)'],
  ['min(…), max(…)', 'The least and greatest value; null over no rows.', 'max(lines.rate)'],
  [
    'count(rows), count(rows.field), count(rows, condition)',
    'How many rows; those with a value; those where the condition holds.',
    'count(lines, quantity > 1)',
  ],
  ['any(rows, condition)', 'Whether it holds for some row.', 'any(lines, is_free)'],
  ['all(rows, condition)', 'Whether it holds for every row.', 'all(lines.quantity > 0)'],
];

/** Calls that ask the database; `infer-lookup.ts` knows them. */
const LOOKUPS: readonly (readonly [form: string, meaning: string, example: string])[] = [
  [
    "balance('ledger', dimension: value, …).measure",
    'What all entries with these values add up to; dimensions that are not named are summed. Zero without entries. `until: date` counts entries up to the end of that day.',
    "balance('sample.stock', item: 'A1').quantity",
  ],
  [
    "moved('ledger', line: row).measure",
    'What the entries of a row moved: a link to it, or its `id`. Zero when it moved nothing.',
    "moved('sample.stock', line: customer).quantity",
  ],
  [
    "find('entity', field: value, …)",
    'The first record in use, by its natural key, whose fields have these values; null without one.',
    "find('sample.customer', name: 'Warung Sri') == customer",
  ],
];

const PICKS: readonly (readonly [form: string, meaning: string, example: string])[] = [
  [
    "pick('entity', field: value, …)",
    'The record in use that fits the values best; null without one.',
    "pick('sample.customer', name: 'Warung Sri') == customer",
  ],
  [
    "pick('entity', field: value, …).field",
    'A field of it.',
    "pick('sample.customer', name: 'Warung Sri', limit: at_most(600)).limit",
  ],
];

/** docs/expressions.md: the functions as the engine defines them, every example evaluated as the page is written. */
export function expressionsPage(): string {
  const functions = [...functionsById.values()];
  const isOperator = ({ name }: FunctionDefinition): boolean => !/^\w/.test(name);
  return `<!-- Generated from engine/src/expression by “npm run generate”. -->

# Expressions

Defaults, computed fields, checks, conditions and titles are written in one small typed language. The compiler checks every
expression: an unknown name, a wrong type and a circle of computed fields are faults with their place. The
[metadata guide](metadata-guide.md) says where expressions stand and which names they see there.

Numbers are exact decimals. Text stands in single or double quotes: \`'IDR'\`. A dot follows a link (\`customer.name\`). Null in
makes null out, unless said otherwise; a condition that is null does not hold.

The examples are evaluated over a record with ${RECORD}

## Forms

${examples(SPECIAL_FORMS)}

## Over rows

A path through rows (\`lines.rate\`) is a column of values, which these turn into one. Null values are left out. With two arguments,
names in the second mean fields of the row.

${examples(AGGREGATES)}

## Ledgers and records

These look further than links lead. They are known where only the server runs an expression: in postings, in flows, in guards of
workflows and in automations. Arguments with a name (\`item: line.item\`) say which dimension or field has which value; a link takes a
record or its id. In the examples the ledger \`sample.stock\` has the dimension \`item\` and the measure \`quantity\`; 12 are in stock.

${examples(LOOKUPS)}

## Picked records

\`pick\` finds a record that is meant for what the values say, such as the price of an item for a customer, a day and a quantity. It is
known in defaults of fields, and looked up for all rows of a record at once. \`field: value\` asks for a field that equals the value,
\`field: at_most(value)\` for one that is not above it, \`field: at_least(value)\` for one that is not below it. A field that is empty in
a record fits every value; an empty value fits only an empty field. Of several that fit, the fields decide in the order in which they
stand: a field with a value before an empty one, then the bound that lies nearest. Of equals the newest is taken. Groups and what is
not active are left out.

${examples(PICKS)}

In a form the server is asked while a person types. Rows that were there when the form was opened keep what they have when only a bound
changes, so that a price that was agreed on stays when some more are ordered.

## Operators

Strongest first: unary \`-\`; \`* / %\`; \`+ -\`; comparison and \`in\`; \`not\`; \`and\`; \`or\`. Parentheses group.

${definitions(functions.filter(isOperator))}

## Functions

${definitions(functions.filter((each) => !isOperator(each)))}

## Limits

| what | at most |
| --- | --- |
| characters of an expression | ${limits.SOURCE_LENGTH_MAX} |
| levels of nesting | ${limits.DEPTH_MAX} |
| parts of an expression | ${limits.NODES_MAX} |
| aggregates inside one another | ${limits.AGGREGATE_DEPTH_MAX} |
| fraction digits of a product or quotient | ${limits.FRACTION_DIGITS_MAX} |
| characters of a computed text | ${limits.TEXT_LENGTH_MAX} |
| rows that one evaluation visits | ${limits.ROW_VISITS_MAX} |
`;
}

function examples(forms: typeof SPECIAL_FORMS): string {
  return markdownTable(
    ['form', 'meaning', 'example'],
    forms.map(([form, meaning, example]) => [code(form), meaning, exampleText(example)]),
  );
}

function definitions(functions: readonly FunctionDefinition[]): string {
  return markdownTable(
    ['call', 'meaning', 'example'],
    functions.map((each) => {
      const example = EXAMPLES[each.id];
      return [callsOf(each), each.summary, example === undefined ? '' : exampleText(example)];
    }),
  );
}

/** How a function is called, once for each count and type of arguments. */
function callsOf({ name, signatures }: FunctionDefinition): string {
  return [...new Set(signatures.map((signature) => callOf(name, signature)))].map(code).join('<br>');
}

function callOf(name: string, { parameters, result }: Signature): string {
  const types = parameters.map((parameter): ValueType => ({ kind: parameter.kinds[0] }) as ValueType);
  const gives = result(types).kind;
  if (/^\w/.test(name)) return `${name}(${parameters.map(parameterText).join(', ')}) → ${gives}`;
  const [left = '', right] = parameters.map(({ kinds }) => kinds.join(' or '));
  return right === undefined ? `${name} ${left} → ${gives}` : `${left} ${name} ${right} → ${gives}`;
}

function parameterText({ name, kinds, missing }: Parameter): string {
  return `${name}: ${kinds.join(' or ')}${missing === undefined ? '' : ` = ${missing}`}`;
}

function exampleText(source: string): string {
  return `${code(source)} is ${shown(evaluated(source))}`;
}

/** What an example gives. Throws when it does not compile: then the page would tell something wrong. */
function evaluated(source: string): Value {
  const parsed = parseExpression(source);
  if ('fault' in parsed) throw new Error(`${source}: ${parsed.fault.message}`);
  const inferred = inferExpression(parsed.ast, SCOPE);
  if ('faults' in inferred) throw new Error(`${source}: ${inferred.faults.map(({ message }) => message).join(' ')}`);
  return compileExpression(inferred.expression)(CONTEXT);
}

function shown(value: Value): string {
  if (value instanceof Decimal) return code(value.toString());
  return code(typeof value === 'string' ? `'${value}'` : String(value));
}

function code(text: string): string {
  return `\`${text}\``;
}
