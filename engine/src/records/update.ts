import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import { storedInstant } from '../expression/sql/binding.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { Binding } from '../storage/statement.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import { bindColumns } from './bindings.ts';
import { demandPermits, demandSight } from './bounds.ts';
import { changesBetween } from './changes.ts';
import { checkRecord, sameValue } from './checks.ts';
import { rowsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom, RecordContext } from './context.ts';
import type { Written } from './create.ts';
import { withoutRepeats } from './faults.ts';
import { complainOfForeignFiles } from './file-holders.ts';
import { guardChange } from './guard.ts';
import { recordChange } from './history.ts';
import { replaceJoins } from './joins.ts';
import { changedColumns, rowsDiffer, updateRows } from './lines.ts';
import { brokenFreeLinks, brokenLinks } from './links.ts';
import { loadRecord } from './load-record.ts';
import type { Permit } from './reach.ts';
import { readInput } from './read-input.ts';
import { jsonOfDraft } from './record-json.ts';
import { refusalOfWrite } from './refused-write.ts';
import { attachRollups, attachToRows } from './rollups.ts';
import { settle } from './settle.ts';
import { together } from './sight.ts';
import { idOf, storedEntity, versionOf } from './stored-entity.ts';
import { PARENT_FIELD, placeInTree } from './trees.ts';
import { indexWords, searchedWords } from './word-index.ts';
import { readingFrom, signatureOf, writeUnit } from './write-unit.ts';
import type { WriteUnit } from './write-unit.ts';
import { answerSeen, complainOfUngranted, demandWritten } from './write-rights.ts';

/** A caller that names no version wins over others; meeting as many of them in a row as this is no accident. */
const ATTEMPTS_MAX = 10;

/** A stored record and what it becomes. */
export interface Revision {
  readonly before: DraftRow;
  readonly after: DraftRow;
}

/** Somebody else changed the record between reading and writing it. */
export class Overtaken extends Error {}

/**
 * Changes a record: fields that the input names, and rows by their ids (named rows stay or change, new ones are added,
 * missing ones removed). Without an effective change nothing is written and the record keeps its version.
 *
 * The record is read and checked before the transaction and written only if it still has the version that was read,
 * so no acknowledged change is lost and no lock is held while computing. Throws the refusals of `createRecord`, and
 * `not-found`, `stale-version`, `not-a-draft`.
 */
export async function updateRecord(
  context: RecordContext,
  authorized: Authorized<OperationOf<'update'>>,
): Promise<Written> {
  const from = readingFrom(context, context.database);
  for (let attempt = 1; ; attempt += 1) {
    const revision = await prepareUpdate(from, authorized, '');
    try {
      return await writeUnit(context, (unit) => writeUpdate(unit, authorized, revision, ''));
    } catch (error) {
      // Read again: either the caller's version is stale now, or the change is made on top of the other one.
      if (!(error instanceof Overtaken)) throw error;
      if (attempt === ATTEMPTS_MAX) throw refuse('busy');
    }
  }
}

/** Changes a record as one of the operations of a bulk; `at` points to its input in the request. */
export async function updateWithin(
  unit: WriteUnit,
  authorized: Authorized<OperationOf<'update'>>,
  at: string,
): Promise<Written> {
  return (await readyToUpdate(unit, authorized, at))();
}

/** Reads, computes and checks a change; nothing is written until the answer is called. */
export async function readyToUpdate(
  unit: WriteUnit,
  authorized: Authorized<OperationOf<'update'>>,
  at: string,
): Promise<() => Promise<Written>> {
  const revision = await prepareUpdate(unit.from, authorized, at);
  return async () => {
    try {
      return await writeUpdate(unit, authorized, revision, at);
    } catch (error) {
      throw error instanceof Overtaken ? refuse('busy') : error;
    }
  };
}

/** A revision that somebody asked for, with the permits it stands on; null where nothing is held back. */
interface AskedRevision extends Revision {
  readonly permits: readonly Permit[] | null;
}

async function writeUpdate(
  unit: WriteUnit,
  authorized: Authorized<OperationOf<'update'>>,
  revision: AskedRevision,
  at: string,
): Promise<Written> {
  const { entity, actor, operation } = authorized;
  const written = await writeRevision(unit, entity, revision, actor, { at });
  if (revision.permits !== null) {
    const changed = Object.keys(operation.input).filter((name) => isChanged(entity, name, revision, unit));
    await demandWritten(unit.from, authorized, operation.id, revision.permits, changed);
  }
  return answerSeen(unit.from, authorized, written);
}

function isChanged(entity: Entity, name: string, { before, after }: Revision, { transaction }: WriteUnit): boolean {
  const lines = entity.linesFields.find((field) => field.name === name);
  return lines === undefined
    ? !sameValue(before[name], after[name])
    : rowsDiffer(lines, before, after, transaction.dialect);
}

