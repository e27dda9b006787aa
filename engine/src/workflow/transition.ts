import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Entity, Model } from '../compiler/model.ts';
import type { Action, Transition, Workflow } from '../compiler/workflow-model.ts';
import type { Actor } from '../metamodel/operation.ts';
import { ADMIN_ROLE, USER_ROLE } from '../metamodel/roles.ts';
import type { Text } from '../metamodel/text.ts';
import { rendered } from '../records/checks.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom } from '../records/context.ts';
import type { Written } from '../records/create.ts';
import { jsonOfDraft } from '../records/record-json.ts';
import { attachRollups } from '../records/rollups.ts';
import { idOf, storedEntity, versionOf } from '../records/stored-entity.ts';
import { Overtaken, writeRevision } from '../records/update.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import { approve } from './approvals.ts';
import { cancelWithin } from './cancel.ts';
import type { Canceller } from './cancel.ts';
import type { Principal } from './delegations.ts';
import { Evaluation, holds } from './evaluation.ts';
import { approvalLimitOf } from './limits.ts';
import { withFields } from './set-fields.ts';
import { stateOf, statusOf } from './status.ts';
import { submitWithin } from './submit.ts';

/** The transition of an entity's workflow that an action names; null when it names something else. */
export function findTransition(model: Model, entity: Entity, action: string): Transition | null {
  return model.workflows.get(entity.name)?.transitions.find(({ name }) => name === action) ?? null;
}

/** The actions of which one must be granted for a transition that names no roles. */
export function grantsOf({ name }: Transition): readonly string[] {
  return ['update', `transition:${name}`];
}

/** Whether `submit` or `cancel` is left to the transitions of a workflow that do it. */
export function isLeftToWorkflow(workflow: Workflow | undefined, action: 'submit' | 'cancel'): boolean {
  return workflow?.transitions.some(({ actions }) => actions.some(({ kind }) => kind === action)) === true;
}

/** Somebody who takes a transition: in person, or for a member who is away. */
export interface Authority {
  readonly actor: Actor;
  /** The member whose right is used; null for the actor's own. */
  readonly behalf: Principal | null;
}

/** Who asks for a transition. */
export interface Taker extends Canceller {
  /** Members whose rights the actor may use, because they are away. */
  readonly principals: readonly Principal[];
}

/**
 * Takes a transition as part of a unit: the state, the right, the guard and the number of people who agree are checked,
 * then the record moves, and with it whatever the transition does to it. What it makes elsewhere, or tells others,
 * starts from the outbox row of this same transaction.
 *
 * Refuses `wrong-state`, `forbidden`, `self-approval`, `already-approved`, `invalid` with the fault `guard`, and what
 * submitting, cancelling and setting fields refuse. Throws `Overtaken` when somebody changed the record meanwhile.
 */
export async function takeTransition(
  unit: WriteUnit,
  entity: Entity,
  transition: Transition,
  record: DraftRow,
  { actor, reach, principals }: Taker,
): Promise<Written> {
  demandState(unit.from.model.workflows.get(entity.name), transition, record);
  const authority = demandRight(transition, record, actor, principals);
  await lockRecord(unit, entity, record);
  const principalId = authority.behalf?.id ?? actor.id;
  const evaluation = await Evaluation.of(unit.from, transition.reads, record, await userRow(unit.from, authority));
  await demandGuard(transition, record, evaluation);
  const signed = signedActor(authority);
  const isEnough =
    transition.approvals === 1 || (await approve(unit, entity, record, transition, { actor: signed, principalId }));
  return isEnough
    ? move(unit, entity, transition, record, { actor: signed, reach, evaluation })
    : unmoved(unit.from, entity, record);
}

function demandState(workflow: Workflow | undefined, { from }: Transition, record: DraftRow): void {
  const status = workflow === undefined ? statusOf(record) : stateOf(workflow, record);
  if (!from.includes(status)) throw refuse('wrong-state', { parameters: { status } });
}

/** Whose right the actor takes a transition with. Refuses `forbidden` and `self-approval`. */
function demandRight(
  transition: Transition,
  record: DraftRow,
  actor: Actor,
  principals: readonly Principal[],
): Authority {
  const authorities = authoritiesFor(transition, actor, principals);
  if (authorities.length === 0) throw refuse('forbidden');
  const authority = authorities.find((each) => !isOwnWork(transition, record, each));
  if (authority === undefined) throw refuse('self-approval');
  return authority;
}

