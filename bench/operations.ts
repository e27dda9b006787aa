import { CUSTOMERS_PER_CITY, cityOf } from './filling.ts';

/** A request as it is sent to every server alike. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether an answer's body says what it must. */
  readonly isRight: (body: Answered) => boolean;
  /** Called when the answer is there. */
  readonly answered?: () => void;
}

/** The parts of answers that are looked at. */
export interface Answered {
  readonly data: { readonly [field: string]: unknown } & readonly Readonly<Record<string, unknown>>[];
  readonly meta?: { readonly page: { readonly total: number } };
}

/** What one connection sends, one call after the other. */
export type Calls =
  | { readonly kind: 'repeated'; readonly calls: readonly Call[] }
  | { readonly kind: 'one-by-one'; readonly next: () => Call };

/** One of the operations that are compared. */
export interface Operation {
  readonly name: string;
  /** Calls for one of several connections, which never touch the same record; asked for anew in each round. */
  readonly callsOf: (target: string, connection: number) => Calls;
}

const CUSTOMERS = '/api/v1/records/sales.customer';
const ORDERS = '/api/v1/records/sales.order';
const CALLS_REPEATED = 400;
const LINES = 10;
const PAGE_SIZE = 20;

/** Repeatable pseudo-random numbers (mulberry32), so that every server gets the same requests. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function repeated(make: (random: (below: number) => number) => Call): Operation['callsOf'] {
  return (_, connection) => {
    const random = randomFrom(connection + 1);
    return { kind: 'repeated', calls: Array.from({ length: CALLS_REPEATED }, () => make(random)) };
  };
}

/** The body of an order with ten lines; prices, units, taxes and the customer's terms are left to the server. */
export function orderBody(random: (below: number) => number, customers: number, items: readonly string[]): string {
  return JSON.stringify({
    customer: String(1 + random(customers)),
    date: '2026-11-02',
    lines: Array.from({ length: LINES }, (_, line) => ({
      item: items[random(items.length)],
      quantity: `${1 + random(40)}.${random(10)}`,
      ...(line % 3 === 0 ? { discount: `${random(20)}.5` } : {}),
    })),
  });
}

/** The five operations, over so many customers and these items. */
export function operations(customers: number, items: readonly string[]): readonly Operation[] {
  const cities = Math.floor(customers / CUSTOMERS_PER_CITY);
  return [
    {
      name: 'list',
      callsOf: repeated((random) => {
        const city = cityOf(random(cities));
        const page = 1 + random(3);
        return {
          method: 'GET',
          path: `${CUSTOMERS}?filter%5Bcity%5D=${city}&sort=name&page%5Bnumber%5D=${page}`,
          isRight: ({ data, meta }) =>
            data.length === PAGE_SIZE &&
            data.every((customer) => customer['city'] === city) &&
            (meta?.page.total ?? 0) >= CUSTOMERS_PER_CITY - 1,
        };
      }),
    },
    {
      name: 'get',
      callsOf: repeated((random) => {
        const id = String(1 + random(customers));
        return { method: 'GET', path: `${CUSTOMERS}/${id}`, isRight: ({ data }) => data['id'] === id };
      }),
    },
    {
      name: 'create',
      callsOf: repeated((random) => {
        const number = random(1_000_000);
        const name = `Warung ${number}`;
        return {
          method: 'POST',
          path: CUSTOMERS,
          // Away from the cities that are listed, whose lengths must stay.
          body: JSON.stringify({
            name,
            phone: `0821${number}`,
            address: `Jalan Melati ${number}`,
            city: `Desa ${number % 500}`,
            email: `warung${number}@example.com`,
            credit_limit: `${number}.50`,
          }),
          isRight: ({ data }) => data['name'] === name && String(data['code']).startsWith('CUST-'),
        };
      }),
    },
    { name: 'update', callsOf: updates(customers) },
    {
      name: 'order of ten lines',
      callsOf: repeated((random) => ({
        method: 'POST',
        path: ORDERS,
        body: orderBody(random, customers, items),
        isRight: ({ data }) => (data['lines'] as readonly unknown[]).length === LINES && Number(data['total']) > 0,
      })),
    },
  ];
}

/** Customers that belong to one connection, which so knows their versions. */
const OWNED = 500;

/** Each update names the version it changes; a customer whose answer never came is left alone from then on. */
function updates(customers: number): Operation['callsOf'] {
  const versions = new Map<string, Map<number, number>>();
  return (target, connection) => {
    const key = `${target} ${connection}`;
    const first = 1 + ((connection * OWNED) % customers);
    let owned = versions.get(key);
    if (owned === undefined) {
      owned = new Map(Array.from({ length: OWNED }, (_, index) => [first + index, 1]));
      versions.set(key, owned);
    }
    const known = owned;
    let limit = 0;
    return {
      kind: 'one-by-one',
      next() {
        const [entry] = known;
        if (entry === undefined) throw new Error('No customer is left to update.');
        const [id, version] = entry;
        known.delete(id);
        limit = (limit + 1) % 1000;
        return {
          method: 'PATCH',
          path: `${CUSTOMERS}/${id}`,
          headers: { 'If-Match': `"${version}"` },
          body: JSON.stringify({ phone: `0813${version}${limit}`, credit_limit: `${version}${limit}.25` }),
          isRight: ({ data }) => data['version'] === String(version + 1),
          answered: () => void known.set(id, version + 1),
        };
      },
    };
  };
}
