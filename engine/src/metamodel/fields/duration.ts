import { integer } from './integer.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

/** A length of time in whole seconds; JSON is that number, so that durations add up without reading a notation. */
export const duration: ShapedFieldType = {
  ...integer,
  name: 'duration',
  defaults: { scale: 0, precision: 12, maxLength: 0 },
  valueType: () => ({ kind: 'duration' }),
};
