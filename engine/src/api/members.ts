import { changeMember, listMembers, removeMember, restrictMember, wouldLoseLastAdmin } from '../access/members.ts';
import type { Membership } from '../access/members.ts';
import { actorOf } from '../access/caller.ts';
import { demandGrantable } from '../access/granting.ts';
import { refuse } from '../base/errors.ts';
import { noteActivity } from '../runtime/activities.ts';
import type { Engine } from '../runtime/engine.ts';
import type { Session } from '../storage/database.ts';
import { Input } from './input.ts';
import { readRestrictions, readRoles } from './member-input.ts';
import { readParameters } from './parameters.ts';
import { admin } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

/** The people of a company (R-A6). */
export function memberRoutes(engine: Engine): readonly Route[] {
  return [
    admin('members', 'GET /api/v1/members', (ask) => list(engine, ask)),
    admin('members', 'PATCH /api/v1/members/:id', (ask) => change(engine, ask), { body: 'json' }),
    admin('members', 'DELETE /api/v1/members/:id', (ask) => remove(engine, ask)),
  ];
}

function memberJson(member: Membership): Readonly<Record<string, unknown>> {
  const { id, userId, name, email, isActive, restrictions } = member;
  return { id, user_id: userId, name, email, roles: member.roles, is_active: isActive, restrictions };
}

async function list(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const members = await listMembers(engine.server.catalog, ask.company.entry.id);
  return { status: 200, body: { data: members.map(memberJson) } };
}

async function change(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const { members, found } = await find(engine, ask);
  const input = new Input(ask.body);
  const changed: Membership = {
    ...found,
    roles: readRoles(input, ask) ?? found.roles,
    isActive: input.flag('is_active', found.isActive),
    restrictions: input.has('restrictions') ? readRestrictions(input, ask) : found.restrictions,
  };
  input.finish();
  demandGrantable(changed.roles, ask.caller.abilities, ask.company.model);
  if (wouldLoseLastAdmin(members, changed)) throw refuse('conflict');
  await changing(engine, ask, 'member.change', found.email, async (transaction) => {
    await changeMember(transaction, found.id, changed.roles, changed.isActive);
    await restrictMember(transaction, found.id, changed.restrictions);
  });
  return { status: 200, body: { data: memberJson(changed) } };
}

async function remove(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const { members, found } = await find(engine, ask);
  if (wouldLoseLastAdmin(members, { ...found, isActive: false })) throw refuse('conflict');
  await changing(engine, ask, 'member.remove', found.email, (transaction) => removeMember(transaction, found.id));
  return { status: 204 };
}

async function find(
  engine: Engine,
  ask: CompanyAsk,
): Promise<{ readonly members: readonly Membership[]; readonly found: Membership }> {
  const members = await listMembers(engine.server.catalog, ask.company.entry.id);
  const found = members.find(({ id }) => id === ask.parameters['id']);
  if (found === undefined) throw refuse('not-found');
  return { members, found };
}

/** Writes a change of members with its activity; everyone's rights are looked up anew afterwards. */
async function changing(
  engine: Engine,
  ask: CompanyAsk,
  action: string,
  subject: string,
  write: (transaction: Session) => Promise<void>,
): Promise<void> {
  const actor = actorOf(ask.caller, ask.member, ask.locale);
  await engine.server.catalog.transaction(async (transaction) => {
    await write(transaction);
    await noteActivity(transaction, { companyId: ask.company.entry.id, actor, action, subject });
  });
  await engine.identities.forget();
}
