import { exactNumberType } from './exact-number.ts';

/** A number with a fixed count of fraction digits. */
export const decimal = exactNumberType('decimal', { scale: 6, precision: 18 });
