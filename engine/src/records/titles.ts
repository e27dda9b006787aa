import type { Entity } from '../compiler/model.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import type { Json } from '../metamodel/field-type.ts';
import type { Dialect } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, table } from '../storage/statement.ts';
import { sightsOf } from './bounds.ts';
import { rendererOf } from './checks.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { LinkedRecords } from './linked-records.ts';
import type { Needs } from './linked-records.ts';
import { EVERYTHING, READ, readsAll } from './reach.ts';
import type { Reach } from './reach.ts';
import { sees } from './sight.ts';
import { idPortions, SizedStatement } from './sized-statement.ts';
import { draftOfTuple, idOf, storedEntity } from './stored-entity.ts';
import type { StoredColumn } from './stored-column.ts';
import type { JsonRecord } from './stored-entity.ts';

/** Where a record carries its own title, and those of what it links to by the name of the link. */
export const TITLE = '_title';
export const LINK_TITLES = '_titles';

/** What the title of a record is made from. */
interface TitlePlan {
  readonly columns: readonly StoredColumn[];
  readonly byIds: SizedStatement;
  readonly needs: Needs;
}

const plans: Readonly<Record<Dialect, WeakMap<Entity, TitlePlan>>> = { sqlite: new WeakMap(), mysql: new WeakMap() };

function planOf(entity: Entity, dialect: Dialect): TitlePlan {
  let plan = plans[dialect].get(entity);
  if (plan === undefined) {
    const names = new Set(['id']);
    for (const part of entity.title.parts) {
      if (typeof part !== 'string') for (const { path } of dependenciesOf(part)) names.add(path[0]?.field ?? 'id');
    }
    const columns = storedEntity(entity, dialect).selected.filter((column) => names.has(column.name));
    const id = parameter(dialect, { kind: 'id' });
    plan = {
      columns,
      byIds: new SizedStatement(
        (count) =>
          `SELECT ${columns.map((column) => quoted(column.column)).join(', ')} FROM ${table(entity.table)} ` +
          `WHERE ${quoted('id')} IN (${Array.from({ length: count }, () => id).join(', ')})`,
      ),
      needs: { record: entity.titleNeeds, lines: {} },
    };
    plans[dialect].set(entity, plan);
  }
  return plan;
}

/**
 * The titles of records, by id: one query for them all, and one for each level of links that their titles show. What
 * records of another entity say in them is left out where the reach does not hold all of these.
 */
export async function titlesOf(
  from: ReadFrom,
  entity: Entity,
  ids: readonly string[],
  reach: Reach = EVERYTHING,
): Promise<ReadonlyMap<string, string>> {
  const { columns, byIds, needs } = planOf(entity, from.reader.dialect);
  const drafts: DraftRow[] = [];
  for (const portion of idPortions(ids)) {
    const tuples = await from.reader.tuples(byIds.of(portion.length), portion);
    for (const tuple of tuples) drafts.push(draftOfTuple(columns, tuple, from.cipher));
  }
  const linked = new LinkedRecords(from, needs);
  await linked.load(drafts);
  const render = rendererOf(entity.title);
  // Whoever sees only some records of another entity is told nothing of them by the title of this one.
  const shown: typeof linked.linked = (name, id) =>
    readsAll(reach, from.model.entities.get(name) as Entity) ? linked.linked(name, id) : null;
  const { globals, today, now } = from;
  return new Map(
    drafts.map((self) => [idOf(self), withoutDanglingMarks(render({ self, linked: shown, globals, today, now }))]),
  );
}

/** A draft without a number is called `Toko Maju`, not ` · Toko Maju`. */
function withoutDanglingMarks(title: string): string {
  return title.replace(/^[\s·–—-]+/u, '').replace(/[\s·–—-]+$/u, '');
}

/** As `titlesOf`, of records that the actor sees, and whose fields the title shows are seen. */
export async function titlesSeen(
  from: ReadFrom,
  reach: Reach,
  entity: Entity,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (reach.bounds(entity, READ) === null) return titlesOf(from, entity, ids, reach);
  const sights = await sightsOf(from, reach, entity, ids);
  const names = entity.title.parts.flatMap((part) =>
    typeof part === 'string' ? [] : dependenciesOf(part).map(({ path }) => path[0]?.field ?? 'id'),
  );
  const shown = ids.filter((id) => sights.sees(id) && names.every((name) => sees(entity, sights.sightOf(id), name)));
  return titlesOf(from, entity, shown, reach);
}

/** Records of one entity, or rows of one lines field. */
export interface RecordSet {
  readonly entity: Entity;
  readonly records: readonly JsonRecord[];
}

/**
 * Adds their own titles to the records of the first set, and the titles of everything that the records of all sets
 * link to and the actor may read: a query for each entity, however many records and links there are. Comes before
 * links are embedded.
 */
export async function attachTitles(
  from: ReadFrom,
  own: RecordSet,
  rows: readonly RecordSet[],
  reach: Reach,
): Promise<void> {
  const wanted = new Map<Entity, Set<string>>();
  const want = (entity: Entity, id: string): void => {
    const ids = wanted.get(entity);
    if (ids === undefined) wanted.set(entity, new Set([id]));
    else ids.add(id);
  };
  const places: { titles: Record<string, Json>; name: string; target: Entity; id: string }[] = [];

  for (const record of own.records) want(own.entity, record.id);
  for (const { entity, records } of [own, ...rows]) {
    const links = entity.fields.filter(
      (field) => field.type === 'link' && field.target !== null && reach.mayRead(field.target),
    );
    for (const record of records) {
      const titles: Record<string, Json> = {};
      record[LINK_TITLES] = titles;
      for (const { name, target } of links) {
        const id = record[name];
        if (typeof id !== 'string' || target === null) continue;
        want(target, id);
        places.push({ titles, name, target, id });
      }
    }
  }

  const found = new Map<Entity, ReadonlyMap<string, string>>();
  for (const [entity, ids] of wanted) found.set(entity, await titlesSeen(from, reach, entity, [...ids]));
  for (const record of own.records) record[TITLE] = found.get(own.entity)?.get(record.id) ?? '';
  for (const { titles, name, target, id } of places) titles[name] = found.get(target)?.get(id) ?? '';
}
