import { converted, FINE, moneyText, share, smaller, sumOf, units } from './numbers.ts';
import { StockModel } from './stock-model.ts';
import type { Amount, Held, Method, Move } from './stock-model.ts';

/** Accounts of the Indonesian chart that the month uses. */
export const ACCOUNT = {
  cash: '1110',
  bank: '1120',
  dollars: '1122',
  receivable: '1210',
  revaluation: '1240',
  stock: '1310',
  delivered: '1350',
  advancePaid: '1410',
  taxIn: '1440',
  withheldFromUs: '1453',
  machine: '1540',
  machineDepreciation: '1541',
  payable: '2110',
  received: '2120',
  advanceReceived: '2130',
  taxOut: '2150',
  withheld: '2162',
  accrued: '2170',
  capital: '3100',
  retained: '3200',
  income: '4100',
  cost: '5100',
  priceDifference: '5200',
  stockAdjustment: '5300',
  supplies: '6130',
  depreciation: '6180',
  bankFee: '6190',
  expense: '6300',
  exchange: '7200',
} as const;

export interface LineInput {
  readonly item: string;
  readonly quantity: bigint;
  /** Ten-thousandths of a currency unit. */
  readonly rate: bigint;
  /** Percent in ten-thousandths. */
  readonly discount: bigint;
  readonly tax: string | null;
}

interface TaxRule {
  readonly percent: bigint;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly isIncluded: boolean;
}

/** What the shipped taxes are: PPN of 12 % on 11/12 of the price. */
const TAXES: Readonly<Record<string, TaxRule>> = {
  PPN: { percent: 12n, numerator: 11n, denominator: 12n, isIncluded: false },
  'PPN-INCL': { percent: 12n, numerator: 11n, denominator: 12n, isIncluded: true },
  'PPN-12': { percent: 12n, numerator: 1n, denominator: 1n, isIncluded: false },
  'PPN-M': { percent: 12n, numerator: 11n, denominator: 12n, isIncluded: false },
};

const LAST_DAY = '2026-01-31';
const HUNDRED_PERCENT = units('100', FINE);

function part(amount: bigint, { percent, numerator, denominator, isIncluded }: TaxRule): bigint {
  const tax = percent * numerator;
  const base = 100n * denominator;
  return isIncluded ? share(amount, tax, base + tax) : share(amount, tax, base);
}

interface DocumentAmounts {
  /** Of each line, without tax, in company currency. */
  readonly bases: readonly bigint[];
  readonly baseTax: bigint;
  readonly baseTotal: bigint;
  /** In the currency of the document. */
  readonly nets: readonly bigint[];
  readonly total: bigint;
}

/** The amounts of a trade document. @param rate company currency for one unit of its currency, in ten-thousandths */
export function amountsOf(lines: readonly LineInput[], discount = 0n, rate = units('1', FINE)): DocumentAmounts {
  const nets: bigint[] = [];
  const taxes = new Map<string, bigint>();
  for (const line of lines) {
    const percent = HUNDRED_PERCENT - line.discount;
    const amount = share(line.quantity * line.rate, percent, HUNDRED_PERCENT * 1_000_000n);
    const discounted = share(amount, HUNDRED_PERCENT - discount, HUNDRED_PERCENT);
    const rule = line.tax === null ? undefined : TAXES[line.tax];
    const tax = rule === undefined ? 0n : part(discounted, rule);
    if (line.tax !== null) taxes.set(line.tax, (taxes.get(line.tax) ?? 0n) + tax);
    nets.push(rule?.isIncluded === true ? discounted - tax : discounted);
  }
  const bases = nets.map((net) => converted(net, rate));
  const baseTax = sumOf([...taxes.values()].map((tax) => converted(tax, rate)));
  return { nets, bases, baseTax, baseTotal: sumOf(bases) + baseTax, total: sumOf(nets) + sumOf(taxes.values()) };
}

/** A quantity or amount and what it is worth, which is given out by shares. */
export class Purse {
  amount = 0n;
  value = 0n;

  fill(amount: bigint, value: bigint): void {
    this.amount += amount;
    this.value += value;
  }

  /** The last part takes the rest. */
  take(amount: bigint): bigint {
    if (amount > this.amount) throw new Error('More than there is.');
    const value = amount === this.amount ? this.value : share(this.value, amount, this.amount);
    this.amount -= amount;
    this.value -= value;
    return value;
  }
}

/** What a customer or supplier owes for one document. */
export interface OpenItem {
  readonly party: string;
  readonly side: 'receivable' | 'payable';
  readonly currency: string;
  readonly left: Purse;
}

/** The books as they must be, worked out from what was entered and never from what was posted. */
export class Books {
  readonly stock: StockModel;
  readonly openItems: OpenItem[] = [];
  readonly dollars = new Purse();
  /** The day that is booked. */
  today = '';
  readonly #booked: { readonly day: string; readonly amounts: readonly Amount[] }[] = [];

  constructor(methods: ReadonlyMap<string, Method>) {
    this.stock = new StockModel(methods);
  }

  post(amounts: readonly Amount[], day = this.today): void {
    const left = sumOf(amounts.map(([, money]) => money));
    if (left !== 0n) throw new Error(`The expected books do not balance: ${moneyText(left)}`);
    this.#booked.push({ day, amounts });
  }

  /** Takes amounts back that `post` was given: a cancelled document is undone on its own day. */
  unpost(amounts: readonly Amount[], day: string): void {
    this.post(
      amounts.map(([account, money]) => [account, -money]),
      day,
    );
  }

  move(move: Move): Move {
    return this.stock.add(move);
  }

  open(party: string, side: OpenItem['side'], currency: string, amount: bigint, base: bigint): OpenItem {
    const left = new Purse();
    left.fill(amount, base);
    const item = { party, side, currency, left };
    this.openItems.push(item);
    return item;
  }

  /** Debit less credit by account at the end of a day; accounts without a balance are left out. */
  trialBalance(day = LAST_DAY): ReadonlyMap<string, bigint> {
    const all = new Map<string, bigint>();
    for (const booked of [...this.#booked, ...this.stock.replay(ACCOUNT.stock, LAST_DAY).booked]) {
      if (booked.day > day) continue;
      for (const [account, money] of booked.amounts) all.set(account, (all.get(account) ?? 0n) + money);
    }
    const kept = [...all].filter(([, money]) => money !== 0n).sort(([one], [other]) => one.localeCompare(other));
    if (sumOf(kept.map(([, money]) => money)) !== 0n) throw new Error('The expected books do not balance.');
    return new Map(kept);
  }

  /** What is on hand at the end of a day, by item and warehouse. */
  held(day = LAST_DAY): ReadonlyMap<string, Held> {
    const { held } = this.stock.replay(ACCOUNT.stock, day);
    return new Map([...held].filter(([, { quantity, value }]) => quantity !== 0n || value !== 0n));
  }

  /** What each party owes or is owed, in company currency. */
  owedBy(side: OpenItem['side']): ReadonlyMap<string, bigint> {
    const owed = new Map<string, bigint>();
    for (const { party, left } of this.openItems.filter((item) => item.side === side)) {
      owed.set(party, (owed.get(party) ?? 0n) + left.value);
    }
    return new Map([...owed].filter(([, money]) => money !== 0n));
  }

  /** Takes from an open item at most what it has; answers what was taken and what that is worth. */
  settle(item: OpenItem, amount: bigint): { readonly amount: bigint; readonly base: bigint } {
    const taken = smaller(amount, item.left.amount);
    return { amount: taken, base: item.left.take(taken) };
  }
}
