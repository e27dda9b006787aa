import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import { NUMBER_FIELD, STAGE_FIELD, STATUS_FIELD } from '../metamodel/naming.ts';
import type { Actor } from '../metamodel/operation.ts';
import { postDocument } from '../ledger/post.ts';
import { checkRecord } from '../records/checks.ts';
import type { DraftRow } from '../records/compute.ts';
import type { Written } from '../records/create.ts';
import { withoutRepeats } from '../records/faults.ts';
import { brokenFreeLinks } from '../records/links.ts';
import { takeDocumentNumber } from '../records/numbers.ts';
import { settle } from '../records/settle.ts';
import { writeRevision } from '../records/update.ts';
import type { WriteUnit } from '../records/write-unit.ts';

/** What a move of a document calls itself, and the status it leads to. */
export interface StageOptions {
  /** Name in the history: `submit`, or the transition that submits. */
  readonly action?: string;
  readonly status?: string;
  /** Other fields that change with it. */
  readonly set?: DraftRow;
}

/**
 * Submits a draft: it is computed and checked once more, posts to its ledgers, gets its number, and becomes read-only.
 * All of that is part of the unit's transaction. Refuses `wrong-state` for anything but a draft, `invalid` with every
 * fault of the record or of the rows that break a rule of a ledger, and what `postDocument` refuses.
 */
export async function submitWithin(
  unit: WriteUnit,
  entity: Entity,
  before: DraftRow,
  actor: Actor,
  { action = 'submit', status = 'submitted', set = {} }: StageOptions = {},
): Promise<Written> {
  const { transaction, from } = unit;
  demandStage(before, 'draft');
  const faults: Fault[] = [];
  const settled = await settle(entity, { ...before, ...set }, from, '');
  checkRecord(entity, settled, before, from, faults, '');
  const after = settled.draft;
  faults.push(...(await brokenFreeLinks(from.reader, from.model, entity, after, before, '')));
  if (faults.length > 0) throw refuse('invalid', { faults: withoutRepeats(faults) });

  after[STATUS_FIELD] = status;
  after[STAGE_FIELD] = 'submitted';
  const posting = from.model.postings.get(entity.name);
  if (posting !== undefined) await postDocument(unit, posting, after, actor);
  // The series stays locked from here to the commit: nothing slow comes after.
  if (entity.number !== null && (after[NUMBER_FIELD] ?? null) === null) {
    const { date } = after;
    const day = typeof date === 'string' ? date : from.today;
    after[NUMBER_FIELD] = await takeDocumentNumber(transaction, entity, entity.number, day);
  }
  return writeRevision(unit, entity, { before, after }, actor, { at: '', action });
}

/** Refuses `wrong-state` when a document is not where an action begins. */
export function demandStage(record: DraftRow, stage: string): void {
  if (stageOf(record) === stage) return;
  const status = record[STATUS_FIELD];
  throw refuse('wrong-state', { parameters: { status: typeof status === 'string' ? status : stageOf(record) } });
}

/** Where a document is in its life. */
export function stageOf(record: DraftRow): string {
  const stage = record[STAGE_FIELD];
  return typeof stage === 'string' ? stage : 'draft';
}
