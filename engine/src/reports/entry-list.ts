import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Field } from '../compiler/model.ts';
import type { Json } from '../metamodel/field-type.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { ListQuery } from '../metamodel/operation.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { withinBounds } from '../records/bounds.ts';
import type { ReadFrom } from '../records/context.ts';
import { FilterWriter } from '../records/filter.ts';
import { Gate } from '../records/gate.ts';
import { PathJoins } from '../records/path-joins.ts';
import { READ } from '../records/reach.ts';
import { unknownField } from '../records/read-input.ts';
import type { Complain } from '../records/read-input.ts';
import { storedEntity } from '../records/stored-entity.ts';
import { LINK_TITLES } from '../records/titles.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { Naming } from './naming.ts';

/** Entries that fit a filter are counted up to here: beyond, a person reads “more than”. */
const TOTAL_MAX = 100_000;

/** Names of an entry in an answer that are no columns of it. */
export const ENTRY_VOUCHER = '_voucher';
export const ENTRY_DOCUMENT_NAME = '_document';

export interface EntryPage {
  readonly entries: readonly Readonly<Record<string, Json>>[];
  readonly total: number;
  readonly totalCapped: boolean;
}

/**
 * A page of the entries of a ledger, the latest first. Throws the refusal `malformed-query` with every unknown field,
 * operator and value at once. What an entry comes from stands as `_document`, for those who may read it.
 */
export async function listEntries(
  from: ReadFrom,
  ledger: Ledger,
  { operation, actor, reach }: Authorized<OperationOf<'list'>>,
): Promise<EntryPage> {
  const { query } = operation;
  const { dialect } = from.reader;
  const faults: Fault[] = [];
  const complain: Complain = (fault) => void faults.push(fault);
  const joins = new PathJoins(ledger.entries, 't', dialect);
  const filter = new FilterWriter(dialect, complain, new Gate(from, reach));
  const where = query.condition === null ? null : filter.write(query.condition, joins);
  const order = orderOf(query, joins, complain);
  refuseUnused(query, complain);
  if (faults.length > 0) throw refuse('malformed-query', { faults });

  const columns = storedEntity(ledger.entries, dialect).selected;
  const voucher = `LEFT JOIN ${table('rk_voucher')} voucher ON voucher.id = t.${quoted(ENTRY_COLUMNS.voucher)}`;
  const source = `FROM ${table(ledger.entries.table)} t${joins.text}`;
  const bounds = reach.bounds(ledger.entries, READ);
  const within = bounds === null ? null : withinBounds(bounds, joins, dialect, from);
  const conditions = [where, within?.text].flatMap((each) =>
    each === null || each === undefined ? [] : [`(${each})`],
  );
  const condition = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const bindings = [...filter.bindings, ...(within?.bindings ?? [])];
  const { number, size } = query.page;
  const offset = (number - 1) * size;
  const selected = [
    ...columns.map((column) => `t.${quoted(column.column)}`),
    'voucher.entity',
    'voucher.record_id',
    'voucher.action',
  ];
  const text = `SELECT ${selected.join(', ')} ${source} ${voucher}${condition} ORDER BY ${order} LIMIT ? OFFSET ?`;
  const tuples = await from.reader.tuples(statement(text), [...bindings, size, offset]);

  const naming = new Naming(from, actor.locale, reach);
  const entries = tuples.map((tuple): OpenEntry => {
    const values = Object.fromEntries(
      columns.map((column, index): [string, Json] => [column.name, column.toJson(tuple[index] ?? null)]),
    );
    const [entity = null, record = null, action = null] = tuple.slice(columns.length);
    const document = entity === null ? null : `${String(entity)}:${String(record)}`;
    naming.wantReference(document, true);
    for (const field of ledger.dimensions) wantTitle(naming, field, values[field.name] ?? null);
    return { values, document, action: action === null ? null : String(action) };
  });
  await naming.load();
  return {
    entries: entries.map((entry) => jsonOf(entry, ledger, naming)),
    ...(await totalOf(from, `${source}${condition}`, bindings, { offset, count: tuples.length, size })),
  };
}

