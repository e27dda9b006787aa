import { refuse } from '../base/errors.ts';
import type { Entity, Field, Model } from '../compiler/model.ts';
import { textIn } from '../metamodel/text.ts';
import type { Reader } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { StorageError } from '../storage/fault.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import { demandPermits, demandSight } from './bounds.ts';
import { changesBetween } from './changes.ts';
import type { DraftRow } from './compute.ts';
import type { RecordContext } from './context.ts';
import { guardChange } from './guard.ts';
import { recordChange } from './history.ts';
import { loadRecord } from './load-record.ts';
import { jsonOfDraft } from './record-json.ts';
import { idOf, storedEntity, versionOf } from './stored-entity.ts';
import { indexWords, NO_WORDS, searchedWords } from './word-index.ts';
import { writeUnit } from './write-unit.ts';
import type { WriteUnit } from './write-unit.ts';

export interface Removed {
  readonly id: string;
  /** The version that was deleted. */
  readonly version: string;
}

/**
 * Deletes a record with its rows. Throws the refusals `not-found`, `stale-version`, `not-a-draft`, and `still-linked`
 * naming who links to it.
 */
export function removeRecord(context: RecordContext, authorized: Authorized<OperationOf<'delete'>>): Promise<Removed> {
  return writeUnit(context, (unit) => removeWithin(unit, authorized));
}

/** Deletes a record as one of the operations of a bulk. */
export async function removeWithin(unit: WriteUnit, authorized: Authorized<OperationOf<'delete'>>): Promise<Removed> {
  const { operation, entity, actor } = authorized;
  const { transaction, from } = unit;
  const { dialect } = transaction;
  const { id } = operation;
  await demandPermits(from, authorized.reach, entity, authorized.actions, id);
  const sight = await demandSight(from, authorized.reach, entity, id);
  const seen = { version: operation.version, sight };
  const before = await loadRecord(from, entity, id);
  await guardChange(from, entity, before, seen);

  const stored = storedEntity(entity, dialect);
  const version = versionOf(before);
  await indexWords(transaction, entity, id, searchedWords(entity, before), NO_WORDS);
  if (!(await deleteRow(unit, authorized, before))) {
    // Somebody was faster: the record is gone or has a new version, and the caller hears which.
    await guardChange(from, entity, await loadRecord(from, entity, id), seen);
    throw refuse('busy');
  }

  const changes = changesBetween(stored, jsonOfDraft(stored, before, dialect), null, dialect);
  await recordChange(
    transaction,
    { entity, id, version: version.toNumber(), action: 'delete', changes },
    actor,
    from.now,
  );
  unit.added.set(entity.name, (unit.added.get(entity.name) ?? 0) - 1);
  unit.written.add(entity.name);
  return { id, version: String(version) };
}

/**
 * Deletes the record if it is still the one that was read, and tells whether it was. Rows and pairs of many-to-many
 * fields go with it, by the foreign keys of their tables.
 */
async function deleteRow(
  { transaction, from }: WriteUnit,
  { entity, actor, mayRead }: Authorized<OperationOf<'delete'>>,
  before: DraftRow,
): Promise<boolean> {
  const id = idOf(before);
  const { remove } = storedEntity(entity, transaction.dialect).statements;
  try {
    const { changes } = await transaction.run(remove, [id, String(versionOf(before))]);
    return changes > 0;
  } catch (error) {
    if (!(error instanceof StorageError) || error.kind !== 'foreign-key') throw error;
    const users = (await usersOf(transaction, from.model, entity, id)).filter((user) => mayRead(user.entity));
    const named = users.map((user) => `${textIn(user.entity.label, actor.locale)} (${user.count})`).join(', ');
    throw refuse('still-linked', {
      parameters: { users: named },
      data: { users: users.map((user) => ({ entity: user.entity.name, count: user.count })) },
      cause: error,
    });
  }
}

interface User {
  readonly entity: Entity;
  readonly count: number;
}

/** The entities whose records link to this one, and how many records do; rows count for their owner. */
async function usersOf(reader: Reader, model: Model, entity: Entity, id: string): Promise<readonly User[]> {
  const counts = new Map<Entity, number>();
  for (const holder of model.entities.values()) {
    for (const field of holder.fields) {
      if (field.target !== entity || (field.joinTable === null && field.type !== 'link')) continue;
      const [row] = await reader.tuples(statement(userCount(holder, field, reader)), [id]);
      const count = Number(row?.[0] ?? 0);
      const user = holder.owner?.entity ?? holder;
      if (count > 0) counts.set(user, (counts.get(user) ?? 0) + count);
    }
  }
  return [...counts].map(([user, count]) => ({ entity: user, count }));
}

function userCount(holder: Entity, field: Field, reader: Reader): string {
  const mark = parameter(reader.dialect, { kind: 'id' });
  if (field.joinTable !== null) return `SELECT COUNT(*) FROM ${table(field.joinTable)} WHERE target_id = ${mark}`;
  return `SELECT COUNT(*) FROM ${table(holder.table)} WHERE ${quoted(String(field.column))} = ${mark}`;
}
