import Koa from 'koa';
import {
  findCustomer,
  insertCustomer,
  listCustomers,
  takeCustomerCode,
  updateCustomer,
  withDefaults,
} from './customer.ts';
import type { CustomerValues } from './customer.ts';
import { Problem, answer, readJson, routeOf } from './http.ts';
import { pageOf, readCustomerQuery } from './listing.ts';
import { insertOrder, prepareOrder, shownOrder } from './order.ts';
import type { OrderInput } from './order.ts';
import type { Store } from './store.ts';

const AUTHOR = 'bare';
const CURRENCY = 'IDR';

/** The least that does the work: anybody may do anything, nothing is checked, and no trace is kept. */
export function bareServer(store: Store): Koa {
  const app = new Koa();
  app.use(async (context) => {
    try {
      const { entity, id } = routeOf(context.path);
      const now = new Date().toISOString();
      const stamp = { author: AUTHOR, now };
      if (context.method === 'GET' && id !== null) {
        const customer = await findCustomer(store, store, id);
        if (customer === undefined) throw new Problem(404, 'not-found');
        answer(context, 200, { data: customer });
      } else if (context.method === 'GET') {
        const query = readCustomerQuery(context.querystring);
        const found = await listCustomers(store, query);
        answer(context, 200, pageOf(context.path, context.querystring, query, found));
      } else if (context.method === 'PATCH' && id !== null) {
        const changes = (await readJson(context.req)) as CustomerValues;
        const version = (context.get('If-Match') || '""').slice(1, -1);
        const updated = await store.transaction((writing) =>
          updateCustomer(writing, store, { id, version, changes }, stamp),
        );
        if (!updated) throw new Problem(412, 'stale-version');
        answer(context, 200, { data: await findCustomer(store, store, id) });
      } else if (entity === 'sales.customer') {
        const values = await withDefaults((await readJson(context.req)) as CustomerValues, store);
        const customer = await store.transaction(async (writing) => {
          const code = values['code'] ?? (await takeCustomerCode(writing, store));
          return insertCustomer(writing, store, { ...values, code }, stamp);
        });
        answer(context, 201, { data: customer });
      } else {
        const input = (await readJson(context.req)) as unknown as OrderInput;
        const order = await prepareOrder(store, input, { currency: CURRENCY, today: () => now.slice(0, 10) }, []);
        if (order === null) throw new Problem(422, 'invalid');
        const stored = await store.transaction((writing) => insertOrder(writing, store, order, stamp));
        answer(context, 201, { data: shownOrder(stored) });
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      answer(context, error.status, { error: error.code });
    }
  });
  return app;
}
