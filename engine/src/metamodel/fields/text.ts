import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { LINE } from './operators.ts';
import { readLine, textSchema } from './written-text.ts';

/** A text of one line. */
export const text: ShapedFieldType = {
  name: 'text',
  defaults: { ...NO_LIMITS, maxLength: 140 },
  column: ({ maxLength }) => ({ kind: 'text', length: maxLength }),
  valueType: () => ({ kind: 'text' }),
  read: readLine,
  write: String,
  jsonSchema: textSchema,
  operators: LINE,
  sortable: true,
};
