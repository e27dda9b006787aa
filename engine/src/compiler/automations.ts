import type { AutomationDocument, WorkflowDocument } from '../metamodel/source.ts';
import { toText } from '../metamodel/text.ts';
import { BehaviourTypist } from './actions.ts';
import { faultOfCron } from './cron.ts';
import { humanize } from './humanize.ts';
import { BOOLEAN } from './infer.ts';
import type { Typist } from './infer.ts';
import type { LinkedModel } from './link.ts';
import type { LinkedEntity, LinkedField } from './linked-entity.ts';
import type { Report } from './report.ts';
import { nearestHint } from './report.ts';
import type { Automation, Trigger } from './workflow-model.ts';
import { transitionsForOne } from './workflows.ts';

export type TypedAutomation = Automation<LinkedEntity, LinkedField>;

type PlainTrigger = Extract<Trigger, { readonly kind: 'created' | 'submitted' }>['kind'];

/** Types the automations that are in use. */
export function inferAutomations(linked: LinkedModel, typist: Typist, report: Report): readonly TypedAutomation[] {
  return linked.documents.flatMap((document) => {
    if (document.kind !== 'automation') return [];
    const source = document.body as unknown as AutomationDocument;
    const behaviour = new BehaviourTypist(linked, typist, report, document);
    const entity = behaviour.entity(source.entity, '/entity');
    const automation = entity === null ? null : inferAutomation(document.name, source, behaviour, entity);
    // One that is switched off is still checked: it must not break on the day it is switched on.
    return automation === null || source.is_active === false ? [] : [automation];
  });
}

function inferAutomation(
  name: string,
  source: AutomationDocument,
  behaviour: BehaviourTypist,
  entity: LinkedEntity,
): TypedAutomation | null {
  const on = triggerOf(source, behaviour, entity);
  if (on === null) return null;
  const hasRecord = on.kind !== 'deleted';
  const scope = behaviour.typist.serverScope(hasRecord ? [{ frame: 'self', entity: entity.name }] : []);
  const when = behaviour.expression(source.when, scope, '/when', BOOLEAN);
  const actions = behaviour.actions(source.do, entity, scope, '/do', {
    transitions: transitionsForOne(behaviour.linked.documents, entity.name),
    movesStage: false,
    hasRecord,
  });
  const label = toText(source.label ?? humanize(name.slice(name.indexOf('.') + 1)));
  return { name, label, entity, on, when, actions, reads: behaviour.takeReads() };
}

function triggerOf(source: AutomationDocument, behaviour: BehaviourTypist, entity: LinkedEntity): Trigger | null {
  const { on } = source;
  if (typeof on === 'string') {
    if ((on === 'submitted' || on === 'cancelled') && entity.kind !== 'document') {
      behaviour.fault('/on', 'not-a-document', `“${entity.name}” is a ${entity.kind}: it is never ${on}`);
      return null;
    }
    return { kind: on as PlainTrigger };
  }
  if (on.transition !== undefined) return transitionTrigger(on.transition, behaviour, entity);
  if (on.changed !== undefined) {
    const unknown = on.changed.filter((field) => !entity.byName.has(field));
    for (const field of unknown) {
      const pointer = `/on/changed/${on.changed.indexOf(field)}`;
      const hint = nearestHint(field, entity.byName.keys());
      behaviour.fault(pointer, 'unknown-field', `“${entity.name}” has no field “${field}”`, hint);
    }
    return unknown.length === 0 ? { kind: 'changed', fields: on.changed } : null;
  }
  const cron = on.schedule ?? '';
  const fault = faultOfCron(cron);
  if (fault === null) return { kind: 'schedule', cron };
  behaviour.fault('/on/schedule', 'wrong-schedule', fault);
  return null;
}

function transitionTrigger(name: string, behaviour: BehaviourTypist, entity: LinkedEntity): Trigger | null {
  const workflow = behaviour.linked.documents.find(
    (each) => each.kind === 'workflow' && each.name === entity.name && each.body['hidden'] !== true,
  );
  const { transitions } = (workflow?.body ?? { transitions: [] }) as unknown as WorkflowDocument;
  const names = transitions.map((each) => each.name);
  if (names.includes(name)) return { kind: 'transition', transition: name };
  const message = `The workflow of “${entity.name}” has no transition “${name}”`;
  behaviour.fault('/on/transition', 'unknown-transition', message, nearestHint(name, names));
  return null;
}
