import { fault } from './faults.ts';
import { EQUALITY } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

const LENGTH = 7;

/** A colour as `#rrggbb`, in small letters. */
export const color: ShapedFieldType = {
  name: 'color',
  defaults: { ...NO_LIMITS, maxLength: LENGTH },
  column: () => ({ kind: 'text', length: LENGTH }),
  valueType: () => ({ kind: 'text' }),
  read(input) {
    if (typeof input !== 'string') return fault('type', { expected: 'string' });
    return /^#[0-9a-fA-F]{6}$/.test(input) ? { value: input.toLowerCase() } : fault('color');
  },
  write: String,
  jsonSchema: () => ({ type: 'string', pattern: '^#[0-9a-fA-F]{6}$' }),
  operators: EQUALITY,
  sortable: false,
};
