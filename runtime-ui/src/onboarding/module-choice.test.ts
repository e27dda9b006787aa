import { describe, expect, it } from 'vitest';
import { dependantsOf, dependenciesOf, withDependencies } from './module-choice.ts';
import type { CatalogModule } from '../api/catalog.ts';

function module(slug: string, dependencies: readonly string[]): readonly [string, CatalogModule] {
  const description = { id: slug, name: slug, description: '', category: 'core', icon: '', version: '1.0.0' };
  return [slug, { slug, ...description, is_core: false, dependencies }];
}

const modules = new Map([
  module('loans', ['books', 'members']),
  module('fines', ['loans']),
  module('books', ['shelves']),
  module('shelves', []),
  module('members', []),
  module('left', ['right']),
  module('right', ['left']),
]);

describe('a choice of modules', () => {
  it.each([
    [['loans'], ['shelves', 'books', 'members', 'loans']],
    [
      ['members', 'loans'],
      ['members', 'shelves', 'books', 'loans'],
    ],
    [
      ['fines', 'books'],
      ['shelves', 'books', 'members', 'loans', 'fines'],
    ],
    [[], []],
    [['left'], ['right', 'left']],
    [['unknown'], ['unknown']],
  ])('%j comes to %j', (chosen, expected) => {
    expect(withDependencies(chosen, modules)).toEqual(expected);
  });

  it('tells what a module brings along', () => {
    expect(dependenciesOf('fines', modules)).toEqual(['shelves', 'books', 'members', 'loans']);
  });

  it('tells what goes when a module goes', () => {
    expect(dependantsOf('shelves', ['books', 'members', 'fines'], modules)).toEqual(['books', 'fines']);
  });
});
