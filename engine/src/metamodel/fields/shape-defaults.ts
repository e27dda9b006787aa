import type { FieldTypeName } from '../source.ts';
import { fieldTypes } from './index.ts';
import type { ShapeDefaults } from './shaped-field-type.ts';

/** Digits and length of a field of this type whose metadata names none. */
export function shapeDefaults(type: FieldTypeName): ShapeDefaults {
  return fieldTypes[type].defaults;
}
