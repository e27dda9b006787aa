import { ACCOUNT, Books } from './books.ts';
import type { OpenItem } from './books.ts';
import { Buying } from './buying.ts';
import { Cashier } from './cashier.ts';
import { ABROAD, CUSTOMERS, dateOf, Desk, GOODS, ONE, SERVICE, SHOP, SUPPLIERS } from './desk.ts';
import type { Ids, Policy, Tally, Task } from './desk.ts';
import type { Chance } from './numbers.ts';
import { converted, fineText, FINE, MONEY, moneyText, share, sumOf, units } from './numbers.ts';
import type { Office, Paper } from './office.ts';
import { Selling } from './selling.ts';
import type { Amount } from './stock-model.ts';
import { Warehouse } from './warehouse.ts';

interface OpeningLine {
  readonly account: string;
  /** Debit is positive; in the currency of the entry. */
  readonly amount: bigint;
  readonly party?: { readonly entity: string; readonly id: string };
}

/**
 * One month of a wholesaler of building materials with a small shop. Whatever is entered at the API is also worked out
 * in `books`, from what was entered alone.
 */
export class Month {
  readonly books = new Books(new Map(GOODS.map(({ code, method }) => [code, method])));
  readonly #desk: Desk;
  readonly #cashier: Cashier;
  readonly #buying: Buying;
  readonly #selling: Selling;
  readonly #warehouse: Warehouse;
  readonly #lateBooks: (readonly Amount[])[] = [];
  #depreciation: Readonly<Record<string, unknown>> = {};

  constructor(office: Office, chance: Chance, ids: Ids, policy: Policy) {
    this.#desk = new Desk(office, this.books, chance, ids, policy);
    this.#cashier = new Cashier(this.#desk);
    this.#buying = new Buying(this.#desk, this.#cashier);
    this.#selling = new Selling(this.#desk, this.#cashier);
    this.#warehouse = new Warehouse(this.#desk);
  }

  get tally(): Tally {
    return this.#desk.tally;
  }

  /** What the interim account of received goods must hold: what waits for its counterpart, and nothing else. */
  unmatched(): bigint {
    return this.#buying.billedAhead() - this.#buying.unmatched();
  }

