import { expect, it } from 'vitest';
import { slicesOf } from './slices.ts';

const point = (label: string, value: string | null) => ({ label, value });

it('leaves few slices as they are', () => {
  const points = [point('a', '2'), point('b', '1')];
  expect(slicesOf(points, 2, 'others')).toBe(points);
});

it('adds up what is left over, exactly', () => {
  const points = [point('a', '9007199254740993'), point('b', '0.1'), point('c', '0.2'), point('d', null)];
  expect(slicesOf(points, 2, 'others')).toEqual([point('a', '9007199254740993'), point('others', '0.3')]);
});
