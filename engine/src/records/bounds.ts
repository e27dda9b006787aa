import { storedInstant } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Entity, Field } from '../compiler/model.ts';
import { conditionToSql } from '../expression/sql/index.ts';
import type { SqlValues } from '../expression/sql/index.ts';
import { LINE_COLUMNS, TREE_PATH_COLUMN } from '../metamodel/naming.ts';
import type { Dialect } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import type { ReadFrom } from './context.ts';
import { PathJoins } from './path-joins.ts';
import { READ } from './reach.ts';
import type { Bounds, Permit, Reach, Restriction } from './reach.ts';
import { RecordTarget } from './record-target.ts';
import type { SqlCondition } from './search.ts';
import { together } from './sight.ts';
import type { Sight } from './sight.ts';
import { idPortions } from './sized-statement.ts';

/*
 * Rights on single records, as SQL: the same text narrows a list, guards what a path leads to, and answers which permits
 * hold for records that are known by their ids.
 */

const TRUE = '1 = 1';
const FALSE = '1 = 0';

/** The condition that the record at `joins` lies within the bounds. */
export function withinBounds(bounds: Bounds, joins: PathJoins, dialect: Dialect, values: SqlValues): SqlCondition {
  const permits = bounds.permits.map((permit) => permitToSql(permit, bounds, joins, dialect, values));
  const any = permits.length === 0 ? FALSE : `(${permits.map(({ text }) => text).join(' OR ')})`;
  const kept = keptToSql(bounds, joins, dialect);
  return {
    text: [any, ...kept.map(({ text }) => text)].join(' AND '),
    bindings: [...permits, ...kept].flatMap(({ bindings }) => bindings),
  };
}

function permitToSql(
  { where }: Permit,
  { sharedWith }: Bounds,
  joins: PathJoins,
  dialect: Dialect,
  values: SqlValues,
): SqlCondition {
  if (where === null) return { text: TRUE, bindings: [] };
  const condition = conditionToSql(where, dialect, new RecordTarget(joins));
  const own: SqlCondition = { text: `(${condition.sql})`, bindings: condition.bindings(values) };
  if (sharedWith === null) return own;
  const { holders, toWrite } = sharedWith;
  const shared =
    `EXISTS (SELECT 1 FROM ${table('rk_shared')} sh WHERE sh.entity = ? AND sh.record_id = ${joins.alias}.${quoted('id')} ` +
    `AND sh.holder IN (${holders.map(() => '?').join(', ')}) AND (sh.ends_at IS NULL OR sh.ends_at > ?)` +
    `${toWrite ? ' AND sh.may_write = 1' : ''})`;
  return {
    text: `(${own.text} OR ${shared})`,
    bindings: [...own.bindings, joins.entity.name, ...holders, storedInstant(Date.now())],
  };
}

function keptToSql({ restrictions }: Bounds, joins: PathJoins, dialect: Dialect): readonly SqlCondition[] {
  return restrictions.map((restriction) => {
    const { lines, link, target, ids } = restriction;
    if (link === null) return allowedIds(`${joins.alias}.${quoted('id')}`, target, ids, dialect);
    const column = (alias: string): string => `${alias}.${quoted(String(link.column))}`;
    if (lines === null) {
      const allowed = allowedIds(column(joins.alias), target, ids, dialect);
      return { text: `(${column(joins.alias)} IS NULL OR ${allowed.text})`, bindings: allowed.bindings };
    }
    return noOtherRow(restriction, lines, column('kept'), joins, dialect);
  });
}

/** No row of the record links to a record outside the restriction. */
function noOtherRow(
  { target, ids }: Restriction,
  lines: Field,
  column: string,
  joins: PathJoins,
  dialect: Dialect,
): SqlCondition {
  const allowed = allowedIds(column, target, ids, dialect);
  return {
    text:
      `NOT EXISTS (SELECT 1 FROM ${table((lines.target as Entity).table)} kept ` +
      `WHERE kept.${quoted(LINE_COLUMNS.parent)} = ${joins.alias}.${quoted('id')} AND NOT (${column} IS NULL OR ${allowed.text}))`,
    bindings: allowed.bindings,
  };
}

