import type { Customer, CustomerQuery } from './customer.ts';
import { Problem } from './http.ts';

const SORTABLE = ['name', 'code', 'city'] as const;
const SIZE_DEFAULT = 20;
const SIZE_MAX = 200;

/** Reads `?filter[city]=…&sort=name&page[number]=2`. Throws Problem for anything it does not know. */
export function readCustomerQuery(queryText: string): CustomerQuery {
  const parameters = new URLSearchParams(queryText);
  let city: string | null = null;
  let sort: CustomerQuery['sort'] = 'name';
  let page = 1;
  let size = SIZE_DEFAULT;
  for (const [name, value] of parameters) {
    switch (name) {
      case 'filter[city]':
        city = value;
        break;
      case 'sort':
        sort = SORTABLE.find((column) => column === value) ?? refuse(name);
        break;
      case 'page[number]':
        page = count(name, value, 1_000_000);
        break;
      case 'page[size]':
        size = count(name, value, SIZE_MAX);
        break;
      default:
        refuse(name);
    }
  }
  return { city, sort, page, size };
}

function count(name: string, value: string, maximum: number): number {
  const number = /^\d{1,7}$/.test(value) ? Number(value) : 0;
  return number >= 1 && number <= maximum ? number : refuse(name);
}

function refuse(parameter: string): never {
  throw new Problem(400, 'malformed-query', [{ pointer: `/${parameter}`, code: 'unknown-parameter' }]);
}

/** The answer of a list: the page, how many there are, and the way to its neighbours. */
export function pageOf(
  path: string,
  queryText: string,
  { page, size }: CustomerQuery,
  { customers, total }: { readonly customers: readonly Customer[]; readonly total: number },
): unknown {
  const to = (number: number): string => {
    const parameters = new URLSearchParams(queryText);
    parameters.set('page[number]', String(number));
    return `${path}?${parameters.toString()}`;
  };
  return {
    data: customers,
    meta: { page: { number: page, size, total } },
    links: {
      self: queryText === '' ? path : `${path}?${queryText}`,
      next: page * size < total ? to(page + 1) : null,
      prev: page > 1 ? to(page - 1) : null,
    },
  };
}
