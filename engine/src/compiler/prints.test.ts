import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { Compilation } from './compile.ts';
import { readModule } from './test-module.ts';

const rental = readModule('rental', 'tests/fixtures/rental-module');

function withPrint(print: Readonly<Record<string, unknown>>): Compilation {
  const document = { print: 'rental.contract', entity: 'rental.contract', label: 'Contract', ...print };
  const files = [{ path: 'print.json', text: JSON.stringify(document) }];
  return compile([rental, { kind: 'company', name: 'company', files }], 'prints');
}

const header = { type: 'header' };
const grid = (...fields: readonly unknown[]): unknown => ({ type: 'grid', of: 'lines', fields });

/** What is wrong with a print: its blocks, where the fault is, its code, and what the hint must name. */
type Faulty = readonly [
  name: string,
  print: Readonly<Record<string, unknown>>,
  pointer: string,
  code: string,
  hint?: string,
];
const FAULTS: readonly Faulty[] = [
  [
    'an entity that is not there',
    { entity: 'rental.contrakt', blocks: [header] },
    '/entity',
    'unknown-entity',
    'rental.contract',
  ],
  ['rows without their record', { entity: 'rental.contract-line', blocks: [header] }, '/entity', 'not-printable'],
  [
    'a field that is not there',
    { blocks: [{ type: 'fields', fields: ['dat'] }] },
    '/blocks/0/fields/0',
    'unknown-field',
    'date',
  ],
  [
    'a field behind a link that is not there',
    { blocks: [{ type: 'fields', fields: [{ field: 'best.nam' }] }] },
    '/blocks/0/fields/0/field',
    'unknown-field',
    'name',
  ],
  [
    'a path through what is no link',
    { blocks: [{ type: 'fields', fields: ['date.year'] }] },
    '/blocks/0/fields/0',
    'not-a-link',
  ],
  [
    'lines as a value',
    { blocks: [{ type: 'totals', fields: ['lines'] }] },
    '/blocks/0/fields/0',
    'not-printable',
    'grid',
  ],
  [
    'a grid of no lines',
    { blocks: [{ type: 'grid', of: 'line', fields: ['amount'] }] },
    '/blocks/0/of',
    'unknown-field',
    'lines',
  ],
  ['a column of the record', { blocks: [grid('total')] }, '/blocks/0/fields/0', 'unknown-field'],
  ['an item that shows nothing', { blocks: [grid({ width: 2 })] }, '/blocks/0/fields/0', 'item-shows-one'],
  [
    'an item that shows two things',
    { blocks: [grid({ field: 'amount', number: true })] },
    '/blocks/0/fields/0',
    'item-shows-one',
  ],
  ['rows within a grid', { blocks: [grid({ field: 'amount', of: 'taxes' })] }, '/blocks/0/fields/0/of', 'not-in-grid'],
  [
    'a grid beside something',
    { blocks: [{ type: 'columns', blocks: [grid('amount')] }] },
    '/blocks/0/blocks/0/type',
    'not-beside',
  ],
  [
    'a text with a wrong name',
    { blocks: [{ type: 'text', text: { en: 'ok', id: '{totl}' } }] },
    '/blocks/0/text/id',
    'unknown-name',
    'total',
  ],
  [
    'words of what is no number',
    { blocks: [{ type: 'text', text: '{in_words(number)}' }] },
    '/blocks/0/text',
    'wrong-type',
  ],
  ['words of nothing', { blocks: [{ type: 'text', text: '{in_words()}' }] }, '/blocks/0/text', 'wrong-arguments'],
  [
    'words within an expression',
    { blocks: [{ type: 'text', text: '{in_words(total) + 1}' }] },
    '/blocks/0/text',
    'unknown-function',
  ],
  [
    'a condition that is no condition',
    { blocks: [{ type: 'text', text: 'x', when: 'total' }] },
    '/blocks/0/when',
    'wrong-type',
  ],
  ['a currency that is no text', { currency: 'total', blocks: [header] }, '/currency', 'wrong-type'],
];

describe('a print with a fault gives no model', () => {
  for (const [name, print, pointer, code, hint] of FAULTS) {
    test(name, () => {
      const { model, diagnostics } = withPrint(print);
      expect(model).toBeNull();
      const found = diagnostics.find((diagnostic) => diagnostic.pointer === pointer && diagnostic.code === code);
      expect(found, JSON.stringify(diagnostics)).toMatchObject({ file: 'print.json' });
      if (hint !== undefined) expect(found?.hint).toContain(hint);
    });
  }
});

test('a print names what must be read with the record', () => {
  const { model, diagnostics } = withPrint({
    blocks: [
      { type: 'fields', fields: ['date', 'best', 'best.kind'] },
      grid({ text: '{machine.name}' }, 'amount'),
      { type: 'totals', fields: [{ of: 'taxes', field: 'amount', label: '{tax.code}' }] },
    ],
  });
  expect(diagnostics).toEqual([]);
  const [print] = model?.prints.get('rental.contract') ?? [];
  expect(print?.includes.map((path) => path.join('.')).sort()).toEqual(
    ['best', 'best.kind', 'lines', 'lines.machine', 'taxes', 'taxes.tax'].sort(),
  );
});

test('the print that bears the name of the entity comes first, and a hidden one is gone', () => {
  const print = (name: string, more: object): { path: string; text: string } => ({
    path: `${name}.json`,
    text: JSON.stringify({
      print: `rental.${name}`,
      entity: 'rental.contract',
      label: name,
      blocks: [header],
      ...more,
    }),
  });
  const files = [print('a', {}), print('contract', {}), print('b', { hidden: true })];
  const { model, diagnostics } = compile([rental, { kind: 'company', name: 'company', files }], 'prints');
  expect(diagnostics).toEqual([]);
  expect(model?.prints.get('rental.contract')?.map(({ name }) => name)).toEqual(['rental.contract', 'rental.a']);
});
