import { compile } from 'json-schema-to-typescript';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

type SchemaNode = Record<string, unknown>;

const SCHEMA_FOLDER = 'metadata/schema';
const BANNER = '// Generated from metadata/schema by “npm run generate”: change the schemas instead.';

/** They narrow which values are right, not which properties a type has: conditions cannot be said in a type. */
const CONDITIONS = ['if', 'then', 'else', 'not', 'dependentRequired', 'dependentSchemas', 'propertyNames'];
const ANNOTATIONS = ['$schema', '$id', '$comment', 'examples', 'default'];
/** The generator says of a shared definition where it is used, in a comment of its own or at the end of another. */
const WHERE_USED =
  /\/\*\*\n \* This interface was referenced by [^/]*?\*\/\n|( \*\n)? \* This interface was referenced by [^\n]*\n \* via [^\n]*\n/g;

const LEFT_OUT = new Set([...CONDITIONS, ...ANNOTATIONS, '$defs']);
const VERBATIM = new Set(['const', 'enum', 'required', 'type']);
const BY_NAME = new Set(['patternProperties', 'properties']);
const COMBINATIONS = new Set(['allOf', 'anyOf', 'oneOf']);
/** What the keywords of draft 2020-12 were called in the drafts that the generator reads. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  prefixItems: 'items',
  unevaluatedProperties: 'additionalProperties',
};

/** engine/src/metamodel/source.ts: the metadata language as TypeScript types, one for each schema and shared definition. */
export async function sourceTypes(): Promise<string> {
  const names = (await readdir(SCHEMA_FOLDER)).filter((name) => name.endsWith('.schema.json')).sort();
  const files = await Promise.all(names.map(async (name) => ({ name, schema: await readSchema(name) })));
  return typesOf(new Map(files.map(({ name, schema }) => [name, schema])));
}

/**
 * The schemas become definitions of one, so that each shared definition is one type however many files refer to it.
 * Throws when two definitions would share a type name, or a reference leads nowhere.
 */
export async function typesOf(files: ReadonlyMap<string, SchemaNode>): Promise<string> {
  const typeNames = new Map<string, string>();
  const nodes = new Map<string, SchemaNode>();
  for (const [file, schema] of files) {
    // A file of definitions alone has no type of its own.
    if ('type' in schema || 'oneOf' in schema || 'anyOf' in schema) add(file, schema, file.replace('.schema.json', ''));
    for (const [key, node] of Object.entries(asNode(schema['$defs'] ?? {}))) {
      add(`${file}#/$defs/${key}`, asNode(node), key);
    }
  }
  const definitions: Record<string, SchemaNode> = {};
  for (const [address, node] of nodes) {
    const name = nameOf(address);
    definitions[name] = { ...asNode(simplified(node, address.split('#')[0] ?? '')), title: name };
  }

  const documents = [...typeNames].filter(([address]) => !address.includes('#'));
  const every = {
    title: 'MetadataDocument',
    anyOf: documents.map(([, name]) => ({ $ref: `#/definitions/${name}` })),
    definitions,
  };
  const text = await compile(every, every.title, {
    additionalProperties: false,
    bannerComment: BANNER,
    format: false,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
  });
  return text.replace(WHERE_USED, '');

  function add(address: string, node: SchemaNode, key: string): void {
    const name = typeof node['title'] === 'string' ? typeNameOf(node['title']) : typeNameOf(key);
    const other = [...typeNames].find(([, taken]) => taken === name)?.[0];
    if (other !== undefined)
      throw new Error(`${address} and ${other} would both be the type ${name}: give one a title.`);
    typeNames.set(address, name);
    nodes.set(address, node);
  }

  function nameOf(address: string): string {
    const name = typeNames.get(address);
    if (name === undefined) throw new Error(`No schema has the address ${address}.`);
    return name;
  }

  /** The part of a schema that a type can say, with its references turned into those of the one schema. */
  function simplified(value: unknown, file: string): unknown {
    if (Array.isArray(value)) return value.map((item) => simplified(item, file));
    if (typeof value !== 'object' || value === null) return value;
    if ('$ref' in value) {
      // A description beside a reference would make a copy of the type.
      const reference = { $ref: `#/definitions/${nameOf(addressOf(String(value.$ref), file))}` };
      return 'description' in value ? { description: value.description, allOf: [reference] } : reference;
    }
    const result: SchemaNode = {};
    for (const [key, item] of Object.entries(value)) {
      if (LEFT_OUT.has(key) || key.startsWith('x-') || (key === 'items' && 'prefixItems' in value)) continue;
      const part = simplifiedPart(key, item, file);
      if (part !== undefined) result[OLDER_NAMES[key] ?? key] = part;
    }
    return result;
  }

  /** undefined: nothing is left that a type can say. */
  function simplifiedPart(key: string, item: unknown, file: string): unknown {
    if (VERBATIM.has(key)) return item;
    if (BY_NAME.has(key)) {
      return Object.fromEntries(Object.entries(asNode(item)).map(([name, node]) => [name, simplified(node, file)]));
    }
    if (!COMBINATIONS.has(key)) return simplified(item, file);
    const parts = (item as unknown[]).map((part) => simplified(part, file)).filter(isTelling);
    return parts.length > 0 ? parts : undefined;
  }
}

/** `#/$defs/a`, `other.schema.json#/$defs/a` and the same with a base address, as an address among the files. */
function addressOf(reference: string, file: string): string {
  const [target = '', pointer = ''] = reference.split('#');
  const name = target === '' ? file : (target.split('/').at(-1) ?? file);
  return pointer === '' ? name : `${name}#${pointer}`;
}

/** Whether a part of a combination says more than a condition, such as which properties are required together. */
function isTelling(part: unknown): boolean {
  return Object.keys(asNode(part)).some((key) => !['description', 'required', 'title'].includes(key));
}

function typeNameOf(words: string): string {
  return words
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function asNode(value: unknown): SchemaNode {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('A schema is an object.');
  return value as SchemaNode;
}

async function readSchema(name: string): Promise<SchemaNode> {
  return asNode(JSON.parse(await readFile(join(SCHEMA_FOLDER, name), 'utf8')));
}
