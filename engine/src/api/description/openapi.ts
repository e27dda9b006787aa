import type { JsonSchema } from '../../metamodel/field-type.ts';
import { textIn } from '../../metamodel/text.ts';
import type { DescribedCompany } from './described-company.ts';
import { recordPaths, recordPathsV2 } from './record-paths.ts';
import { recordSchemas } from './record-schemas.ts';
import { ROUTES, SHARED_SCHEMAS, TAGS } from './routes.ts';
import type { RouteDescription } from './routes.ts';
import { object, reference } from './schema.ts';

interface Place {
  readonly url: string;
  readonly version: string;
}

const SAFE = ['get', 'head'];
/** Routes that are called by their general address, and described entity by entity. */
const RECORDS = /^\/api\/v[12]\/records\//;

/**
 * The OpenAPI 3.1 document of what a caller can reach (R-B8): the catalog and identity, and with a company the records of
 * every entity as that caller sees them.
 */
export function openApi(
  { url, version }: Place,
  company: DescribedCompany | null,
  api: 'v1' | 'v2' = 'v1',
): Readonly<Record<string, unknown>> {
  const schemas: Record<string, JsonSchema> = { ...SHARED_SCHEMAS };
  const described: Record<string, RouteDescription> = { ...ROUTES };
  for (const entity of company?.model.entities.values() ?? []) {
    const doors = entity.kind === 'lines' ? null : (company?.doorsOf(entity) ?? null);
    if (company === null || doors === null) continue;
    Object.assign(schemas, recordSchemas(entity, company.view, company.locale));
    const paths = api === 'v1' ? recordPaths : recordPathsV2;
    Object.assign(described, paths(entity, doors, company.locale));
  }
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [call, description] of Object.entries(described)) {
    const [method = '', path = ''] = call.split(' ');
    const address = path.replace(/:([a-z]+)/g, '{$1}');
    paths[address] = {
      ...paths[address],
      [method.toLowerCase()]: operationOf(method.toLowerCase(), address, description),
    };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Rangka',
      version,
      summary: 'Records, documents, ledgers and reports of a company, generated from its metadata.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url }],
    security: [{ token: [] }, { session: [], csrf: [] }],
    tags: tagsOf(described, company),
    paths,
    components: {
      schemas: usedOnly(schemas, 'schemas', [paths, schemas, PROBLEM]),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A personal token.' },
        session: { type: 'apiKey', in: 'cookie', name: 'rangka_session' },
        csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token', description: 'With a session, on unsafe methods.' },
      },
      parameters: usedOnly(PARAMETERS, 'parameters', paths),
      responses: { Problem: PROBLEM },
    },
  };
}

/** The parts of the API, each with a sentence; records are told apart by what they are called. */
function tagsOf(
  described: Readonly<Record<string, RouteDescription>>,
  company: DescribedCompany | null,
): readonly { readonly name: string; readonly description: string }[] {
  const entities = new Map(
    [...(company?.model.entities.values() ?? [])].map((entity) => [
      textIn(entity.labelPlural, company?.locale ?? 'en'),
      entity,
    ]),
  );
  return [...new Set(Object.values(described).map(({ tag }) => tag))].map((name) => {
    const entity = entities.get(name);
    const description = entity?.description ?? null;
    const own = description === null ? null : textIn(description, company?.locale ?? 'en');
    return { name, description: TAGS[name] ?? own ?? `Records of ${entity?.name ?? name}.` };
  });
}

const PARAMETERS = {
  Company: parameter(
    'X-Company',
    'header',
    { type: 'string' },
    'Which of your companies; the one used last if absent.',
  ),
  IdempotencyKey: parameter('Idempotency-Key', 'header', { type: 'string' }, 'Carries the write out once in 24 hours.'),
  IfMatch: parameter('If-Match', 'header', { type: 'string' }, 'The ETag of the version that was read.'),
  Filter: {
    ...parameter('filter', 'query', { type: 'object', additionalProperties: true }, 'filter[field][operator]=value'),
    style: 'deepObject',
    explode: true,
  },
};

