import type { Entity } from '../compiler/model.ts';
import { AMENDED_FIELD, NUMBER_FIELD, STAGE_FIELD, STATUS_FIELD } from '../metamodel/naming.ts';
import { rowsOf } from '../records/compute.ts';
import type { DraftRow } from '../records/compute.ts';
import { idOf } from '../records/stored-entity.ts';
import { demandStage } from './submit.ts';

/**
 * The values of the draft that takes the place of a cancelled document: everything people once entered. What the engine
 * works out or numbers is made anew. Refuses `wrong-state` for anything but a cancelled document.
 */
export function amendedValues(entity: Entity, cancelled: DraftRow): DraftRow {
  demandStage(cancelled, 'cancelled');
  const values = entered(entity, cancelled);
  for (const field of entity.linesFields) {
    if (field.derived || field.target === null) continue;
    const rows = field.target;
    values[field.name] = rowsOf(cancelled, field.name).map((row) => entered(rows, row));
  }
  return { ...values, [AMENDED_FIELD]: idOf(cancelled) };
}

const NEVER_COPIED: ReadonlySet<string> = new Set([NUMBER_FIELD, STAGE_FIELD, STATUS_FIELD, AMENDED_FIELD]);

function entered(entity: Entity, row: DraftRow): DraftRow {
  const values: DraftRow = {};
  for (const field of entity.fields) {
    const isEntered = field.computed === null && field.column !== null;
    const value = row[field.name];
    if (isEntered && !NEVER_COPIED.has(field.name) && value !== undefined) values[field.name] = value;
  }
  return values;
}
