import { ALL_ABILITIES, isAbility } from '../access/abilities.ts';
import type { Caller } from '../access/caller.ts';
import { endOtherSessions, endSession, beginSession, listSessions, SESSION_SECONDS } from '../access/sessions.ts';
import type { SessionOrigin } from '../access/sessions.ts';
import { issueToken, listTokens, revokeToken, TOKEN_DAYS_DEFAULT, TOKEN_DAYS_MAX } from '../access/tokens.ts';
import {
  ADDRESS_LENGTH_MAX,
  changePassword,
  EMAIL_LENGTH_MAX,
  findPasswordHash,
  findProfile,
  findSignIn,
  NAME_LENGTH_MAX,
  normalEmail,
  PHONE_LENGTH_MAX,
  saveProfile,
} from '../access/people.ts';
import type { Profile } from '../access/people.ts';
import { hashPassword, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, passwordMatches } from '../access/password.ts';
import { factorState, takeCode } from '../access/second-factor.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import { LOCALES } from '../metamodel/text.ts';
import type { Engine } from '../runtime/engine.ts';
import { register } from '../runtime/registration.ts';
import type { Registration } from '../runtime/registration.ts';
import { sessionCookie } from './credentials.ts';
import { Input } from './input.ts';
import { anyone, member, person } from './route.ts';
import type { Answer, Ask, CompanyAsk, PersonAsk, Route } from './route.ts';
import type { SignInGuard } from './sign-in-guard.ts';

const PREFERENCES_LENGTH_MAX = 20_000;
const COMPANY_NAME_LENGTH_MAX = 255;
const TOKEN_NAME_LENGTH_MAX = 100;
const ABILITIES_MAX = 50;
const CODE_LENGTH_MAX = 40;

export const PASSWORD_RULE = { lengthMin: PASSWORD_LENGTH_MIN, lengthMax: PASSWORD_LENGTH_MAX, verbatim: true };

/** Who somebody is: `/api/v1/auth`. */
export function identityRoutes(engine: Engine, guard: SignInGuard): readonly Route[] {
  const json = { body: 'json' } as const;
  return [
    anyone('POST /api/v1/auth/register', (ask) => signUp(engine, ask), json),
    anyone('POST /api/v1/auth/login', (ask) => signIn(engine, guard, ask), json),
    person('account', 'POST /api/v1/auth/logout', (ask) => signOut(engine, ask), { body: 'optional' }),
    person('account', 'GET /api/v1/auth/me', (ask) => me(engine, ask.caller)),
    person('account', 'PATCH /api/v1/auth/me', (ask) => changeMe(engine, ask), json),
    person('account', 'POST /api/v1/auth/password', (ask) => newPassword(engine, guard, ask), json),
    person('account', 'GET /api/v1/auth/sessions', (ask) => sessions(engine, ask)),
    person('account', 'DELETE /api/v1/auth/sessions', (ask) => signOutElsewhere(engine, ask)),
    member('account', 'GET /api/v1/auth/tokens', (ask) => tokens(engine, ask)),
    member('account', 'POST /api/v1/auth/tokens', (ask) => newToken(engine, ask), json),
    person('account', 'DELETE /api/v1/auth/tokens/:id', (ask) => dropToken(engine, ask)),
  ];
}

export function originOf(ask: Ask): SessionOrigin {
  return { address: ask.address, userAgent: ask.headers['user-agent'] ?? null };
}

function cookieHeaders(engine: Engine, secret: string | null): Readonly<Record<string, string>> {
  const isSecure = engine.settings.publicUrl.startsWith('https:');
  return { 'Set-Cookie': sessionCookie(secret, SESSION_SECONDS, isSecure) };
}

async function signUp(engine: Engine, ask: Ask): Promise<Answer> {
  const input = new Input(ask.body);
  const typeKey = businessTypeKey(input);
  const type = typeKey === null ? null : await engine.catalog.businessType(typeKey, ask.locale);
  if (typeKey !== null && type === null) {
    input.fault(input.has('business_type_id') ? 'business_type_id' : 'business_type', 'unknown-choice', {
      what: 'business type',
    });
  }
  const registration: Registration = {
    name: input.text('name', { lengthMax: NAME_LENGTH_MAX }),
    email: normalEmail(input.text('email', { lengthMax: EMAIL_LENGTH_MAX, format: 'email' })),
    password: input.text('password', PASSWORD_RULE),
    companyName: input.text('company_name', { lengthMax: COMPANY_NAME_LENGTH_MAX }),
    businessTypeId: type?.id ?? '',
    phone: input.optionalText('phone', { lengthMax: PHONE_LENGTH_MAX, format: 'phone' }),
    address: input.optionalText('address', { lengthMax: ADDRESS_LENGTH_MAX }),
    locale: input.choice('locale', LOCALES),
  };
  input.finish();
  const { session } = await register(engine, registration, originOf(ask));
  return { ...(await signedIn(engine, session.secret)), status: 201 };
}

