import type { Entity, Field } from '../compiler/model.ts';
import { sightsOf } from './bounds.ts';
import type { ReadFrom } from './context.ts';
import type { Reach } from './reach.ts';
import { keepSeen } from './sight.ts';
import { readRecords } from './read-records.ts';
import { unknownField } from './read-input.ts';
import type { Complain } from './read-input.ts';
import type { JsonRecord } from './stored-entity.ts';

/** Links that an answer may follow one behind the other. */
const DEPTH_MAX = 4;

/** What to embed: for each field the fields of the records behind it. */
export interface Inclusion {
  readonly field: Field;
  readonly nested: Inclusions;
}

interface OpenInclusion extends Inclusion {
  readonly nested: Map<string, OpenInclusion>;
}

export type Inclusions = ReadonlyMap<string, Inclusion>;

/** Reads the paths of an `include`; complains of names that are no links, many-to-many fields or lines. */
export function inclusionsOf(entity: Entity, paths: readonly (readonly string[])[], complain: Complain): Inclusions {
  const tree = new Map<string, OpenInclusion>();
  for (const path of paths) {
    const pointer = `/include/${path.join('.')}`;
    if (path.length > DEPTH_MAX) {
      complain({ pointer, code: 'too-many', parameters: { maximum: String(DEPTH_MAX) } });
      continue;
    }
    let level = tree;
    let holder: Entity | null = entity;
    for (const name of path) {
      const field: Field | undefined = holder?.fieldByName.get(name);
      if (holder === null || field === undefined) {
        complain(unknownField(holder ?? entity, name, pointer));
        break;
      }
      const leads = field.of !== null || field.joinTable !== null || (field.type === 'link' && field.target !== null);
      if (!leads) {
        complain({ pointer, code: 'not-a-link', parameters: { name } });
        break;
      }
      const known = level.get(name);
      const nested = known === undefined ? new Map<string, OpenInclusion>() : known.nested;
      if (known === undefined) level.set(name, { field, nested });
      level = nested;
      holder = field.target;
    }
  }
  return tree;
}

/** The lines fields that an `include` names. */
export function includedLines(inclusions: Inclusions): ReadonlySet<string> {
  return new Set([...inclusions].filter(([, { field }]) => field.of !== null).map(([name]) => name));
}

/**
 * Puts the linked records where their ids stand. Rows of included lines are there already. A query for each link of
 * the `include`, however many records there are. A record that is not seen is embedded as one that is not there.
 */
export async function embed(
  from: ReadFrom,
  records: readonly JsonRecord[],
  inclusions: Inclusions,
  reach: Reach,
): Promise<void> {
  for (const [name, { field, nested }] of inclusions) {
    if (field.of !== null) {
      await embed(
        from,
        records.flatMap((record) => (record[name] ?? []) as JsonRecord[]),
        nested,
        reach,
      );
      continue;
    }
    const ids = new Set(records.flatMap((record) => idsIn(record[name])));
    if (ids.size === 0) continue;
    const target = field.target as Entity;
    const sights = await sightsOf(from, reach, target, [...ids]);
    const linked = await readRecords(from, target, [...ids].filter(sights.sees));
    for (const record of linked) keepSeen(target, record, sights.sightOf(record.id));
    await embed(from, linked, nested, reach);
    const byId = new Map(linked.map((record) => [record.id, record]));
    for (const record of records) {
      // A field that is not seen does not come back as an empty one.
      if (!(name in record)) continue;
      const found = idsIn(record[name])
        .map((id) => byId.get(id))
        .filter((each) => each !== undefined);
      record[name] = field.joinTable === null ? (found[0] ?? null) : found;
    }
  }
}

/** The ids that a link or a many-to-many field holds. */
function idsIn(value: JsonRecord[string]): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? (value as readonly unknown[]).filter((id) => typeof id === 'string') : [];
}
