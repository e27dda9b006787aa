import type { FieldShape } from '../field-type.ts';
import type { FieldTypeName } from '../source.ts';
import { shapeDefaults } from './shape-defaults.ts';

/** A field of a type with its defaults, and what a test changes of them. */
export function shapeOf(type: FieldTypeName, changes: Partial<FieldShape> = {}): FieldShape {
  return {
    name: 'sample',
    type,
    ...shapeDefaults(type),
    minLength: 0,
    min: null,
    max: null,
    options: [
      { value: 'open', label: { en: 'Open' } },
      { value: 'closed', label: { en: 'Closed' } },
    ],
    to: null,
    toAny: [],
    of: null,
    ...changes,
  };
}
