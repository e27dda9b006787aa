import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListQuery } from '../metamodel/operation.ts';
import { readListQuery } from './list-query.ts';

const PLAIN: ListQuery = {
  condition: null,
  sort: [],
  fields: null,
  include: [],
  search: null,
  titles: false,
  page: { number: 1, size: 20 },
};

const compare = (path: string, operator: string, value: unknown, at: string): object => ({
  kind: 'compare',
  path: path.split('.'),
  operator,
  value,
  at,
});

const CASES: readonly (readonly [string, object])[] = [
  ['', {}],
  ['page[number]=3&page%5Bsize%5D=50', { page: { number: 3, size: 50 } }],
  [
    'sort=-date,number',
    {
      sort: [
        { path: ['date'], descending: true },
        { path: ['number'], descending: false },
      ],
    },
  ],
  ['sort=owner.name', { sort: [{ path: ['owner', 'name'], descending: false }] }],
  ['fields=number,%20total,number', { fields: ['number', 'total'] }],
  ['include=owner.group,lines', { include: [['owner', 'group'], ['lines']] }],
  ['search=+semen+tiga&titles=true', { search: 'semen tiga', titles: true }],
  ['filter[city]=Bandung', { condition: compare('city', 'eq', 'Bandung', '/filter/city') }],
  ['filter[name]=a%26b%3Dc', { condition: compare('name', 'eq', 'a&b=c', '/filter/name') }],
  ['filter[owner.group]=VIP', { condition: compare('owner.group', 'eq', 'VIP', '/filter/owner.group') }],
  ['filter[city][in]=a,b', { condition: compare('city', 'in', ['a', 'b'], '/filter/city/in') }],
  ['filter[city][null]=true', { condition: compare('city', 'null', 'true', '/filter/city/null') }],
  [
    'filter[total][gte]=5&filter[total][lt]=9',
    {
      condition: {
        kind: 'and',
        of: [compare('total', 'gte', '5', '/filter/total/gte'), compare('total', 'lt', '9', '/filter/total/lt')],
      },
    },
  ],
  [
    'filter[or][0][city]=a&filter[or][1][city]=b&filter[or][1][total][gt]=1',
    {
      condition: {
        kind: 'or',
        of: [
          compare('city', 'eq', 'a', '/filter/or/0/city'),
          {
            kind: 'and',
            of: [compare('city', 'eq', 'b', '/filter/or/1/city'), compare('total', 'gt', '1', '/filter/or/1/total/gt')],
          },
        ],
      },
    },
  ],
];

describe('the query of a list', () => {
  it.each(CASES)('?%s', (text, expected) => {
    expect(readListQuery(text)).toEqual({ query: { ...PLAIN, ...expected }, faults: [] });
  });

  it('is read or refused, whatever it is, and never breaks', () => {
    const piece = fc.constantFrom(
      'filter',
      '[',
      ']',
      '=',
      '&',
      ',',
      '.',
      '%',
      '%5B',
      'or',
      '0',
      'page',
      'size',
      'sort',
      'gte',
      'a',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { query, faults } = readListQuery(pieces.join(''));
        expect(query.page.size).toBeGreaterThan(0);
        for (const { pointer } of faults) expect(pointer).toMatch(/^(\/|$)/);
      }),
    );
  });

  it('does not grow beyond its bounds', () => {
    const many = Array.from({ length: 101 }, (_, index) => `filter[f${index}]=1`).join('&');
    expect(readListQuery(many).faults).toEqual([{ pointer: '', code: 'too-many', parameters: { maximum: '100' } }]);
    const list = `filter[id][in]=${Array.from({ length: 201 }, (_, index) => index).join(',')}`;
    expect(readListQuery(list).faults).toMatchObject([{ code: 'too-many' }]);
  });
});
