import { compile } from 'json-schema-to-typescript';
import type { JsonSchema } from '../../metamodel/field-type.ts';
import { clientText } from './client-text.ts';
import type { DescribedCompany } from './described-company.ts';
import { recordSchemas, schemaNamesOf } from './record-schemas.ts';
import { SHARED_SCHEMAS } from './routes.ts';

/** Schemas whose types a client of records needs besides those of its entities. */
const SHARED = ['Id'];

const OPTIONS = {
  bannerComment: '',
  format: false,
  additionalProperties: false,
  // How many rows there may be is the server's to check.
  ignoreMinAndMaxItems: true,
} as const;

const BANNER = `/**
 * The records of a company as TypeScript types, and a client for them. Made from the company's metadata: make it anew
 * when that changes.
 */`;

/** The TypeScript file of a company: a type for each entity, as its caller sees it, and the client (R-B8). */
export async function typeScript(company: DescribedCompany): Promise<string> {
  const definitions: Record<string, JsonSchema> = {};
  for (const name of SHARED) definitions[name] = SHARED_SCHEMAS[name] as JsonSchema;
  const entities: string[] = [];
  for (const entity of company.model.entities.values()) {
    const doors = entity.kind === 'lines' ? null : company.doorsOf(entity);
    if (doors === null) continue;
    Object.assign(definitions, recordSchemas(entity, company.view, company.locale));
    const { record, create, update } = schemaNamesOf(entity);
    const actions = doors.actions.filter((action) => !['read', 'create', 'update', 'delete'].includes(action));
    entities.push(
      `  '${entity.name}': { record: ${record}; create: ${create}; update: ${update}; ` +
        `action: ${oneOf(actions)}; flow: ${oneOf(doors.flows)} };`,
    );
  }
  const types: string[] = [];
  for (const [name, schema] of Object.entries(definitions)) {
    types.push(await compile(typeSchema(schema, name), name, OPTIONS));
    // A type at a time, so that others are served in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const map = `/** Every entity by its name. */\nexport interface Entities {\n${entities.join('\n')}\n}`;
  const reportNames = `/** Reports that may be run. */\nexport type Reports = ${oneOf(company.reports)};`;
  const rangka =
    "/** The company's own client. */\nexport class Rangka extends Client<Entities, Reports> {}\n\nexport default Rangka;";
  return [BANNER, clientText.trim(), types.join('\n'), map, reportNames, rangka].join('\n\n') + '\n';
}

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? 'never' : names.map((name) => `'${name}'`).join(' | ');
}

const REFERENCE = '#/components/schemas/';

/**
 * A schema as the generator takes it. It would make a type of everything that has a title or is referred to: what people
 * call a field becomes a comment, and a reference the name of its type.
 */
function typeSchema({ title, $ref, ...schema }: JsonSchema, name?: string): Record<string, unknown> {
  const reference = typeof $ref === 'string' ? { tsType: $ref.slice(REFERENCE.length) } : {};
  const described = title === undefined || schema['description'] !== undefined ? {} : { description: title };
  const parts = Object.entries(schema).map(([keyword, value]) => [keyword, typePart(keyword, value)]);
  return {
    ...(Object.fromEntries(parts) as Record<string, unknown>),
    ...described,
    ...reference,
    ...(name === undefined ? {} : { title: name }),
  };
}

function typePart(keyword: string, value: unknown): unknown {
  if (keyword === 'properties') {
    const properties = Object.entries(value as Readonly<Record<string, JsonSchema>>);
    return Object.fromEntries(properties.map(([name, property]) => [name, typeSchema(property)]));
  }
  if (keyword === 'anyOf') return (value as readonly JsonSchema[]).map((each) => typeSchema(each));
  if ((keyword === 'items' || keyword === 'additionalProperties') && typeof value === 'object') {
    return typeSchema(value as JsonSchema);
  }
  return value;
}
