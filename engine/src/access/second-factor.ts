import { randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { storedInstant } from '../base/clock.ts';
import type { Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { Cipher } from './encryption.ts';
import { hashSecret } from './secret.ts';

/**
 * The second factor: codes of an authenticator app (RFC 6238, with what all apps know: SHA-1, six digits, 30 seconds),
 * and recovery codes on paper for whoever lost the app.
 */

const ISSUER = 'Rangka';
const PERIOD_SECONDS = 30;
/** Clocks that are off by one step are common. */
const STEPS_OFF = 1;
const SECRET_BYTES = 20;

const RECOVERY_CODES = 10;
const RECOVERY_CODE_LENGTH = 10;
/** Without what looks alike on paper. */
const RECOVERY_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

const FACTOR = table('second_factors');
const CODE = table('recovery_codes');
const REMOVE = statement(`DELETE FROM ${FACTOR} WHERE user_id = ?`);
const REMOVE_CODES = statement(`DELETE FROM ${CODE} WHERE user_id = ?`);
const INSERT = statement(`INSERT INTO ${FACTOR} (user_id, secret, last_step, created_at) VALUES (?, ?, 0, ?)`);
const INSERT_CODE = statement(`INSERT INTO ${CODE} (user_id, hash) VALUES (?, ?)`);
const FIND = statement(`SELECT secret, confirmed_at FROM ${FACTOR} WHERE user_id = ?`);
const CONFIRM = statement(`UPDATE ${FACTOR} SET confirmed_at = ? WHERE user_id = ?`);
const TAKE_STEP = statement(`UPDATE ${FACTOR} SET last_step = ? WHERE user_id = ? AND last_step < ?`);
const TAKE_CODE = statement(`UPDATE ${CODE} SET used_at = ? WHERE user_id = ? AND hash = ? AND used_at IS NULL`);
const COUNT_CODES = statement(`SELECT COUNT(*) FROM ${CODE} WHERE user_id = ? AND used_at IS NULL`);

/** What the authenticator app is told. */
export interface NewFactor {
  /** Base32, to be typed. */
  readonly secret: string;
  /** `otpauth://totp/…`, to be shown as a QR code. */
  readonly uri: string;
}

export interface FactorState {
  readonly isOn: boolean;
  readonly recoveryCodesLeft: number;
}

/** Makes a new secret, which counts once a code confirmed it. Until then the factor stays off. */
export async function beginFactor(
  writer: Session,
  person: { readonly id: string; readonly email: string },
  cipher: Cipher,
): Promise<NewFactor> {
  const secret = new Secret({ size: SECRET_BYTES });
  await removeFactor(writer, person.id);
  await writer.run(INSERT, [person.id, cipher.encrypt(secret.base32), storedInstant(Date.now())]);
  return { secret: secret.base32, uri: totpOf(secret.base32, person.email).toString() };
}

/** Turns the factor on with its first code, and answers the recovery codes; null when the code is wrong. */
export async function confirmFactor(
  writer: Session,
  userId: string,
  code: string,
  cipher: Cipher,
): Promise<readonly string[] | null> {
  if (!(await takeAppCode(writer, userId, code, cipher))) return null;
  await writer.run(CONFIRM, [storedInstant(Date.now()), userId]);
  await writer.run(REMOVE_CODES, [userId]);
  const codes = Array.from({ length: RECOVERY_CODES }, recoveryCode);
  for (const each of codes) await writer.run(INSERT_CODE, [userId, hashSecret(each)]);
  return codes;
}

/** Turns the factor off. */
export async function removeFactor(writer: Session, userId: string): Promise<void> {
  await writer.run(REMOVE_CODES, [userId]);
  await writer.run(REMOVE, [userId]);
}

export async function factorState(reader: Reader, userId: string): Promise<FactorState> {
  const row = await reader.get(FIND, [userId]);
  if (row === undefined || row['confirmed_at'] === null) return { isOn: false, recoveryCodesLeft: 0 };
  const [left] = await reader.tuples(COUNT_CODES, [userId]);
  return { isOn: true, recoveryCodesLeft: Number(left?.[0] ?? 0) };
}

/** Whether a code of the app or a recovery code is right; each is used up by it. */
export async function takeCode(writer: Session, userId: string, code: string, cipher: Cipher): Promise<boolean> {
  const typed = code.replace(/[\s-]/g, '').toLowerCase();
  if (/^\d{6}$/.test(typed)) return takeAppCode(writer, userId, typed, cipher);
  const { changes } = await writer.run(TAKE_CODE, [storedInstant(Date.now()), userId, hashSecret(typed)]);
  return changes > 0;
}

async function takeAppCode(writer: Session, userId: string, code: string, cipher: Cipher): Promise<boolean> {
  const row = await writer.get(FIND, [userId]);
  if (row === undefined) return false;
  const totp = totpOf(cipher.decrypt(String(row['secret'])), '');
  const now = Date.now();
  const delta = totp.validate({ token: code.replace(/\s/g, ''), timestamp: now, window: STEPS_OFF });
  if (delta === null) return false;
  const step = Math.floor(now / 1_000 / PERIOD_SECONDS) + delta;
  // A code that was seen being typed works no second time.
  const { changes } = await writer.run(TAKE_STEP, [step, userId, step]);
  return changes > 0;
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, secret, algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS });
}

function recoveryCode(): string {
  return Array.from({ length: RECOVERY_CODE_LENGTH }, () => RECOVERY_LETTERS[randomInt(RECOVERY_LETTERS.length)]).join(
    '',
  );
}
