import { randomUUID } from 'node:crypto';
import Koa from 'koa';
import type { Context } from 'koa';
import {
  CUSTOMER_FIELDS,
  findCustomer,
  insertCustomer,
  listCustomers,
  loadCustomer,
  takeCustomerCode,
  updateCustomer,
  withDefaults,
  withOrders,
  writtenCustomerValue,
} from './customer.ts';
import type { Customer, CustomerValues } from './customer.ts';
import { Problem, answer, readJson, routeOf, submittedInvoice } from './http.ts';
import { identify } from './identity.ts';
import type { Identity } from './identity.ts';
import { readInvoice, submitInvoice } from './invoice.ts';
import { pageOf, readCustomerQuery } from './listing.ts';
import { insertOrder, orderFaults, prepareOrder, shownOrder } from './order.ts';
import type { Fault, Order, OrderInput } from './order.ts';
import type { Store } from './store.ts';
import { countOne, indexWords, recordChange, wordsOf } from './trace.ts';
import type { Changes } from './trace.ts';
import { demandChangedCustomer, demandNewCustomer, demandNewOrder } from './validation.ts';

const CUSTOMER = 'sales.customer';
const ORDER = 'sales.order';
const SEARCHED = ['code', 'name', 'phone', 'city'];

/** What every answer carries, as the engine's answers do. */
const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self';object-src 'none';base-uri 'self';form-action 'self';frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Frame-Options': 'DENY',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
};

/** The databases of one company. */
export interface Databases {
  readonly catalog: Store;
  readonly company: Store;
  /** The company's slug in the catalog. */
  readonly slug: string;
}

/**
 * A server that gives what the engine gives: it knows who asks, takes nothing invalid, loses no change to another,
 * and leaves history, outbox, search index and counts as the engine would.
 */
export function equalServer({ catalog, company: store, slug }: Databases): Koa {
  const app = new Koa();
  app.use(async (context) => {
    context.set(SECURITY_HEADERS);
    const requestId = context.get('X-Request-Id') || randomUUID();
    context.set('X-Request-Id', requestId);
    try {
      const invoice = submittedInvoice(context.path);
      const identity = await identify(context, catalog, slug);
      if (invoice !== null) {
        await postInvoice(context, store, identity, invoice);
        return;
      }
      const { entity, id } = routeOf(context.path);
      if (entity === ORDER) await createOrder(context, store, identity);
      else if (context.method === 'POST') await createCustomer(context, store, identity);
      else if (context.method === 'PATCH' && id !== null) await changeCustomer(context, store, identity, id);
      else if (id !== null) await showCustomer(context, store, id);
      else {
        const query = readCustomerQuery(context.querystring);
        const found = await listCustomers(store, query);
        context.set('Cache-Control', 'no-store');
        answer(context, 200, pageOf(context.path, context.querystring, query, found));
      }
    } catch (error) {
      answerProblem(context, asProblem(error), requestId);
    }
  });
  return app;
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const text = error instanceof Error ? error.message : '';
  if (/UNIQUE constraint|Duplicate entry/.test(text)) return new Problem(409, 'already-exists');
  if (/FOREIGN KEY constraint|foreign key constraint/.test(text)) return new Problem(422, 'invalid');
  console.error(error);
  return new Problem(500, 'defect');
}

function answerProblem(context: Context, problem: Problem, requestId: string): void {
  answer(context, problem.status, {
    type: `https://rangka.dev/errors/${problem.code}`,
    title: problem.code,
    status: problem.status,
    instance: `urn:request:${requestId}`,
    errors: problem.errors,
    ...(problem.data === undefined ? {} : { data: problem.data }),
  });
  context.type = 'application/problem+json; charset=utf-8';
}

function answerRecord(context: Context, status: number, record: Customer | Order): void {
  context.set('ETag', `"${String(record['version'])}"`);
  context.set('Cache-Control', 'private, no-cache');
  answer(context, status, { data: record });
}

async function showCustomer(context: Context, store: Store, id: string): Promise<void> {
  const customer = await findCustomer(store, store, id);
  if (customer === undefined) throw new Problem(404, 'not-found');
  if (context.get('If-None-Match') === `"${String(customer['version'])}"`) context.status = 304;
  else answerRecord(context, 200, customer);
}

