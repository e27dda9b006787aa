import { dateIn } from '../base/clock.ts';
import { listMembers } from '../access/members.ts';
import type { Reader } from '../storage/database.ts';
import { principalIds } from '../workflow/delegations.ts';
import type { Principal } from '../workflow/delegations.ts';
import type { CompanyRuntime } from './company.ts';

/** The members who let a person decide for them today, with the roles they have now. */
export async function principalsOf(
  catalog: Reader,
  { database, entry }: CompanyRuntime,
  userId: string,
  entity: string,
): Promise<readonly Principal[]> {
  const ids = await principalIds(database, userId, entity, dateIn(entry.timezone, Date.now()));
  if (ids.length === 0) return [];
  const members = await listMembers(catalog, entry.id);
  return members
    .filter((member) => member.isActive && ids.includes(member.userId))
    .map(({ userId: id, name, roles }) => ({ id, name, roles }));
}
