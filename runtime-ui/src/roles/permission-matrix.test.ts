import { describe, expect, it } from 'vitest';
import {
  differences,
  grantsOf,
  isPartOfFields,
  levelOf,
  matrixOf,
  nextLevel,
  OWN_RECORDS,
  withLevel,
} from './permission-matrix.ts';
import type { Rule } from './permission-matrix.ts';

const rule = (actions: readonly string[], facts: Partial<Rule> = {}): Rule => ({
  actions,
  where: null,
  read: null,
  write: null,
  ...facts,
});

describe('the permission matrix', () => {
  it('keeps every grant as it was', () => {
    const grants = [
      { entity: 'a.b', ...rule(['read']) },
      { entity: 'a.b', ...rule(['update'], { where: 'x > 1', read: ['x'], write: [] }) },
      { entity: 'a.c', ...rule(['read', 'print']) },
    ];
    expect(grantsOf(matrixOf(grants))).toEqual(grants);
  });

  it.each([
    [[], 'none'],
    [[rule(['read'])], 'all'],
    [[rule(['read'], { where: OWN_RECORDS })], 'own'],
    [[rule(['read'], { where: OWN_RECORDS }), rule(['read'], { where: 'x > 1' })], 'condition'],
    [[rule(['read'], { where: 'x > 1' }), rule(['read'])], 'all'],
    [[rule(['update'])], 'none'],
  ] as const)('of %j reads as %s', (rules, level) => {
    expect(levelOf(rules, 'read')).toBe(level);
  });

  it('goes round the levels, and offers a condition where one was written', () => {
    let rules: readonly Rule[] = [];
    const seen = ['all', 'own', 'none', 'all'].map(() => {
      rules = withLevel(rules, 'read', nextLevel(rules, 'read'));
      return levelOf(rules, 'read');
    });
    expect(seen).toEqual(['all', 'own', 'none', 'all']);
    expect(nextLevel([rule(['read'], { where: OWN_RECORDS }), rule(['update'], { where: 'x > 1' })], 'read')).toBe(
      'condition',
    );
  });

  it('lets read whoever may do anything, as far, and do nothing whoever may not read', () => {
    const own = withLevel([], 'update', 'own');
    expect(own).toEqual([rule(['update', 'read'], { where: OWN_RECORDS })]);
    expect(withLevel(own, 'read', 'none')).toEqual([]);
    expect(withLevel([rule(['read'])], 'update', 'own')).toEqual([
      rule(['read']),
      rule(['update'], { where: OWN_RECORDS }),
    ]);
  });

  it('leaves the fields of a rule alone when an action comes or goes', () => {
    const some = [rule(['read'], { read: ['name'] })];
    expect(withLevel(some, 'export', 'all')).toEqual([rule(['read', 'export'], { read: ['name'] })]);
    expect(isPartOfFields(some, 'read')).toBe(true);
    expect(isPartOfFields([...some, rule(['read'])], 'read')).toBe(false);
  });

  it('tells what changed', () => {
    const before = matrixOf([
      { entity: 'a.b', ...rule(['read', 'update']) },
      { entity: 'a.c', ...rule(['read'], { where: 'x > 1' }) },
      { entity: 'a.d', ...rule(['read', 'print']) },
    ]);
    const after = matrixOf([
      { entity: 'a.b', ...rule(['read']) },
      { entity: 'a.c', ...rule(['read'], { where: 'x > 2' }) },
      { entity: 'a.d', ...rule(['print', 'read']) },
    ]);
    expect(differences(before, after)).toEqual([
      { entity: 'a.b', levels: [{ action: 'update', from: 'all', to: 'none' }], added: [], removed: [] },
      {
        entity: 'a.c',
        levels: [],
        added: [rule(['read'], { where: 'x > 2' })],
        removed: [rule(['read'], { where: 'x > 1' })],
      },
    ]);
  });
});
