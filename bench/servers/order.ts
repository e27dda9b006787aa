import { divideRounded, powerOfTen, textOf, unitsOf } from './exact.ts';
import { placeRows, places } from './store.ts';
import type { Row, Store, Value, Writing } from './store.ts';

/** An order as it is sent; what is left out is filled in. */
export interface OrderInput {
  readonly customer: string;
  readonly date?: string;
  readonly delivery_date?: string | null;
  readonly customer_reference?: string | null;
  readonly memo?: string | null;
  readonly lines: readonly LineInput[];
}

interface LineInput {
  readonly item: string;
  readonly description?: string | null;
  readonly quantity?: string;
  readonly rate?: string;
  readonly discount?: string | null;
}

/** Fraction digits of the columns. */
const QUANTITY_SCALE = 4;
const AMOUNT_SCALE = 2;
const EXCHANGE_SCALE = 6;
const FACTOR_SCALE = 8;
const HUNDRED = unitsOf('100', QUANTITY_SCALE);

interface Tax {
  readonly id: number;
  readonly rate: bigint;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly isIncluded: boolean;
  readonly isOpen: boolean;
}

interface Item {
  readonly name: string;
  readonly unit: number | null;
  readonly price: bigint;
  readonly tax: Tax | null;
  readonly isActive: boolean;
}

interface Line {
  readonly item: number;
  readonly description: string | null;
  readonly quantity: bigint;
  readonly unit: number | null;
  readonly rate: bigint;
  readonly discount: bigint;
  readonly tax: Tax | null;
  readonly gross: bigint;
  readonly amount: bigint;
  readonly taxAmount: bigint;
  readonly netAmount: bigint;
}

interface TaxRow {
  readonly tax: Tax;
  readonly base: bigint;
  readonly amount: bigint;
}

/** An order with everything computed, ready to be stored. */
export interface PreparedOrder {
  readonly customer: number;
  readonly date: string;
  readonly salesperson: number | null;
  readonly paymentTerm: number | null;
  readonly priceList: number | null;
  readonly deliveryDate: string | null;
  readonly customerReference: string | null;
  readonly warehouse: number | null;
  readonly currency: number;
  readonly discountTotal: bigint;
  readonly net: bigint;
  readonly taxTotal: bigint;
  readonly total: bigint;
  readonly memo: string | null;
  readonly lines: readonly Line[];
  readonly taxes: readonly TaxRow[];
}

export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

const FIND_CUSTOMER = `
  SELECT c.is_active, c.salesperson_id, c.payment_term_id, c.price_list_id,
         COALESCE(k.id, home.id) AS currency_id, COALESCE(k.decimals, home.decimals) AS decimals,
         (SELECT id FROM inventory_warehouse WHERE code = 'MAIN') AS warehouse_id
  FROM sales_customer c
  JOIN accounting_currency home ON home.code = ?
  LEFT JOIN sales_price_list l ON l.id = c.price_list_id
  LEFT JOIN accounting_currency k ON k.id = l.currency_id
  WHERE c.id = ?`;
const findItems = (count: number): string => `
  SELECT i.id, i.name, i.unit_id, i.sales_price, i.is_active, t.id AS tax_id, t.rate, t.base_numerator,
         t.base_denominator, t.price_includes_tax, t.kind AS tax_kind, t.is_active AS tax_is_active
  FROM inventory_item i LEFT JOIN accounting_tax t ON t.id = i.tax_id
  WHERE i.id IN (${places(count)})`;

const ORDER_COLUMNS = [
  'status',
  'stage',
  'customer_id',
  'date',
  'salesperson_id',
  'payment_term_id',
  'price_list_id',
  'delivery_date',
  'customer_reference',
  'warehouse_id',
  'currency_id',
  'exchange_rate',
  'discount',
  'discount_total',
  'net',
  'tax_total',
  'total',
  'rounding',
  'base_rounding',
  'base_total',
  'memo',
];
const INSERT_ORDER = `
  INSERT INTO sales_order (version, created_at, created_by, updated_at, updated_by, ${ORDER_COLUMNS.join(', ')})
  VALUES (1, ?, ?, ?, ?, ${places(ORDER_COLUMNS.length)})`;
const LINE_COLUMNS = [
  'parent_id',
  'position',
  'item_id',
  'description',
  'quantity',
  'unit_id',
  'factor',
  'stock_quantity',
  'rate',
  'discount',
  'tax_id',
  'gross',
  'promotion_discount',
  'amount',
  'document_discount',
  'discounted',
  'tax_amount',
  'net_amount',
  'base_amount',
  'warehouse_id',
];
const TAX_COLUMNS = ['parent_id', 'position', 'tax_id', 'rate', 'base', 'amount', 'included', 'base_amount'];

