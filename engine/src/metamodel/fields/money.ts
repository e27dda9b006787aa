import { exactNumberType } from './exact-number.ts';

/** An amount of money, in the currency that the field's `unit` or the company names. */
export const money = exactNumberType('money', { scale: 2, precision: 18 });
