import { isRowId } from '../base/ids.ts';
import { refuse } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import type { Json } from '../metamodel/field-type.ts';
import { storedInstant } from '../expression/sql/binding.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { Reader, Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import type { Changes } from './changes.ts';
import { demandSight } from './bounds.ts';
import { instantOf } from './column-codec.ts';
import type { ReadFrom } from './context.ts';
import { keepSeen } from './sight.ts';
import type { Sight } from './sight.ts';
import { placeholderRows, SizedStatement } from './sized-statement.ts';
import type { JsonRecord } from './stored-entity.ts';

/** What happened to a record: `create`, `update`, `delete`, or an action of its life such as `submit`. */
export type ChangeAction = string;

export interface HistoryEntry {
  readonly version: string;
  readonly action: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string };
  readonly at: string;
  readonly changes: { readonly [field: string]: readonly [Json, Json] };
}

/** Entries that one answer holds, the latest first. */
const ENTRIES_MAX = 200;

export const INSERT_CHANGES = new SizedStatement(
  (count) =>
    `INSERT INTO ${table('rk_history')} (entity, record_id, version, action, actor_kind, actor_id, actor_name, at, changes) ` +
    `VALUES ${placeholderRows(count, 9)}`,
);
export const INSERT_EVENTS = new SizedStatement(
  (count) => `INSERT INTO ${table('rk_outbox')} (topic, payload, created_at) VALUES ${placeholderRows(count, 3)}`,
);

const TOPICS: Readonly<Record<string, string>> = {
  create: 'record.created',
  update: 'record.updated',
  delete: 'record.deleted',
  submit: 'record.submitted',
  cancel: 'record.cancelled',
};
/** Topic of an action that a workflow names; its payload says which. */
const TRANSITION_TOPIC = 'record.transition';

interface Change {
  readonly entity: Entity;
  readonly id: string;
  readonly version: number;
  readonly action: ChangeAction;
  readonly changes: Changes;
}

/** A row of the history and one of the outbox. */
export interface ChangeRows {
  readonly change: readonly Binding[];
  readonly event: readonly Binding[];
}

/** Writes down a change and tells the outbox, in the transaction that makes it. */
export async function recordChange(transaction: Transaction, change: Change, actor: Actor, now: string): Promise<void> {
  const rows = rowsOfChange(change, actor, now);
  await transaction.run(INSERT_CHANGES.of(1), rows.change);
  await transaction.run(INSERT_EVENTS.of(1), rows.event);
}

/** See `recordChange`. */
export function rowsOfChange({ entity, id, version, action, changes }: Change, actor: Actor, now: string): ChangeRows {
  const at = storedInstant(now);
  const payload = JSON.stringify({
    entity: entity.name,
    id,
    version: String(version),
    action,
    fields: Object.keys(changes),
    ...(actor.level === undefined ? {} : { level: actor.level }),
  });
  const who = [actor.kind, actor.id, actor.name];
  return {
    change: [entity.name, id, version, action, ...who, at, JSON.stringify(changes)],
    event: [TOPICS[action] ?? TRANSITION_TOPIC, payload, at],
  };
}

const entries = (dialect: Reader['dialect']): ReturnType<typeof statement> =>
  statement(
    `SELECT version, action, actor_kind, actor_id, actor_name, at, changes FROM ${table('rk_history')} ` +
      `WHERE entity = ? AND record_id = ${parameter(dialect, { kind: 'id' })} ORDER BY id DESC LIMIT ${ENTRIES_MAX}`,
  );
const ENTRIES = { sqlite: entries('sqlite'), mysql: entries('mysql') };

/** The latest changes of a record, newest first. Throws the refusal `not-found` when the record is not there. */
export async function readHistory(
  from: ReadFrom,
  { operation, entity, reach }: Authorized<OperationOf<'history'>>,
): Promise<{ readonly entries: readonly HistoryEntry[] }> {
  const { reader } = from;
  const { id } = operation;
  const tuples = isRowId(id) ? await reader.tuples(ENTRIES[reader.dialect], [entity.name, id]) : [];
  // Every record has a history that begins with its creation.
  if (tuples.length === 0 || tuples[0]?.[1] === 'delete') throw refuse('not-found');
  const sight = await demandSight(from, reach, entity, id);
  return {
    entries: tuples.map(([version, action, kind, actor, name, at, changes]) => ({
      version: String(version),
      action: String(action),
      actor: { kind: String(kind), id: String(actor), name: String(name) },
      at: instantOf(String(at)),
      changes: changesSeen(entity, JSON.parse(String(changes)) as HistoryEntry['changes'], sight),
    })),
  };
}

/** What the actor sees of the changes: both states are masked as the record itself would be. */
function changesSeen(entity: Entity, changes: HistoryEntry['changes'], sight: Sight): HistoryEntry['changes'] {
  if (sight === null) return changes;
  const [before, after] = [0, 1].map((side) => {
    const state = Object.fromEntries(Object.entries(changes).map(([name, sides]) => [name, sides[side as 0 | 1]]));
    keepSeen(entity, state as JsonRecord, sight);
    return state;
  }) as [Record<string, Json>, Record<string, Json>];
  return Object.fromEntries(Object.keys(after).map((name) => [name, [before[name] ?? null, after[name] ?? null]]));
}
