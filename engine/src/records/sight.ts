import type { Entity, GrantedFields } from '../compiler/model.ts';
import { STAGE_FIELD, STATUS_FIELD } from '../metamodel/naming.ts';
import type { Bounds } from './reach.ts';
import type { JsonRecord } from './stored-entity.ts';

/** The fields of an entity that somebody sees, or may write; null means all. */
export type Sight = GrantedFields | null;

/**
 * Whether a field is among those granted. Fields of the engine's own (id, version, who wrote it when, and the state of
 * a document) come with every record that is seen at all.
 *
 * @param ofRow a field of the rows, where `name` is a lines field
 */
export function sees(entity: Entity, sight: Sight, name: string, ofRow: string | null = null): boolean {
  if (sight === null) return true;
  if (!sight.has(name)) return isEnginesOwn(entity, name);
  const rows = sight.get(name) ?? null;
  if (rows === null || ofRow === null || rows.has(ofRow)) return true;
  const field = entity.fieldByName.get(name);
  return field?.target !== null && field?.target !== undefined && isEnginesOwn(field.target, ofRow);
}

function isEnginesOwn(entity: Entity, name: string): boolean {
  if (entity.kind === 'document' && (name === STATUS_FIELD || name === STAGE_FIELD)) return true;
  return entity.fieldByName.has(name) && !entity.fields.some((field) => field.name === name);
}

/** Everything that any of these shows. */
export function together(sights: readonly Sight[]): Sight {
  const found = new Map<string, Set<string> | null>();
  for (const sight of sights) {
    if (sight === null) return null;
    for (const [name, rows] of sight) {
      const known = found.get(name);
      if (rows === null || known === null) found.set(name, null);
      else found.set(name, new Set([...(known ?? []), ...rows]));
    }
  }
  return found;
}

/** The fields that may be read of some record; which ones of a single record, its permits say. */
export function sightOf(bounds: Bounds | null): Sight {
  return bounds === null ? null : together(bounds.permits.map(({ read }) => read));
}

/** As `sightOf`, of the fields that may be written. */
export function writeSightOf(bounds: Bounds | null): Sight {
  return bounds === null ? null : together(bounds.permits.map(({ write }) => write));
}

/** Whether the permits differ in the fields they show, or show less than all. */
export function hidesFields(bounds: Bounds | null): boolean {
  return bounds !== null && bounds.permits.some(({ read }) => read !== null);
}

/** Takes out of a record, as clients see it, what is not seen; fields that begin with `_` are the engine's own. */
export function keepSeen(entity: Entity, record: JsonRecord, sight: Sight): void {
  if (sight === null) return;
  for (const name of Object.keys(record)) {
    if (name.startsWith('_')) continue;
    if (!sees(entity, sight, name)) {
      delete record[name];
      continue;
    }
    const rows = entity.fieldByName.get(name)?.of === null ? null : (sight.get(name) ?? null);
    if (rows === null) continue;
    for (const row of (record[name] ?? []) as JsonRecord[]) keepSeenOfRow(entity, name, row, sight);
  }
}

function keepSeenOfRow(entity: Entity, lines: string, row: JsonRecord, sight: Sight): void {
  for (const name of Object.keys(row)) {
    if (name.startsWith('_') || sees(entity, sight, lines, name)) continue;
    delete row[name];
  }
}