/** The ways in which an actor may take a transition: the own right first. */
export function authoritiesFor(
  { roles }: Transition,
  actor: Actor,
  principals: readonly Principal[],
): readonly Authority[] {
  const mayTake = (held: readonly string[]): boolean =>
    roles.includes(USER_ROLE) || held.includes(ADMIN_ROLE) || roles.some((role) => held.includes(role));
  // Without roles the door has asked for a grant; the system acts for what the metadata says.
  const own = roles.length === 0 || actor.kind === 'system' || mayTake(actor.roles);
  return [
    ...(own ? [{ actor, behalf: null }] : []),
    ...principals.filter(({ roles: held }) => mayTake(held)).map((behalf) => ({ actor, behalf })),
  ];
}

/** Whether somebody would agree to what they made, in person or through a stand-in, where that is not allowed. */
export function isOwnWork({ selfApproval }: Transition, record: DraftRow, { actor, behalf }: Authority): boolean {
  if (selfApproval || actor.kind === 'system') return false;
  const maker = record['created_by'];
  return maker === actor.id || maker === behalf?.id;
}

/** How the history calls whoever acts for somebody else: per procurationem, as under letters in either language. */
function signedActor({ actor, behalf }: Authority): Actor {
  return behalf === null ? actor : { ...actor, name: `${actor.name} (p.p. ${behalf.name})` };
}

/**
 * Two who move a record at once must see each other (promise C4). SQLite has one writer at a time; on MySQL the row
 * is locked, and whoever read it before somebody else's commit begins anew.
 */
async function lockRecord({ transaction }: WriteUnit, entity: Entity, record: DraftRow): Promise<void> {
  if (transaction.dialect === 'sqlite') return;
  const id = parameter(transaction.dialect, { kind: 'id' });
  const text = `SELECT version FROM ${table(entity.table)} WHERE id = ${id} FOR UPDATE`;
  const [row] = await transaction.tuples(statement(text), [idOf(record)]);
  if (row === undefined || String(row[0]) !== versionOf(record).toString()) throw new Overtaken();
}

/** What a guard reads of the user: whoever's right is used, with the most they may decide alone. */
export async function userRow(from: ReadFrom, { actor, behalf }: Authority): Promise<ReadFrom['globals']['user']> {
  const { id, name } = behalf ?? actor;
  const limit = actor.kind === 'system' ? null : await approvalLimitOf(from.reader, id);
  return { ...from.globals.user, id, name, approval_limit: limit ?? Decimal.zero };
}

async function demandGuard(transition: Transition, record: DraftRow, evaluation: Evaluation): Promise<void> {
  const message = await brokenGuard(transition, record, evaluation);
  if (message !== null) throw refuse('invalid', { faults: [{ pointer: '', code: 'guard', message }] });
}

/** What is said of a guard that brings no words of its own. */
const NOT_YET: Text = { en: 'This step cannot be taken now', id: 'Langkah ini belum dapat diambil' };

/** What stands against a transition, in each language; null when nothing does. */
export async function brokenGuard(
  { guard, message }: Transition,
  record: DraftRow,
  evaluation: Evaluation,
): Promise<Text | null> {
  if (guard === null) return null;
  return evaluation.whole(() => {
    const context = evaluation.context(record);
    if (holds(guard, context)) return null;
    return message === null ? NOT_YET : rendered(message, context);
  });
}

interface Mover extends Canceller {
  readonly evaluation: Evaluation;
}

async function move(
  unit: WriteUnit,
  entity: Entity,
  { name, to, actions }: Transition,
  before: DraftRow,
  { actor, reach, evaluation }: Mover,
): Promise<Written> {
  const set = await evaluation.whole(() => {
    const context = evaluation.context(before);
    return Object.assign({}, ...actions.map((action) => fieldsOf(action, evaluation, context))) as DraftRow;
  });
  const options = { action: name, status: to, set };
  if (actions.some(({ kind }) => kind === 'submit')) return submitWithin(unit, entity, before, actor, options);
  if (actions.some(({ kind }) => kind === 'cancel')) {
    return cancelWithin(unit, entity, before, { actor, reach }, options);
  }
  const after = await withFields(unit.from, entity, before, set, to);
  return writeRevision(unit, entity, { before, after }, actor, { at: '', action: name });
}

function fieldsOf(action: Action, evaluation: Evaluation, context: ReturnType<Evaluation['context']>): DraftRow {
  return action.kind === 'set' ? evaluation.values(action.values, context) : {};
}

/** The record as it is, for an approval that others must follow. */
async function unmoved(from: ReadFrom, entity: Entity, record: DraftRow): Promise<Written> {
  const stored = storedEntity(entity, from.reader.dialect);
  const json = jsonOfDraft(stored, record, from.reader.dialect);
  await attachRollups(from, stored, [json]);
  return { record: json, version: String(versionOf(record)) };
}
