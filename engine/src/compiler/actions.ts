import type { TypedExpression } from '../expression/ast.ts';
import type { Scope } from '../expression/scope.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import { AMENDED_FIELD, NUMBER_FIELD, STAGE_FIELD, STATUS_FIELD } from '../metamodel/naming.ts';
import { ADMIN_ROLE, USER_ROLE } from '../metamodel/roles.ts';
import type { ActionSource, Assignments, TextSource } from '../metamodel/source.ts';
import { toText } from '../metamodel/text.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import { assign } from './assignments.ts';
import { expressionsOf, scaleOf } from './infer.ts';
import type { Typist } from './infer.ts';
import type { FoldedDocument } from './fold.ts';
import { moduleOfDocument } from './fold.ts';
import type { Message } from './ledger-model.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import { NeedsGatherer } from './needs.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';
import type { Action, FieldValue, Reads, Recipient } from './workflow-model.ts';

const TEXT: ValueType = { kind: 'text' };

/** Fields of a document that only the engine sets. */
const ENGINES_OWN: ReadonlySet<string> = new Set([STATUS_FIELD, STAGE_FIELD, AMENDED_FIELD, NUMBER_FIELD]);
const OWNER = 'owner';

/** Which transitions and flows actions may name, and which things they may do where they stand. */
export interface ActionPlace {
  /** Transitions of the record's workflow that one person alone can take; null where none may be taken. */
  readonly transitions: readonly string[] | null;
  /** Whether `submit` and `cancel` are done as part of the transition itself. */
  readonly movesStage: boolean;
  /** False when the record is gone: nothing can be done with it or read from it. */
  readonly hasRecord: boolean;
}

/**
 * Types the expressions and names in one document of a workflow, flow or automation, and gathers the linked records
 * that they read.
 */
export class BehaviourTypist {
  readonly linked: LinkedModel;
  readonly typist: Typist;
  readonly place: { readonly document: FoldedDocument };
  readonly #report: Report;
  #needs: NeedsGatherer;

  constructor(linked: LinkedModel, typist: Typist, report: Report, document: FoldedDocument) {
    this.linked = linked;
    this.typist = typist;
    this.place = { document };
    this.#report = report;
    this.#needs = new NeedsGatherer(typist.targetOf);
  }

  /** What has been read since this was last asked. */
  takeReads(): Reads {
    const { needs, lineNeeds } = this.#needs;
    this.#needs = new NeedsGatherer(this.typist.targetOf);
    return { record: needs, lines: lineNeeds };
  }

  fault(pointer: string, code: string, message: string, hint?: string): void {
    faultAt(this.#report, this.place, pointer, code, message, hint);
  }

  warn(pointer: string, code: string, message: string): void {
    const file = this.place.document.fileAt(pointer);
    this.#report({ code, severity: 'warning', file, pointer, message });
  }

  entity(name: string, pointer: string): LinkedEntity | null {
    const entity = this.linked.entities.get(name);
    if (entity !== undefined && entity.kind !== 'lines') return entity;
    this.fault(
      pointer,
      'unknown-entity',
      `There is no entity “${name}”`,
      nearestHint(name, this.linked.entities.keys()),
    );
    return null;
  }

  /** @param lines the lines field whose rows the expression runs over; null for the record */
  expression(
    source: string | undefined,
    scope: Scope,
    pointer: string,
    expected?: ValueType,
    lines: string | null = null,
  ): TypedExpression | null {
    if (source === undefined) return null;
    const expression = this.typist.expression(source, scope, this.place, pointer, expected);
    if (expression !== null) this.#needs.add(expression, lines);
    return expression;
  }

  message(source: TextSource, scope: Scope, pointer: string): Message {
    const message = this.typist.texts(toText(source), scope, this.place, pointer);
    for (const template of Object.values(message)) {
      for (const expression of expressionsOf(template)) this.#needs.add(expression, null);
    }
    return message;
  }

  /** Values for fields of `holder`, which may be another entity than the one the expressions run over. */
  values(
    source: Assignments | undefined,
    holder: LinkedEntity,
    scope: Scope,
    pointer: string,
    lines: string | null = null,
  ): readonly FieldValue<LinkedField>[] {
    return Object.entries(source ?? {}).flatMap(([name, text]) => {
      const at = `${pointer}${pointerStep(name)}`;
      const field = this.#settable(holder, name, at);
      if (field === null) {
        this.expression(text, scope, at, undefined, lines);
        return [];
      }
      const type = this.typist.typeOf(field);
      // A link also takes the natural key of a record; anything else takes its own type only.
      const isLink = type.kind === 'record' || field.shape.type === 'dynamic-link';
      const expression = this.expression(text, scope, at, isLink ? undefined : type, lines);
      if (expression === null) return [];
      const value = isLink ? assign(expression, field, type) : { expression, byKey: null, reference: null };
      if ('message' in value) {
        this.fault(at, 'wrong-type', value.message);
        return [];
      }
      return [{ field, value, scale: scaleOf(type) }];
    });
  }

  #settable(holder: LinkedEntity, name: string, pointer: string): LinkedField | null {
    const field = holder.byName.get(name);
    if (field === undefined) {
      const hint = nearestHint(name, holder.byName.keys());
      this.fault(pointer, 'unknown-field', `“${holder.name}” has no field “${name}”`, hint);
      return null;
    }
    const { source } = field;
    const isWorkedOut = source.computed !== undefined || source.rollup !== undefined || source.balance !== undefined;
    const isPlain = field.shape.of === null && field.shape.type !== 'links';
    if (field.role !== 'system' && !ENGINES_OWN.has(name) && !isWorkedOut && isPlain) return field;
    const why = isWorkedOut ? 'the engine works it out' : isPlain ? "it is the engine's own" : 'it holds other records';
    this.fault(pointer, 'not-settable', `“${name}” cannot be set here: ${why}`);
    return null;
  }

