import type { Dialect, Reader } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import { instantOf } from './column-codec.ts';
import type { HistoryEntry } from './history.ts';

/** A change of any record, as the activity log of a company shows it. */
export interface Activity extends HistoryEntry {
  readonly id: string;
  readonly entity: string;
  readonly recordId: string;
}

export interface ActivityQuery {
  readonly entity: string | null;
  readonly recordId: string | null;
  readonly actorId: string | null;
  readonly action: string | null;
  /** Instants in UTC: at or after the one, before the other. */
  readonly from: string | null;
  readonly to: string | null;
  /** Goes on below this id. */
  readonly before: string | null;
  readonly size: number;
}

export interface ActivityPage {
  readonly activities: readonly Activity[];
  /** Where the next page begins; null at the end. It may be there although this page has room left. */
  readonly next: string | null;
}

/**
 * Rows that one page looks through at most where no index helps: a rare actor in a long history takes several pages
 * rather than one slow one, and writers keep no index for it.
 */
const WINDOW = 50_000;

const HISTORY = table('rk_history');
const COLUMNS = 'id, entity, record_id, version, action, actor_kind, actor_id, actor_name, at, changes';

/** The latest changes that a query asks for, newest first. Whoever calls must be allowed to see every record. */
export async function readActivity(reader: Reader, query: ActivityQuery): Promise<ActivityPage> {
  const id = parameter(reader.dialect, { kind: 'id' });
  const [top] = await reader.tuples(statement(`SELECT MAX(id), MIN(id) FROM ${HISTORY}`));
  const before = query.before === null ? Number(top?.[0] ?? 0) + 1 : Number(query.before);
  // An index has the changes of one record in their order.
  const bottom = query.entity !== null && query.recordId !== null ? 0 : Math.max(0, before - WINDOW);
  const { conditions, bindings } = conditionsOf(query, reader.dialect);
  const where = [`id < ${id}`, `id >= ${id}`, ...conditions].join(' AND ');
  const text = `SELECT ${COLUMNS} FROM ${HISTORY} WHERE ${where} ORDER BY id DESC LIMIT ${query.size + 1}`;
  const rows = await reader.tuples(statement(text), [String(before), String(bottom), ...bindings]);
  const activities = rows.slice(0, query.size).map((row): Activity => {
    const [rowId, entity, recordId, version, action, kind, actor, name, at, changes] = row.map(String);
    return {
      id: rowId ?? '',
      entity: entity ?? '',
      recordId: recordId ?? '',
      version: version ?? '',
      action: action ?? '',
      actor: { kind: kind ?? '', id: actor ?? '', name: name ?? '' },
      at: instantOf(at ?? ''),
      changes: JSON.parse(changes ?? '{}') as HistoryEntry['changes'],
    };
  });
  const last = activities.at(-1)?.id ?? null;
  if (rows.length > query.size) return { activities, next: last };
  return { activities, next: bottom > Number(top?.[1] ?? 0) ? String(bottom) : null };
}

function conditionsOf(
  { entity, recordId, actorId, action, from, to }: ActivityQuery,
  dialect: Dialect,
): { readonly conditions: readonly string[]; readonly bindings: readonly string[] } {
  const given: readonly (readonly [string, string | null])[] = [
    ['entity = ?', entity],
    [`record_id = ${parameter(dialect, { kind: 'id' })}`, recordId],
    ['actor_id = ?', actorId],
    ['action = ?', action],
    ['at >= ?', from],
    ['at < ?', to],
  ];
  const used = given.filter((each): each is readonly [string, string] => each[1] !== null);
  return { conditions: used.map(([condition]) => condition), bindings: used.map(([, value]) => value) };
}
