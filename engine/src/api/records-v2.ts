import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import { findEntity } from '../access/authorize.ts';
import type { Json } from '../metamodel/field-type.ts';
import { AGGREGATES } from '../metamodel/operation.ts';
import type { Aggregate, AggregateQuery, ListQuery, RecordInput } from '../metamodel/operation.ts';
import { runBulk } from '../records/bulk.ts';
import type { BulkOperation } from '../records/bulk.ts';
import { idsByKey } from '../records/keys.ts';
import { runOperation } from '../records/run.ts';
import { readingFrom } from '../records/write-unit.ts';
import type { JsonObject } from './body.ts';
import { onceForKey } from './idempotency.ts';
import { conditionOf } from './json-filter.ts';
import type { FilterInput } from './json-filter.ts';
import { flag, refuseUnknown, single } from './parameters.ts';
import { faultCollector, readQueryTree } from './query-tree.ts';
import { allowed, contextOf, entityIn, idIn } from './record-ask.ts';
import { getRecord, readOperations } from './records-v1.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';
import { includedPaths, readSelection, selected } from './selection.ts';
import type { Selection } from './selection.ts';

const BASE = '/api/v2/records/:entity';
const PAGE_SIZE_DEFAULT = 20;
const PAGE_SIZE_MAX = 200;
const SORT_MAX = 5;
const SEARCH_LENGTH_MAX = 200;
const PARAMETERS = ['filter', 'sort', 'search', 'select', 'titles', 'first', 'after', 'total', 'group', 'aggregate'];

/**
 * What version 2 of the records does otherwise: filters in JSON, pages by cursor, nested selections, figures, and
 * `upsert`. All other addresses are those of version 1 (R-B3).
 */
export function recordRoutesV2(): readonly Route[] {
  return [
    member('records', `GET ${BASE}`, (ask) => list(ask, readQuery(ask))),
    member('records', `POST ${BASE}/query`, (ask) => list(ask, queryIn(ask)), { body: 'json', reads: true }),
    member('records', `GET ${BASE}/:id`, get),
    member('records', `POST ${BASE}/bulk`, bulk, { body: 'bulk' }),
  ];
}

/** A list as it was asked for, from an address or a body. */
interface Asked {
  readonly filter: FilterInput | null;
  readonly sort: string;
  readonly search: string;
  readonly select: Selection | null;
  readonly titles: boolean;
  readonly first: number;
  readonly after: string | null;
  readonly total: boolean;
  readonly group: string;
  readonly aggregate: string;
}

function readQuery(ask: CompanyAsk): Asked {
  const { faults, report } = faultCollector();
  const tree = readQueryTree(ask.queryText, report);
  refuseUnknown(tree, PARAMETERS, report);
  const text = (name: string): string => single(tree, name, report) ?? '';
  const given: Record<string, unknown> = {
    filter: text('filter') === '' ? undefined : parsed(text('filter'), report),
    ...Object.fromEntries(
      ['sort', 'search', 'select', 'after', 'group', 'aggregate'].map((name) => [name, text(name)]),
    ),
    first: text('first') === '' ? PAGE_SIZE_DEFAULT : Number(text('first')),
    titles: flag(tree, 'titles', report),
    total: flag(tree, 'total', report),
  };
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  return askedFor(given);
}

function parsed(text: string, report: (pointer: string, code: 'unreadable') => void): unknown {
  try {
    return JSON.parse(text);
  } catch {
    report('/filter', 'unreadable');
    return undefined;
  }
}

function queryIn(ask: CompanyAsk): Asked {
  const body = ask.body as JsonObject;
  const unknown = Object.keys(body).filter((name) => !PARAMETERS.includes(name));
  const faults: Fault[] = unknown.map((name) => ({
    pointer: `/${name}`,
    code: 'unknown-property',
    parameters: { known: PARAMETERS.join(', ') },
  }));
  if (faults.length > 0) throw refuse('invalid', { faults });
  return askedFor(body);
}

