import { findEntity } from '../access/authorize.ts';
import { Refusal, refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { Operation, RecordInput } from '../metamodel/operation.ts';
import { runBulk, BULK_OPERATIONS_MAX } from '../records/bulk.ts';
import type { BulkOperation } from '../records/bulk.ts';
import type { OperationOf } from '../records/authorized.ts';
import type { ListAnswer } from '../records/list.ts';
import { runOperation } from '../records/run.ts';
import type { JsonObject } from './body.ts';
import { etagOf, matchesNone, readIfMatch } from './etag.ts';
import { onceForKey } from './idempotency.ts';
import { readGetQuery, readListQuery } from './list-query.ts';
import { faultMessage } from './messages.ts';
import { pageLinks } from './page-links.ts';
import { readParameters } from './parameters.ts';
import { allowed, contextOf, entityIn, idIn, withoutVersion, writtenAnswer } from './record-ask.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const BASE = '/api/v1/records/:entity';

/** The records of every entity of the active modules (R-B2), version 1. */
export function recordRoutes(): readonly Route[] {
  return [
    member('records', `GET ${BASE}`, list),
    member('records', `POST ${BASE}`, create, { body: 'json' }),
    member('records', `POST ${BASE}/preview`, preview, { body: 'json', reads: true }),
    member('records', `POST ${BASE}/bulk`, bulk, { body: 'bulk' }),
    member('records', `GET ${BASE}/:id`, get),
    member('records', `PATCH ${BASE}/:id`, update, { body: 'json' }),
    member('records', `DELETE ${BASE}/:id`, remove),
    member('records', `GET ${BASE}/:id/history`, history),
  ];
}

async function list(ask: CompanyAsk): Promise<Answer> {
  const { query, faults } = readListQuery(ask.queryText);
  const run = (): Promise<ListAnswer> =>
    runOperation(contextOf(ask), allowed(ask, { kind: 'list', entity: entityIn(ask), query }));
  if (faults.length > 0) throw refuse('malformed-query', { faults: [...faults, ...(await faultsOf(run))] });
  const { records, total, totalCapped } = await run();
  const { number, size } = query.page;
  return {
    status: 200,
    body: {
      data: records,
      meta: { page: { number, size, total, ...(totalCapped ? { total_capped: true } : {}) } },
      links: pageLinks(
        ask.path,
        ask.queryText,
        number,
        number * size < total || (totalCapped && records.length === size),
      ),
    },
  };
}

/** The faults that a query has beyond its form, so that a caller hears of all at once. Other refusals go first. */
async function faultsOf(run: () => Promise<unknown>): Promise<readonly Fault[]> {
  try {
    await run();
    return [];
  } catch (error) {
    if (error instanceof Refusal && error.code === 'malformed-query') return error.faults;
    throw error;
  }
}

function get(ask: CompanyAsk): Promise<Answer> {
  return getRecord(ask, { kind: 'get', entity: entityIn(ask), id: idIn(ask), ...readGetQuery(ask.queryText) });
}

/** Answers one record, or that the one the caller has is still the latest. */
export async function getRecord(ask: CompanyAsk, operation: OperationOf<'get'>): Promise<Answer> {
  const { record, version } = await runOperation(contextOf(ask), allowed(ask, operation));
  const etag = etagOf(version);
  // Embedded records and titles change without the record's version.
  const isPlain = ask.queryText === '';
  if (isPlain && matchesNone(ask.headers['if-none-match'], etag)) return { status: 304, headers: { ETag: etag } };
  return { status: 200, body: { data: record }, headers: { ETag: etag } };
}

async function create(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const entity = entityIn(ask);
  const authorized = allowed(ask, { kind: 'create', entity, input: ask.body as RecordInput });
  return onceForKey(
    ask,
    (beforeCommit) => runOperation(contextOf(ask, beforeCommit), authorized),
    writtenAnswer(ask, 201, entity),
  );
}

async function update(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const entity = entityIn(ask);
  const { input, version } = withoutVersion(ask.body as JsonObject);
  const named = readIfMatch(ask.headers['if-match']) ?? version;
  const authorized = allowed(ask, { kind: 'update', entity, id: idIn(ask), input, version: named });
  if (named === null && ask.headers['if-match'] === undefined) throw refuse('version-missing');
  return onceForKey(
    ask,
    (beforeCommit) => runOperation(contextOf(ask, beforeCommit), authorized),
    writtenAnswer(ask, 200, entity),
  );
}

async function remove(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const version = readIfMatch(ask.headers['if-match']);
  const authorized = allowed(ask, { kind: 'delete', entity: entityIn(ask), id: idIn(ask), version });
  return onceForKey(
    ask,
    (beforeCommit) => runOperation(contextOf(ask, beforeCommit), authorized),
    () => ({ status: 204 }),
  );
}

async function preview(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized = allowed(ask, { kind: 'preview', entity: entityIn(ask), input: ask.body as RecordInput });
  const { record, faults } = await runOperation(contextOf(ask), authorized);
  const errors = faults.map((fault) => ({
    pointer: fault.pointer,
    code: fault.code,
    message: faultMessage(fault, ask.locale),
  }));
  return { status: 200, body: { data: record, meta: { errors } } };
}

async function history(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized = allowed(ask, { kind: 'history', entity: entityIn(ask), id: idIn(ask) });
  const { entries } = await runOperation(contextOf(ask), authorized);
  return { status: 200, body: { data: entries } };
}

/** Many writes in one transaction: `{ "operations": [{ "action": "update", "id": "12", "version": "3", "input": {} }] }`. */
async function bulk(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  findEntity(entityIn(ask), ask.company);
  const authorized = readOperations(ask.body as JsonObject, entityIn(ask)).map((operation) =>
    allowed(ask, operation),
  ) as readonly BulkOperation[];
  return onceForKey(
    ask,
    (beforeCommit) => runBulk(contextOf(ask, beforeCommit), authorized),
    (answers) => ({
      status: 200,
      body: { data: answers.map((answer) => ('record' in answer ? answer.record : { id: answer.id, deleted: true })) },
    }),
  );
}

type BulkInput = Extract<Operation, { readonly kind: 'create' | 'update' | 'delete' }>;

const BULK_ACTIONS = ['create', 'update', 'delete'];
const BULK_MEMBERS: ReadonlySet<string> = new Set(['action', 'id', 'version', 'input']);

/** The operations of a bulk. Throws `invalid` with every fault of their form. */
export function readOperations(body: JsonObject, entity: string): readonly BulkInput[] {
  const { operations, ...rest } = body;
  const faults: Fault[] = Object.keys(rest).map((name) => ({
    pointer: pointerStep(name),
    code: 'unknown-property',
    parameters: { known: 'operations' },
  }));
  if (!Array.isArray(operations) || operations.length === 0) {
    throw refuse('invalid', { faults: [...faults, { pointer: '/operations', code: 'required' }] });
  }
  if (operations.length > BULK_OPERATIONS_MAX) {
    throw refuse('too-large', { parameters: { limit: `${BULK_OPERATIONS_MAX} operations` } });
  }
  const read = (operations as readonly unknown[]).map((item, index) => readOperation(item, entity, index, faults));
  if (faults.length > 0) throw refuse('invalid', { faults });
  return read.filter((operation) => operation !== null);
}

function readOperation(item: unknown, entity: string, index: number, faults: Fault[]): BulkInput | null {
  const at = `/operations/${index}`;
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    faults.push({ pointer: at, code: 'type', parameters: { expected: 'object' } });
    return null;
  }
  const { action, id, version = null, input } = item as JsonObject;
  for (const name of Object.keys(item)) {
    if (BULK_MEMBERS.has(name)) continue;
    faults.push({
      pointer: at + pointerStep(name),
      code: 'unknown-property',
      parameters: { known: [...BULK_MEMBERS].join(', ') },
    });
  }
  if (typeof action !== 'string' || !BULK_ACTIONS.includes(action)) {
    faults.push({ pointer: `${at}/action`, code: 'option', parameters: { options: BULK_ACTIONS.join(', ') } });
    return null;
  }
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  if (action !== 'delete' && !isObject) {
    faults.push({ pointer: `${at}/input`, code: 'type', parameters: { expected: 'object' } });
  }
  if (action === 'create') return { kind: 'create', entity, input: input as RecordInput };
  if (typeof id !== 'string') faults.push({ pointer: `${at}/id`, code: 'required' });
  const named = typeof version === 'number' ? String(version) : version;
  if (named !== null && typeof named !== 'string') faults.push({ pointer: `${at}/version`, code: 'whole' });
  if (action === 'delete') return { kind: 'delete', entity, id: String(id), version: named as string | null };
  if (named === null) faults.push({ pointer: `${at}/version`, code: 'required' });
  return { kind: 'update', entity, id: String(id), input: input as RecordInput, version: named as string | null };
}
