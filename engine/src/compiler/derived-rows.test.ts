import { describe, expect, test } from 'vitest';
import { compileShop, PARTS, TWO_TAXES } from './test-shop.ts';

const [FIRST, SECOND] = TWO_TAXES['by'] as readonly { readonly field: string; readonly as: object }[];

/** What is said of the derived rows, as `code pointer`. */
function said(change: object): readonly string[] {
  const { diagnostics } = compileShop({ ...TWO_TAXES, ...change });
  // A document that its schema refuses owns no rows.
  const own = diagnostics.filter(({ code }) => code !== 'lines-without-owner' && code !== 'not-rows');
  return own.map(({ code, pointer }) => `${code} ${pointer.replace('/fields/taxes/derive', '')}`);
}

describe('faults', () => {
  test.each<[string, object, readonly string[]]>([
    ['no such rows', { from: 'line' }, ['unknown-field /from']],
    ['no such field, alone', { by: 'tax_1' }, ['unknown-field /by']],
    ['no such field, in a list', { by: [{ ...FIRST, field: 'tax_1' }, SECOND] }, ['unknown-field /by/0/field']],
    ['no such key', { key: 'taxx' }, ['unknown-field /key']],
    ['a key of another type', { key: 'rate' }, ['wrong-type /by/0/field']],
    ['a field of another type', { by: [FIRST, { ...SECOND, field: 'account' }] }, ['wrong-type /by/1/field']],
    ['the same field twice', { by: [FIRST, { ...SECOND, field: 'first_tax' }] }, ['name-taken /by/1/field']],
    [
      'a name for no field',
      { by: [FIRST, { ...SECOND, as: { base: 'with_frst', amount: 'second_amount', payable: 'second_account' } }] },
      ['unknown-field /by/1/as/base'],
    ],
    [
      'a name for fields of two types',
      { by: [FIRST, { ...SECOND, as: { base: 'second_tax', amount: 'second_amount', payable: 'second_account' } }] },
      ['wrong-type /by/1/as/base'],
    ],
    [
      'a name for links to two entities',
      { by: [FIRST, { ...SECOND, as: { base: 'with_first', amount: 'second_amount', payable: 'second_tax' } }] },
      ['wrong-type /by/1/as/payable'],
    ],
    [
      'names that one field lacks',
      { by: [FIRST, { ...SECOND, as: { base: 'with_first' } }] },
      ['missing-property /by/1'],
    ],
    ['no names beside names', { by: [FIRST, { field: 'second_tax' }] }, ['missing-property /by/1']],
    ['a name that is not there', { set: { base: 'sum(bse)' } }, ['unknown-name /set/base']],
    ['a name outside of aggregates', { set: { base: 'payable.factor' } }, ['unknown-name /set/base']],
    [
      'a name beside the own rows of the record',
      { set: { base: 'sum(parent.lines.base)' } },
      ['unknown-field /set/base'],
    ],
    ['a name of another type', { set: { base: 'max(payable.factor) + sum(payable)' } }, ['wrong-type /set/base']],
    ['an empty list', { by: [] }, ['invalid /by']],
    [
      'a misspelt property',
      { by: [{ feild: 'first_tax' }] },
      ['missing-property /by/0', 'unknown-property /by/0/feild'],
    ],
    [
      'a circle through a name',
      { by: [FIRST, { ...SECOND, as: { base: 'taxed', amount: 'second_amount', payable: 'second_account' } }] },
      ['computation-cycle /fields/taxes'],
    ],
  ])('%s', (_, change, expected) => {
    expect([...said(change)].sort()).toEqual([...expected].sort());
  });

  test('tell which names there are', () => {
    const [fault] = compileShop({ ...TWO_TAXES, set: { base: 'sum(amoumt)' } }).diagnostics;
    expect(fault?.hint).toContain('amount');
  });
});

describe('faults of rows derived from those of a linked record', () => {
  test.each<[string, object, readonly string[]]>([
    ['no such link', { from: 'trem.parts' }, ['unknown-field /from']],
    ['no link', { from: 'total.parts' }, ['unknown-field /from']],
    ['rows instead of a link', { from: 'lines.group' }, ['unknown-field /from']],
    ['no such rows there', { from: 'term.part' }, ['unknown-field /from']],
    ['further than one link', { from: 'customer.term.parts' }, ['wrong-format /from']],
    [
      'a path out of those rows',
      { set: { factor: 'max(account.factor)' }, adds_up_to: {} },
      ['wrong-type /set/factor'],
    ],
    ['a sum of a field that is not set', { adds_up_to: { factor: 'total' } }, ['wrong-type /adds_up_to/factor']],
    ['a sum of a field that is not there', { adds_up_to: { amuont: 'total' } }, ['unknown-field /adds_up_to/amuont']],
    [
      'a sum of a text',
      { set: { ...(PARTS['set'] as object), note: "'x'" }, adds_up_to: { note: 'total' } },
      ['wrong-type /adds_up_to/note'],
    ],
    ['a sum of another type', { adds_up_to: { amount: "'x'" } }, ['wrong-type /adds_up_to/amount']],
    [
      'a circle through a sum',
      { from: 'term.parts', adds_up_to: { amount: 'sum(parts.amount)' } },
      ['computation-cycle /fields/parts'],
    ],
  ])('%s', (_, change, expected) => {
    const { diagnostics } = compileShop(TWO_TAXES, { ...PARTS, ...change });
    const own = diagnostics.filter(({ code }) => code !== 'lines-without-owner' && code !== 'not-rows');
    const found = own.map(({ code, pointer }) => `${code} ${pointer.replace('/fields/parts/derive', '')}`);
    expect(found).toEqual(expected);
  });
});

const computation = compileShop().model?.entities.get('shop.order')?.computation;

test('rows are derived after everything that any of their fields means', () => {
  const places = (computation?.steps ?? []).map((step) =>
    step.kind === 'derive' || step.lines === null ? step.field : `${step.lines}.${step.field}`,
  );
  const derived = places.indexOf('taxes');
  for (const before of [
    'lines.with_first',
    'lines.first_amount',
    'lines.second_amount',
    'lines.second_account',
    'lines.quantity',
    'net',
  ]) {
    expect(places.indexOf(before), before).toBeLessThan(derived);
    expect(places.indexOf(before), before).toBeGreaterThanOrEqual(0);
  }
  expect(places.indexOf('total')).toBeGreaterThan(derived);
});

test('what they read through names and their key is loaded through every field meant', () => {
  const needs = computation?.lineNeeds['lines']?.map(({ link, target, fields }) => [link, target, [...fields].sort()]);
  expect(needs?.sort()).toEqual([
    ['first_account', 'shop.account', ['factor']],
    ['first_tax', 'shop.tax', ['account', 'rate']],
    ['group', 'shop.tax-group', ['first', 'second']],
    ['second_account', 'shop.account', ['factor']],
    ['second_tax', 'shop.tax', ['account', 'rate']],
  ]);
  expect(computation?.needs).toEqual([
    { link: 'term', target: 'shop.term', fields: ['days', 'parts'], nested: [] },
    { link: 'customer', target: 'shop.customer', fields: ['term'], nested: [] },
  ]);
});
