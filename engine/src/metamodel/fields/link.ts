import { EQUALITY } from './operators.ts';
import { readRecordId, RECORD_ID_SCHEMA } from './record-id.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/** The id of a record of one entity; of the entity itself for a tree. `under` asks for a place in a tree and below. */
export const link: ShapedFieldType = {
  name: 'link',
  defaults: NO_LIMITS,
  column: () => ({ kind: 'id' }),
  valueType: ({ to }) => ({ kind: 'record', entity: to ?? '' }),
  read: readRecordId,
  write: String,
  jsonSchema: () => RECORD_ID_SCHEMA,
  operators: [...EQUALITY, 'under'],
  sortable: true,
};
