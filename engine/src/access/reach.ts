import type { Entity, Field, Model } from '../compiler/model.ts';
import type { Actor } from '../metamodel/operation.ts';
import { EVERYTHING, HOLDER } from '../records/reach.ts';
import type { Bounds, Reach, Restriction } from '../records/reach.ts';
import { ALL_ABILITIES, covers } from './abilities.ts';
import { USER_ROLE } from './member.ts';
import { rightsOf } from './rights.ts';
import type { Rights } from './rights.ts';

/** Actions that sharing a record opens; whoever shares chooses between seeing and changing it. */
const SHARED: Readonly<Record<string, { readonly toWrite: boolean }>> = {
  read: { toWrite: false },
  update: { toWrite: true },
};

/**
 * How far an actor's rights go: what their roles are granted, narrowed by what their membership is restricted to and by
 * the abilities of a token.
 */
export function reachOf(actor: Actor, abilities: readonly string[], model: Model): Reach {
  const rights = rightsOf(actor.roles, model);
  const isFull = abilities.length === 1 && abilities[0] === ALL_ABILITIES;
  if (rights.everything && isFull) return EVERYTHING;
  return {
    mayRead(entity) {
      const holder = entity.owner?.entity ?? entity;
      return rights.allows(holder, 'read') && (isFull || coversEntity(abilities, holder, true));
    },
    bounds: (entity, actions) => boundsOf(entity.owner?.entity ?? entity, actions, actor, rights),
  };
}

export function coversEntity(abilities: readonly string[], entity: Entity, reads: boolean): boolean {
  const verb = reads ? 'read' : 'write';
  return covers(abilities, 'records', verb) || covers(abilities, entity.name, verb);
}

function boundsOf(entity: Entity, actions: readonly string[], actor: Actor, rights: Rights): Bounds | null {
  if (rights.everything) return null;
  const permits = rights.permits(entity, actions);
  const restrictions = restrictionsOn(entity, actor.restrictions);
  if (permits === null && restrictions.length === 0) return null;
  const shared = actions.length === 1 ? SHARED[actions[0] as string] : undefined;
  return {
    permits: permits ?? [{ where: null, read: null, write: null }],
    restrictions,
    sharedWith: shared === undefined ? null : { holders: holdersOf(actor), ...shared },
  };
}

/** Under which names records may have been shared with somebody. */
function holdersOf({ id, roles }: Actor): readonly string[] {
  return [HOLDER.person(id), ...[...new Set([USER_ROLE, ...roles])].map(HOLDER.role)];
}

/** What a membership that is restricted to some records of an entity means for the records of another. */
export function restrictionsOn(entity: Entity, restrictions: Actor['restrictions']): readonly Restriction[] {
  if (restrictions === undefined) return [];
  return Object.entries(restrictions).flatMap(([name, ids]) => {
    const of = (link: Field, lines: Field | null): Restriction[] =>
      link.type === 'link' && link.target?.name === name ? [{ lines, link, target: link.target, ids }] : [];
    return [
      ...(entity.name === name ? [{ lines: null, link: null, target: entity, ids }] : []),
      ...entity.fields.flatMap((field) => of(field, null)),
      ...entity.linesFields.flatMap((lines) => (lines.target?.fields ?? []).flatMap((field) => of(field, lines))),
    ];
  });
}
