import type { Fault } from '../base/errors.ts';
import type { Entity, Field } from '../compiler/model.ts';
import { nearestName } from '../expression/nearest.ts';
import { pointerStep } from '../metamodel/diagnostic.ts';
import type { RecordInput } from '../metamodel/operation.ts';
import type { DraftRow } from './compute.ts';

/** A lines field longer than this is not read at all, so that a fault list stays short. */
const ROW_FAULTS_MAX = 100;

/** Collects what is wrong with an input, and says where. */
export type Complain = (fault: Fault) => void;

/**
 * Reads what a client sent into values, and complains of everything that is wrong with it at once. The draft holds
 * the fields that the input names, no others; a field at fault is left out.
 *
 * @param at JSON pointer of the input in the request: '' for a record, `/operations/7/input` in a bulk
 */
export function readInput(entity: Entity, input: RecordInput, at: string, complain: Complain): DraftRow {
  const draft: DraftRow = {};
  for (const name of Object.keys(input)) {
    const field = entity.fieldByName.get(name);
    if (field === undefined) {
      complain(unknownField(entity, name, at + pointerStep(name)));
      continue;
    }
    const pointer = `${at}/${name}`;
    if (!isWritable(field)) {
      complain({ pointer, code: 'read-only' });
      continue;
    }
    const value = readField(field, input[name], pointer, complain);
    if (value !== undefined) draft[name] = value;
  }
  return draft;
}

/** Fields that a client may send at all; `readOnly` may still forbid it for one record. */
export function isWritable(field: Field): boolean {
  return (
    field.readOnly !== true &&
    field.computed === null &&
    field.rollup === null &&
    field.balance === null &&
    !field.derived
  );
}

export function unknownField(entity: Entity, name: string, pointer: string): Fault {
  const nearest = nearestName(name, [...entity.fieldByName.keys()]);
  return { pointer, code: 'unknown-field', parameters: { name, ...(nearest === undefined ? {} : { nearest }) } };
}

/** The value of one field; undefined when it was at fault. */
function readField(field: Field, input: unknown, pointer: string, complain: Complain): DraftRow[string] {
  if (field.of !== null) return readRows(field, input, pointer, complain);
  if (input === null || input === undefined) return null;
  const read = field.fieldType.read(input, field);
  // Forms send an emptied text as ''; it is no value.
  if ('value' in read) return read.value === '' ? null : read.value;
  complain({ pointer, code: read.fault, ...(read.expected === undefined ? {} : { parameters: read.expected }) });
  return undefined;
}

function readRows(field: Field, input: unknown, pointer: string, complain: Complain): DraftRow[] | undefined {
  const entity = field.target as Entity;
  if (!Array.isArray(input)) {
    complain({ pointer, code: 'type', parameters: { expected: 'array' } });
    return undefined;
  }
  const rowsMax = field.rows?.max ?? Infinity;
  if (input.length > rowsMax) {
    complain({ pointer, code: 'too-many-rows', parameters: { maximum: String(rowsMax) } });
    return undefined;
  }
  const rows: DraftRow[] = [];
  const ids = new Set<string>();
  let faults = 0;
  const complainOfRow: Complain = (fault) => {
    faults += 1;
    if (faults <= ROW_FAULTS_MAX) complain(fault);
  };
  for (const [index, row] of (input as readonly unknown[]).entries()) {
    const at = `${pointer}/${index}`;
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      complainOfRow({ pointer: at, code: 'type', parameters: { expected: 'object' } });
      continue;
    }
    rows.push(readRow(entity, row as RecordInput, at, ids, complainOfRow));
  }
  return rows;
}

/** A row may carry the id of the stored row that it is. */
function readRow(entity: Entity, row: RecordInput, at: string, ids: Set<string>, complain: Complain): DraftRow {
  const { id, ...rest } = row;
  const draft = readInput(entity, rest, at, complain);
  if (id === undefined || id === null) return draft;
  if (typeof id !== 'string') complain({ pointer: `${at}/id`, code: 'type', parameters: { expected: 'string' } });
  else if (ids.has(id)) complain({ pointer: `${at}/id`, code: 'duplicate-row' });
  else {
    ids.add(id);
    draft['id'] = id;
  }
  return draft;
}
