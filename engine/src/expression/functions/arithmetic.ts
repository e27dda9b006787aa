import { Decimal } from '../../base/decimal.ts';
import { FRACTION_DIGITS_MAX } from '../limits.ts';
import { raw, sql } from '../sql/text.ts';
import { DURATION, INTEGER, scaleOf, widestScale } from '../type.ts';
import { parameter, signature } from './definition.ts';
import type { FunctionDefinition, Signature } from './definition.ts';
import type { Sql } from '../sql/text.ts';
import type { ValueType } from '../../metamodel/value-type.ts';

const PLACES_MAX = FRACTION_DIGITS_MAX;
const number = (name: string) => parameter(name, 'number');
const duration = (name: string) => parameter(name, 'duration');

function numberOfScale(scale: number | null): ValueType {
  return { kind: 'number', scale };
}

function bothScales([left, right]: readonly ValueType[]): ValueType {
  return numberOfScale(left && right ? widestScale(left, right) : null);
}

function productScale([left, right]: readonly ValueType[]): ValueType {
  const one = left ? scaleOf(left) : null;
  const other = right ? scaleOf(right) : null;
  return numberOfScale(one === null || other === null ? null : Math.min(one + other, FRACTION_DIGITS_MAX));
}

function sameScale([operand]: readonly ValueType[]): ValueType {
  return numberOfScale(operand ? scaleOf(operand) : null);
}

const ofTwoNumbers: Signature = { parameters: [number('a'), number('b')], result: bothScales };
const ofTwoDurations = signature([duration('a'), duration('b')], DURATION);
const toWhole = signature([number('x')], INTEGER);
const keepingType: readonly Signature[] = [
  { parameters: [number('x')], result: sameScale },
  signature([duration('x')], DURATION),
];

/** The product by the language's rule: exact, then rounded to twelve fraction digits. */
export function product(left: Decimal, right: Decimal): Decimal {
  const exact = left.multiply(right);
  return exact.scale > FRACTION_DIGITS_MAX ? exact.round(FRACTION_DIGITS_MAX) : exact;
}

/**
 * The quotient by the language's rule. MySQL cuts a quotient four digits after its dividend; with thirty digits what
 * is rounded to twelve is exact for every divisor of up to seventeen digits.
 */
export function mysqlQuotient(dividend: Sql, divisor: Sql): Sql {
  return sql`ROUND(CAST(${dividend} AS DECIMAL(65,26)) / NULLIF(${divisor}, 0), 12)`;
}

/** A number in plain notation without trailing zeros, as `text()` writes it. */
export function mysqlText(value: Sql): Sql {
  return sql`TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM CAST(CAST(${value} AS DECIMAL(65,12)) AS CHAR)))`;
}

function clampedPlaces(places: Decimal): number {
  return Math.max(-PLACES_MAX, Math.min(PLACES_MAX, places.round(0).toNumber()));
}

export const arithmetic: readonly FunctionDefinition[] = [
  {
    id: 'add',
    name: '+',
    summary: 'The sum of two numbers or durations.',
    signatures: [ofTwoNumbers, ofTwoDurations],
    evaluate: (left: Decimal, right: Decimal) => left.add(right),
    mysql: (left, right) => sql`(${left} + ${right})`,
  },
  {
    id: 'subtract',
    name: '-',
    summary: 'The difference of two numbers or durations.',
    signatures: [ofTwoNumbers, ofTwoDurations],
    evaluate: (left: Decimal, right: Decimal) => left.subtract(right),
    mysql: (left, right) => sql`(${left} - ${right})`,
  },
  {
    id: 'multiply',
    name: '*',
    summary: 'The product, rounded to twelve fraction digits.',
    signatures: [
      { parameters: [number('a'), number('b')], result: productScale },
      signature([duration('a'), number('b')], DURATION),
      signature([number('a'), duration('b')], DURATION),
    ],
    evaluate: product,
    mysql: (left, right) => sql`ROUND(${left} * ${right}, 12)`,
  },
  {
    id: 'divide',
    name: '/',
    summary: 'The quotient, rounded half away from zero to twelve fraction digits; null when the divisor is zero.',
    signatures: [
      signature([number('a'), number('b')], numberOfScale(FRACTION_DIGITS_MAX)),
      signature([duration('a'), number('b')], DURATION),
    ],
    evaluate: (left: Decimal, right: Decimal) => (right.isZero() ? null : left.divide(right)),
    mysql: mysqlQuotient,
  },
  {
    id: 'remainder',
    name: '%',
    summary: 'What a whole number of divisors leaves, with the sign of the first number; null when the second is zero.',
    signatures: [ofTwoNumbers],
    evaluate: (left: Decimal, right: Decimal) => (right.isZero() ? null : left.remainder(right)),
    // MariaDB leaves a negative zero, which is less than zero to it; adding zero makes it plain.
    mysql: (left, right) => sql`(${left} % NULLIF(${right}, 0) + 0)`,
  },
  {
    id: 'negate',
    name: '-',
    summary: 'The number or duration with the other sign.',
    signatures: keepingType,
    evaluate: (operand: Decimal) => operand.negate(),
    mysql: (operand) => sql`(0 - ${operand})`,
  },
  {
    id: 'abs',
    name: 'abs',
    summary: 'The number without its sign.',
    signatures: keepingType,
    evaluate: (operand: Decimal) => operand.abs(),
    mysql: (operand) => sql`ABS(${operand})`,
  },
  {
    id: 'sign',
    name: 'sign',
    summary: '1 for a number above zero, -1 for one below, 0 for zero.',
    signatures: [toWhole, signature([duration('x')], INTEGER)],
    evaluate: (operand: Decimal) => Decimal.of(operand.sign()),
    mysql: (operand) => sql`SIGN(${operand})`,
  },
  {
    id: 'round',
    name: 'round',
    summary: 'The number rounded half away from zero to so many fraction digits, none when left out, at most twelve.',
    signatures: [{ parameters: [number('x'), { ...number('places'), missing: '0' }], result: sameScale }],
    evaluate: (operand: Decimal, places: Decimal) => operand.round(clampedPlaces(places)),
    mysql: (operand, places) =>
      sql`ROUND(${operand}, LEAST(GREATEST(ROUND(${places}), ${raw(String(-PLACES_MAX))}), ${raw(String(PLACES_MAX))}))`,
  },
  {
    id: 'floor',
    name: 'floor',
    summary: 'The greatest whole number that is not above.',
    signatures: [toWhole],
    evaluate: (operand: Decimal) => operand.floor(),
    mysql: (operand) => sql`FLOOR(${operand})`,
  },
  {
    id: 'ceil',
    name: 'ceil',
    summary: 'The least whole number that is not below.',
    signatures: [toWhole],
    evaluate: (operand: Decimal) => operand.ceil(),
    mysql: (operand) => sql`CEILING(${operand})`,
  },
  {
    id: 'least',
    name: 'min',
    summary: 'The smaller of two numbers or durations.',
    signatures: [ofTwoNumbers, ofTwoDurations],
    evaluate: (left: Decimal, right: Decimal) => (left.compare(right) <= 0 ? left : right),
    mysql: (left, right) => sql`LEAST(${left}, ${right})`,
  },
  {
    id: 'greatest',
    name: 'max',
    summary: 'The greater of two numbers or durations.',
    signatures: [ofTwoNumbers, ofTwoDurations],
    evaluate: (left: Decimal, right: Decimal) => (left.compare(right) >= 0 ? left : right),
    mysql: (left, right) => sql`GREATEST(${left}, ${right})`,
  },
];
