import type { Entity } from '../compiler/model.ts';
import { ERRORS, fillSentence } from '../base/errors.ts';
import type { Flow, Transition, Workflow } from '../compiler/workflow-model.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom } from '../records/context.ts';
import { ACTION_LABELS } from './action-labels.ts';
import { approvalsOf, hasApproved } from './approvals.ts';
import type { Principal } from './delegations.ts';
import { Evaluation } from './evaluation.ts';
import { flowStanding } from './flow.ts';
import { stateOf, statusOf } from './status.ts';
import { stageOf } from './submit.ts';
import { authoritiesFor, brokenGuard, grantsOf, isLeftToWorkflow, isOwnWork, userRow } from './transition.ts';

/** Something that can be done with a record as it is now. Ready to be sent as JSON. */
export interface OpenAction {
  readonly name: string;
  readonly label: string;
  readonly kind: 'update' | 'delete' | 'submit' | 'cancel' | 'amend' | 'transition' | 'flow';
  readonly tone: 'primary' | 'danger' | 'plain';
  readonly allowed: boolean;
  /** Why it is not allowed. */
  readonly reason?: string;
  /** The entity that a flow makes. */
  readonly to?: string;
}

type BuiltIn = keyof typeof ACTION_LABELS;

const BY_STAGE: Readonly<Record<string, readonly BuiltIn[]>> = {
  draft: ['submit', 'update', 'delete'],
  submitted: ['cancel'],
  cancelled: ['amend'],
};
const TONES: Readonly<Record<BuiltIn, OpenAction['tone']>> = {
  update: 'plain',
  delete: 'danger',
  submit: 'primary',
  cancel: 'danger',
  amend: 'primary',
};

/**
 * The actions that every record or document has, as far as its stage and the rights of the caller leave them open.
 * What the transitions of its workflow do, submitting above all, is left to them.
 */
export function builtInActions(
  entity: Entity,
  record: DraftRow,
  workflow: Workflow | undefined,
  locale: Locale,
  allows: (action: string) => boolean,
): readonly OpenAction[] {
  const stage = entity.kind === 'document' ? stageOf(record) : 'draft';
  const names: readonly BuiltIn[] = entity.kind === 'document' ? (BY_STAGE[stage] ?? []) : ['update', 'delete'];
  return names
    .filter((name) => !((name === 'submit' || name === 'cancel') && isLeftToWorkflow(workflow, name)))
    .filter((name) => !((name === 'update' || name === 'delete') && isLocked(workflow, record)))
    .filter((name) => allows(name === 'amend' ? 'create' : name))
    .map((name) => ({
      name,
      label: textIn(ACTION_LABELS[name], locale),
      kind: name,
      tone: TONES[name],
      allowed: true,
    }));
}

/** Whether the state that a draft is in keeps it from being changed; see records/guard.ts. */
function isLocked(workflow: Workflow | undefined, record: DraftRow): boolean {
  return workflow?.states.find(({ name }) => name === statusOf(record))?.editable === false;
}

/** Who asks what is open to them. */
export interface Asking {
  readonly actor: Actor;
  /** Members whose rights the actor may use, because they are away. */
  readonly principals: readonly Principal[];
  /** Whether a grant gives the actor an action on the record's entity. */
  readonly allows: (action: string) => boolean;
}

/** The transitions that lead on from where a record is, as far as they are the caller's; why not now, where not. */
export async function openTransitions(
  from: ReadFrom,
  workflow: Workflow,
  record: DraftRow,
  asking: Asking,
): Promise<readonly OpenAction[]> {
  const { actor, principals, allows } = asking;
  const { locale } = actor;
  const actions: OpenAction[] = [];
  for (const transition of workflow.transitions) {
    if (!transition.from.includes(stateOf(workflow, record))) continue;
    if (transition.roles.length === 0 && !grantsOf(transition).some(allows)) continue;
    if (authoritiesFor(transition, actor, principals).length === 0) continue;
    const reason = await whyNot(from, workflow, transition, record, asking);
    actions.push({
      name: transition.name,
      label: textIn(transition.label, locale),
      kind: 'transition',
      tone: transition.actions.some(({ kind }) => kind === 'cancel') ? 'danger' : 'plain',
      allowed: reason === null,
      ...(reason === null ? {} : { reason }),
    });
  }
  // The first way on is the one that most people take.
  const first = actions.find(({ allowed, tone }) => allowed && tone === 'plain');
  return actions.map((action) => (action === first ? { ...action, tone: 'primary' } : action));
}

async function whyNot(
  from: ReadFrom,
  { entity }: Workflow,
  transition: Transition,
  record: DraftRow,
  { actor, principals }: Asking,
): Promise<string | null> {
  const authority = authoritiesFor(transition, actor, principals).find((each) => !isOwnWork(transition, record, each));
  if (authority === undefined) return textIn(ERRORS['self-approval'].detail, actor.locale);
  const evaluation = await Evaluation.of(from, transition.reads, record, await userRow(from, authority));
  const message = await brokenGuard(transition, record, evaluation);
  if (message !== null) return textIn(message, actor.locale);
  if (transition.approvals === 1) return null;
  const approvals = await approvalsOf(from.reader, entity, record, transition);
  if (!hasApproved(approvals, actor.id, authority.behalf?.id ?? actor.id)) return null;
  const missing = String(transition.approvals - approvals.length);
  return fillSentence(textIn(ERRORS['already-approved'].detail, actor.locale), { missing });
}

/** Flows that stand further back are there for when something goes otherwise than usual; none of them stands out. */
const FLOW_ORDER_USUAL_MAX = 50;

/** The flows that a record offers to whoever may create what they make. */
export async function openFlows(
  from: ReadFrom,
  flows: readonly Flow[],
  record: DraftRow,
  locale: Locale,
): Promise<readonly OpenAction[]> {
  const actions: OpenAction[] = [];
  for (const flow of flows) {
    const standing = await flowStanding(from, flow, record);
    if (standing === 'not-offered') continue;
    actions.push({
      name: flow.name,
      label: textIn(flow.label, locale),
      kind: 'flow',
      tone: flow.order <= FLOW_ORDER_USUAL_MAX ? 'primary' : 'plain',
      allowed: standing === 'open',
      to: flow.to.name,
      ...(standing === 'open' ? {} : { reason: textIn(ERRORS['nothing-open'].detail, locale) }),
    });
  }
  return actions;
}
