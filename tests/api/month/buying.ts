import { ACCOUNT, amountsOf, Purse } from './books.ts';
import type { LineInput, OpenItem } from './books.ts';
import type { Cashier } from './cashier.ts';
import { ABROAD, dateOf, MAIN, ONE, SERVICE, SUPPLIERS } from './desk.ts';
import type { Desk } from './desk.ts';
import { converted, fineText, MONEY, share, smaller, sumOf, units } from './numbers.ts';
import type { Paper } from './office.ts';
import type { Move } from './stock-model.ts';

const ROUND_OFF = '8300';

interface PurchaseOrder {
  readonly paper: Paper;
  readonly supplier: string;
  readonly currency: string;
  readonly rate: bigint;
  readonly lines: readonly LineInput[];
  readonly open: bigint[];
  /** What was billed ahead of the goods, by line; null in the usual order of things. */
  readonly ahead: readonly Purse[] | null;
}

interface ReceiptLine {
  readonly input: LineInput;
  readonly move: Move;
  readonly unbilled: Purse;
  back: bigint;
}

interface Receipt {
  readonly paper: Paper;
  readonly supplier: string;
  readonly currency: string;
  readonly rate: bigint;
  readonly lines: readonly ReceiptLine[];
}

interface Bill {
  readonly paper: Paper;
  readonly supplier: string;
  readonly rate: bigint;
  readonly lines: readonly LineInput[];
  readonly moves: readonly Move[];
  readonly item: OpenItem;
}

/** Orders, receipts, bills, and what goes back to suppliers. */
export class Buying {
  readonly #desk: Desk;
  readonly #cashier: Cashier;
  readonly #receipts: Receipt[] = [];
  readonly #bills: Bill[] = [];
  readonly #returned: { readonly value: bigint }[] = [];
  readonly #aheads: Purse[] = [];

  constructor(desk: Desk, cashier: Cashier) {
    this.#desk = desk;
    this.#cashier = cashier;
  }

