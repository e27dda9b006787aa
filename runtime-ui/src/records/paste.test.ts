import { expect, test } from 'vitest';
import { cellsOf } from './paste.ts';

test.each([
  [
    'A\t1\nB\t2\n',
    [
      ['A', '1'],
      ['B', '2'],
    ],
  ],
  [
    'A\t1\r\nB\t2\r\n',
    [
      ['A', '1'],
      ['B', '2'],
    ],
  ],
  ['"two\nlines"\t"a ""quote"""', [['two\nlines', 'a "quote"']]],
  ['\t\n', [['', '']]],
  ['one', [['one']]],
])('%j', (text, cells) => {
  expect(cellsOf(text)).toEqual(cells);
});
