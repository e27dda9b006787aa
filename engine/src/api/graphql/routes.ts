import { GraphQLError, parse, specifiedRules, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema, Source } from 'graphql';
import { createHandler } from 'graphql-http';
import { actorOf } from '../../access/caller.ts';
import { BoundedMap } from '../../storage/bounded-map.ts';
import type { Engine } from '../../runtime/engine.ts';
import { BODY_BYTES_MAX, readText } from '../body.ts';
import { chooseMember } from '../company-choice.ts';
import { describedTo } from '../description/described-company.ts';
import { asRefusal, problemBody } from '../problem.ts';
import { anyone } from '../route.ts';
import type { Answer, Ask, CompanyAsk, Route } from '../route.ts';
import { limitsRule } from './limits.ts';
import { graphQlSchema } from './schema.ts';
import { LinkedRecordLoaders } from './session.ts';
import type { GraphQlSession } from './session.ts';

/** Schemas made before: people of a company with the same rights share one. */
const SCHEMAS_MAX = 200;
const QUERY_LENGTH_MAX = 100_000;
/** Documents that are kept, and how long one of them may be. */
const DOCUMENTS_MAX = 500;
const KEPT_LENGTH_MAX = 10_000;

/** The session as the library wants it typed. */
type Session = GraphQlSession & Record<PropertyKey, unknown>;

/** Documents that were read and validated before: programs ask the same again and again with other variables. */
class Documents {
  readonly #read = new BoundedMap<string, DocumentNode>(DOCUMENTS_MAX);
  readonly #faults = new WeakMap<DocumentNode, WeakMap<GraphQLSchema, readonly GraphQLError[]>>();

  /** Throws GraphQLError for what is not GraphQL. */
  read(source: string | Source): DocumentNode {
    const text = typeof source === 'string' ? source : source.body;
    let document = this.#read.get(text);
    if (document === undefined) {
      document = parse(text);
      if (text.length <= KEPT_LENGTH_MAX) this.#read.set(text, document);
    }
    return document;
  }

  faultsIn(document: DocumentNode, schema: GraphQLSchema): readonly GraphQLError[] {
    const known = this.#faults.get(document) ?? new WeakMap<GraphQLSchema, readonly GraphQLError[]>();
    this.#faults.set(document, known);
    let faults = known.get(schema);
    if (faults === undefined) {
      faults = validate(schema, document, specifiedRules);
      known.set(schema, faults);
    }
    return faults;
  }
}

interface GraphQlRequest {
  readonly session: GraphQlSession;
  readonly schema: GraphQLSchema;
}

/** GraphQL over HTTP (R-B4): one address for queries and mutations of the catalog and of every record. */
export function graphQlRoutes(engine: Engine): readonly Route[] {
  const schemas = new BoundedMap<string, GraphQLSchema>(SCHEMAS_MAX);
  const documents = new Documents();
  const schemaFor = (ask: CompanyAsk | null, locale: Ask['locale']): GraphQLSchema => {
    const key =
      ask === null
        ? locale
        : JSON.stringify([
            ask.company.model.hash,
            ask.company.entry.id,
            ask.member.roles,
            ask.caller.abilities,
            locale,
          ]);
    let schema = schemas.get(key);
    if (schema === undefined) {
      const company =
        ask === null
          ? null
          : describedTo(actorOf(ask.caller, ask.member, ask.locale), ask.caller.abilities, ask.company.model);
      schema = graphQlSchema(engine, company);
      schemas.set(key, schema);
    }
    return schema;
  };
  const handler = createHandler<unknown, GraphQlRequest, Session>({
    schema: ({ context }) => context.schema,
    context: ({ context }) => ({ ...context.session }),
    parse: (source) => documents.read(source),
    validationRules: (_, { variableValues }) => [limitsRule(variableValues ?? {})],
    // What an operation may cost hangs on its variables; whether it is right, on the schema alone.
    validate: (schema, document, limits) => {
      const beyond = validate(schema, document, limits ?? []);
      return beyond.length > 0 ? beyond : documents.faultsIn(document, schema);
    },
    onSubscribe: (_, { query }) =>
      String(query).length > QUERY_LENGTH_MAX
        ? [new GraphQLError(`A query has at most ${QUERY_LENGTH_MAX} characters.`)]
        : undefined,
    formatError: (error) => error,
    onOperation: ({ context: { session } }, _, result) => ({
      ...result,
      ...(result.errors === undefined ? {} : { errors: result.errors.map((error) => told(engine, error, session)) }),
    }),
  });
  const serve = async (ask: Ask): Promise<Answer> => {
    const company = await companyFor(engine, ask);
    const session: GraphQlSession = {
      ask,
      company,
      records: company === null ? null : new LinkedRecordLoaders(company),
    };
    const [body, { status, headers }] = await handler({
      method: ask.method,
      url: `${ask.path}${ask.queryText === '' ? '' : `?${ask.queryText}`}`,
      headers: { get: (name) => textOf(ask.headers[name.toLowerCase()]) },
      body: () => readText(ask.bytes, BODY_BYTES_MAX),
      raw: null,
      context: { session, schema: schemaFor(company, ask.locale) },
    });
    return { status, ...(body === null ? {} : { text: body }), headers: { ...headers, 'Cache-Control': 'no-store' } };
  };
  return [
    anyone('GET /graphql', serve, { confirms: true }),
    anyone('POST /graphql', serve, { body: 'bytes', confirms: true }),
  ];
}

function textOf(header: string | readonly string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}

/** The company that is meant; null for strangers, who may ask for the catalog. */
async function companyFor(engine: Engine, ask: Ask): Promise<CompanyAsk | null> {
  const { caller } = ask;
  if (caller === null || caller.members.length === 0) return null;
  const member = chooseMember(caller, ask.headers['x-company'], engine.identities);
  return { ...ask, caller, member, company: await engine.companies.open(member.company) };
}

/** An error as the caller may know it: what was refused with its faults, and of a defect that there was one. */
function told(engine: Engine, error: GraphQLError, { ask }: GraphQlSession): GraphQLError {
  const cause = error.originalError;
  // Faults of the query itself, which GraphQL words.
  if (cause === undefined || cause === null || cause instanceof GraphQLError) return error;
  const refusal = asRefusal(cause, (defect) => engine.log.error({ err: defect, request: ask.id }, 'A field failed'));
  const { type: _, title, status, detail, instance: __, ...rest } = problemBody(refusal, ask.id, ask.locale);
  return new GraphQLError(String(detail ?? title), {
    nodes: error.nodes ?? null,
    path: error.path ?? null,
    extensions: { status, title, ...rest },
  });
}