const isTrue = (raw: unknown): boolean => Number(raw) === 1;
const nullableNumber = (raw: unknown): number | null => (raw === null || raw === undefined ? null : Number(raw));

function units(store: Store, raw: unknown, scale: number): bigint {
  return unitsOf(store.readDecimal(raw ?? 0, scale) ?? '0', scale);
}

function itemFrom(row: Row, store: Store): Item {
  return {
    name: String(row['name']),
    unit: nullableNumber(row['unit_id']),
    price: row['sales_price'] === null ? 0n : units(store, row['sales_price'], QUANTITY_SCALE),
    isActive: isTrue(row['is_active']),
    tax:
      row['tax_id'] === null
        ? null
        : {
            id: Number(row['tax_id']),
            rate: units(store, row['rate'], QUANTITY_SCALE),
            numerator: BigInt(row['base_numerator'] as number),
            denominator: BigInt(row['base_denominator'] as number),
            isIncluded: isTrue(row['price_includes_tax']),
            isOpen: row['tax_kind'] === 'sales' && isTrue(row['tax_is_active']),
          },
  };
}

/** Rounded to the digits of the currency, and kept in those of the column. */
function rounded(dividend: bigint, divisor: bigint, decimals: number): bigint {
  const places = Math.min(decimals, AMOUNT_SCALE);
  return divideRounded(dividend * powerOfTen(places), divisor) * powerOfTen(AMOUNT_SCALE - places);
}

function lineFrom(input: LineInput, item: Item, decimals: number): Line {
  const quantity = unitsOf(input.quantity ?? '1', QUANTITY_SCALE);
  const rate = input.rate === undefined ? item.price : unitsOf(input.rate, QUANTITY_SCALE);
  const discount = unitsOf(input.discount ?? '0', QUANTITY_SCALE);
  const { tax } = item;
  const gross = rounded(quantity * rate, powerOfTen(2 * QUANTITY_SCALE), decimals);
  const amount = rounded(quantity * rate * (HUNDRED - discount), HUNDRED * powerOfTen(2 * QUANTITY_SCALE), decimals);
  let taxAmount = 0n;
  if (tax !== null) {
    const share = tax.rate * tax.numerator;
    const whole = HUNDRED * tax.denominator + (tax.isIncluded ? share : 0n);
    taxAmount = rounded(amount * share, whole * powerOfTen(AMOUNT_SCALE), decimals);
  }
  return {
    item: Number(input.item),
    description: input.description === undefined ? item.name : input.description,
    quantity,
    unit: item.unit,
    rate,
    discount,
    tax,
    gross,
    amount,
    taxAmount,
    netAmount: tax?.isIncluded === true ? amount - taxAmount : amount,
  };
}

