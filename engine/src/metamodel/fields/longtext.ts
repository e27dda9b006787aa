import { PASSAGE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { readPassage, textSchema } from './written-text.ts';

/** A text of many lines. */
export const longtext: ShapedFieldType = {
  name: 'longtext',
  defaults: { ...NO_LIMITS, maxLength: 10_000 },
  column: () => ({ kind: 'longtext' }),
  valueType: () => ({ kind: 'text' }),
  read: readPassage,
  write: String,
  jsonSchema: textSchema,
  operators: PASSAGE,
  sortable: false,
};
