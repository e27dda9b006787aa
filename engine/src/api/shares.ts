import { listMembers } from '../access/members.ts';
import type { Membership } from '../access/members.ts';
import { isAdmin, USER_ROLE } from '../access/member.ts';
import { EMAIL_LENGTH_MAX, normalEmail } from '../access/people.ts';
import { rightsOf } from '../access/rights.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Entity } from '../compiler/model.ts';
import { HOLDER } from '../records/reach.ts';
import { readingFrom } from '../records/write-unit.ts';
import { noteActivity } from '../runtime/activities.ts';
import type { Engine } from '../runtime/engine.ts';
import { addShare, readShares, removeShare } from '../workflow/shares.ts';
import type { Share } from '../workflow/shares.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { allowed, contextOf, entityIn, idIn } from './record-ask.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const ROLE_LENGTH_MAX = 60;
/** RFC 3339, with its offset. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/i;
const BASE = '/api/v1/records/:entity/:id/shares';

/** Single records that members open to each other, beyond the conditions of their grants. */
export function shareRoutes(engine: Engine): readonly Route[] {
  return [
    member('records', `GET ${BASE}`, (ask) => list(engine, ask)),
    member('records', `POST ${BASE}`, (ask) => add(engine, ask), { body: 'json' }),
    member('records', `DELETE ${BASE}/:share`, (ask) => remove(engine, ask)),
  ];
}

async function list(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized = allowed(ask, { kind: 'shares', entity: entityIn(ask), id: idIn(ask) });
  const context = contextOf(ask);
  const shares = await readShares(readingFrom(context, context.database), authorized);
  const members = shares.length === 0 ? [] : await listMembers(engine.server.catalog, ask.company.entry.id);
  return { status: 200, body: { data: shares.map((share) => shareJson(share, members, ask)) } };
}

/** A share as the API has it: opened to a person or to a role. */
function shareJson(share: Share, members: readonly Membership[], ask: CompanyAsk): Readonly<Record<string, unknown>> {
  const nameOf = (id: string): string => members.find(({ userId }) => userId === id)?.name ?? '';
  const person = members.find(({ userId }) => HOLDER.person(userId) === share.holder);
  const role = rolesOf(ask).find((name) => HOLDER.role(name) === share.holder);
  return {
    id: share.id,
    person: person === undefined ? null : { id: person.userId, name: person.name },
    role: role ?? null,
    may_write: share.mayWrite,
    until: share.endsAt,
    shared_by: { id: share.sharedBy, name: nameOf(share.sharedBy) },
    created_at: share.createdAt,
  };
}

function rolesOf({ company }: CompanyAsk): readonly string[] {
  return [USER_ROLE, ...company.model.roles.map(({ name }) => name)];
}

async function add(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized = allowed(ask, { kind: 'share', entity: entityIn(ask), id: idIn(ask) });
  const input = new Input(ask.body);
  const email = input.optionalText('email', { lengthMax: EMAIL_LENGTH_MAX, format: 'email' });
  const role = input.optionalText('role', { lengthMax: ROLE_LENGTH_MAX });
  if (email === null && role === null) input.fault('email', 'required');
  if (email !== null && role !== null) input.fault('role', 'not-both');
  const mayWrite = input.flag('may_write', false);
  const until = readUntil(input);
  input.finish();
  const members = await listMembers(engine.server.catalog, ask.company.entry.id);
  const holder =
    role === null
      ? personHolder(normalEmail(email ?? ''), members, authorized.entity, ask)
      : roleHolder(role, authorized.entity, ask);
  const share = await addShare(contextOf(ask), authorized, { holder, mayWrite, endsAt: until });
  await note(engine, ask, 'record.share', email ?? role ?? '');
  return { status: 201, body: { data: shareJson(share, members, ask) } };
}

/** When a share ends: an instant to come; null for never. */
function readUntil(input: Input): string | null {
  const text = input.optionalText('until', { lengthMax: 40 });
  if (text === null) return null;
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) input.fault('until', 'datetime');
  else if (at <= Date.now()) input.fault('until', 'past');
  else return new Date(at).toISOString();
  return null;
}

/** Sharing opens a record as far as the grants of its reader show its fields: who has none sees nothing of it. */
function personHolder(email: string, members: readonly Membership[], entity: Entity, ask: CompanyAsk): string {
  const reader = members.find((each) => each.email === email && each.isActive && mayReach(each.roles, entity, ask));
  // Who is no member and who has no rights on such records at all are answered alike.
  if (reader === undefined) throw refuse('invalid', { faults: [{ pointer: '/email', code: 'not-shareable' }] });
  return HOLDER.person(reader.userId);
}

function roleHolder(role: string, entity: Entity, ask: CompanyAsk): string {
  const isKnown = rolesOf(ask).includes(role) && mayReach([role], entity, ask);
  if (!isKnown) throw refuse('invalid', { faults: [{ pointer: '/role', code: 'not-shareable' }] });
  return HOLDER.role(role);
}

function mayReach(roles: readonly string[], entity: Entity, ask: CompanyAsk): boolean {
  return rightsOf(roles, ask.company.model).allows(entity, 'read');
}

async function remove(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized = allowed(ask, { kind: 'share', entity: entityIn(ask), id: idIn(ask) });
  const share = ask.parameters['share'] ?? '';
  if (!isRowId(share)) throw refuse('not-found');
  await removeShare(contextOf(ask), authorized, share, isAdmin(ask.member));
  await note(engine, ask, 'record.unshare', share);
  return { status: 204 };
}

async function note(engine: Engine, ask: CompanyAsk, action: string, subject: string): Promise<void> {
  const { actor } = allowed(ask, { kind: 'share', entity: entityIn(ask), id: idIn(ask) });
  await engine.server.catalog.transaction((transaction) =>
    noteActivity(transaction, {
      companyId: ask.company.entry.id,
      actor,
      action,
      subject: `${entityIn(ask)}/${idIn(ask)} ${subject}`,
    }),
  );
}
