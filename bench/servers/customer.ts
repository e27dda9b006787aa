import type { Reading, Row, Store, Value, Writing } from './store.ts';
import { places } from './store.ts';
import { unitsOf } from './exact.ts';

/** A customer as clients get it. */
export interface Customer {
  readonly [field: string]: string | number | boolean | null;
}

/** What a customer is written with: links as ids, amounts as plain notation. */
export interface CustomerValues {
  [field: string]: string | boolean | null | undefined;
}

/** Fields and their columns. */
const COLUMNS = {
  code: 'code',
  name: 'name',
  group: 'group_id',
  tax_id: 'tax_id',
  email: 'email',
  phone: 'phone',
  address: 'address',
  city: 'city',
  credit_limit: 'credit_limit',
  payment_term: 'payment_term_id',
  price_list: 'price_list_id',
  receivable_account: 'receivable_account_id',
  salesperson: 'salesperson_id',
  is_active: 'is_active',
} as const satisfies Record<string, string>;

type Field = keyof typeof COLUMNS;
export const CUSTOMER_FIELDS = Object.keys(COLUMNS) as Field[];

const LINKS: ReadonlySet<Field> = new Set(['group', 'payment_term', 'price_list', 'receivable_account', 'salesperson']);
const CREDIT_LIMIT_SCALE = 2;
const TOTAL_SCALE = 2;

const SELECTION = `id, version, ${Object.values(COLUMNS).join(', ')}, created_at, created_by, updated_at, updated_by`;
const FIND = `SELECT ${SELECTION} FROM sales_customer WHERE id = ?`;
const PAGE = `SELECT ${SELECTION} FROM sales_customer`;
const INSERT = `
  INSERT INTO sales_customer
    (version, created_at, created_by, updated_at, updated_by, ${Object.values(COLUMNS).join(', ')})
  VALUES (1, ?, ?, ?, ?, ${places(CUSTOMER_FIELDS.length)})`;
const TAKE_CODE = {
  sqlite: `
    INSERT INTO rk_sequence (name, period, next_value) VALUES ('sales.customer.code', '', 2)
    ON CONFLICT (name, period) DO UPDATE SET next_value = next_value + 1 RETURNING next_value - 1 AS taken`,
  mysql: `
    INSERT INTO rk_sequence (name, period, next_value) VALUES ('sales.customer.code', '', LAST_INSERT_ID(1) + 1)
    ON DUPLICATE KEY UPDATE next_value = LAST_INSERT_ID(next_value) + 1`,
};
const FIND_DEFAULTS = `
  SELECT (SELECT id FROM accounting_payment_term WHERE code = 'CASH') AS payment_term,
         (SELECT id FROM sales_price_list WHERE code = 'RETAIL') AS price_list`;

