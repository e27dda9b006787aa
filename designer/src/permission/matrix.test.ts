import { describe, expect, it } from 'vitest';
import { extentOf, toggled } from './matrix.ts';

const own = { entity: 'shop.order', actions: ['read', 'update'], where: 'owner == user.id' };

describe('the matrix of a role', () => {
  it.each([
    ['nothing granted', [], 'none'],
    ['all records', [{ entity: 'shop.order', actions: ['update'] }], 'all'],
    ['some records', [own], 'some'],
    ['some and all', [own, { entity: 'shop.order', actions: ['update'] }], 'all'],
    ['another entity', [{ entity: 'shop.item', actions: ['update'] }], 'none'],
  ])('%s', (_, grants, extent) => {
    expect(extentOf(grants, 'shop.order', 'update')).toBe(extent);
  });

  it('gives reading along, since nothing can be done with what cannot be seen', () => {
    expect(toggled([], 'shop.order', 'update')).toEqual([{ entity: 'shop.order', actions: ['read', 'update'] }]);
    expect(toggled([own], 'shop.order', 'delete')).toEqual([own, { entity: 'shop.order', actions: ['delete'] }]);
  });

  it('takes an action away wherever it is granted, and grants that grant nothing with it', () => {
    const grants = [own, { entity: 'shop.order', actions: ['delete'] }];
    expect(toggled(grants, 'shop.order', 'delete')).toEqual([own]);
    expect(toggled(grants, 'shop.order', 'update')).toEqual([{ ...own, actions: ['read'] }, grants[1]]);
  });
});
