import { describe, expect, it } from 'vitest';
import { Refusal } from '../base/errors.ts';
import type { SettingField } from '../compiler/model.ts';
import { checkConfiguration, settingsSchema } from './configuration.ts';

const setting = (name: string, type: SettingField['type'], more: Partial<SettingField> = {}): SettingField => ({
  name,
  type,
  label: { en: name },
  help: null,
  default: null,
  options: [],
  min: null,
  max: null,
  ...more,
});

const FIELDS = [
  setting('strict', 'boolean', { default: true }),
  setting('days', 'integer', { min: '0', max: '365' }),
  setting('tolerance', 'decimal', { max: '0.5' }),
  setting('policy', 'enumeration', { options: [{ value: 'early', label: { en: 'Early', id: 'Awal' } }] }),
  setting('note', 'text'),
];

describe('the configuration of a module', () => {
  it.each([
    {},
    { strict: false, days: 14, tolerance: '0.5', policy: 'early', note: 'x' },
    { tolerance: 0.25, days: '7', note: null },
  ])('takes %j', (input) => expect(checkConfiguration(input, FIELDS, '/configuration')).toBe(input));

  it('names every fault at once', () => {
    const input = { strict: 'yes', days: 1.5, tolerance: '0.51', policy: 'late', note: 5, colour: 'red' };
    const refused = (): unknown => checkConfiguration(input, FIELDS, '/configuration');
    expect(refused).toThrow(Refusal);
    expect(refused).toThrow(
      'invalid /configuration/strict:type /configuration/days:type /configuration/tolerance:maximum ' +
        '/configuration/policy:option /configuration/note:type /configuration/colour:unknown-property',
    );
  });

  it('is described for a form in the language asked for', () => {
    expect(settingsSchema(FIELDS, 'id')).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        strict: { type: 'boolean', default: true },
        days: { type: 'integer', minimum: 0, maximum: 365 },
        policy: { oneOf: [{ const: 'early', title: 'Awal' }] },
      },
    });
  });
});
