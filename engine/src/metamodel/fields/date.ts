import { isCalendarDay } from './calendar-day.ts';
import { fault } from './faults.ts';
import { ORDER } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/** A day of the calendar, `YYYY-MM-DD`, the same in every time zone. */
export const date: ShapedFieldType = {
  name: 'date',
  defaults: NO_LIMITS,
  column: () => ({ kind: 'date' }),
  valueType: () => ({ kind: 'date' }),
  read(input) {
    if (typeof input !== 'string') return fault('type', { expected: 'string' });
    return isCalendarDay(input) ? { value: input } : fault('date');
  },
  write: String,
  jsonSchema: () => ({ type: 'string', format: 'date' }),
  operators: ORDER,
  sortable: true,
};
