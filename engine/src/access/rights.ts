import type { Entity, Grant, Model } from '../compiler/model.ts';
import { isWhole } from '../records/reach.ts';
import type { Permit } from '../records/reach.ts';
import { ADMIN_ROLE, USER_ROLE } from './member.ts';

/** What a set of roles may do under a model: denied until granted. */
export interface Rights {
  /** May do everything to every record, now and in modules to come. */
  readonly everything: boolean;
  /** `read`, `create`, `update`, `delete`, `submit`, `cancel`, `amend`, or a transition of the workflow. */
  allows(entity: Entity, action: string): boolean;
  /** What the grants for any of these actions let do with which records; null where one of them holds for all. */
  permits(entity: Entity, actions: readonly string[]): readonly Permit[] | null;
}

const ALL_RIGHTS: Rights = { everything: true, allows: () => true, permits: () => null };

const worked = new WeakMap<Model, Map<string, Rights>>();

/** The rights of roles, worked out once for each model and combination of roles. */
export function rightsOf(roles: readonly string[], model: Model): Rights {
  if (roles.includes(ADMIN_ROLE)) return ALL_RIGHTS;
  let known = worked.get(model);
  if (known === undefined) {
    known = new Map();
    worked.set(model, known);
  }
  const key = roles.join(' ');
  let rights = known.get(key);
  if (rights === undefined) {
    rights = workOut(roles, model);
    known.set(key, rights);
  }
  return rights;
}

/**
 * Grants name what a role may do. A module that grants nothing to anybody is open to all members for the ordinary
 * work with records: its author left the question to the company.
 */
function workOut(roles: readonly string[], model: Model): Rights {
  const held = new Set([USER_ROLE, ...roles]);
  const guardedModules = new Set(model.grants.map((grant) => grant.entity.module));
  const granted = new Map<Entity, Grant[]>();
  for (const grant of model.grants) {
    if (!held.has(grant.role)) continue;
    const known = granted.get(grant.entity);
    if (known === undefined) granted.set(grant.entity, [grant]);
    else known.push(grant);
  }
  const grantsFor = (entity: Entity, actions: readonly string[]): readonly Grant[] =>
    (granted.get(entity) ?? []).filter((grant) => grant.actions.some((action) => actions.includes(action)));
  const permits = new Map<string, readonly Permit[] | null>();
  return {
    everything: false,
    allows: (entity, action) => !guardedModules.has(entity.module) || grantsFor(entity, [action]).length > 0,
    permits(entity, actions) {
      if (!guardedModules.has(entity.module)) return null;
      const key = `${entity.name} ${actions.join(' ')}`;
      let known = permits.get(key);
      if (known === undefined) {
        const grants = grantsFor(entity, actions);
        known = grants.some(isWhole) ? null : grants;
        permits.set(key, known);
      }
      return known;
    },
  };
}
