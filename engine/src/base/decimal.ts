/**
 * Exact decimal numbers for money, quantities and rates: an integer count of units at a power of ten.
 *
 * No operation passes through a binary float. Rounding is half away from zero everywhere, the commercial
 * practice for the minor units of ISO 4217.
 */

/** Fraction digits a quotient is rounded to; the expression language's rule for `/`. */
export const QUOTIENT_SCALE = 12;

/** Digits a number may have, before and after the point together: what `DECIMAL` holds in MySQL. */
const DIGITS_MAX = 65;

const FRACTION_DIGITS_MAX = 30;
const TEXT_LENGTH_MAX = DIGITS_MAX + 2;
const PLAIN_NOTATION = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

const POWERS_OF_TEN: readonly bigint[] = Array.from(
  { length: 2 * DIGITS_MAX + 1 },
  (_, exponent) => 10n ** BigInt(exponent),
);

function powerOfTen(exponent: number): bigint {
  const power = POWERS_OF_TEN[exponent];
  if (power === undefined) throw new RangeError(`A decimal of ${exponent} digits is too long.`);
  return power;
}

const UNITS_LIMIT = powerOfTen(DIGITS_MAX);

/** `numerator / denominator` as an integer, rounded half away from zero. The denominator is positive. */
function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  if (remainder >= 0n) return remainder * 2n >= denominator ? quotient + 1n : quotient;
  return remainder * -2n >= denominator ? quotient - 1n : quotient;
}

/** An immutable exact number, `units × 10^-scale`. Equal numbers may differ in scale: compare with `equals`. */
export class Decimal {
  static readonly zero = new Decimal(0n, 0);
  static readonly one = new Decimal(1n, 0);

  readonly units: bigint;
  readonly scale: number;

  private constructor(units: bigint, scale: number) {
    this.units = units;
    this.scale = scale;
  }

  /**
   * Reads plain notation: a sign, digits, at most one point; no exponent, spaces or separators.
   * Answers null for anything else, for more than 65 digits and for more than 30 fraction digits.
   */
  static parse(text: string): Decimal | null {
    if (text.length > TEXT_LENGTH_MAX || !PLAIN_NOTATION.test(text)) return null;
    const point = text.indexOf('.');
    const scale = point < 0 ? 0 : text.length - point - 1;
    if (scale > FRACTION_DIGITS_MAX) return null;
    const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
    const unsigned = digits.startsWith('+') ? digits.slice(1) : digits;
    const units = BigInt(unsigned.startsWith('-') ? unsigned.slice(1) : unsigned);
    if (units >= UNITS_LIMIT) return null;
    return new Decimal(unsigned.startsWith('-') ? -units : units, scale);
  }

  /** The number `units × 10^-scale`, as the columns of a database hold it. Throws RangeError beyond 65 digits. */
  static fromUnits(units: bigint, scale: number): Decimal {
    if (!Number.isInteger(scale) || scale < 0 || scale > 2 * FRACTION_DIGITS_MAX) {
      throw new RangeError(`A decimal cannot have ${scale} fraction digits.`);
    }
    return bounded(new Decimal(units, scale));
  }

  /** A whole number. Throws RangeError for a number that is not a safe integer: fractions come from `parse`. */
  static of(whole: number | bigint): Decimal {
    if (typeof whole === 'bigint') return bounded(new Decimal(whole, 0));
    if (!Number.isSafeInteger(whole)) throw new RangeError(`${whole} is not a safe integer.`);
    return new Decimal(BigInt(whole), 0);
  }

  add(other: Decimal): Decimal {
    if (this.scale === other.scale) return new Decimal(this.units + other.units, this.scale);
    return this.scale > other.scale
      ? new Decimal(this.units + other.unitsAt(this.scale), this.scale)
      : new Decimal(this.unitsAt(other.scale) + other.units, other.scale);
  }

  subtract(other: Decimal): Decimal {
    if (this.scale === other.scale) return new Decimal(this.units - other.units, this.scale);
    return this.scale > other.scale
      ? new Decimal(this.units - other.unitsAt(this.scale), this.scale)
      : new Decimal(this.unitsAt(other.scale) - other.units, other.scale);
  }

  /** The exact product; its scale is the sum of both. Throws RangeError beyond 65 digits. */
  multiply(other: Decimal): Decimal {
    return bounded(new Decimal(this.units * other.units, this.scale + other.scale));
  }

