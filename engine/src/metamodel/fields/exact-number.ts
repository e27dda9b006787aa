import { Decimal } from '../../base/decimal.ts';
import type { FieldShape, InputFault } from '../field-type.ts';
import { fault } from './faults.ts';
import { ORDER } from './operators.ts';
import type { ShapeDefaults, ShapedFieldType } from './shaped-field-type.ts';

/** Decimal digits that every binary double gives back as they were written. */
const EXACT_DIGITS_MAX = 15;
const PLAIN = /^-?\d+(?:\.\d+)?$/;

/**
 * Reads a number as it was written: a string in plain notation, or a JSON number of so few digits that its binary form
 * stands for one decimal only. Exponents and longer JSON numbers are refused, since what was meant is no longer known.
 */
export function readDecimal(input: unknown): { readonly number: Decimal } | InputFault {
  if (typeof input === 'string') {
    const number = PLAIN.test(input) ? Decimal.parse(input) : null;
    return number === null ? fault('number') : { number };
  }
  if (typeof input !== 'number') return fault('type', { expected: 'string' });
  if (Number.isSafeInteger(input)) return { number: Decimal.of(input) };
  const shortest = String(input);
  if (!PLAIN.test(shortest) || significantDigits(shortest) > EXACT_DIGITS_MAX) return fault('inexact');
  const number = Decimal.parse(shortest);
  return number === null ? fault('inexact') : { number };
}

function significantDigits(plain: string): number {
  return plain.replace(/^-?0*\.?0*/, '').replace('.', '').length;
}

/** Holds a number to the digits and limits of its field; gives it the field's scale. */
export function withinLimits(number: Decimal, field: FieldShape): { readonly value: Decimal } | InputFault {
  const { scale, precision, min, max } = field;
  const value = number.rescale(scale);
  // Digits are never rounded away behind a person's back.
  if (!value.equals(number)) return scale === 0 ? fault('whole') : fault('scale', { scale: String(scale) });
  const limit = 10n ** BigInt(precision);
  if (value.units >= limit || value.units <= -limit) {
    return fault('precision', { precision: String(precision), scale: String(scale), whole: String(precision - scale) });
  }
  if (min !== null && value.compare(min) < 0) return fault('minimum', { minimum: min.toString() });
  if (max !== null && value.compare(max) > 0) return fault('maximum', { maximum: max.toString() });
  return { value };
}

/** A type of exact decimals. JSON is a string with exactly the field's fraction digits: `"1500000.00"`. */
export function exactNumberType(name: string, defaults: Pick<ShapeDefaults, 'scale' | 'precision'>): ShapedFieldType {
  return {
    name,
    defaults: { ...defaults, maxLength: 0 },
    column: ({ precision, scale }) => ({ kind: 'decimal', precision, scale }),
    valueType: ({ scale }) => ({ kind: 'number', scale }),
    read(input, field) {
      const read = readDecimal(input);
      return 'number' in read ? withinLimits(read.number, field) : read;
    },
    write: (value, { scale }) => (value as Decimal).toFixed(scale),
    jsonSchema: ({ scale }) => ({
      type: 'string',
      pattern: scale === 0 ? '^-?[0-9]+$' : `^-?[0-9]+(?:\\.[0-9]{1,${scale}})?$`,
    }),
    operators: ORDER,
    sortable: true,
  };
}
