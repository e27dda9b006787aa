import { isCalendarDay } from './calendar-day.ts';
import { fault } from './faults.ts';
import { ORDER } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/** RFC 3339: date, time, and the distance from UTC. Leap seconds are not told apart from the second before. */
const FORM =
  /^(\d{4}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** An instant. Any offset is taken, UTC with milliseconds is kept and given; smaller parts of a second are cut off. */
export const datetime: ShapedFieldType = {
  name: 'datetime',
  defaults: NO_LIMITS,
  column: () => ({ kind: 'datetime' }),
  valueType: () => ({ kind: 'datetime' }),
  read(input) {
    if (typeof input !== 'string') return fault('type', { expected: 'string' });
    const [, day = '', time = '', fraction = '', offset = ''] = FORM.exec(input) ?? [];
    if (!isCalendarDay(day)) return fault('datetime');
    const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
    const utc = new Date(`${day}T${time}.${milliseconds}${offset.toUpperCase()}`).toISOString();
    // An offset can carry the last hours of the year 9999 beyond it.
    return isCalendarDay(utc.slice(0, 10)) ? { value: utc } : fault('datetime');
  },
  write: String,
  jsonSchema: () => ({ type: 'string', format: 'date-time' }),
  operators: ORDER,
  sortable: true,
};
