import { storedInstant } from '../base/clock.ts';
import type { Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow } from '../storage/statement.ts';
import { ADMIN_ROLE } from './member.ts';
import type { Restrictions } from './member.ts';

const SELECT = `
  SELECT m.id, m.user_id, m.roles, m.is_active, m.last_used_at, u.name, u.email, mr.restrictions
  FROM ${table('memberships')} m
  JOIN ${table('users')} u ON u.id = m.user_id
  LEFT JOIN ${table('membership_restrictions')} mr ON mr.membership_id = m.id`;
const LIST = statement(`${SELECT} WHERE m.company_id = ? ORDER BY u.name, m.id`);
const FIND_USER = statement(`SELECT id FROM ${table('users')} WHERE email = ? AND is_active = 1`);
const INSERT = statement(`
  INSERT INTO ${table('memberships')} (company_id, user_id, roles, is_active, last_used_at, created_at, updated_at)
  VALUES (?, ?, ?, 1, ?, ?, ?)`);
const UPDATE = statement(`UPDATE ${table('memberships')} SET roles = ?, is_active = ?, updated_at = ? WHERE id = ?`);
const RESTRICT = statement(
  `INSERT INTO ${table('membership_restrictions')} (membership_id, restrictions) VALUES (?, ?)`,
);
const UNRESTRICT = statement(`DELETE FROM ${table('membership_restrictions')} WHERE membership_id = ?`);
const DELETE = statement(`DELETE FROM ${table('memberships')} WHERE id = ?`);

/** A person's membership of a company, as its admins see it. */
export interface Membership {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly isActive: boolean;
  /** Null: kept to nothing. */
  readonly restrictions: Restrictions | null;
}

export async function listMembers(reader: Reader, companyId: string): Promise<readonly Membership[]> {
  return (await reader.all(LIST, [companyId])).map(membershipFrom);
}

function membershipFrom(row: RawRow): Membership {
  return {
    id: String(row['id']),
    userId: String(row['user_id']),
    name: String(row['name']),
    email: String(row['email']),
    roles: JSON.parse(String(row['roles'])) as readonly string[],
    isActive: Number(row['is_active']) === 1,
    restrictions: typeof row['restrictions'] === 'string' ? (JSON.parse(row['restrictions']) as Restrictions) : null,
  };
}

/** The id of the person with this e-mail address; null when nobody here has it. */
export async function findPersonByEmail(reader: Reader, email: string): Promise<string | null> {
  const row = await reader.get(FIND_USER, [email]);
  return row === undefined ? null : String(row['id']);
}

/**
 * Throws StorageError `unique` when the person is a member already.
 *
 * @param comesIn whether the person did it: the company is then the one they mean when they name none
 */
export async function addMember(
  writer: Session,
  companyId: string,
  userId: string,
  roles: readonly string[],
  { comesIn }: { readonly comesIn: boolean } = { comesIn: false },
): Promise<string> {
  const now = storedInstant(Date.now());
  const usedAt = comesIn ? now : null;
  return (await writer.run(INSERT, [companyId, userId, JSON.stringify(roles), usedAt, now, now])).lastId;
}

export async function changeMember(
  writer: Session,
  id: string,
  roles: readonly string[],
  isActive: boolean,
): Promise<void> {
  await writer.run(UPDATE, [JSON.stringify(roles), isActive, storedInstant(Date.now()), id]);
}

/** Keeps a member to some records; null or nothing named lifts that. */
export async function restrictMember(writer: Session, id: string, restrictions: Restrictions | null): Promise<void> {
  await writer.run(UNRESTRICT, [id]);
  if (restrictions !== null && Object.keys(restrictions).length > 0) {
    await writer.run(RESTRICT, [id, JSON.stringify(restrictions)]);
  }
}

export async function removeMember(writer: Session, id: string): Promise<void> {
  await writer.run(DELETE, [id]);
}

/** Whether the company would be left without anyone who may run it. */
export function wouldLoseLastAdmin(members: readonly Membership[], changed: Membership): boolean {
  const after = members.map((member) => (member.id === changed.id ? changed : member));
  return !after.some((member) => member.isActive && member.roles.includes(ADMIN_ROLE));
}
