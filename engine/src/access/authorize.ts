import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity, Model } from '../compiler/model.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { Actor, Condition, Operation } from '../metamodel/operation.ts';
import { seal } from '../records/authorized.ts';
import type { Authorized } from '../records/authorized.ts';
import { ALL_ABILITIES, covers } from './abilities.ts';
import { findTransition, grantsOf } from '../workflow/transition.ts';
import { actionOf, rightsOf } from './rights.ts';
import type { Rights } from './rights.ts';

/** Where an operation is to take place: what the company runs, and what it could run. */
export interface Place {
  readonly model: Model;
  /** The shipped module that a name belongs to and that is not active here; null when there is none. */
  inactiveModuleOf(name: string): string | null;
}

/** The entity a caller names. Throws `module-access-denied` (R-B9) or `not-found`; rows of lines are not addressed. */
export function findEntity(name: string, place: Place): Entity {
  const entity = place.model.entities.get(name);
  if (entity !== undefined && entity.kind !== 'lines') return entity;
  const module = entity === undefined ? place.inactiveModuleOf(name) : null;
  if (module !== null) throw refuse('module-access-denied', { parameters: { module } });
  throw refuse('not-found');
}

/**
 * The single door to records: turns an operation into one that records/ accepts, or refuses it.
 * Throws `not-found`, `module-access-denied`, `forbidden`, and `malformed-query` for a path into records that the actor
 * may not read, which answers as an unknown field would.
 *
 * @param abilities what the caller's token covers; `*` for people
 */
export function authorize<O extends Operation>(
  operation: O,
  actor: Actor,
  abilities: readonly string[],
  place: Place,
): Authorized<O> {
  const entity = findEntity(operation.entity, place);
  const rights = rightsOf(actor.roles, place.model);
  const action = actionOf(operation);
  if (!rightsFor(operation, entity, place.model).some((right) => rights.allows(entity, right)))
    throw refuse('forbidden');
  const isFull = abilities.length === 1 && abilities[0] === ALL_ABILITIES;
  const reads = action === 'read' && operation.kind !== 'comment';
  if (!isFull && !coversEntity(abilities, entity, reads)) throw refuse('forbidden');
  if (rights.everything && isFull) return seal(operation, entity, actor);
  const mayRead = (target: Entity): boolean => {
    const holder = target.owner?.entity ?? target;
    return rights.allows(holder, 'read') && (isFull || coversEntity(abilities, holder, true));
  };
  refuseHiddenPaths(operation, entity, mayRead);
  return seal(operation, entity, actor, mayRead);
}

/**
 * The actions of which one must be granted. A transition that names roles is left to workflow/transition.ts, which
 * knows who stands in for whom; here it takes that the record may be seen.
 */
function rightsFor(operation: Operation, entity: Entity, model: Model): readonly string[] {
  if (operation.kind !== 'action') return [actionOf(operation)];
  const transition = findTransition(model, entity, operation.action);
  if (transition === null) return [operation.action];
  return transition.roles.length === 0 ? grantsOf(transition) : ['read'];
}

/** An operation of the engine's own parts. The system is an actor with a name, never an absent one. */
export function authorizeSystem<O extends Operation>(
  operation: O,
  part: string | (Actor & { readonly kind: 'system' }),
  model: Model,
): Authorized<O> {
  const entity = findEntity(operation.entity, { model, inactiveModuleOf: () => null });
  const actor: Actor =
    typeof part === 'string' ? { kind: 'system', id: part, name: part, roles: [], locale: 'en' } : part;
  return seal(operation, entity, actor);
}

/** What the actor may do with the records of an entity, for screens that show only what works. */
export function actionsOpenTo(entity: Entity, rights: Rights): readonly string[] {
  const actions = ['read', 'create', 'update', 'delete'] as const;
  return actions.filter((action) => rights.allows(entity, action));
}

export function coversEntity(abilities: readonly string[], entity: Entity, reads: boolean): boolean {
  const verb = reads ? 'read' : 'write';
  return covers(abilities, 'records', verb) || covers(abilities, entity.name, verb);
}

/** Paths of a query lead through links; each record on the way must be readable. */
export function refuseHiddenPaths(operation: Operation, entity: Entity, mayRead: (target: Entity) => boolean): void {
  const faults: Fault[] = [];
  const check = (path: readonly string[], pointer: string): void => {
    let place: Entity | null = entity;
    for (const step of path) {
      const target: Entity | null = place?.fieldByName.get(step)?.target ?? null;
      if (target !== null && !mayRead(target)) {
        faults.push({ pointer, code: 'unknown-field', parameters: { field: step, entity: entity.name } });
        return;
      }
      place = target;
    }
  };
  if (operation.kind === 'get') for (const path of operation.include) check(path, '/include');
  if (operation.kind === 'list') {
    for (const path of operation.query.include) check(path, '/include');
    for (const sort of operation.query.sort) if (sort.path.length > 1) check(sort.path, '/sort');
    checkCondition(operation.query.condition, check);
  }
  if (faults.length > 0) throw refuse('malformed-query', { faults });
}

function checkCondition(condition: Condition | null, check: (path: readonly string[], pointer: string) => void): void {
  if (condition === null) return;
  if (condition.kind === 'compare') {
    if (condition.path.length > 1) check(condition.path, condition.at || pointerStep('filter'));
  } else if (condition.kind === 'not') checkCondition(condition.of, check);
  else for (const part of condition.of) checkCondition(part, check);
}
