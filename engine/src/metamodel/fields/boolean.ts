import { fault } from './faults.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { NO_LIMITS } from './shaped-field-type.ts';

/** Yes or no. */
export const boolean: ShapedFieldType = {
  name: 'boolean',
  defaults: NO_LIMITS,
  column: () => ({ kind: 'boolean' }),
  valueType: () => ({ kind: 'boolean' }),
  read: (input) => (typeof input === 'boolean' ? { value: input } : fault('type', { expected: 'boolean' })),
  write: (value) => value === true,
  jsonSchema: () => ({ type: 'boolean' }),
  operators: ['eq', 'ne', 'null'],
  sortable: true,
};
