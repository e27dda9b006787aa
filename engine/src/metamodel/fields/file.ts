import { PRESENCE } from './operators.ts';
import { readRecordId, RECORD_ID_SCHEMA } from './record-id.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/** A file, by the id it got when it was uploaded. */
export const file: ShapedFieldType = {
  name: 'file',
  defaults: NO_LIMITS,
  column: () => ({ kind: 'id' }),
  valueType: () => ({ kind: 'text' }),
  read: readRecordId,
  write: String,
  jsonSchema: () => RECORD_ID_SCHEMA,
  operators: PRESENCE,
  sortable: false,
};
