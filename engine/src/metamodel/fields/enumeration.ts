import { fault } from './faults.ts';
import { EQUALITY } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/** The longest value that the metadata language lets an option have. */
const VALUE_LENGTH_MAX = 60;

/** One of the field's options, by its value. */
export const enumeration: ShapedFieldType = {
  name: 'enumeration',
  defaults: { ...NO_LIMITS, maxLength: VALUE_LENGTH_MAX },
  column: () => ({ kind: 'text', length: VALUE_LENGTH_MAX }),
  valueType: ({ options }) => ({ kind: 'enum', options: options.map(({ value }) => value) }),
  read(input, { options }) {
    if (typeof input !== 'string') return fault('type', { expected: 'string' });
    if (options.some(({ value }) => value === input)) return { value: input };
    return fault('option', { options: options.map(({ value }) => value).join(', ') });
  },
  write: String,
  jsonSchema: ({ options }) => ({ type: 'string', enum: options.map(({ value }) => value) }),
  operators: EQUALITY,
  sortable: true,
};
