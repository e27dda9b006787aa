import { expect, it } from 'vitest';
import { renameField } from './rename-field.ts';

it('keeps place and column of a field, and follows it in lists and layout', () => {
  const entity = {
    entity: 'shop.customer',
    key: ['code'],
    sort: ['-code'],
    fields: { code: { type: 'text' }, city: { type: 'text' } },
    list: { columns: ['code', 'city'] },
    form: { sections: [{ fields: ['city', 'code'] }] },
  };
  const renamed = renameField(entity, 'code', 'number');
  expect(Object.keys(renamed['fields'] as object)).toEqual(['number', 'city']);
  expect(renamed).toMatchObject({
    key: ['number'],
    sort: ['-number'],
    fields: { number: { type: 'text', was: 'code' } },
    list: { columns: ['number', 'city'] },
    form: { sections: [{ fields: ['city', 'number'] }] },
  });
  // The database knows the first name only.
  expect(renameField(renamed, 'number', 'reference')).toMatchObject({ fields: { reference: { was: 'code' } } });
});
