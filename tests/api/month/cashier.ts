import { ACCOUNT } from './books.ts';
import type { OpenItem } from './books.ts';
import { dateOf } from './desk.ts';
import type { Desk } from './desk.ts';
import { converted, MONEY, moneyText, share, sumOf, units } from './numbers.ts';
import type { Paper } from './office.ts';
import type { Amount } from './stock-model.ts';

/** What is asked of the cashier. */
interface Payment {
  /** The document that is paid, and what it leaves open. */
  readonly paper: Paper;
  readonly item: OpenItem;
  /** What is settled. */
  readonly amount: bigint;
  /** What is paid beyond it and becomes an advance. */
  readonly extra?: bigint;
  /** 2 % are kept back for the tax office, and the bank takes a fee. */
  readonly isWithheld?: boolean;
  readonly account?: string;
}

/** What is kept back from a payment, or added to it where it is negative. */
interface Deduction {
  readonly code: string;
  readonly amount: bigint;
}

/** Money comes in and goes out. */
export class Cashier {
  readonly #desk: Desk;
  readonly #owed: { readonly paper: Paper; readonly item: OpenItem }[] = [];

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Plans how a document is paid: not at all, at once, in parts, too much, or less tax and fee. */
  settleLater(day: number, paper: Paper, item: OpenItem): void {
    this.#owed.push({ paper, item });
    if (this.#desk.chance.is(0.25)) return;
    this.#desk.at(day + this.#desk.chance.between(1, 9), async (now) => {
      const open = item.left.amount;
      if (open === 0n) return;
      const mode = this.#desk.chance.between(1, 10);
      if (mode <= 5) await this.pay(now, { paper, item, amount: open });
      else if (mode <= 7) {
        await this.pay(now, { paper, item, amount: share(open, 2n, 5n) });
        if (this.#desk.chance.is(0.5)) {
          this.#desk.at(now + 2, (then) => this.pay(then, { paper, item, amount: item.left.amount }));
        }
      } else if (mode === 8) await this.pay(now, { paper, item, amount: open, extra: units('123.45', MONEY) });
      else await this.pay(now, { paper, item, amount: open, isWithheld: true });
    });
  }

  /** Money comes in for a receivable or goes out for a payable. */
  async pay(day: number, { paper, item, amount, extra = 0n, isWithheld = false, account }: Payment): Promise<void> {
    if (amount === 0n || item.left.amount < amount) return;
    const isForeign = item.currency === 'USD';
    const rate = this.#desk.rate(item.currency);
    const through = account ?? (isForeign && this.#desk.chance.is(0.5) ? ACCOUNT.dollars : ACCOUNT.bank);
    const deductions = isWithheld ? deductionsOf(item, amount) : [];
    const paid = amount + extra - sumOf(deductions.map((deduction) => deduction.amount));
    const made = await this.#draft(paper, item, amount, {
      date: dateOf(day),
      account: this.#desk.id('account', through),
      ...this.#desk.money(item.currency, rate),
      amount: moneyText(paid),
      deductions: deductions.map(({ code, amount: less }) => ({
        account: this.#desk.id('account', code),
        amount: moneyText(less),
      })),
    });
    const payment = await this.#desk.office.submit(made);
    this.#book(item, { through, rate, paid, amount, extra, deductions });
    this.#desk.did(isForeign ? 'payments in dollars' : 'payments');
    if (item.side === 'receivable' && extra > 0n && !isForeign) {
      this.#desk.at(day + 2, (now) => this.#useAdvance(now, payment, item.party, extra));
    }
  }

  #book(item: OpenItem, { through, rate, paid, amount, extra, deductions }: Paid): void {
    const isIncoming = item.side === 'receivable';
    const base = converted(paid, rate);
    const settled = item.left.take(amount);
    const advance = converted(extra, rate);
    const kept = deductions.map(({ code, amount: less }): Amount => [code, converted(less, rate)]);
    const difference = base + sumOf(kept.map(([, money]) => money)) - settled - advance;
    const amounts: readonly Amount[] = [
      [through, base],
      ...kept,
      [ACCOUNT[item.side], -settled],
      [isIncoming ? ACCOUNT.advanceReceived : ACCOUNT.advancePaid, -advance],
      [ACCOUNT.exchange, -difference],
    ];
    const { books } = this.#desk;
    books.post(isIncoming ? amounts : amounts.map(([code, money]) => [code, -money]));
    if (through === ACCOUNT.dollars) books.dollars.fill(isIncoming ? paid : -paid, isIncoming ? base : -base);
  }

  async #draft(paper: Paper, item: OpenItem, amount: bigint, values: object): Promise<Paper> {
    const isIncoming = item.side === 'receivable';
    const entity = 'accounting.payment';
    if (paper.entity === 'accounting.journal-entry') {
      return this.#desk.office.create(entity, {
        direction: isIncoming ? 'receive' : 'pay',
        party: isIncoming
          ? { entity: 'sales.customer', id: this.#desk.id('customer', item.party) }
          : { entity: 'purchase.supplier', id: this.#desk.id('supplier', item.party) },
        allocations: [{ document: { entity: paper.entity, id: paper.id }, amount: moneyText(amount) }],
        ...values,
      });
    }
    const flow = isIncoming ? 'sales.invoice-to-payment' : 'purchase.bill-to-payment';
    return this.#desk.office.flow(
      paper,
      flow,
      entity,
      { ...values },
      () => ({ amount: moneyText(amount) }),
      'allocations',
    );
  }

  /** What a customer paid too much settles part of another invoice. */
  async #useAdvance(day: number, payment: Paper, customer: string, amount: bigint): Promise<void> {
    const invoice = this.#owed.find(
      ({ paper, item }) => paper.entity === 'sales.invoice' && item.party === customer && item.left.amount > amount,
    );
    if (invoice === undefined) return;
    const made = await this.#desk.office.flow(payment, 'accounting.payment-to-payment', 'accounting.payment', {
      date: dateOf(day),
      allocations: [
        {
          document: { entity: 'sales.invoice', id: invoice.paper.id },
          due: await this.#desk.office.valueOf(invoice.paper, 'due_date'),
          amount: moneyText(amount),
        },
      ],
    });
    await this.#desk.office.submit(made);
    this.#desk.books.post([
      [ACCOUNT.advanceReceived, amount],
      [ACCOUNT.receivable, -invoice.item.left.take(amount)],
    ]);
    this.#desk.did('advances used');
  }
}

interface Paid {
  /** Code of the bank or cash account. */
  readonly through: string;
  readonly rate: bigint;
  readonly paid: bigint;
  readonly amount: bigint;
  readonly extra: bigint;
  readonly deductions: readonly Deduction[];
}

function deductionsOf({ side, currency }: OpenItem, amount: bigint): readonly Deduction[] {
  const isIncoming = side === 'receivable';
  const tax = share(amount, 2n, 100n);
  // Who receives bears the fee; who pays adds it.
  const fee = currency === 'USD' ? units('1.25', MONEY) : units('6500', MONEY);
  return [
    { code: isIncoming ? ACCOUNT.withheldFromUs : ACCOUNT.withheld, amount: tax },
    { code: ACCOUNT.bankFee, amount: isIncoming ? fee : -fee },
  ].filter((deduction) => deduction.amount !== 0n && tax + fee < amount);
}
