import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Model, SettingField } from '../compiler/model.ts';
import type { Row } from '../expression/evaluation.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Value } from '../metamodel/value-type.ts';

export type Configuration = Readonly<Record<string, unknown>>;

const TEXT_LENGTH_MAX = 1_000;

/** The configuration of a module, checked against the settings it declares (R-A10). Throws `invalid` with every fault. */
export function checkConfiguration(
  input: Configuration,
  fields: readonly SettingField[],
  pointer: string,
): Configuration {
  const faults: Fault[] = [];
  const known = new Map(fields.map((field) => [field.name, field]));
  for (const [name, value] of Object.entries(input)) {
    const field = known.get(name);
    const at = pointer + pointerStep(name);
    if (field === undefined) {
      faults.push({ pointer: at, code: 'unknown-property', parameters: { known: [...known.keys()].join(', ') } });
    } else if (value !== null) {
      const fault = faultOf(value, field);
      if (fault !== null) faults.push({ pointer: at, ...fault });
    }
  }
  if (faults.length > 0) throw refuse('invalid', { faults });
  return input;
}

function faultOf(value: unknown, field: SettingField): Omit<Fault, 'pointer'> | null {
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? null : { code: 'type', parameters: { expected: 'boolean' } };
    case 'text':
      if (typeof value !== 'string') return { code: 'type', parameters: { expected: 'text' } };
      return value.length > TEXT_LENGTH_MAX
        ? { code: 'too-long', parameters: { maximum: String(TEXT_LENGTH_MAX) } }
        : null;
    case 'enumeration':
      return field.options.some((option) => option.value === value)
        ? null
        : { code: 'option', parameters: { options: field.options.map((option) => option.value).join(', ') } };
    case 'integer':
    case 'decimal':
      return numberFault(value, field);
  }
}

function numberFault(value: unknown, field: SettingField): Omit<Fault, 'pointer'> | null {
  const number = typeof value === 'string' || typeof value === 'number' ? Decimal.parse(String(value)) : null;
  if (number === null || (field.type === 'integer' && !number.isWhole())) {
    return { code: 'type', parameters: { expected: field.type } };
  }
  const minimum = field.min === null ? null : Decimal.parse(field.min);
  const maximum = field.max === null ? null : Decimal.parse(field.max);
  if (minimum !== null && number.compare(minimum) < 0)
    return { code: 'minimum', parameters: { minimum: String(minimum) } };
  if (maximum !== null && number.compare(maximum) > 0)
    return { code: 'maximum', parameters: { maximum: String(maximum) } };
  return null;
}

/** What `settings` means in expressions: the defaults of all modules under what the company chose. */
export function settingsRow(model: Model, configurations: ReadonlyMap<string, Configuration>): Row {
  const row: Record<string, Value> = {};
  for (const module of model.modules) {
    const configuration = configurations.get(module.slug) ?? {};
    for (const field of module.settings) row[field.name] = valueOf(configuration[field.name] ?? field.default, field);
  }
  return row;
}

function valueOf(value: unknown, field: SettingField): Value {
  if (value === null || value === undefined) return null;
  if (field.type === 'boolean') return value === true;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return field.type === 'integer' || field.type === 'decimal' ? Decimal.parse(text) : text;
}

/** JSON Schema (draft 2020-12) of a module's settings in one language, for a generated form. */
export function settingsSchema(fields: readonly SettingField[], locale: Locale): Readonly<Record<string, unknown>> {
  const properties: Record<string, unknown> = {};
  for (const field of fields) {
    properties[field.name] = {
      ...schemaOf(field, locale),
      title: textIn(field.label, locale),
      ...(field.help === null ? {} : { description: textIn(field.help, locale) }),
      ...(field.default === null ? {} : { default: field.default }),
    };
  }
  return { type: 'object', properties, additionalProperties: false };
}

function schemaOf(field: SettingField, locale: Locale): Readonly<Record<string, unknown>> {
  switch (field.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'text':
      return { type: 'string', maxLength: TEXT_LENGTH_MAX };
    case 'enumeration':
      return { oneOf: field.options.map((option) => ({ const: option.value, title: textIn(option.label, locale) })) };
    case 'integer':
      return { type: 'integer', ...limits(field) };
    case 'decimal':
      return { type: ['string', 'number'], pattern: '^-?\\d+(\\.\\d+)?$', ...limits(field) };
  }
}

function limits(field: SettingField): Readonly<Record<string, number>> {
  return {
    ...(field.min === null ? {} : { minimum: Number(field.min) }),
    ...(field.max === null ? {} : { maximum: Number(field.max) }),
  };
}