const PROBLEM = {
  description: 'What is wrong, with every fault at once.',
  content: { 'application/problem+json': { schema: reference('Problem') } },
};

/** Components that something refers to; the others would only puzzle a reader. */
function usedOnly<T>(
  components: Readonly<Record<string, T>>,
  kind: string,
  places: unknown,
): Readonly<Record<string, T>> {
  const text = JSON.stringify(places);
  return Object.fromEntries(
    Object.entries(components).filter(([name]) => text.includes(`"#/components/${kind}/${name}"`)),
  );
}

function parameter(name: string, place: 'header' | 'query', schema: JsonSchema, description: string): JsonSchema {
  return { name, in: place, required: false, schema, description };
}

const OPEN = [
  '/api/v1/auth/register',
  '/api/v1/auth/login',
  '/api/v1/auth/forgot-password',
  '/api/v1/auth/reset-password',
];

function isOpenToAll(method: string, path: string): boolean {
  if (
    OPEN.includes(path) ||
    path === '/api/v1/auth/verify-email' ||
    path === '/api/openapi.json' ||
    path === '/graphql'
  )
    return true;
  return method === 'get' && /^\/api\/v1\/(?:business-types|modules|metadata\/schemas)(?:\/|$)/.test(path);
}

function operationOf(method: string, path: string, description: RouteDescription): Readonly<Record<string, unknown>> {
  const { summary, tag, body, query = {}, takesFile = false } = description;
  const isSafe = SAFE.includes(method);
  const isRecords = RECORDS.test(path);
  const named = [...path.matchAll(/\{([a-z]+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const references = [
    ...(isOpenToAll(method, path) ? [] : ['Company']),
    ...(isRecords && !isSafe ? ['IdempotencyKey'] : []),
    ...(isRecords && (method === 'patch' || method === 'delete' || path.endsWith('{action}')) ? ['IfMatch'] : []),
    ...('page[number]' in query ? ['Filter'] : []),
  ].map((name) => ({ $ref: `#/components/parameters/${name}` }));
  return {
    operationId: operationIdOf(method, path),
    summary,
    tags: [tag],
    ...(isOpenToAll(method, path) ? { security: [] } : {}),
    parameters: [
      ...named,
      ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
      ...references,
    ],
    ...(body === undefined && !takesFile ? {} : { requestBody: bodyOf(body) }),
    responses: { ...answersOf(description), default: { $ref: '#/components/responses/Problem' } },
  };
}

/** `get /api/v1/records/sales.order/{id}/history` → `get.records.sales.order.id.history`: unique, and stable. */
function operationIdOf(method: string, path: string): string {
  const words = path
    .replace(/^\/api\/(?:v1\/)?/, '')
    .replace(/[{}]/g, '')
    .split('/');
  return [method, ...words].join('.');
}

function bodyOf(body: JsonSchema | undefined): Readonly<Record<string, unknown>> {
  return body === undefined
    ? { required: true, content: { '*/*': { schema: {} } } }
    : { required: true, content: { 'application/json': { schema: body } } };
}

function answersOf({ data, meta, status, files, bare = false }: RouteDescription): Readonly<Record<string, unknown>> {
  const content: Record<string, unknown> = {};
  if (data !== undefined) content['application/json'] = { schema: bare ? data : wrapped(data, meta) };
  for (const type of files ?? []) content[type] = { schema: {} };
  const isEmpty = Object.keys(content).length === 0;
  const code = String(status ?? (isEmpty ? 204 : 200));
  return { [code]: { description: isEmpty ? 'Done.' : 'The answer.', ...(isEmpty ? {} : { content }) } };
}

/** Answers stand in `data`; pages come with `meta` and `links`. */
function wrapped(data: JsonSchema, meta: JsonSchema | undefined): JsonSchema {
  if (meta === undefined) return object({ data });
  const isPaged = JSON.stringify(meta).includes('schemas/Page');
  return isPaged ? object({ data, meta, links: reference('Links') }) : object({ data, meta });
}
