import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import type { Json } from '../metamodel/field-type.ts';
import type { ListQuery } from '../metamodel/operation.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding, RawValue, Statement } from '../storage/statement.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import { sightsOf } from './bounds.ts';
import type { ReadFrom } from './context.ts';
import { countRecords } from './counts.ts';
import { embed, includedLines, inclusionsOf } from './embed.ts';
import { FilterWriter } from './filter.ts';
import { Gate } from './gate.ts';
import { behind, orderOf, orderText } from './list-order.ts';
import type { OrderTerm } from './list-order.ts';
import { boundsOfQuery, listSource } from './list-source.ts';
import type { ListSource } from './list-source.ts';
import { rowSets } from './get.ts';
import { PathJoins } from './path-joins.ts';
import { unknownField } from './read-input.ts';
import type { Complain } from './read-input.ts';
import type { Reach } from './reach.ts';
import { attachParts } from './read-records.ts';
import { rememberedTotal } from './remembered.ts';
import type { SqlCondition } from './search.ts';
import { hidesFields, keepSeen } from './sight.ts';
import { idPortions } from './sized-statement.ts';
import { jsonOfTuple, storedEntity } from './stored-entity.ts';
import type { StoredColumn } from './stored-column.ts';
import type { JsonRecord, StoredEntity } from './stored-entity.ts';
import { attachTitles } from './titles.ts';

/** From this offset on only ids are skipped, in the index that orders them; the page's records are then fetched. */
const DEEP_OFFSET = 200;

/** Texts of lists kept ready; shapes of queries are few, since values are bound. */
const TEXTS_MAX = 2000;
const texts = new BoundedMap<string, Statement>(TEXTS_MAX);

export interface ListAnswer {
  readonly records: readonly JsonRecord[];
  readonly total: number;
  /** True when more records fit than were counted; `total` is then the highest count. */
  readonly totalCapped: boolean;
  /** Where the next page goes on, when pages are not numbered; null otherwise, and for an empty page. */
  readonly end: readonly Json[] | null;
}

const UNCOUNTED = { total: 0, totalCapped: false };
const NOTHING: ListAnswer = { records: [], ...UNCOUNTED, end: null };

/**
 * A page of records. Throws the refusal `malformed-query` with every unknown field, operator and value at once.
 * The number of queries depends on what is asked for, never on how many records there are.
 */
export async function listRecords(
  from: ReadFrom,
  { operation, entity, reach }: Authorized<OperationOf<'list'>>,
): Promise<ListAnswer> {
  const { query } = operation;
  const faults: Fault[] = [];
  const complain = (fault: Fault): void => void faults.push(fault);
  const stored = storedEntity(entity, from.reader.dialect);
  const names = query.fields === null ? null : fieldNames(entity, query.fields, complain);
  const inclusions = inclusionsOf(entity, query.include, complain);
  const joins = new PathJoins(entity, 't', from.reader.dialect);
  const gate = new Gate(from, reach);
  const filter = new FilterWriter(from.reader.dialect, complain, gate);
  const where = query.condition === null ? null : filter.write(query.condition, joins);
  const order = orderOf(query, joins, complain, gate);
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  const bounds = boundsOfQuery(entity, query, reach);
  const filtered = where === null ? null : { text: where, bindings: filter.bindings };
  const source = await listSource(from, query, joins, filtered, bounds);
  if (source === null) return NOTHING;
  const after = query.after ?? null;
  const rest = after === null ? null : behind(order, after, from.reader.dialect, complain);
  if (faults.length > 0) throw refuse('malformed-query', { faults });

  const wanted = names === null ? null : new Set([...names, ...inclusions.keys()]);
  const columns = wanted === null ? stored.selected : stored.selected.filter(({ name }) => wanted.has(name));
  const page = { ...query.page, order, isKeyset: query.after !== undefined };
  const tuples = await readPage(from, stored, rest === null ? source : narrowed(source, rest), columns, page);
  const records = tuples.map((tuple) => jsonOfTuple(columns, tuple, from.cipher));
  const total =
    query.total === false
      ? UNCOUNTED
      : await totalOf(from, entity, source, after === null ? query.page : null, records.length);
  const end = page.isKeyset ? endOf(order, tuples.at(-1), columns.length) : null;

  await attachParts(from, stored, records, wanted, new Set([...includedLines(inclusions), ...(query.fields ?? [])]));
  if (query.titles) await attachTitles(from, { entity, records }, rowSets(entity, records), reach);
  if (hidesFields(bounds)) await keepSeenOf(from, reach, entity, records);
  await embed(from, records, inclusions, reach);
  return { records, ...total, end };
}

/** Where a page ends: what its last record has for each term of the order, as JSON. */
function endOf(
  order: readonly OrderTerm[],
  last: readonly RawValue[] | undefined,
  selected: number,
): readonly Json[] | null {
  return last === undefined ? null : order.map(({ column }, index) => column.toJson(last[selected + index] ?? null));
}

