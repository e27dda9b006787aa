import { millisecondsOf, storedInstant } from '../base/clock.ts';
import { randomId } from '../base/ids.ts';
import type { Database, Reader } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import { companyLayer } from './company-layer.ts';
import type { CompanyDocument, CompanyLayer } from './company-layer.ts';

/** How long a plan may be applied. */
const LIFETIME_MS = 3_600_000;
/** Plans are kept longer than they are valid: a change that a kill interrupted is finished from its plan. */
const KEPT_MS = 7 * 24 * LIFETIME_MS;

const INSERT = statement(`
  INSERT INTO ${table('rk_metadata_plan')} (id, base_version, documents, note, created_at) VALUES (?, ?, ?, ?, ?)`);
const FIND = statement(
  `SELECT id, base_version, documents, note, created_at FROM ${table('rk_metadata_plan')} WHERE id = ?`,
);
const REMOVE_OLD = statement(`DELETE FROM ${table('rk_metadata_plan')} WHERE created_at < ?`);

/** A layer that somebody looked at and may publish, as long as version `base` is the one that serves. */
export interface StoredPlan {
  readonly id: string;
  readonly base: number;
  readonly layer: CompanyLayer;
  readonly note: string | null;
  readonly isExpired: boolean;
}

/** Keeps a plan and answers its id; plans that nobody needs any more go. */
export async function keepPlan(database: Database, plan: Pick<StoredPlan, 'base' | 'layer' | 'note'>): Promise<string> {
  const now = Date.now();
  const id = randomId();
  await database.transaction(async (transaction) => {
    await transaction.run(REMOVE_OLD, [storedInstant(now - KEPT_MS)]);
    const documents = JSON.stringify(plan.layer.documents);
    await transaction.run(INSERT, [id, plan.base, documents, plan.note, storedInstant(now)]);
  });
  return id;
}

/** The plan of an id; null when there is none. */
export async function findPlan(reader: Reader, id: string): Promise<StoredPlan | null> {
  const row = await reader.get(FIND, [id]);
  if (row === undefined) return null;
  return {
    id,
    base: Number(row['base_version']),
    layer: companyLayer(JSON.parse(String(row['documents'])) as readonly CompanyDocument[]),
    note: row['note'] === null ? null : String(row['note']),
    isExpired: Date.now() - millisecondsOf(String(row['created_at'])) > LIFETIME_MS,
  };
}