/** `YYYY-MM-DD HH:MM:SS.mmm` → RFC 3339. */
function instantOf(stored: unknown): string {
  const text = String(stored);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, 23).padEnd(3, '0')}Z`;
}

function idOf(raw: unknown): string | null {
  return raw === null ? null : String(raw);
}

function customerFrom(row: Row, store: Store): Customer {
  return {
    id: String(row['id']),
    version: String(row['version']),
    code: row['code'] as string | null,
    name: row['name'] as string | null,
    group: idOf(row['group_id']),
    tax_id: row['tax_id'] as string | null,
    email: row['email'] as string | null,
    phone: row['phone'] as string | null,
    address: row['address'] as string | null,
    city: row['city'] as string | null,
    credit_limit: store.readDecimal(row['credit_limit'], CREDIT_LIMIT_SCALE),
    payment_term: idOf(row['payment_term_id']),
    price_list: idOf(row['price_list_id']),
    receivable_account: idOf(row['receivable_account_id']),
    salesperson: idOf(row['salesperson_id']),
    is_active: row['is_active'] === null ? null : Number(row['is_active']) === 1,
    created_at: instantOf(row['created_at']),
    created_by: row['created_by'] as string,
    updated_at: instantOf(row['updated_at']),
    updated_by: row['updated_by'] as string,
  };
}

/** What the orders of customers amount to, and what they owe. */
export async function withOrders(reading: Reading, store: Store, customers: readonly Customer[]): Promise<Customer[]> {
  if (customers.length === 0) return [];
  const rows = await reading.all(
    `SELECT customer_id, SUM(total) AS ordered, COUNT(*) AS orders FROM sales_order
     WHERE customer_id IN (${places(customers.length)}) AND status <> 'cancelled' GROUP BY customer_id`,
    customers.map(({ id }) => Number(id)),
  );
  const owed = await reading.all(
    `SELECT party, SUM(base) AS owed FROM accounting_open_items__now_document_party_account_currency
     WHERE party IN (${places(customers.length)}) GROUP BY party`,
    customers.map(({ id }) => `sales.customer:${String(id)}`),
  );
  const sums = new Map(rows.map((row) => [String(row['customer_id']), row]));
  const debts = new Map(owed.map((row) => [String(row['party']), row['owed']]));
  return customers.map((customer) => {
    const sum = sums.get(String(customer['id']));
    const debt = debts.get(`sales.customer:${String(customer['id'])}`);
    return {
      ...customer,
      receivable: debt === undefined ? '0.00' : store.readDecimal(debt, TOTAL_SCALE),
      ordered_total: sum === undefined ? '0.00' : store.readDecimal(sum['ordered'], TOTAL_SCALE),
      order_count: sum === undefined ? 0 : Number(sum['orders']),
    };
  });
}

export async function findCustomer(reading: Reading, store: Store, id: string): Promise<Customer | undefined> {
  const row = await reading.get(FIND, [Number(id)]);
  if (row === undefined) return undefined;
  return (await withOrders(reading, store, [customerFrom(row, store)]))[0];
}

/** The customer with its sums left out, to be changed. */
export async function loadCustomer(reading: Reading, store: Store, id: string): Promise<Customer | undefined> {
  const row = await reading.get(FIND, [Number(id)]);
  return row === undefined ? undefined : customerFrom(row, store);
}

export interface CustomerQuery {
  readonly city: string | null;
  /** A column that may be sorted by. */
  readonly sort: 'name' | 'code' | 'city';
  readonly page: number;
  readonly size: number;
}

export async function listCustomers(
  store: Store,
  { city, sort, page, size }: CustomerQuery,
): Promise<{ readonly customers: readonly Customer[]; readonly total: number }> {
  const where = city === null ? '' : ' WHERE city = ?';
  const values: Value[] = city === null ? [] : [city];
  const [rows, counted] = await Promise.all([
    store.all(`${PAGE}${where} ORDER BY ${sort}, id LIMIT ? OFFSET ?`, [...values, size, (page - 1) * size]),
    store.get(`SELECT COUNT(*) AS total FROM sales_customer${where}`, values),
  ]);
  const customers = rows.map((row) => customerFrom(row, store));
  return { customers: await withOrders(store, store, customers), total: Number(counted?.['total']) };
}

function bound(field: Field, value: string | boolean | null | undefined, store: Store): Value {
  if (value === null || value === undefined) return null;
  if (field === 'credit_limit')
    return store.bindDecimal(unitsOf(String(value), CREDIT_LIMIT_SCALE), CREDIT_LIMIT_SCALE);
  return LINKS.has(field) ? Number(value) : value;
}

/** Fills in what a new customer gets when nobody says otherwise. */
export async function withDefaults(given: CustomerValues, reading: Reading): Promise<CustomerValues> {
  if (given['payment_term'] !== undefined && given['price_list'] !== undefined) return { is_active: true, ...given };
  const defaults = await reading.get(FIND_DEFAULTS);
  return {
    is_active: true,
    payment_term: idOf(defaults?.['payment_term']),
    price_list: idOf(defaults?.['price_list']),
    ...given,
  };
}

/** The next code, `CUST-00042`. Others wait for it until the commit. */
export async function takeCustomerCode(writing: Writing, store: Store): Promise<string> {
  const taken =
    store.dialect === 'sqlite'
      ? Number((await writing.get(TAKE_CODE.sqlite))?.['taken'])
      : (await writing.run(TAKE_CODE.mysql)).lastId;
  return `CUST-${String(taken).padStart(5, '0')}`;
}

/** Inserts a customer and answers it as it is stored. */
export async function insertCustomer(
  writing: Writing,
  store: Store,
  values: CustomerValues,
  { author, now }: { readonly author: string; readonly now: string },
): Promise<Customer> {
  const stored = `${now.slice(0, 10)} ${now.slice(11, 23)}`;
  const { lastId } = await writing.run(INSERT, [
    stored,
    author,
    stored,
    author,
    ...CUSTOMER_FIELDS.map((field) => bound(field, values[field], store)),
  ]);
  const customer: Record<string, string | number | boolean | null> = { id: String(lastId), version: '1' };
  for (const field of CUSTOMER_FIELDS) customer[field] = writtenCustomerValue(field, values[field]);
  return {
    ...customer,
    created_at: now,
    created_by: author,
    updated_at: now,
    updated_by: author,
    receivable: '0.00',
    ordered_total: '0.00',
    order_count: 0,
  };
}

/** A value as it will be read again. */
export function writtenCustomerValue(
  field: Field,
  value: string | boolean | null | undefined,
): string | boolean | null {
  if (field !== 'credit_limit' || value === null || value === undefined) return value ?? null;
  const [whole, fraction = ''] = String(value).split('.');
  return `${whole}.${fraction.padEnd(CREDIT_LIMIT_SCALE, '0')}`;
}

/** Changes fields of a customer that still has this version; answers whether it had. */
export async function updateCustomer(
  writing: Writing,
  store: Store,
  { id, version, changes }: { readonly id: string; readonly version: string; readonly changes: CustomerValues },
  { author, now }: { readonly author: string; readonly now: string },
): Promise<boolean> {
  const fields = CUSTOMER_FIELDS.filter((field) => changes[field] !== undefined);
  const assignments = fields.map((field) => `${COLUMNS[field]} = ?, `).join('');
  const result = await writing.run(
    `UPDATE sales_customer SET ${assignments}version = version + 1, updated_at = ?, updated_by = ?
     WHERE id = ? AND version = ?`,
    [
      ...fields.map((field) => bound(field, changes[field], store)),
      `${now.slice(0, 10)} ${now.slice(11, 23)}`,
      author,
      Number(id),
      Number(version),
    ],
  );
  return result.changes === 1;
}
