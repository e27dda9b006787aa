import { covers } from '../../access/abilities.ts';
import { actorOf } from '../../access/caller.ts';
import { reachOf } from '../../access/reach.ts';
import type { Entity } from '../../compiler/model.ts';
import { sightsOf } from '../../records/bounds.ts';
import { READ } from '../../records/reach.ts';
import { existingIds } from '../../records/existing-ids.ts';
import type { ReadFrom } from '../../records/context.ts';
import { sees } from '../../records/sight.ts';
import type { Sight } from '../../records/sight.ts';
import { readingFrom } from '../../records/write-unit.ts';
import { recordContext } from '../../runtime/company.ts';
import type { CompanyRuntime } from '../../runtime/company.ts';
import type { LiveConnection } from './connection.ts';
import { ChangeFeed, CHANGES_MAX, changesAfter, unreadOf } from './feed.ts';
import type { Change } from './feed.ts';
import type { Topic } from './protocol.ts';

/** What connections of the same rights see of the records of one entity. */
interface Eyes {
  /** Whether all records are seen, also those that are gone. */
  readonly seesAll: boolean;
  readonly sees: (id: string) => boolean;
  readonly sightOf: (id: string) => Sight;
}

const BLIND: Eyes = { seesAll: false, sees: () => false, sightOf: () => null };

/** The connections of one company, and what they are told. */
export class CompanyLive {
  readonly connections = new Set<LiveConnection>();
  readonly #open: () => Promise<CompanyRuntime>;
  readonly #feed = new ChangeFeed();
  #turn: Promise<void> = Promise.resolve();

  /** @param open the company as it is served now */
  constructor(open: () => Promise<CompanyRuntime>) {
    this.#open = open;
  }

  /** Looks for what is new and tells it; one look at a time, and what comes meanwhile is seen by the next. */
  look(): Promise<void> {
    // A look that failed, because the database was away, does not keep the next one from being taken.
    const turn = this.#turn.catch(() => undefined).then(() => this.#tellNew());
    this.#turn = turn;
    return turn;
  }

