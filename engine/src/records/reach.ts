import type { Entity, Field, GrantedFields } from '../compiler/model.ts';
import type { TypedExpression } from '../expression/ast.ts';

/** What one grant lets its holder do with the records of an entity. */
export interface Permit {
  /** The records it holds for; null for all. */
  readonly where: TypedExpression | null;
  /** Null: all fields. */
  readonly read: GrantedFields | null;
  readonly write: GrantedFields | null;
}

/** Keeps a member to records that link to some records only, for example to one warehouse. */
export interface Restriction {
  /** The lines field whose rows hold the link; null where the record itself does. */
  readonly lines: Field | null;
  /** The link; null where the records themselves are restricted. */
  readonly link: Field | null;
  readonly target: Entity;
  readonly ids: readonly string[];
}

/** How far an actor's rights on the records of an entity go, where they do not go all the way. */
export interface Bounds {
  /** A record is reached through any of these; none of them adds to what another one allows (promise R4). */
  readonly permits: readonly Permit[];
  /** A record must keep all of these as well. */
  readonly restrictions: readonly Restriction[];
  /**
   * Records that were shared with any of these holders, the person and their roles, are reached though no condition
   * holds; null where sharing opens nothing.
   */
  readonly sharedWith: { readonly holders: readonly string[]; readonly toWrite: boolean } | null;
}

/** What an actor may do with which records, for everything that happens behind the door. */
export interface Reach {
  /** Whether the actor may see records of an entity at all: some of them, and some of their fields. */
  mayRead(entity: Entity): boolean;
  /** Null where nothing is held back. Rows are bounded by the record that owns them. */
  bounds(entity: Entity, actions: readonly string[]): Bounds | null;
}

/** How somebody whom a record is shared with is named: a person, or everybody with a role. */
export const HOLDER = {
  person: (id: string): string => `person:${id}`,
  role: (name: string): string => `role:${name}`,
} as const;

/** Of admins and of the engine's own parts. */
export const EVERYTHING: Reach = { mayRead: () => true, bounds: () => null };

export const READ = ['read'] as const;
/** What puts values into fields. */
export const WRITE = ['create', 'update'] as const;

/** Whether every record of an entity, with every field, may be read. */
export function readsAll(reach: Reach, entity: Entity): boolean {
  return reach.mayRead(entity) && reach.bounds(entity, READ) === null;
}

/** Whether a permit holds for every record, with every field. */
export function isWhole({ where, read, write }: Permit): boolean {
  return where === null && read === null && write === null;
}

/**
 * Whether bounds hold back nothing that others let through, for the same actor: whoever may read records may not yet
 * carry them away. A grant of both, for the same records and fields, is the ordinary case.
 */
export function coversPermits(covering: Bounds | null, covered: Bounds | null): boolean {
  if (covering === null) return true;
  const known = new Set(covering.permits.map(keyOf));
  return covered !== null && covered.permits.every((permit) => known.has(keyOf(permit)));
}

function keyOf({ where, read }: Permit): string {
  const fields = read === null ? null : [...read].map(([name, rows]) => [name, rows === null ? null : [...rows]]);
  return JSON.stringify([where, fields]);
}
