import { GraphQLID, GraphQLNonNull, GraphQLObjectType, GraphQLString } from 'graphql';
import type { GraphQLFieldConfigArgumentMap, GraphQLFieldConfigMap, GraphQLOutputType } from 'graphql';
import type { Entity } from '../../compiler/model.ts';
import type { Operation, RecordInput } from '../../metamodel/operation.ts';
import type { RecordContext } from '../../records/context.ts';
import type { Written } from '../../records/create.ts';
import { runOperation } from '../../records/run.ts';
import type { Engine } from '../../runtime/engine.ts';
import type { DescribedCompany } from '../description/described-company.ts';
import { takeAct, takeNext } from '../documents.ts';
import { onceForKey } from '../idempotency.ts';
import { allowed, contextOf } from '../record-ask.ts';
import type { Answer, CompanyAsk } from '../route.ts';
import { namesOf } from './names.ts';
import { companyOf } from './record-fields.ts';
import type { RecordTypes } from './record-types.ts';
import type { GraphQlSession } from './session.ts';

type Fields = GraphQLFieldConfigMap<unknown, GraphQlSession>;
type BeforeCommit = RecordContext['beforeCommit'];

const DeletedType = new GraphQLObjectType({
  name: 'Deleted',
  fields: { id: { type: new GraphQLNonNull(GraphQLID) }, version: { type: new GraphQLNonNull(GraphQLString) } },
});

const NextDocumentType = new GraphQLObjectType({
  name: 'NextDocument',
  description: 'What a flow made: a draft of another entity.',
  fields: {
    entity: { type: new GraphQLNonNull(GraphQLString) },
    id: { type: new GraphQLNonNull(GraphQLID) },
    version: { type: new GraphQLNonNull(GraphQLString) },
  },
});

const KEY: GraphQLFieldConfigArgumentMap = {
  idempotencyKey: { type: GraphQLString, description: 'Carries this out once within 24 hours.' },
};
const ID: GraphQLFieldConfigArgumentMap = { id: { type: new GraphQLNonNull(GraphQLID) } };
const VERSION: GraphQLFieldConfigArgumentMap = {
  version: { type: GraphQLString, description: 'The version that was read.' },
};

interface WriteArguments {
  readonly id?: string;
  readonly version?: string;
  readonly input?: RecordInput;
  readonly action?: string;
  readonly flow?: string;
  readonly idempotencyKey?: string;
}

/** What a mutation does, with what it answers as JSON. */
type Work = (ask: CompanyAsk, given: WriteArguments, beforeCommit?: BeforeCommit) => Promise<unknown>;

/** Mutations for the records of one entity, as far as their caller may write at all. */
export function recordMutations(engine: Engine, entity: Entity, types: RecordTypes, company: DescribedCompany): Fields {
  const { type } = namesOf(entity.name);
  const doors = company.doorsOf(entity);
  const input = types.input(entity);
  const fields: Fields = {};
  const add = (name: string, answers: GraphQLOutputType, args: GraphQLFieldConfigArgumentMap, work: Work): void => {
    fields[name] = {
      type: answers,
      args: { ...args, ...KEY },
      resolve: (_, given, session, { path }) =>
        once(companyOf(session), { name, place: String(path.key) }, given as WriteArguments, work),
    };
  };
  const may = (action: string): boolean => doors?.actions.includes(action) === true;
  const record = types.object(entity);
  const withInput = input === null ? null : { input: { type: new GraphQLNonNull(input) } };
  if (may('create') && withInput !== null) add(`create${type}`, record, withInput, created(entity));
  if (may('update') && withInput !== null) {
    add(
      `update${type}`,
      record,
      { ...ID, version: { type: new GraphQLNonNull(GraphQLString) }, ...withInput },
      updated(entity),
    );
  }
  if (may('delete')) add(`delete${type}`, DeletedType, { ...ID, ...VERSION }, deleted(entity));
  if (entity.kind !== 'document' || doors === null) return fields;
  for (const action of ['submit', 'cancel', 'amend'].filter(may)) {
    add(`${action}${type}`, record, { ...ID, ...VERSION }, acted(engine, entity, action));
  }
  const action = { action: { type: new GraphQLNonNull(GraphQLString), description: 'A transition of the workflow.' } };
  add(`actOn${type}`, record, { ...ID, ...VERSION, ...action }, acted(engine, entity, null));
  if (doors.flows.length > 0) {
    const flow = { flow: { type: new GraphQLNonNull(GraphQLString), description: doors.flows.join(', ') } };
    add(`continue${type}`, NextDocumentType, { ...ID, ...flow }, followed(entity));
  }
  return fields;
}

