import type { Body } from '../../../engine/src/compiler/parse.ts';
import { isObject } from '../../../engine/src/compiler/parse.ts';
import { pointerStep } from '../../../engine/src/metamodel/diagnostic.ts';

/**
 * Where one character was typed or taken away: the JSON pointer (RFC 6901) of the text. Null when anything else changed,
 * which is a step of its own for whoever takes changes back.
 */
export function typingPlace(before: Body, after: Body): string | null {
  return placeIn(before, after, '');
}

function placeIn(before: unknown, after: unknown, pointer: string): string | null {
  if (typeof before === 'string' && typeof after === 'string')
    return Math.abs(before.length - after.length) === 1 ? pointer : null;
  const keys = keysOf(after);
  if (keys === null || keysOf(before)?.join() !== keys.join()) return null;
  const changed = keys.filter((key) => part(before, key) !== part(after, key));
  const [only] = changed;
  if (only === undefined || changed.length > 1) return null;
  return placeIn(part(before, only), part(after, only), pointer + pointerStep(only));
}

function keysOf(value: unknown): readonly string[] | null {
  return isObject(value) || Array.isArray(value) ? Object.keys(value) : null;
}

function part(value: unknown, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key];
}
