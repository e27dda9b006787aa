import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from './compile.ts';
import { screenEntity, screenIndex } from './lower/screens.ts';
import type { Entity, Model } from './model.ts';
import { readModule } from './test-module.ts';

/** What the compiler makes of tests/fixtures/rental-module, kept in tests/fixtures/rental-golden beside it. */
const golden = (name: string): string =>
  join(import.meta.dirname, '../../../tests/fixtures/rental-golden', `${name}.json`);
const asText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const { model, diagnostics } = compile([readModule('rental', 'tests/fixtures/rental-module')], 'golden');
const compiled = model as Model;
const contract = compiled.entities.get('rental.contract') as Entity;

test('the module has no faults', () => {
  expect(diagnostics).toEqual([]);
});

test('tables, indexes and foreign keys', async () => {
  await expect(asText(compiled.tables)).toMatchFileSnapshot(golden('tables'));
});

test('the computation of a record with lines: order of steps, links to load', async () => {
  await expect(asText(contract.computation)).toMatchFileSnapshot(golden('computation'));
});

test.each(['en', 'id'] as const)('the screens of an entity, in %s', async (locale) => {
  await expect(asText(screenEntity(contract, ['read', 'create'], locale))).toMatchFileSnapshot(
    golden(`screen-${locale}`),
  );
});

test('the index of screens leaves out what the caller may not see', () => {
  const company = { slug: 'acme', name: 'Acme', currency: 'IDR', timezone: 'UTC' };
  const actionsOf = (entity: Entity): readonly string[] => (entity.name === 'rental.machine' ? ['read'] : []);
  const index = screenIndex(compiled, company, { company: {}, settings: {} }, actionsOf, 'en');
  expect(Object.keys(index.entities)).toEqual(['rental.machine']);
  expect(index.modules[0]?.menu.map(({ entity }) => entity)).toEqual(['rental.machine']);
});

test('compiling is deterministic', () => {
  const again = compile([readModule('rental', 'tests/fixtures/rental-module')], 'golden').model;
  expect(asText(again?.tables)).toBe(asText(compiled.tables));
});
