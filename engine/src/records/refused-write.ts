import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity, Model } from '../compiler/model.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import { StorageError } from '../storage/fault.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { brokenLinks } from './links.ts';

/**
 * What a database that refused to write a record means to the caller: a value that is taken, or a link to a record
 * that is not there. Any other error is answered as it is.
 */
export async function refusalOfWrite(
  error: unknown,
  from: ReadFrom,
  entity: Entity,
  draft: DraftRow,
  at: string,
): Promise<unknown> {
  if (!(error instanceof StorageError)) return error;
  if (error.kind === 'unique') {
    return refuse('already-exists', { faults: takenFields(from.model, entity, error.constraint, at), cause: error });
  }
  if (error.kind === 'foreign-key') {
    const faults = await brokenLinks(from.reader, from.model, entity, draft, at);
    return faults.length > 0 ? refuse('invalid', { faults, cause: error }) : refuse('conflict', { cause: error });
  }
  return error;
}

/** The fields of a unique index, found by the index's name. */
function takenFields(model: Model, entity: Entity, constraint: string | undefined, at: string): readonly Fault[] {
  const owners = [{ entity, at }].concat(
    entity.linesFields.map((field) => ({ entity: field.target as Entity, at: at + pointerStep(field.name) })),
  );
  for (const owner of owners) {
    const table = model.tables.find(({ name }) => name === owner.entity.table);
    const index = table?.indexes.find(({ name }) => name === constraint);
    if (index === undefined) continue;
    return owner.entity.fields
      .filter(({ column }) => column !== null && index.columns.includes(column))
      .map(({ name }) => ({ pointer: owner.at + pointerStep(name), code: 'unique' }));
  }
  return [];
}
