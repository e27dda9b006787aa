import { expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { Field, Model } from './model.ts';
import type { SourceLayer } from './source-layer.ts';
import { readModule } from './test-module.ts';

const rental = readModule('rental', 'tests/fixtures/rental-module');

function company(...documents: readonly Readonly<Record<string, unknown>>[]): SourceLayer {
  const files = documents.map((document, index) => ({ path: `${index}.json`, text: JSON.stringify(document) }));
  return { kind: 'company', name: 'company', files };
}

function machine(...documents: readonly Readonly<Record<string, unknown>>[]): ReadonlyMap<string, Field> {
  const { model, diagnostics } = compile([rental, company(...documents)], 'layers');
  expect(diagnostics).toEqual([]);
  return (model as Model).entities.get('rental.machine')?.fieldByName ?? new Map<string, Field>();
}

test('an upper layer adds a field and keeps all others', () => {
  const fields = machine({ entity: 'rental.machine', fields: { plate: { type: 'text', maxLength: 12 } } });
  expect(fields.get('plate')).toMatchObject({ type: 'text', maxLength: 12, column: 'plate' });
  expect(fields.get('daily_rate')).toMatchObject({ type: 'money' });
});

test('an upper layer changes a property and keeps the others', () => {
  const fields = machine({ entity: 'rental.machine', fields: { name: { maxLength: 20, label: { id: 'Sebutan' } } } });
  expect(fields.get('name')).toMatchObject({ required: true, maxLength: 20, label: { id: 'Sebutan' } });
});

test('an upper layer hides a field; nothing else is lost', () => {
  const fields = machine({ entity: 'rental.machine', fields: { skills: { hidden: true } } });
  expect(fields.has('skills')).toBe(false);
  expect(fields.has('kind')).toBe(true);
});

test('an upper layer brings entities of its own that link to shipped ones', () => {
  const own = {
    entity: 'rental.damage',
    kind: 'master',
    label: 'Damage',
    fields: { machine: { type: 'link', to: 'rental.machine', required: true }, cost: { type: 'money' } },
  };
  const { model } = compile([rental, company(own)], 'layers');
  expect(model?.entities.get('rental.damage')).toMatchObject({ table: 'rental_damage', module: 'rental' });
});

test('translations reach any text by its path', () => {
  const fields = machine({ translation: 'id', texts: { 'entity/rental.machine/label': 'Alat' } });
  expect(fields.size).toBeGreaterThan(0);
  const { model } = compile(
    [rental, company({ translation: 'id', texts: { 'entity/rental.machine/label': 'Alat' } })],
    'layers',
  );
  expect(model?.entities.get('rental.machine')?.label).toEqual({ en: 'Machine', id: 'Alat' });
});

test('a fault in an upper layer is reported in its own file', () => {
  const { model, diagnostics } = compile(
    [rental, company({ entity: 'rental.machine', fields: { hourly: { type: 'money', computed: 'daily_rat / 8' } } })],
    'layers',
  );
  expect(model).toBeNull();
  expect(diagnostics).toMatchObject([
    {
      file: '0.json',
      pointer: '/fields/hourly/computed',
      code: 'unknown-name',
      hint: expect.stringContaining('daily_rate') as string,
    },
  ]);
});

test.each([
  ['a prototype key', '{"entity":"rental.x","__proto__":{"kind":"master"}}', 'unsafe-key'],
  ['nesting without end', `{"entity":"rental.x","fields":${'{"a":'.repeat(60)}1${'}'.repeat(60)}}`, 'unsafe-key'],
  ['a list instead of a document', '[1,2]', 'malformed-document'],
  ['a name that is no text', '{"entity":7}', 'missing-name'],
  [
    'a name that SQL might take for its own',
    '{"entity":"rental.select;drop","kind":"master","fields":{}}',
    'wrong-format',
  ],
])('%s is refused', (_, text, code) => {
  const layer: SourceLayer = { kind: 'company', name: 'company', files: [{ path: 'x.json', text }] };
  const { model, diagnostics } = compile([rental, layer], 'layers');
  expect(model).toBeNull();
  expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
});
