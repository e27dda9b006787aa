import { Decimal } from '../base/decimal.ts';
import type { Value } from '../metamodel/value-type.ts';

/** Whether two values are the same; numbers by what they are worth, null with null. */
export function isEqual(left: Value, right: Value): boolean {
  if (left === right) return true;
  return left instanceof Decimal && right instanceof Decimal && left.equals(right);
}

/** Negative, zero or positive; NaN beside null, which makes every comparison false. */
export function order(left: Value, right: Value): number {
  if (left instanceof Decimal && right instanceof Decimal) return left.compare(right);
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  return Number.NaN;
}

/**
 * Order of texts by code point, as both databases order the bytes of UTF-8. The operators of JavaScript order by
 * UTF-16 code unit, which differs for characters outside the basic plane.
 */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const one = left.charCodeAt(index);
    const other = right.charCodeAt(index);
    if (one !== other) return isSurrogate(one) === isSurrogate(other) ? one - other : isSurrogate(one) ? 1 : -1;
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
