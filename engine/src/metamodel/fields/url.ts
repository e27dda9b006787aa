import { fault } from './faults.ts';
import { LINE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { isSafeAddress } from './web-address.ts';
import { readLine, textSchema } from './written-text.ts';

/** A web or mail address that a page may link to; kept as it was written. */
export const url: ShapedFieldType = {
  name: 'url',
  defaults: { ...NO_LIMITS, maxLength: 500 },
  column: ({ maxLength }) => ({ kind: 'text', length: maxLength }),
  valueType: () => ({ kind: 'text' }),
  read(input, field) {
    const read = readLine(input, field);
    return 'value' in read && read.value !== null && !isSafeAddress(read.value) ? fault('url') : read;
  },
  write: String,
  jsonSchema: (field) => ({ ...textSchema(field), format: 'uri' }),
  operators: LINE,
  sortable: true,
};
