import { actorOf } from '../access/caller.ts';
import { demandGrantable } from '../access/granting.ts';
import {
  addInvitation,
  findInvitation,
  findInvitationBySecret,
  listInvitations,
  removeInvitation,
  renewInvitation,
  takeInvitation,
} from '../access/invitations.ts';
import type { Invitation } from '../access/invitations.ts';
import { USER_ROLE } from '../access/member.ts';
import { addMember, listMembers, restrictMember } from '../access/members.ts';
import { hashPassword } from '../access/password.ts';
import {
  addPerson,
  EMAIL_LENGTH_MAX,
  findByEmail,
  isEmailKnown,
  NAME_LENGTH_MAX,
  normalEmail,
  savePreferences,
  verifyEmail,
} from '../access/people.ts';
import { beginSession } from '../access/sessions.ts';
import { instantOf, millisecondsOf } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import { LOCALES } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import { noteActivity } from '../runtime/activities.ts';
import type { Engine } from '../runtime/engine.ts';
import { sendInvitation } from '../runtime/invitation-letter.ts';
import type { Session } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';
import { originOf, PASSWORD_RULE, signedIn } from './identity.ts';
import { Input } from './input.ts';
import { readRestrictions, readRoles } from './member-input.ts';
import { readParameters } from './parameters.ts';
import { admin, anyone } from './route.ts';
import type { Answer, Ask, CompanyAsk, Route } from './route.ts';
import type { SignInGuard } from './sign-in-guard.ts';

const SECRET_LENGTH_MAX = 100;

/** People whom admins ask to join their company, and how those accept (R-A6). */
export function invitationRoutes(engine: Engine, guard: SignInGuard): readonly Route[] {
  const json = { body: 'json' } as const;
  const path = '/api/v1/invitations' as const;
  return [
    admin('members', `GET ${path}`, (ask) => list(engine, ask)),
    admin('members', `POST ${path}`, (ask) => invite(engine, guard, ask), json),
    // Nobody becomes a member without having accepted.
    admin('members', 'POST /api/v1/members', (ask) => invite(engine, guard, ask), json),
    admin('members', `POST ${path}/:id/letter`, (ask) => sendAgain(engine, guard, ask)),
    admin('members', `DELETE ${path}/:id`, (ask) => withdraw(engine, ask)),
    anyone('POST /api/v1/auth/invitation', (ask) => look(engine, guard, ask), { ...json, reads: true }),
    anyone('POST /api/v1/auth/invitation/accept', (ask) => accept(engine, guard, ask), json),
  ];
}

function invitationJson(invitation: Invitation): Readonly<Record<string, unknown>> {
  const { id, email, roles, restrictions, inviter, sentAt, expiresAt } = invitation;
  return {
    id,
    email,
    roles,
    restrictions,
    invited_by: inviter,
    sent_at: instantOf(sentAt),
    expires_at: instantOf(expiresAt),
    state: stateOf(invitation),
  };
}

function stateOf({ expiresAt, isVouchedFor }: Invitation): 'open' | 'expired' | 'inviter-left' {
  if (!isVouchedFor) return 'inviter-left';
  return millisecondsOf(expiresAt) <= Date.now() ? 'expired' : 'open';
}

async function list(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const invitations = await listInvitations(engine.server.catalog, ask.company.entry.id);
  return { status: 200, body: { data: invitations.map(invitationJson) } };
}