function narrowed(source: ListSource, { text, bindings }: SqlCondition): ListSource {
  return {
    ...source,
    text: `${source.text} ${source.hasConditions ? 'AND' : 'WHERE'} ${text}`,
    bindings: [...source.bindings, ...bindings],
  };
}

async function keepSeenOf(from: ReadFrom, reach: Reach, entity: Entity, records: readonly JsonRecord[]): Promise<void> {
  const { sightOf } = await sightsOf(
    from,
    reach,
    entity,
    records.map(({ id }) => id),
  );
  for (const record of records) keepSeen(entity, record, sightOf(record.id));
}

/** The fields asked for; id and version always come along. */
function fieldNames(entity: Entity, fields: readonly string[], complain: Complain): ReadonlySet<string> {
  for (const name of fields) {
    if (!entity.fieldByName.has(name)) complain(unknownField(entity, name, `/fields/${name}`));
  }
  return new Set(['id', 'version', ...fields]);
}

function prepared(text: string): Statement {
  let known = texts.get(text);
  if (known === undefined) {
    known = statement(text);
    texts.set(text, known);
  }
  return known;
}

function selection(columns: readonly StoredColumn[]): string {
  return columns.map((column) => `t.${quoted(column.column)}`).join(', ');
}

/** Which page is read, and in which order. */
type Page = ListQuery['page'] & { readonly order: readonly OrderTerm[]; readonly isKeyset: boolean };

async function readPage(
  from: ReadFrom,
  stored: StoredEntity,
  source: ListSource,
  columns: readonly StoredColumn[],
  page: Page,
): Promise<readonly (readonly RawValue[])[]> {
  const offset = offsetOf(page);
  const order = orderText(page.order);
  const paged = `${source.text} ORDER BY ${order.text} LIMIT ? OFFSET ?`;
  const bindings = [...source.bindings, ...order.bindings, page.size, offset];
  if (page.isKeyset) {
    const ends = page.order.map(({ text }) => text).join(', ');
    return from.reader.tuples(prepared(`SELECT ${selection(columns)}, ${ends} ${paged}`), [
      ...order.bindings,
      ...bindings,
    ]);
  }
  if (offset < DEEP_OFFSET) {
    return from.reader.tuples(prepared(`SELECT ${selection(columns)} ${paged}`), bindings);
  }
  const ids = (await from.reader.tuples(prepared(`SELECT t.${quoted('id')} ${paged}`), bindings)).map(([id]) =>
    String(id),
  );
  return inOrder(ids, await tuplesByIds(from, stored, columns, ids));
}

async function tuplesByIds(
  from: ReadFrom,
  { entity }: StoredEntity,
  columns: readonly StoredColumn[],
  ids: readonly string[],
): Promise<readonly RawValue[][]> {
  const id = parameter(from.reader.dialect, { kind: 'id' });
  const tuples: RawValue[][] = [];
  for (const portion of idPortions(ids)) {
    const text =
      `SELECT ${selection(columns)} FROM ${table(entity.table)} t ` +
      `WHERE t.${quoted('id')} IN (${portion.map(() => id).join(', ')})`;
    tuples.push(...(await from.reader.tuples(prepared(text), portion)));
  }
  return tuples;
}

function inOrder(ids: readonly string[], tuples: readonly RawValue[][]): readonly RawValue[][] {
  const byId = new Map(tuples.map((tuple) => [String(tuple[0]), tuple]));
  return ids.map((id) => byId.get(id)).filter((tuple) => tuple !== undefined);
}

async function totalOf(
  from: ReadFrom,
  entity: Entity,
  source: ListSource,
  page: ListQuery['page'] | null,
  count: number,
): Promise<{ readonly total: number; readonly totalCapped: boolean }> {
  if (page !== null) {
    const offset = offsetOf(page);
    // A page that is not full is the last one.
    if (count < page.size && (count > 0 || offset === 0)) return { total: offset + count, totalCapped: false };
  }
  if (source.totalMax === null) return { total: await countRecords(from.reader, entity.name), totalCapped: false };
  const text = `SELECT COUNT(*) FROM (SELECT 1 ${source.text} LIMIT ${source.totalMax + 1}) counted`;
  const total = await rememberedTotal(from.reader, [text, ...source.bindings.map(identified)].join('\n'), async () => {
    const [row] = await from.reader.tuples(prepared(text), source.bindings);
    return Number(row?.[0] ?? 0);
  });
  return total > source.totalMax ? { total: source.totalMax, totalCapped: true } : { total, totalCapped: false };
}

function offsetOf({ number, size, offset }: ListQuery['page']): number {
  return offset ?? (number - 1) * size;
}

/** A bound value in a text that no other value gives, whatever it holds. */
function identified(value: Binding): string {
  const text = String(value);
  return `${typeof value} ${text.length} ${text}`;
}
