import { moduleOf } from '../../metamodel/naming.ts';
import { toText } from '../../metamodel/text.ts';
import { humanize } from '../humanize.ts';
import type { LinkedModel } from '../link.ts';
import type { Entity, Grant, Role } from '../model.ts';

export function lowerGrants(linked: LinkedModel, entities: ReadonlyMap<string, Entity>): readonly Grant[] {
  return linked.grants.map(({ role, entity, actions }) => ({
    role,
    entity: entities.get(entity.name) as Entity,
    actions,
  }));
}

export function lowerRoles(linked: LinkedModel): readonly Role[] {
  const roles = new Map<string, Role>();
  for (const { source } of linked.permissions) {
    if (roles.has(source.role)) continue;
    roles.set(source.role, {
      name: source.role,
      module: moduleOf(source.role),
      label: toText(source.label ?? humanize(source.role)),
    });
  }
  return [...roles.values()];
}