/** Asks an address to join. The answer does not tell whether there is such an account (promise I6). */
async function invite(engine: Engine, guard: SignInGuard, ask: CompanyAsk): Promise<Answer> {
  const input = new Input(ask.body);
  const email = normalEmail(input.text('email', { lengthMax: EMAIL_LENGTH_MAX, format: 'email' }));
  const roles = readRoles(input, ask) ?? [USER_ROLE];
  const restrictions = readRestrictions(input, ask);
  input.finish();
  demandGrantable(roles, ask.caller.abilities, ask.company.model);
  const { catalog } = engine.server;
  const companyId = ask.company.entry.id;
  const taken = { faults: [{ pointer: '/email', code: 'unique' }] };
  if ((await listMembers(catalog, companyId)).some((each) => each.email === email)) {
    throw refuse('already-exists', taken);
  }
  await countLetter(guard, ask, email);
  const invitedBy = ask.caller.person.id;
  let id = '';
  try {
    await changing(engine, ask, 'invitation.send', email, async (transaction) => {
      const made = await addInvitation(transaction, { companyId, email, roles, restrictions, invitedBy });
      id = made.id;
      await sendLetter(engine, transaction, ask, email, made.secret);
    });
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'unique') {
      throw refuse('already-exists', { ...taken, cause: error });
    }
    throw error;
  }
  const made = await findInvitation(catalog, companyId, id);
  return { status: 201, body: { data: made === null ? null : invitationJson(made) } };
}

/** Letters count as tries, by address and by company: nobody is flooded with them. Signing in is counted apart. */
async function countLetter(guard: SignInGuard, ask: CompanyAsk, email: string): Promise<void> {
  const [receiver, sender] = [`invitation ${email}`, `company ${ask.company.entry.id}`];
  await guard.admit(receiver, sender);
  await guard.noteFailure(receiver, sender);
}

function sendLetter(
  { letters, settings }: Engine,
  transaction: Session,
  ask: CompanyAsk,
  email: string,
  secret: string,
): Promise<void> {
  const { locale, company, caller } = ask;
  const letter = { email, secret, locale, company: company.entry.name, inviter: caller.person.name };
  return sendInvitation(transaction, { letters, publicUrl: settings.publicUrl }, letter);
}

/** Sends the letter once more, with a new secret and a new term; whoever does so vouches for the roles. */
async function sendAgain(engine: Engine, guard: SignInGuard, ask: CompanyAsk): Promise<Answer> {
  const found = await find(engine, ask);
  demandGrantable(found.roles, ask.caller.abilities, ask.company.model);
  await countLetter(guard, ask, found.email);
  await changing(engine, ask, 'invitation.send-again', found.email, async (transaction) => {
    const secret = await renewInvitation(transaction, found, ask.caller.person.id);
    if (secret === null) throw refuse('not-found');
    await sendLetter(engine, transaction, ask, found.email, secret);
  });
  const renewed = await findInvitation(engine.server.catalog, ask.company.entry.id, found.id);
  return { status: 200, body: { data: renewed === null ? null : invitationJson(renewed) } };
}

async function withdraw(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const found = await find(engine, ask);
  await changing(engine, ask, 'invitation.withdraw', found.email, async (transaction) => {
    if (!(await removeInvitation(transaction, found.companyId, found.id))) throw refuse('not-found');
  });
  return { status: 204 };
}

async function find(engine: Engine, ask: CompanyAsk): Promise<Invitation> {
  readParameters(ask.queryText, []);
  const id = ask.parameters['id'] ?? '';
  const found = isRowId(id) ? await findInvitation(engine.server.catalog, ask.company.entry.id, id) : null;
  if (found === null) throw refuse('not-found');
  return found;
}

/** Writes a change of invitations with its activity. */
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
}

/** What an invitation says, to whoever has its letter: that shows that the address is theirs. */
async function look(engine: Engine, guard: SignInGuard, ask: Ask): Promise<Answer> {
  const input = new Input(ask.body);
  const secret = input.text('token', { lengthMax: SECRET_LENGTH_MAX });
  input.finish();
  await guard.admit(secret, ask.address);
  const { catalog } = engine.server;
  const invitation = await findInvitationBySecret(catalog, secret);
  if (invitation === null) throw await refusedSecret(guard, ask, secret);
  const { company, slug, email, inviter, expiresAt } = invitation;
  const hasAccount = await isEmailKnown(catalog, email);
  const data = {
    company: { slug, name: company },
    email,
    invited_by: inviter,
    expires_at: instantOf(expiresAt),
    has_account: hasAccount,
  };
  return { status: 200, body: { data } };
}

