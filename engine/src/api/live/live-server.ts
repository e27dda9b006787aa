import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import { Refusal } from '../../base/errors.ts';
import type { Engine } from '../../runtime/engine.ts';
import { chooseMember } from '../company-choice.ts';
import { credentialsOf } from '../credentials.ts';
import { acceptedLocale } from '../locale.ts';
import { CompanyLive } from './company-live.ts';
import { CLOSE, LiveConnection, SUBSCRIPTIONS_MAX } from './connection.ts';
import { Presence } from './presence.ts';
import { readWish } from './protocol.ts';
import type { Someone, Wish } from './protocol.ts';

const PATH = '/ws';
const MESSAGE_BYTES_MAX = 16_384;
/** Connections of one person in this process. */
const CONNECTIONS_MAX = 20;
const HEARTBEAT_MS = 30_000;
/** How often a company is looked at where no process told of a write. */
const LOOK_EVERY_MS = 2_000;

/** How long a client may take to answer that the server stops. */
const GOODBYE_MS = 2_000;
/** Connections that are looked up anew at the same time. */
const RECHECKED_AT_ONCE = 50;

const PRESENT = 'live presence';
/** What `Identities` tells when rights, sessions or tokens changed. */
const IDENTITIES = 'identities';

interface PresenceNote {
  readonly company: string;
  readonly entity: string;
  readonly record: string;
  readonly person: Someone;
  readonly editing: boolean;
}

/**
 * Live connections (R-B5): records and lists as they change, notifications, and who is at work on a record. Every event is
 * asked against the rights of its listener at that moment; processes tell each other through the cache.
 */
export class LiveServer {
  readonly #engine: Engine;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, clientTracking: false });
  readonly #companies = new Map<string, CompanyLive>();
  readonly #connections = new Set<LiveConnection>();
  readonly #presence = new Presence();
  readonly #ends: (() => void)[];

