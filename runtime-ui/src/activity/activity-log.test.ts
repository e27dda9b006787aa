import { describe, expect, it } from 'vitest';
import { instantOfDay } from './activity-log.ts';

describe('a day of the activity log', () => {
  it('begins and ends by the clock of the reader', () => {
    expect(instantOfDay('2026-03-01')).toBe(new Date(2026, 2, 1).toISOString());
    expect(instantOfDay('2026-02-28', 1)).toBe(new Date(2026, 2, 1).toISOString());
  });

  it.each(['', 'soon', '2026-13-01'])('is nothing when %j was entered', (day) => {
    expect(instantOfDay(day)).toBeUndefined();
  });
});