  /** A role as it is called in grants; within its own module the name alone will do. */
  role(name: string, pointer: string): string | null {
    const found = this.#findRole(name);
    if (found !== null) return found;
    this.fault(pointer, 'unknown-role', `There is no role “${name}”`, nearestHint(name, this.#roles()));
    return null;
  }

  #roles(): readonly string[] {
    return [ADMIN_ROLE, USER_ROLE, ...new Set(this.linked.permissions.map(({ source }) => source.role))];
  }

  #findRole(name: string): string | null {
    const roles = this.#roles();
    const own = `${moduleOfDocument(this.place.document)}.${name}`;
    return roles.find((role) => role === name) ?? roles.find((role) => role === own) ?? null;
  }

  actions(
    sources: readonly ActionSource[],
    entity: LinkedEntity,
    scope: Scope,
    pointer: string,
    place: ActionPlace,
  ): readonly Action<LinkedField>[] {
    return sources.flatMap((source, index) => {
      const action = this.#action(source, entity, scope, `${pointer}/${index}`, place);
      return action === null ? [] : [action];
    });
  }

  #action(
    source: ActionSource,
    entity: LinkedEntity,
    scope: Scope,
    pointer: string,
    place: ActionPlace,
  ): Action<LinkedField> | null {
    const needsRecord =
      typeof source === 'string' ||
      source.set !== undefined ||
      source.create !== undefined ||
      source.transition !== undefined;
    if (needsRecord && !place.hasRecord) {
      this.fault(pointer, 'record-gone', 'The record is gone by then: nothing can be done with it');
      return null;
    }
    if (typeof source === 'string') return this.#stageAction(source, entity, pointer, place);
    if (source.set !== undefined) {
      return { kind: 'set', values: this.values(source.set, entity, scope, `${pointer}/set`) };
    }
    if (source.create !== undefined) return this.#create(source.create, entity, `${pointer}/create`);
    if (source.transition !== undefined) return this.#transition(source.transition, pointer, place);
    if (source.notify !== undefined) {
      const to = this.#recipient(source.notify, entity, `${pointer}/notify`, place);
      return to === null ? null : { kind: 'notify', to };
    }
    if (source.email !== undefined) {
      const at = `${pointer}/email`;
      const to = this.expression(source.email.to, scope, `${at}/to`, TEXT);
      const subject = this.message(source.email.subject, scope, `${at}/subject`);
      const body = this.message(source.email.body, scope, `${at}/body`);
      const attach = this.#print(source.email.attach, entity, `${at}/attach`);
      return to === null ? null : { kind: 'email', to, subject, body, attach };
    }
    return source.webhook === undefined ? null : this.#webhook(source.webhook, entity, `${pointer}/webhook`);
  }

  #stageAction(
    name: string,
    entity: LinkedEntity,
    pointer: string,
    { movesStage }: ActionPlace,
  ): Action<LinkedField> | null {
    if (name !== 'submit' && name !== 'cancel') return null;
    if (entity.kind !== 'document') {
      this.fault(pointer, 'not-a-document', `“${entity.name}” is a ${entity.kind}: it is never submitted`);
      return null;
    }
    if (movesStage || !this.#hasWorkflow(entity)) return { kind: name };
    this.fault(pointer, 'has-workflow', `“${entity.name}” has a workflow`, 'Take one of its transitions');
    return null;
  }

  #hasWorkflow({ name }: LinkedEntity): boolean {
    return this.linked.documents.some(
      (each) => each.kind === 'workflow' && each.name === name && each.body['hidden'] !== true,
    );
  }

  #create(name: string, entity: LinkedEntity, pointer: string): Action<LinkedField> | null {
    const flows = this.linked.documents.filter((each) => each.kind === 'flow' && each.body['hidden'] !== true);
    const flow = flows.find((each) => each.name === name);
    if (flow === undefined) {
      const hint = nearestHint(
        name,
        flows.map((each) => each.name),
      );
      this.fault(pointer, 'unknown-flow', `There is no flow “${name}”`, hint);
      return null;
    }
    if (flow.body['from'] !== entity.name) {
      this.fault(pointer, 'unknown-flow', `“${name}” starts from “${String(flow.body['from'])}”, not from here`);
      return null;
    }
    return { kind: 'create', flow: name };
  }

  #transition(name: string, pointer: string, { transitions }: ActionPlace): Action<LinkedField> | null {
    if (transitions?.includes(name) === true) return { kind: 'transition', transition: name };
    const message = `The workflow has no transition “${name}” that could be taken here`;
    this.fault(`${pointer}/transition`, 'unknown-transition', message, nearestHint(name, transitions ?? []));
    return null;
  }

  #recipient(
    name: string,
    entity: LinkedEntity,
    pointer: string,
    { hasRecord }: ActionPlace,
  ): Recipient<LinkedField> | null {
    const field = entity.byName.get(name);
    if (!hasRecord && (name === OWNER || field !== undefined)) {
      this.fault(pointer, 'record-gone', 'The record is gone by then: only a role can be notified');
      return null;
    }
    if (name === OWNER) return { kind: 'owner' };
    if (field !== undefined) {
      if (field.shape.type === 'text') return { kind: 'field', field };
      this.fault(pointer, 'wrong-type', `“${name}” must be a text field that holds the id of a user`);
      return null;
    }
    const role = this.#findRole(name);
    if (role !== null) return { kind: 'role', role };
    const message = `“${name}” is neither \`owner\`, a role, nor a field of “${entity.name}”`;
    this.fault(pointer, 'unknown-recipient', message, nearestHint(name, [OWNER, ...this.#roles()]));
    return null;
  }

  #print(name: string | undefined, entity: LinkedEntity, pointer: string): string | null {
    if (name === undefined) return null;
    const prints = this.linked.documents.filter((each) => each.kind === 'print' && each.body['hidden'] !== true);
    const print = prints.find((each) => each.name === name && each.body['entity'] === entity.name);
    if (print !== undefined) return name;
    const known = prints.filter((each) => each.body['entity'] === entity.name).map((each) => each.name);
    this.fault(pointer, 'unknown-print', `“${entity.name}” has no print “${name}”`, nearestHint(name, known));
    return null;
  }

  #webhook(
    source: { readonly url: string; readonly fields?: readonly string[] },
    entity: LinkedEntity,
    pointer: string,
  ): Action<LinkedField> {
    const fields = source.fields?.flatMap((name, index) => {
      const field = entity.byName.get(name);
      if (field !== undefined) return [field];
      const hint = nearestHint(name, entity.byName.keys());
      this.fault(`${pointer}/fields/${index}`, 'unknown-field', `“${entity.name}” has no field “${name}”`, hint);
      return [];
    });
    return { kind: 'webhook', url: source.url, fields: fields ?? null };
  }
}
