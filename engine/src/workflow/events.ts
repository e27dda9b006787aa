import type { Entity, Model } from '../compiler/model.ts';
import type { Action, Automation, Reads, Transition } from '../compiler/workflow-model.ts';
import type { TypedExpression } from '../expression/ast.ts';
import type { Text } from '../metamodel/text.ts';

/** Something that happened to a record, as its outbox row tells it. */
export interface RecordEvent {
  readonly topic: string;
  readonly entity: string;
  readonly id: string;
  /** Null where no change is meant: a schedule. */
  readonly version: string | null;
  /** `create`, `update`, `submit` …, or the transition. */
  readonly action: string;
  /** Fields that changed. */
  readonly fields: readonly string[];
  /** How many automations, one after the other, led to it. */
  readonly level: number;
  /** The automation whose schedule came up for this record; null for what happened to it. */
  readonly automation: string | null;
}

/** Topics of rows that schedules write: one for the schedule, one for each record that it is for. */
export const SCHEDULE_TOPIC = 'automation.schedule';
export const SCHEDULED_RECORD_TOPIC = 'automation.record';

/** An automation that led to itself so often is stopped. */
export const LEVEL_MAX = 5;

/** Somebody who acts on an event: an automation, or the transition itself with what it does beside the record. */
export interface Listener {
  /** Names it in `rk_effect`. */
  readonly source: string;
  readonly label: Text;
  readonly entity: Entity;
  readonly when: TypedExpression | null;
  /** With their places among the actions of the metadata, which name them in `rk_effect`. */
  readonly actions: readonly (readonly [number, Action])[];
  readonly reads: Reads;
}

interface Listeners {
  readonly byEntity: ReadonlyMap<string, readonly Automation[]>;
  readonly schedules: ReadonlyMap<string, Automation>;
}

const known = new WeakMap<Model, Listeners>();

function listenersIn(model: Model): Listeners {
  let listeners = known.get(model);
  if (listeners === undefined) {
    const byEntity = new Map<string, Automation[]>();
    const schedules = new Map<string, Automation>();
    for (const automation of model.automations) {
      if (automation.on.kind === 'schedule') schedules.set(automation.name, automation);
      else byEntity.set(automation.entity.name, [...(byEntity.get(automation.entity.name) ?? []), automation]);
    }
    listeners = { byEntity, schedules };
    known.set(model, listeners);
  }
  return listeners;
}

/** The automations of a model that wait for a time of day, by name. */
export function schedulesOf(model: Model): ReadonlyMap<string, Automation> {
  return listenersIn(model).schedules;
}

/** Who acts on an event. */
export function listenersOf(model: Model, event: RecordEvent): readonly Listener[] {
  if (event.automation !== null) {
    const automation = schedulesOf(model).get(event.automation);
    return automation === undefined ? [] : [listenerOf(automation)];
  }
  const transition = transitionOf(model, event);
  const own = transition === null ? null : transitionListener(model, event, transition);
  const automations = (listenersIn(model).byEntity.get(event.entity) ?? []).filter(({ on }) =>
    isTrigger(on, event, transition),
  );
  return [...(own === null ? [] : [own]), ...automations.map(listenerOf)];
}

function transitionOf(model: Model, { entity, action, topic }: RecordEvent): Transition | null {
  if (topic !== 'record.transition') return null;
  return model.workflows.get(entity)?.transitions.find(({ name }) => name === action) ?? null;
}

function isTrigger(on: Automation['on'], event: RecordEvent, transition: Transition | null): boolean {
  const does = (kind: 'submit' | 'cancel'): boolean =>
    transition?.actions.some((action) => action.kind === kind) === true;
  switch (on.kind) {
    case 'created':
      return event.topic === 'record.created';
    case 'updated':
      return event.topic === 'record.updated';
    case 'deleted':
      return event.topic === 'record.deleted';
    case 'submitted':
      return event.topic === 'record.submitted' || does('submit');
    case 'cancelled':
      return event.topic === 'record.cancelled' || does('cancel');
    case 'transition':
      return transition?.name === on.transition;
    case 'changed':
      return (
        event.topic !== 'record.created' &&
        event.topic !== 'record.deleted' &&
        on.fields.some((field) => event.fields.includes(field))
      );
    case 'schedule':
      return false;
  }
}

function listenerOf({ name, label, entity, when, actions, reads }: Automation): Listener {
  return {
    source: `automation:${name}`,
    label,
    entity,
    when,
    actions: actions.map((action, index) => [index, action]),
    reads,
  };
}

/** What a transition does to its own record was done in its transaction; the rest is done from here. */
const DONE_ALREADY: ReadonlySet<Action['kind']> = new Set(['submit', 'cancel', 'set']);

function transitionListener(model: Model, event: RecordEvent, transition: Transition): Listener | null {
  const entity = model.entities.get(event.entity);
  const actions = [...transition.actions.entries()].filter(([, { kind }]) => !DONE_ALREADY.has(kind));
  if (entity === undefined || actions.length === 0) return null;
  const { name, label, reads } = transition;
  return { source: `transition:${entity.name}:${name}`, label, entity, when: null, actions, reads };
}
