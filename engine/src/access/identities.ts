import { storedInstant, millisecondsOf } from '../base/clock.ts';
import { LOCALES } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import type { Cache } from '../storage/cache.ts';
import type { Database } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow, RawValue } from '../storage/statement.ts';
import { ALL_ABILITIES } from './abilities.ts';
import type { Caller } from './caller.ts';
import type { CompanyEntry, Member, Restrictions } from './member.ts';
import { hashSecret } from './secret.ts';

/** How long a looked-up caller is believed: a right that was taken away works no longer than this (promise R6). */
const BELIEVED_MS = 1_000;
const REMEMBERED_MAX = 20_000;

/** The last use of a session or token is noted at most this often. */
const NOTED_EVERY_MS = 60_000;
/** The last use of a company decides which one is meant next time, so it is noted sooner. */
const USE_NOTED_EVERY_MS = 5_000;

const PERSON_AND_COMPANIES = `
  u.id AS user_id, u.name AS user_name, u.email, p.locale AS user_locale,
  m.id AS member_id, m.roles, m.last_used_at, mr.restrictions,
  c.id AS company_id, c.slug, c.name AS company_name, c.owner_id, c.locale AS company_locale, c.currency, c.timezone,
  c.model_hash, c.metadata_version`;

const COMPANIES_OF_PERSON = `
  LEFT JOIN ${table('user_preferences')} p ON p.user_id = u.id
  LEFT JOIN ${table('memberships')} m ON m.user_id = u.id AND m.is_active = 1
  LEFT JOIN ${table('membership_restrictions')} mr ON mr.membership_id = m.id
  LEFT JOIN ${table('companies')} c ON c.id = m.company_id AND c.is_active = 1`;

const FIND_SESSION = statement(`
  SELECT s.csrf_secret, NULL AS abilities, s.last_seen_at AS seen_at, ${PERSON_AND_COMPANIES}
  FROM ${table('sessions')} s
  JOIN ${table('users')} u ON u.id = s.user_id AND u.is_active = 1
  ${COMPANIES_OF_PERSON}
  WHERE s.id = ? AND s.expires_at > ?
  ORDER BY m.last_used_at DESC, m.id`);

const FIND_TOKEN = statement(`
  SELECT NULL AS csrf_secret, t.abilities, t.last_used_at AS seen_at, ${PERSON_AND_COMPANIES}
  FROM ${table('tokens')} t
  JOIN ${table('users')} u ON u.id = t.user_id AND u.is_active = 1
  ${COMPANIES_OF_PERSON} AND c.id = t.company_id
  WHERE t.hash = ? AND (t.expires_at IS NULL OR t.expires_at > ?)`);

const NOTE_SESSION = statement(`UPDATE ${table('sessions')} SET last_seen_at = ? WHERE id = ?`);
const NOTE_TOKEN = statement(`UPDATE ${table('tokens')} SET last_used_at = ? WHERE hash = ?`);
const NOTE_MEMBERSHIP = statement(`UPDATE ${table('memberships')} SET last_used_at = ? WHERE id = ?`);

interface Remembered {
  readonly caller: Caller | null;
  readonly until: number;
}

const TOPIC = 'identities';

/**
 * Finds out who sends a request, from the secret of a session or token. Answers are remembered for one second, and
 * forgotten at once, here and in the other processes, when `forget` is called.
 */
export class Identities {
  readonly #catalog: Database;
  readonly #cache: Cache;
  readonly #onFault: (error: unknown) => void;
  readonly #remembered = new BoundedMap<string, Remembered>(REMEMBERED_MAX);
  /** When the use of a membership was last noted. */
  readonly #usesNoted = new BoundedMap<string, number>(REMEMBERED_MAX);

  /** @param onFault hears when the last use of a session could not be noted; nobody waits for that */
  constructor(catalog: Database, cache: Cache, onFault: (error: unknown) => void) {
    this.#catalog = catalog;
    this.#cache = cache;
    this.#onFault = onFault;
    const forget = (): void => this.#remembered.clear();
    cache.subscribe(TOPIC, { message: forget, missed: forget });
  }

