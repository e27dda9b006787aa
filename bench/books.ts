import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Engine } from './engine.ts';
import type { Account, Installation } from './engine.ts';
import { numbers } from './filling.ts';
import type { Place } from './place.ts';
import { openStore } from './servers/open-store.ts';
import type { Store } from './servers/store.ts';

/** Companies with books: two that are compared, alike, and one with a long history. */
export type BooksOf = 'generated' | 'equal' | 'many';

const ITEMS = 20;
const CUSTOMERS = 40;
const LINES = 10;
const DATE = '2026-11-02';
/** Invoices that the engine posts, so that their entries can be multiplied. */
const SAMPLE = 60;
/** Drafts that the engine makes, so that they can be multiplied. */
export const TEMPLATES = 40;
/** Entries are spread over so many months, the last of them that of the sample. */
const MONTHS = 24;
/** Copies of the sample that one statement makes; MySQL is given half a minute for each. */
const COPIES_MAX = 40;
const LEDGERS = ['accounting_general', 'accounting_open_items', 'inventory_stock'] as const;

/** Books as they were prepared. */
export interface Books {
  readonly account: Account;
  /** Id of the first draft invoice; the others follow one by one. */
  readonly firstDraft: number;
  readonly drafts: number;
  /** Entries in the general ledger, among the open items and in the ledger of stock, together. */
  readonly entries: number;
  readonly items: readonly string[];
  readonly customers: readonly string[];
}

interface Line {
  readonly item: string | undefined;
  readonly quantity: string;
}

/** The lines of the document with this number: ten of the items, in turn. */
export function linesOf(items: readonly string[], number: number): readonly Line[] {
  return Array.from({ length: LINES }, (_, line) => ({
    item: items[(number * 3 + line) % items.length],
    quantity: `${1 + ((number + line) % 7)}.${(number * line) % 10}`,
  }));
}

/**
 * A company whose books hold about so many entries. The engine posts a receipt and a sample of invoices; the sample is
 * then multiplied in the database, with its vouchers and the balances that are kept of it.
 */
export async function makeBooks(
  engine: Engine,
  place: Place,
  name: string,
  { entries, drafts }: { readonly entries: number; readonly drafts: number },
): Promise<Books> {
  const account = await engine.register(name);
  await engine.ask(account, 'POST', 'user-modules', { module: 'sales' });
  const { items, customers } = await addMasters(engine, account);
  const submit = async (entity: string, body: unknown): Promise<void> => {
    const { id, version } = await engine.ask<Made>(account, 'POST', `records/${entity}`, body);
    await engine.ask(account, 'POST', `records/${entity}/${id}/actions/submit`, { version });
  };
  const lines = items.map((item, index) => ({ item, quantity: '1000000', rate: `${700 + index}.37` }));
  await submit('inventory.receipt', { date: DATE, lines });
  for (let number = 0; number < SAMPLE; number += 1) {
    await submit('sales.invoice', invoiceBody(items, customers, number));
  }
  let firstDraft = 0;
  for (let number = 0; number < TEMPLATES; number += 1) {
    const body = invoiceBody(items, customers, number);
    const { id } = await engine.ask<Made>(account, 'POST', 'records/sales.invoice', body);
    if (number === 0) firstDraft = Number(id);
  }
  const store = openStore(place.address(account.slug));
  try {
    await rolledUp(store);
    const held = await multiplyEntries(store, entries);
    await multiplyDrafts(store, firstDraft, drafts);
    if (store.dialect === 'sqlite') await store.transaction(async (writing) => void (await writing.run('ANALYZE')));
    return { account, firstDraft, drafts, entries: held, items, customers };
  } finally {
    await store.close();
  }
}

interface Made {
  readonly id: string;
  readonly version: string;
}

function invoiceBody(items: readonly string[], customers: readonly string[], number: number): unknown {
  return {
    customer: customers[number % customers.length],
    date: DATE,
    updates_stock: true,
    lines: linesOf(items, number),
  };
}

