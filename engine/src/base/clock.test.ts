import { describe, expect, it } from 'vitest';
import { dateIn, instantOf, millisecondsOf, storedInstant } from './clock.ts';

describe('instants', () => {
  it('go to a column and come back', () => {
    const milliseconds = Date.UTC(2026, 0, 31, 16, 59, 59, 7);
    expect(storedInstant(milliseconds)).toBe('2026-01-31 16:59:59.007');
    expect(millisecondsOf('2026-01-31 16:59:59.007')).toBe(milliseconds);
    expect(instantOf('2026-01-31 16:59:59')).toBe('2026-01-31T16:59:59.000Z');
  });
});

describe('dateIn', () => {
  it.each([
    ['Asia/Jakarta', '2026-01-31T16:59:59.999Z', '2026-01-31'],
    ['Asia/Jakarta', '2026-01-31T17:00:00.000Z', '2026-02-01'],
    ['America/New_York', '2026-01-31T17:00:00.000Z', '2026-01-31'],
    ['Asia/Jakarta', '2026-01-31T16:59:00.000Z', '2026-01-31'],
    ['Asia/Kolkata', '2026-03-01T18:29:59.000Z', '2026-03-01'],
    ['Asia/Kolkata', '2026-03-01T18:30:00.000Z', '2026-03-02'],
  ])('in %s at %s it is %s', (timezone, instant, date) => {
    expect(dateIn(timezone, Date.parse(instant))).toBe(date);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => dateIn('Asia/Atlantis', 0)).toThrow(RangeError);
  });
});
