import { expect, test } from 'vitest';
import { compile } from './compile.ts';
import { readModule } from './test-module.ts';

/** Each fault of tests/fixtures/broken-module: file, pointer, code, and what the hint must name. */
const FAULTS: readonly (readonly [string, string, string, string?])[] = [
  ['module.json', '/dependencies/0', 'unknown-module', 'rental'],
  ['module.json', '/menu/0/entity', 'unknown-entity'],
  ['module.json', '/menu/1/report', 'unknown-report'],
  ['entities/unreadable.json', '', 'malformed-json'],
  ['entities/nameless.json', '', 'unknown-kind', 'entity'],
  ['entities/thing.json', '/fields/code/requird', 'unknown-property', 'required'],
  ['entities/thing.json', '/fields/name/type', 'not-allowed', 'text'],
  ['entities/branch2.json', '/entity', 'duplicate-document'],
  ['entities/machine.json', '/sort/0', 'unknown-field', 'name'],
  ['entities/machine.json', '/fields/version', 'reserved-name'],
  ['entities/machine.json', '/fields/branch/to', 'unknown-entity', 'rental.branch'],
  ['entities/machine.json', '/fields/rows/of', 'not-lines'],
  ['entities/machine.json', '/fields/daily_rate/default', 'wrong-type'],
  ['entities/machine.json', '/fields/weekly_rate/computed', 'unknown-name', 'daily_rate'],
  ['entities/machine.json', '/fields/monthly_rate', 'computation-cycle'],
  ['entities/machine.json', '/fields/state/default', 'unknown-option', 'free'],
  ['entities/machine.json', '/fields/note/visible', 'unexpected'],
  ['entities/machine.json', '/fields/length/default', 'unknown-function', 'round'],
  ['entities/machine.json', '/checks/0/that', 'wrong-type'],
  ['entities/machine.json', '/checks/1/message/en', 'unknown-name', 'name'],
  ['entities/branch.json', '/fields/machines/rollup/by', 'unknown-field'],
  ['entities/orphan-line.json', '/entity', 'lines-without-owner'],
  ['fixtures/branches.json', '/records/0/nmae', 'unknown-field', 'name'],
  ['permissions/clerk.json', '/grants/0/entity', 'unknown-entity', 'rental.machine'],
  ['dashboards/overview.json', '/widgets/0/value/field', 'unknown-field', 'daily_rate'],
  ['translations/id.json', '/texts/entity~1rental.machine~1fields~1nam~1label', 'unknown-text'],
];

const { model, diagnostics } = compile([readModule('rental', 'tests/fixtures/broken-module')], 'broken');

test('wrong metadata gives no model', () => {
  expect(model).toBeNull();
});

test.each(FAULTS)('%s %s: %s', (file, pointer, code, hint) => {
  const here = diagnostics.filter((diagnostic) => diagnostic.file === file && diagnostic.pointer === pointer);
  expect(here.map((diagnostic) => diagnostic.code)).toContain(code);
  if (hint !== undefined) expect(here.find((diagnostic) => diagnostic.code === code)?.hint).toContain(hint);
});

test('nothing sound is reported', () => {
  const expected = new Set(FAULTS.map(([file, pointer]) => `${file} ${pointer}`));
  expect(diagnostics.filter(({ file, pointer }) => !expected.has(`${file} ${pointer}`))).toEqual([]);
});