/** What a browser gets when its session begins: who somebody is, and the cookie. */
export async function signedIn(engine: Engine, secret: string): Promise<Answer> {
  const caller = await engine.identities.find('session', secret);
  if (caller === null) throw refuse('wrong-credentials');
  return { ...(await me(engine, caller)), headers: cookieHeaders(engine, secret) };
}

/** The business type as `business_type_id` or `business_type` names it, by id or slug; null after a fault. */
function businessTypeKey(input: Input): string | null {
  const rule = { lengthMax: 100 };
  const key = input.optionalText('business_type_id', rule) ?? input.optionalText('business_type', rule);
  if (key === null) input.fault('business_type', 'required');
  return key;
}

async function signIn(engine: Engine, guard: SignInGuard, ask: Ask): Promise<Answer> {
  const input = new Input(ask.body);
  const email = normalEmail(input.text('email', { lengthMax: EMAIL_LENGTH_MAX }));
  const password = input.text('password', { lengthMax: PASSWORD_LENGTH_MAX, verbatim: true });
  const code = input.optionalText('otp', { lengthMax: CODE_LENGTH_MAX });
  input.finish();
  await guard.admit(email, ask.address);
  const account = await findSignIn(engine.server.catalog, email);
  if (!(await passwordMatches(password, account?.passwordHash ?? null)) || account === null) {
    await guard.noteFailure(email, ask.address);
    throw refuse('wrong-credentials');
  }
  await demandSecondFactor(engine, guard, ask, { id: account.id, email, code });
  const session = await engine.server.catalog.transaction((transaction) =>
    beginSession(transaction, account.id, originOf(ask)),
  );
  return signedIn(engine, session.secret);
}

/** Who turned it on also shows a code of the app, or one of the recovery codes. */
async function demandSecondFactor(
  engine: Engine,
  guard: SignInGuard,
  ask: Ask,
  { id, email, code }: { readonly id: string; readonly email: string; readonly code: string | null },
): Promise<void> {
  const { catalog } = engine.server;
  if (!(await factorState(catalog, id)).isOn) return;
  if (code === null) throw refuse('code-needed');
  if (await catalog.transaction((transaction) => takeCode(transaction, id, code, engine.personCipher))) return;
  await guard.noteFailure(email, ask.address);
  throw refuse('code-needed', { faults: [{ pointer: '/otp', code: 'wrong-code' }] });
}

async function signOut(engine: Engine, ask: PersonAsk): Promise<Answer> {
  if (ask.caller.kind === 'session') {
    await engine.server.catalog.transaction((transaction) => endSession(transaction, ask.caller.key));
    await engine.identities.forget();
  }
  return { status: 204, headers: cookieHeaders(engine, null) };
}

async function me(engine: Engine, caller: Caller): Promise<Answer> {
  const profile = await findProfile(engine.server.catalog, caller.person.id, engine.personCipher);
  if (profile === null) throw refuse('not-signed-in');
  const companies = caller.members.map(({ company, roles }) => ({
    id: company.id,
    slug: company.slug,
    name: company.name,
    locale: company.locale,
    currency: company.currency,
    timezone: company.timezone,
    roles,
  }));
  return {
    status: 200,
    body: {
      data: {
        user: profileJson(profile),
        company: companies[0] ?? null,
        companies,
        csrf_token: caller.csrfToken,
        abilities: caller.abilities,
      },
    },
  };
}

function profileJson(profile: Profile): Readonly<Record<string, unknown>> {
  return {
    id: profile.id,
    name: profile.name,
    email: profile.email,
    email_verified: profile.emailVerifiedAt !== null,
    phone: profile.phone,
    address: profile.address,
    business_type_id: profile.businessTypeId,
    company_name: profile.companyName,
    locale: profile.locale,
    preferences: profile.preferences,
  };
}

