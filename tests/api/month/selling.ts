import { ACCOUNT, amountsOf } from './books.ts';
import type { LineInput, OpenItem } from './books.ts';
import type { Cashier } from './cashier.ts';
import { ABROAD, CUSTOMERS, dateOf, MAIN, ONE, quantityOf, SERVICE, SHOP } from './desk.ts';
import type { Desk } from './desk.ts';
import { converted, fineText, FINE, smaller, sumOf, units } from './numbers.ts';
import type { Paper } from './office.ts';
import type { Amount, Move } from './stock-model.ts';

interface SalesOrder {
  readonly paper: Paper;
  readonly customer: string;
  readonly discount: bigint;
  readonly lines: readonly LineInput[];
  readonly open: bigint[];
}

interface DeliveryLine {
  readonly input: LineInput;
  readonly move: Move;
  uninvoiced: bigint;
}

interface Invoice {
  readonly paper: Paper;
  readonly day: string;
  readonly customer: string;
  readonly currency: string;
  readonly rate: bigint;
  readonly discount: bigint;
  readonly lines: readonly LineInput[];
  readonly moves: readonly Move[];
  /** What can still be credited, by line. */
  readonly left: bigint[];
  readonly item: OpenItem;
  readonly amounts: readonly Amount[];
  /** It moved the goods itself. */
  readonly isDirect: boolean;
}

/** Quotations, orders, deliveries, invoices, and what customers bring back. */
export class Selling {
  readonly #desk: Desk;
  readonly #cashier: Cashier;
  readonly #invoices: Invoice[] = [];

  constructor(desk: Desk, cashier: Cashier) {
    this.#desk = desk;
    this.#cashier = cashier;
  }

