import { ADMIN_ROLE, USER_ROLE } from '../metamodel/roles.ts';
import type { Locale } from '../metamodel/text.ts';

/** A company as the catalog knows it. */
export interface CompanyEntry {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly ownerId: string;
  readonly locale: Locale;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA name. */
  readonly timezone: string;
  /** The model that serves; '' before the first module was activated. Switching it is the last step of a change. */
  readonly modelHash: string;
  /** Number of the metadata version that serves. */
  readonly metadataVersion: number;
}

/** Records that a member is kept to: by entity, the ids. */
export type Restrictions = Readonly<Record<string, readonly string[]>>;

/** A person in a company. */
export interface Member {
  readonly id: string;
  readonly roles: readonly string[];
  /** Ids of the records that the member is kept to, by their entity; null for all. */
  readonly restrictions: Restrictions | null;
  readonly company: CompanyEntry;
}

export { ADMIN_ROLE, USER_ROLE };

export function isAdmin(member: Member): boolean {
  return member.roles.includes(ADMIN_ROLE);
}
