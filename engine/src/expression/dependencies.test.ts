import { describe, expect, it } from 'vitest';
import { dependenciesOf } from './dependencies.ts';
import { FINE_SCOPE, LINE_SCOPE, LOAN_SCOPE, typed } from './library.sample.ts';
import type { Scope } from './scope.ts';

/** `self: lines[] > book → price`, as a reader would draw it. */
function placesRead(source: string, scope: Scope = LOAN_SCOPE): string[] {
  const marks = { field: '', link: '→', rows: '[]' };
  return dependenciesOf(typed(source, scope)).map(
    ({ frame, path }) => `${frame}: ${path.map(({ field, kind }) => field + marks[kind]).join(' ')}`,
  );
}

describe('an expression reads', () => {
  it.each<[string, string[]]>([
    ['1 + 2', []],
    ['user.name', []],
    ['fee + fee * discount', ['self: fee', 'self: discount']],
    ['reader', ['self: reader']],
    ['reader.id', ['self: reader']],
    ['reader.city.name', ['self: reader→ city→ name']],
    ['if(is_open, due, today())', ['self: is_open', 'self: due']],
    ['status in ["open"] and not (note == null)', ['self: status', 'self: note']],
    ['coalesce(note, number) + fee', ['self: note', 'self: number', 'self: fee']],
    ['count(lines)', ['self: lines[]']],
    ['sum(lines.days * fee)', ['self: lines[]', 'self: lines[] days', 'self: fee']],
    ['max(lines.book.price)', ['self: lines[]', 'self: lines[] book→ price']],
    [
      'any(lines, days > avg(fines.amount))',
      ['self: lines[]', 'self: lines[] days', 'self: fines[]', 'self: fines[] amount'],
    ],
  ])('%s', (source, expected) => {
    expect(placesRead(source)).toEqual(expected);
  });

  it('its owner when it is a row', () => {
    expect(placesRead('amount * fee / sum(parent.lines.amount)', LINE_SCOPE)).toEqual([
      'self: amount',
      'parent: fee',
      'parent: lines[]',
      'parent: lines[] amount',
    ]);
  });

  it('the rows of its group when it is derived', () => {
    expect(placesRead('sum(amount * book.price) * fee + base', FINE_SCOPE)).toEqual([
      'group: amount',
      'group: book→ price',
      'parent: fee',
      'self: base',
    ]);
  });
});
