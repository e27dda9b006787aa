import type { LinkNeeds } from '../../../engine/src/compiler/computation.ts';
import type { ScreenEntity, ScreenField } from '../../../engine/src/compiler/screen.ts';
import type { Json } from '../../../engine/src/metamodel/field-type.ts';
import type { LinkedStore } from './linked-store.ts';
import { fetchEntity } from './record-api.ts';
import type { RecordJson } from './record-api.ts';

/**
 * Links to rows of other documents, such as the line of an order that a delivery fulfils. Rows are not listed by
 * themselves: those that computations read come embedded in the record that links to them.
 */

type JsonObject = Readonly<Record<string, Json | undefined>>;
type RowLink = ScreenField & { readonly owner: string; readonly to: string };

/** The entities of rows that a record or its own rows link to. */
export function rowEntitiesOf(entity: ScreenEntity): ReadonlySet<string> {
  const all = [entity.fields, ...Object.values(entity.lines).map(({ fields }) => fields)].flat();
  return new Set(all.filter(isRowLink).map(({ to }) => to));
}

/**
 * What a read of the record must `include`, so that computations find the rows they read.
 *
 * @param mayRead whether the person may read an entity; rows follow their owner
 */
export function rowPathsOf(entity: ScreenEntity, mayRead: (entity: string) => boolean): readonly string[] {
  const { needs, lineNeeds } = entity.computation;
  const pathsOf = (fields: readonly ScreenField[], each: readonly LinkNeeds[], prefix: string): readonly string[] =>
    fields
      .filter((field) => isRowLink(field) && mayRead(field.owner) && each.some(({ link }) => link === field.name))
      .map(({ name }) => `${prefix}${name}`);
  return [
    ...pathsOf(entity.fields, needs, ''),
    ...Object.entries(entity.lines).flatMap(([name, { fields }]) => pathsOf(fields, lineNeeds[name] ?? [], `${name}.`)),
  ];
}

/** Teaches the store the rows that came embedded; answers the record with their ids in their places. */
export async function takeRows<R extends JsonObject>(entity: ScreenEntity, record: R, store: LinkedStore): Promise<R> {
  const taken: Record<string, Json | undefined> = { ...(await idsOf(entity.fields, record, store)) };
  for (const [name, { fields }] of Object.entries(entity.lines)) {
    const rows = record[name];
    if (!Array.isArray(rows) || !fields.some(isRowLink)) continue;
    taken[name] = (await Promise.all(rows.map((row) => idsOf(fields, row as JsonObject, store)))) as Json;
  }
  return taken as R;
}

async function idsOf(fields: readonly ScreenField[], holder: JsonObject, store: LinkedStore): Promise<JsonObject> {
  const ids: Record<string, Json> = {};
  for (const field of fields) {
    const row = holder[field.name];
    if (!isRowLink(field) || typeof row !== 'object' || row === null || Array.isArray(row)) continue;
    const embedded = row as RecordJson;
    const { lines } = await fetchEntity(field.owner);
    const known = Object.values(lines).find((each) => each.entity === field.to);
    if (known !== undefined) store.learnValues(field.to, known.fields, embedded);
    ids[field.name] = embedded.id;
  }
  return { ...holder, ...ids };
}

function isRowLink(field: ScreenField): field is RowLink {
  return field.owner !== undefined && field.to !== null;
}
