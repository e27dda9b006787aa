import type { Entity, Field } from '../compiler/model.ts';
import { LINE_COLUMNS, STATUS_FIELD } from '../metamodel/naming.ts';
import { textIn } from '../metamodel/text.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { demandSight, sightsOf } from '../records/bounds.ts';
import { rowsOf } from '../records/compute.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom } from '../records/context.ts';
import { loadRecord } from '../records/load-record.ts';
import { titlesSeen } from '../records/titles.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import { linksBetweenDocuments } from './document-links.ts';

/** A document before or after this one. */
export interface RelatedDocument {
  readonly entity: string;
  readonly label: string;
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly date: string | null;
  /** `from`: this document links to it. `to`: it links to this document. */
  readonly direction: 'from' | 'to';
}

/** Documents of each direction at most. */
const RELATED_MAX = 50;

/** The documents that a document links to or that link to it, from themselves or through their rows. */
export async function relatedTo(
  from: ReadFrom,
  authorized: Authorized<OperationOf<'related'>>,
): Promise<readonly RelatedDocument[]> {
  const { entity, operation, reach } = authorized;
  await demandSight(from, reach, entity, operation.id);
  const record = await loadRecord(from, entity, operation.id);
  const before = await earlier(from, entity, record);
  const after = await later(from, entity, operation.id);
  after.get(entity)?.delete(operation.id);
  const related: RelatedDocument[] = [];
  for (const [direction, found] of [['from', before] as const, ['to', after] as const]) {
    for (const [document, ids] of found) {
      const some = [...ids].slice(0, RELATED_MAX);
      const { sees } = await sightsOf(from, reach, document, some);
      related.push(...(await described(from, authorized, document, some.filter(sees), direction)));
    }
  }
  return related;
}

type Found = Map<Entity, Set<string>>;

function add(found: Found, entity: Entity, id: string): void {
  found.set(entity, (found.get(entity) ?? new Set<string>()).add(id));
}

async function earlier(from: ReadFrom, entity: Entity, record: DraftRow): Promise<Found> {
  const found: Found = new Map();
  const rows = new Map<Entity, Set<string>>();
  const gather = (fields: readonly Field[], row: DraftRow): void => {
    for (const field of fields) {
      const value = row[field.name];
      if (typeof value !== 'string') continue;
      if (field.type === 'dynamic-link') {
        const colon = value.indexOf(':');
        const target = from.model.entities.get(value.slice(0, colon));
        if (target?.kind === 'document') add(found, target, value.slice(colon + 1));
      } else if (field.type === 'link' && field.target !== null) {
        if (field.target.kind === 'document') add(found, field.target, value);
        else if (field.target.owner?.entity.kind === 'document') add(rows, field.target, value);
      }
    }
  };
  gather(entity.fields, record);
  for (const { name, target } of entity.linesFields) {
    for (const row of rowsOf(record, name)) gather(target?.fields ?? [], row);
  }
  for (const [lines, ids] of rows) {
    const owner = lines.owner?.entity;
    if (owner === undefined) continue;
    const id = parameter(from.reader.dialect, { kind: 'id' });
    const text =
      `SELECT DISTINCT ${quoted(LINE_COLUMNS.parent)} FROM ${table(lines.table)} ` +
      `WHERE ${quoted('id')} IN (${[...ids].map(() => id).join(', ')})`;
    for (const [parent] of await from.reader.tuples(statement(text), [...ids])) add(found, owner, String(parent));
  }
  return found;
}

async function later(from: ReadFrom, entity: Entity, id: string): Promise<Found> {
  const found: Found = new Map();
  const isId = parameter(from.reader.dialect, { kind: 'id' });
  for (const { holder, field, to } of linksBetweenDocuments(from.model, entity)) {
    const column = quoted(String(field.column));
    const isDynamic = field.type === 'dynamic-link';
    const condition = isDynamic
      ? `${column} = ?`
      : to.owner === null
        ? `${column} = ${isId}`
        : `${column} IN (SELECT ${quoted('id')} FROM ${table(to.table)} WHERE ${quoted(LINE_COLUMNS.parent)} = ${isId})`;
    const own = quoted(holder.owner === null ? 'id' : LINE_COLUMNS.parent);
    const text = `SELECT DISTINCT ${own} FROM ${table(holder.table)} WHERE ${condition} ORDER BY ${own} LIMIT ${RELATED_MAX}`;
    const binding = isDynamic ? `${entity.name}:${id}` : id;
    for (const [user] of await from.reader.tuples(statement(text), [binding])) {
      add(found, holder.owner?.entity ?? holder, String(user));
    }
  }
  return found;
}

async function described(
  from: ReadFrom,
  { actor, reach }: Authorized<OperationOf<'related'>>,
  document: Entity,
  ids: readonly string[],
  direction: RelatedDocument['direction'],
): Promise<readonly RelatedDocument[]> {
  if (ids.length === 0) return [];
  const titles = await titlesSeen(from, reach, document, ids);
  const date = document.fieldByName.get('date')?.column ?? null;
  const id = parameter(from.reader.dialect, { kind: 'id' });
  const text =
    `SELECT ${quoted('id')}, ${quoted(STATUS_FIELD)}, ${date === null ? 'NULL' : quoted(date)} FROM ${table(document.table)} ` +
    `WHERE ${quoted('id')} IN (${ids.map(() => id).join(', ')}) ORDER BY ${quoted('id')}`;
  const tuples = await from.reader.tuples(statement(text), [...ids]);
  return tuples.map(([own, status, day]) => ({
    entity: document.name,
    label: textIn(document.label, actor.locale),
    id: String(own),
    title: titles.get(String(own)) ?? String(own),
    status: String(status ?? 'draft'),
    date: day === null || day === undefined ? null : String(day),
    direction,
  }));
}