  /** Null when the secret belongs to nobody, has expired, or its person was deactivated. */
  async find(kind: Caller['kind'], secret: string): Promise<Caller | null> {
    const key = hashSecret(secret);
    const now = Date.now();
    const known = this.#remembered.get(key);
    if (known !== undefined && known.until > now) return known.caller;
    const rows = await this.#catalog.all(kind === 'session' ? FIND_SESSION : FIND_TOKEN, [key, storedInstant(now)]);
    const caller = callerFrom(kind, key, rows);
    this.#remembered.set(key, { caller, until: now + BELIEVED_MS });
    const seenAt = rows[0]?.['seen_at'];
    if (caller !== null && (typeof seenAt !== 'string' || now - millisecondsOf(seenAt) > NOTED_EVERY_MS)) {
      this.#note(kind === 'session' ? NOTE_SESSION : NOTE_TOKEN, now, key);
    }
    return caller;
  }

  /** Makes a company the one that is meant when the caller names none; noted at most every few seconds. */
  noteUse(member: Member): void {
    const now = Date.now();
    if (now - (this.#usesNoted.get(member.id) ?? 0) < USE_NOTED_EVERY_MS) return;
    this.#usesNoted.set(member.id, now);
    this.#note(NOTE_MEMBERSHIP, now, member.id);
  }

  /** To be called after any change of users, sessions, tokens, members or companies. */
  async forget(): Promise<void> {
    this.#remembered.clear();
    await this.#cache.publish(TOPIC, '');
  }

  #note(update: typeof NOTE_SESSION, now: number, key: string): void {
    this.#catalog
      .transaction(async (transaction) => {
        await transaction.run(update, [storedInstant(now), key]);
      })
      .catch(this.#onFault);
  }
}

function callerFrom(kind: Caller['kind'], key: string, rows: readonly RawRow[]): Caller | null {
  const [first] = rows;
  if (first === undefined) return null;
  const members = rows.filter((row) => row['company_id'] !== null && row['member_id'] !== null).map(memberFrom);
  // A token belongs to one company: without it, it opens nothing.
  if (kind === 'token' && members.length === 0) return null;
  return {
    kind,
    key,
    person: {
      id: String(first['user_id']),
      name: String(first['user_name']),
      email: String(first['email']),
      locale: localeFrom(first['user_locale']),
    },
    csrfToken: kind === 'session' ? String(first['csrf_secret']) : null,
    abilities: kind === 'session' ? [ALL_ABILITIES] : textsFrom(first['abilities']),
    members,
  };
}

function memberFrom(row: RawRow): Member {
  const restrictions = row['restrictions'];
  return {
    id: String(row['member_id']),
    roles: textsFrom(row['roles']),
    restrictions: typeof restrictions === 'string' ? (JSON.parse(restrictions) as Restrictions) : null,
    company: companyFrom(row),
  };
}

/** Reads the columns of PERSON_AND_COMPANIES that belong to the company. */
export function companyFrom(row: RawRow): CompanyEntry {
  return {
    id: String(row['company_id']),
    slug: String(row['slug']),
    name: String(row['company_name']),
    ownerId: String(row['owner_id']),
    locale: localeFrom(row['company_locale']) ?? 'en',
    currency: String(row['currency']),
    timezone: String(row['timezone']),
    modelHash: row['model_hash'] === null ? '' : String(row['model_hash']),
    metadataVersion: Number(row['metadata_version']),
  };
}

function localeFrom(raw: RawValue | undefined): Locale | null {
  return LOCALES.find((locale) => locale === raw) ?? null;
}

function textsFrom(raw: RawValue | undefined): readonly string[] {
  const parsed: unknown = typeof raw === 'string' ? JSON.parse(raw) : [];
  return Array.isArray(parsed) ? parsed.map(String) : [];
}
