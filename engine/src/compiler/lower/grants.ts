import { moduleOf } from '../../metamodel/naming.ts';
import { toText } from '../../metamodel/text.ts';
import { humanize } from '../humanize.ts';
import type { TypedGrant } from '../grants.ts';
import type { LinkedModel } from '../link.ts';
import type { Entity, Grant, Role } from '../model.ts';

export function lowerGrants(grants: readonly TypedGrant[], entities: ReadonlyMap<string, Entity>): readonly Grant[] {
  return grants.map(({ linked: { document, role, entity, source }, where, read, write }) => ({
    document: document.name,
    role,
    entity: entities.get(entity.name) as Entity,
    actions: source.actions,
    where,
    whereSource: source.where ?? null,
    read,
    write,
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
