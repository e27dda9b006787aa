import { Decimal } from '../base/decimal.ts';
import { refuse, Refusal } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity, Field } from '../compiler/model.ts';
import { storedInstant } from '../expression/sql/binding.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { Transaction } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import { bindColumns } from './bindings.ts';
import { changesBetween } from './changes.ts';
import { checkRecord } from './checks.ts';
import { rowsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom, RecordContext } from './context.ts';
import { lockEntity } from './entity-lock.ts';
import { withoutRepeats } from './faults.ts';
import { complainOfForeignFiles } from './file-holders.ts';
import { recordChange, rowsOfChange } from './history.ts';
import { insertJoins } from './joins.ts';
import { insertRows } from './lines.ts';
import type { PlacedRow } from './lines.ts';
import { brokenFreeLinks, brokenLinks } from './links.ts';
import { fieldsNumberedAtCreation, takeNumbers } from './numbers.ts';
import { readInput } from './read-input.ts';
import { jsonOfDraft } from './record-json.ts';
import { refusalOfWrite } from './refused-write.ts';
import { fillNewRollups } from './rollups.ts';
import { settle } from './settle.ts';
import type { Settled } from './settle.ts';
import { FIRST_VERSION } from './statements.ts';
import { idOf, storedEntity } from './stored-entity.ts';
import type { JsonRecord, StoredEntity } from './stored-entity.ts';
import { PARENT_FIELD, placeInTree } from './trees.ts';
import { indexWords, NO_WORDS, searchedWords } from './word-index.ts';
import { readingFrom, signatureOf, writeUnit } from './write-unit.ts';
import type { WriteUnit } from './write-unit.ts';
import { answerSeen, complainOfUngranted, demandWritten, newSight } from './write-rights.ts';

/** What a write answers: the record as it now is. */
export interface Written {
  readonly record: JsonRecord;
  readonly version: string;
}

/**
 * Creates a record with its rows. Throws the refusals `invalid` with every fault of the input at once, and
 * `already-exists` when a value that must be unique is taken.
 */
export async function createRecord(
  context: RecordContext,
  authorized: Authorized<OperationOf<'create'>>,
): Promise<Written> {
  const { entity } = authorized;
  const draft = await prepareNew(readingFrom(context, context.database), authorized, '');
  const write = (skipTaken: boolean): Promise<Written> =>
    writeUnit(context, (unit) => insertAllowed(unit, authorized, { ...draft }, { at: '', skipTaken }));
  try {
    return await write(false);
  } catch (error) {
    // Somebody typed the number that is next in its series.
    if (!(error instanceof Refusal) || !error.faults.some(({ pointer }) => isGivenNumber(entity, draft, pointer)))
      throw error;
    return write(true);
  }
}

function isGivenNumber(entity: Entity, draft: DraftRow, pointer: string): boolean {
  return fieldsNumberedAtCreation(entity).some(
    ({ field: { name } }) => pointer === `/${name}` && (draft[name] ?? null) === null,
  );
}

/** Creates a record as one of the operations of a bulk; `at` points to its input in the request. */
export async function createWithin(
  unit: WriteUnit,
  authorized: Authorized<OperationOf<'create'>>,
  at: string,
): Promise<Written> {
  return (await readyToCreate(unit, authorized, at))();
}

/** Reads, computes and checks a record; nothing is written until the answer is called. */
export async function readyToCreate(
  unit: WriteUnit,
  authorized: Authorized<OperationOf<'create'>>,
  at: string,
): Promise<() => Promise<Written>> {
  const draft = await prepareNew(unit.from, authorized, at);
  return () => insertAllowed(unit, authorized, draft, { at, skipTaken: true });
}

/**
 * Creates a record from values that the engine worked out, as one of the operations of a unit: the next document of a
 * flow, say. Fields that people may not write are taken too. It may still lack what a person must add, such as the
 * amount of a payment: that is asked for when the person saves or submits it.
 */
export async function createFromValues(
  unit: WriteUnit,
  authorized: Authorized<OperationOf<'create'>>,
  values: DraftRow,
): Promise<Written> {
  const { entity } = authorized;
  const settled = await settle(entity, values, unit.from, '');
  const draft = await checkedNew(unit.from, entity, settled, '', null);
  return insertAllowed(unit, authorized, draft, { at: '', skipTaken: true });
}

/** Inserts a record if its author may create one like it; what they see of it is the answer. */
async function insertAllowed(
  unit: WriteUnit,
  authorized: Authorized<OperationOf<'create'>>,
  draft: DraftRow,
  placing: Placing,
): Promise<Written> {
  const { entity, actor, operation } = authorized;
  const written = await insertNew(unit, entity, draft, actor, placing);
  await demandWritten(unit.from, authorized, written.record.id, null, Object.keys(operation.input));
  return answerSeen(unit.from, authorized, written);
}

/** Reads, computes and checks a new record; nothing is written yet. */
async function prepareNew(
  from: ReadFrom,
  authorized: Authorized<OperationOf<'create'>>,
  at: string,
): Promise<DraftRow> {
  const { entity } = authorized;
  const { given, faults } = await readNew(from, authorized, at);
  return checkedNew(from, entity, await settle(entity, given, from, at), at, faults);
}

