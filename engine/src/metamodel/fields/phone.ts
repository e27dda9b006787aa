import { fault } from './faults.ts';
import { LINE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';
import { readLine, textSchema } from './written-text.ts';

/** From short numbers such as 112 to the longest of E.164. */
const DIGITS_MIN = 3;
const DIGITS_MAX = 15;
const FORM = /^\+?[0-9 ()./-]+$/;

/** A telephone number as people write it, with or without `+`, spaces and hyphens; kept as it was written. */
export const phone: ShapedFieldType = {
  name: 'phone',
  defaults: { ...NO_LIMITS, maxLength: 32 },
  column: ({ maxLength }) => ({ kind: 'text', length: maxLength }),
  valueType: () => ({ kind: 'text' }),
  read(input, field) {
    const read = readLine(input, field);
    if (!('value' in read) || read.value === null) return read;
    const digits = read.value.replace(/\D/g, '').length;
    return FORM.test(read.value) && digits >= DIGITS_MIN && digits <= DIGITS_MAX ? read : fault('phone');
  },
  write: String,
  jsonSchema: textSchema,
  operators: LINE,
  sortable: true,
};
