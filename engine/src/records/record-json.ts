import type { Entity, Field } from '../compiler/model.ts';
import { SYSTEM_COLUMNS } from '../metamodel/naming.ts';
import type { Dialect } from '../storage/database.ts';
import { rowsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import { idOf, jsonOfValue, storedEntity, versionOf } from './stored-entity.ts';
import type { JsonRecord, StoredEntity } from './stored-entity.ts';

/** A record as clients get it, from the values it was written with: what a `get` would answer, roll-ups left out. */
export function jsonOfDraft(stored: StoredEntity, draft: DraftRow, dialect: Dialect): JsonRecord {
  const record: JsonRecord = { id: idOf(draft) };
  for (const { name, field } of stored.selected) {
    if (name === SYSTEM_COLUMNS.version) record[name] = String(versionOf(draft));
    else if (name !== SYSTEM_COLUMNS.id) record[name] = jsonOfValue(field, draft[name]);
  }
  for (const field of stored.entity.linesFields) record[field.name] = jsonOfRows(field, draft, dialect);
  for (const field of stored.joins) record[field.name] = jsonOfValue(field, draft[field.name] ?? []);
  return record;
}

/** The rows of a lines field of a draft as clients get them; a row that is not stored yet has no id. */
function jsonOfRows(field: Field, draft: DraftRow, dialect: Dialect): JsonRecord[] {
  const { columns } = storedEntity(field.target as Entity, dialect);
  return rowsOf(draft, field.name).map((row) => {
    const record = (typeof row['id'] === 'string' ? { id: row['id'] } : {}) as JsonRecord;
    for (const column of columns) record[column.name] = jsonOfValue(column.field, row[column.name]);
    return record;
  });
}