async function changeMe(engine: Engine, ask: PersonAsk): Promise<Answer> {
  const { catalog } = engine.server;
  const before = await findProfile(catalog, ask.caller.person.id, engine.personCipher);
  if (before === null) throw refuse('not-signed-in');
  const input = new Input(ask.body);
  const preferences = input.object('preferences');
  if (preferences !== null && JSON.stringify(preferences).length > PREFERENCES_LENGTH_MAX) {
    input.fault('preferences', 'too-long', { maximum: String(PREFERENCES_LENGTH_MAX) });
  }
  const profile: Profile = {
    ...before,
    name: input.has('name') ? input.text('name', { lengthMax: NAME_LENGTH_MAX }) : before.name,
    phone: input.has('phone')
      ? input.optionalText('phone', { lengthMax: PHONE_LENGTH_MAX, format: 'phone' })
      : before.phone,
    address: input.has('address') ? input.optionalText('address', { lengthMax: ADDRESS_LENGTH_MAX }) : before.address,
    locale: input.has('locale') ? input.choice('locale', LOCALES) : before.locale,
    preferences: preferences ?? before.preferences,
  };
  input.finish();
  await catalog.transaction((transaction) => saveProfile(transaction, profile, engine.personCipher));
  await engine.identities.forget();
  return me(engine, { ...ask.caller, person: { ...ask.caller.person, name: profile.name, locale: profile.locale } });
}

/** Changes the password; every other session of the person ends. */
async function newPassword(engine: Engine, guard: SignInGuard, ask: PersonAsk): Promise<Answer> {
  const { catalog } = engine.server;
  const { id, email } = ask.caller.person;
  const input = new Input(ask.body);
  const current = input.text('current_password', { lengthMax: PASSWORD_LENGTH_MAX, verbatim: true });
  const password = input.text('password', PASSWORD_RULE);
  input.finish();
  await guard.admit(email, ask.address);
  if (!(await passwordMatches(current, await findPasswordHash(catalog, id)))) {
    await guard.noteFailure(email, ask.address);
    throw refuse('invalid', { faults: [{ pointer: '/current_password', code: 'wrong-password' }] });
  }
  const passwordHash = await hashPassword(password);
  await catalog.transaction(async (transaction) => {
    await changePassword(transaction, id, passwordHash);
    await endOtherSessions(transaction, id, ask.caller.key);
  });
  await engine.identities.forget();
  return { status: 204 };
}

async function sessions(engine: Engine, ask: PersonAsk): Promise<Answer> {
  const data = await listSessions(engine.server.catalog, ask.caller.person.id, ask.caller.key);
  return { status: 200, body: { data } };
}

async function signOutElsewhere(engine: Engine, ask: PersonAsk): Promise<Answer> {
  const { caller } = ask;
  await engine.server.catalog.transaction((transaction) => endOtherSessions(transaction, caller.person.id, caller.key));
  await engine.identities.forget();
  return { status: 204 };
}

async function tokens(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const data = await listTokens(engine.server.catalog, ask.caller.person.id, ask.member.company.id);
  return { status: 200, body: { data } };
}

/** Makes a token; one made by a token can do no more than that token. */
async function newToken(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  const input = new Input(ask.body);
  const name = input.text('name', { lengthMax: TOKEN_NAME_LENGTH_MAX });
  const abilities = input.texts('abilities', ABILITIES_MAX, isAbility, 'unknown-ability') ?? [ALL_ABILITIES];
  const days = input.wholeNumber('expires_in_days', TOKEN_DAYS_DEFAULT, 1, TOKEN_DAYS_MAX);
  input.finish();
  const own = ask.caller.abilities;
  if (!own.includes(ALL_ABILITIES) && !abilities.every((ability) => own.includes(ability))) throw refuse('forbidden');
  const { id, secret, expiresAt } = await engine.server.catalog.transaction((transaction) =>
    issueToken(transaction, { userId: ask.caller.person.id, companyId: ask.member.company.id, name, abilities, days }),
  );
  return { status: 201, body: { data: { id, name, abilities, expires_at: expiresAt, token: secret } } };
}

async function dropToken(engine: Engine, ask: PersonAsk): Promise<Answer> {
  const id = ask.parameters['id'] ?? '';
  const found =
    isRowId(id) &&
    (await engine.server.catalog.transaction((transaction) => revokeToken(transaction, id, ask.caller.person.id)));
  if (!found) throw refuse('not-found');
  await engine.identities.forget();
  return { status: 204 };
}
