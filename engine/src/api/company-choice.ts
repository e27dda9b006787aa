import type { Caller } from '../access/caller.ts';
import type { Identities } from '../access/identities.ts';
import type { Member } from '../access/member.ts';
import { refuse } from '../base/errors.ts';

const SLUG = /^[a-z0-9][a-z0-9-]{0,39}$/;

/**
 * The company that is meant: the one that `X-Company` names, else the one the caller used last. A company that the
 * caller is no member of answers as one that does not exist.
 */
export function chooseMember(caller: Caller, header: string | string[] | undefined, identities: Identities): Member {
  if (header === undefined) {
    const [last] = caller.members;
    if (last === undefined) throw refuse('forbidden');
    return last;
  }
  if (typeof header !== 'string' || !SLUG.test(header)) {
    throw refuse('malformed-header', { parameters: { header: 'X-Company' } });
  }
  const member = caller.members.find(({ company }) => company.slug === header);
  if (member === undefined) throw refuse('not-found');
  if (member !== caller.members[0]) identities.noteUse(member);
  return member;
}
