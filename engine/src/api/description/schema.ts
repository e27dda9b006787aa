import type { JsonSchema } from '../../metamodel/field-type.ts';

/* JSON Schema (draft 2020-12) in few words. */

export const id: JsonSchema = { $ref: '#/components/schemas/Id' };
export const instant: JsonSchema = { type: 'string', format: 'date-time' };
export const date: JsonSchema = { type: 'string', format: 'date' };
export const flag: JsonSchema = { type: 'boolean' };
export const whole: JsonSchema = { type: 'integer' };
export const anything: JsonSchema = {};

export function text(facts: JsonSchema = {}): JsonSchema {
  return { type: 'string', ...facts };
}

export function choice(...options: readonly string[]): JsonSchema {
  return { type: 'string', enum: options };
}

export function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export function mapOf(values: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: values };
}

export function reference(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The value, or null. */
export function nullable(schema: JsonSchema): JsonSchema {
  const { type, enum: options } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [type, 'null'],
    ...(Array.isArray(options) ? { enum: [...(options as readonly unknown[]), null] } : {}),
  };
}

/** An object; a property whose name ends with `?` may be absent. Nothing else is in it. */
export function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const names = Object.keys(properties);
  const required = names.filter((name) => !name.endsWith('?'));
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name.replace('?', ''), properties[name]])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}
