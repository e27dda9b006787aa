import { findEntity } from '../access/authorize.ts';
import { actorOf } from '../access/caller.ts';
import { actionsOn } from '../access/entity-actions.ts';
import { ADMIN_ROLE, USER_ROLE } from '../access/member.ts';
import { listMembers } from '../access/members.ts';
import type { Membership } from '../access/members.ts';
import { reachOf } from '../access/reach.ts';
import { rightsOf } from '../access/rights.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Entity, Grant } from '../compiler/model.ts';
import type { Actor } from '../metamodel/operation.ts';
import { heldPermits } from '../records/bounds.ts';
import { loadRecord } from '../records/load-record.ts';
import type { Reach } from '../records/reach.ts';
import { readingFrom } from '../records/write-unit.ts';
import { recordContext } from '../runtime/company.ts';
import { pathsOf } from '../runtime/company-roles.ts';
import type { Engine } from '../runtime/engine.ts';
import { readParameters } from './parameters.ts';
import { admin } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

/** What a member can do, and why: the roles, the grants behind each action, and for one record which of them hold. */
export function rightsRoutes(engine: Engine): readonly Route[] {
  return [admin('members', 'GET /api/v1/members/:id/rights', (ask) => explain(engine, ask))];
}

async function explain(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const { entity: name, record } = readParameters(ask.queryText, ['entity', 'record']);
  const members = await listMembers(engine.server.catalog, ask.company.entry.id);
  const found = members.find(({ id }) => id === ask.parameters['id']);
  if (found === undefined) throw refuse('not-found');
  const entities = name === undefined ? known(ask) : [findEntity(name, ask.company)];
  if (record !== undefined && (name === undefined || !isRowId(record))) throw refuse('not-found');
  const data = {
    member: { id: found.id, name: found.name, roles: found.roles, is_active: found.isActive },
    restrictions: found.restrictions,
    entities: await Promise.all(entities.map((entity) => explained(ask, found, entity, record ?? null))),
  };
  return { status: 200, body: { data } };
}

function known({ company }: CompanyAsk): readonly Entity[] {
  return [...company.model.entities.values()].filter(({ kind }) => kind !== 'lines');
}

async function explained(
  ask: CompanyAsk,
  { userId, name, roles, restrictions }: Membership,
  entity: Entity,
  record: string | null,
): Promise<Readonly<Record<string, unknown>>> {
  const { model } = ask.company;
  const asker = actorOf(ask.caller, ask.member, ask.locale);
  const actor: Actor = {
    kind: 'person',
    id: userId,
    name,
    roles,
    locale: asker.locale,
    ...(restrictions === null ? {} : { restrictions }),
  };
  const rights = rightsOf(roles, model);
  const held = new Set([USER_ROLE, ...roles]);
  const granted = model.grants.filter((grant) => grant.entity === entity && held.has(grant.role));
  const actions = actionsOn(entity, model);
  const reach = reachOf(actor, ['*'], model);
  return {
    entity: entity.name,
    actions: await Promise.all(
      actions.map(async (action) => ({
        action,
        allowed: rights.allows(entity, action),
        because: because(
          roles,
          granted.filter((grant) => grant.actions.includes(action)),
          rights.allows(entity, action),
        ),
        ...(record === null ? {} : { on_record: await holdsFor(ask, actor, reach, entity, action, record) }),
      })),
    ),
  };
}

/** Where an action comes from: being an admin, grants, or a module that leaves its records open to all members. */
function because(roles: readonly string[], grants: readonly Grant[], isAllowed: boolean): readonly unknown[] {
  if (roles.includes(ADMIN_ROLE)) return [{ role: ADMIN_ROLE }];
  if (grants.length === 0) return isAllowed ? [{ role: USER_ROLE }] : [];
  return grants.map(({ document, role, whereSource, read, write }) => ({
    role,
    permission: document,
    where: whereSource,
    read: pathsOf(read),
    write: pathsOf(write),
  }));
}

/** Whether the action is open on one record, as the member would meet it now. */
async function holdsFor(
  ask: CompanyAsk,
  actor: Actor,
  reach: Reach,
  entity: Entity,
  action: string,
  record: string,
): Promise<boolean> {
  const context = recordContext(ask.company, actor);
  const from = readingFrom(context, context.database);
  await loadRecord(from, entity, record);
  if (!rightsOf(actor.roles, ask.company.model).allows(entity, action)) return false;
  for (const needed of [['read'], [action]]) {
    const bounds = reach.bounds(entity, needed);
    if (bounds !== null && !(await heldPermits(from, bounds, entity, [record])).has(record)) return false;
  }
  return true;
}
