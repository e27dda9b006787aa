import { storedInstant } from '../base/clock.ts';
import type { Database } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';

const REMOVE = statement(`DELETE FROM ${table('rk_metadata_version')} WHERE number = ?`);
const INSERT = statement(`
  INSERT INTO ${table('rk_metadata_version')}
    (number, hash, parent, documents, created_at, actor_kind, actor_id, actor_name, note)
  VALUES (?, ?, ?, ?, ?, 'system', 'metadata', 'metadata', NULL)`);

/**
 * Writes down which metadata a company serves as its version `number` (R-C5), before the switch to it. A version that
 * was written but never served, because the process was killed in between, is written again.
 */
export async function rememberVersion(
  database: Database,
  number: number,
  hash: string,
  modules: readonly string[],
): Promise<void> {
  const parent = number > 1 ? number - 1 : null;
  await database.transaction(async (transaction) => {
    await transaction.run(REMOVE, [number]);
    const documents = JSON.stringify({ modules: [...modules].sort() });
    await transaction.run(INSERT, [number, hash, parent, documents, storedInstant(Date.now())]);
  });
}
