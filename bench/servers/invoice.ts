import { divideRounded, unitsOf } from './exact.ts';
import { Problem } from './http.ts';
import type { Identity } from './identity.ts';
import { placeRows, places } from './store.ts';
import type { Row, Store, Value, Writing } from './store.ts';
import { recordChange } from './trace.ts';

const INVOICE = 'sales.invoice';
const AMOUNT_SCALE = 2;
const QUANTITY_SCALE = 4;

/** Places of the rules in the posting of invoices: entries say which rule wrote them. */
const RULE = { stock: 0, invoiced: 6, income: 7, cost: 8, receivable: 9, revenue: 10, tax: 11, cogs: 14, goods: 15 };
const OPEN_ITEM_RULE = 18;
const CREDIT_RULE = 20;

const ROLES = ['receivable', 'income', 'tax', 'cogs', 'stock'] as const;
const FIND_ROLES = `SELECT role, MIN(id) AS id FROM accounting_account
  WHERE role IN (${places(ROLES.length)}) AND is_group = 0 AND is_active = 1 GROUP BY role`;
const PERIODS = "SELECT 1 AS closed FROM accounting_period WHERE `from` <= ? AND `to` >= ? AND status <> 'open'";
const HEAD = `
  SELECT i.*, c.name AS customer_name, c.credit_limit, c.receivable_account_id, w.stock_account_id
  FROM sales_invoice i JOIN sales_customer c ON c.id = i.customer_id
  JOIN inventory_warehouse w ON w.id = i.warehouse_id
  WHERE i.id = ?`;
const LINES = `
  SELECT l.id, l.item_id, l.description, l.quantity, l.stock_quantity, l.base_amount, l.net_amount, i.name, i.type,
         i.is_active, i.allow_negative_stock, i.valuation_method,
         COALESCE(i.income_account_id, g.income_account_id) AS income_account_id,
         COALESCE(i.cogs_account_id, g.cogs_account_id) AS cogs_account_id,
         COALESCE(i.stock_account_id, g.stock_account_id) AS stock_account_id
  FROM sales_invoice_line l JOIN inventory_item i ON i.id = l.item_id
  LEFT JOIN inventory_item_group g ON g.id = i.group_id
  WHERE l.parent_id = ? ORDER BY l.position`;
const TAXES = `
  SELECT t.id, t.base_amount, t.amount, x.name, x.account_id
  FROM sales_invoice_tax t JOIN accounting_tax x ON x.id = t.tax_id WHERE t.parent_id = ? ORDER BY t.position`;

const INSERT_VOUCHER = `
  INSERT INTO rk_voucher (entity, record_id, action, number, date, posted_at, actor_kind, actor_id, actor_name)
  VALUES ('${INVOICE}', ?, 'post', 1, ?, ?, 'person', ?, ?)`;
const TAKE_NUMBER = {
  sqlite: `
    INSERT INTO rk_sequence (name, period, next_value) VALUES ('${INVOICE}.number', ?, 2)
    ON CONFLICT (name, period) DO UPDATE SET next_value = next_value + 1 RETURNING next_value - 1 AS taken`,
  mysql: `
    INSERT INTO rk_sequence (name, period, next_value) VALUES ('${INVOICE}.number', ?, LAST_INSERT_ID(1) + 1)
    ON DUPLICATE KEY UPDATE next_value = LAST_INSERT_ID(next_value) + 1`,
};
const SUBMIT = `
  UPDATE sales_invoice SET number = ?, status = 'submitted', stage = 'submitted', version = version + 1,
    updated_at = ?, updated_by = ? WHERE id = ? AND version = ?`;

interface Goods {
  quantity: bigint;
  value: bigint;
}

/** One transaction's way to the tables of the books. */
class Books {
  readonly #writing: Writing;
  readonly #store: Store;

  constructor(writing: Writing, store: Store) {
    this.#writing = writing;
    this.#store = store;
  }

  amount(units: bigint): Value {
    return this.#store.bindDecimal(units, AMOUNT_SCALE);
  }

  quantity(units: bigint): Value {
    return this.#store.bindDecimal(units, QUANTITY_SCALE);
  }

  /** Entries of one ledger, in one statement. */
  async enter(ledger: string, columns: readonly string[], rows: readonly (readonly Value[])[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#writing.run(
      `INSERT INTO ${ledger}__entries (voucher_id, date, rule, line_id, memo, ${columns.join(', ')})
       VALUES ${placeRows(rows.length, columns.length + 5)}`,
      rows.flat(),
    );
  }

