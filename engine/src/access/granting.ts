import { refuse } from '../base/errors.ts';
import type { Model } from '../compiler/model.ts';
import { ALL_ABILITIES } from './abilities.ts';
import { actionsOn } from './entity-actions.ts';
import { ADMIN_ROLE } from './member.ts';
import { coversEntity } from './reach.ts';
import { rightsOf } from './rights.ts';

const READING: ReadonlySet<string> = new Set(['read', 'export', 'print']);

/**
 * Nobody grants a right they lack (promise R5). Admins have every right; a token of theirs only what its abilities
 * cover, so it gives no role that opens more. Throws `forbidden`.
 */
export function demandGrantable(roles: readonly string[], abilities: readonly string[], model: Model): void {
  if (abilities.includes(ALL_ABILITIES)) return;
  if (roles.includes(ADMIN_ROLE)) throw refuse('forbidden');
  const rights = rightsOf(roles, model);
  for (const entity of model.entities.values()) {
    if (entity.kind === 'lines') continue;
    const granted = actionsOn(entity, model).filter((action) => rights.allows(entity, action));
    const reads = granted.every((action) => READING.has(action));
    if (granted.length > 0 && !coversEntity(abilities, entity, reads)) throw refuse('forbidden');
  }
}