function askedFor(given: Readonly<Record<string, unknown>>): Asked {
  const faults: Fault[] = [];
  const text = (name: string): string => {
    const value = given[name] ?? '';
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(',');
    if (typeof value === 'string') return value;
    faults.push({ pointer: `/${name}`, code: 'type', parameters: { expected: 'text' } });
    return '';
  };
  const { filter = null, first = PAGE_SIZE_DEFAULT } = given;
  const isObject = typeof filter === 'object' && !Array.isArray(filter);
  if (!isObject) faults.push({ pointer: '/filter', code: 'type', parameters: { expected: 'object' } });
  const size = typeof first === 'number' && Number.isInteger(first) && first >= 1 && first <= PAGE_SIZE_MAX ? first : 0;
  if (size === 0) {
    faults.push({
      pointer: '/first',
      code: 'whole-number',
      parameters: { minimum: '1', maximum: String(PAGE_SIZE_MAX) },
    });
  }
  const search = text('search').trim();
  if (search.length > SEARCH_LENGTH_MAX) {
    faults.push({ pointer: '/search', code: 'too-long', parameters: { maximum: String(SEARCH_LENGTH_MAX) } });
  }
  const asked = {
    filter: isObject ? (filter as FilterInput | null) : null,
    sort: text('sort'),
    search,
    select: text('select') === '' ? null : readSelection(text('select')),
    titles: given['titles'] === true,
    first: size,
    after: text('after') === '' ? null : text('after'),
    total: given['total'] === true,
    group: text('group'),
    aggregate: text('aggregate'),
  };
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  return asked;
}

async function list(ask: CompanyAsk, asked: Asked): Promise<Answer> {
  const entity = findEntity(entityIn(ask), ask.company);
  if (asked.group !== '' || asked.aggregate !== '') return figures(ask, entity, asked);
  const query = listQueryOf(entity, asked);
  const authorized = allowed(ask, { kind: 'list', entity: entity.name, query });
  const { records, total, totalCapped, end } = await runOperation(contextOf(ask), authorized);
  const hasNext = records.length === asked.first;
  const page = {
    size: asked.first,
    has_next: hasNext,
    end_cursor: end === null ? null : cursorOf(end, asked.sort),
    ...(asked.total ? { total, ...(totalCapped ? { total_capped: true } : {}) } : {}),
  };
  const data = asked.select === null ? records : records.map((record) => selected(record, asked.select as Selection));
  return { status: 200, body: { data, meta: { page } } };
}

function listQueryOf(entity: Entity, asked: Asked): ListQuery {
  const names = asked.sort.split(',').filter((name) => name !== '');
  if (names.length > SORT_MAX) {
    const parameters = { maximum: String(SORT_MAX) };
    throw refuse('malformed-query', { faults: [{ pointer: '/sort', code: 'too-many', parameters }] });
  }
  return {
    condition: conditionOf(asked.filter, entity),
    sort: names.map((name) => ({ path: name.replace(/^-/, '').split('.'), descending: name.startsWith('-') })),
    fields: asked.select === null ? null : [...asked.select.keys()],
    include: asked.select === null ? [] : includedPaths(asked.select),
    search: asked.search === '' ? null : asked.search,
    titles: asked.titles,
    after: asked.after === null ? null : endIn(asked.after, asked.sort),
    total: asked.total,
    page: { number: 1, size: asked.first },
  };
}

/** A cursor holds where a page ended, and the order that this is meant in. */
function cursorOf(end: readonly Json[], sort: string): string {
  return Buffer.from(JSON.stringify([sort, ...end])).toString('base64url');
}

function endIn(cursor: string, sort: string): readonly Json[] {
  const unreadable = refuse('malformed-query', { faults: [{ pointer: '/after', code: 'unreadable' }] });
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw error instanceof SyntaxError ? unreadable : error;
  }
  const isList = Array.isArray(read) && read.length > 1 && read[0] === sort;
  const isPlain = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);
  if (!isList || !(read as readonly unknown[]).every(isPlain)) throw unreadable;
  return (read as readonly Json[]).slice(1);
}

/** `group=customer.city,status&aggregate=sum:total,count` */
async function figures(ask: CompanyAsk, entity: Entity, asked: Asked): Promise<Answer> {
  const groups = asked.group.split(',').filter((name) => name !== '');
  const measures = measuresIn(asked.aggregate);
  const query: AggregateQuery = {
    condition: conditionOf(asked.filter, entity),
    search: asked.search === '' ? null : asked.search,
    groups: groups.map((path) => path.split('.')),
    measures,
  };
  const authorized = allowed(ask, { kind: 'aggregate', entity: entity.name, query });
  const { rows, truncated } = await runOperation(contextOf(ask), authorized);
  const data = rows.map(({ keys, count, values }) => ({
    group: Object.fromEntries(groups.map((path, index) => [path, keys[index] ?? null])),
    count,
    values: Object.fromEntries(
      measures.map(({ aggregate, field }, index) => [`${aggregate}:${field}`, values[index] ?? null]),
    ),
  }));
  return { status: 200, body: { data, meta: { truncated } } };
}

