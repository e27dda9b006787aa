import type { Entity } from '../compiler/model.ts';
import type { ReadFrom } from './context.ts';
import { readJoins } from './joins.ts';
import { readRows } from './read-lines.ts';
import { attachRollups, attachToRows } from './rollups.ts';
import { idPortions } from './sized-statement.ts';
import { jsonOfTuple, storedEntity } from './stored-entity.ts';
import type { JsonRecord, StoredEntity } from './stored-entity.ts';

/** The columns of records by their ids; ids that name none are left out. */
export async function readRecords(
  from: ReadFrom,
  entity: Entity,
  ids: readonly string[],
): Promise<readonly JsonRecord[]> {
  const { selected, statements } = storedEntity(entity, from.reader.dialect);
  const records: JsonRecord[] = [];
  const seen = new Set<string>();
  for (const portion of idPortions(ids)) {
    for (const tuple of await from.reader.tuples(statements.byIds.of(portion.length), portion)) {
      const record = jsonOfTuple(selected, tuple, from.cipher);
      if (!seen.has(record.id)) records.push(record);
      seen.add(record.id);
    }
  }
  return records;
}

/**
 * Fills in what records keep in other tables: many-to-many fields and roll-ups, and rows of the lines fields asked
 * for, with the balances they show. Each costs one query, however many records there are.
 *
 * @param names the fields asked for; null means all many-to-many fields and roll-ups
 */
export async function attachParts(
  from: ReadFrom,
  stored: StoredEntity,
  records: readonly JsonRecord[],
  names: ReadonlySet<string> | null,
  lines: ReadonlySet<string>,
): Promise<void> {
  if (records.length === 0) return;
  const ids = records.map(({ id }) => id);
  for (const field of stored.entity.linesFields) {
    if (!lines.has(field.name)) continue;
    const rows = await readRows(from, field, ids);
    for (const record of records) record[field.name] = rows.get(record.id) ?? [];
  }
  await attachToRows(from, stored.entity, records);
  for (const field of stored.joins) {
    if (names !== null && !names.has(field.name)) continue;
    const targets = await readJoins(from.reader, field, ids);
    for (const record of records) record[field.name] = targets.get(record.id) ?? [];
  }
  const rollups = names === null ? stored.rollups : stored.rollups.filter(({ name }) => names.has(name));
  const balances = names === null ? stored.balances : stored.balances.filter(({ name }) => names.has(name));
  if (rollups.length + balances.length > 0) await attachRollups(from, { ...stored, rollups, balances }, records);
}
