import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedMap } from './bounded-map.ts';

test('forgets what was not asked for lately, and keeps what was', () => {
  const map = new BoundedMap<number, string>(100);
  map.set(-1, 'asked for again and again');
  for (let key = 0; key < 10_000; key += 1) {
    map.set(key, String(key));
    expect(map.get(-1)).toBe('asked for again and again');
  }
  expect(map.get(0)).toBeUndefined();
  expect(map.get(9_999)).toBe('9999');
});

test('never holds more than its bound, never answers a wrong value, and remembers the latest half', () => {
  const command = fc.record({ act: fc.constantFrom('set', 'get', 'delete'), key: fc.integer({ min: 0, max: 30 }) });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), fc.integer({ min: 2, max: 20 }), (commands, sizeMax) => {
      const map = new BoundedMap<number, { step: number }>(sizeMax);
      const truth = new Map<number, { step: number }>();
      for (const [step, { act, key }] of commands.entries()) {
        if (act === 'set') {
          truth.set(key, { step });
          map.set(key, { step });
          expect(map.get(key)).toEqual({ step });
        } else if (act === 'get') {
          const found = map.get(key);
          if (found !== undefined) expect(found).toEqual(truth.get(key));
        } else {
          truth.delete(key);
          map.delete(key);
          expect(map.get(key)).toBeUndefined();
        }
        expect(map.size).toBeLessThanOrEqual(sizeMax);
        expect(map.values()).toHaveLength(map.size);
      }
    }),
  );
});
