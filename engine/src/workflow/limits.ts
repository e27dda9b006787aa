import { storedInstant } from '../base/clock.ts';
import { Decimal } from '../base/decimal.ts';
import type { Reader, Session } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';

const LIMIT = table('rk_member_limit');
const DELETE = statement(`DELETE FROM ${LIMIT} WHERE user_id = ?`);
const INSERT = statement(`INSERT INTO ${LIMIT} (user_id, approval_limit, updated_at) VALUES (?, ?, ?)`);

/** The most that a member may decide alone; null for a member without a limit of their own, who may decide nothing. */
export async function approvalLimitOf(reader: Reader, userId: string): Promise<Decimal | null> {
  const id = parameter(reader.dialect, { kind: 'id' });
  const text = `SELECT approval_limit FROM ${LIMIT} WHERE user_id = ${id}`;
  const [row] = await reader.tuples(statement(text), [userId]);
  return row === undefined ? null : Decimal.parse(String(row[0]));
}

/** Gives a member a limit, or takes it away. */
export async function setApprovalLimit(writer: Session, userId: string, limit: Decimal | null): Promise<void> {
  await writer.run(DELETE, [userId]);
  if (limit !== null) await writer.run(INSERT, [userId, limit.toString(), storedInstant(Date.now())]);
}
