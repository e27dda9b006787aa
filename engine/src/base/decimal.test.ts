import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from './decimal.ts';

function decimal(text: string): Decimal {
  const parsed = Decimal.parse(text);
  if (parsed === null) throw new Error(`${text} is no decimal.`);
  return parsed;
}

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 12 }))
  .map(([units, scale]) => Decimal.fromUnits(units, scale));

describe('parse', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['007', '7'],
    ['+1.50', '1.5'],
    ['-.25', '-0.25'],
    ['3.', '3'],
    ['1500000.00', '1500000'],
    ['9'.repeat(65), '9'.repeat(65)],
    ['0.' + '1'.repeat(30), '0.' + '1'.repeat(30)],
  ])('reads %s as %s', (text, canonical) => {
    expect(decimal(text).toString()).toBe(canonical);
  });

  it.each([
    '',
    '-',
    '.',
    '1e3',
    '1,5',
    ' 1',
    '1 ',
    '1.2.3',
    '0x10',
    'NaN',
    'Infinity',
    '--1',
    '1_000',
    '١',
    '9'.repeat(66),
  ])('refuses %j', (text) => {
    expect(Decimal.parse(text)).toBeNull();
  });

  it('refuses more than thirty fraction digits', () => {
    expect(Decimal.parse('0.' + '1'.repeat(31))).toBeNull();
  });
});

describe('rounding is half away from zero', () => {
  it.each([
    ['2.5', 0, '3'],
    ['-2.5', 0, '-3'],
    ['2.4999', 0, '2'],
    ['1.005', 2, '1.01'],
    ['-1.005', 2, '-1.01'],
    ['0.05', 1, '0.1'],
    ['149', -2, '100'],
    ['150', -2, '200'],
    ['-150', -2, '-200'],
    ['4', -1, '0'],
    ['1.5', 4, '1.5'],
  ])('%s to %i places is %s', (text, places, rounded) => {
    expect(decimal(text).round(places).toString()).toBe(rounded);
  });
});

describe('division is rounded to twelve fraction digits', () => {
  it.each([
    ['1', '3', '0.333333333333'],
    ['2', '3', '0.666666666667'],
    ['-2', '3', '-0.666666666667'],
    ['2', '-3', '-0.666666666667'],
    ['1', '8', '0.125'],
    ['100.50', '0.5', '201'],
    ['0.000000000001', '2', '0.000000000001'],
    ['0.0000000000009', '2', '0'],
    ['1', '0.000000000000000003', '333333333333333333.333333333333'],
  ])('%s / %s = %s', (dividend, divisor, quotient) => {
    expect(decimal(dividend).divide(decimal(divisor)).toString()).toBe(quotient);
  });

  it('by zero is refused', () => {
    expect(() => Decimal.one.divide(decimal('0.00'))).toThrow(RangeError);
    expect(() => Decimal.one.remainder(Decimal.zero)).toThrow(RangeError);
  });
});

describe('whole parts', () => {
  it.each([
    ['1.5', '1', '2'],
    ['-1.5', '-2', '-1'],
    ['2.00', '2', '2'],
    ['-0.1', '-1', '0'],
  ])('floor and ceil of %s are %s and %s', (text, floor, ceil) => {
    expect(decimal(text).floor().toString()).toBe(floor);
    expect(decimal(text).ceil().toString()).toBe(ceil);
  });

  it('tells whole numbers whatever their scale', () => {
    expect([decimal('2.00').isWhole(), decimal('2.01').isWhole()]).toEqual([true, false]);
  });
});

describe('text', () => {
  it('has a fixed number of fraction digits when asked', () => {
    expect(decimal('1.005').toFixed(2)).toBe('1.01');
    expect(decimal('-3').toFixed(2)).toBe('-3.00');
    expect(decimal('0.004').toFixed(0)).toBe('0');
  });

  it('is a string in JSON', () => {
    expect(JSON.stringify({ total: decimal('12.50') })).toBe('{"total":"12.5"}');
  });

  it('keeps zeros that are no fraction', () => {
    expect(Decimal.fromUnits(100000n, 2).toString()).toBe('1000');
    expect(Decimal.of(500).toString()).toBe('500');
  });
});

describe('bounds', () => {
  it('refuses whole numbers that are not exact', () => {
    expect(() => Decimal.of(1.5)).toThrow(RangeError);
    expect(() => Decimal.of(2 ** 53)).toThrow(RangeError);
    expect(Decimal.of(2n ** 63n).toString()).toBe('9223372036854775808');
  });

  it('refuses results of more than 65 digits', () => {
    const large = decimal('9'.repeat(40));
    expect(() => large.multiply(large)).toThrow(RangeError);
    expect(() => Decimal.fromUnits(10n ** 65n, 0)).toThrow(RangeError);
    expect(() => Decimal.fromUnits(1n, 61)).toThrow(RangeError);
  });
});

describe('laws', () => {
  it('adding and subtracting again changes nothing', () => {
    fc.assert(fc.property(decimals, decimals, (a, b) => a.add(b).subtract(b).equals(a)));
  });

  it('multiplication spreads over addition', () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, (a, b, c) =>
        a.multiply(b.add(c)).equals(a.multiply(b).add(a.multiply(c))),
      ),
    );
  });

  it('a quotient is off by at most half of its last digit', () => {
    const nonZero = decimals.filter((value) => !value.isZero());
    fc.assert(
      fc.property(decimals, nonZero, (a, b) => {
        const error = a.subtract(a.divide(b).multiply(b)).abs();
        expect(error.add(error).compare(b.abs().multiply(Decimal.fromUnits(1n, 12)))).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('a remainder completes the whole part of the quotient', () => {
    const nonZero = decimals.filter((value) => !value.isZero());
    fc.assert(
      fc.property(decimals, nonZero, (a, b) => {
        const remainder = a.remainder(b);
        expect(remainder.abs().compare(b.abs())).toBe(-1);
        expect(a.subtract(remainder).remainder(b).isZero()).toBe(true);
        expect([0, a.sign()]).toContain(remainder.sign());
      }),
    );
  });

  it('text keeps the value and equal values have one text', () => {
    fc.assert(
      fc.property(decimals, fc.integer({ min: 0, max: 6 }), (a, more) => {
        expect(decimal(a.toString()).equals(a)).toBe(true);
        expect(a.rescale(a.scale + more).toString()).toBe(a.toString());
        expect(decimal(a.toFixed(a.scale)).equals(a)).toBe(true);
      }),
    );
  });

  it('order is that of the difference', () => {
    fc.assert(fc.property(decimals, decimals, (a, b) => a.compare(b) === a.subtract(b).sign()));
  });
});