  constructor(engine: Engine) {
    this.#engine = engine;
    const look = (slug: string): void => void this.#companies.get(slug)?.look().catch(this.#failed);
    const lookAll = (): void => [...this.#companies.keys()].forEach(look);
    const recheck = (): void => void this.#recheckAll().catch(this.#failed);
    const { cache } = engine;
    const timers = [
      setInterval(() => this.#beat(), HEARTBEAT_MS).unref(),
      setInterval(lookAll, LOOK_EVERY_MS).unref(),
      setInterval(recheck, HEARTBEAT_MS).unref(),
    ];
    this.#ends = [
      engine.written.subscribe({ message: look, missed: lookAll }),
      cache.subscribe(PRESENT, { message: (text) => this.#hearPresence(text), missed: () => undefined }),
      cache.subscribe(IDENTITIES, { message: recheck, missed: recheck }),
      () => timers.forEach((timer) => clearInterval(timer)),
    ];
  }

  readonly #failed = (error: unknown): void => this.#engine.log.error({ err: error }, 'A live event could not be told');

  /** Takes upgrades of a server; anything but its own address is refused. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        const status = error instanceof Refusal ? error.status : 500;
        if (!(error instanceof Refusal)) this.#failed(error);
        refuseUpgrade(socket, status);
      });
    });
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const address = new URL(request.url ?? '/', 'http://server');
    if (address.pathname !== PATH) return refuseUpgrade(socket, 404);
    const credentials = credentialsOf(request.headers);
    if (credentials === null) return refuseUpgrade(socket, 401);
    // A browser opens sockets across origins with the cookie of this one: the origin says whose page it was.
    if (credentials.kind === 'session' && !this.#isOwnOrigin(request)) return refuseUpgrade(socket, 403);
    const caller = await this.#engine.identities.find(credentials.kind, credentials.secret);
    if (caller === null) return refuseUpgrade(socket, 401);
    const named = address.searchParams.get('company') ?? request.headers['x-company'];
    const member = chooseMember(caller, named ?? undefined, this.#engine.identities);
    const own = [...this.#connections].filter((each) => each.person.id === caller.person.id).length;
    if (own >= CONNECTIONS_MAX) return refuseUpgrade(socket, 429);
    const locale = acceptedLocale(request.headers['accept-language']) ?? caller.person.locale ?? 'en';
    this.#server.handleUpgrade(request, socket, head, (accepted: WebSocket) => {
      this.#welcome(new LiveConnection(accepted, credentials, { caller, member, locale }));
    });
  }

  #isOwnOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
    if (origin === undefined || !URL.canParse(origin)) return false;
    const { host: originHost } = new URL(origin);
    return originHost === host || this.#engine.settings.statefulDomains.includes(originHost);
  }

  #welcome(connection: LiveConnection): void {
    const { socket, company } = connection;
    this.#connections.add(connection);
    let live = this.#companies.get(company);
    if (live === undefined) {
      const { id } = connection.member.company;
      live = new CompanyLive(() => this.#engine.companies.latest(id));
      this.#companies.set(company, live);
    }
    live.connections.add(connection);
    socket.on('message', (data, isBinary) => void this.#hear(connection, data, isBinary).catch(this.#failed));
    socket.on('pong', () => (connection.isAlive = true));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#leave(connection));
    connection.tell({ type: 'ready', person: connection.person, company });
  }

  #leave(connection: LiveConnection): void {
    this.#connections.delete(connection);
    const live = this.#companies.get(connection.company);
    live?.connections.delete(connection);
    if (live?.connections.size === 0) this.#companies.delete(connection.company);
    for (const topic of connection.subscriptions.values()) {
      if (topic.kind === 'record') void this.#tellPresence(connection, topic.entity, topic.record, false);
    }
  }

  async #hear(connection: LiveConnection, data: RawData, isBinary: boolean): Promise<void> {
    if (!connection.admits()) return connection.close(CLOSE.tooMany, 'too many messages');
    const wish = isBinary ? 'A message is text.' : readWish((data as Buffer).toString('utf8'));
    if (typeof wish === 'string') {
      connection.tell({ type: 'refused', id: null, code: 'malformed-message', message: wish });
      return;
    }
    const live = this.#companies.get(connection.company);
    if (live !== undefined) await this.#grant(connection, live, wish);
  }

  async #grant(connection: LiveConnection, live: CompanyLive, wish: Wish): Promise<void> {
    const { subscriptions } = connection;
    if (wish.type === 'unsubscribe') {
      const topic = subscriptions.get(wish.id);
      subscriptions.delete(wish.id);
      if (topic?.kind === 'record') await this.#tellPresence(connection, topic.entity, topic.record, false);
      return;
    }
    if (wish.type === 'presence') {
      const isListening = live.listenersTo(wish.entity, wish.record).some((each) => each.connection === connection);
      // Whoever says to be at a record listens to it, and so was found to see it.
      if (isListening) await this.#tellPresence(connection, wish.entity, wish.record, wish.editing);
      return;
    }
    if (subscriptions.size >= SUBSCRIPTIONS_MAX && !subscriptions.has(wish.id)) {
      const message = `At most ${SUBSCRIPTIONS_MAX} subscriptions.`;
      connection.tell({ type: 'refused', id: wish.id, code: 'too-many', message });
      return;
    }
    await live.subscribe(connection, wish.id, wish.to, wish.since);
    if (wish.to.kind !== 'record' || !subscriptions.has(wish.id)) return;
    const { entity, record } = wish.to;
    if (this.#presence.at(placeOf(connection.company, entity, record)).length > 0) {
      this.#showPresence(connection.company, entity, record);
    }
  }

  #tellPresence(connection: LiveConnection, entity: string, record: string, editing: boolean): Promise<void> {
    const note: PresenceNote = { company: connection.company, entity, record, person: connection.person, editing };
    return this.#engine.cache.publish(PRESENT, JSON.stringify(note));
  }

  #hearPresence(text: string): void {
    const { company, entity, record, person, editing } = JSON.parse(text) as PresenceNote;
    if (this.#presence.note(placeOf(company, entity, record), person, editing)) {
      this.#showPresence(company, entity, record);
    }
  }

  #showPresence(company: string, entity: string, record: string): void {
    const people = this.#presence.at(placeOf(company, entity, record));
    for (const { connection, id } of this.#companies.get(company)?.listenersTo(entity, record) ?? []) {
      const others = people.filter((each) => each.id !== connection.person.id);
      connection.tell({ type: 'presence', id, entity, record, people: others });
    }
  }

  /** Ends connections that do not answer, and forgets people who are gone. */
  #beat(): void {
    for (const connection of this.#connections) {
      if (!connection.isAlive) {
        connection.socket.terminate();
        continue;
      }
      connection.isAlive = false;
      connection.socket.ping();
    }
    for (const place of this.#presence.sweep()) {
      const [company = '', entity = '', record = ''] = place.split(' ');
      this.#showPresence(company, entity, record);
    }
  }

  /** Looks everybody up anew: rights that are gone work no longer (promise R6). */
  async #recheckAll(): Promise<void> {
    const connections = [...this.#connections];
    for (let start = 0; start < connections.length; start += RECHECKED_AT_ONCE) {
      await Promise.all(connections.slice(start, start + RECHECKED_AT_ONCE).map((each) => this.#recheck(each)));
    }
  }

  async #recheck(connection: LiveConnection): Promise<void> {
    const { kind, secret } = connection.credentials;
    const caller = await this.#engine.identities.find(kind, secret);
    const member = caller?.members.find(({ company }) => company.slug === connection.company);
    if (caller === null || member === undefined) return connection.close(CLOSE.noRights, 'not signed in');
    const before = connection.rightsKey;
    connection.caller = caller;
    connection.member = member;
    // A new version of the metadata may have changed what roles are granted.
    const isSame = connection.rightsKey === before && connection.metadataVersion === member.company.metadataVersion;
    connection.metadataVersion = member.company.metadataVersion;
    if (!isSame) await this.#companies.get(connection.company)?.recheck(connection);
  }

  /** Says good-bye to everybody and takes nobody new. */
  stop(): void {
    for (const end of this.#ends) end();
    for (const connection of this.#connections) connection.close(CLOSE.goingAway, 'the server stops');
    this.#server.close();
    // Whoever does not answer the good-bye is not waited for.
    setTimeout(() => this.#connections.forEach(({ socket }) => socket.terminate()), GOODBYE_MS).unref();
  }
}

function placeOf(company: string, entity: string, record: string): string {
  return `${company} ${entity} ${record}`;
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
};

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Internal Server Error'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