/**
 * Accepts an invitation. Whoever has no account gets one, of the address that the letter proves, and is signed in;
 * whoever has one becomes a member and signs in as always: a letter alone opens no account.
 */
async function accept(engine: Engine, guard: SignInGuard, ask: Ask): Promise<Answer> {
  const input = new Input(ask.body);
  const secret = input.text('token', { lengthMax: SECRET_LENGTH_MAX });
  const name = input.optionalText('name', { lengthMax: NAME_LENGTH_MAX });
  const password = input.optionalText('password', PASSWORD_RULE);
  const locale = input.choice('locale', LOCALES);
  await guard.admit(secret, ask.address);
  const { catalog } = engine.server;
  const invitation = await findInvitationBySecret(catalog, secret);
  if (invitation === null) throw await refusedSecret(guard, ask, secret);
  const isKnown = await isEmailKnown(catalog, invitation.email);
  if (!isKnown && name === null) input.fault('name', 'required');
  if (!isKnown && password === null) input.fault('password', 'required');
  input.finish();
  const account = isKnown
    ? null
    : { name: name ?? '', passwordHash: await hashPassword(password ?? ''), locale: locale ?? ask.locale };
  const joined = await join(engine, ask, secret, account);
  if (joined === null) throw await refusedSecret(guard, ask, secret);
  await engine.identities.forget();
  if (joined.session !== null) return signedIn(engine, joined.session);
  const { slug, company } = joined.invitation;
  return { status: 200, body: { data: { company: { slug, name: company }, user: null } } };
}

async function refusedSecret(guard: SignInGuard, ask: Ask, secret: string): Promise<Error> {
  await guard.noteFailure(secret, ask.address);
  return refuse('invalid', { faults: [{ pointer: '/token', code: 'invitation-over' }] });
}

interface NewAccount {
  readonly name: string;
  readonly passwordHash: string;
  readonly locale: Locale;
}

/**
 * Uses the invitation up and makes the member, with an account where there is none. Answers null when somebody else
 * used it meanwhile, or its account was deactivated. Throws `already-exists` when the person came in another way.
 *
 * @param account null for whoever has one
 */
async function join(
  engine: Engine,
  ask: Ask,
  secret: string,
  account: NewAccount | null,
): Promise<{ readonly invitation: Invitation; readonly session: string | null } | null> {
  try {
    return await engine.server.catalog.transaction(async (transaction) => {
      const known = account === null ? await personInvited(transaction, secret) : null;
      if (account === null && known === null) return null;
      const invitation = await takeInvitation(transaction, secret);
      if (invitation === null) return null;
      const { companyId, email, roles, restrictions } = invitation;
      const person = known ?? {
        id: await makePerson(engine, transaction, email, account as NewAccount),
        name: account?.name ?? '',
      };
      await verifyEmail(transaction, person.id);
      const member = await addMember(transaction, companyId, person.id, roles, { comesIn: true });
      await restrictMember(transaction, member, restrictions);
      const actor = { kind: 'person', ...person, roles, locale: ask.locale } as const;
      await noteActivity(transaction, { companyId, actor, action: 'invitation.accept', subject: email });
      const session = known === null ? (await beginSession(transaction, person.id, originOf(ask))).secret : null;
      return { invitation, session };
    });
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'unique') throw refuse('already-exists', { cause: error });
    throw error;
  }
}

async function personInvited(
  transaction: Session,
  secret: string,
): Promise<{ readonly id: string; readonly name: string } | null> {
  const invitation = await findInvitationBySecret(transaction, secret);
  const found = invitation === null ? null : await findByEmail(transaction, invitation.email);
  return found === null ? null : { id: found.id, name: found.name };
}

async function makePerson(
  engine: Engine,
  transaction: Session,
  email: string,
  { name, passwordHash, locale }: NewAccount,
): Promise<string> {
  const nothingMore = { businessTypeId: null, companyName: null, phone: null, address: null };
  const person = { name, email, passwordHash, ...nothingMore };
  const id = await addPerson(transaction, person, engine.personCipher);
  await savePreferences(transaction, id, locale, {});
  return id;
}
