import type { Identity } from './identity.ts';
import { placeRows, places } from './store.ts';
import type { Store, Writing } from './store.ts';

/** A change as history tells it: `[before, after]` by field. */
export type Changes = Readonly<Record<string, readonly [unknown, unknown]>>;

const INSERT_HISTORY = `
  INSERT INTO rk_history (entity, record_id, version, action, actor_kind, actor_id, actor_name, at, changes)
  VALUES (?, ?, ?, ?, 'person', ?, ?, ?, ?)`;
const INSERT_OUTBOX = 'INSERT INTO rk_outbox (topic, payload, created_at) VALUES (?, ?, ?)';
const TOPICS = { create: 'record.created', update: 'record.updated', submit: 'record.submitted' } as const;
const ADD_TO_COUNT = {
  sqlite: `
    INSERT INTO rk_counter (entity, shard, n) VALUES (?, ?, 1)
    ON CONFLICT (entity, shard) DO UPDATE SET n = n + 1`,
  mysql: 'INSERT INTO rk_counter (entity, shard, n) VALUES (?, ?, 1) ON DUPLICATE KEY UPDATE n = n + 1',
};
const IGNORE = { sqlite: 'ON CONFLICT DO NOTHING', mysql: 'ON DUPLICATE KEY UPDATE record_id = record_id' };

/** Writers side by side add to different rows of a count, or each would wait for the other's commit. */
const SHARDS = 64;
let shard = 0;

/** Writes down a change, and tells the outbox of it. */
export async function recordChange(
  writing: Writing,
  change: {
    readonly entity: string;
    readonly id: string;
    readonly version: string;
    readonly action: keyof typeof TOPICS;
    readonly changes: Changes;
  },
  actor: Identity,
  now: string,
): Promise<void> {
  const { entity, id, version, action, changes } = change;
  const at = `${now.slice(0, 10)} ${now.slice(11, 23)}`;
  const bound = [entity, Number(id), Number(version), action, actor.id, actor.name, at, JSON.stringify(changes)];
  await writing.run(INSERT_HISTORY, bound);
  const payload = JSON.stringify({ entity, id, version, action, fields: Object.keys(changes) });
  await writing.run(INSERT_OUTBOX, [TOPICS[action], payload, at]);
}

export async function countOne(writing: Writing, store: Store, entity: string): Promise<void> {
  shard = (shard + 1) % SHARDS;
  await writing.run(ADD_TO_COUNT[store.dialect], [entity, store.dialect === 'sqlite' ? 0 : shard]);
}

/** The words that texts are found by. */
export function wordsOf(texts: readonly unknown[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const text of texts) {
    if (typeof text !== 'string') continue;
    const plain = text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase();
    for (const word of plain.split(/[^\p{L}\p{N}]+/u)) if (word !== '') words.add(word.slice(0, 40));
  }
  return words;
}

/** Brings the search index from the words a record had to those it has. */
export async function indexWords(
  writing: Writing,
  store: Store,
  { entity, id }: { readonly entity: string; readonly id: string },
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): Promise<void> {
  const removed = [...before].filter((word) => !after.has(word));
  const added = [...after].filter((word) => !before.has(word));
  if (removed.length > 0) {
    await writing.run(
      `DELETE FROM rk_word WHERE entity = ? AND record_id = ? AND word IN (${places(removed.length)})`,
      [entity, Number(id), ...removed],
    );
  }
  if (added.length > 0) {
    await writing.run(
      `INSERT INTO rk_word (entity, word, record_id) VALUES ${placeRows(added.length, 3)} ${IGNORE[store.dialect]}`,
      added.flatMap((word) => [entity, word, Number(id)]),
    );
  }
}
