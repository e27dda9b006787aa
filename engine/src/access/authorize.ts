import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity, Field, Model } from '../compiler/model.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import { actionOf, pathsOf } from '../metamodel/operation.ts';
import type { Actor, Operation } from '../metamodel/operation.ts';
import { seal } from '../records/authorized.ts';
import type { Authorized } from '../records/authorized.ts';
import { EVERYTHING, READ } from '../records/reach.ts';
import type { Reach } from '../records/reach.ts';
import { sees, sightOf } from '../records/sight.ts';
import { ALL_ABILITIES } from './abilities.ts';
import { findTransition, grantsOf } from '../workflow/transition.ts';
import { coversEntity, reachOf } from './reach.ts';
import { rightsOf } from './rights.ts';
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
  const actions = actionsFor(operation, entity, place.model);
  if (!actions.some((action) => rights.allows(entity, action))) throw refuse('forbidden');
  const isFull = abilities.length === 1 && abilities[0] === ALL_ABILITIES;
  const reads = actionOf(operation) === 'read' && operation.kind !== 'comment' && operation.kind !== 'share';
  if (!isFull && !coversEntity(abilities, entity, reads)) throw refuse('forbidden');
  const reach = reachOf(actor, abilities, place.model);
  if (reach !== EVERYTHING) refuseHiddenPaths(operation, entity, reach);
  return seal(operation, entity, actor, reach, actions);
}

/**
 * The actions of which one must be granted. A transition that names roles is left to workflow/transition.ts, which
 * knows who stands in for whom; here it takes that the record may be seen.
 */
function actionsFor(operation: Operation, entity: Entity, model: Model): readonly string[] {
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
  const actions = ['read', 'create', 'update', 'delete', 'export', 'import'] as const;
  return actions.filter((action) => rights.allows(entity, action));
}

/**
 * Refuses paths of a query that lead to what is hidden, as unknown ones are refused: every record on the way must be
 * readable, and every field. What single records hold back is left to records/.
 */
export function refuseHiddenPaths(operation: Operation, entity: Entity, reach: Reach): void {
  const faults: Fault[] = [];
  const check = (path: readonly string[], pointer: string, entered = path.length - 1): void => {
    const fault = hiddenStep(path, entered, entity, reach);
    if (fault !== null) faults.push({ pointer, ...fault });
  };
  const checkInclude = (path: readonly string[]): void => check(path, `/include/${path.join('.')}`, path.length);
  if (operation.kind === 'get') operation.include.forEach(checkInclude);
  if (operation.kind === 'aggregate') {
    const { groups, measures, condition } = operation.query;
    for (const path of groups) check(path, `/group/${path.join('.')}`);
    for (const { field } of measures) if (field !== null) check([field], `/measures/${field}`);
    for (const { path, at } of pathsOf(condition)) check(path, at || pointerStep('filter'));
  }
  if (operation.kind === 'list') {
    for (const name of operation.query.fields ?? []) check([name], `/fields/${name}`);
    operation.query.include.forEach(checkInclude);
    for (const { path } of operation.query.sort) check(path, `/sort/${path.join('.')}`);
    for (const { path, at } of pathsOf(operation.query.condition)) check(path, at || pointerStep('filter'));
  }
  if (faults.length > 0) throw refuse('malformed-query', { faults });
}

/** Whether every record and field along a path of links is readable at all. */
export function isPathOpen(path: readonly string[], entity: Entity, reach: Reach): boolean {
  return hiddenStep(path, path.length, entity, reach) === null;
}

/** @param entered how many steps of the path lead into another record */
function hiddenStep(
  path: readonly string[],
  entered: number,
  entity: Entity,
  reach: Reach,
): Omit<Fault, 'pointer'> | null {
  let place: Entity | null = entity;
  let lines: string | null = null;
  for (const [index, step] of path.entries()) {
    const field: Field | undefined = place?.fieldByName.get(step);
    // What is not there at all is found by records/, with all other faults.
    if (place === null || field === undefined) return null;
    const holder: Entity = place.owner?.entity ?? place;
    const sight = sightOf(reach.bounds(holder, READ));
    const isSeen = lines === null ? sees(holder, sight, step) : sees(holder, sight, lines, step);
    const isClosed = index < entered && field.target !== null && !reach.mayRead(field.target);
    if (!isSeen || isClosed) return { code: 'unknown-field', parameters: { name: step } };
    lines = field.of === null ? null : step;
    place = field.target;
  }
  return null;
}
