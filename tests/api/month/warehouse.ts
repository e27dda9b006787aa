import { ACCOUNT } from './books.ts';
import { dateOf, GOODS, MAIN, ONE, SHOP } from './desk.ts';
import type { Desk } from './desk.ts';
import { fineText, FINE, share, smaller, units } from './numbers.ts';
import type { Amount } from './stock-model.ts';

const METHOD_WORTH = { kind: 'method' } as const;

/** What moves inside the company. */
export class Warehouse {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async transfer(day: number): Promise<void> {
    const lines = this.#desk.chance.shuffled(GOODS).flatMap(({ code }) => {
      const quantity = (this.#desk.books.stock.free(code, MAIN, dateOf(day)) / (8n * ONE)) * ONE;
      return quantity > 0n ? [{ item: code, quantity }] : [];
    });
    await this.#desk.office.enter('inventory.transfer', {
      date: dateOf(day),
      from: this.#desk.id('warehouse', MAIN),
      to: this.#desk.id('warehouse', SHOP),
      lines: lines.map(({ item, quantity }) => ({ item: this.#desk.id('item', item), quantity: fineText(quantity) })),
    });
    const common = { day: dateOf(day), against: () => [] };
    for (const { item, quantity } of lines) {
      const worth = { kind: 'method' } as const;
      const source = this.#desk.books.move({ ...common, item, warehouse: MAIN, quantity: -quantity, worth });
      this.#desk.books.move({ ...common, item, warehouse: SHOP, quantity, worth: { kind: 'moved', source } });
    }
    this.#desk.did('transfers');
  }

  async use(day: number): Promise<void> {
    const lines = this.#desk
      .goods(2)
      .filter(({ code }) => this.#desk.books.stock.free(code, MAIN, dateOf(day)) >= 2n * ONE);
    if (lines.length === 0) return;
    const quantity = 2n * ONE;
    await this.#desk.office.enter('inventory.issue', {
      date: dateOf(day),
      warehouse: this.#desk.id('warehouse', MAIN),
      account: this.#desk.id('account', ACCOUNT.supplies),
      lines: lines.map(({ code }) => ({ item: this.#desk.id('item', code), quantity: fineText(quantity) })),
    });
    for (const { code } of lines) {
      this.#desk.books.move({
        day: dateOf(day),
        item: code,
        warehouse: MAIN,
        quantity: -quantity,
        worth: { kind: 'method' },
        against: (value) => [[ACCOUNT.supplies, -value]],
      });
    }
    this.#desk.did('internal issues');
  }

  async count(day: number): Promise<void> {
    const against = (value: bigint): readonly Amount[] => [[ACCOUNT.stockAdjustment, -value]];
    const lines = GOODS.slice(0, 6).map(({ code, price }, index) => {
      const there = this.#desk.books.stock.free(code, MAIN, dateOf(day));
      const change = index % 3 === 0 ? 3n * ONE : index % 3 === 1 ? 0n : -smaller(there, 2n * ONE);
      const rate = units(String(price), FINE);
      const worth =
        change > 0n ? ({ kind: 'given', value: share(change * rate, 1n, 1_000_000n) } as const) : METHOD_WORTH;
      if (change !== 0n) {
        this.#desk.books.move({ day: dateOf(day), item: code, warehouse: MAIN, quantity: change, worth, against });
      }
      return {
        item: this.#desk.id('item', code),
        counted_quantity: fineText(there + change),
        ...(change > 0n ? { rate: fineText(rate) } : {}),
      };
    });
    await this.#desk.office.enter('inventory.adjustment', {
      date: dateOf(day),
      warehouse: this.#desk.id('warehouse', MAIN),
      reason: 'Opname',
      lines,
    });
    this.#desk.did('stock counts');
  }
}
