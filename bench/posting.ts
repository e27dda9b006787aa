import { isDeepStrictEqual } from 'node:util';
import { allTables, demandSoundBooks, linesOf, makeBooks } from './books.ts';
import type { Books, BooksOf } from './books.ts';
import { Child } from './child.ts';
import { Engine, headersOf } from './engine.ts';
import { runRound } from './load.ts';
import type { Round } from './load.ts';
import type { Operation } from './operations.ts';
import type { Options } from './options.ts';
import type { Place } from './place.ts';
import type { Scripts } from './scripts-build.ts';
import { openStore } from './servers/open-store.ts';
import type { Store } from './servers/store.ts';
import { median } from './statistics.ts';
import type { Target } from './target.ts';

/** What posting costs, on one database. */
export interface PostingResult {
  /** Entries in the short books and in the long ones. */
  readonly entries: { readonly few: number; readonly many: number };
  /** Submitting an invoice of ten lines that moves stock, by the engine and by hand. */
  readonly compared: { readonly generated: readonly Round[]; readonly equal: readonly Round[] };
  /** The same by one connection and by sixteen, in the short books. */
  readonly posters: { readonly one: readonly Round[]; readonly sixteen: readonly Round[] };
  /** The same in the short books and in the long ones. */
  readonly history: { readonly few: readonly Round[]; readonly many: readonly Round[] };
  readonly chain: ChainResult;
  readonly reports: readonly ReportTimes[];
}

/** Order, delivery and invoice of ten lines each, from creation to submission. */
export interface ChainResult {
  readonly linesPerSecond: number;
  /** For each second of processor time that the engine's process used. */
  readonly linesPerCpuSecond: number;
}

export interface ReportTimes {
  readonly report: string;
  readonly fewMs: number;
  readonly manyMs: number;
}

const INVOICES = '/api/v1/records/sales.invoice';
const COMPARED = 40;
const LINES = 10;
const REPETITIONS = 15;
const WARM_UP = 5;
const REPORTS = [
  ['Trial balance', 'accounting.trial-balance'],
  ['Stock balance', 'inventory.stock-balance'],
] as const;

/** Prepares the books, demands that both sides leave the same entries, and measures. */
export async function measurePosting(place: Place, scripts: Scripts, options: Options): Promise<PostingResult> {
  const books = await prepareBooks(place, options);
  const engine = await Engine.start(place.installation, options.profile);
  const { slug } = books.equal.account;
  const equal = new Child(scripts.equal, [place.address(slug), place.address(null), slug]);
  try {
    const generated = targetOf('generated', engine.child, engine.origin, books.generated);
    const byHand = targetOf('equal', equal, `http://127.0.0.1:${await equal.port()}`, books.equal);
    const drafts = {
      generated: new Drafts(books.generated),
      equal: new Drafts(books.equal),
      many: new Drafts(books.many),
    };
    await demandSameEntries(place, books, [
      [generated, drafts.generated],
      [byHand, drafts.equal],
    ]);
    const many = targetOf('generated', engine.child, engine.origin, books.many);
    const { connections } = options;
    const compared = await takeTurns(options, {
      generated: [generated, drafts.generated, connections],
      equal: [byHand, drafts.equal, connections],
    });
    const posters = await takeTurns(options, {
      one: [generated, drafts.generated, 1],
      sixteen: [generated, drafts.generated, 16],
    });
    const history = await takeTurns(options, {
      few: [generated, drafts.generated, connections],
      many: [many, drafts.many, connections],
    });
    return {
      entries: { few: books.generated.entries, many: books.many.entries },
      compared,
      posters,
      history,
      chain: await measureChain(generated, books.generated, options),
      reports: await timeReports(engine, books),
    };
  } finally {
    await Promise.all([engine.child.stop(), equal.stop()]);
  }
}

async function prepareBooks(place: Place, options: Options): Promise<Readonly<Record<BooksOf, Books>>> {
  const engine = await Engine.start(place.installation);
  let books: Readonly<Record<BooksOf, Books>>;
  try {
    const { postings, fewEntries, manyEntries } = options;
    books = {
      generated: await makeBooks(engine, place, 'posting', { entries: fewEntries, drafts: 3 * postings }),
      equal: await makeBooks(engine, place, 'byhand', { entries: fewEntries, drafts: postings }),
      many: await makeBooks(engine, place, 'history', { entries: manyEntries, drafts: postings }),
    };
  } finally {
    await engine.child.stop();
  }
  await demandSoundBooks(place.installation, books.generated.account.slug);
  return books;
}