function measuresIn(text: string): AggregateQuery['measures'] {
  const known: readonly string[] = AGGREGATES;
  return text
    .split(',')
    .filter((measure) => measure !== '' && measure !== 'count')
    .map((measure) => {
      const [aggregate = '', field = ''] = measure.split(':');
      if (!known.includes(aggregate) || field === '') {
        const parameters = { options: `count, ${AGGREGATES.map((name) => `${name}:field`).join(', ')}` };
        throw refuse('malformed-query', { faults: [{ pointer: '/aggregate', code: 'option', parameters }] });
      }
      return { aggregate: aggregate as Aggregate, field };
    });
}

async function get(ask: CompanyAsk): Promise<Answer> {
  const { faults, report } = faultCollector();
  const tree = readQueryTree(ask.queryText, report);
  refuseUnknown(tree, ['select', 'titles'], report);
  const select = single(tree, 'select', report);
  const titles = flag(tree, 'titles', report);
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  const selection = select === undefined || select === '' ? null : readSelection(select);
  const include = selection === null ? [] : includedPaths(selection);
  const answer = await getRecord(ask, { kind: 'get', entity: entityIn(ask), id: idIn(ask), include, titles });
  if (selection === null || answer.status !== 200) return answer;
  const { data } = answer.body as { readonly data: Parameters<typeof selected>[0] };
  const unknown = [...selection.keys()].filter((name) => !(name in data));
  if (unknown.length > 0) {
    const fault = (name: string): Fault => ({
      pointer: `/select/${name}`,
      code: 'unknown-field',
      parameters: { name },
    });
    throw refuse('malformed-query', { faults: unknown.map(fault) });
  }
  return { ...answer, body: { data: selected(data, selection) } };
}

/** As in version 1, with `upsert`: changes the record that has the key, or creates it. */
async function bulk(ask: CompanyAsk): Promise<Answer> {
  const entity = findEntity(entityIn(ask), ask.company);
  const operations = await withoutUpserts(ask, entity, ask.body as JsonObject);
  const authorized = readOperations(operations, entity.name).map((operation) =>
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

/** The operations with each `upsert` as the `update` or `create` that it comes to: one query for all of them. */
async function withoutUpserts(ask: CompanyAsk, entity: Entity, body: JsonObject): Promise<JsonObject> {
  const { operations } = body;
  if (!Array.isArray(operations)) return body;
  const isUpsert = (operation: unknown): operation is JsonObject =>
    typeof operation === 'object' && operation !== null && (operation as JsonObject)['action'] === 'upsert';
  if (!operations.some(isUpsert)) return body;
  const [key] = entity.key;
  if (entity.key.length !== 1 || key === undefined) {
    throw refuse('invalid', { faults: [{ pointer: '/operations', code: 'no-key' }] });
  }
  const keyOf = (operation: JsonObject): string => {
    const input = operation['input'] as RecordInput | undefined;
    const value = input?.[key.name];
    return typeof value === 'string' ? value : '';
  };
  const context = contextOf(ask);
  const keys = operations
    .filter(isUpsert)
    .map(keyOf)
    .filter((value) => value !== '');
  // Whoever may not read a record is not told that it is there: its key is then taken, as for any other.
  const authorized = allowed(ask, { kind: 'preview', entity: entity.name, input: {} });
  const ids = await idsByKey(readingFrom(context, context.database), authorized.entity, [...new Set(keys)]);
  const versions = await versionsOf(ask, entity, [...ids.values()]);
  return {
    ...body,
    operations: operations.map((operation) => {
      if (!isUpsert(operation)) return operation as unknown;
      const { action: _, ...rest } = operation;
      const id = ids.get(keyOf(operation).toLowerCase());
      const version = id === undefined ? undefined : versions.get(id);
      return version === undefined ? { ...rest, action: 'create' } : { ...rest, action: 'update', id, version };
    }),
  };
}

async function versionsOf(
  ask: CompanyAsk,
  entity: Entity,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for (let start = 0; start < ids.length; start += PAGE_SIZE_MAX) {
    const portion = ids.slice(start, start + PAGE_SIZE_MAX);
    const query: ListQuery = {
      condition: { kind: 'compare', path: ['id'], operator: 'in', value: portion, at: '/operations' },
      sort: [{ path: ['id'], descending: false }],
      fields: ['version'],
      include: [],
      search: null,
      titles: false,
      total: false,
      page: { number: 1, size: portion.length },
    };
    const { records } = await runOperation(contextOf(ask), allowed(ask, { kind: 'list', entity: entity.name, query }));
    for (const record of records) versions.set(record.id, record['version'] as string);
  }
  return versions;
}
