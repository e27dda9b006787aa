import { findEntity } from '../access/authorize.ts';
import { listMembers } from '../access/members.ts';
import type { Membership } from '../access/members.ts';
import { normalEmail } from '../access/people.ts';
import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import { isCalendarDay } from '../metamodel/fields/calendar-day.ts';
import type { Engine } from '../runtime/engine.ts';
import { addDelegation, delegationsOf, removeDelegation } from '../workflow/delegations.ts';
import type { Delegation } from '../workflow/delegations.ts';
import { approvalLimitOf, setApprovalLimit } from '../workflow/limits.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { admin, member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const NAME_LENGTH_MAX = 255;
/** Digits before and after the point, as a money field holds. */
const LIMIT_FORM = /^\d{1,15}(?:\.\d{1,4})?$/;

/** Who decides for members who are away, and how much each member may decide alone. */
export function delegationRoutes(engine: Engine): readonly Route[] {
  return [
    member('members', 'GET /api/v1/delegations', (ask) => list(engine, ask)),
    member('members', 'POST /api/v1/delegations', (ask) => add(engine, ask), { body: 'json' }),
    member('members', 'DELETE /api/v1/delegations/:id', remove),
    admin('members', 'GET /api/v1/members/:id/limits', (ask) => limits(engine, ask)),
    admin('members', 'PUT /api/v1/members/:id/limits', (ask) => limit(engine, ask), { body: 'json' }),
  ];
}

function delegationJson(delegation: Delegation, members: readonly Membership[]): Readonly<Record<string, unknown>> {
  const { id, fromUserId, toUserId, entity, from, until } = delegation;
  const person = (userId: string): Readonly<Record<string, string>> => ({
    id: userId,
    name: members.find((each) => each.userId === userId)?.name ?? userId,
  });
  return { id, from: person(fromUserId), to: person(toUserId), entity, from_date: from, until_date: until };
}

/** What the caller has given and been given. */
async function list(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const members = await listMembers(engine.server.catalog, ask.company.entry.id);
  const delegations = await delegationsOf(ask.company.database, ask.caller.person.id);
  return { status: 200, body: { data: delegations.map((each) => delegationJson(each, members)) } };
}

/** `to` is the e-mail address or the user id of another member. */
async function add(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const input = new Input(ask.body);
  const to = input.text('to', { lengthMax: NAME_LENGTH_MAX });
  const entity = input.optionalText('entity', { lengthMax: 60 });
  const from = day(input, 'from_date');
  const until = day(input, 'until_date');
  if (from !== '' && until !== '' && until < from) input.fault('until_date', 'minimum', { minimum: from });
  const members = await listMembers(engine.server.catalog, ask.company.entry.id);
  const { person } = ask.caller;
  const email = normalEmail(to);
  const deputy = members.find((each) => each.isActive && (each.userId === to || each.email === email));
  if (to !== '' && (deputy === undefined || deputy.userId === person.id)) input.fault('to', 'unknown-record');
  input.finish();
  if (deputy === undefined) throw refuse('not-found');
  const named = entity === null ? null : findEntity(entity, ask.company).name;
  const delegation = { fromUserId: person.id, toUserId: deputy.userId, entity: named, from, until };
  const id = await ask.company.database.transaction((transaction) => addDelegation(transaction, delegation));
  return { status: 201, body: { data: delegationJson({ ...delegation, id }, members) } };
}

function day(input: Input, name: string): string {
  const text = input.text(name, { lengthMax: 10 });
  if (text !== '' && !isCalendarDay(text)) input.fault(name, 'date');
  return text;
}

/** Only whoever has given it takes it back. */
async function remove(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const id = ask.parameters['id'] ?? '';
  const isGone =
    isRowId(id) &&
    (await ask.company.database.transaction((transaction) => removeDelegation(transaction, id, ask.caller.person.id)));
  if (!isGone) throw refuse('not-found');
  return { status: 204 };
}

async function limits(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const { userId } = await findMember(engine, ask);
  const approvalLimit = await approvalLimitOf(ask.company.database, userId);
  return { status: 200, body: { data: { approval_limit: approvalLimit?.toString() ?? null } } };
}

/** Null takes the limit away: the member then decides nothing alone. */
async function limit(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const { userId } = await findMember(engine, ask);
  const input = new Input(ask.body);
  const text = input.optionalText('approval_limit', { lengthMax: 20 });
  if (text !== null && !LIMIT_FORM.test(text)) input.fault('approval_limit', 'number');
  input.finish();
  const approvalLimit = text === null ? null : Decimal.parse(text);
  await ask.company.database.transaction((transaction) => setApprovalLimit(transaction, userId, approvalLimit));
  return { status: 200, body: { data: { approval_limit: approvalLimit?.toString() ?? null } } };
}

async function findMember(engine: Engine, ask: CompanyAsk): Promise<Membership> {
  const members = await listMembers(engine.server.catalog, ask.company.entry.id);
  const found = members.find(({ id }) => id === ask.parameters['id']);
  if (found === undefined) throw refuse('not-found');
  return found;
}