async function createCustomer(context: Context, store: Store, identity: Identity): Promise<void> {
  const body = await readJson(context.req);
  demandNewCustomer(body);
  const now = new Date().toISOString();
  const values = await withDefaults(body as CustomerValues, store);
  const customer = await store.transaction(async (writing) => {
    const code = values['code'] ?? (await takeCustomerCode(writing, store));
    const inserted = await insertCustomer(writing, store, { ...values, code }, { author: identity.id, now });
    const id = String(inserted['id']);
    await indexWords(writing, store, { entity: CUSTOMER, id }, new Set(), searchWords(inserted));
    const changes = Object.fromEntries(
      CUSTOMER_FIELDS.filter((field) => inserted[field] !== null).map((field) => [
        field,
        [null, inserted[field]] as const,
      ]),
    );
    await recordChange(writing, { entity: CUSTOMER, id, version: '1', action: 'create', changes }, identity, now);
    await countOne(writing, store, CUSTOMER);
    return inserted;
  });
  context.set('Location', `${context.path}/${String(customer['id'])}`);
  answerRecord(context, 201, customer);
}

function searchWords(customer: Customer): ReadonlySet<string> {
  return wordsOf(SEARCHED.map((field) => customer[field]));
}

async function changeCustomer(context: Context, store: Store, identity: Identity, id: string): Promise<void> {
  const { version: inBody, ...body } = await readJson(context.req);
  demandChangedCustomer(body);
  const named = context.get('If-Match').slice(1, -1) || inBody;
  if (typeof named !== 'string') throw new Problem(428, 'version-missing');
  const now = new Date().toISOString();
  const before = await loadCustomer(store, store, id);
  if (before === undefined) throw new Problem(404, 'not-found');
  if (before['version'] !== named) throw new Problem(412, 'stale-version', [], before);
  const given = body as CustomerValues;
  const fields = CUSTOMER_FIELDS.filter(
    (field) => given[field] !== undefined && writtenCustomerValue(field, given[field]) !== before[field],
  );
  let after: Customer = before;
  if (fields.length > 0) {
    const values = Object.fromEntries(fields.map((field) => [field, writtenCustomerValue(field, given[field])]));
    await store.transaction(async (writing) => {
      const revision = { id, version: named, changes: values };
      const isUpdated = await updateCustomer(writing, store, revision, { author: identity.id, now });
      if (!isUpdated) throw new Problem(412, 'stale-version');
      const version = String(Number(named) + 1);
      after = { ...before, ...values, version, updated_at: now, updated_by: identity.id };
      await indexWords(writing, store, { entity: CUSTOMER, id }, searchWords(before), searchWords(after));
      const changes: Changes = Object.fromEntries(
        fields.map((field) => [field, [before[field], values[field]] as const]),
      );
      await recordChange(writing, { entity: CUSTOMER, id, version, action: 'update', changes }, identity, now);
    });
  }
  answerRecord(context, 200, (await withOrders(store, store, [after]))[0] as Customer);
}

async function createOrder(context: Context, store: Store, identity: Identity): Promise<void> {
  if (context.method !== 'POST') throw new Problem(405, 'method-not-allowed');
  const body = await readJson(context.req);
  demandNewOrder(body);
  const now = new Date().toISOString();
  const faults: Fault[] = [];
  const company = { currency: identity.currency, today: () => todayIn(identity.timezone) };
  const prepared = await prepareOrder(store, body as unknown as OrderInput, company, faults);
  if (prepared !== null) faults.push(...orderFaults(prepared));
  if (prepared === null || faults.length > 0) throw new Problem(422, 'invalid', faults);
  const order = await store.transaction(async (writing) => {
    const inserted = await insertOrder(writing, store, prepared, { author: identity.id, now });
    const change = { entity: ORDER, id: String(inserted['id']), version: '1', action: 'create' } as const;
    await recordChange(writing, { ...change, changes: changesOf(inserted) }, identity, now);
    await countOne(writing, store, ORDER);
    return inserted;
  });
  context.set('Location', `${context.path}/${String(order['id'])}`);
  answerRecord(context, 201, shownOrder(order));
}

async function postInvoice(context: Context, store: Store, identity: Identity, id: number): Promise<void> {
  if (context.method !== 'POST') throw new Problem(405, 'method-not-allowed');
  const { version } = await readJson(context.req);
  if (typeof version !== 'string') throw new Problem(428, 'version-missing');
  await submitInvoice(store, id, version, identity);
  answerRecord(context, 200, (await readInvoice(store, id)) as Order);
}

const UNTRACED = new Set(['id', 'version', 'created_at', 'created_by', 'updated_at', 'updated_by']);

function changesOf(order: Order): Changes {
  const changes: Record<string, readonly [unknown, unknown]> = {};
  for (const [field, value] of Object.entries(order)) {
    if (UNTRACED.has(field) || value === null || value.length === 0) continue;
    changes[field] = typeof value === 'string' ? [null, value] : [[], value];
  }
  return changes;
}

const calendars = new Map<string, Intl.DateTimeFormat>();

function todayIn(timezone: string): string {
  let calendar = calendars.get(timezone);
  if (calendar === undefined) {
    calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone });
    calendars.set(timezone, calendar);
  }
  return calendar.format(new Date());
}
