import { exactNumberType } from './exact-number.ts';

/** A quantity, in the unit that the field's `unit` names. */
export const quantity = exactNumberType('quantity', { scale: 4, precision: 18 });
