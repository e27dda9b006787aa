import type { Scope } from '../expression/scope.ts';
import type { TransitionSource, WorkflowDocument } from '../metamodel/source.ts';
import { toText } from '../metamodel/text.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import { BehaviourTypist } from './actions.ts';
import type { FoldedDocument } from './fold.ts';
import { humanize } from './humanize.ts';
import { BOOLEAN } from './infer.ts';
import type { Typist } from './infer.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { Report } from './report.ts';
import { nearestHint } from './report.ts';
import type { Transition, Workflow, WorkflowState } from './workflow-model.ts';
import { statesOf } from './workflow-states.ts';

export type TypedWorkflow = Workflow<LinkedEntity, LinkedField>;

/** Actions that every record or document has, or that grants name: no transition may be called so. */
const TAKEN_NAMES: ReadonlySet<string> = new Set([
  'create',
  'read',
  'update',
  'delete',
  'submit',
  'cancel',
  'amend',
  'approval',
  'export',
  'import',
  'print',
]);

/** The most that a member may decide alone: what guards read as `user.approval_limit`. Zero for a member without one. */
const APPROVAL_LIMIT = 'approval_limit';
const NUMBER: ValueType = { kind: 'number', scale: null };

/** Transitions that one person can take alone, as automations must. */
export function transitionsForOne(documents: readonly FoldedDocument[], entity: string): readonly string[] {
  const document = documents.find((each) => each.kind === 'workflow' && each.name === entity);
  if (document === undefined || document.body['hidden'] === true) return [];
  const { transitions } = document.body as unknown as WorkflowDocument;
  return transitions.filter(({ approvals }) => (approvals ?? 1) === 1).map(({ name }) => name);
}

/** Types the workflows of documents. */
export function inferWorkflows(linked: LinkedModel, typist: Typist, report: Report): readonly TypedWorkflow[] {
  return linked.documents.flatMap((document) => {
    if (document.kind !== 'workflow' || document.body['hidden'] === true) return [];
    // An unknown entity was reported when the document was linked.
    const entity = linked.entities.get(document.name);
    if (entity === undefined) return [];
    return [new WorkflowTypist(new BehaviourTypist(linked, typist, report, document), entity).workflow()];
  });
}

class WorkflowTypist {
  readonly #behaviour: BehaviourTypist;
  readonly #entity: LinkedEntity;
  readonly #states: readonly WorkflowState[];

  constructor(behaviour: BehaviourTypist, entity: LinkedEntity) {
    this.#behaviour = behaviour;
    this.#entity = entity;
    this.#states = statesOf(behaviour.place.document);
  }

  workflow(): TypedWorkflow {
    const entity = this.#entity;
    const source = this.#behaviour.place.document.body as unknown as WorkflowDocument;
    if (entity.kind !== 'document') {
      const message = `“${entity.name}” is a ${entity.kind}; documents have workflows`;
      this.#behaviour.fault('/workflow', 'not-a-document', message);
    }
    this.#refuseTwins(
      '/states',
      this.#states.map(({ name }) => name),
    );
    this.#refuseTwins(
      '/transitions',
      source.transitions.map(({ name }) => name),
    );
    const transitions = source.transitions.map((each, index) => this.#transition(each, `/transitions/${index}`));
    this.#warnUnreachable(transitions);
    return { entity, label: toText(source.label ?? entity.label), states: this.#states, transitions };
  }

  #refuseTwins(pointer: string, names: readonly string[]): void {
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      this.#behaviour.fault(`${pointer}/${index}`, 'name-taken', `“${name}” is there already`);
    }
  }

  #transition(source: TransitionSource, pointer: string): Transition<LinkedField> {
    const behaviour = this.#behaviour;
    if (TAKEN_NAMES.has(source.name)) {
      const message = `“${source.name}” is an action that every record has`;
      behaviour.fault(`${pointer}/name`, 'name-taken', message, 'Choose another name');
    }
    const from = typeof source.from === 'string' ? [source.from] : source.from;
    for (const [index, state] of from.entries()) {
      this.#knownState(state, typeof source.from === 'string' ? `${pointer}/from` : `${pointer}/from/${index}`);
    }
    this.#knownState(source.to, `${pointer}/to`);
    if (from.includes(source.to)) {
      behaviour.fault(`${pointer}/to`, 'same-state', `“${source.name}” would leave the record in “${source.to}”`);
    }
    const roles = (source.roles ?? []).flatMap(
      (name, index) => behaviour.role(name, `${pointer}/roles/${index}`) ?? [],
    );

    const scope = this.#scope();
    const guard = behaviour.expression(source.guard, scope, `${pointer}/guard`, BOOLEAN);
    const message =
      source.message === undefined ? null : behaviour.message(source.message, scope, `${pointer}/message`);
    const actions = behaviour.actions(source.do ?? [], this.#entity, scope, `${pointer}/do`, {
      transitions: transitionsForOne(behaviour.linked.documents, this.#entity.name),
      movesStage: true,
      hasRecord: true,
    });
    if (actions.filter(({ kind }) => kind === 'submit' || kind === 'cancel').length > 1) {
      behaviour.fault(`${pointer}/do`, 'too-many-moves', 'A transition submits or cancels, and does so once');
    }
    return {
      name: source.name,
      label: toText(source.label ?? humanize(source.name)),
      from,
      to: source.to,
      roles,
      guard,
      message,
      approvals: source.approvals ?? 1,
      selfApproval: source.self_approval ?? true,
      actions,
      reads: behaviour.takeReads(),
    };
  }

  /** Guards run on the server, where the limit of the member who asks is known. */
  #scope(): Scope {
    const scope = this.#behaviour.typist.serverScope([{ frame: 'self', entity: this.#entity.name }]);
    const user = { ...scope.globals.user, [APPROVAL_LIMIT]: NUMBER };
    return { ...scope, globals: { ...scope.globals, user } };
  }

  #knownState(name: string, pointer: string): void {
    const known = this.#states.map((state) => state.name);
    if (known.includes(name)) return;
    this.#behaviour.fault(pointer, 'unknown-state', `There is no state “${name}”`, nearestHint(name, known));
  }

  #warnUnreachable(transitions: readonly Transition<LinkedField>[]): void {
    const reached = new Set(this.#states.slice(0, 1).map(({ name }) => name));
    for (let grew = true; grew;) {
      const next = transitions.filter(({ from, to }) => !reached.has(to) && from.some((state) => reached.has(state)));
      for (const { to } of next) reached.add(to);
      grew = next.length > 0;
    }
    for (const [index, { name }] of this.#states.entries()) {
      if (reached.has(name)) continue;
      this.#behaviour.warn(`/states/${index}`, 'unreachable-state', `No transition leads to the state “${name}”`);
    }
  }
}