function targetOf(name: Target['name'], child: Child, origin: string, { account }: Books): Target {
  return { name, child, origin, headers: headersOf(account) };
}

/** Draft invoices of one company, each of which is submitted once. */
class Drafts {
  readonly #books: Books;
  #taken = 0;

  constructor(books: Books) {
    this.#books = books;
  }

  take(): string {
    if (this.#taken === this.#books.drafts) throw new Error('No draft is left to submit.');
    this.#taken += 1;
    return String(this.#books.firstDraft + this.#taken - 1);
  }
}

function submitting(drafts: Drafts): Operation {
  return {
    name: 'posting',
    callsOf: () => ({
      kind: 'one-by-one',
      next: () => ({
        method: 'POST',
        path: `${INVOICES}/${drafts.take()}/actions/submit`,
        body: '{"version":"1"}',
        isRight: ({ data }) => data['stage'] === 'submitted' && String(data['number']).startsWith('INV-'),
      }),
    }),
  };
}

type Turn = readonly [target: Target, drafts: Drafts, connections: number];

/** Rounds of two sides, one after the other. Any answer but success, a deadlock among them, ends the bench. */
async function takeTurns<Side extends string>(
  options: Options,
  turns: Readonly<Record<Side, Turn>>,
): Promise<Readonly<Record<Side, readonly Round[]>>> {
  const sides = Object.keys(turns) as Side[];
  const rounds = Object.fromEntries(sides.map((side) => [side, []])) as unknown as Record<Side, Round[]>;
  for (let round = -1; round < options.rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const [target, drafts, connections] = turns[side];
      const seconds = round < 0 ? options.warmUpSeconds : options.seconds;
      const measured = await runRound(submitting(drafts), target, connections, seconds);
      if (round >= 0) rounds[side].push(measured);
    }
  }
  return rounds;
}

/** Submits the same drafts on both sides and throws unless the same entries, balances and numbers are there. */
async function demandSameEntries(
  place: Place,
  books: Readonly<Record<BooksOf, Books>>,
  sides: readonly (readonly [Target, Drafts])[],
): Promise<void> {
  for (let number = 0; number < COMPARED; number += 1) {
    for (const [target, drafts] of sides) {
      const path = `${INVOICES}/${drafts.take()}/actions/submit`;
      const { origin, headers } = target;
      const response = await fetch(origin + path, { method: 'POST', headers, body: '{"version":"1"}' });
      if (!response.ok) throw new Error(`${target.name} answered ${response.status}: ${await response.text()}`);
    }
  }
  const [one, other] = await Promise.all(
    [books.generated, books.equal].map(async ({ account, firstDraft }) => {
      const store = openStore(place.address(account.slug));
      try {
        return await tracesOf(store, firstDraft);
      } finally {
        await store.close();
      }
    }),
  );
  for (const [name, rows] of Object.entries(one ?? {})) {
    const others = other?.[name] ?? [];
    if (rows.length === others.length && isDeepStrictEqual(rows, others)) continue;
    const at = rows.findIndex((row, index) => !isDeepStrictEqual(row, others[index]));
    throw new Error(
      `${name} differs: ${rows.length} and ${others.length} rows\n${JSON.stringify(rows[at])}\n${JSON.stringify(others[at])}`,
    );
  }
}

const UNALIKE = ['id', 'posted_at', 'at', 'actor_id', 'created_at', 'created_by', 'updated_at', 'updated_by'];

/** Rows that belong to the submitted drafts, without what differs between persons and moments. */
async function tracesOf(store: Store, first: number): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const traces: Record<string, readonly unknown[]> = {};
  const vouchers = `SELECT id FROM rk_voucher WHERE entity = 'sales.invoice' AND record_id >= ${first}`;
  const wanted: [string, string][] = [
    ['rk_voucher', `SELECT * FROM rk_voucher WHERE id IN (${vouchers})`],
    ['rk_sequence', 'SELECT * FROM rk_sequence'],
    ['rk_history', `SELECT * FROM rk_history WHERE entity = 'sales.invoice' AND action = 'submit'`],
    ['sales_invoice', `SELECT * FROM sales_invoice WHERE stage = 'submitted'`],
  ];
  for (const name of await allTables(store)) {
    if (name.endsWith('__entries')) wanted.push([name, `SELECT * FROM ${name} WHERE voucher_id IN (${vouchers})`]);
    else if (name.includes('__now_')) wanted.push([name, `SELECT * FROM ${name}`]);
  }
  for (const [name, sql] of wanted) {
    const rows = (await store.all(sql)).map((row) =>
      JSON.stringify(
        Object.fromEntries(
          Object.entries(row)
            .filter(([column]) => !UNALIKE.includes(column))
            .map(([column, value]) => [column, value === null ? null : String(value)]),
        ),
      ),
    );
    traces[name] = rows.sort();
  }
  return traces;
}

