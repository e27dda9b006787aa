import type { Fault } from '../base/errors.ts';
import type { Entity, Field, Model } from '../compiler/model.ts';
import type { Reader } from '../storage/database.ts';
import { rowsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import { existingIds } from './existing-ids.ts';

/** Where uploaded files are listed. */
const FILE_TABLE = 'rk_file';

/** No record has it. */
const NO_ID = '';

/** A link that a record or one of its rows holds, and where. */
interface HeldLink {
  /** The table that must have a row for it. */
  readonly table: string;
  readonly id: string;
  readonly pointer: string;
}

/**
 * Which links of a draft name records that are not there: one query per entity. Foreign keys of the database keep
 * such links out as well; this finds the words to say which.
 */
export async function brokenLinks(
  reader: Reader,
  model: Model,
  entity: Entity,
  draft: DraftRow,
  at: string,
): Promise<readonly Fault[]> {
  return faultsOf(
    reader,
    heldLinks(model, entity, draft, at, () => true),
  );
}

/**
 * As `brokenLinks`, for the links that no foreign key watches: to any of several entities, and to files. Those that
 * the record held before pass: what they lead to may belong to a module that is not active any more.
 */
export async function brokenFreeLinks(
  reader: Reader,
  model: Model,
  entity: Entity,
  draft: DraftRow,
  before: DraftRow | null,
  at: string,
): Promise<readonly Fault[]> {
  if (!hasFreeLinks(entity)) return [];
  const placeOf = ({ table, id }: HeldLink): string => `${table} ${id}`;
  const known = before === null ? [] : heldLinks(model, entity, before, at, isFreeLink).map(placeOf);
  const links = heldLinks(model, entity, draft, at, isFreeLink).filter((link) => !known.includes(placeOf(link)));
  return faultsOf(reader, links);
}

const free = new WeakMap<Entity, boolean>();

function hasFreeLinks(entity: Entity): boolean {
  let known = free.get(entity);
  if (known === undefined) {
    known = entity.fields.some(
      (field) => isFreeLink(field) || (field.of !== null && hasFreeLinks(field.target as Entity)),
    );
    free.set(entity, known);
  }
  return known;
}

async function faultsOf(reader: Reader, links: readonly HeldLink[]): Promise<readonly Fault[]> {
  const idsByTable = new Map<string, Set<string>>();
  for (const { table, id } of links) {
    const ids = idsByTable.get(table);
    if (ids === undefined) idsByTable.set(table, new Set([id]));
    else ids.add(id);
  }
  const existing = new Map<string, ReadonlySet<string>>();
  for (const [table, ids] of idsByTable) existing.set(table, await existingIds(reader, table, [...ids]));
  return links
    .filter(({ table, id }) => existing.get(table)?.has(id) !== true)
    .map(({ pointer }): Fault => ({ pointer, code: 'unknown-record' }));
}

function isFile(field: Field): boolean {
  return field.type === 'file' || field.type === 'image';
}

function isFreeLink(field: Field): boolean {
  return field.type === 'dynamic-link' || isFile(field);
}

function heldLinks(
  model: Model,
  entity: Entity,
  draft: DraftRow,
  at: string,
  wanted: (field: Field) => boolean,
): HeldLink[] {
  const held: HeldLink[] = [];
  for (const field of entity.fields) {
    const pointer = `${at}/${field.name}`;
    if (field.of !== null) {
      for (const [index, row] of rowsOf(draft, field.name).entries()) {
        held.push(...heldLinks(model, field.target as Entity, row, `${pointer}/${index}`, wanted));
      }
    } else if (wanted(field)) {
      held.push(...linksIn(field, draft[field.name] ?? null, pointer, model));
    }
  }
  return held;
}

/** The links that the value of one field holds. */
function linksIn(field: Field, value: DraftRow[string], pointer: string, model: Model): readonly HeldLink[] {
  if (Array.isArray(value) && field.target !== null) {
    const { table } = field.target;
    return value.map((id, index) => ({ table, id: id as unknown as string, pointer: `${pointer}/${index}` }));
  }
  if (typeof value !== 'string') return [];
  if (isFile(field)) return [{ table: FILE_TABLE, id: value, pointer }];
  if (field.type === 'dynamic-link') {
    const [name = '', id = ''] = value.split(':');
    const target = model.entities.get(name);
    return [target === undefined ? { table: name, id: NO_ID, pointer } : { table: target.table, id, pointer }];
  }
  return field.type === 'link' && field.target !== null ? [{ table: field.target.table, id: value, pointer }] : [];
}
