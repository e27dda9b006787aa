import type { Reader } from '../../storage/database.ts';
import { parameter } from '../../storage/dialect.ts';
import { statement, table } from '../../storage/statement.ts';

/** A change of a record as its history has it. */
export interface Change {
  readonly position: bigint;
  readonly entity: string;
  readonly record: string;
  readonly version: string;
  readonly action: string;
  readonly fields: readonly string[];
  readonly by: { readonly id: string; readonly name: string };
}

/** Changes that are read in one go; a client that missed more reads everything anew. */
export const CHANGES_MAX = 500;
/** A change may become visible this long after later ones: its id is given before its commit. */
const LATE_MS = 30_000;
/** How far behind the highest id such a change may lie. */
const LATE_IDS = 200;

const COLUMNS = 'id, entity, record_id, version, action, actor_id, actor_name, changes';

/**
 * The changes of one company in the order in which they can be seen. Ids are given before the commit, so what lies
 * behind the highest id may still appear; what was seen lately is remembered, and everything since is looked through.
 */
export class ChangeFeed {
  #floor: bigint | null = null;
  readonly #seen = new Map<bigint, number>();

  /**
   * Up to where everything was seen that can appear. Whoever goes on from here hears some changes of the last seconds
   * twice, and misses none.
   */
  get position(): bigint {
    return this.#floor ?? 0n;
  }

  /** Begins at what is there now; what was written lately may still appear between it. */
  async begin(reader: Reader): Promise<void> {
    if (this.#floor !== null) return;
    const text = `SELECT id FROM ${table('rk_history')} ORDER BY id DESC LIMIT ${LATE_IDS}`;
    const ids = (await reader.tuples(statement(text))).map(([id]) => BigInt(String(id)));
    const now = Date.now();
    for (const id of ids) this.#seen.set(id, now);
    this.#floor = ids.length < LATE_IDS ? 0n : (ids.at(-1) ?? 0n);
  }

  /** The changes that were not seen yet; null when there are more than can be told one by one. */
  async next(reader: Reader): Promise<readonly Change[] | null> {
    const floor = this.#floor ?? 0n;
    const found = await changesAfter(reader, floor, CHANGES_MAX + this.#seen.size);
    const fresh = found.filter(({ position }) => !this.#seen.has(position));
    const now = Date.now();
    for (const { position } of fresh) this.#seen.set(position, now);
    this.#forget(now);
    return fresh.length > CHANGES_MAX ? null : fresh;
  }

  /** What was seen long ago is below the floor: nothing appears there any more. */
  #forget(now: number): void {
    for (const [position, at] of [...this.#seen].sort(([one], [other]) => (one < other ? -1 : 1))) {
      if (now - at < LATE_MS) return;
      this.#floor = position;
      this.#seen.delete(position);
    }
  }
}

/** Changes behind a position, the earliest first; one more than `limit` where there are more. */
export async function changesAfter(reader: Reader, position: bigint, limit: number): Promise<readonly Change[]> {
  const id = parameter(reader.dialect, { kind: 'id' });
  const text = `SELECT ${COLUMNS} FROM ${table('rk_history')} WHERE id > ${id} ORDER BY id LIMIT ${limit + 1}`;
  const tuples = await reader.tuples(statement(text), [String(position)]);
  return tuples.map(([own, entity, record, version, action, actorId, actorName, changes]) => ({
    position: BigInt(String(own ?? 0)),
    entity: String(entity),
    record: String(record),
    version: String(version),
    action: String(action),
    fields: Object.keys(JSON.parse(String(changes)) as object),
    by: { id: String(actorId), name: String(actorName) },
  }));
}

/** How many notifications people have not read, by person. */
export async function unreadOf(reader: Reader, people: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (people.length === 0) return new Map();
  const id = parameter(reader.dialect, { kind: 'id' });
  const text =
    `SELECT user_id, COUNT(*) FROM ${table('rk_notification')} WHERE read_at IS NULL ` +
    `AND user_id IN (${people.map(() => id).join(', ')}) GROUP BY user_id`;
  const tuples = await reader.tuples(statement(text), [...people]);
  return new Map(tuples.map(([user, count]) => [String(user), Number(count)]));
}
