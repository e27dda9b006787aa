import { expect, it } from 'vitest';
import { History } from './history.ts';

it('returns to every state and back, with what is typed on in one place as one step', () => {
  const history = new History<string>();
  history.note('', 'a', 0);
  history.note('x', 'a', 100);
  history.note('xy', 'b', 200);
  history.note('xyz', 'b', 5_000);
  let state: string | null = 'xyzw';
  const seen: string[] = [];
  while (state !== null) {
    seen.push(state);
    state = history.undo(state);
  }
  expect(seen).toEqual(['xyzw', 'xyz', 'xy', '']);
  expect(history.canUndo.value).toBe(false);
  expect(history.redo('')).toBe('xy');
  expect(history.redo('xy')).toBe('xyz');
  expect(history.redo('xyz')).toBe('xyzw');
  expect(history.redo('xyzw')).toBeNull();
});

it('forgets what was undone once something else is changed', () => {
  const history = new History<string>();
  history.note('', 'a', 0);
  expect(history.undo('x')).toBe('');
  history.note('', 'b', 100);
  expect(history.canRedo.value).toBe(false);
});
