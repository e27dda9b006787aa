import { expect, it } from 'vitest';
import { rightsMatrix } from './member-rights.ts';
import { levelOf } from './permission-matrix.ts';

it('shows rights by where they come from, without what is not allowed', () => {
  const matrix = rightsMatrix({
    member: { id: '1', name: 'Budi', roles: ['a.b'], is_active: true },
    restrictions: null,
    entities: [
      {
        entity: 'a.order',
        actions: [
          { action: 'read', allowed: true, because: [{ role: 'a.b', where: null, read: ['code'], write: null }] },
          { action: 'update', allowed: true, because: [{ role: 'a.b', where: 'x > 1', read: null, write: null }] },
          { action: 'delete', allowed: false, because: [] },
        ],
      },
      { entity: 'a.open', actions: [{ action: 'read', allowed: true, because: [{ role: 'user' }] }] },
    ],
  });
  const rules = matrix.get('a.order') ?? [];
  expect(['read', 'update', 'delete'].map((action) => levelOf(rules, action))).toEqual(['all', 'condition', 'none']);
  expect(levelOf(matrix.get('a.open') ?? [], 'read')).toBe('all');
});
