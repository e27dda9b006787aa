import { Decimal } from '../../base/decimal.ts';

/**
 * `value × part ÷ whole` to `scale` fraction digits, half away from zero. It rounds once: a quotient of twelve digits
 * in between could push a half cent to the wrong side. Throws RangeError when `whole` is zero.
 */
export function shareOf(value: Decimal, part: Decimal, whole: Decimal, scale: number): Decimal {
  if (whole.isZero()) throw new RangeError('A share of nothing.');
  const exponent = scale + whole.scale - value.scale - part.scale;
  let numerator = value.units * part.units;
  let denominator = whole.units;
  if (exponent >= 0) numerator *= 10n ** BigInt(exponent);
  else denominator *= 10n ** BigInt(-exponent);
  if (denominator < 0n) {
    numerator = -numerator;
    denominator = -denominator;
  }
  const half = numerator < 0n ? -denominator : denominator;
  return Decimal.fromUnits((2n * numerator + half) / (2n * denominator), scale);
}

export function smaller(one: Decimal, other: Decimal): Decimal {
  return one.compare(other) < 0 ? one : other;
}

export function sumOf(amounts: Iterable<Decimal>): Decimal {
  let sum = Decimal.zero;
  for (const amount of amounts) sum = sum.add(amount);
  return sum;
}