  /** Adds to balances, in one statement. */
  async add(
    balance: string,
    keys: readonly string[],
    sums: readonly string[],
    rows: readonly (readonly Value[])[],
  ): Promise<void> {
    const isMysql = this.#store.dialect === 'mysql';
    const added = (column: string): string => (isMysql ? `VALUES(${column})` : `excluded.${column}`);
    const changes = sums.map((sum) => `${sum} = ${sum} + ${added(sum)}`).join(', ');
    const last = `last_date = ${isMysql ? 'GREATEST' : 'max'}(last_date, ${added('last_date')})`;
    const conflict = isMysql ? 'ON DUPLICATE KEY UPDATE' : `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET`;
    const columns = [...keys, ...sums, 'last_date'];
    await this.#writing.run(
      `INSERT INTO ${balance} (${columns.join(', ')}) VALUES ${placeRows(rows.length, columns.length)}
       ${conflict} ${changes}, ${last}`,
      rows.flat(),
    );
  }
}

/**
 * Submits a draft that moves stock: its goods leave at their moving average, and it posts to the general ledger and
 * the ledgers beside it, in one transaction that locks what it changes in the order of the keys. Throws Problem 409
 * for anything but a draft, 412 for another version, 422 when goods or credit do not suffice.
 */
export async function submitInvoice(
  store: Store,
  id: number,
  version: string,
  identity: Identity,
): Promise<{ readonly version: string; readonly number: string }> {
  const now = new Date().toISOString();
  const stored = `${now.slice(0, 10)} ${now.slice(11, 23)}`;
  return store.transaction(async (writing) => {
    const lock = store.dialect === 'mysql' ? ' FOR UPDATE' : '';
    const share = store.dialect === 'mysql' ? ' LOCK IN SHARE MODE' : '';
    const current = await writing.get(`SELECT version, stage FROM sales_invoice WHERE id = ?${lock}`, [id]);
    if (current === undefined) throw new Problem(404, 'not-found');
    if (current['stage'] !== 'draft') throw new Problem(409, 'wrong-state');
    if (String(current['version']) !== version) throw new Problem(412, 'stale-version');
    const head = (await writing.get(HEAD, [id])) as Row;
    const lines = await writing.all(LINES, [id]);
    const taxes = await writing.all(TAXES, [id]);
    const date = String(head['date']).slice(0, 10);
    if ((await writing.get(PERIODS + share, [date, date])) !== undefined) throw new Problem(422, 'period-closed');

    const books = new Books(writing, store);
    const roles = new Map(
      (await writing.all(FIND_ROLES, ROLES)).map((row) => [String(row['role']), Number(row['id'])]),
    );
    const account = (chosen: unknown, role: (typeof ROLES)[number]): number => Number(chosen ?? roles.get(role));
    const money = (raw: unknown): bigint => unitsOf(store.readDecimal(raw ?? 0, AMOUNT_SCALE) ?? '0', AMOUNT_SCALE);
    const figure = (raw: unknown): bigint =>
      unitsOf(store.readDecimal(raw ?? 0, QUANTITY_SCALE) ?? '0', QUANTITY_SCALE);

    const warehouse = Number(head['warehouse_id']);
    const itemIds = [...new Set(lines.map((line) => Number(line['item_id'])))].sort((one, other) => one - other);
    const onHand = new Map<number, Goods>();
    for (const row of await writing.all(
      `SELECT item_id, quantity, value FROM inventory_stock__now_item_warehouse
       WHERE warehouse_id = ? AND item_id IN (${places(itemIds.length)}) ORDER BY item_id${lock}`,
      [warehouse, ...itemIds],
    )) {
      onHand.set(Number(row['item_id']), { quantity: figure(row['quantity']), value: money(row['value']) });
    }
    const left = new Map<number, Goods>();
    const costs = lines.map((line) => {
      const item = Number(line['item_id']);
      if (line['type'] !== 'stock' || Number(line['is_active']) !== 1) throw new Problem(422, 'invalid');
      const goods = onHand.get(item) ?? { quantity: 0n, value: 0n };
      const quantity = figure(line['stock_quantity']);
      // Below zero only where the item allows it, which none of these do.
      if (goods.quantity < quantity) throw new Problem(422, 'invalid');
      const cost = goods.quantity === quantity ? goods.value : divideRounded(goods.value * quantity, goods.quantity);
      goods.quantity -= quantity;
      goods.value -= cost;
      const gone = left.get(item) ?? { quantity: 0n, value: 0n };
      left.set(item, { quantity: gone.quantity - quantity, value: gone.value - cost });
      return cost;
    });

    const customer = Number(head['customer_id']);
    const party = `sales.customer:${customer}`;
    const total = money(head['total']);
    const baseTotal = money(head['base_total']);
    const owed = await writing.get(
      'SELECT SUM(base) AS owed FROM accounting_open_items__now_document_party_account_currency WHERE party = ?',
      [party],
    );
    const credit = await writing.get(`SELECT amount FROM sales_credit__now_customer WHERE customer_id = ?${lock}`, [
      customer,
    ]);
    const debt = money(owed?.['owed']) + baseTotal;
    if (head['credit_limit'] !== null && debt > money(head['credit_limit'])) throw new Problem(422, 'invalid');

    const { lastId: voucher } = await writing.run(INSERT_VOUCHER, [id, date, stored, identity.id, identity.name]);
    await writing.run('INSERT INTO rk_rollup_queue (voucher_id) VALUES (?)', [voucher]);

    const currency = Number(head['currency_id']);
    const receivable = account(head['receivable_account_id'], 'receivable');
    const none = books.amount(0n);
    const debit = (amount: bigint): Value[] => [books.amount(amount), none, books.amount(amount), none];
    const creditOf = (amount: bigint): Value[] => [none, books.amount(amount), none, books.amount(amount)];
    const entry = (rule: number, line: unknown, memo: unknown): Value[] => [
      voucher,
      date,
      rule,
      line as Value,
      memo as Value,
    ];
    const perLine = (make: (line: Row, index: number) => Value[]): Value[][] => lines.map(make);
    await books.enter(
      'accounting_general',
      ['account_id', 'party', 'currency_id', 'debit', 'credit', 'debit_currency', 'credit_currency'],
      [
        [...entry(RULE.receivable, null, null), receivable, party, currency, ...debit(baseTotal)],
        ...perLine((line) => [
          ...entry(RULE.revenue, line['id'], line['description']),
          account(line['income_account_id'], 'income'),
          null,
          currency,
          ...creditOf(money(line['base_amount'])),
        ]),
        ...taxes.map((tax) => [
          ...entry(RULE.tax, tax['id'], tax['name']),
          account(tax['account_id'], 'tax'),
          null,
          currency,
          ...creditOf(money(tax['base_amount'])),
        ]),
        ...perLine((line, index) => [
          ...entry(RULE.cogs, line['id'], line['name']),
          account(line['cogs_account_id'], 'cogs'),
          null,
          currency,
          ...debit(costs[index] as bigint),
        ]),
        ...perLine((line, index) => [
          ...entry(RULE.goods, line['id'], line['name']),
          account(head['stock_account_id'] ?? line['stock_account_id'], 'stock'),
          null,
          currency,
          ...creditOf(costs[index] as bigint),
        ]),
      ],
    );
    const document = `${INVOICE}:${id}`;
    await books.enter(
      'accounting_open_items',
      ['document', 'party', 'account_id', 'due', 'currency_id', 'amount', 'base'],
      [
        [
          ...entry(OPEN_ITEM_RULE, null, null),
          document,
          party,
          receivable,
          head['due_date'] as Value,
          currency,
          books.amount(total),
          books.amount(baseTotal),
        ],
      ],
    );
    const owes = [books.amount(total), books.amount(baseTotal), date];
    await books.add('accounting_open_items__now_document', ['document'], ['amount', 'base'], [[document, ...owes]]);
    await books.add(
      'accounting_open_items__now_document_party_account_currency',
      ['document', 'party', 'account_id', 'currency_id'],
      ['amount', 'base'],
      [[document, party, receivable, currency, ...owes]],
    );
    await books.add(
      'accounting_open_items__now_document_party_account_due_currency',
      ['document', 'party', 'account_id', 'due', 'currency_id'],
      ['amount', 'base'],
      [[document, party, receivable, head['due_date'] as Value, currency, ...owes]],
    );
    await books.enter(
      'inventory_stock',
      ['item_id', 'warehouse_id', 'quantity', 'value'],
      perLine((line, index) => [
        ...entry(RULE.stock, line['id'], line['name']),
        Number(line['item_id']),
        warehouse,
        books.quantity(-figure(line['stock_quantity'])),
        books.amount(-(costs[index] as bigint)),
      ]),
    );
    const moved = itemIds.map((item) => {
      const { quantity, value } = left.get(item) as Goods;
      return { item, amounts: [books.quantity(quantity), books.amount(value), date] };
    });
    const sums = ['quantity', 'value'];
    await books.add(
      'inventory_stock__now_item_warehouse',
      ['item_id', 'warehouse_id'],
      sums,
      moved.map(({ item, amounts }) => [item, warehouse, ...amounts]),
    );
    await books.add(
      'inventory_stock__now_item_warehouse_batch',
      ['item_id', 'warehouse_id', 'batch_id'],
      sums,
      moved.map(({ item, amounts }) => [item, warehouse, 0, ...amounts]),
    );
    const before = money(credit?.['amount']);
    await books.enter(
      'sales_credit',
      ['customer_id', 'amount'],
      [[...entry(CREDIT_RULE, null, null), customer, books.amount(debt - before)]],
    );
    await books.add(
      'sales_credit__now_customer',
      ['customer_id'],
      ['amount'],
      [[customer, books.amount(debt - before), date]],
    );
    const billed = (line: Row): Value[] => [
      Number(line['id']),
      books.quantity(figure(line['quantity'])),
      books.amount(money(line['base_amount'])),
    ];
    await books.enter(
      'sales_invoiced',
      ['invoice_line_id', 'quantity', 'value'],
      perLine((line) => [...entry(RULE.invoiced, line['id'], null), ...billed(line)]),
    );
    await books.add(
      'sales_invoiced__now_invoice_line',
      ['invoice_line_id'],
      sums,
      perLine((line) => [...billed(line), date]),
    );
    const sold = (line: Row): Value[] => [customer, Number(line['item_id']), head['salesperson_id'] as Value];
    await books.enter(
      'sales_turnover',
      ['customer_id', 'item_id', 'salesperson_id', 'quantity', 'income', 'cost'],
      [
        ...perLine((line) => [
          ...entry(RULE.income, line['id'], null),
          ...sold(line),
          books.quantity(figure(line['stock_quantity'])),
          books.amount(money(line['base_amount'])),
          none,
        ]),
        ...perLine((line, index) => [
          ...entry(RULE.cost, line['id'], null),
          ...sold(line),
          books.quantity(0n),
          none,
          books.amount(costs[index] as bigint),
        ]),
      ],
    );

    const year = date.slice(0, 4);
    const taken =
      store.dialect === 'sqlite'
        ? Number((await writing.get(TAKE_NUMBER.sqlite, [year]))?.['taken'])
        : (await writing.run(TAKE_NUMBER.mysql, [year])).lastId;
    const number = `INV-${year}-${String(taken).padStart(5, '0')}`;
    const { changes } = await writing.run(SUBMIT, [number, stored, identity.id, id, Number(version)]);
    if (changes !== 1) throw new Problem(412, 'stale-version');
    const after = String(Number(version) + 1);
    await recordChange(
      writing,
      {
        entity: INVOICE,
        id: String(id),
        version: after,
        action: 'submit',
        changes: {
          number: [null, number],
          status: ['draft', 'submitted'],
          stage: ['draft', 'submitted'],
        },
      },
      identity,
      now,
    );
    return { version: after, number };
  });
}