async function addMasters(
  engine: Engine,
  account: Account,
): Promise<{ readonly items: readonly string[]; readonly customers: readonly string[] }> {
  const taxes = await engine.ask<readonly { id: string; code: string }[]>(account, 'GET', 'records/accounting.tax');
  const tax = taxes.find(({ code }) => code === 'PPN')?.id ?? null;
  const bulk = async (entity: string, inputs: readonly unknown[]): Promise<readonly string[]> => {
    const operations = inputs.map((input) => ({ action: 'create', input }));
    const made = await engine.ask<readonly Made[]>(account, 'POST', `records/${entity}/bulk`, { operations });
    return made.map(({ id }) => id);
  };
  return {
    items: await bulk(
      'inventory.item',
      Array.from({ length: ITEMS }, (_, index) => ({
        code: `GOODS-${index}`,
        name: `Goods ${index}`,
        sales_price: `${1000 + index * 37}.${index % 10}`,
        tax,
      })),
    ),
    customers: await bulk(
      'sales.customer',
      Array.from({ length: CUSTOMERS }, (_, index) => ({ name: `Buyer ${index}` })),
    ),
  };
}

/** Waits until the engine has added all vouchers to the balances of their months. */
async function rolledUp(store: Store): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const row = await store.get('SELECT COUNT(*) AS n FROM rk_rollup_queue');
    if (Number(row?.['n']) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The monthly balances stay behind.');
}

async function multiplyEntries(store: Store, wanted: number): Promise<number> {
  let sample = 0;
  for (const ledger of LEDGERS) {
    sample += Number((await store.get(`SELECT COUNT(*) AS n FROM ${ledger}__entries`))?.['n']);
  }
  const copies = Math.max(1, Math.round(wanted / sample) - 1);
  const span = Number((await store.get('SELECT MAX(id) AS n FROM rk_voucher'))?.['n']);
  const kept = await tablesOf(store);
  const statements: string[] = [];
  for (let first = 1; first <= copies; first += COPIES_MAX) {
    const rows = `FROM %T t CROSS JOIN (SELECT n ${numbersFrom(first, Math.min(COPIES_MAX, copies - first + 1))}) c`;
    const copied = async (name: string, replaced: Readonly<Record<string, string>>): Promise<string> => {
      const columns = await columnsOf(store, name);
      const values = columns.map((column) => replaced[column] ?? `t.${column}`);
      return `INSERT INTO ${name} (${columns.join(', ')}) SELECT ${values.join(', ')} ${rows.replace('%T', name)} WHERE t.%L`;
    };
    const date = earlier(store, 't.date', `c.n % ${MONTHS}`);
    const voucher = await copied('rk_voucher', { id: `t.id + c.n * ${span}`, number: 't.number + c.n', date });
    statements.push(voucher.replace('%L', `id <= ${span}`));
    for (const ledger of LEDGERS) {
      const changed = { voucher_id: `t.voucher_id + c.n * ${span}`, date };
      const entries = (await copied(`${ledger}__entries`, { ...changed, id: 'NULL' })).replace(/\bid, |NULL, /g, '');
      statements.push(entries.replace('%L', `voucher_id <= ${span}`));
    }
  }
  for (const name of kept) {
    const columns = await columnsOf(store, name);
    const sums = columns.filter((column) => MEASURES.has(column));
    if (name.includes('__now_')) {
      statements.push(`UPDATE ${name} SET ${sums.map((sum) => `${sum} = ${sum} * ${copies + 1}`).join(', ')}`);
      continue;
    }
    for (let month = 1; month < MONTHS; month += 1) {
      const times = timesOf(copies, month);
      if (times === 0) continue;
      const period = earlier(store, 'period_start', String(month));
      const values = columns.map((column) =>
        column === 'period_start' ? period : MEASURES.has(column) ? `${column} * ${times}` : column,
      );
      statements.push(
        `INSERT INTO ${name} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${name}
         WHERE period_start = '${DATE.slice(0, 8)}01'`,
      );
    }
    const times = timesOf(copies, 0) + 1;
    statements.push(
      `UPDATE ${name} SET ${sums.map((sum) => `${sum} = ${sum} * ${times}`).join(', ')}
       WHERE period_start = '${DATE.slice(0, 8)}01'`,
    );
  }
  await runEach(store, statements);
  return sample * (copies + 1);
}