  /** The quotient rounded half away from zero to 12 fraction digits. Throws RangeError when `other` is zero. */
  divide(other: Decimal): Decimal {
    if (other.units === 0n) throw new RangeError('Division by zero.');
    const exponent = QUOTIENT_SCALE + other.scale - this.scale;
    const dividend = exponent >= 0 ? this.units * powerOfTen(exponent) : this.units;
    const divisor = exponent >= 0 ? other.units : other.units * powerOfTen(-exponent);
    return bounded(
      divisor < 0n
        ? new Decimal(divideRounded(-dividend, -divisor), QUOTIENT_SCALE)
        : new Decimal(divideRounded(dividend, divisor), QUOTIENT_SCALE),
    );
  }

  /** What is left after dividing by `other` a whole number of times, with the sign of this number (`%`). */
  remainder(other: Decimal): Decimal {
    if (other.units === 0n) throw new RangeError('Division by zero.');
    const scale = Math.max(this.scale, other.scale);
    return new Decimal(this.unitsAt(scale) % other.unitsAt(scale), scale);
  }

  negate(): Decimal {
    return new Decimal(-this.units, this.scale);
  }

  abs(): Decimal {
    return this.units < 0n ? this.negate() : this;
  }

  /** Rounded half away from zero to `places` fraction digits; negative places round to tens, hundreds and so on. */
  round(places: number): Decimal {
    if (places >= this.scale) return this;
    const divisor = powerOfTen(this.scale - places);
    const units = divideRounded(this.units, divisor);
    return places >= 0 ? new Decimal(units, places) : bounded(new Decimal(units * powerOfTen(-places), 0));
  }

  /** The greatest whole number that is not above this one. */
  floor(): Decimal {
    if (this.scale === 0) return this;
    const divisor = powerOfTen(this.scale);
    const whole = this.units / divisor;
    return new Decimal(this.units < 0n && this.units % divisor !== 0n ? whole - 1n : whole, 0);
  }

  /** The least whole number that is not below this one. */
  ceil(): Decimal {
    return this.negate().floor().negate();
  }

  /** The same number with exactly `scale` fraction digits, rounded half away from zero when digits are lost. */
  rescale(scale: number): Decimal {
    if (scale === this.scale) return this;
    return scale < this.scale ? this.round(scale) : new Decimal(this.unitsAt(scale), scale);
  }

  /** Negative, zero or positive as this number is below, equal to or above `other`. */
  compare(other: Decimal): -1 | 0 | 1 {
    let left = this.units;
    let right = other.units;
    if (this.scale > other.scale) right = other.unitsAt(this.scale);
    else if (this.scale < other.scale) left = this.unitsAt(other.scale);
    if (left === right) return 0;
    return left < right ? -1 : 1;
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0;
  }

  isZero(): boolean {
    return this.units === 0n;
  }

  isWhole(): boolean {
    return this.scale === 0 || this.units % powerOfTen(this.scale) === 0n;
  }

  sign(): -1 | 0 | 1 {
    if (this.units === 0n) return 0;
    return this.units < 0n ? -1 : 1;
  }

  /** The nearest binary number, for places where exactness has no meaning: lengths, day counts, charts. */
  toNumber(): number {
    return this.scale === 0 ? Number(this.units) : Number(this.toString());
  }

  /** Canonical plain notation: equal numbers give equal texts, without trailing zeros or a negative zero. */
  toString(): string {
    const text = this.plain();
    if (this.scale === 0) return text;
    let end = text.length;
    while (text.charCodeAt(end - 1) === 48) end -= 1;
    if (text.charCodeAt(end - 1) === 46) end -= 1;
    return text.slice(0, end);
  }

  /** Plain notation with exactly `scale` fraction digits, rounded half away from zero. */
  toFixed(scale: number): string {
    return this.rescale(scale).plain();
  }

  toJSON(): string {
    return this.toString();
  }

  private unitsAt(scale: number): bigint {
    return this.scale === scale ? this.units : this.units * powerOfTen(scale - this.scale);
  }

  private plain(): string {
    if (this.scale === 0) return this.units.toString();
    const negative = this.units < 0n;
    const digits = (negative ? -this.units : this.units).toString().padStart(this.scale + 1, '0');
    const point = digits.length - this.scale;
    return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
  }
}

function bounded(decimal: Decimal): Decimal {
  if (decimal.units >= UNITS_LIMIT || decimal.units <= -UNITS_LIMIT) {
    throw new RangeError(`A decimal holds at most ${DIGITS_MAX} digits.`);
  }
  return decimal;
}
