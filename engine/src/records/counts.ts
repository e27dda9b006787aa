import type { Dialect, Reader, Transaction } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { Statement } from '../storage/statement.ts';

/*
 * How many records an entity has, kept beside them so that a list of a million tells its length as fast as one of ten.
 * A single row per entity would make all writers wait for one another until their commits reached the disk. So each
 * count is the sum of several shards, and transactions under way in this process never share one.
 */
const COUNTER = table('rk_counter');

const ADD: Readonly<Record<Dialect, Statement>> = {
  mysql: statement(
    `INSERT INTO ${COUNTER} (entity, shard, n) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE n = n + VALUES(n)`,
  ),
  sqlite: statement(
    `INSERT INTO ${COUNTER} (entity, shard, n) VALUES (?, ?, ?) ON CONFLICT (entity, shard) DO UPDATE SET n = n + excluded.n`,
  ),
};
const TOTAL = statement(`SELECT COALESCE(SUM(n), 0) FROM ${COUNTER} WHERE entity = ?`);

const SHARDS = 64;
/** Processes begin at different shards, so that they seldom meet; when they do, one waits for the other's commit. */
const firstShard = Math.floor(Math.random() * SHARDS);
const takenShards = new Set<number>();

/** Runs `work` with a shard that nobody else in this process uses meanwhile, unless all are taken. */
export async function withShard<T>(dialect: Dialect, work: (shard: number) => Promise<T>): Promise<T> {
  // SQLite has one writer at a time.
  if (dialect === 'sqlite') return work(0);
  let shard = firstShard;
  while (takenShards.has(shard) && takenShards.size < SHARDS) shard = (shard + 1) % SHARDS;
  takenShards.add(shard);
  try {
    return await work(shard);
  } finally {
    takenShards.delete(shard);
  }
}

/** Adds to the counts; entities in the order of their names, so that no two transactions wait for each other. */
export async function addToCounts(
  transaction: Transaction,
  shard: number,
  added: ReadonlyMap<string, number>,
): Promise<void> {
  const entities = [...added].filter(([, count]) => count !== 0);
  if (entities.length > 1) entities.sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [entity, count] of entities) await transaction.run(ADD[transaction.dialect], [entity, shard, count]);
}

/** How many records an entity has. */
export async function countRecords(reader: Reader, entity: string): Promise<number> {
  const [total] = await reader.tuples(TOTAL, [entity]);
  return Number(total?.[0] ?? 0);
}