/** Reads, merges, computes and checks; nothing is written yet. */
async function prepareUpdate(
  from: ReadFrom,
  authorized: Authorized<OperationOf<'update'>>,
  at: string,
): Promise<AskedRevision> {
  const { operation, entity, reach, actions } = authorized;
  const { id, version } = operation;
  const permits = await demandPermits(from, reach, entity, actions, id);
  const sight = await demandSight(from, reach, entity, id);
  const before = await loadRecord(from, entity, id);
  await guardChange(from, entity, before, { version, sight }, Object.keys(operation.input));

  const faults: Fault[] = [];
  const complain = (fault: Fault): void => void faults.push(fault);
  const input = readInput(entity, operation.input, at, complain);
  const write = permits === null ? null : together(permits.map((permit) => permit.write));
  complainOfUngranted(entity, input, before, { read: sight, write }, at, complain);
  await complainOfForeignFiles(from, authorized, input, before, complain, at);
  const given = { ...before, ...input };
  for (const { name } of entity.linesFields) {
    if (input[name] !== undefined) given[name] = mergedRows(before, input, name, at, complain);
  }
  const settled = await settle(entity, given, from, at);
  checkRecord(entity, settled, before, from, faults, at);
  const after = settled.draft;
  faults.push(...(await brokenFreeLinks(from.reader, from.model, entity, after, before, at)));
  if (faults.length > 0) {
    faults.push(...(await brokenLinks(from.reader, from.model, entity, after, at)));
    throw refuse('invalid', { faults: withoutRepeats(faults) });
  }
  return { before, after, permits };
}

/** The rows that the input names, each on top of the stored row it is. */
function mergedRows(
  before: DraftRow,
  input: DraftRow,
  lines: string,
  at: string,
  complain: (fault: Fault) => void,
): DraftRow[] {
  const stored = new Map(rowsOf(before, lines).map((row) => [row['id'], row]));
  return rowsOf(input, lines).map((row, index) => {
    if (row['id'] === undefined) return row;
    const known = stored.get(row['id']);
    if (known === undefined) complain({ pointer: `${at}/${lines}/${index}/id`, code: 'unknown-row' });
    return { ...known, ...row };
  });
}

/** How a change is told: where its input stands in the request, and what the history calls it. */
interface RevisionOptions {
  readonly at: string;
  readonly action?: string;
}

/**
 * Writes what a record becomes, with history and outbox, if it still has the version that was read. Throws `Overtaken`
 * when it has not.
 */
export async function writeRevision(
  unit: WriteUnit,
  entity: Entity,
  { before, after }: Revision,
  actor: Actor,
  { at, action = 'update' }: RevisionOptions,
): Promise<Written> {
  const { transaction, from } = unit;
  const { dialect } = transaction;
  const stored = storedEntity(entity, dialect);
  const old = jsonOfDraft(stored, before, dialect);

  const columns = changedColumns(stored.columns, before, after);
  const lines = entity.linesFields.filter((field) => rowsDiffer(field, before, after, dialect));
  const joins = stored.joins.filter(({ name }) => !sameValue(before[name], after[name]));
  const id = idOf(before);
  if (columns.length + lines.length + joins.length === 0) {
    await attachRollups(from, stored, [old]);
    await attachToRows(from, entity, [old]);
    return { record: old, version: String(versionOf(before)) };
  }

  unit.written.add(entity.name);
  const signature = signatureOf(actor);
  const bindings: Binding[] = [];
  bindColumns(bindings, columns, after, from.cipher);
  bindings.push(storedInstant(from.now), signature, id, String(versionOf(before)));
  try {
    const { changes } = await transaction.run(stored.statements.update(columns), bindings);
    if (changes === 0) throw new Overtaken();
    for (const field of lines) {
      await updateRows(transaction, field, id, rowsOf(before, field.name), rowsOf(after, field.name), from.cipher);
    }
    for (const field of joins) await replaceJoins(transaction, field, id, after[field.name]);
    if (entity.kind === 'tree' && columns.some(({ name }) => name === PARENT_FIELD)) {
      const parent = after[PARENT_FIELD];
      await placeInTree(transaction, entity, id, typeof parent === 'string' ? parent : null, at);
    }
  } catch (error) {
    throw await refusalOfWrite(error, from, entity, after, at);
  }
  await indexWords(transaction, entity, id, searchedWords(entity, before), searchedWords(entity, after));

  const version = versionOf(before).add(Decimal.one);
  Object.assign(after, { version, updated_at: from.now, updated_by: signature });
  const record = jsonOfDraft(stored, after, dialect);
  const changes = changesBetween(stored, old, record, dialect);
  await recordChange(transaction, { entity, id, version: version.toNumber(), action, changes }, actor, from.now);
  await attachRollups(from, stored, [record]);
  await attachToRows(from, entity, [record]);
  return { record, version: String(version) };
}
