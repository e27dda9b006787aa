import { ADMIN_ROLE, USER_ROLE } from '../access/member.ts';
import type { Restrictions } from '../access/member.ts';
import { isRowId } from '../base/ids.ts';
import type { Input } from './input.ts';
import type { CompanyAsk } from './route.ts';

const ROLES_MAX = 50;

/** The roles a request names; null when it names none. Roles that nobody knows are faults. */
export function readRoles(input: Input, ask: CompanyAsk): readonly string[] | null {
  const known = new Set([ADMIN_ROLE, USER_ROLE, ...ask.company.model.roles.map(({ name }) => name)]);
  return input.texts('roles', ROLES_MAX, (role) => known.has(role), 'unknown-role');
}

const RESTRICTED_ENTITIES_MAX = 20;
const RESTRICTED_RECORDS_MAX = 200;

/** The records that a member is to be kept to: `{ "inventory.warehouse": ["3", "7"] }`; null lifts it. */
export function readRestrictions(input: Input, ask: CompanyAsk): Restrictions | null {
  const given = input.object('restrictions');
  if (given === null) return null;
  const entries = Object.entries(given);
  if (entries.length > RESTRICTED_ENTITIES_MAX) {
    input.fault('restrictions', 'too-many', { maximum: String(RESTRICTED_ENTITIES_MAX) });
  }
  for (const [name, ids] of entries) {
    const entity = ask.company.model.entities.get(name);
    if (entity === undefined || entity.kind === 'lines') input.fault('restrictions', 'unknown-entity');
    const isList = Array.isArray(ids) && ids.every((id) => typeof id === 'string' && isRowId(id));
    if (!isList) input.fault('restrictions', 'type', { expected: 'list of ids' });
    else if (ids.length > RESTRICTED_RECORDS_MAX) {
      input.fault('restrictions', 'too-many', { maximum: String(RESTRICTED_RECORDS_MAX) });
    }
  }
  return given as Restrictions;
}
