import type { Entity, Model } from '../compiler/model.ts';
import type { Operation } from '../metamodel/operation.ts';
import { ADMIN_ROLE, USER_ROLE } from './member.ts';

/** What a set of roles may do under a model: denied until granted. */
export interface Rights {
  /** May do everything to every record, now and in modules to come. */
  readonly everything: boolean;
  /** `read`, `create`, `update`, `delete`, `submit`, `cancel`, `amend`, or a transition of the workflow. */
  allows(entity: Entity, action: string): boolean;
}

const ALL_RIGHTS: Rights = { everything: true, allows: () => true };

/** The action that a grant must name for an operation. */
export function actionOf(operation: Operation): string {
  switch (operation.kind) {
    case 'create':
    case 'update':
    case 'delete':
      return operation.kind;
    case 'preview':
      return 'create';
    case 'action':
      return operation.action;
    default:
      return 'read';
  }
}

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
  const granted = new Set<string>();
  for (const grant of model.grants) {
    if (!held.has(grant.role)) continue;
    for (const action of grant.actions) granted.add(`${grant.entity.name} ${action}`);
  }
  return {
    everything: false,
    allows: (entity, action) => !guardedModules.has(entity.module) || granted.has(`${entity.name} ${action}`),
  };
}
