import type { Actor } from '../metamodel/operation.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Member } from './member.ts';

/** A person known to the installation. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** The language the person chose; null follows what each request asks for. */
  readonly locale: Locale | null;
}

/** Who sent a request: a person through a browser's session, or a program with a token of that person. */
export interface Caller {
  readonly kind: 'session' | 'token';
  /** Names the session or token: the hash of its secret. Never shown. */
  readonly key: string;
  readonly person: Person;
  /** What a browser must repeat in `X-CSRF-Token` on unsafe methods; null for tokens. */
  readonly csrfToken: string | null;
  /** What a token may do; see abilities.ts. */
  readonly abilities: readonly string[];
  /** Companies the person is a member of, the one used last first. */
  readonly members: readonly Member[];
}

/** The caller as one who acts in a company. */
export function actorOf(caller: Caller, member: Member, locale: Locale): Actor {
  return {
    kind: caller.kind === 'token' ? 'token' : 'person',
    id: caller.person.id,
    name: caller.person.name,
    roles: member.roles,
    locale,
    ...(member.restrictions === null ? {} : { restrictions: member.restrictions }),
  };
}