/** Reads the input of a new record; what is wrong with it is found together with what its computation finds. */
export async function readNew(
  from: ReadFrom,
  authorized: Authorized<OperationOf<'create'>>,
  at: string,
): Promise<{ readonly given: DraftRow; readonly faults: Fault[] }> {
  const { entity, operation, reach, actions } = authorized;
  const faults: Fault[] = [];
  const complain = (fault: Fault): void => void faults.push(fault);
  const given = readInput(entity, operation.input, at, complain);
  complainOfUngranted(entity, given, null, newSight(reach, entity, actions), at, complain);
  await complainOfForeignFiles(from, authorized, given, null, complain, at);
  for (const field of entity.linesFields) {
    for (const [index, row] of rowsOf(given, field.name).entries()) {
      if (row['id'] !== undefined) complain({ pointer: `${at}/${field.name}/${index}/id`, code: 'unknown-row' });
    }
  }
  return { given, faults };
}

/** Demands that a computed record breaks no rule; `complaints` null asks for nothing but links that lead somewhere. */
export async function checkedNew(
  from: ReadFrom,
  entity: Entity,
  settled: Settled,
  at: string,
  complaints: Fault[] | null,
): Promise<DraftRow> {
  const faults = complaints ?? [];
  if (complaints !== null) checkRecord(entity, settled, null, from, faults, at);
  const { draft } = settled;
  faults.push(...(await brokenFreeLinks(from.reader, from.model, entity, draft, null, at)));
  if (faults.length > 0) {
    faults.push(...(await brokenLinks(from.reader, from.model, entity, draft, at)));
    throw refuse('invalid', { faults: withoutRepeats(faults) });
  }
  return draft;
}

/** How a new record is inserted: where its input stands in the request, and how numbers are taken. */
interface Placing {
  readonly at: string;
  readonly skipTaken: boolean;
}

async function insertNew(
  unit: WriteUnit,
  entity: Entity,
  draft: DraftRow,
  actor: Actor,
  placing: Placing,
): Promise<Written> {
  try {
    await insertRecord(unit, entity, draft, actor, placing);
  } catch (error) {
    throw await refusalOfWrite(error, unit.from, entity, draft, placing.at);
  }
  return noteNew(unit, entity, draft, actor);
}

/** Writes what stands beside a new record: search words, history, outbox and counts. Answers the record. */
export async function noteNew(unit: WriteUnit, entity: Entity, draft: DraftRow, actor: Actor): Promise<Written> {
  const { transaction, from } = unit;
  const id = idOf(draft);
  const stored = storedEntity(entity, transaction.dialect);
  const record = jsonOfDraft(stored, draft, transaction.dialect);
  const changes = changesBetween(stored, null, record, transaction.dialect);
  const change = { entity, id, version: FIRST_VERSION, action: 'create', changes };
  const words = searchedWords(entity, draft);
  if (unit.later === undefined) {
    await indexWords(transaction, entity, id, NO_WORDS, words);
    await recordChange(transaction, change, actor, from.now);
  } else unit.later.add(entity.name, id, words, rowsOfChange(change, actor, from.now));
  await fillNewRollups(from, stored, record);
  unit.added.set(entity.name, (unit.added.get(entity.name) ?? 0) + 1);
  unit.written.add(entity.name);
  return { record, version: String(FIRST_VERSION) };
}

async function insertRecord(
  { transaction, from }: WriteUnit,
  entity: Entity,
  draft: DraftRow,
  actor: Actor,
  { at, skipTaken }: Placing,
): Promise<void> {
  const stored = storedEntity(entity, transaction.dialect);
  await takeNumbers(transaction, entity, draft, from.today, skipTaken);
  await insertDrafts(transaction, stored, [draft], actor, from);
  const lastId = idOf(draft);

  if (entity.kind === 'single') await refuseSecond(transaction, entity);
  if (entity.kind === 'tree') {
    const parent = draft[PARENT_FIELD];
    await placeInTree(transaction, entity, lastId, typeof parent === 'string' ? parent : null, at);
  }
  for (const field of entity.linesFields) {
    const rows = placedRows(field, draft);
    if (rows.length > 0) await insertRows(transaction, field, rows, from.cipher);
  }
  for (const field of stored.joins) await insertJoins(transaction, field, lastId, draft[field.name]);
}

/** Inserts records by one statement, without their rows, and gives them what the engine writes of each. */
export async function insertDrafts(
  transaction: Transaction,
  stored: StoredEntity,
  drafts: readonly DraftRow[],
  actor: Actor,
  { now, cipher }: ReadFrom,
): Promise<void> {
  const signature = signatureOf(actor);
  const instant = storedInstant(now);
  const bindings: Binding[] = [];
  for (const draft of drafts) {
    bindings.push(instant, signature, instant, signature);
    bindColumns(bindings, stored.columns, draft, cipher);
  }
  const { lastId } = await transaction.run(stored.statements.insert.of(drafts.length), bindings);
  // The rows of one statement are numbered one behind the other.
  for (const [index, draft] of drafts.entries()) {
    draft['id'] = index === 0 ? lastId : String(Number(lastId) + index);
    draft['version'] = Decimal.of(FIRST_VERSION);
    draft['created_at'] = now;
    draft['created_by'] = signature;
    draft['updated_at'] = now;
    draft['updated_by'] = signature;
  }
}

/** The rows that a record holds in a lines field, ready to be inserted behind it. */
export function placedRows(field: Field, draft: DraftRow): readonly PlacedRow[] {
  const owner = idOf(draft);
  return rowsOf(draft, field.name).map((row, position) => ({ owner, row, position }));
}

/** Of a single, such as a page of settings, there is one record. */
async function refuseSecond(transaction: Transaction, entity: Entity): Promise<void> {
  await lockEntity(transaction, entity);
  const rows = await transaction.tuples(statement(`SELECT 1 FROM ${table(entity.table)} LIMIT 2`));
  if (rows.length > 1) throw refuse('conflict');
}
