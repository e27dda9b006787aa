import { fault } from './faults.ts';
import { ORDER } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

const FORM = '^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?$';
const TIME = new RegExp(FORM);

/** A time of day, `HH:MM:SS`; `HH:MM` is taken too. */
export const time: ShapedFieldType = {
  name: 'time',
  defaults: NO_LIMITS,
  column: () => ({ kind: 'time' }),
  valueType: () => ({ kind: 'time' }),
  read(input) {
    if (typeof input !== 'string') return fault('type', { expected: 'string' });
    if (!TIME.test(input)) return fault('time');
    return { value: input.length === 5 ? `${input}:00` : input };
  },
  write: String,
  jsonSchema: () => ({ type: 'string', pattern: FORM }),
  operators: ORDER,
  sortable: true,
};
