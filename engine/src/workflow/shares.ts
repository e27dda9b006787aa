import { instantOf, storedInstant } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { actionsOn, demandSight } from '../records/bounds.ts';
import type { ReadFrom, RecordContext } from '../records/context.ts';
import { loadRecord } from '../records/load-record.ts';
import { writeUnit } from '../records/write-unit.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';

/** A record that was opened to a person or to everybody with a role, beyond the conditions of their grants. */
export interface Share extends NewShare {
  readonly id: string;
  readonly sharedBy: string;
  readonly createdAt: string;
}

export interface NewShare {
  /** As HOLDER of records/reach.ts names them. */
  readonly holder: string;
  readonly mayWrite: boolean;
  /** An instant, from which on it opens nothing; null for good. */
  readonly endsAt: string | null;
}

/** People and roles that one record can be opened to. */
const SHARES_MAX = 200;

const SHARE = table('rk_shared');
const INSERT = statement(
  `INSERT INTO ${SHARE} (entity, record_id, holder, may_write, ends_at, shared_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
);

/** To whom a record was opened. Refuses `not-found` where the caller does not see it. */
export async function readShares(
  from: ReadFrom,
  { entity, operation, reach }: Authorized<OperationOf<'shares'>>,
): Promise<readonly Share[]> {
  await demandSight(from, reach, entity, operation.id);
  await loadRecord(from, entity, operation.id);
  const id = parameter(from.reader.dialect, { kind: 'id' });
  const text =
    `SELECT id, holder, may_write, ends_at, shared_by, created_at FROM ${SHARE} ` +
    `WHERE entity = ? AND record_id = ${id} ORDER BY id LIMIT ${SHARES_MAX}`;
  const rows = await from.reader.tuples(statement(text), [entity.name, operation.id]);
  return rows.map(([own, holder, mayWrite, ends, by, at]) => ({
    id: String(own),
    holder: String(holder),
    mayWrite: Number(mayWrite) === 1,
    endsAt: ends === null || ends === undefined ? null : instantOf(String(ends)),
    sharedBy: String(by),
    createdAt: instantOf(String(at)),
  }));
}

/**
 * Opens a record to a person or a role; what was opened to them before is replaced. Refuses `not-found` where the caller does not
 * see the record, and `forbidden` for a right that the caller lacks (promise R5).
 */
export function addShare(
  context: RecordContext,
  { entity, operation, actor, reach }: Authorized<OperationOf<'share'>>,
  { holder, mayWrite, endsAt }: NewShare,
): Promise<Share> {
  return writeUnit(context, async ({ transaction, from }) => {
    await demandSight(from, reach, entity, operation.id);
    await loadRecord(from, entity, operation.id);
    const needed = mayWrite ? ['update'] : [];
    const held = await actionsOn(from, { reach, entity }, operation.id, needed);
    if (needed.some((action) => !held.has(action))) throw refuse('forbidden');
    const at = storedInstant(Date.now());
    const id = parameter(transaction.dialect, { kind: 'id' });
    await transaction.run(statement(`DELETE FROM ${SHARE} WHERE entity = ? AND record_id = ${id} AND holder = ?`), [
      entity.name,
      operation.id,
      holder,
    ]);
    const ends = endsAt === null ? null : storedInstant(Date.parse(endsAt));
    const bindings = [entity.name, operation.id, holder, mayWrite ? 1 : 0, ends, actor.id, at];
    const { lastId } = await transaction.run(INSERT, bindings);
    return { id: lastId, holder, mayWrite, endsAt, sharedBy: actor.id, createdAt: instantOf(at) };
  });
}

/** Closes a record again. Refuses `not-found`, also for a share of somebody else by somebody who is no admin. */
export function removeShare(
  context: RecordContext,
  { entity, operation, actor, reach }: Authorized<OperationOf<'share'>>,
  shareId: string,
  mayRemoveAny: boolean,
): Promise<void> {
  return writeUnit(context, async ({ transaction, from }) => {
    await demandSight(from, reach, entity, operation.id);
    const id = parameter(transaction.dialect, { kind: 'id' });
    const text =
      `DELETE FROM ${SHARE} WHERE id = ${id} AND entity = ? AND record_id = ${id}` +
      (mayRemoveAny ? '' : ` AND shared_by = ${id}`);
    const bindings = [shareId, entity.name, operation.id, ...(mayRemoveAny ? [] : [actor.id])];
    const { changes } = await transaction.run(statement(text), bindings);
    if (changes === 0) throw refuse('not-found');
  });
}
