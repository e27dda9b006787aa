import type { WebSocket } from 'ws';
import type { Caller } from '../../access/caller.ts';
import type { Member } from '../../access/member.ts';
import type { Credentials } from '../credentials.ts';
import type { Told, Topic } from './protocol.ts';

/** Subscriptions of one connection. */
export const SUBSCRIPTIONS_MAX = 200;
/** Bytes that wait to be sent before a client that does not read is cut off. */
const WAITING_BYTES_MAX = 1_048_576;
/** Messages that a client may send within a second. */
const MESSAGES_PER_SECOND = 50;

/** Close codes: 4000 and above are an application's own (RFC 6455, 7.4.2). */
export const CLOSE = { goingAway: 1001, tooSlow: 1013, tooMany: 1008, noRights: 4401 } as const;

/** Somebody who listens. */
export class LiveConnection {
  readonly socket: WebSocket;
  readonly credentials: Credentials;
  /** Slug of the company that was chosen when the connection began. */
  readonly company: string;
  readonly locale: 'en' | 'id';
  caller: Caller;
  member: Member;
  readonly subscriptions = new Map<string, Topic>();
  isAlive = true;
  metadataVersion: number;
  /** Unread notifications as they were told last. */
  unread: number | null = null;
  #second = 0;
  #messages = 0;

  constructor(
    socket: WebSocket,
    credentials: Credentials,
    who: { readonly caller: Caller; readonly member: Member; readonly locale: 'en' | 'id' },
  ) {
    this.socket = socket;
    this.credentials = credentials;
    this.caller = who.caller;
    this.member = who.member;
    this.locale = who.locale;
    this.company = who.member.company.slug;
    this.metadataVersion = who.member.company.metadataVersion;
  }

  get person(): { readonly id: string; readonly name: string } {
    return { id: this.caller.person.id, name: this.caller.person.name };
  }

  /** What connections with the same key see alike. */
  get rightsKey(): string {
    const { person, abilities } = this.caller;
    return JSON.stringify([person.id, this.member.roles, this.member.restrictions, abilities]);
  }

  tell(told: Told): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > WAITING_BYTES_MAX) this.close(CLOSE.tooSlow, 'too slow');
    else this.socket.send(JSON.stringify(told));
  }

  /** Whether the client may send one more message now. */
  admits(): boolean {
    const second = Math.floor(Date.now() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#messages = 0;
    }
    this.#messages += 1;
    return this.#messages <= MESSAGES_PER_SECOND;
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }
}
