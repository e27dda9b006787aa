import type { Entity } from '../compiler/model.ts';
import { pathsOf } from '../metamodel/operation.ts';
import type { ListQuery } from '../metamodel/operation.ts';
import { table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { withinBounds } from './bounds.ts';
import type { ReadFrom } from './context.ts';
import { narrowedTo } from './gate.ts';
import type { PathJoins } from './path-joins.ts';
import { READ } from './reach.ts';
import type { Bounds, Reach } from './reach.ts';
import { searchCondition } from './search.ts';
import type { SqlCondition } from './search.ts';
import { hidesFields } from './sight.ts';

/** Records that fit a filter are counted up to here: beyond, a person reads “more than”. */
const FILTERED_TOTAL_MAX = 100_000;
/** Records that fit a search; each costs a look into the word index. */
const SEARCHED_TOTAL_MAX = 1_000;

/** What a query selects from: `FROM … WHERE …` over the row `t`, and what it binds. */
export interface ListSource {
  readonly text: string;
  readonly bindings: readonly Binding[];
  /** Whether the text has a WHERE. */
  readonly hasConditions: boolean;
  /** How far to count; null when every record of the entity is meant. */
  readonly totalMax: number | null;
}

/**
 * What a list selects from: the records that its search finds, its filter keeps and the actor's rights reach. Null when
 * there can be none.
 */
export async function listSource(
  from: ReadFrom,
  query: Pick<ListQuery, 'search'>,
  joins: PathJoins,
  filtered: SqlCondition | null,
  bounds: Bounds | null,
): Promise<ListSource | null> {
  const { entity, alias } = joins;
  if (bounds?.permits.length === 0) return null;
  const within = bounds === null ? null : withinBounds(bounds, joins, from.reader.dialect, from);
  const found = query.search === null ? undefined : await searchCondition(from.reader, entity, query.search);
  if (found === null) return null;
  const conditions = [found, filtered, within].filter((each) => each !== null && each !== undefined);
  const where = conditions.length > 0 ? ` WHERE ${conditions.map(({ text }) => text).join(' AND ')}` : '';
  return {
    text: `FROM ${table(entity.table)} ${alias}${joins.text}${where}`,
    bindings: conditions.flatMap(({ bindings }) => bindings),
    hasConditions: conditions.length > 0,
    totalMax: found !== undefined ? SEARCHED_TOTAL_MAX : conditions.length === 0 ? null : FILTERED_TOTAL_MAX,
  };
}

/**
 * The bounds of a list: who filters, sorts or searches by a field reaches only the records where that field is seen.
 */
export function boundsOfQuery(entity: Entity, query: ListQuery, reach: Reach): Bounds | null {
  const sorted = query.sort.length > 0 ? query.sort.map(({ path }) => path) : entity.sort.map(({ field }) => [field]);
  return boundsOfPaths(entity, query, sorted, reach);
}

/** As `boundsOfQuery`, for whoever groups or measures by these paths. */
export function boundsOfPaths(
  entity: Entity,
  query: Pick<ListQuery, 'condition' | 'search'>,
  paths: readonly (readonly string[])[],
  reach: Reach,
): Bounds | null {
  const bounds = reach.bounds(entity, READ);
  if (bounds === null || !hidesFields(bounds)) return bounds;
  const used = new Set<string>(paths.map((path) => path.slice(0, 2).join('.')));
  if (query.search !== null) for (const { name } of entity.search) used.add(name);
  for (const { path } of pathsOf(query.condition)) used.add(path.slice(0, 2).join('.'));
  return narrowedTo(bounds, entity, [...used]);
}
