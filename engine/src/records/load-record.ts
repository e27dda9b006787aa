import { isRowId } from '../base/ids.ts';
import { refuse } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { readJoins } from './joins.ts';
import { loadRows } from './read-lines.ts';
import { idPortions } from './sized-statement.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import { draftOfTuple, storedEntity } from './stored-entity.ts';

/** A stored record with its rows, as expressions see it. Throws the refusal `not-found`. */
export async function loadRecord(from: ReadFrom, entity: Entity, id: string): Promise<DraftRow> {
  const stored = storedEntity(entity, from.reader.dialect);
  const [tuple] = isRowId(id) ? await from.reader.tuples(stored.statements.byIds.of(1), [id]) : [];
  if (tuple === undefined) throw refuse('not-found');
  const record = draftOfTuple(stored.selected, tuple, from.cipher);
  if (entity.linesFields.length > 0) await loadRows(from, entity, record);
  for (const field of stored.joins) {
    record[field.name] = (await readJoins(from.reader, field, [id])).get(id) ?? [];
  }
  return record;
}

/**
 * The records of an entity without their rows, in the order of their keys. Throws the refusal `invalid` when there are
 * more than the limit.
 */
export async function loadAll(from: ReadFrom, entity: Entity, limit: number): Promise<readonly DraftRow[]> {
  const { reader, cipher } = from;
  const stored = storedEntity(entity, reader.dialect);
  const order = [...entity.key.flatMap((field) => field.column ?? []), 'id'].map(quoted).join(', ');
  const text = `SELECT ${quoted('id')} FROM ${table(entity.table)} ORDER BY ${order} LIMIT ${limit + 1}`;
  const ids = (await reader.tuples(statement(text))).map(([id]) => String(id));
  if (ids.length > limit) {
    throw refuse('invalid', {
      faults: [{ pointer: '', code: 'too-many-rows', parameters: { maximum: String(limit) } }],
    });
  }
  const found = new Map<string, DraftRow>();
  for (const portion of idPortions(ids)) {
    for (const tuple of await reader.tuples(stored.statements.byIds.of(portion.length), portion)) {
      const draft = draftOfTuple(stored.selected, tuple, cipher);
      found.set(draft['id'] as string, draft);
    }
  }
  return ids.map((id) => found.get(id)).filter((draft) => draft !== undefined);
}
