import { fault } from './faults.ts';
import { LINE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { readLine, textSchema } from './written-text.ts';

/** What the scanner of any common code sends: the printable characters of ASCII, as Code 128 has them. */
const FORM = /^[\x20-\x7e]+$/;

/** The number or text of a barcode. Check digits are not examined: in-house codes have none. */
export const barcode: ShapedFieldType = {
  name: 'barcode',
  defaults: { ...NO_LIMITS, maxLength: 60 },
  column: ({ maxLength }) => ({ kind: 'text', length: maxLength }),
  valueType: () => ({ kind: 'text' }),
  read(input, field) {
    const read = readLine(input, field);
    return 'value' in read && read.value !== null && !FORM.test(read.value) ? fault('barcode') : read;
  },
  write: String,
  jsonSchema: textSchema,
  operators: LINE,
  sortable: true,
};
