import type { Json } from '../metamodel/field-type.ts';
import type { Binding } from '../storage/statement.ts';
import { isRowId } from '../base/ids.ts';
import type { Complain } from './read-input.ts';
import type { StoredColumn } from './stored-column.ts';

/** No record has it. */
const NO_ID = '0';

/**
 * A value that a filter compares with, read by the field's own type. Its limits do not bind a filter: asking for what
 * cannot be is answered with nothing. From an address every value comes as text.
 */
export function filterValue(column: StoredColumn, value: Json, at: string, complain: Complain): Binding {
  if (value === null) {
    complain({ pointer: at, code: 'required' });
    return null;
  }
  if (column.type.kind === 'id') return typeof value === 'string' && isRowId(value) ? value : NO_ID;
  const field = { ...column.field, min: null, max: null, minLength: 0 };
  const read = column.field.fieldType.read(fromText(value, column), field);
  if ('value' in read) return column.toBinding(read.value);
  complain({ pointer: at, code: read.fault, ...(read.expected === undefined ? {} : { parameters: read.expected }) });
  return null;
}

function fromText(value: Json, column: StoredColumn): Json {
  if (typeof value !== 'string') return value;
  if (column.type.kind === 'boolean')
    return value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value;
  if (column.type.kind === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value);
  return value;
}
