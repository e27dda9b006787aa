import { hashPassword } from '../access/password.ts';
import { addPerson, findSignIn, normalEmail, savePreferences } from '../access/people.ts';
import type { NewPerson } from '../access/people.ts';
import { beginSession } from '../access/sessions.ts';
import type { NewSession, SessionOrigin } from '../access/sessions.ts';
import { ADMIN_ROLE } from '../access/member.ts';
import type { Cipher } from '../access/encryption.ts';
import { storedInstant } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import { slugOf } from '../base/ids.ts';
import type { Locale } from '../metamodel/text.ts';
import { sendSecret } from './account-letters.ts';
import type { Letters } from './letters.ts';
import type { DatabaseServer, Session } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';
import { migrate } from '../storage/schema/migrate.ts';
import type { Migrations } from '../storage/schema/migrate.ts';
import { statement, table } from '../storage/statement.ts';

const INSERT_COMPANY = statement(`
  INSERT INTO ${table('companies')}
    (slug, name, owner_id, business_type_id, locale, currency, timezone, placement, metadata_version, is_active,
     created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'default', 0, 1, ?, ?)`);
const INSERT_MEMBERSHIP = statement(`
  INSERT INTO ${table('memberships')} (company_id, user_id, roles, is_active, last_used_at, created_at, updated_at)
  VALUES (?, ?, ?, 1, ?, ?, ?)`);
const SLUG_TAKEN = statement(`SELECT 1 AS taken FROM ${table('companies')} WHERE slug = ?`);

/** Longest slug with room for a number that tells companies of the same name apart. */
const SLUG_STEM_MAX = 34;
const SLUG_ATTEMPTS_MAX = 50;

/** Where companies are at home until they say otherwise: the first market. */
const CURRENCY_DEFAULT = 'IDR';
const TIMEZONE_DEFAULT = 'Asia/Jakarta';

export interface Registration {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly companyName: string;
  readonly businessTypeId: string;
  readonly phone: string | null;
  readonly address: string | null;
  /** The language that was chosen; null when none was. */
  readonly locale: Locale | null;
}

export interface Registered {
  readonly userId: string;
  readonly companyId: string;
  readonly slug: string;
  readonly session: NewSession;
}

export interface RegistrationServices {
  readonly server: DatabaseServer;
  readonly companyMigrations: Migrations;
  readonly personCipher: Cipher;
  readonly letters: Letters;
  readonly settings: { readonly publicUrl: string };
}

/**
 * Registers a person and their company (R-A6). The company's database is made first; then one transaction of the
 * catalog makes person, company, membership and session, so that a killed process leaves an empty database at most,
 * which the next company of that name takes over. Throws `invalid` when the e-mail address is taken.
 */
export async function register(
  services: RegistrationServices,
  registration: Registration,
  origin: SessionOrigin,
): Promise<Registered> {
  const { catalog } = services.server;
  if ((await findSignIn(catalog, registration.email)) !== null) throw emailTaken();
  const passwordHash = await hashPassword(registration.password);
  for (let attempt = 1; ; attempt += 1) {
    const slug = await freeSlug(services.server, registration.companyName);
    const database = services.server.company(slug);
    await services.server.createCompany(slug);
    await migrate(database, services.companyMigrations);
    try {
      return await catalog.transaction((transaction) =>
        enter(transaction, services, registration, passwordHash, slug, origin),
      );
    } catch (error) {
      if (!(error instanceof StorageError) || error.kind !== 'unique') throw error;
      if (error.constraint?.includes('email') === true) throw emailTaken();
      // Somebody took the slug meanwhile.
      if (attempt === SLUG_ATTEMPTS_MAX) throw error;
    }
  }
}

function emailTaken(): Error {
  return refuse('invalid', { faults: [{ pointer: '/email', code: 'e-mail-taken' }] });
}

async function freeSlug(server: DatabaseServer, companyName: string): Promise<string> {
  const stem = slugOf(companyName).slice(0, SLUG_STEM_MAX).replace(/-+$/, '') || 'company';
  for (let number = 1; ; number += 1) {
    const slug = number === 1 ? stem : `${stem}-${number}`;
    if ((await server.catalog.get(SLUG_TAKEN, [slug])) === undefined) return slug;
  }
}

async function enter(
  writer: Session,
  { personCipher, letters, settings }: RegistrationServices,
  registration: Registration,
  passwordHash: string,
  slug: string,
  origin: SessionOrigin,
): Promise<Registered> {
  const now = storedInstant(Date.now());
  const { companyName, businessTypeId, locale } = registration;
  const person: NewPerson = { ...registration, passwordHash };
  const userId = await addPerson(writer, person, personCipher);
  if (locale !== null) await savePreferences(writer, userId, locale, {});
  const receiver = { id: userId, name: person.name, email: normalEmail(person.email), locale: locale ?? 'id' } as const;
  await sendSecret(writer, { letters, publicUrl: settings.publicUrl }, receiver, 'verify');
  const { lastId: companyId } = await writer.run(INSERT_COMPANY, [
    slug,
    companyName,
    userId,
    businessTypeId,
    locale ?? 'id',
    CURRENCY_DEFAULT,
    TIMEZONE_DEFAULT,
    now,
    now,
  ]);
  await writer.run(INSERT_MEMBERSHIP, [companyId, userId, JSON.stringify([ADMIN_ROLE]), now, now, now]);
  return { userId, companyId, slug, session: await beginSession(writer, userId, origin) };
}