/** Runs a write, once for each key, given as an argument or a header; a repeat answers what the first answered. */
async function once(
  ask: CompanyAsk,
  { name, place }: { readonly name: string; readonly place: string },
  given: WriteArguments,
  work: Work,
): Promise<unknown> {
  const { idempotencyKey = ask.headers['idempotency-key'], ...own } = given;
  const keyed: CompanyAsk = {
    ...ask,
    // One header may stand for several mutations of a request: each is told apart by its place in the answer.
    path: `/graphql ${name} ${place}`,
    body: own,
    headers: { ...ask.headers, 'idempotency-key': idempotencyKey },
  };
  const answer = await onceForKey(keyed, (beforeCommit) => work(ask, own, beforeCommit), asAnswer);
  return answer.text === undefined ? answer.body : (JSON.parse(answer.text) as unknown);
}

function asAnswer(value: unknown): Answer {
  return { status: 200, body: value };
}

/** The operation through the door, as this caller. */
function run<O extends Extract<Operation, { kind: 'create' | 'update' | 'delete' }>>(
  ask: CompanyAsk,
  operation: O,
  beforeCommit: BeforeCommit,
): Promise<unknown> {
  // What is stored under the key is what is answered.
  const hook: BeforeCommit =
    beforeCommit === undefined ? undefined : (transaction, written) => beforeCommit(transaction, shown(written));
  return runOperation(contextOf(ask, hook), allowed(ask, operation as Operation as never)).then(shown);
}

function shown(written: unknown): unknown {
  return typeof written === 'object' && written !== null && 'record' in written ? written.record : written;
}

function created({ name: entity }: Entity): Work {
  return (ask, { input = {} }, beforeCommit) => run(ask, { kind: 'create', entity, input: plain(input) }, beforeCommit);
}

function updated({ name: entity }: Entity): Work {
  return (ask, { id = '', version = null, input = {} }, beforeCommit) =>
    run(ask, { kind: 'update', entity, id, version, input: plain(input) }, beforeCommit);
}

function deleted({ name: entity }: Entity): Work {
  return (ask, { id = '', version = null }, beforeCommit) =>
    run(ask, { kind: 'delete', entity, id, version }, beforeCommit);
}

function acted(engine: Engine, { name: entity }: Entity, fixed: string | null): Work {
  return async (ask, { id = '', version = null, action = '' }, beforeCommit) => {
    const hook = hooked(beforeCommit);
    const { record } = await takeAct(engine, ask, { entity, id, action: fixed ?? action, version }, hook);
    return record;
  };
}

function followed({ name: entity }: Entity): Work {
  return async (ask, { id = '', flow = '' }, beforeCommit) => {
    const next = (written: Written, to: string): unknown => ({
      entity: to,
      id: written.record.id,
      version: written.version,
    });
    const { written, to } = await takeNext(ask, { entity, id, flow }, (name) =>
      beforeCommit === undefined
        ? undefined
        : (transaction, value) => beforeCommit(transaction, next(value as Written, name)),
    );
    return next(written, to);
  };
}

function hooked(beforeCommit: BeforeCommit): BeforeCommit {
  return beforeCommit === undefined ? undefined : (transaction, written) => beforeCommit(transaction, shown(written));
}

/** The input without the prototype-less objects that GraphQL makes. */
function plain(input: RecordInput): RecordInput {
  return JSON.parse(JSON.stringify(input)) as RecordInput;
}
