import type { FieldShape, FieldType } from '../field-type.ts';

/** What a field has when its metadata says nothing else: digits of numbers, characters of texts. */
export type ShapeDefaults = Pick<FieldShape, 'scale' | 'precision' | 'maxLength'>;

/** A field type as fields/ lists it. */
export interface ShapedFieldType extends FieldType {
  readonly defaults: ShapeDefaults;
}

/** For types that hold neither numbers nor texts of a length. */
export const NO_LIMITS: ShapeDefaults = { scale: 0, precision: 0, maxLength: 0 };