/** Records named by the ids; in a tree also what lies below them. */
function allowedIds(column: string, target: Entity, ids: readonly string[], dialect: Dialect): SqlCondition {
  if (ids.length === 0) return { text: FALSE, bindings: [] };
  const id = parameter(dialect, { kind: 'id' });
  const marks = ids.map(() => id).join(', ');
  if (target.kind !== 'tree') return { text: `${column} IN (${marks})`, bindings: ids };
  const path = quoted(TREE_PATH_COLUMN);
  const prefix = dialect === 'sqlite' ? `top.${path} || '%'` : `CONCAT(top.${path}, '%')`;
  return {
    text:
      `${column} IN (SELECT place.${quoted('id')} FROM ${table(target.table)} place ` +
      `JOIN ${table(target.table)} top ON place.${path} LIKE ${prefix} WHERE top.${quoted('id')} IN (${marks}))`,
    bindings: ids,
  };
}

/** The permits that hold for records, by id; a record for which none holds is left out, as if it were not there. */
export type HeldPermits = ReadonlyMap<string, readonly Permit[]>;

/** Asks which permits hold: one query, or a few for many records. */
export async function heldPermits(
  from: ReadFrom,
  bounds: Bounds,
  entity: Entity,
  ids: readonly string[],
): Promise<HeldPermits> {
  const held = new Map<string, readonly Permit[]>();
  const asked = [...new Set(ids)].filter(isRowId);
  if (bounds.permits.length === 0 || asked.length === 0) return held;
  const { dialect } = from.reader;
  const joins = new PathJoins(entity, 't', dialect);
  const flags = bounds.permits.map((permit) => permitToSql(permit, bounds, joins, dialect, from));
  const kept = keptToSql(bounds, joins, dialect);
  const id = parameter(dialect, { kind: 'id' });
  for (const portion of idPortions(asked)) {
    const text =
      `SELECT t.${quoted('id')}, ${flags.map((flag) => flag.text).join(', ')} FROM ${table(entity.table)} t${joins.text} ` +
      `WHERE t.${quoted('id')} IN (${portion.map(() => id).join(', ')})${kept.map((each) => ` AND ${each.text}`).join('')}`;
    const bindings: readonly Binding[] = [
      ...flags.flatMap((flag) => flag.bindings),
      ...portion,
      ...kept.flatMap((each) => each.bindings),
    ];
    for (const [found, ...holds] of await from.reader.tuples(statement(text), bindings)) {
      const permits = bounds.permits.filter((_, index) => Number(holds[index] ?? 0) === 1);
      if (permits.length > 0) held.set(String(found), permits);
    }
  }
  return held;
}

/** What the actor sees of records: by id, where not everything is seen. Records that are not seen at all are left out. */
export async function sightsOf(
  from: ReadFrom,
  reach: Reach,
  entity: Entity,
  ids: readonly string[],
): Promise<{ readonly sees: (id: string) => boolean; readonly sightOf: (id: string) => Sight }> {
  const bounds = reach.bounds(entity, READ);
  if (bounds === null) {
    const open = reach.mayRead(entity);
    return { sees: () => open, sightOf: () => null };
  }
  const held = await heldPermits(from, bounds, entity, ids);
  return {
    sees: (id) => held.has(id),
    sightOf: (id) => together((held.get(id) ?? []).map(({ read }) => read)),
  };
}

/** What the actor sees of one record. Refuses `not-found` where it is not seen. */
export async function demandSight(from: ReadFrom, reach: Reach, entity: Entity, id: string): Promise<Sight> {
  if (reach.bounds(entity, READ) === null) return null;
  const { sees, sightOf } = await sightsOf(from, reach, entity, [id]);
  if (!sees(id)) throw refuse('not-found');
  return sightOf(id);
}

/**
 * The permits under which something may be done with one record; null where nothing is held back. Refuses `not-found`
 * where the record is not seen, and `forbidden` where it is but no permit holds.
 */
export async function demandPermits(
  from: ReadFrom,
  reach: Reach,
  entity: Entity,
  actions: readonly string[],
  id: string,
): Promise<readonly Permit[] | null> {
  await demandSight(from, reach, entity, id);
  const bounds = reach.bounds(entity, actions);
  if (bounds === null) return null;
  const permits = (await heldPermits(from, bounds, entity, [id])).get(id);
  if (permits === undefined) throw refuse('forbidden');
  return permits;
}

/** Which of some actions the actor may take on one record as it is now; those that need no rights on it are among them. */
export async function actionsOn(
  from: ReadFrom,
  { reach, entity }: { readonly reach: Reach; readonly entity: Entity },
  id: string,
  actions: readonly string[],
): Promise<ReadonlySet<string>> {
  const open = new Set<string>();
  for (const action of actions) {
    // What is created is another record.
    const bounds = action === 'create' ? null : reach.bounds(entity, [action]);
    if (bounds === null || (await heldPermits(from, bounds, entity, [id])).has(id)) open.add(action);
  }
  return open;
}
