import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median } from './statistics.ts';

export interface LargeModel {
  readonly entities: number;
  readonly fields: number;
  readonly seconds: number;
  /** The most that the heap held, garbage and the sources included. */
  readonly heapMegabytes: number;
}

const RUNS = 3;

/** What the collector says of each of its runs: `Scavenge 54.7 (71.8) -> 41.5 (73.6) MB`. */
const HEAP_BEFORE = /(?:Scavenge|Mark-Compact)[^0-9]*([0-9.]+) \(/g;

/**
 * Compiles a large company in fresh processes.
 *
 * @param script the built `compile-synthetic.ts`
 */
export async function timeLargeModel(script: string): Promise<LargeModel> {
  const runs: LargeModel[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--trace-gc', script], { maxBuffer: 16_777_216 });
    const heaps = [...stdout.matchAll(HEAP_BEFORE)].map(([, megabytes]) => Number(megabytes));
    const answer = stdout.split('\n').find((line) => line.startsWith('{')) ?? '';
    runs.push({ ...(JSON.parse(answer) as Omit<LargeModel, 'heapMegabytes'>), heapMegabytes: Math.max(...heaps) });
  }
  const [first] = runs as [LargeModel];
  return {
    ...first,
    seconds: median(runs.map(({ seconds }) => seconds)),
    heapMegabytes: Math.max(...runs.map(({ heapMegabytes }) => heapMegabytes)),
  };
}