/** An invoice as its client gets it back: its own columns, its lines and its taxes. */
export async function readInvoice(store: Store, id: number): Promise<Readonly<Record<string, unknown>>> {
  const [head, lines, taxes] = await Promise.all([
    store.get('SELECT * FROM sales_invoice WHERE id = ?', [id]),
    store.all('SELECT * FROM sales_invoice_line WHERE parent_id = ? ORDER BY position', [id]),
    store.all('SELECT * FROM sales_invoice_tax WHERE parent_id = ? ORDER BY position', [id]),
  ]);
  if (head === undefined) throw new Problem(404, 'not-found');
  const scales: Readonly<Record<string, number>> = {
    exchange_rate: 6,
    discount: QUANTITY_SCALE,
    quantity: QUANTITY_SCALE,
    stock_quantity: QUANTITY_SCALE,
    rate: QUANTITY_SCALE,
    factor: 8,
  };
  const AMOUNTS = /^(net|total|gross|base|discounted|rounding|amount)$|_(total|amount|rounding|discount)$/;
  const shown = (row: Row): Record<string, unknown> => {
    const record: Record<string, unknown> = {};
    for (const [column, raw] of Object.entries(row)) {
      const scale = scales[column] ?? (AMOUNTS.test(column) ? AMOUNT_SCALE : null);
      if (scale !== null) record[column] = store.readDecimal(raw, scale);
      else record[column] = typeof raw === 'bigint' || typeof raw === 'number' ? String(raw) : raw;
    }
    return record;
  };
  return { ...shown(head), lines: lines.map(shown), taxes: taxes.map(shown) };
}