  async #tellNew(): Promise<void> {
    if (this.connections.size === 0) return;
    const company = await this.#open();
    await this.#feed.begin(company.database);
    const changes = await this.#feed.next(company.database);
    if (changes === null) this.#reset();
    else if (changes.length > 0) await this.#tellChanges(company, changes);
    await this.#tellUnread(company);
  }

  #reset(): void {
    const position = String(this.#feed.position);
    for (const connection of this.connections) {
      for (const id of connection.subscriptions.keys()) connection.tell({ type: 'reset', id, position });
    }
  }

  async #tellChanges(company: CompanyRuntime, changes: readonly Change[]): Promise<void> {
    const eyes = new EyesOfConnections(company, changes);
    for (const connection of this.connections) {
      for (const [id, topic] of connection.subscriptions) {
        if (topic.kind === 'notifications') continue;
        for (const change of changes) {
          if (isMeant(topic, change)) await tellChange(connection, id, topic, change, eyes, this.#feed.position);
        }
      }
    }
  }

  async #tellUnread(company: CompanyRuntime): Promise<void> {
    const listening = [...this.connections].flatMap((connection) =>
      [...connection.subscriptions].flatMap(([id, topic]) =>
        topic.kind === 'notifications' ? [{ connection, id }] : [],
      ),
    );
    const unread = await unreadOf(company.database, [
      ...new Set(listening.map(({ connection }) => connection.person.id)),
    ]);
    for (const { connection, id } of listening) {
      const count = unread.get(connection.person.id) ?? 0;
      if (connection.unread === count) continue;
      connection.unread = count;
      connection.tell({ type: 'notifications', id, unread: count });
    }
  }

  /** Adds a subscription and tells what was missed since the position that the client names. */
  async subscribe(connection: LiveConnection, id: string, topic: Topic, since: bigint | null): Promise<void> {
    const company = await this.#open();
    await this.#feed.begin(company.database);
    const isOpen =
      topic.kind === 'notifications'
        ? covers(connection.caller.abilities, 'account', 'read')
        : await this.#isOpen(company, connection, topic);
    if (!isOpen) {
      connection.tell({ type: 'refused', id, code: 'not-found', message: 'There is nothing here, or not for you.' });
      return;
    }
    connection.subscriptions.set(id, topic);
    connection.tell({ type: 'subscribed', id, position: String(this.#feed.position) });
    if (topic.kind === 'notifications') connection.unread = null;
    else if (since !== null) await this.#catchUp(company, connection, id, topic, since);
    if (topic.kind === 'notifications') await this.#tellUnread(company);
  }

  async #catchUp(
    company: CompanyRuntime,
    connection: LiveConnection,
    id: string,
    topic: Exclude<Topic, { kind: 'notifications' }>,
    since: bigint,
  ): Promise<void> {
    const missed = await changesAfter(company.database, since, CHANGES_MAX);
    if (missed.length > CHANGES_MAX) {
      connection.tell({ type: 'reset', id, position: String(this.#feed.position) });
      return;
    }
    const eyes = new EyesOfConnections(company, missed);
    for (const change of missed) {
      if (isMeant(topic, change)) await tellChange(connection, id, topic, change, eyes, this.#feed.position);
    }
  }

  async #isOpen(
    company: CompanyRuntime,
    connection: LiveConnection,
    topic: Exclude<Topic, { kind: 'notifications' }>,
  ): Promise<boolean> {
    const entity = company.model.entities.get(topic.entity);
    if (entity === undefined || entity.kind === 'lines') return false;
    const { reach, from } = lookOf(company, connection);
    if (!reach.mayRead(entity)) return false;
    if (topic.kind === 'list') return true;
    const isThere = (await existingIds(from.reader, entity.table, [topic.record])).has(topic.record);
    return isThere && (await sightsOf(from, reach, entity, [topic.record])).sees(topic.record);
  }

  /** After rights changed: what somebody sees no more is told as gone. */
  async recheck(connection: LiveConnection): Promise<void> {
    const company = await this.#open();
    for (const [id, topic] of connection.subscriptions) {
      if (topic.kind === 'notifications' || (await this.#isOpen(company, connection, topic))) continue;
      connection.subscriptions.delete(id);
      const record = topic.kind === 'record' ? topic.record : '';
      connection.tell({ type: 'removed', id, entity: topic.entity, record });
    }
  }

  /** Whether a connection may know who is at a record: it listens to it. */
  listenersTo(entity: string, record: string): readonly { readonly connection: LiveConnection; readonly id: string }[] {
    return [...this.connections].flatMap((connection) =>
      [...connection.subscriptions].flatMap(([id, topic]) =>
        topic.kind === 'record' && topic.entity === entity && topic.record === record ? [{ connection, id }] : [],
      ),
    );
  }
}

function isMeant(topic: Exclude<Topic, { kind: 'notifications' }>, change: Change): boolean {
  return topic.entity === change.entity && (topic.kind === 'list' || topic.record === change.record);
}

async function tellChange(
  connection: LiveConnection,
  id: string,
  topic: Topic,
  change: Change,
  eyes: EyesOfConnections,
  position: bigint,
): Promise<void> {
  const { entity, record, version, action, by } = change;
  const own = await eyes.of(connection, entity);
  if (action === 'delete' || !own.sees(record)) {
    // Whoever listens to one record did see it. To a list, a record that may never have been seen is not named.
    if (topic.kind === 'record' || own.seesAll) connection.tell({ type: 'removed', id, entity, record });
    return;
  }
  const holder = eyes.entity(entity) as Entity;
  const fields = change.fields.filter((name) => sees(holder, own.sightOf(record), name));
  connection.tell({ type: 'changed', id, entity, record, version, action, fields, by, position: String(position) });
}

function lookOf(
  company: CompanyRuntime,
  connection: LiveConnection,
): { readonly reach: ReturnType<typeof reachOf>; readonly from: ReadFrom } {
  const actor = actorOf(connection.caller, connection.member, connection.locale);
  const context = recordContext(company, actor);
  return {
    reach: reachOf(actor, connection.caller.abilities, company.model),
    from: readingFrom(context, company.database),
  };
}

/** Asks once for each set of rights and entity which of the changed records are seen, however many connections there are. */
class EyesOfConnections {
  readonly #company: CompanyRuntime;
  readonly #changes: readonly Change[];
  readonly #known = new Map<string, Promise<Eyes>>();

  constructor(company: CompanyRuntime, changes: readonly Change[]) {
    this.#company = company;
    this.#changes = changes;
  }

  entity(name: string): Entity | undefined {
    return this.#company.model.entities.get(name);
  }

  of(connection: LiveConnection, name: string): Promise<Eyes> {
    const key = `${connection.rightsKey} ${name}`;
    let eyes = this.#known.get(key);
    if (eyes === undefined) {
      eyes = this.#open(connection, name);
      this.#known.set(key, eyes);
    }
    return eyes;
  }

  async #open(connection: LiveConnection, name: string): Promise<Eyes> {
    const entity = this.entity(name);
    const { reach, from } = lookOf(this.#company, connection);
    if (entity === undefined || !reach.mayRead(entity)) return BLIND;
    const ids = this.#changes.filter((change) => change.entity === name).map(({ record }) => record);
    return { ...(await sightsOf(from, reach, entity, ids)), seesAll: reach.bounds(entity, READ) === null };
  }
}
