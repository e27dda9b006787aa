import { Refusal } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import { StorageError } from '../storage/fault.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import type { DraftRow } from './compute.ts';
import { checkedNew, insertDrafts, noteNew, placedRows, readNew } from './create.ts';
import type { Written } from './create.ts';
import { insertJoins } from './joins.ts';
import { insertRows } from './lines.ts';
import { takeNumbers } from './numbers.ts';
import { settleTogether } from './settle.ts';
import { PORTION_MAX } from './sized-statement.ts';
import { idOf, storedEntity } from './stored-entity.ts';
import type { WriteUnit } from './write-unit.ts';
import { answerSeen, demandWritten } from './write-rights.ts';

type Create = Authorized<OperationOf<'create'>>;

/**
 * New records of one entity that cannot be written with the same statements: one of them is refused by the database, or
 * by rights on what was written, or their computation reads records of their own kind and might have to see each other.
 */
export class NotTogether extends Error {}

/** Whether many records of an entity can be inserted by one statement: each needs nothing done before the next. */
export function mayCreateTogether(entity: Entity): boolean {
  return entity.kind !== 'single' && entity.kind !== 'tree';
}

/**
 * Creates several records of one entity with few statements, however many they are: what their computation reads is read
 * once, and they are inserted together. Answers the record or its refusal, in the order of what was asked. Throws
 * NotTogether; the transaction must then be taken back, and the records created one after the other.
 */
export async function createTogether(
  unit: WriteUnit,
  entity: Entity,
  asked: readonly Create[],
): Promise<readonly (Written | Refusal)[]> {
  const drafts = await draftsOf(unit, entity, asked);
  const ready = drafts.flatMap((draft, index) =>
    draft instanceof Refusal ? [] : [{ draft, authorized: asked[index] as Create }],
  );
  try {
    for (let start = 0; start < ready.length; start += PORTION_MAX) {
      await insertAll(unit, entity, ready.slice(start, start + PORTION_MAX));
    }
  } catch (error) {
    if (error instanceof StorageError && !error.rerun && error.kind !== 'unavailable') throw new NotTogether();
    throw error;
  }
  const written: Written[] = [];
  for (const { draft, authorized } of ready) written.push(await answered(unit, entity, draft, authorized));
  const answers = written.values();
  return drafts.map((draft) => (draft instanceof Refusal ? draft : (answers.next().value as Written)));
}

async function draftsOf(
  { from }: WriteUnit,
  entity: Entity,
  asked: readonly Create[],
): Promise<readonly (DraftRow | Refusal)[]> {
  const read = [];
  for (const authorized of asked) read.push(await refusedOr(() => readNew(from, authorized, '')));
  const given = read.flatMap((each) => (each instanceof Refusal ? [] : [each.given]));
  const settled = await settleTogether(entity, given, from, '');
  if (settled.hasReadOf(entity.name)) throw new NotTogether();
  const computed = settled.drafts.values();
  const drafts: (DraftRow | Refusal)[] = [];
  for (const each of read) {
    const draft = each instanceof Refusal ? each : (computed.next().value as DraftRow | Refusal);
    drafts.push(
      each instanceof Refusal || draft instanceof Refusal
        ? draft
        : await refusedOr(() => checkedNew(from, entity, { draft, linked: settled.linked }, '', each.faults)),
    );
  }
  return drafts;
}

async function refusedOr<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

async function insertAll(
  { transaction, from }: WriteUnit,
  entity: Entity,
  ready: readonly { readonly draft: DraftRow; readonly authorized: Create }[],
): Promise<void> {
  const [first] = ready;
  if (first === undefined) return;
  const stored = storedEntity(entity, transaction.dialect);
  const drafts = ready.map(({ draft }) => draft);
  for (const draft of drafts) await takeNumbers(transaction, entity, draft, from.today, true);
  await insertDrafts(transaction, stored, drafts, first.authorized.actor, from);
  for (const field of entity.linesFields) {
    const rows = drafts.flatMap((draft) => placedRows(field, draft));
    if (rows.length > 0) await insertRows(transaction, field, rows, from.cipher);
  }
  for (const field of stored.joins) {
    for (const draft of drafts) await insertJoins(transaction, field, idOf(draft), draft[field.name]);
  }
}

async function answered(unit: WriteUnit, entity: Entity, draft: DraftRow, authorized: Create): Promise<Written> {
  const written = await noteNew(unit, entity, draft, authorized.actor);
  const named = Object.keys(authorized.operation.input);
  try {
    await demandWritten(unit.from, authorized, written.record.id, null, named);
  } catch (error) {
    if (error instanceof Refusal) throw new NotTogether();
    throw error;
  }
  return answerSeen(unit.from, authorized, written);
}