const MEASURES = new Set([
  'debit',
  'credit',
  'debit_currency',
  'credit_currency',
  'quantity',
  'value',
  'amount',
  'base',
]);

/** How many of the copies from one on lie so many months back. */
function timesOf(copies: number, month: number): number {
  if (month === 0) return Math.floor(copies / MONTHS);
  return copies < month ? 0 : Math.floor((copies - month) / MONTHS) + 1;
}

function numbersFrom(first: number, count: number): string {
  return `FROM ${numbers(first, count)}`;
}

function earlier({ dialect }: Store, date: string, months: string): string {
  return dialect === 'sqlite'
    ? `date(${date}, '-' || (${months}) || ' months')`
    : `${date} - INTERVAL (${months}) MONTH`;
}

/** The kept balances of these ledgers. */
async function tablesOf(store: Store): Promise<readonly string[]> {
  const names = await allTables(store);
  return names.filter((name) =>
    LEDGERS.some((ledger) => /__(now|month)_/.test(name) && name.startsWith(`${ledger}__`)),
  );
}

export async function allTables(store: Store): Promise<readonly string[]> {
  const sql =
    store.dialect === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name';
  return (await store.all(sql)).map(({ name }) => String(name));
}

async function columnsOf(store: Store, name: string): Promise<readonly string[]> {
  const rows =
    store.dialect === 'sqlite'
      ? await store.all(`SELECT name FROM pragma_table_info('${name}')`)
      : await store.all(
          `SELECT column_name AS name FROM information_schema.columns
           WHERE table_schema = DATABASE() AND table_name = '${name}' ORDER BY ordinal_position`,
        );
  return rows.map((row) => String(row['name']));
}

/** Draft invoices like the templates, whose ids follow theirs. */
async function multiplyDrafts(store: Store, first: number, wanted: number): Promise<void> {
  const statements: string[] = [];
  const copies = Math.ceil(wanted / TEMPLATES) - 1;
  const isTemplate = `BETWEEN ${first} AND ${first + TEMPLATES - 1}`;
  for (const [name, own] of [
    ['sales_invoice', 'id'],
    ['sales_invoice_line', 'parent_id'],
    ['sales_invoice_tax', 'parent_id'],
    ['rk_history', 'record_id'],
  ] as const) {
    const columns = (await columnsOf(store, name)).filter((column) => own === 'id' || column !== 'id');
    const values = columns.map((column) => (column === own ? `t.${own} + c.n * ${TEMPLATES}` : `t.${column}`));
    for (let start = 1; start <= copies; start += COPIES_MAX) {
      statements.push(
        `INSERT INTO ${name} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${name} t
         CROSS JOIN (SELECT n ${numbersFrom(start, Math.min(COPIES_MAX, copies - start + 1))}) c
         WHERE t.${own} ${isTemplate}${own === 'record_id' ? " AND t.entity = 'sales.invoice'" : ''} ORDER BY c.n, t.id`,
      );
    }
  }
  await runEach(store, statements);
}

async function runEach(store: Store, statements: readonly string[]): Promise<void> {
  for (const sql of statements) {
    await store.transaction(async (writing) => {
      // What is multiplied is known to be right, and checking it took most of the time.
      if (store.dialect === 'mysql') await writing.run('SET SESSION unique_checks = 0, foreign_key_checks = 0');
      await writing.run(sql);
    });
  }
}

const ENGINE = fileURLToPath(new URL('../engine/dist/main.js', import.meta.url));

/** Lets `rangka doctor` count the books of a company anew; throws with what it found. */
export async function demandSoundBooks({ folder, databaseUrl }: Installation, slug: string): Promise<void> {
  const doctor = spawn(process.execPath, [ENGINE, 'doctor', slug], {
    env: {
      ...process.env,
      RANGKA_DATA: folder,
      RANGKA_LOG_LEVEL: 'warn',
      ...(databaseUrl === null ? {} : { RANGKA_DATABASE_URL: databaseUrl }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [doctor.stdout, doctor.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const [status] = (await once(doctor, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`The doctor objects to the books of ${slug}: ${said.slice(0, 3000)}`);
}
