import { describe, expect, it } from 'vitest';
import { matchesNone, readIfMatch } from './etag.ts';

describe('If-Match', () => {
  it.each([
    ['"3"', '3'],
    [' "12" ', '12'],
    ['*', null],
    [undefined, null],
  ])('%j names version %j', (header, version) => expect(readIfMatch(header)).toBe(version));

  it.each(['3', 'W/"3"', '"3", "4"', '"x"', ''])('%j is refused', (header) => {
    expect(() => readIfMatch(header)).toThrow('malformed-header');
  });
});

describe('If-None-Match', () => {
  it.each([
    ['"3"', true],
    ['W/"3"', true],
    ['"2", "3"', true],
    ['*', true],
    ['"2"', false],
    [undefined, false],
  ])('%j knows "3": %s', (header, known) => expect(matchesNone(header, '"3"')).toBe(known));
});
