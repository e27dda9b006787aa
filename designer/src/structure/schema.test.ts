import { describe, expect, it } from 'vitest';
import {
  applicabilityOf,
  controlOf,
  emptyValueOf,
  itemOf,
  narrowedPart,
  propertiesOf,
  rootOf,
  valueOf,
} from './schema.ts';

const field = () => {
  const fields = propertiesOf(rootOf('entity'))['fields'];
  if (fields === undefined) throw new Error('no fields');
  return valueOf(fields);
};

describe('the schemas of the metadata language, as editors read them', () => {
  it.each([
    ['label', 'translated'],
    ['computed', 'expression'],
    ['required', 'rule'],
    ['type', 'choice'],
    ['unique', 'flag'],
    ['maxLength', 'number'],
    ['options', 'list'],
    ['rollup', 'object'],
  ])('%s of a field is edited as %s', (name, control) => {
    const part = propertiesOf(field())[name];
    expect(part === undefined ? null : controlOf(part)).toBe(control);
  });

  it('knows which properties go with the type of a field', () => {
    const text = applicabilityOf(field(), { type: 'text' });
    expect([...text.excluded].sort()).toEqual([
      'balance',
      'derive',
      'filter',
      'max',
      'min',
      'of',
      'offers',
      'open_in',
      'options',
      'pattern',
      'precision',
      'rollup',
      'scale',
      'to',
      'unit',
    ]);
    const link = applicabilityOf(field(), { type: 'link' });
    expect(link.excluded.has('to')).toBe(false);
    expect(link.excluded.has('maxLength')).toBe(true);
    expect(link.required.has('to')).toBe(true);
    const to = propertiesOf(field())['to'];
    expect(to === undefined ? null : controlOf(narrowedPart(to, link.narrowed.get('to')))).toBe('text');
    expect(to === undefined ? null : controlOf(to)).toBe('names');
    expect(applicabilityOf(field(), { type: 'enumeration' }).required.has('options')).toBe(true);
  });

  it('excludes what cannot stand beside what is there', () => {
    expect(applicabilityOf(field(), { type: 'money', computed: 'a + b' }).excluded.has('default')).toBe(true);
    expect(applicabilityOf(field(), { type: 'money' }).excluded.has('default')).toBe(false);
  });

  it('begins an object with what it must have', () => {
    const transitions = propertiesOf(rootOf('workflow'))['transitions'];
    expect(transitions === undefined ? null : emptyValueOf(itemOf(transitions))).toEqual({
      name: '',
      from: [],
      to: '',
    });
  });
});
