import type { Locale } from '../i18n/i18n.ts';

/** What the screens remember of a person. Others may keep more here: it is merged, never replaced. */
export interface Preferences {
  readonly theme?: string;
  readonly [name: string]: unknown;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly phone: string | null;
  readonly address: string | null;
  readonly business_type_id: string | null;
  readonly locale: Locale | null;
  readonly preferences: Preferences;
}

export interface Company {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** ISO 4217 */
  readonly currency: string;
  /** IANA name */
  readonly timezone: string;
  readonly roles: readonly string[];
}

/** The answer of register, login and me. */
export interface Identity {
  readonly user: Person;
  /** The company used last; null for someone who left all companies. */
  readonly company: Company | null;
  readonly companies: readonly Company[];
  readonly csrf_token: string | null;
}

export interface Registration {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly company_name: string;
  readonly business_type: string;
  readonly locale: Locale;
}

/** What somebody who was invited and has no account yet says of themselves. */
export interface Acceptance {
  /** The secret of the letter. */
  readonly token: string;
  readonly name: string;
  readonly password: string;
  readonly locale: Locale;
}