/** Order → delivery → invoice, by as many customers at a time as there are connections. */
async function measureChain(target: Target, books: Books, options: Options): Promise<ChainResult> {
  let number = 0;
  const chain = async (): Promise<void> => {
    number += 1;
    const order = await ask(target, 'sales.order', {
      customer: books.customers[number % books.customers.length],
      date: '2026-11-03',
      lines: linesOf(books.items, number),
    });
    await submit(target, 'sales.order', order);
    const delivery = await ask(target, `sales.order/${order.id}/flows/sales.order-to-delivery`, {});
    await submit(target, 'inventory.delivery', delivery);
    const invoice = await ask(target, `inventory.delivery/${delivery.id}/flows/sales.delivery-to-invoice`, {});
    await submit(target, 'sales.invoice', invoice);
  };
  const run = async (seconds: number): Promise<number> => {
    const end = performance.now() + seconds * 1000;
    let done = 0;
    const work = async (): Promise<void> => {
      while (performance.now() < end) {
        await chain();
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: options.connections }, work));
    return done;
  };
  await run(options.warmUpSeconds);
  const usedBefore = await target.child.usage();
  const began = performance.now();
  const chains = await run(options.seconds * 3);
  const seconds = (performance.now() - began) / 1000;
  const used = await target.child.usage();
  const cpuSeconds = (used.cpuMicroseconds - usedBefore.cpuMicroseconds) / 1_000_000;
  return { linesPerSecond: (chains * LINES) / seconds, linesPerCpuSecond: (chains * LINES) / cpuSeconds };
}

interface Made {
  readonly id: string;
  readonly version: string;
}

async function ask({ origin, headers }: Target, path: string, body: unknown): Promise<Made> {
  const response = await fetch(`${origin}/api/v1/records/${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { readonly data: Made }).data;
}

async function submit(target: Target, entity: string, { id, version }: Made): Promise<void> {
  await ask(target, `${entity}/${id}/actions/submit`, { version });
}

/** Reports over the short books and the long ones, one request after the other. */
async function timeReports(engine: Engine, books: Readonly<Record<BooksOf, Books>>): Promise<readonly ReportTimes[]> {
  const times: ReportTimes[] = [];
  for (const [report, name] of REPORTS) {
    const few: number[] = [];
    const many: number[] = [];
    for (let repetition = 0; repetition < WARM_UP + REPETITIONS; repetition += 1) {
      const fewMs = await timeReport(engine, books.generated, name);
      const manyMs = await timeReport(engine, books.many, name);
      if (repetition < WARM_UP) continue;
      few.push(fewMs);
      many.push(manyMs);
    }
    times.push({ report, fewMs: median(few), manyMs: median(many) });
  }
  return times;
}

async function timeReport({ origin }: Engine, { account }: Books, name: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(`${origin}/api/v1/reports/${name}?from=2026-11-01&to=2026-11-30`, {
    headers: headersOf(account),
  });
  const text = await response.text();
  const elapsed = performance.now() - began;
  if (!response.ok) throw new Error(`${name} answered ${response.status}: ${text}`);
  return elapsed;
}
