import type { Entity, Field } from '../compiler/model.ts';
import type { DraftRow } from './compute.ts';
import type { FieldCipher, ReadFrom } from './context.ts';
import { idPortions } from './sized-statement.ts';
import { draftOfTuple, idOf, jsonOfTuple, storedEntity } from './stored-entity.ts';
import type { StoredColumn } from './stored-column.ts';
import type { JsonRecord } from './stored-entity.ts';

/** The rows of a lines field as clients get them, by owner; an owner without rows is left out. */
export async function readRows(
  from: ReadFrom,
  field: Field,
  owners: readonly string[],
): Promise<ReadonlyMap<string, JsonRecord[]>> {
  return rowsByOwner(from, field, owners, jsonOfTuple);
}

/** The rows of every lines field of a stored record, as expressions see them. */
export async function loadRows(from: ReadFrom, entity: Entity, record: DraftRow): Promise<void> {
  for (const field of entity.linesFields) await attachRows(from, field, [record]);
}

/** Gives stored records the rows of a lines field, as expressions see them, with one query. */
export async function attachRows(from: ReadFrom, field: Field, records: readonly DraftRow[]): Promise<void> {
  const rows = await rowsByOwner(from, field, records.map(idOf), draftOfTuple);
  for (const record of records) record[field.name] = rows.get(idOf(record)) ?? [];
}

type RowOfTuple<T> = (
  columns: readonly StoredColumn[],
  tuple: Parameters<typeof jsonOfTuple>[1],
  cipher: FieldCipher,
) => T;

async function rowsByOwner<T>(
  from: ReadFrom,
  field: Field,
  owners: readonly string[],
  make: RowOfTuple<T>,
): Promise<Map<string, T[]>> {
  const { selected, statements } = storedEntity(field.target as Entity, from.reader.dialect);
  const rows = new Map<string, T[]>();
  for (const portion of idPortions(owners)) {
    const tuples = await from.reader.tuples(statements.byOwners.of(portion.length), portion);
    for (const [owner, ...tuple] of tuples) {
      const row = make(selected, tuple, from.cipher);
      const siblings = rows.get(String(owner));
      if (siblings === undefined) rows.set(String(owner), [row]);
      else siblings.push(row);
    }
  }
  return rows;
}
