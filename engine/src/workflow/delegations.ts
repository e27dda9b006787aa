import { storedInstant } from '../base/clock.ts';
import type { Reader, Session } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow } from '../storage/statement.ts';

/** Somebody who may take transitions for a member who is away. */
export interface Delegation {
  readonly id: string;
  readonly fromUserId: string;
  readonly toUserId: string;
  /** Null: of all entities. */
  readonly entity: string | null;
  /** The first and the last day, `YYYY-MM-DD`. */
  readonly from: string;
  readonly until: string;
}

/** A member whose rights somebody may use for a transition. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

const COLUMNS = 'id, from_user_id, to_user_id, entity, from_date, until_date';
const DELEGATION = table('rk_delegation');
const INSERT = statement(
  `INSERT INTO ${DELEGATION} (from_user_id, to_user_id, entity, from_date, until_date, created_at) ` +
    'VALUES (?, ?, ?, ?, ?, ?)',
);

/** The delegations that a member has given or been given, the latest first. */
export async function delegationsOf(reader: Reader, userId: string): Promise<readonly Delegation[]> {
  const id = parameter(reader.dialect, { kind: 'id' });
  const text = `SELECT ${COLUMNS} FROM ${DELEGATION} WHERE from_user_id = ${id} OR to_user_id = ${id} ORDER BY id DESC`;
  return (await reader.all(statement(text), [userId, userId])).map(delegationFrom);
}

/** The members whose rights somebody may use today for records of an entity. */
export async function principalIds(
  reader: Reader,
  userId: string,
  entity: string,
  today: string,
): Promise<readonly string[]> {
  const text =
    `SELECT DISTINCT from_user_id FROM ${DELEGATION} WHERE to_user_id = ${parameter(reader.dialect, { kind: 'id' })} ` +
    'AND (entity IS NULL OR entity = ?) AND from_date <= ? AND until_date >= ? ORDER BY from_user_id';
  const tuples = await reader.tuples(statement(text), [userId, entity, today, today]);
  return tuples.map(([id]) => String(id));
}

export async function addDelegation(writer: Session, delegation: Omit<Delegation, 'id'>): Promise<string> {
  const { fromUserId, toUserId, entity, from, until } = delegation;
  const now = storedInstant(Date.now());
  return (await writer.run(INSERT, [fromUserId, toUserId, entity, from, until, now])).lastId;
}

/** Takes back a delegation that the member has given. Answers false when there is none. */
export async function removeDelegation(writer: Session, id: string, fromUserId: string): Promise<boolean> {
  const same = parameter(writer.dialect, { kind: 'id' });
  const text = `DELETE FROM ${DELEGATION} WHERE id = ${same} AND from_user_id = ${same}`;
  return (await writer.run(statement(text), [id, fromUserId])).changes > 0;
}

function delegationFrom(row: RawRow): Delegation {
  const { entity } = row;
  return {
    id: String(row['id']),
    fromUserId: String(row['from_user_id']),
    toUserId: String(row['to_user_id']),
    entity: entity === null || entity === undefined ? null : String(entity),
    from: String(row['from_date']),
    until: String(row['until_date']),
  };
}
