import { refuse } from '../base/errors.ts';
import { storedInstant } from '../expression/sql/binding.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { Entity } from '../compiler/model.ts';
import type { Transition } from '../compiler/workflow-model.ts';
import { recordChange } from '../records/history.ts';
import type { DraftRow } from '../records/compute.ts';
import { idOf, versionOf } from '../records/stored-entity.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import type { Reader } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';

const APPROVAL = table('rk_approval');
const INSERT = statement(
  `INSERT INTO ${APPROVAL} (entity, record_id, version, transition, user_id, principal_id, name, at) ` +
    'VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
);

/** What the history calls an approval that does not move the record yet. */
export const APPROVAL_ACTION = 'approval';

/** Who agreed, and whose right was used for it. */
export interface Approval {
  readonly userId: string;
  readonly principalId: string;
}

/** The approvals of a transition that count: those of the record as it is now. */
export async function approvalsOf(
  reader: Reader,
  entity: Entity,
  record: DraftRow,
  { name }: Transition,
): Promise<readonly Approval[]> {
  const id = parameter(reader.dialect, { kind: 'id' });
  const text =
    `SELECT user_id, principal_id FROM ${APPROVAL} ` +
    `WHERE entity = ? AND record_id = ${id} AND version = ${id} AND transition = ?`;
  const key = [entity.name, idOf(record), versionOf(record).toString(), name];
  const tuples = await reader.tuples(statement(text), key);
  return tuples.map(([user, principal]) => ({ userId: String(user), principalId: String(principal) }));
}

/** Whether somebody has agreed before, in person or through whom they stand in for. */
export function hasApproved(approvals: readonly Approval[], actorId: string, principalId: string): boolean {
  return approvals.some(
    (each) => each.userId === actorId || each.principalId === principalId || each.principalId === actorId,
  );
}

/**
 * Adds an approval and answers whether there are enough now. The caller holds the lock of the record, so that of two
 * people who agree at once the second sees the first. Refuses `already-approved`.
 */
export async function approve(
  unit: WriteUnit,
  entity: Entity,
  record: DraftRow,
  transition: Transition,
  { actor, principalId }: { readonly actor: Actor; readonly principalId: string },
): Promise<boolean> {
  const { transaction, from } = unit;
  const before = await approvalsOf(transaction, entity, record, transition);
  if (hasApproved(before, actor.id, principalId)) {
    throw refuse('already-approved', { parameters: { missing: String(transition.approvals - before.length) } });
  }
  const id = idOf(record);
  const version = versionOf(record);
  const at = storedInstant(from.now);
  const key = [entity.name, id, version.toString(), transition.name];
  await transaction.run(INSERT, [...key, actor.id, principalId, actor.name, at]);
  if (before.length + 1 >= transition.approvals) return true;
  const change = { entity, id, version: version.toNumber(), action: APPROVAL_ACTION, changes: {} };
  await recordChange(transaction, change, actor, from.now);
  return false;
}