/** Taxes are rounded for each line, as the company's settings want it. */
function taxRowsOf(lines: readonly Line[], decimals: number): readonly TaxRow[] {
  const byTax = new Map<number, { readonly tax: Tax; net: bigint; amount: bigint }>();
  for (const { tax, netAmount, taxAmount } of lines) {
    if (tax === null) continue;
    let row = byTax.get(tax.id);
    if (row === undefined) {
      row = { tax, net: 0n, amount: 0n };
      byTax.set(tax.id, row);
    }
    row.net += netAmount;
    row.amount += taxAmount;
  }
  return [...byTax.values()].map(({ tax, net, amount }) => ({
    tax,
    base: rounded(net * tax.numerator, tax.denominator * powerOfTen(AMOUNT_SCALE), decimals),
    amount,
  }));
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/**
 * Looks up what an order refers to and computes it. What is missing or closed is added to the faults; the answer is
 * null when it cannot be computed at all.
 */
export async function prepareOrder(
  store: Store,
  input: OrderInput,
  { currency, today }: { readonly currency: string; readonly today: () => string },
  faults: Fault[],
): Promise<PreparedOrder | null> {
  const wanted = [...new Set(input.lines.map(({ item }) => Number(item)))];
  const [customer, rows] = await Promise.all([
    store.get(FIND_CUSTOMER, [currency, Number(input.customer)]),
    store.all(findItems(wanted.length), wanted),
  ]);
  const items = new Map(rows.map((row) => [Number(row['id']), itemFrom(row, store)]));
  if (customer === undefined) {
    faults.push({ pointer: '/customer', code: 'link-missing', message: 'There is no such customer.' });
  } else if (!isTrue(customer['is_active'])) {
    faults.push({ pointer: '/customer', code: 'link-filtered', message: 'This customer is not active.' });
  }
  for (const [index, { item }] of input.lines.entries()) {
    const found = items.get(Number(item));
    const pointer = `/lines/${index}/item`;
    if (found === undefined) faults.push({ pointer, code: 'link-missing', message: 'There is no such item.' });
    else if (!found.isActive) faults.push({ pointer, code: 'link-filtered', message: 'This item is not active.' });
    else if (found.tax?.isOpen === false) {
      faults.push({ pointer: `/lines/${index}/tax`, code: 'link-filtered', message: 'This tax is not for sales.' });
    }
  }
  if (customer === undefined || items.size < wanted.length) return null;

  const decimals = Number(customer['decimals']);
  const lines = input.lines.map((line) => lineFrom(line, items.get(Number(line.item)) as Item, decimals));
  const taxes = taxRowsOf(lines, decimals);
  const net = sum(lines.map(({ netAmount }) => netAmount));
  const taxTotal = sum(taxes.map(({ amount }) => amount));
  const date = input.date ?? today();
  return {
    customer: Number(input.customer),
    date,
    salesperson: nullableNumber(customer['salesperson_id']),
    paymentTerm: nullableNumber(customer['payment_term_id']),
    priceList: nullableNumber(customer['price_list_id']),
    deliveryDate: input.delivery_date === undefined ? date : input.delivery_date,
    customerReference: input.customer_reference ?? null,
    warehouse: nullableNumber(customer['warehouse_id']),
    currency: Number(customer['currency_id']),
    discountTotal: sum(lines.map(({ gross, amount }) => gross - amount)),
    net,
    taxTotal,
    total: net + taxTotal,
    memo: input.memo ?? null,
    lines,
    taxes,
  };
}

/** What is wrong with the values of an order. */
export function orderFaults(order: PreparedOrder): Fault[] {
  const faults: Fault[] = [];
  if (order.deliveryDate !== null && order.deliveryDate < order.date) {
    faults.push({ pointer: '/delivery_date', code: 'check', message: 'Delivery is before the order date.' });
  }
  for (const [index, line] of order.lines.entries()) {
    if (line.quantity <= 0n) {
      faults.push({ pointer: `/lines/${index}/quantity`, code: 'check', message: 'The quantity must be above zero.' });
    }
    if (line.rate < 0n) {
      faults.push({ pointer: `/lines/${index}/rate`, code: 'minimum', message: 'The rate must not be below zero.' });
    }
    if (line.discount < 0n || line.discount > HUNDRED) {
      faults.push({ pointer: `/lines/${index}/discount`, code: 'range', message: 'A discount is 0 to 100 percent.' });
    }
  }
  return faults;
}

/** An order as clients get it. */
export interface Order {
  readonly [field: string]: string | null | readonly OrderRow[];
}

type OrderRow = Readonly<Record<string, string | boolean | null>>;

const idText = (id: number | null): string | null => (id === null ? null : String(id));

/** Inserts an order with its lines and taxes and answers it as it is stored. */
export async function insertOrder(
  writing: Writing,
  store: Store,
  order: PreparedOrder,
  { author, now }: { readonly author: string; readonly now: string },
): Promise<Order> {
  const stored = `${now.slice(0, 10)} ${now.slice(11, 23)}`;
  const amount = (value: bigint): Value => store.bindDecimal(value, AMOUNT_SCALE);
  const figure = (value: bigint): Value => store.bindDecimal(value, QUANTITY_SCALE);
  const { lastId: id } = await writing.run(INSERT_ORDER, [
    stored,
    author,
    stored,
    author,
    'draft',
    'draft',
    order.customer,
    order.date,
    order.salesperson,
    order.paymentTerm,
    order.priceList,
    order.deliveryDate,
    order.customerReference,
    order.warehouse,
    order.currency,
    store.bindDecimal(powerOfTen(EXCHANGE_SCALE), EXCHANGE_SCALE),
    figure(0n),
    amount(order.discountTotal),
    amount(order.net),
    amount(order.taxTotal),
    amount(order.total),
    amount(0n),
    amount(0n),
    amount(order.total),
    order.memo,
  ]);
  const { lastId: firstLine } = await writing.run(
    `INSERT INTO sales_order_line (${LINE_COLUMNS.join(', ')})
     VALUES ${placeRows(order.lines.length, LINE_COLUMNS.length)}`,
    order.lines.flatMap((line, position) => [
      id,
      position,
      line.item,
      line.description,
      figure(line.quantity),
      line.unit,
      store.bindDecimal(powerOfTen(FACTOR_SCALE), FACTOR_SCALE),
      figure(line.quantity),
      figure(line.rate),
      figure(line.discount),
      line.tax?.id ?? null,
      amount(line.gross),
      amount(0n),
      amount(line.amount),
      figure(0n),
      amount(line.amount),
      amount(line.taxAmount),
      amount(line.netAmount),
      amount(line.netAmount),
      order.warehouse,
    ]),
  );
  let firstTax = 0;
  if (order.taxes.length > 0) {
    const inserted = await writing.run(
      `INSERT INTO sales_order_tax (${TAX_COLUMNS.join(', ')})
       VALUES ${placeRows(order.taxes.length, TAX_COLUMNS.length)}`,
      order.taxes.flatMap((row, position) => [
        id,
        position,
        row.tax.id,
        figure(row.tax.rate),
        amount(row.base),
        amount(row.amount),
        row.tax.isIncluded ? 1 : 0,
        amount(row.amount),
      ]),
    );
    firstTax = inserted.lastId;
  }
  return {
    id: String(id),
    version: '1',
    number: null,
    status: 'draft',
    stage: 'draft',
    amended_from: null,
    customer: String(order.customer),
    date: order.date,
    salesperson: idText(order.salesperson),
    payment_term: idText(order.paymentTerm),
    price_list: idText(order.priceList),
    delivery_date: order.deliveryDate,
    customer_reference: order.customerReference,
    warehouse: idText(order.warehouse),
    currency: String(order.currency),
    exchange_rate: textOf(powerOfTen(EXCHANGE_SCALE), EXCHANGE_SCALE),
    discount: textOf(0n, QUANTITY_SCALE),
    discount_total: textOf(order.discountTotal, AMOUNT_SCALE),
    net: textOf(order.net, AMOUNT_SCALE),
    tax_total: textOf(order.taxTotal, AMOUNT_SCALE),
    total: textOf(order.total, AMOUNT_SCALE),
    rounding: textOf(0n, AMOUNT_SCALE),
    base_rounding: textOf(0n, AMOUNT_SCALE),
    base_total: textOf(order.total, AMOUNT_SCALE),
    memo: order.memo,
    created_at: now,
    created_by: author,
    updated_at: now,
    updated_by: author,
    lines: order.lines.map((line, position) => ({
      id: String(firstLine + position),
      item: String(line.item),
      description: line.description,
      quantity: textOf(line.quantity, QUANTITY_SCALE),
      unit: idText(line.unit),
      factor: textOf(powerOfTen(FACTOR_SCALE), FACTOR_SCALE),
      stock_quantity: textOf(line.quantity, QUANTITY_SCALE),
      rate: textOf(line.rate, QUANTITY_SCALE),
      promotion: null,
      discount: textOf(line.discount, QUANTITY_SCALE),
      tax: idText(line.tax?.id ?? null),
      gross: textOf(line.gross, AMOUNT_SCALE),
      promotion_discount: textOf(0n, AMOUNT_SCALE),
      amount: textOf(line.amount, AMOUNT_SCALE),
      document_discount: textOf(0n, QUANTITY_SCALE),
      discounted: textOf(line.amount, AMOUNT_SCALE),
      tax_group: null,
      tax_2: null,
      tax_3: null,
      tax_2_included: null,
      tax_3_included: null,
      taxable_2: null,
      taxable_3: null,
      tax_2_amount: null,
      tax_3_amount: null,
      tax_amount: textOf(line.taxAmount, AMOUNT_SCALE),
      net_amount: textOf(line.netAmount, AMOUNT_SCALE),
      base_amount: textOf(line.netAmount, AMOUNT_SCALE),
      warehouse: idText(order.warehouse),
      quotation_line: null,
    })),
    taxes: order.taxes.map((row, position) => ({
      id: String(firstTax + position),
      tax: String(row.tax.id),
      rate: textOf(row.tax.rate, QUANTITY_SCALE),
      base: textOf(row.base, AMOUNT_SCALE),
      amount: textOf(row.amount, AMOUNT_SCALE),
      included: row.tax.isIncluded,
      base_amount: textOf(row.amount, AMOUNT_SCALE),
    })),
  };
}

/** An order as it is answered: with what is open of each line, which is nothing before it is submitted. */
export function shownOrder(order: Order): Order {
  const none = textOf(0n, QUANTITY_SCALE);
  const lines = order['lines'] as readonly OrderRow[];
  return { ...order, lines: lines.map((line) => ({ ...line, to_deliver: none, to_invoice: none })) };
}
