import { describe, expect, it } from 'vitest';
import { differencesOf, withoutDifference } from './differences.ts';
import { mergeBodies } from './fold.ts';

const standard = {
  workflow: 'shop.order',
  label: { en: 'Order', id: 'Pesanan' },
  states: [{ name: 'draft', color: 'gray' }, { name: 'done' }],
  roles: ['a', 'b'],
};

const said = {
  workflow: 'shop.order',
  label: { en: 'Purchase' },
  states: [
    { name: 'draft', color: 'amber' },
    { name: 'void', label: 'Void' },
  ],
  roles: ['a'],
  hidden: false,
};

describe('what a layer says otherwise', () => {
  it('is told place by place, with what the standard says there', () => {
    expect(differencesOf('workflow', standard, said)).toEqual([
      { pointer: '/label/en', standard: 'Order', said: 'Purchase' },
      { pointer: '/states/draft/color', standard: 'gray', said: 'amber' },
      { pointer: '/states/void', standard: undefined, said: { name: 'void', label: 'Void' } },
      { pointer: '/roles', standard: ['a', 'b'], said: ['a'] },
      { pointer: '/hidden', standard: undefined, said: false },
    ]);
  });

  it('does not count what the standard says as well by now', () => {
    expect(
      differencesOf('workflow', { ...standard, roles: ['a'], hidden: false }, said).map((each) => each.pointer),
    ).toEqual(['/label/en', '/states/draft/color', '/states/void']);
  });

  it.each(differencesOf('workflow', standard, said).map(({ pointer }) => pointer))('goes without %s', (pointer) => {
    const rest = withoutDifference('workflow', said, pointer) ?? {};
    expect(differencesOf('workflow', standard, rest).map((each) => each.pointer)).toEqual(
      differencesOf('workflow', standard, said)
        .map((each) => each.pointer)
        .filter((each) => each !== pointer),
    );
    expect(mergeBodies(standard, rest)['workflow']).toBe('shop.order');
  });

  it('is nothing when its last difference goes', () => {
    expect(withoutDifference('workflow', { workflow: 'shop.order', label: { en: 'X' } }, '/label/en')).toBeNull();
  });
});
