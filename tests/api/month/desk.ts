import type { Books, LineInput } from './books.ts';
import type { Chance } from './numbers.ts';
import { fineText, FINE, units } from './numbers.ts';
import type { Office } from './office.ts';
import type { Method } from './stock-model.ts';

export const ONE = units('1', FINE);
export const MAIN = 'MAIN';
export const SHOP = 'SHOP';
export const SERVICE = 'JASA';
const LAST_TRADING_DAY = 29;

interface Good {
  readonly code: string;
  readonly method: Method;
  /** About what it costs, in rupiah. */
  readonly price: number;
}

export const GOODS: readonly Good[] = [
  { code: 'SEMEN', method: 'average', price: 61_500 },
  { code: 'CAT', method: 'fifo', price: 143_250 },
  { code: 'PAKU', method: 'average', price: 18_333 },
  { code: 'KABEL', method: 'fifo', price: 7_777 },
  { code: 'PIPA', method: 'average', price: 35_999 },
  { code: 'KERAMIK', method: 'fifo', price: 88_100 },
  { code: 'PASIR', method: 'average', price: 2_345 },
  { code: 'LAMPU', method: 'fifo', price: 24_990 },
  { code: 'KUNCI', method: 'average', price: 52_075 },
  { code: 'SEKOP', method: 'average', price: 76_420 },
];
export const CUSTOMERS = ['WARUNG', 'TOKO-A', 'TOKO-B', 'BANGUN', 'RUMAH', 'UMUM'];
export const SUPPLIERS = ['PABRIK', 'GROSIR', 'JAYA', 'MAKMUR'];
export const ABROAD = { customer: 'OVERSEAS', supplier: 'IMPORT' };

/** Ids of master data by code. */
export interface Ids {
  readonly account: ReadonlyMap<string, string>;
  readonly tax: ReadonlyMap<string, string>;
  readonly currency: ReadonlyMap<string, string>;
  readonly item: Map<string, string>;
  readonly warehouse: Map<string, string>;
  readonly customer: Map<string, string>;
  readonly supplier: Map<string, string>;
}

/** What a company may choose about when its books move. */
export interface Policy {
  /** Where a difference between receipt and bill goes. */
  readonly price_difference: 'account' | 'stock';
  /** With which document the cost of goods sold is posted. */
  readonly stock_cost_posting: 'move' | 'invoice';
}

export type Task = (day: number) => Promise<void>;

/** How often each kind of thing was done. */
export type Tally = Record<string, number>;

export function dateOf(day: number): string {
  return `2026-01-${String(day).padStart(2, '0')}`;
}

export function quantityOf(line: LineInput | null | undefined): { readonly quantity: string } | null {
  return line === null || line === undefined ? null : { quantity: fineText(line.quantity) };
}

/** What everybody in the company shares: the API, the expected books, the calendar and the dice. */
export class Desk {
  readonly tally: Tally = {};
  readonly office: Office;
  readonly books: Books;
  readonly chance: Chance;
  readonly ids: Ids;
  readonly policy: Policy;
  readonly #tasks = new Map<number, Task[]>();

  constructor(office: Office, books: Books, chance: Chance, ids: Ids, policy: Policy) {
    this.office = office;
    this.books = books;
    this.chance = chance;
    this.ids = ids;
    this.policy = policy;
  }

  /** Does what is planned for a day, also what is planned for it meanwhile. */
  async work(day: number): Promise<void> {
    this.books.today = dateOf(day);
    const tasks = this.#tasks.get(day) ?? [];
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) await task(day);
  }

  id(kind: keyof Ids, code: string): string {
    const id = this.ids[kind].get(code);
    if (id === undefined) throw new Error(`There is no ${kind} “${code}”.`);
    return id;
  }

  at(day: number, task: Task): void {
    if (day > LAST_TRADING_DAY) return;
    const tasks = this.#tasks.get(day) ?? [];
    this.#tasks.set(day, tasks);
    // A task of today may plan another one for today: it stands in the list that is being worked off.
    tasks.push(task);
  }

  did(what: string): void {
    this.tally[what] = (this.tally[what] ?? 0) + 1;
  }

  goods(most: number): readonly Good[] {
    return this.chance.shuffled(GOODS).slice(0, this.chance.between(1, most));
  }

  buyLine(item: string, price: number, low: number, high: number): LineInput {
    const percent = this.chance.between(90, 112);
    return {
      item,
      quantity: units(String(this.chance.between(low, high)), FINE),
      rate: (units(String(price), FINE) * BigInt(percent)) / 100n,
      discount: this.chance.is(0.15) ? units('2.5', FINE) : 0n,
      tax: null,
    };
  }

  lineValues(line: LineInput): Readonly<Record<string, unknown>> {
    return {
      item: this.id('item', line.item),
      quantity: fineText(line.quantity),
      rate: fineText(line.rate),
      discount: fineText(line.discount),
      tax: line.tax === null ? null : this.id('tax', line.tax),
    };
  }

  money(currency: string, rate: bigint): Readonly<Record<string, unknown>> {
    return { currency: this.id('currency', currency), exchange_rate: fineText(rate) };
  }

  rate(currency: string): bigint {
    return currency === 'USD' ? units(`${this.chance.between(15_700, 16_400)}.25`, FINE) : ONE;
  }
}
