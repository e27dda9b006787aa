import { LINE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { readLine, textSchema } from './written-text.ts';

/** A number that the engine gives by the field's pattern, such as `A-00042`. */
export const sequence: ShapedFieldType = {
  name: 'sequence',
  defaults: { ...NO_LIMITS, maxLength: 60 },
  column: ({ maxLength }) => ({ kind: 'text', length: maxLength }),
  valueType: () => ({ kind: 'text' }),
  read: readLine,
  write: String,
  jsonSchema: textSchema,
  operators: LINE,
  sortable: true,
};
