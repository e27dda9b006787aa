import { findPasswordHash } from '../access/people.ts';
import { PASSWORD_LENGTH_MAX, passwordMatches } from '../access/password.ts';
import { beginFactor, confirmFactor, factorState, removeFactor } from '../access/second-factor.ts';
import { refuse } from '../base/errors.ts';
import type { Engine } from '../runtime/engine.ts';
import { Input } from './input.ts';
import { person } from './route.ts';
import type { Answer, PersonAsk, Route } from './route.ts';
import type { SignInGuard } from './sign-in-guard.ts';

const CODE_LENGTH_MAX = 40;

/** The second factor of whoever is signed in. A token may not touch it: it has no password to show. */
export function secondFactorRoutes(engine: Engine, guard: SignInGuard): readonly Route[] {
  const path = '/api/v1/auth/two-factor' as const;
  return [
    person('account', `GET ${path}`, (ask) => state(engine, ask)),
    person('account', `POST ${path}`, (ask) => turnOn(engine, guard, ask), { body: 'json' }),
    person('account', `DELETE ${path}`, (ask) => turnOff(engine, guard, ask), { body: 'json' }),
  ];
}

async function state(engine: Engine, ask: PersonAsk): Promise<Answer> {
  const { isOn, recoveryCodesLeft } = await factorState(engine.server.catalog, ask.caller.person.id);
  return { status: 200, body: { data: { enabled: isOn, recovery_codes_left: recoveryCodesLeft } } };
}

/**
 * With `password`: begins, and answers the secret for the app. With `otp`: the first code of the app turns the factor
 * on, and the recovery codes are answered, this once.
 */
async function turnOn(engine: Engine, guard: SignInGuard, ask: PersonAsk): Promise<Answer> {
  const input = new Input(ask.body);
  const { catalog } = engine.server;
  const { id, email } = ask.caller.person;
  if (ask.caller.kind !== 'session') throw refuse('forbidden');
  if (!input.has('otp')) {
    const password = input.text('password', { lengthMax: PASSWORD_LENGTH_MAX, verbatim: true });
    input.finish();
    if ((await factorState(catalog, id)).isOn) throw refuse('conflict');
    await demandPassword(engine, guard, ask, password);
    const { secret, uri } = await catalog.transaction((transaction) =>
      beginFactor(transaction, { id, email }, engine.personCipher),
    );
    return { status: 200, body: { data: { secret, uri } } };
  }
  const code = input.text('otp', { lengthMax: CODE_LENGTH_MAX });
  input.finish();
  if ((await factorState(catalog, id)).isOn) throw refuse('conflict');
  await guard.admit(email, ask.address);
  const codes = await catalog.transaction((transaction) => confirmFactor(transaction, id, code, engine.personCipher));
  if (codes === null) {
    await guard.noteFailure(email, ask.address);
    throw refuse('invalid', { faults: [{ pointer: '/otp', code: 'wrong-code' }] });
  }
  return { status: 200, body: { data: { enabled: true, recovery_codes: codes } } };
}

async function turnOff(engine: Engine, guard: SignInGuard, ask: PersonAsk): Promise<Answer> {
  const input = new Input(ask.body);
  const password = input.text('password', { lengthMax: PASSWORD_LENGTH_MAX, verbatim: true });
  input.finish();
  await demandPassword(engine, guard, ask, password);
  await engine.server.catalog.transaction((transaction) => removeFactor(transaction, ask.caller.person.id));
  return { status: 204 };
}

async function demandPassword(engine: Engine, guard: SignInGuard, ask: PersonAsk, password: string): Promise<void> {
  const { id, email } = ask.caller.person;
  if (ask.caller.kind !== 'session') throw refuse('forbidden');
  await guard.admit(email, ask.address);
  if (await passwordMatches(password, await findPasswordHash(engine.server.catalog, id))) return;
  await guard.noteFailure(email, ask.address);
  throw refuse('invalid', { faults: [{ pointer: '/password', code: 'wrong-password' }] });
}