interface OpenEntry {
  readonly values: Readonly<Record<string, Json>>;
  readonly document: string | null;
  readonly action: string | null;
}

function jsonOf(
  { values, document, action }: OpenEntry,
  ledger: Ledger,
  naming: Naming,
): Readonly<Record<string, Json>> {
  const titles: Record<string, Json> = {};
  for (const field of ledger.dimensions) {
    const title = titleIn(naming, field, values[field.name] ?? null);
    if (title !== null) titles[field.name] = title;
  }
  const named = naming.documentOf(document);
  return {
    ...values,
    [ENTRY_VOUCHER]: action,
    [ENTRY_DOCUMENT_NAME]: named === null ? null : { ...named, number: naming.numberOf(document) },
    [LINK_TITLES]: titles,
  };
}

/** Notes that the record in a dimension will be named. */
export function wantTitle(naming: Naming, field: Field, value: Json): void {
  if (field.target !== null && field.type === 'link' && typeof value === 'string') {
    naming.wantRecord(field.target, value);
  }
  const reference = referenceOf(field, value);
  if (reference !== null) naming.wantReference(reference);
}

/** What the record in a dimension is called; null where it is none, or may not be read. */
export function titleIn(naming: Naming, field: Field, value: Json): string | null {
  if (field.target !== null && field.type === 'link' && typeof value === 'string') {
    return naming.titleOf(field.target.name, value);
  }
  return naming.documentOf(referenceOf(field, value))?.title ?? null;
}

/** A record of any entity, as `entity:id`. */
function referenceOf(field: Field, value: Json): Value {
  if (field.type !== 'dynamic-link' || typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { entity, id } = value as Readonly<Record<string, Json>>;
  return typeof entity === 'string' && typeof id === 'string' ? `${entity}:${id}` : null;
}

function orderOf(query: ListQuery, joins: PathJoins, complain: Complain): string {
  const date = ENTRY_COLUMNS.date;
  const sort = query.sort.length > 0 ? query.sort : [{ path: [date], descending: true }];
  const terms = sort.flatMap(({ path, descending }) => {
    const [name = '', ...rest] = path;
    const column = rest.length === 0 ? joins.column(name) : undefined;
    if (column === undefined) {
      const pointer = `/sort/${path.join('.')}`;
      complain(
        joins.entity.fieldByName.has(name)
          ? { pointer, code: 'not-sortable', parameters: { name: path.join('.') } }
          : unknownField(joins.entity, name, pointer),
      );
      return [];
    }
    return [descending ? `${column.sql} DESC` : column.sql];
  });
  const last = sort.at(-1)?.descending === true ? ' DESC' : '';
  return [...terms, `t.${quoted(ENTRY_COLUMNS.id)}${last}`].join(', ');
}

/** Entries have no words to search, and embed nothing. */
function refuseUnused(query: ListQuery, complain: Complain): void {
  for (const [name, given] of [
    ['search', query.search !== null],
    ['include', query.include.length > 0],
    ['fields', query.fields !== null],
  ] as const) {
    if (given)
      complain({ pointer: `/${name}`, code: 'unknown-parameter', parameters: { known: 'filter, sort, page, titles' } });
  }
}

async function totalOf(
  from: ReadFrom,
  source: string,
  bindings: readonly Binding[],
  { offset, count, size }: { readonly offset: number; readonly count: number; readonly size: number },
): Promise<{ readonly total: number; readonly totalCapped: boolean }> {
  if (count < size && (count > 0 || offset === 0)) return { total: offset + count, totalCapped: false };
  const text = `SELECT COUNT(*) FROM (SELECT 1 ${source} LIMIT ${TOTAL_MAX + 1}) counted`;
  const [row] = await from.reader.tuples(statement(text), bindings);
  const total = Number(row?.[0] ?? 0);
  return total > TOTAL_MAX ? { total: TOTAL_MAX, totalCapped: true } : { total, totalCapped: false };
}
