import { exactNumberType } from './exact-number.ts';

/** A percentage: `12.5` means 12.5 %. */
export const percent = exactNumberType('percent', { scale: 4, precision: 9 });
