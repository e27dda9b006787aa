import type { Entity } from '../compiler/model.ts';
import { actionOf } from '../metamodel/operation.ts';
import type { Actor, Operation } from '../metamodel/operation.ts';
import { EVERYTHING, readsAll } from './reach.ts';
import type { Reach } from './reach.ts';

const sealed: unique symbol = Symbol('authorized');

/**
 * An operation that its actor may carry out. Only `seal` makes one, and only access/ may import `seal` (see
 * .dependency-cruiser.cjs): so nothing reaches a record without having passed there.
 */
export interface Authorized<O extends Operation = Operation> {
  readonly [sealed]: true;
  readonly operation: O;
  /** The entity the operation names, resolved. */
  readonly entity: Entity;
  readonly actor: Actor;
  /** The actions of which one must be granted for the record at hand. */
  readonly actions: readonly string[];
  /** How far the actor's rights go, on records of this entity and of others. */
  readonly reach: Reach;
  /** Whether the actor sees every record of another entity whole, so that nothing has to be asked record by record. */
  mayRead(entity: Entity): boolean;
}

/** The operation of one kind: `Authorized<OperationOf<'list'>>`. */
export type OperationOf<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;

export function seal<O extends Operation>(
  operation: O,
  entity: Entity,
  actor: Actor,
  reach: Reach = EVERYTHING,
  actions: readonly string[] = [actionOf(operation)],
): Authorized<O> {
  return { [sealed]: true, operation, entity, actor, actions, reach, mayRead: (other) => readsAll(reach, other) };
}
