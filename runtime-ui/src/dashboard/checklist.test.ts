import { describe, expect, it } from 'vitest';
import { firstEntities, stepStates } from './checklist.ts';
import type { ScreenIndex } from '../../../engine/src/compiler/screen.ts';

const KINDS = {
  'books.language': 'master',
  'books.book': 'master',
  'books.shelf': 'master',
  'books.stocktake': 'document',
  'loans.loan': 'document',
  'loans.return': 'document',
  'loans.member': 'master',
  'loans.archive': 'master',
} as const;

/** What the modules name, in their order. */
const STEPS = ['books.book', 'books.stocktake', 'loans.member', 'loans.loan'];

function model(readOnly: readonly string[] = []): ScreenIndex {
  const entities = Object.entries(KINDS).map(([entity, kind]) => [
    entity,
    {
      label: entity,
      labelPlural: entity,
      description: null,
      icon: '',
      kind,
      module: '',
      actions: readOnly.includes(entity) ? ['read'] : ['read', 'create'],
    },
  ]);
  const module = (slug: string) => ({
    slug,
    name: slug,
    icon: '',
    category: '',
    firstSteps: STEPS.filter((entity) => entity.startsWith(slug)),
    menu: Object.keys(KINDS)
      .filter((entity) => entity.startsWith(slug))
      .map((entity) => ({ label: '', icon: '', entity, report: null, group: null })),
  });
  return {
    hash: '',
    company: { slug: 'library', name: '', currency: 'IDR', timezone: '' },
    modules: [module('books'), module('loans')],
    entities: Object.fromEntries(entities),
    widgets: [],
    globals: { company: {}, settings: {} },
  };
}

it('begins with what documents are about', () => {
  expect(firstEntities(model())).toEqual(['books.book', 'loans.member', 'books.stocktake', 'loans.loan']);
});

it('asks nobody to enter what they may not', () => {
  expect(firstEntities(model(['books.book', 'loans.loan']))).toEqual(['loans.member', 'books.stocktake']);
});

describe('a step', () => {
  it.each([
    ['is made by what is empty', {}, 0, 'open'],
    ['is not made by what came with a module', {}, 12, 'given'],
    ['is done when the first record is there', { 'books.book': 'open' }, 1, 'done'],
    ['stays done when records go', { 'books.book': 'done' }, 0, 'done'],
    ['is not made later either', { 'books.book': 'given' }, 13, 'given'],
    ['waits for its count', { 'books.book': 'open' }, undefined, 'open'],
  ] as const)('%s', (_, before, total, expected) => {
    expect(stepStates(before, new Map([['books.book', total]]))).toEqual({ 'books.book': expected });
  });
});
