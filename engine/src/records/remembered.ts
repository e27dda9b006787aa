import { BoundedMap } from '../storage/bounded-map.ts';
import type { Reader } from '../storage/database.ts';

/*
 * What lists and defaults ask again and again: how many records fit a filter, and which record a natural key names.
 * A write of this process forgets what it may have changed. Another process may write too, so nothing is believed
 * longer than a second; whoever writes is never guided by it, foreign keys have the last word.
 */
const BELIEVED_MS = 1_000;
const TOTALS_MAX = 500;
const IDS_MAX = 1_000;

interface Memory {
  /** Counts the writes of this process. */
  writes: number;
  readonly totals: BoundedMap<string, { readonly total: number; readonly writes: number; readonly until: number }>;
  readonly ids: BoundedMap<string, { readonly id: string; readonly until: number }>;
}

/** By the company's database; a transaction has none, it reads for itself. */
const memories = new WeakMap<object, Memory>();

function memoryOf(reader: object): Memory {
  let memory = memories.get(reader);
  if (memory === undefined) {
    memory = { writes: 0, totals: new BoundedMap(TOTALS_MAX), ids: new BoundedMap(IDS_MAX) };
    memories.set(reader, memory);
  }
  return memory;
}

function believedUntil(): number {
  return performance.now() + BELIEVED_MS;
}

/** To be called when writes to these entities were committed. */
export function forgetWritten(database: object, entities: ReadonlySet<string>): void {
  const memory = memories.get(database);
  if (memory === undefined) return;
  memory.writes += 1;
  for (const entity of entities) memory.ids.deleteWhere((key) => key.startsWith(`${entity}\n`));
}

/** The count of a filtered list, asked of the database when nobody knows it. */
export async function rememberedTotal(reader: Reader, query: string, count: () => Promise<number>): Promise<number> {
  const memory = memoryOf(reader);
  const known = memory.totals.get(query);
  if (known !== undefined && known.writes === memory.writes && known.until > performance.now()) return known.total;
  const { writes } = memory;
  const total = await count();
  memory.totals.set(query, { total, writes, until: believedUntil() });
  return total;
}

/** The ids of natural keys as far as they are known; `find` is asked for the others, and keys that name nothing are asked for again. */
export async function rememberedIds(
  reader: Reader,
  entity: string,
  keys: readonly string[],
  find: (keys: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const { ids } = memoryOf(reader);
  const found = new Map<string, string>();
  const unknown: string[] = [];
  for (const key of keys) {
    const lower = key.toLowerCase();
    const known = ids.get(`${entity}\n${lower}`);
    if (known !== undefined && known.until > performance.now()) found.set(lower, known.id);
    else unknown.push(key);
  }
  if (unknown.length === 0) return found;
  const until = believedUntil();
  for (const [key, id] of await find(unknown)) {
    found.set(key, id);
    ids.set(`${entity}\n${key}`, { id, until });
  }
  return found;
}
