import type { DocumentKind } from '../../../engine/src/compiler/kinds.ts';
import type { Body } from '../../../engine/src/compiler/parse.ts';
import { isObject } from '../../../engine/src/compiler/parse.ts';
import { commonSchema, kindSchemas } from '../../../engine/src/compiler/schemas.ts';

/** A part of a JSON Schema of the metadata language, its reference followed. */
export interface Part {
  readonly schema: Body;
  /** The document whose definitions `#/$defs/…` means. */
  readonly root: Body;
  /** Name of the definition among those that all kinds share: `expression`, `text`; null for others. */
  readonly common: string | null;
  readonly description: string;
}

const COMMON = 'common.schema.json#/$defs/';
const OWN = '#/$defs/';

export function rootOf(kind: DocumentKind): Part {
  const schema: Body = kindSchemas[kind];
  return { schema, root: schema, common: null, description: textOf(schema['description']) };
}

/** Follows references; what stands beside a reference counts more than what it leads to. */
export function partOf(schema: unknown, root: Body): Part {
  let current: Body = isObject(schema) ? schema : {};
  let base = root;
  let common: string | null = null;
  let description = current['description'];
  while (typeof current['$ref'] === 'string') {
    const reference = current['$ref'];
    if (reference.startsWith(COMMON)) {
      common = reference.slice(COMMON.length);
      base = commonSchema;
      current = definition(base, common);
    } else {
      const name = reference.slice(OWN.length);
      if (base === commonSchema) common = name;
      current = definition(base, name);
    }
    description ??= current['description'];
  }
  return { schema: current, root: base, common, description: textOf(description) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function definition(root: Body, name: string): Body {
  const found = (root['$defs'] as Body | undefined)?.[name];
  return isObject(found) ? found : {};
}

export function propertiesOf(part: Part): Readonly<Record<string, Part>> {
  const properties = part.schema['properties'];
  if (!isObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, each]) => each !== false)
      .map(([name, each]) => [name, partOf(each, part.root)]),
  );
}

export function itemOf(part: Part): Part {
  return partOf(part.schema['items'], part.root);
}

/** What the values of a map are: an object whose names people choose. */
export function valueOf(part: Part): Part {
  return partOf(part.schema['additionalProperties'], part.root);
}

export function typesOf(part: Part): readonly string[] {
  const type = part.schema['type'];
  return Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : [];
}

/** How a part is edited. */
export type Control =
  'text' | 'translated' | 'expression' | 'rule' | 'choice' | 'flag' | 'number' | 'object' | 'map' | 'list' | 'names';

const BY_COMMON: Readonly<Record<string, Control>> = {
  text: 'translated',
  expression: 'expression',
  template: 'text',
  rule: 'rule',
};

export function controlOf(part: Part): Control {
  const { schema, common } = part;
  const known = common === null ? undefined : BY_COMMON[common];
  if (known !== undefined) return known;
  if (Array.isArray(schema['enum'])) return 'choice';
  const types = typesOf(part);
  if (types.includes('array')) return isNames(itemOf(part)) ? 'names' : 'list';
  if (types.includes('object')) return isMap(schema) ? 'map' : 'object';
  if (types.length === 1 && types[0] === 'boolean') return 'flag';
  return types.includes('integer') && !types.includes('string') ? 'number' : 'text';
}

function isMap(schema: Body): boolean {
  return isObject(schema['additionalProperties']);
}

function isNames(item: Part): boolean {
  const types = typesOf(item);
  return types.length === 1 && types[0] === 'string' && item.common !== 'expression';
}

/** Which properties make no sense beside the values there are, and which must be given. */
export interface Applicability {
  readonly excluded: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
  /** What the values say more of a property: a link leads to one entity, where others may name several. */
  readonly narrowed: ReadonlyMap<string, Body>;
}

/**
 * Reads `if`/`then`/`else` and `dependentSchemas` of an object's schema for the values there are: the schemas say with
 * them which properties go with a type. Only what those schemas use is understood.
 */
export function applicabilityOf(part: Part, value: Body): Applicability {
  const excluded = new Set<string>();
  const narrowed = new Map<string, Body>();
  const required = new Set<string>(namesIn(part.schema['required']));
  const take = (schema: unknown, own: string | null): void => {
    if (!isObject(schema)) return;
    for (const name of namesIn(schema['required'])) required.add(name);
    for (const [name, each] of Object.entries(isObject(schema['properties']) ? schema['properties'] : {})) {
      if (own === null && isObject(each) && each['type'] !== undefined) narrowed.set(name, each);
      if (each === false && (own === null || name === own)) excluded.add(name);
      // `a` belongs to another type than the one there is.
      else if (own !== null && name !== own && !Object.hasOwn(value, own) && !matches(each, value[name]))
        excluded.add(own);
    }
    if (schema['if'] !== undefined) take(meets(schema['if'], value) ? schema['then'] : schema['else'], own);
  };
  take({ ...part.schema, properties: undefined, required: undefined }, null);
  const dependent = part.schema['dependentSchemas'];
  for (const [name, schema] of Object.entries(isObject(dependent) ? dependent : {})) {
    take(schema, name);
    if (Object.hasOwn(value, name) && isObject(schema)) take({ ...schema, if: undefined }, null);
  }
  return { excluded, required, narrowed };
}

/** A part under what the values beside it say more of it. */
export function narrowedPart(part: Part, more: Body | undefined): Part {
  return more === undefined ? part : { ...part, schema: { ...part.schema, ...more } };
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}

/** Whether an object meets a condition of the schemas: constants of properties, presence, and their combinations. */
function meets(condition: unknown, value: Body): boolean {
  if (!isObject(condition)) return true;
  const { not, anyOf, required, properties } = condition;
  if (not !== undefined && meets(not, value)) return false;
  if (Array.isArray(anyOf) && !anyOf.some((each) => meets(each, value))) return false;
  if (!namesIn(required).every((name) => Object.hasOwn(value, name))) return false;
  return Object.entries(isObject(properties) ? properties : {}).every(([name, each]) => matches(each, value[name]));
}

function matches(schema: unknown, value: unknown): boolean {
  if (!isObject(schema)) return true;
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly unknown[]).includes(value);
  return schema['const'] === undefined || schema['const'] === value;
}

/** A value to begin with: what an object must have, and the first of its choices. */
export function emptyValueOf(part: Part): unknown {
  const { schema } = part;
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly unknown[])[0];
  switch (controlOf(part)) {
    case 'object': {
      const properties = propertiesOf(part);
      return Object.fromEntries(
        namesIn(schema['required']).flatMap((name) => {
          const each = properties[name];
          return each === undefined ? [] : [[name, emptyValueOf(each)]];
        }),
      );
    }
    case 'map':
      return {};
    case 'list':
    case 'names':
      return [];
    case 'flag':
    case 'rule':
      return true;
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 0;
    default:
      return '';
  }
}
