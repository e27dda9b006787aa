import { storedInstant } from '../base/clock.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { Cipher } from './encryption.ts';

export const NAME_LENGTH_MAX = 255;
export const EMAIL_LENGTH_MAX = 255;
export const PHONE_LENGTH_MAX = 20;
export const ADDRESS_LENGTH_MAX = 500;

const INSERT = statement(`
  INSERT INTO ${table('users')}
    (name, email, password, business_type_id, company_name, phone, address, is_active, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`);
const FIND_SIGN_IN = statement(`SELECT id, password, is_active FROM ${table('users')} WHERE email = ?`);
const FIND_ADDRESS = statement(`
  SELECT u.id, u.name, u.email, u.is_active, p.locale FROM ${table('users')} u
  LEFT JOIN ${table('user_preferences')} p ON p.user_id = u.id WHERE u.email = ?`);
const VERIFY = statement(
  `UPDATE ${table('users')} SET email_verified_at = COALESCE(email_verified_at, ?), updated_at = ? WHERE id = ?`,
);
const FIND_PASSWORD = statement(`SELECT password FROM ${table('users')} WHERE id = ?`);
const FIND_PROFILE = statement(`
  SELECT u.id, u.name, u.email, u.email_verified_at, u.phone, u.address, u.business_type_id, u.company_name,
         u.created_at, p.locale, p.preferences
  FROM ${table('users')} u LEFT JOIN ${table('user_preferences')} p ON p.user_id = u.id WHERE u.id = ?`);
const UPDATE_PASSWORD = statement(`UPDATE ${table('users')} SET password = ?, updated_at = ? WHERE id = ?`);
const UPDATE_CONTACT = statement(
  `UPDATE ${table('users')} SET name = ?, phone = ?, address = ?, updated_at = ? WHERE id = ?`,
);
const REMOVE_PREFERENCES = statement(`DELETE FROM ${table('user_preferences')} WHERE user_id = ?`);
const INSERT_PREFERENCES = statement(`
  INSERT INTO ${table('user_preferences')} (user_id, locale, preferences, updated_at) VALUES (?, ?, ?, ?)`);

/** E-mail addresses are compared in this form. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly businessTypeId: string | null;
  readonly companyName: string | null;
  readonly phone: string | null;
  readonly address: string | null;
}

/** Adds a person; phone and address are encrypted (R-A1). Throws StorageError `unique` when the e-mail is taken. */
export async function addPerson(writer: Session, person: NewPerson, cipher: Cipher): Promise<string> {
  const now = storedInstant(Date.now());
  const { lastId } = await writer.run(INSERT, [
    person.name,
    normalEmail(person.email),
    person.passwordHash,
    person.businessTypeId,
    person.companyName,
    sealed(person.phone, cipher),
    sealed(person.address, cipher),
    now,
    now,
  ]);
  return lastId;
}

function sealed(text: string | null, cipher: Cipher): string | null {
  return text === null ? null : cipher.encrypt(text);
}

/** What signing in needs of an account; null when there is none or it was deactivated. */
export async function findSignIn(
  reader: Reader,
  email: string,
): Promise<{ readonly id: string; readonly passwordHash: string } | null> {
  const row = await reader.get(FIND_SIGN_IN, [normalEmail(email)]);
  if (row === undefined || Number(row['is_active']) !== 1) return null;
  return { id: String(row['id']), passwordHash: String(row['password']) };
}

/** Whom a letter to an address reaches; null when there is no such account or it was deactivated. */
export async function findByEmail(
  reader: Reader,
  email: string,
): Promise<{
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly locale: Locale | null;
} | null> {
  const row = await reader.get(FIND_ADDRESS, [normalEmail(email)]);
  if (row === undefined || Number(row['is_active']) !== 1) return null;
  const locale = row['locale'] === null ? null : (String(row['locale']) as Locale);
  return { id: String(row['id']), name: String(row['name']), email: String(row['email']), locale };
}

/** Whether there is an account of this address, deactivated ones included. */
export async function isEmailKnown(reader: Reader, email: string): Promise<boolean> {
  return (await reader.get(FIND_SIGN_IN, [normalEmail(email)])) !== undefined;
}

/** Notes that a person proved their address. */
export async function verifyEmail(writer: Session, userId: string): Promise<void> {
  const now = storedInstant(Date.now());
  await writer.run(VERIFY, [now, now, userId]);
}

export async function findPasswordHash(reader: Reader, userId: string): Promise<string | null> {
  const row = await reader.get(FIND_PASSWORD, [userId]);
  return row === undefined ? null : String(row['password']);
}

export async function changePassword(writer: Session, userId: string, passwordHash: string): Promise<void> {
  await writer.run(UPDATE_PASSWORD, [passwordHash, storedInstant(Date.now()), userId]);
}

/** What a person tells about themselves. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerifiedAt: string | null;
  readonly phone: string | null;
  readonly address: string | null;
  readonly businessTypeId: string | null;
  readonly companyName: string | null;
  readonly locale: Locale | null;
  /** Whatever the screens remember of this person. */
  readonly preferences: Readonly<Record<string, unknown>>;
}

export async function findProfile(reader: Reader, userId: string, cipher: Cipher): Promise<Profile | null> {
  const row = await reader.get(FIND_PROFILE, [userId]);
  if (row === undefined) return null;
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  const opened = (name: string): string | null => {
    const envelope = text(name);
    return envelope === null ? null : cipher.decrypt(envelope);
  };
  return {
    id: String(row['id']),
    name: String(row['name']),
    email: String(row['email']),
    emailVerifiedAt: text('email_verified_at'),
    phone: opened('phone'),
    address: opened('address'),
    businessTypeId: text('business_type_id'),
    companyName: text('company_name'),
    locale: text('locale') as Locale | null,
    preferences: JSON.parse(text('preferences') ?? '{}') as Readonly<Record<string, unknown>>,
  };
}

export async function saveProfile(writer: Session, profile: Profile, cipher: Cipher): Promise<void> {
  const now = storedInstant(Date.now());
  const { id, name, phone, address } = profile;
  await writer.run(UPDATE_CONTACT, [name, sealed(phone, cipher), sealed(address, cipher), now, id]);
  await savePreferences(writer, id, profile.locale, profile.preferences);
}

export async function savePreferences(
  writer: Session,
  userId: string,
  locale: Locale | null,
  preferences: Readonly<Record<string, unknown>>,
): Promise<void> {
  await writer.run(REMOVE_PREFERENCES, [userId]);
  await writer.run(INSERT_PREFERENCES, [userId, locale, JSON.stringify(preferences), storedInstant(Date.now())]);
}
