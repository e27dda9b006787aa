import { instantOf, storedInstant } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { actionsOn, demandSight } from '../records/bounds.ts';
import type { ReadFrom, RecordContext } from '../records/context.ts';
import { loadRecord } from '../records/load-record.ts';
import { writeUnit } from '../records/write-unit.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';

/** A record that was opened to a person, beyond the conditions of their grants. */
export interface Share {
  readonly id: string;
  readonly personId: string;
  readonly mayWrite: boolean;
  readonly sharedBy: string;
  readonly createdAt: string;
}

/** People that one record can be opened to. */
const SHARES_MAX = 200;

const SHARE = table('rk_share');
const INSERT = statement(
  `INSERT INTO ${SHARE} (entity, record_id, person_id, may_write, shared_by, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
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
    `SELECT id, person_id, may_write, shared_by, created_at FROM ${SHARE} ` +
    `WHERE entity = ? AND record_id = ${id} ORDER BY id LIMIT ${SHARES_MAX}`;
  const rows = await from.reader.tuples(statement(text), [entity.name, operation.id]);
  return rows.map(([own, person, mayWrite, by, at]) => ({
    id: String(own),
    personId: String(person),
    mayWrite: Number(mayWrite) === 1,
    sharedBy: String(by),
    createdAt: instantOf(String(at)),
  }));
}

/**
 * Opens a record to a person; what was opened to them before is replaced. Refuses `not-found` where the caller does not
 * see the record, and `forbidden` for a right that the caller lacks (promise R5).
 */
export function addShare(
  context: RecordContext,
  { entity, operation, actor, reach }: Authorized<OperationOf<'share'>>,
  personId: string,
  mayWrite: boolean,
): Promise<Share> {
  return writeUnit(context, async ({ transaction, from }) => {
    await demandSight(from, reach, entity, operation.id);
    await loadRecord(from, entity, operation.id);
    const needed = mayWrite ? ['update'] : [];
    const held = await actionsOn(from, { reach, entity }, operation.id, needed);
    if (needed.some((action) => !held.has(action))) throw refuse('forbidden');
    const at = storedInstant(Date.now());
    const id = parameter(transaction.dialect, { kind: 'id' });
    await transaction.run(
      statement(`DELETE FROM ${SHARE} WHERE entity = ? AND record_id = ${id} AND person_id = ${id}`),
      [entity.name, operation.id, personId],
    );
    const bindings = [entity.name, operation.id, personId, mayWrite ? 1 : 0, actor.id, at];
    const { lastId } = await transaction.run(INSERT, bindings);
    return { id: lastId, personId, mayWrite, sharedBy: actor.id, createdAt: instantOf(at) };
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