  #sellLines(most: number): readonly LineInput[] {
    const tax = this.#desk.chance.of(['PPN', 'PPN', 'PPN-INCL', 'PPN-12', null]);
    return this.#desk.goods(most).map(({ code, price }) => ({
      item: code,
      quantity: units(this.#desk.chance.is(0.1) ? '2.5' : String(this.#desk.chance.between(1, 7)), FINE),
      rate: units(`${Math.floor(price * 1.37)}.${this.#desk.chance.is(0.3) ? '55' : '0'}`, FINE),
      discount: this.#desk.chance.is(0.2) ? units(this.#desk.chance.of(['5', '10', '7.5']), FINE) : 0n,
      tax,
    }));
  }

  #orderValues(day: number, customer: string, lines: readonly LineInput[], discount: bigint): object {
    return {
      customer: this.#desk.id('customer', customer),
      date: dateOf(day),
      discount: fineText(discount),
      lines: lines.map((line) => this.#desk.lineValues(line)),
    };
  }

  /** Where the cost of delivered goods waits for the invoice, or where it belongs at once. */
  get #costAccount(): string {
    return this.#desk.policy.stock_cost_posting === 'invoice' ? ACCOUNT.delivered : ACCOUNT.cost;
  }

  #chargeCost(day: number, source: Move): void {
    this.#desk.books.move({
      day: dateOf(day),
      item: source.item,
      warehouse: source.warehouse,
      quantity: 0n,
      worth: { kind: 'invoiced', source },
      against: (_, cost) => [
        [ACCOUNT.cost, cost],
        [ACCOUNT.delivered, -cost],
      ],
    });
  }

  async quote(day: number): Promise<void> {
    const customer = this.#desk.chance.of(CUSTOMERS);
    const lines = this.#sellLines(3);
    const discount = this.#discount();
    const values = this.#orderValues(day, customer, lines, discount);
    const quotation = await this.#desk.office.enter('sales.quotation', { ...values });
    this.#desk.did('sales');
    this.#desk.did('quotations');
    this.#desk.at(day + this.#desk.chance.between(0, 2), async (now) => {
      const made = await this.#desk.office.flow(quotation, 'sales.quotation-to-order', 'sales.order', {
        date: dateOf(now),
      });
      this.#fulfil(now, customer, await this.#desk.office.submit(made), lines, discount, false);
    });
  }

  #discount(): bigint {
    return this.#desk.chance.is(0.2) ? units('3', FINE) : 0n;
  }

  async sell(day: number, isStraight: boolean): Promise<void> {
    const customer = this.#desk.chance.of(CUSTOMERS);
    const lines = this.#sellLines(3);
    const discount = this.#discount();
    const values = this.#orderValues(day, customer, lines, discount);
    const paper = await this.#desk.office.enter('sales.order', { ...values });
    this.#desk.did('sales');
    this.#fulfil(day, customer, paper, lines, discount, isStraight);
  }

  #fulfil(
    day: number,
    customer: string,
    paper: Paper,
    lines: readonly LineInput[],
    discount: bigint,
    isStraight: boolean,
  ): void {
    const order = { paper, customer, lines, discount, open: lines.map(({ quantity }) => quantity) };
    const next = day + this.#desk.chance.between(0, 2);
    this.#desk.at(next, (now) => (isStraight ? this.#invoiceOrder(now, order) : this.#deliver(now, order)));
  }

  /** What of open lines can leave today; `null` for what cannot. */
  #leaving(day: number, order: SalesOrder, isPartial: boolean): readonly { index: number; line: LineInput | null }[] {
    return order.lines.flatMap((line, index) => {
      const open = order.open[index] ?? 0n;
      if (open === 0n) return [];
      const half = (open / (2n * ONE)) * ONE;
      const wanted = isPartial && half > 0n ? half : open;
      const quantity = smaller(wanted, this.#desk.books.stock.free(line.item, MAIN, dateOf(day)));
      return [{ index, line: quantity > 0n ? { ...line, quantity } : null }];
    });
  }

  #issue(day: number, warehouse: string, { item, quantity }: LineInput, account: string = ACCOUNT.cost): Move {
    return this.#desk.books.move({
      day: dateOf(day),
      item,
      warehouse,
      quantity: -quantity,
      worth: { kind: 'method' },
      against: (value) => [[account, -value]],
    });
  }

  async #deliver(day: number, order: SalesOrder): Promise<void> {
    const isPartial = this.#desk.chance.is(0.3);
    const offered = this.#leaving(day, order, isPartial);
    if (offered.length === 0) return;
    if (offered.every(({ line }) => line === null)) {
      this.#desk.at(day + 1, (now) => this.#deliver(now, order));
      return;
    }
    const made = await this.#desk.office.flow(
      order.paper,
      'sales.order-to-delivery',
      'inventory.delivery',
      { date: dateOf(day) },
      (index) => quantityOf(offered[index]?.line),
    );
    const paper = await this.#desk.office.submit(made);
    const lines = offered.flatMap(({ index, line }): DeliveryLine[] => {
      if (line === null) return [];
      order.open[index] = (order.open[index] ?? 0n) - line.quantity;
      return [{ input: line, move: this.#issue(day, MAIN, line, this.#costAccount), uninvoiced: line.quantity }];
    });
    this.#desk.did(isPartial ? 'partial deliveries' : 'deliveries');
    if (this.#desk.chance.is(0.1)) this.#desk.at(day, (now) => this.#takeBack(now, paper, lines));
    if (this.#desk.chance.is(0.94)) {
      this.#desk.at(day + this.#desk.chance.between(0, 3), (now) => this.#invoiceDelivery(now, order, paper, lines));
    }
    if (order.open.some((open) => open > 0n)) {
      this.#desk.at(day + this.#desk.chance.between(1, 3), (now) => this.#deliver(now, order));
    }
  }

  /** Delivered goods come back before they are invoiced. */
  async #takeBack(day: number, delivery: Paper, lines: readonly DeliveryLine[]): Promise<void> {
    const [line] = lines;
    if (line === undefined || line.uninvoiced < ONE) return;
    const made = await this.#desk.office.flow(
      delivery,
      'inventory.delivery-return',
      'inventory.delivery',
      { date: dateOf(day) },
      (index) => (index === 0 ? { quantity: fineText(ONE) } : null),
    );
    await this.#desk.office.submit(made);
    line.uninvoiced -= ONE;
    this.#backIntoStock(day, line.move, ONE, this.#costAccount);
    this.#desk.did('goods back before the invoice');
  }

  #backIntoStock(day: number, source: Move, quantity: bigint, account: string = ACCOUNT.cost): void {
    this.#desk.books.move({
      day: dateOf(day),
      item: source.item,
      warehouse: source.warehouse,
      quantity,
      worth: { kind: 'part-of', source },
      against: (value) => [[account, -value]],
    });
  }

  async #invoiceDelivery(
    day: number,
    order: SalesOrder,
    delivery: Paper,
    delivered: readonly DeliveryLine[],
  ): Promise<void> {
    const offered = delivered.filter(({ uninvoiced }) => uninvoiced > 0n);
    if (offered.length === 0) return;
    const made = await this.#desk.office.flow(delivery, 'sales.delivery-to-invoice', 'sales.invoice', {
      date: dateOf(day),
      due_date: dateOf(day),
      discount: fineText(order.discount),
    });
    const paper = await this.#desk.office.submit(made);
    const lines = offered.map(({ input, uninvoiced }) => ({ ...input, quantity: uninvoiced }));
    for (const line of offered) line.uninvoiced = 0n;
    const moves = offered.map(({ move }) => move);
    if (this.#costAccount !== ACCOUNT.cost) for (const move of moves) this.#chargeCost(day, move);
    this.#charge(day, { paper, customer: order.customer, discount: order.discount, lines, moves });
    this.#desk.did('invoices of deliveries');
  }

  async #invoiceOrder(day: number, order: SalesOrder): Promise<void> {
    const offered = this.#leaving(day, order, false);
    if (offered.every(({ line }) => line === null)) {
      this.#desk.at(day + 1, (now) => this.#invoiceOrder(now, order));
      return;
    }
    const made = await this.#desk.office.flow(
      order.paper,
      'sales.order-to-invoice',
      'sales.invoice',
      {
        date: dateOf(day),
        due_date: dateOf(day),
        updates_stock: true,
        warehouse: this.#desk.id('warehouse', MAIN),
      },
      (index) => quantityOf(offered[index]?.line),
    );
    const paper = await this.#desk.office.submit(made);
    const lines = offered.flatMap(({ line }) => (line === null ? [] : [line]));
    const moves = lines.map((line) => this.#issue(day, MAIN, line));
    this.#charge(day, { paper, customer: order.customer, discount: order.discount, lines, moves });
    this.#desk.did('invoices of orders');
  }

  /** Books what an invoice asks for; the goods are booked by their movements. */
  #charge(
    day: number,
    invoice: Pick<Invoice, 'paper' | 'customer' | 'discount' | 'lines' | 'moves'>,
    { currency, rate, isDirect, isPaidLater } = { currency: 'IDR', rate: ONE, isDirect: false, isPaidLater: true },
  ): Invoice {
    const { bases, baseTax, baseTotal, total } = amountsOf(invoice.lines, invoice.discount, rate);
    const amounts: readonly Amount[] = [
      [ACCOUNT.receivable, baseTotal],
      [ACCOUNT.income, -sumOf(bases)],
      [ACCOUNT.taxOut, -baseTax],
    ];
    this.#desk.books.post(amounts);
    const item = this.#desk.books.open(invoice.customer, 'receivable', currency, total, baseTotal);
    const left = invoice.lines.map(({ quantity }) => quantity);
    const kept = { ...invoice, day: dateOf(day), currency, rate, item, amounts, left, isDirect };
    this.#invoices.push(kept);
    if (isPaidLater) this.#cashier.settleLater(day, invoice.paper, item);
    return kept;
  }

  async invoice(day: number, kind: 'credit' | 'cash' | 'abroad'): Promise<void> {
    const isAbroad = kind === 'abroad';
    const customer = isAbroad ? ABROAD.customer : this.#desk.chance.of(CUSTOMERS);
    const currency = isAbroad ? 'USD' : 'IDR';
    const rate = this.#desk.rate(currency);
    const wanted = this.#sellLines(kind === 'cash' ? 4 : 2);
    const inShop = wanted.filter(
      ({ item, quantity }) => this.#desk.books.stock.free(item, SHOP, dateOf(day)) >= quantity,
    );
    const warehouse = kind === 'cash' && inShop.length > 0 ? SHOP : MAIN;
    const there = wanted.filter(
      ({ item, quantity }) => this.#desk.books.stock.free(item, warehouse, dateOf(day)) >= quantity,
    );
    this.#desk.did('sales');
    // Where nothing is there, a service is sold.
    const found = there.length > 0 ? there : wanted.slice(0, 1).map((line) => ({ ...line, item: SERVICE }));
    const lines = found.map((line) => (isAbroad ? { ...line, tax: null, rate: line.rate / 15_000n } : line));
    const discount = this.#discount();
    const paper = await this.#desk.office.enter('sales.invoice', {
      ...this.#orderValues(day, customer, lines, discount),
      due_date: dateOf(day),
      updates_stock: true,
      warehouse: this.#desk.id('warehouse', warehouse),
      ...this.#desk.money(currency, rate),
    });
    const moves = lines.flatMap((line) => (line.item === SERVICE ? [] : [this.#issue(day, warehouse, line)]));
    const how = { currency, rate, isDirect: true, isPaidLater: kind !== 'cash' };
    const { item } = this.#charge(day, { paper, customer, discount, lines, moves }, how);
    this.#desk.did(`invoices, ${kind}`);
    if (kind === 'cash') await this.#cashier.pay(day, { paper, item, amount: item.left.amount, account: ACCOUNT.cash });
  }

  async credit(day: number): Promise<void> {
    const open = this.#invoices.filter(({ currency, left, moves, lines }) => {
      return currency === 'IDR' && moves.length === lines.length && (left[0] ?? 0n) >= ONE;
    });
    if (open.length === 0) return;
    const invoice = this.#desk.chance.of(open);
    const [line] = invoice.lines;
    const [source] = invoice.moves;
    if (line === undefined || source === undefined) return;
    const comesBack = this.#desk.chance.is(0.7);
    const made = await this.#desk.office.flow(
      invoice.paper,
      'sales.invoice-to-credit-note',
      'sales.credit-note',
      { date: dateOf(day), updates_stock: comesBack, warehouse: this.#desk.id('warehouse', source.warehouse) },
      (index) => (index === 0 ? { quantity: fineText(ONE) } : null),
    );
    await this.#desk.office.submit(made);
    invoice.left[0] = (invoice.left[0] ?? 0n) - ONE;
    const amounts = amountsOf([{ ...line, quantity: ONE }], invoice.discount, invoice.rate);
    const settled = this.#desk.books.settle(invoice.item, amounts.total);
    const rest = converted(amounts.total - settled.amount, invoice.rate);
    this.#desk.books.post([
      [ACCOUNT.income, sumOf(amounts.bases)],
      [ACCOUNT.taxOut, amounts.baseTax],
      [ACCOUNT.receivable, -settled.base],
      [ACCOUNT.advanceReceived, -rest],
      [ACCOUNT.exchange, settled.base + rest - amounts.baseTotal],
    ]);
    if (comesBack) this.#backIntoStock(day, source, ONE);
    this.#desk.did(comesBack ? 'credit notes with goods' : 'credit notes');
  }

  /** An invoice of some days ago was wrong. */
  async cancelInvoice(): Promise<void> {
    const open = this.#invoices.filter(({ isDirect, item, lines, left, rate, discount }) => {
      const isWhole = lines.every(({ quantity }, index) => left[index] === quantity);
      return isDirect && isWhole && item.left.amount === amountsOf(lines, discount, rate).total;
    });
    if (open.length === 0) return;
    const invoice = this.#desk.chance.of(open);
    await this.#desk.office.cancel(invoice.paper);
    this.#invoices.splice(this.#invoices.indexOf(invoice), 1);
    this.#desk.books.unpost(invoice.amounts, invoice.day);
    this.#desk.books.stock.remove(invoice.moves);
    invoice.item.left.take(invoice.item.left.amount);
    this.#desk.did('cancelled invoices');
  }
}
