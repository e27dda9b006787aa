import type { Entity, Model } from '../compiler/model.ts';

/** Actions that every entity has; workflows add their transitions. */
const ACTIONS = ['read', 'create', 'update', 'delete', 'export', 'import', 'print'] as const;
const DOCUMENT_ACTIONS = ['submit', 'cancel', 'amend'] as const;

/** Everything that can be granted on the records of an entity, in the order people read it. */
export function actionsOn(entity: Entity, model: Model): readonly string[] {
  const transitions = model.workflows.get(entity.name)?.transitions.map(({ name }) => `transition:${name}`) ?? [];
  return [...ACTIONS, ...(entity.kind === 'document' ? DOCUMENT_ACTIONS : []), ...transitions];
}