  /** What waits for bills and debit notes: the interim account must hold this and nothing else. */
  unmatched(): bigint {
    const received = this.#receipts.flatMap(({ lines }) => lines.map(({ unbilled }) => unbilled.value));
    return sumOf(received) - sumOf(this.#returned.map(({ value }) => value));
  }

  /** What was billed and has not come. */
  billedAhead(): bigint {
    return sumOf(this.#aheads.map(({ value }) => value));
  }

  async order(day: number, currency: string, isBilledFirst: boolean): Promise<void> {
    const isAbroad = currency === 'USD';
    const supplier = isAbroad ? ABROAD.supplier : this.#desk.chance.of(SUPPLIERS);
    const tax = !isAbroad && this.#desk.chance.is(0.8) ? 'PPN-M' : null;
    const rate = this.#desk.rate(currency);
    const lines = this.#desk.goods(3).map(({ code, price }) => {
      const line = this.#desk.buyLine(code, price, 20, 80);
      return { ...line, tax, rate: isAbroad ? line.rate / 16_000n + 1n : line.rate };
    });
    const paper = await this.#desk.office.enter('purchase.order', {
      supplier: this.#desk.id('supplier', supplier),
      date: dateOf(day),
      ...this.#desk.money(currency, rate),
      lines: lines.map((line) => this.#desk.lineValues(line)),
    });
    this.#desk.did('purchases');
    const open = lines.map(({ quantity }) => quantity);
    const order: PurchaseOrder = { paper, supplier, currency, rate, lines, open, ahead: null };
    if (isBilledFirst) await this.#billAhead(day, order);
    else this.#desk.at(day + this.#desk.chance.between(0, 2), (now) => this.#receiveOrder(now, order));
  }

  async #billAhead(day: number, order: PurchaseOrder): Promise<void> {
    const lines = order.lines.map((line) => (this.#desk.chance.is(0.5) ? { ...line, rate: line.rate + ONE } : line));
    const made = await this.#desk.office.flow(
      order.paper,
      'purchase.order-to-bill',
      'purchase.bill',
      { date: dateOf(day) },
      (index) => ({ rate: fineText(lines[index]?.rate ?? 0n) }),
    );
    const paper = await this.#desk.office.submit(made);
    const amounts = amountsOf(lines);
    this.#desk.books.post([
      [ACCOUNT.received, sumOf(amounts.bases)],
      [ACCOUNT.taxIn, amounts.baseTax],
      [ACCOUNT.payable, -amounts.baseTotal],
    ]);
    this.#desk.did('bills ahead of the goods');
    this.#payable(day, paper, order, amounts);
    const ahead = lines.map(({ quantity }, index) => {
      const purse = new Purse();
      purse.fill(quantity, amounts.bases[index] ?? 0n);
      return purse;
    });
    this.#aheads.push(...ahead);
    this.#desk.at(day + this.#desk.chance.between(1, 3), (now) => this.#receiveOrder(now, { ...order, ahead }));
  }

  async #receiveOrder(day: number, order: PurchaseOrder): Promise<void> {
    const isPartial = order.ahead === null && this.#desk.chance.is(0.4);
    const offered = order.lines.flatMap((line, index) => {
      const open = order.open[index] ?? 0n;
      if (open === 0n) return [];
      const half = (open / (2n * ONE)) * ONE;
      const quantity = isPartial && half > 0n ? half : open;
      order.open[index] = open - quantity;
      return [{ index, line: { ...line, quantity } }];
    });
    if (offered.length === 0) return;
    const made = await this.#desk.office.flow(
      order.paper,
      'purchase.order-to-receipt',
      'inventory.receipt',
      { date: dateOf(day) },
      (index) => ({ quantity: fineText(offered[index]?.line.quantity ?? 0n) }),
    );
    const paper = await this.#desk.office.submit(made);
    const { currency, rate, supplier, ahead } = order;
    const bases = amountsOf(
      offered.map(({ line }) => ({ ...line, tax: null })),
      0n,
      rate,
    ).bases;
    const lines = offered.map(({ line, index }, at): ReceiptLine => {
      const billed = ahead?.[index]?.take(line.quantity) ?? null;
      const value = bases[at] ?? 0n;
      const move = this.#desk.books.move({
        day: dateOf(day),
        item: line.item,
        warehouse: MAIN,
        quantity: line.quantity,
        worth: { kind: 'given', value },
        against: () =>
          billed === null
            ? [[ACCOUNT.received, -value]]
            : [
                [ACCOUNT.received, -billed],
                [ACCOUNT.priceDifference, billed - value],
              ],
      });
      const unbilled = new Purse();
      if (billed === null) unbilled.fill(line.quantity, value);
      return { input: line, move, unbilled, back: 0n };
    });
    this.#desk.did(isPartial ? 'partial receipts' : 'receipts');
    const receipt = { paper, supplier, currency, rate, lines };
    if (ahead === null) this.#keepReceipt(day, receipt);
    if (order.open.some((open) => open > 0n)) {
      this.#desk.at(day + this.#desk.chance.between(1, 4), (now) => this.#receiveOrder(now, order));
    }
  }

  #keepReceipt(day: number, receipt: Receipt): void {
    this.#receipts.push(receipt);
    if (this.#desk.chance.is(0.12)) this.#desk.at(day + 1, (now) => this.#returnGoods(now, receipt, null));
    if (this.#desk.chance.is(0.92))
      this.#desk.at(day + this.#desk.chance.between(0, 4), (now) => this.#bill(now, receipt));
  }

  /** Goods without an order. @param account what stands against them; null: they wait for a bill */
  async receive(
    day: number,
    supplier: string | null,
    currency: string,
    rate: bigint,
    inputs: readonly LineInput[],
    account: string | null,
  ): Promise<Receipt> {
    const paper = await this.#desk.office.enter('inventory.receipt', {
      date: dateOf(day),
      warehouse: this.#desk.id('warehouse', MAIN),
      ...(supplier === null ? {} : { supplier: this.#desk.id('supplier', supplier) }),
      ...(account === null ? {} : { account: this.#desk.id('account', account) }),
      ...this.#desk.money(currency, rate),
      lines: inputs.map((line) => this.#desk.lineValues(line)),
    });
    const { bases } = amountsOf(
      inputs.map((line) => ({ ...line, tax: null })),
      0n,
      rate,
    );
    const lines = inputs.map((input, index): ReceiptLine => {
      const value = bases[index] ?? 0n;
      const move = this.#desk.books.move({
        day: dateOf(day),
        item: input.item,
        warehouse: MAIN,
        quantity: input.quantity,
        worth: { kind: 'given', value },
        against: () => [[account ?? ACCOUNT.received, -value]],
      });
      const unbilled = new Purse();
      if (account === null) unbilled.fill(input.quantity, value);
      return { input, move, unbilled, back: 0n };
    });
    return { paper, supplier: supplier ?? '', currency, rate, lines };
  }

  async lateReceipt(day: number): Promise<void> {
    const supplier = this.#desk.chance.of(SUPPLIERS);
    const lines = this.#desk
      .goods(2)
      .map(({ code, price }) => ({ ...this.#desk.buyLine(code, price, 5, 40), tax: 'PPN-M' }));
    const receipt = await this.receive(day - this.#desk.chance.between(3, 9), supplier, 'IDR', ONE, lines, null);
    this.#desk.did('back-dated receipts');
    this.#keepReceipt(day, receipt);
  }

  async #bill(day: number, receipt: Receipt): Promise<void> {
    const offered = receipt.lines.filter(({ unbilled }) => unbilled.amount > 0n);
    if (offered.length === 0) return;
    const isPartial = this.#desk.chance.is(0.15);
    const isDearer = this.#desk.chance.is(0.3);
    const rate = this.#desk.rate(receipt.currency);
    const billed = offered.map(({ input, unbilled }) => {
      const half = (unbilled.amount / (2n * ONE)) * ONE;
      const quantity = isPartial && half > 0n ? half : unbilled.amount;
      const change = isDearer ? share(input.rate, BigInt(this.#desk.chance.between(-6, 9)), 100n) : 0n;
      return { ...input, quantity, rate: input.rate + change };
    });
    const made = await this.#desk.office.flow(
      receipt.paper,
      'purchase.receipt-to-bill',
      'purchase.bill',
      { date: dateOf(day), exchange_rate: fineText(rate) },
      (index) => {
        const line = billed[index];
        return line === undefined ? null : { quantity: fineText(line.quantity), rate: fineText(line.rate) };
      },
    );
    const paper = await this.#desk.office.submit(made);
    const amounts = amountsOf(billed, 0n, rate);
    for (const [index, { unbilled, move }] of offered.entries()) {
      const waiting = unbilled.take(billed[index]?.quantity ?? 0n);
      const base = amounts.bases[index] ?? 0n;
      this.#desk.books.post([
        [ACCOUNT.received, waiting],
        [ACCOUNT.payable, -waiting],
      ]);
      this.#bookDifference(day, move, base - waiting);
    }
    this.#desk.books.post([
      [ACCOUNT.taxIn, amounts.baseTax],
      [ACCOUNT.payable, -amounts.baseTax],
    ]);
    this.#desk.did('bills');
    const item = this.#payable(day, paper, receipt, amounts);
    const bill = {
      paper,
      supplier: receipt.supplier,
      rate,
      lines: billed,
      moves: offered.map(({ move }) => move),
      item,
    };
    const isWhole = receipt.lines.every(({ input }, index) => billed[index]?.quantity === input.quantity);
    if (isPartial) this.#desk.at(day + 1, (now) => this.#bill(now, receipt));
    else if (isWhole && this.#desk.chance.is(0.25)) {
      this.#desk.at(day + 1, (now) => this.#returnGoods(now, receipt, bill));
    }
  }

  /** The bill asks for more or less than the receipt said. */
  #bookDifference(day: number, source: Move, amount: bigint): void {
    const { books, policy } = this.#desk;
    if (policy.price_difference === 'account') {
      books.post([
        [ACCOUNT.priceDifference, amount],
        [ACCOUNT.payable, -amount],
      ]);
      return;
    }
    books.move({
      day: dateOf(day),
      item: source.item,
      warehouse: source.warehouse,
      quantity: 0n,
      worth: { kind: 'on-top-of', source, amount },
      against: (_, rest) => [
        [ACCOUNT.priceDifference, rest],
        [ACCOUNT.payable, -amount],
      ],
    });
  }

  #payable(
    day: number,
    paper: Paper,
    { supplier, currency }: { readonly supplier: string; readonly currency: string },
    { total, baseTotal }: { readonly total: bigint; readonly baseTotal: bigint },
  ): OpenItem {
    const item = this.#desk.books.open(supplier, 'payable', currency, total, baseTotal);
    this.#cashier.settleLater(day, paper, item);
    return item;
  }

  async straightBill(day: number): Promise<void> {
    const supplier = this.#desk.chance.of(SUPPLIERS);
    const tax = this.#desk.chance.is(0.6) ? 'PPN-M' : null;
    const lines = this.#desk.goods(2).map(({ code, price }) => ({ ...this.#desk.buyLine(code, price, 5, 30), tax }));
    const paper = await this.#desk.office.enter('purchase.bill', {
      supplier: this.#desk.id('supplier', supplier),
      date: dateOf(day),
      updates_stock: true,
      warehouse: this.#desk.id('warehouse', MAIN),
      lines: lines.map((line) => this.#desk.lineValues(line)),
    });
    const amounts = amountsOf(lines);
    const moves = lines.map(({ item, quantity }, index) =>
      this.#desk.books.move({
        day: dateOf(day),
        item,
        warehouse: MAIN,
        quantity,
        worth: { kind: 'given', value: amounts.bases[index] ?? 0n },
        against: (value) => [[ACCOUNT.payable, -value]],
      }),
    );
    this.#desk.books.post([
      [ACCOUNT.taxIn, amounts.baseTax],
      [ACCOUNT.payable, -amounts.baseTax],
    ]);
    this.#desk.did('purchases');
    this.#desk.did('bills that update stock');
    const item = this.#payable(day, paper, { supplier, currency: 'IDR' }, amounts);
    this.#bills.push({ paper, supplier, rate: ONE, lines, moves, item });
  }

  async serviceBill(day: number): Promise<void> {
    const supplier = this.#desk.chance.of(SUPPLIERS);
    const price = this.#desk.chance.between(500_000, 4_000_000);
    const lines = [{ ...this.#desk.buyLine(SERVICE, price, 1, 3), tax: 'PPN-M' }];
    const paper = await this.#desk.office.enter('purchase.bill', {
      supplier: this.#desk.id('supplier', supplier),
      date: dateOf(day),
      lines: lines.map((line) => ({ ...this.#desk.lineValues(line), withholding: this.#desk.id('tax', 'PPH23') })),
    });
    const { nets, bases, baseTax, total, baseTotal } = amountsOf(lines);
    const withheld = sumOf(nets.map((net) => share(net, 2n, 100n)));
    this.#desk.books.post([
      [ACCOUNT.expense, sumOf(bases)],
      [ACCOUNT.taxIn, baseTax],
      [ACCOUNT.withheld, -withheld],
      [ACCOUNT.payable, withheld - baseTotal],
    ]);
    this.#desk.did('purchases');
    this.#desk.did('service bills with PPh 23');
    this.#payable(
      day,
      paper,
      { supplier, currency: 'IDR' },
      { total: total - withheld, baseTotal: baseTotal - withheld },
    );
  }

  /** Goods go back to the supplier, before the bill or after it; then a debit note follows. */
  async #returnGoods(day: number, receipt: Receipt, bill: Bill | null): Promise<void> {
    const index = this.#desk.chance.between(0, receipt.lines.length - 1);
    const line = receipt.lines[index];
    if (line === undefined || receipt.lines.some(({ back }) => back > 0n)) return;
    const { move, unbilled, input } = line;
    const free = this.#desk.books.stock.free(input.item, MAIN, dateOf(day));
    const most = smaller(free, bill === null ? unbilled.amount : input.quantity) / ONE;
    if (most < 1n || (bill === null && unbilled.amount < input.quantity)) return;
    if (bill !== null && unbilled.amount > 0n) return;
    const quantity = BigInt(this.#desk.chance.between(1, Math.min(Number(most), 8))) * ONE;
    const made = await this.#desk.office.flow(
      receipt.paper,
      'inventory.receipt-return',
      'inventory.receipt',
      { date: dateOf(day) },
      (offered) => (offered === index ? { quantity: fineText(quantity) } : null),
    );
    await this.#desk.office.submit(made);
    line.back += quantity;
    const price = amountsOf([{ ...input, quantity, tax: null }], 0n, receipt.rate).baseTotal;
    const waiting = bill === null ? unbilled.take(quantity) : price;
    this.#desk.books.move({
      day: dateOf(day),
      item: input.item,
      warehouse: MAIN,
      quantity: -quantity,
      worth: { kind: 'part-of', source: move },
      against: (value) => [
        [ACCOUNT.received, waiting],
        [ACCOUNT.priceDifference, -value - waiting],
      ],
    });
    this.#desk.did(bill === null ? 'goods back before the bill' : 'goods back after the bill');
    if (bill === null) return;
    const credited = { value: waiting };
    this.#returned.push(credited);
    if (this.#desk.chance.is(0.75)) {
      this.#desk.at(day + 1, async (now) => {
        await this.#debit(now, bill, index, quantity, waiting);
        credited.value = 0n;
      });
    }
  }

  async sendBack(day: number): Promise<void> {
    const open = this.#receipts.filter(
      ({ lines, currency }) => currency === 'IDR' && lines.every(({ back }) => back === 0n),
    );
    if (open.length > 0) await this.#returnGoods(day, this.#desk.chance.of(open), null);
  }

  async debitStraightBill(day: number): Promise<void> {
    if (this.#bills.length === 0) return;
    const bill = this.#desk.chance.of(this.#bills);
    this.#bills.splice(this.#bills.indexOf(bill), 1);
    const [line] = bill.lines;
    if (line === undefined) return;
    const free = this.#desk.books.stock.free(line.item, MAIN, dateOf(day));
    const quantity = (smaller(free, line.quantity) / (2n * ONE)) * ONE;
    if (quantity > 0n) await this.#debit(day, bill, 0, quantity, null);
  }

  /** @param waiting what the goods that went back stand for in the interim account; null: the debit note moves them */
  async #debit(day: number, bill: Bill, index: number, quantity: bigint, waiting: bigint | null): Promise<void> {
    const made = await this.#desk.office.flow(
      bill.paper,
      'purchase.bill-to-debit-note',
      'purchase.debit-note',
      { date: dateOf(day) },
      (offered) => (offered === index ? { quantity: fineText(quantity) } : null),
    );
    await this.#desk.office.submit(made);
    const line = bill.lines[index];
    const source = bill.moves[index];
    if (line === undefined || source === undefined) throw new Error('The bill has no such line.');
    const { bases, baseTax, total, baseTotal } = amountsOf([{ ...line, quantity }], 0n, bill.rate);
    const base = sumOf(bases);
    const settled = this.#desk.books.settle(bill.item, total);
    const rest = converted(total - settled.amount, bill.rate);
    this.#desk.books.post([
      [ACCOUNT.payable, settled.base],
      [ACCOUNT.advancePaid, rest],
      [ACCOUNT.exchange, baseTotal - settled.base - rest],
      [ACCOUNT.taxIn, -baseTax],
      // The goods: either they waited in the interim account, or the debit note takes them out of stock.
      [waiting === null ? ACCOUNT.priceDifference : ACCOUNT.received, -(waiting ?? base)],
      [ACCOUNT.priceDifference, waiting === null ? 0n : waiting - base],
    ]);
    if (waiting === null) {
      this.#desk.books.move({
        day: dateOf(day),
        item: line.item,
        warehouse: MAIN,
        quantity: -quantity,
        worth: { kind: 'part-of', source },
        against: (value) => [[ACCOUNT.priceDifference, -value]],
      });
    }
    this.#desk.did('debit notes');
  }

  async landedCost(day: number): Promise<void> {
    const open = this.#receipts.filter(({ lines }) => lines.every(({ back }) => back === 0n));
    if (open.length === 0) return;
    const receipt = this.#desk.chance.of(open);
    const by = this.#desk.chance.of(['value', 'quantity']);
    const costs = [this.#desk.chance.between(50_000, 900_000), this.#desk.chance.between(10_000, 70_000)];
    const account = this.#desk.id('account', ACCOUNT.accrued);
    const made = await this.#desk.office.flow(
      receipt.paper,
      'inventory.receipt-to-landed-cost',
      'inventory.landed-cost',
      {
        date: dateOf(day),
        by,
        costs: costs.map((amount, index) => ({ description: `Biaya ${index + 1}`, account, amount: `${amount}.33` })),
      },
    );
    await this.#desk.office.submit(made);
    const total = sumOf(costs.map((amount) => units(`${amount}.33`, MONEY)));
    const weights = receipt.lines.map(({ move }) => {
      if (by === 'quantity') return move.quantity;
      return move.worth.kind === 'given' ? move.worth.value : 0n;
    });
    const whole = sumOf(weights);
    let spread = 0n;
    for (const [index, { move }] of receipt.lines.entries()) {
      const amount = share(total, weights[index] ?? 0n, whole);
      spread += amount;
      this.#desk.books.move({
        day: dateOf(day),
        item: move.item,
        warehouse: move.warehouse,
        quantity: 0n,
        worth: { kind: 'on-top-of', source: move, amount },
        against: (_, rest) => [
          [ACCOUNT.cost, rest],
          [ACCOUNT.accrued, -amount],
        ],
      });
    }
    this.#desk.books.post([
      [ROUND_OFF, total - spread],
      [ACCOUNT.accrued, spread - total],
    ]);
    this.#desk.did('landed costs');
  }

  /** A receipt is entered and cancelled at once, back-dated among what is already there. */
  async mistake(day: number): Promise<void> {
    const lines = this.#desk.goods(2).map(({ code, price }) => this.#desk.buyLine(code, price * 3, 1, 9));
    const { paper, lines: received } = await this.receive(
      day - 5,
      this.#desk.chance.of(SUPPLIERS),
      'IDR',
      ONE,
      lines,
      null,
    );
    await this.#desk.office.cancel(paper);
    this.#desk.books.stock.remove(received.map(({ move }) => move));
    this.#desk.did('cancelled receipts');
  }
}
