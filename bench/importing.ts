import { setTimeout as pause } from 'node:timers/promises';
import { Engine, headersOf } from './engine.ts';
import type { Account } from './engine.ts';
import type { Place } from './place.ts';

/** Rows of each order of the file: one for each of its lines. */
const LINES = 5;
/** Customers that the orders take turns with. */
const CUSTOMERS = 1_000;
const ITEMS = 200;
const POLL_MS = 100;

export interface ImportFigures {
  /** Rows of each of the two files. */
  readonly rows: number;
  readonly customersPerSecond: number;
  readonly orderRowsPerSecond: number;
  /** The most memory that the engine was seen to hold meanwhile. */
  readonly residentBytes: number;
}

/**
 * Rows a second that a company takes in from CSV: customers that link to a group, and orders that link to a customer,
 * with lines that link to items. Each is checked, computed, numbered, searched for and kept in history as if typed.
 */
export async function measureImports(place: Place, rows: number, profile?: string): Promise<ImportFigures> {
  const engine = await Engine.start(place.installation, profile);
  try {
    const account = await engine.register('importing');
    await engine.ask(account, 'POST', 'user-modules', { module: 'sales' });
    await addItems(engine, account);
    const ofCustomers = await bring(engine, account, 'sales.customer', customers(rows));
    const ofOrders = await bring(engine, account, 'sales.order', orders(rows));
    return {
      rows,
      customersPerSecond: rows / ofCustomers.seconds,
      orderRowsPerSecond: rows / ofOrders.seconds,
      residentBytes: Math.max(ofCustomers.residentBytes, ofOrders.residentBytes),
    };
  } finally {
    await engine.child.stop();
  }
}

async function addItems(engine: Engine, account: Account): Promise<void> {
  const operations = Array.from({ length: ITEMS }, (_, index) => ({
    action: 'create',
    input: { code: `ITEM-${index}`, name: `Item ${index}`, sales_price: `${1000 + index * 37}.00` },
  }));
  await engine.ask(account, 'POST', 'records/inventory.item/bulk', { operations });
  await engine.ask(account, 'POST', 'records/sales.customer-group', { code: 'G', name: 'Toko' });
}

function* customers(rows: number): Generator<string> {
  yield 'Code,Name,City,Group,Credit limit\n';
  for (let row = 0; row < rows; row += 1) yield `C-${row},Toko ${row},Kota ${row % 100},G,${row % 1000}000\n`;
}

function* orders(rows: number): Generator<string> {
  yield 'Customer,Date,lines.item,lines.quantity\n';
  for (let row = 0; row < rows; row += 1) {
    const order = Math.floor(row / LINES);
    const head =
      row % LINES === 0 ? `C-${order % CUSTOMERS},2026-03-${String((order % 28) + 1).padStart(2, '0')}` : ',';
    yield `${head},ITEM-${(row * 7) % ITEMS},${(row % 9) + 1}\n`;
  }
}

interface View {
  readonly id: string;
  readonly state: string;
  readonly rejected: number;
  readonly columns: readonly { readonly name: string; readonly target: string | null }[];
}

/** Brings in a file from its upload to its last row; throws when a row was refused. */
async function bring(
  engine: Engine,
  account: Account,
  entity: string,
  text: Iterable<string>,
): Promise<{ readonly seconds: number; readonly residentBytes: number }> {
  const response = await fetch(`${engine.origin}/api/v1/records/${entity}/import`, {
    method: 'POST',
    headers: { ...headersOf(account), 'Content-Type': 'text/csv', 'X-File-Name': 'rows.csv' },
    body: [...text].join(''),
  });
  if (!response.ok) throw new Error(await response.text());
  const { data } = (await response.json()) as { readonly data: View };
  const columns = data.columns.map(({ target, name }) => target ?? name);
  const began = performance.now();
  await engine.ask(account, 'POST', `imports/${data.id}/run`, { columns, mode: 'create' });
  let residentBytes = 0;
  for (;;) {
    residentBytes = Math.max(residentBytes, (await engine.child.usage()).residentBytes);
    const { state, rejected } = await engine.ask<View>(account, 'GET', `imports/${data.id}`);
    if (state === 'failed' || rejected > 0) throw new Error(`An import of ${entity} was refused: ${rejected} records`);
    if (state === 'done') return { seconds: (performance.now() - began) / 1000, residentBytes };
    await pause(POLL_MS);
  }
}