  async setUp(): Promise<void> {
    const { warehouse, item, customer, supplier } = this.#desk.ids;
    const put = async (into: Map<string, string>, entity: string, code: string, values = {}): Promise<void> => {
      into.set(code, (await this.#desk.office.create(entity, { code, name: code, ...values })).id);
    };
    await put(warehouse, 'inventory.warehouse', SHOP);
    for (const { code, method } of GOODS) await put(item, 'inventory.item', code, { valuation_method: method });
    await put(item, 'inventory.item', SERVICE, { type: 'service' });
    for (const code of [...CUSTOMERS, ABROAD.customer]) await put(customer, 'sales.customer', code);
    for (const code of [...SUPPLIERS, ABROAD.supplier]) await put(supplier, 'purchase.supplier', code);
  }

  /** @param atNight what is done at the end of a day */
  async trade(atNight: (day: number) => Promise<void>): Promise<void> {
    this.books.today = dateOf(1);
    await this.#open();
    this.#plan();
    for (let day = 2; day <= 30; day += 1) {
      await this.#desk.work(day);
      await atNight(day);
    }
    await this.#warehouse.count(30);
  }

  /** Balances of the year before. */
  async #open(): Promise<void> {
    const entry = async (currency: string, rate: string, lines: readonly OpeningLine[]): Promise<Paper> => {
      const rows = lines.map(({ account, amount, party }) => ({
        account: this.#desk.id('account', account),
        ...(amount > 0n ? { debit: moneyText(amount) } : { credit: moneyText(-amount) }),
        ...(party === undefined ? {} : { party }),
      }));
      const values = {
        currency: this.#desk.id('currency', currency),
        exchange_rate: rate,
        is_opening: true,
        lines: rows,
      };
      const paper = await this.#desk.office.enter('accounting.journal-entry', { date: dateOf(1), ...values });
      this.books.post(lines.map(({ account, amount }) => [account, converted(amount, units(rate, FINE))]));
      return paper;
    };
    const customer = { entity: 'sales.customer', id: this.#desk.id('customer', 'WARUNG') };
    const supplier = { entity: 'purchase.supplier', id: this.#desk.id('supplier', 'PABRIK') };
    const abroad = { entity: 'sales.customer', id: this.#desk.id('customer', ABROAD.customer) };
    const owed = units('7654321.09', MONEY);
    const owing = units('23456789.01', MONEY);
    const lines: readonly OpeningLine[] = [
      { account: ACCOUNT.cash, amount: units('20000000', MONEY) },
      { account: ACCOUNT.bank, amount: units('900000000.55', MONEY) },
      { account: ACCOUNT.receivable, amount: owed, party: customer },
      { account: ACCOUNT.payable, amount: -owing, party: supplier },
    ];
    const capital = (of: readonly OpeningLine[]): OpeningLine => ({
      account: ACCOUNT.capital,
      amount: -sumOf(of.map(({ amount }) => amount)),
    });
    const first = await entry('IDR', '1', [...lines, capital(lines)]);
    const foreign: readonly OpeningLine[] = [
      { account: ACCOUNT.dollars, amount: units('5000', MONEY) },
      { account: ACCOUNT.receivable, amount: units('750.25', MONEY), party: abroad },
    ];
    const second = await entry('USD', '15800', [...foreign, capital(foreign)]);
    const rate = units('15800', FINE);
    this.books.dollars.fill(units('5000', MONEY), converted(units('5000', MONEY), rate));
    const open = (party: string, side: OpenItem['side'], currency: string, amount: bigint): OpenItem =>
      this.books.open(party, side, currency, amount, currency === 'USD' ? converted(amount, rate) : amount);
    const receivable = open('WARUNG', 'receivable', 'IDR', owed);
    const payable = open('PABRIK', 'payable', 'IDR', owing);
    const overseas = open(ABROAD.customer, 'receivable', 'USD', units('750.25', MONEY));
    this.#desk.at(6, (day) => this.#cashier.pay(day, { paper: first, item: receivable, amount: share(owed, 2n, 3n) }));
    this.#desk.at(7, (day) => this.#cashier.pay(day, { paper: first, item: payable, amount: owing }));
    this.#desk.at(9, (day) =>
      this.#cashier.pay(day, { paper: second, item: overseas, amount: units('300.10', MONEY) }),
    );

    const stocked = GOODS.map(({ code, price }) => this.#desk.buyLine(code, price, 60, 140));
    await this.#buying.receive(1, null, 'IDR', ONE, stocked, ACCOUNT.capital);
    await this.#buyMachine();
  }

  async #buyMachine(): Promise<void> {
    const facts = { acquired_on: dateOf(1), method: 'straight-line' };
    const accounts = {
      asset_account: this.#desk.id('account', ACCOUNT.machine),
      depreciation_account: this.#desk.id('account', ACCOUNT.machineDepreciation),
    };
    const machines = [
      { code: 'FORKLIFT', planned_cost: '120000000', useful_life_months: 48 },
      { code: 'RAK', planned_cost: '10000000', useful_life_months: 36 },
    ];
    const lines = [];
    for (const machine of machines) {
      const name = machine.code;
      const asset = await this.#desk.office.create('accounting.fixed-asset', {
        ...facts,
        ...accounts,
        ...machine,
        name,
      });
      await this.#desk.office.enter('accounting.asset-acquisition', {
        asset: asset.id,
        date: dateOf(1),
        account: this.#desk.id('account', ACCOUNT.bank),
      });
      const cost = units(machine.planned_cost, MONEY);
      this.books.post([
        [ACCOUNT.machine, cost],
        [ACCOUNT.bank, -cost],
      ]);
      lines.push({ asset: asset.id });
      const monthly = share(cost, 1n, BigInt(machine.useful_life_months));
      this.#lateBooks.push([
        [ACCOUNT.depreciation, monthly],
        [ACCOUNT.machineDepreciation, -monthly],
      ]);
    }
    this.#depreciation = { date: dateOf(31), lines };
  }

  #plan(): void {
    const many = (count: number, task: Task): Task[] => Array.from({ length: count }, () => task);
    const purchases = this.#desk.chance.shuffled([
      ...many(22, (day) => this.#buying.order(day, 'IDR', false)),
      ...many(5, (day) => this.#buying.order(day, 'USD', false)),
      ...many(3, (day) => this.#buying.order(day, 'IDR', true)),
      ...many(7, (day) => this.#buying.straightBill(day)),
      ...many(3, (day) => this.#buying.serviceBill(day)),
    ]);
    for (const task of purchases) this.#desk.at(this.#desk.chance.between(2, 22), task);
    const sales = this.#desk.chance.shuffled([
      ...many(25, (day) => this.#selling.quote(day)),
      ...many(30, (day) => this.#selling.sell(day, false)),
      ...many(7, (day) => this.#selling.sell(day, true)),
      ...many(25, (day) => this.#selling.invoice(day, 'credit')),
      ...many(25, (day) => this.#selling.invoice(day, 'cash')),
      ...many(8, (day) => this.#selling.invoice(day, 'abroad')),
    ]);
    for (const task of sales) this.#desk.at(this.#desk.chance.between(3, 25), task);
    for (const task of [
      ...many(4, (day) => this.#buying.landedCost(day)),
      ...many(4, (day) => this.#buying.sendBack(day)),
      ...many(3, (day) => this.#buying.debitStraightBill(day)),
      ...many(8, (day) => this.#selling.credit(day)),
      ...many(4, () => this.#selling.cancelInvoice()),
      ...many(2, (day) => this.#buying.mistake(day)),
      ...many(4, (day) => this.#buying.lateReceipt(day)),
      ...many(3, (day) => this.#warehouse.use(day)),
    ]) {
      this.#desk.at(this.#desk.chance.between(12, 28), task);
    }
    for (const day of [2, 8, 15, 21]) this.#desk.at(day, (now) => this.#warehouse.transfer(now));
  }

  /** Depreciation, and what is held and owed in dollars at the rate of the last day. */
  async endMonth(): Promise<void> {
    this.books.today = dateOf(31);
    await this.#desk.office.enter('accounting.depreciation', this.#depreciation);
    for (const amounts of this.#lateBooks) this.books.post(amounts);

    const rate = units('16123.45', FINE);
    const { dollars } = this.books;
    const positions = [{ code: ACCOUNT.dollars as string, party: null as string | null, amount: 0n, base: 0n }];
    positions[0] = { code: ACCOUNT.dollars, party: null, amount: dollars.amount, base: dollars.value };
    for (const side of ['receivable', 'payable'] as const) {
      const own = this.books.openItems.filter((item) => item.side === side && item.currency === 'USD');
      const sign = side === 'receivable' ? 1n : -1n;
      positions.push({
        code: ACCOUNT[side],
        party: side === 'receivable' ? ABROAD.customer : ABROAD.supplier,
        amount: sign * sumOf(own.map(({ left }) => left.amount)),
        base: sign * sumOf(own.map(({ left }) => left.value)),
      });
    }
    await this.#desk.office.enter('accounting.exchange-revaluation', {
      date: dateOf(31),
      currency: this.#desk.id('currency', 'USD'),
      rate: fineText(rate),
      lines: positions.map(({ code, party, amount, base }) => ({
        account: this.#desk.id('account', code),
        ...(party === null ? {} : { party: this.#partyOf(code, party) }),
        balance: moneyText(amount),
        base: moneyText(base),
      })),
    });
    for (const { code, party, amount, base } of positions) {
      const difference = converted(amount, rate) - base;
      this.books.post([
        [party === null ? code : ACCOUNT.revaluation, difference],
        [ACCOUNT.exchange, -difference],
      ]);
    }
    this.#desk.did('revaluations');
  }

  #partyOf(code: string, party: string): { readonly entity: string; readonly id: string } {
    return code === ACCOUNT.receivable
      ? { entity: 'sales.customer', id: this.#desk.id('customer', party) }
      : { entity: 'purchase.supplier', id: this.#desk.id('supplier', party) };
  }

  /** Moves the result of the month to retained earnings. @param year id of the fiscal year */
  async closeResult(year: string, types: ReadonlyMap<string, string>): Promise<void> {
    const results = [...this.books.trialBalance()].filter(([code]) =>
      ['income', 'expense'].includes(types.get(code) ?? ''),
    );
    await this.#desk.office.enter('accounting.period-closing', {
      fiscal_year: year,
      date: dateOf(31),
      lines: results.map(([code, money]) => ({ account: this.#desk.id('account', code), amount: moneyText(money) })),
    });
    const closed = results.map(([code, money]): Amount => [code, -money]);
    this.books.post([...closed, [ACCOUNT.retained, sumOf(results.map(([, money]) => money))]]);
  }
}
