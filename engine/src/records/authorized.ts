import type { Entity } from '../compiler/model.ts';
import type { Actor, Operation } from '../metamodel/operation.ts';

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
  /** Whether the actor may see records of another entity: their titles, and that they exist. */
  mayRead(entity: Entity): boolean;
}

/** The operation of one kind: `Authorized<OperationOf<'list'>>`. */
export type OperationOf<K extends Operation['kind']> = Extract<Operation, { readonly kind: K }>;

export function seal<O extends Operation>(
  operation: O,
  entity: Entity,
  actor: Actor,
  mayRead: (entity: Entity) => boolean = () => true,
): Authorized<O> {
  return { [sealed]: true, operation, entity, actor, mayRead };
}
