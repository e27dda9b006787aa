import { fault } from './faults.ts';
import { PRESENCE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/**
 * Rows that a record owns. Each row is read and written field by field, by the types of its own entity; there is no
 * way to take or give them as one value.
 */
export const lines: ShapedFieldType = {
  name: 'lines',
  defaults: NO_LIMITS,
  column: () => null,
  valueType: ({ of }) => ({ kind: 'rows', entity: of ?? '' }),
  read: () => fault('type', { expected: 'array' }),
  write: () => [],
  jsonSchema: () => ({ type: 'array', items: { type: 'object' } }),
  operators: PRESENCE,
  sortable: false,
};
