import { isRowId } from '../base/ids.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import { demandSight } from './bounds.ts';
import type { ReadFrom } from './context.ts';
import { embed, inclusionsOf } from './embed.ts';
import { attachParts } from './read-records.ts';
import { keepSeen } from './sight.ts';
import { jsonOfTuple, storedEntity } from './stored-entity.ts';
import type { JsonRecord } from './stored-entity.ts';
import { attachTitles } from './titles.ts';

/** A record as it is stored, with its rows. Throws the refusals `not-found`, and `malformed-query` for the include. */
export async function getRecord(
  from: ReadFrom,
  { operation, entity, reach }: Authorized<OperationOf<'get'>>,
): Promise<{ readonly record: JsonRecord; readonly version: string }> {
  const { id, include, titles } = operation;
  const faults: Fault[] = [];
  const inclusions = include.length === 0 ? null : inclusionsOf(entity, include, (fault) => faults.push(fault));
  if (faults.length > 0) throw refuse('malformed-query', { faults });

  const stored = storedEntity(entity, from.reader.dialect);
  const [tuple] = isRowId(id) ? await from.reader.tuples(stored.statements.byIds.of(1), [id]) : [];
  if (tuple === undefined) throw refuse('not-found');
  const sight = await demandSight(from, reach, entity, id);
  const record = jsonOfTuple(stored.selected, tuple, from.cipher);
  const version = record['version'] as string;
  await attachParts(from, stored, [record], null, new Set(entity.linesFields.map(({ name }) => name)));
  if (titles) await attachTitles(from, { entity, records: [record] }, rowSets(entity, [record]), reach);
  keepSeen(entity, record, sight);
  if (inclusions !== null) await embed(from, [record], inclusions, reach);
  return { record, version };
}

/** The rows that records hold, by lines field. */
export function rowSets(
  entity: Entity,
  records: readonly JsonRecord[],
): { readonly entity: Entity; readonly records: readonly JsonRecord[] }[] {
  return entity.linesFields.map((field) => ({
    entity: field.target as Entity,
    records: records.flatMap((record) => (record[field.name] ?? []) as JsonRecord[]),
  }));
}
