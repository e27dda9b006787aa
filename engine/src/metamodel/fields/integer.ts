import type { Decimal } from '../../base/decimal.ts';
import { readDecimal, withinLimits } from './exact-number.ts';
import { ORDER } from './operators.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/** A whole number of at most 15 digits, so that it is exact as a JSON number. */
export const integer: ShapedFieldType = {
  name: 'integer',
  defaults: { scale: 0, precision: 15, maxLength: 0 },
  column: () => ({ kind: 'integer' }),
  valueType: () => ({ kind: 'number', scale: 0 }),
  read(input, field) {
    const read = readDecimal(input);
    return 'number' in read ? withinLimits(read.number, field) : read;
  },
  write: (value) => (value as Decimal).toNumber(),
  jsonSchema: ({ min, max }) => ({
    type: 'integer',
    ...(min === null ? {} : { minimum: min.toNumber() }),
    ...(max === null ? {} : { maximum: max.toNumber() }),
  }),
  operators: ORDER,
  sortable: true,
};
