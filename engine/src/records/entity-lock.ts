import type { Entity } from '../compiler/model.ts';
import type { Transaction } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';

const LOCK = statement(
  `INSERT INTO ${table('rk_sequence')} (name, period, next_value) VALUES (?, 'lock', 1) ` +
    'ON DUPLICATE KEY UPDATE next_value = next_value + 1',
);

/** Until the commit, others that lock the same entity wait. For what only a look at all its records can decide. */
export async function lockEntity(transaction: Transaction, entity: Entity): Promise<void> {
  // SQLite has one writer at a time.
  if (transaction.dialect === 'mysql') await transaction.run(LOCK, [entity.name]);
}
