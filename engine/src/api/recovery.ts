import { endAllSessions } from '../access/sessions.ts';
import { useSecret } from '../access/mailed-secrets.ts';
import { hashPassword, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '../access/password.ts';
import { changePassword, EMAIL_LENGTH_MAX, findByEmail, normalEmail, verifyEmail } from '../access/people.ts';
import { refuse } from '../base/errors.ts';
import type { Engine } from '../runtime/engine.ts';
import { sendNothing, sendSecret } from '../runtime/account-letters.ts';
import { Input } from './input.ts';
import { anyone, person } from './route.ts';
import type { Answer, Ask, PersonAsk, Route } from './route.ts';
import type { SignInGuard } from './sign-in-guard.ts';

const SECRET_LENGTH_MAX = 100;

/** Ways back into an account, and the proof of its address: secrets that are sent by mail. */
export function recoveryRoutes(engine: Engine, guard: SignInGuard): readonly Route[] {
  const json = { body: 'json' } as const;
  return [
    anyone('POST /api/v1/auth/forgot-password', (ask) => forgotPassword(engine, guard, ask), json),
    anyone('POST /api/v1/auth/reset-password', (ask) => resetPassword(engine, guard, ask), json),
    anyone('POST /api/v1/auth/verify-email', (ask) => proveEmail(engine, guard, ask), json),
    person('account', 'POST /api/v1/auth/verify-email/letter', (ask) => sendProof(engine, guard, ask)),
  ];
}

/**
 * Sends a letter with the way to a new password. The answer is the same whether there is such an account or not
 * (promise I6), and each ask counts as a try, so that nobody is flooded with letters.
 */
async function forgotPassword(engine: Engine, guard: SignInGuard, ask: Ask): Promise<Answer> {
  const input = new Input(ask.body);
  const email = normalEmail(input.text('email', { lengthMax: EMAIL_LENGTH_MAX, format: 'email' }));
  input.finish();
  await guard.admit(email, ask.address);
  await guard.noteFailure(email, ask.address);
  const found = await findByEmail(engine.server.catalog, email);
  await engine.server.catalog.transaction((transaction) =>
    found === null
      ? sendNothing(transaction, engine.letters)
      : sendSecret(transaction, placeOf(engine), { ...found, locale: found.locale ?? ask.locale }, 'reset'),
  );
  return { status: 204 };
}

/** Sets a new password by the secret of a letter: all sessions end, and the address is proven along with it. */
async function resetPassword(engine: Engine, guard: SignInGuard, ask: Ask): Promise<Answer> {
  const input = new Input(ask.body);
  const secret = input.text('token', { lengthMax: SECRET_LENGTH_MAX });
  const password = input.text('password', {
    lengthMin: PASSWORD_LENGTH_MIN,
    lengthMax: PASSWORD_LENGTH_MAX,
    verbatim: true,
  });
  input.finish();
  await guard.admit(secret, ask.address);
  const passwordHash = await hashPassword(password);
  const userId = await engine.server.catalog.transaction(async (transaction) => {
    const owner = await useSecret(transaction, secret, 'reset');
    if (owner === null) return null;
    await changePassword(transaction, owner, passwordHash);
    await verifyEmail(transaction, owner);
    await endAllSessions(transaction, owner);
    return owner;
  });
  return settled(engine, guard, ask, secret, userId);
}

async function proveEmail(engine: Engine, guard: SignInGuard, ask: Ask): Promise<Answer> {
  const input = new Input(ask.body);
  const secret = input.text('token', { lengthMax: SECRET_LENGTH_MAX });
  input.finish();
  await guard.admit(secret, ask.address);
  const userId = await engine.server.catalog.transaction(async (transaction) => {
    const owner = await useSecret(transaction, secret, 'verify');
    if (owner !== null) await verifyEmail(transaction, owner);
    return owner;
  });
  return settled(engine, guard, ask, secret, userId);
}

/** Guessing secrets counts as failed tries of the address it comes from. */
async function settled(
  engine: Engine,
  guard: SignInGuard,
  ask: Ask,
  secret: string,
  userId: string | null,
): Promise<Answer> {
  if (userId === null) {
    await guard.noteFailure(secret, ask.address);
    throw refuse('invalid', { faults: [{ pointer: '/token', code: 'mailed-secret' }] });
  }
  await engine.identities.forget();
  return { status: 204 };
}

/** Sends the letter that proves the address once more. */
async function sendProof(engine: Engine, guard: SignInGuard, ask: PersonAsk): Promise<Answer> {
  const { email } = ask.caller.person;
  await guard.admit(email, ask.address);
  await guard.noteFailure(email, ask.address);
  const found = await findByEmail(engine.server.catalog, email);
  if (found === null) throw refuse('not-signed-in');
  const receiver = { ...found, locale: found.locale ?? ask.locale };
  await engine.server.catalog.transaction((transaction) =>
    sendSecret(transaction, placeOf(engine), receiver, 'verify'),
  );
  return { status: 204 };
}

function placeOf({ letters, settings }: Engine): Parameters<typeof sendSecret>[1] {
  return { letters, publicUrl: settings.publicUrl };
}
