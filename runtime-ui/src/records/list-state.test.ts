import { expect, test } from 'vitest';
import type { ScreenEntity, ScreenField } from '../../../engine/src/compiler/screen.ts';
import { listParameters, nextSort, readState, writeState } from './list-state.ts';

const field = (name: string, type = 'text'): ScreenField => ({ name, type, visible: true }) as ScreenField;
const entity = {
  fields: [field('id'), field('version'), field('code'), field('city'), field('lines', 'lines')],
  list: { columns: ['code', 'city'], filters: ['city'], sort: 'code', search: true },
} as unknown as ScreenEntity;

test('an address holds the whole list, and gives it back', () => {
  const query = { search: 'toko', sort: '-city', 'filter[city][eq]': 'Bandung', columns: 'city', page: '3' };
  const state = readState(query, entity);
  expect(state).toEqual({
    search: 'toko',
    sort: '-city',
    filters: [{ field: 'city', operator: 'eq', value: 'Bandung' }],
    columns: ['city'],
    page: 3,
  });
  expect(writeState(state, entity)).toEqual(query);
});

test('columns that do not exist, lines and the version are no columns', () => {
  expect(readState({ columns: 'nothing,lines,version,code' }, entity).columns).toEqual(['code']);
  expect(readState({ page: '-4' }, entity).page).toBe(1);
});

test('what is as the metadata has it stays out of the address', () => {
  expect(writeState(readState({}, entity), entity)).toEqual({});
});

test('the API is asked for the shown columns and titles', () => {
  expect(listParameters(readState({ 'filter[city]': 'Solo' }, entity), 50)).toEqual({
    fields: 'id,code,city',
    titles: true,
    'page[number]': 1,
    'page[size]': 50,
    'filter[city][eq]': 'Solo',
  });
});

test('a column sorts up, down and not at all', () => {
  expect(nextSort('', 'city')).toBe('city');
  expect(nextSort('city', 'city')).toBe('-city');
  expect(nextSort('-city', 'city')).toBe('');
});
