import type { LocationQuery } from 'vue-router';
import type { ScreenEntity, ScreenField } from '../../../engine/src/compiler/screen.ts';
import type { QueryValue } from '../api/client.ts';

/** A list as a person arranged it. The address of the page holds all of it, so it can be shared and kept. */
export interface ListState {
  readonly search: string;
  /** As the API takes it: `-date,number`. */
  readonly sort: string;
  readonly filters: readonly ListFilter[];
  readonly columns: readonly string[];
  readonly page: number;
}

export interface ListFilter {
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}

const FILTER = /^filter\[([a-z0-9_.]+)\](?:\[([a-z_]+)\])?$/;

/** Fields that a list can show as a column. */
export function columnFields(entity: ScreenEntity): readonly ScreenField[] {
  return entity.fields.filter((field) => field.type !== 'lines' && !HIDDEN.has(field.name) && field.visible !== false);
}
const HIDDEN: ReadonlySet<string> = new Set(['version', 'created_by', 'updated_by']);

export function readState(query: LocationQuery, entity: ScreenEntity): ListState {
  const text = (name: string): string | null => {
    const value = query[name];
    return typeof value === 'string' ? value : null;
  };
  const filters: ListFilter[] = [];
  for (const [name, value] of Object.entries(query)) {
    const [, field, operator] = FILTER.exec(name) ?? [];
    if (field !== undefined && typeof value === 'string') filters.push({ field, operator: operator ?? 'eq', value });
  }
  const known = new Set(columnFields(entity).map(({ name }) => name));
  const columns =
    text('columns')
      ?.split(',')
      .filter((name) => known.has(name)) ?? [];
  return {
    search: text('search') ?? '',
    sort: text('sort') ?? '',
    filters,
    columns: columns.length > 0 ? columns : entity.list.columns.filter((name) => known.has(name)),
    page: Math.max(1, Number.parseInt(text('page') ?? '1', 10) || 1),
  };
}

/** The address of a state; what is as the entity's metadata has it is left out. */
export function writeState(state: ListState, entity: ScreenEntity): Record<string, string> {
  const query: Record<string, string> = {};
  if (state.search !== '') query['search'] = state.search;
  if (state.sort !== '') query['sort'] = state.sort;
  for (const { field, operator, value } of state.filters) query[`filter[${field}][${operator}]`] = value;
  if (state.columns.join(',') !== entity.list.columns.join(',')) query['columns'] = state.columns.join(',');
  if (state.page > 1) query['page'] = String(state.page);
  return query;
}

/** The parameters of the API for a state. */
export function listParameters(state: ListState, size: number): Record<string, QueryValue> {
  const parameters: Record<string, QueryValue> = {
    fields: ['id', ...state.columns].join(','),
    titles: true,
    'page[number]': state.page,
    'page[size]': size,
  };
  if (state.sort !== '') parameters['sort'] = state.sort;
  if (state.search !== '') parameters['search'] = state.search;
  for (const { field, operator, value } of state.filters) parameters[`filter[${field}][${operator}]`] = value;
  return parameters;
}

/** The next step of a column's order: up, down, as the entity has it. */
export function nextSort(sort: string, field: string): string {
  if (sort === field) return `-${field}`;
  return sort === `-${field}` ? '' : field;
}
