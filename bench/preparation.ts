import { Engine } from './engine.ts';
import type { Account } from './engine.ts';
import { fillCustomers } from './filling.ts';
import type { Options } from './options.ts';
import type { Place } from './place.ts';
import { openStore } from './servers/open-store.ts';
import { median } from './statistics.ts';

/** Companies of the engine, one for each server and two whose lists are compared. */
export type Company = 'generated' | 'equal' | 'bare' | 'few' | 'many';
const COMPANIES: readonly Company[] = ['generated', 'equal', 'bare', 'few', 'many'];

export const FEW_CUSTOMERS = 1_000;
const ITEMS = 200;

export interface Prepared {
  readonly accounts: Readonly<Record<Company, Account>>;
  /** Ids of the items to order; the same in every company. */
  readonly items: readonly string[];
  /** Activating sales and what it depends on, in a company that had nothing. */
  readonly activationSeconds: number;
}

/** Lets the engine create the companies, and fills them alike. Nothing serves them afterwards. */
export async function prepare(place: Place, options: Options): Promise<Prepared> {
  const engine = await Engine.start(place.installation);
  const accounts: Partial<Record<Company, Account>> = {};
  const activations: number[] = [];
  let items: readonly string[] = [];
  try {
    for (const company of COMPANIES) {
      const account = await engine.register(company);
      accounts[company] = account;
      const began = performance.now();
      await engine.ask(account, 'POST', 'user-modules', { module: 'sales' });
      activations.push((performance.now() - began) / 1000);
      items = await addItems(engine, account);
    }
  } finally {
    await engine.child.stop();
  }
  const complete = accounts as Record<Company, Account>;
  for (const company of COMPANIES) {
    const store = openStore(place.address(complete[company].slug));
    const isListed = company === 'few' || company === 'many';
    const count = company === 'few' ? FEW_CUSTOMERS : company === 'many' ? options.manyCustomers : options.customers;
    await fillCustomers(store, count, !isListed);
    await store.close();
  }
  return { accounts: complete, items, activationSeconds: median(activations) };
}

/** Items with prices, half of them taxed, some at prices that include the tax. */
async function addItems(engine: Engine, account: Account): Promise<readonly string[]> {
  const taxes = await engine.ask<readonly { id: string; code: string }[]>(account, 'GET', 'records/accounting.tax');
  const idOf = (code: string): string | null => taxes.find((tax) => tax.code === code)?.id ?? null;
  const choices = [idOf('PPN'), null, idOf('PPN-INCL'), idOf('PPN-11')];
  const operations = Array.from({ length: ITEMS }, (_, index) => ({
    action: 'create',
    input: {
      code: `ITEM-${index}`,
      name: `Item ${index}`,
      sales_price: `${1000 + index * 37}.${index % 10}`,
      tax: choices[index % choices.length],
    },
  }));
  const created = await engine.ask<readonly { id: string }[]>(account, 'POST', 'records/inventory.item/bulk', {
    operations,
  });
  return created.map(({ id }) => id);
}
