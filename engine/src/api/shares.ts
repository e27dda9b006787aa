import { listMembers } from '../access/members.ts';
import type { Membership } from '../access/members.ts';
import { isAdmin } from '../access/member.ts';
import { EMAIL_LENGTH_MAX, normalEmail } from '../access/people.ts';
import { rightsOf } from '../access/rights.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Entity } from '../compiler/model.ts';
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
  return { status: 200, body: { data: shares.map((share) => shareJson(share, members)) } };
}

function shareJson(share: Share, members: readonly Membership[]): Readonly<Record<string, unknown>> {
  const nameOf = (id: string): string => members.find(({ userId }) => userId === id)?.name ?? '';
  return {
    id: share.id,
    person: { id: share.personId, name: nameOf(share.personId) },
    may_write: share.mayWrite,
    shared_by: { id: share.sharedBy, name: nameOf(share.sharedBy) },
    created_at: share.createdAt,
  };
}

async function add(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized = allowed(ask, { kind: 'share', entity: entityIn(ask), id: idIn(ask) });
  const input = new Input(ask.body);
  const email = normalEmail(input.text('email', { lengthMax: EMAIL_LENGTH_MAX, format: 'email' }));
  const mayWrite = input.flag('may_write', false);
  input.finish();
  const members = await listMembers(engine.server.catalog, ask.company.entry.id);
  const reader = members.find((each) => each.email === email && mayReach(each, authorized.entity, ask));
  // Who is no member and who has no rights on such records at all are answered alike.
  if (reader === undefined) throw refuse('invalid', { faults: [{ pointer: '/email', code: 'not-shareable' }] });
  const share = await addShare(contextOf(ask), authorized, reader.userId, mayWrite);
  await note(engine, ask, 'record.share', email);
  return { status: 201, body: { data: shareJson(share, members) } };
}

/** Sharing opens a record as far as the grants of its reader show its fields: who has none sees nothing of it. */
function mayReach({ isActive, roles }: Membership, entity: Entity, ask: CompanyAsk): boolean {
  return isActive && rightsOf(roles, ask.company.model).allows(entity, 'read');
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
