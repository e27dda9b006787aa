import { Engine, headersOf } from './engine.ts';
import type { Account } from './engine.ts';
import type { Options } from './options.ts';
import type { Place } from './place.ts';
import { FEW_CUSTOMERS } from './preparation.ts';
import type { Prepared } from './preparation.ts';
import { median } from './statistics.ts';

/** How long the same page takes in a short list and in a long one. */
export interface PageTimes {
  readonly page: string;
  readonly fewMs: number;
  readonly manyMs: number;
}

const PAGE_SIZE = 20;
const REPETITIONS = 60;
const WARM_UP = 20;

/** Pages of the generated list of customers, in their order by name, one request after the other. */
export async function timeLongLists(place: Place, { accounts }: Prepared, options: Options): Promise<PageTimes[]> {
  const engine = await Engine.start(place.installation);
  try {
    const middleOf = (customers: number): number => Math.ceil(customers / PAGE_SIZE / 2);
    const pages: [string, number, number][] = [
      ['first page', 1, 1],
      ['page in the middle', middleOf(FEW_CUSTOMERS), middleOf(options.manyCustomers)],
    ];
    const times: PageTimes[] = [];
    for (const [page, few, many] of pages) {
      const fewTimes: number[] = [];
      const manyTimes: number[] = [];
      for (let repetition = 0; repetition < WARM_UP + REPETITIONS; repetition += 1) {
        const fewMs = await timePage(engine, accounts.few, few, FEW_CUSTOMERS);
        const manyMs = await timePage(engine, accounts.many, many, options.manyCustomers);
        if (repetition < WARM_UP) continue;
        fewTimes.push(fewMs);
        manyTimes.push(manyMs);
      }
      times.push({ page, fewMs: median(fewTimes), manyMs: median(manyTimes) });
    }
    return times;
  } finally {
    await engine.child.stop();
  }
}

async function timePage(engine: Engine, account: Account, page: number, total: number): Promise<number> {
  const began = performance.now();
  const response = await fetch(`${engine.origin}/api/v1/records/sales.customer?page%5Bnumber%5D=${page}`, {
    headers: headersOf(account),
  });
  const { data, meta } = (await response.json()) as { data: readonly unknown[]; meta: { page: { total: number } } };
  const elapsed = performance.now() - began;
  if (data.length !== PAGE_SIZE || meta.page.total !== total) throw new Error(`Page ${page} is not what it must be.`);
  return elapsed;
}
