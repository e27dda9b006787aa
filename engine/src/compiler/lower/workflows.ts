import type { TypedAutomation } from '../automations.ts';
import type { TypedFlow } from '../flows.ts';
import type { LinkedField } from '../linked-entity.ts';
import type { Entity, Field } from '../model.ts';
import type { TypedWorkflow } from '../workflows.ts';
import type { Action, Automation, FieldValue, Flow, Workflow } from '../workflow-model.ts';

type Entities = ReadonlyMap<string, Entity>;

/** The workflows by the entity whose documents they move. */
export function lowerWorkflows(workflows: readonly TypedWorkflow[], entities: Entities): ReadonlyMap<string, Workflow> {
  return new Map(
    workflows.map((workflow) => {
      const entity = entityOf(entities, workflow.entity.name);
      const transitions = workflow.transitions.map((transition) => ({
        ...transition,
        actions: transition.actions.map((action) => lowerAction(action, entity)),
      }));
      return [entity.name, { ...workflow, entity, transitions }];
    }),
  );
}

export function lowerFlows(flows: readonly TypedFlow[], entities: Entities): ReadonlyMap<string, Flow> {
  return new Map(
    flows.map((flow) => {
      const from = entityOf(entities, flow.from.name);
      const to = entityOf(entities, flow.to.name);
      const { lines } = flow;
      const target = lines === null ? null : fieldOf(to, lines.to);
      const rows = lines?.from ?? null;
      const lowered =
        lines === null || target === null
          ? null
          : {
              ...lines,
              from: rows === null ? null : fieldOf(from, rows),
              records: lines.records === null ? null : entityOf(entities, lines.records.name),
              to: target,
              set: lowerValues(lines.set, target.target ?? to),
            };
      return [flow.name, { ...flow, from, to, set: lowerValues(flow.set, to), lines: lowered }];
    }),
  );
}

export function lowerAutomations(automations: readonly TypedAutomation[], entities: Entities): readonly Automation[] {
  return automations.map((automation) => {
    const entity = entityOf(entities, automation.entity.name);
    return { ...automation, entity, actions: automation.actions.map((action) => lowerAction(action, entity)) };
  });
}

function lowerAction(action: Action<LinkedField>, entity: Entity): Action {
  switch (action.kind) {
    case 'set':
      return { ...action, values: lowerValues(action.values, entity) };
    case 'notify': {
      const { to } = action;
      return { ...action, to: to.kind === 'field' ? { kind: 'field', field: fieldOf(entity, to.field) } : to };
    }
    case 'webhook':
      return { ...action, fields: action.fields?.map((field) => fieldOf(entity, field)) ?? null };
    default:
      return action;
  }
}

function lowerValues(values: readonly FieldValue<LinkedField>[], entity: Entity): readonly FieldValue[] {
  return values.map((each) => ({ ...each, field: fieldOf(entity, each.field) }));
}

function entityOf(entities: Entities, name: string): Entity {
  return entities.get(name) as Entity;
}

function fieldOf(entity: Entity, { name }: LinkedField): Field {
  return entity.fieldByName.get(name) as Field;
}
