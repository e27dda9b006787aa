import { storedInstant } from '../base/clock.ts';
import { randomSecret } from '../base/ids.ts';
import type { Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow } from '../storage/statement.ts';
import { ADMIN_ROLE } from './member.ts';
import type { Restrictions } from './member.ts';
import { hashSecret } from './secret.ts';

/** How long somebody has to accept. */
export const INVITATION_DAYS = 7;

const TABLE = table('invitations');
const DAY_MS = 86_400_000;

/** What is known of an invitation, with the roles of whoever vouches for it as they are now. */
const SELECT = `
  SELECT i.id, i.company_id, i.email, i.roles, i.restrictions, i.invited_by, i.sent_at, i.expires_at, i.secret,
         u.name AS inviter, m.roles AS inviter_roles, c.name AS company, c.slug
  FROM ${TABLE} i
  JOIN ${table('companies')} c ON c.id = i.company_id AND c.is_active = 1
  JOIN ${table('users')} u ON u.id = i.invited_by
  LEFT JOIN ${table('memberships')} m
    ON m.company_id = i.company_id AND m.user_id = i.invited_by AND m.is_active = 1 AND u.is_active = 1`;
const LIST = statement(`${SELECT} WHERE i.company_id = ? ORDER BY i.sent_at DESC, i.id DESC`);
const FIND = statement(`${SELECT} WHERE i.company_id = ? AND i.id = ?`);
const FIND_BY_SECRET = statement(`${SELECT} WHERE i.secret = ? AND i.expires_at > ?`);
const INSERT = statement(`
  INSERT INTO ${TABLE} (company_id, email, roles, restrictions, invited_by, secret, created_at, sent_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const RENEW = statement(`
  UPDATE ${TABLE} SET invited_by = ?, secret = ?, sent_at = ?, expires_at = ? WHERE company_id = ? AND id = ?`);
const REMOVE = statement(`DELETE FROM ${TABLE} WHERE company_id = ? AND id = ?`);
const REMOVE_BY_SECRET = statement(`DELETE FROM ${TABLE} WHERE secret = ?`);
const REMOVE_OLD = statement(`DELETE FROM ${TABLE} WHERE company_id = ? AND email = ? AND expires_at <= ?`);

/** Somebody who was asked to join a company. */
export interface Invitation {
  readonly id: string;
  readonly companyId: string;
  readonly company: string;
  readonly slug: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly restrictions: Restrictions | null;
  readonly inviter: string;
  readonly sentAt: string;
  readonly expiresAt: string;
  /** Whether whoever invited may still give these roles (promise R5). */
  readonly isVouchedFor: boolean;
}

export interface NewInvitation {
  readonly companyId: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly restrictions: Restrictions | null;
  readonly invitedBy: string;
}

export async function listInvitations(reader: Reader, companyId: string): Promise<readonly Invitation[]> {
  return (await reader.all(LIST, [companyId])).map(invitationFrom);
}

export async function findInvitation(reader: Reader, companyId: string, id: string): Promise<Invitation | null> {
  const row = await reader.get(FIND, [companyId, id]);
  return row === undefined ? null : invitationFrom(row);
}

/** The invitation that a letter's secret opens; null when it is unknown, used, withdrawn, too old or not vouched for. */
export async function findInvitationBySecret(reader: Reader, secret: string): Promise<Invitation | null> {
  const row = await reader.get(FIND_BY_SECRET, [hashSecret(secret), storedInstant(Date.now())]);
  if (row === undefined) return null;
  const invitation = invitationFrom(row);
  return invitation.isVouchedFor ? invitation : null;
}

function invitationFrom(row: RawRow): Invitation {
  const { restrictions, inviter_roles: inviterRoles } = row;
  return {
    id: String(row['id']),
    companyId: String(row['company_id']),
    company: String(row['company']),
    slug: String(row['slug']),
    email: String(row['email']),
    roles: JSON.parse(String(row['roles'])) as readonly string[],
    restrictions: typeof restrictions === 'string' ? (JSON.parse(restrictions) as Restrictions) : null,
    inviter: String(row['inviter']),
    sentAt: String(row['sent_at']),
    expiresAt: String(row['expires_at']),
    isVouchedFor:
      typeof inviterRoles === 'string' && (JSON.parse(inviterRoles) as readonly string[]).includes(ADMIN_ROLE),
  };
}

/**
 * Asks somebody to join, in place of an earlier invitation that nobody accepted in time. Throws StorageError `unique`
 * when one to the same address is still open.
 */
export async function addInvitation(
  writer: Session,
  { companyId, email, roles, restrictions, invitedBy }: NewInvitation,
): Promise<{ readonly id: string; readonly secret: string }> {
  const secret = randomSecret();
  const { now, expires } = term();
  await writer.run(REMOVE_OLD, [companyId, email, now]);
  const { lastId } = await writer.run(INSERT, [
    companyId,
    email,
    JSON.stringify(roles),
    restrictions === null ? null : JSON.stringify(restrictions),
    invitedBy,
    hashSecret(secret),
    now,
    now,
    expires,
  ]);
  return { id: lastId, secret };
}

/** Makes a new secret for an invitation, for which `invitedBy` vouches from now on; the former secret opens nothing. */
export async function renewInvitation(
  writer: Session,
  { companyId, id }: Invitation,
  invitedBy: string,
): Promise<string | null> {
  const secret = randomSecret();
  const { now, expires } = term();
  const { changes } = await writer.run(RENEW, [invitedBy, hashSecret(secret), now, expires, companyId, id]);
  return changes > 0 ? secret : null;
}

function term(): { readonly now: string; readonly expires: string } {
  const now = Date.now();
  return { now: storedInstant(now), expires: storedInstant(now + INVITATION_DAYS * DAY_MS) };
}

/** Answers whether it was still there. */
export async function removeInvitation(writer: Session, companyId: string, id: string): Promise<boolean> {
  return (await writer.run(REMOVE, [companyId, id])).changes > 0;
}

/** Uses an invitation up. Of two who come with the same secret, one finds it gone: null. */
export async function takeInvitation(writer: Session, secret: string): Promise<Invitation | null> {
  const invitation = await findInvitationBySecret(writer, secret);
  if (invitation === null) return null;
  const { changes } = await writer.run(REMOVE_BY_SECRET, [hashSecret(secret)]);
  return changes > 0 ? invitation : null;
}
