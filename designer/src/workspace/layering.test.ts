import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeBodies } from '../../../engine/src/compiler/fold.ts';
import { difference } from './layering.ts';

const customer = {
  entity: 'shop.customer',
  kind: 'master',
  label: { en: 'Customer', id: 'Pelanggan' },
  fields: { name: { type: 'text', required: true }, city: { type: 'text' } },
  checks: [{ that: 'name != ""', message: 'Name it' }],
};

const workflow = {
  workflow: 'shop.order',
  states: [{ name: 'draft' }, { name: 'done' }],
  transitions: [{ name: 'finish', from: 'draft', to: 'done' }],
};

describe('what a company says over the standard', () => {
  it.each([
    ['nothing, when nothing differs', customer, { ...customer }, null],
    [
      'a field of its own',
      customer,
      { ...customer, fields: { ...customer.fields, nickname: { type: 'text' } } },
      { fields: { nickname: { type: 'text' } } },
    ],
    [
      'one property of a field',
      customer,
      { ...customer, fields: { ...customer.fields, city: { type: 'text', required: true } } },
      { fields: { city: { required: true } } },
    ],
    [
      'that a field is hidden',
      customer,
      { ...customer, fields: { name: customer.fields.name } },
      { fields: { city: { hidden: true } } },
    ],
    [
      'one language of a label',
      customer,
      { ...customer, label: { en: 'Client', id: 'Pelanggan' } },
      { label: { en: 'Client' } },
    ],
    ['the whole list of checks', customer, { ...customer, checks: [] }, { checks: [] }],
    [
      'one state more, and a colour for another',
      workflow,
      { ...workflow, states: [{ name: 'draft', color: 'amber' }, { name: 'done' }, { name: 'void' }] },
      { states: [{ name: 'draft', color: 'amber' }, { name: 'void' }] },
    ],
  ])('%s', (_, standard, wanted, said) => {
    expect(difference(standard, wanted)).toEqual(said);
    // What is hidden stays in the folded document, marked.
    if (said !== null && !JSON.stringify(said).includes('hidden')) expect(mergeBodies(standard, said)).toEqual(wanted);
  });

  it('folded over the standard gives what was wanted, whatever was added or changed', () => {
    const scalar = fc.oneof(fc.string(), fc.boolean(), fc.integer());
    const name = fc.stringMatching(/^[a-z]{1,3}$/);
    const things = fc.dictionary(name, fc.record({ type: scalar, label: scalar }), { maxKeys: 4 });
    const body = fc.record({ title: scalar, fields: things, list: fc.array(scalar, { maxLength: 4 }) });
    fc.assert(
      fc.property(body, things, scalar, fc.array(scalar, { maxLength: 4 }), (standard, added, title, list) => {
        const wanted = { ...standard, title, list, fields: { ...standard.fields, ...added } };
        const said = difference(standard, wanted);
        expect(mergeBodies(standard, said ?? {})).toEqual(wanted);
      }),
    );
  });
});
