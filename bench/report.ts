import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { Comparison } from './comparison.ts';
import type { ImportFigures } from './importing.ts';
import type { LargeModel } from './large-model.ts';
import type { Round } from './load.ts';
import type { PageTimes } from './long-lists.ts';
import type { Options } from './options.ts';
import type { PostingResult } from './posting.ts';
import { FEW_CUSTOMERS } from './preparation.ts';
import { median, percentile } from './statistics.ts';
import type { WebSize } from './web-size.ts';

/** Everything measured on one database. */
export interface DatabaseResult {
  readonly database: string;
  readonly comparison: Comparison;
  readonly pages: readonly PageTimes[];
  readonly coldStartMs: number;
  readonly activationSeconds: number;
  /** Null when it was not asked for. */
  readonly posting: PostingResult | null;
  readonly imports: ImportFigures | null;
}

export interface Results {
  readonly databases: readonly DatabaseResult[];
  /** Databases that were asked for and not there. */
  readonly missing: readonly string[];
  readonly largeModel: LargeModel;
  readonly web: WebSize | null;
  /** Processes that wanted to run when the bench began; what is not idle then disturbs it. */
  readonly loadBefore: number;
}

/** Beyond this the sender, not the server, sets the pace. */
const SENDER_LOAD_MAX = 0.95;

const whole = (number: number): string => Math.round(number).toLocaleString('en-US');
const megabytes = (bytes: number): string => `${whole(bytes / 1_048_576)} MB`;
const kilobytes = (bytes: number): string => `${whole(bytes / 1024)} KB`;

/** The result in few words, as Markdown: the ratios to the two hand-written servers. */
export function summary(results: Results, options: Options, command: string): string {
  const rows = results.databases.flatMap(({ database, comparison, posting }) => [
    ...comparison.operations.map(({ operation, rounds: { generated, equal, bare } }) => [
      `${operation}, ${database}`,
      throughput(generated),
      ratio(generated, equal, pace),
      ratio(generated, bare, pace),
      milliseconds(generated, at(0.99)),
    ]),
    ...(posting === null
      ? []
      : [
          [
            `posted invoice of ten lines, ${database}`,
            throughput(posting.compared.generated),
            ratio(posting.compared.generated, posting.compared.equal, pace),
            '–',
            milliseconds(posting.compared.generated, at(0.99)),
          ],
        ]),
  ]);
  return `${table(['', 'requests/s', '÷ equal', '÷ bare', 'p99 ms'], rows)}\n\n${facts(results, options, command)}`;
}

/** Everything that was measured, as Markdown. */
export function report(results: Results, options: Options, command: string): string {
  return [
    facts(results, options, command),
    ...results.databases.flatMap((result) => [
      comparisonTable(result),
      pageTable(result, options),
      ...(result.posting === null ? [] : [postingTable(result.database, result.posting)]),
    ]),
    ...(results.databases.some(isHeldBack) ? ['¹ The sender, not the server, set the pace.'] : []),
    ...results.missing.map((name) => `${name}: no server answered, nothing was measured.`),
    singleFigures(results),
  ].join('\n\n');
}

function facts({ loadBefore }: Results, options: Options, command: string): string {
  const [processor] = cpus();
  const model = processor?.model.trim() ?? '';
  const machine = [
    `${cpus().length} processors${model === '' || model === 'unknown' ? '' : ` (${model})`}`,
    `${whole(totalmem() / 2 ** 30)} GB of memory`,
    `Node.js ${process.versions.node}`,
    `load before the start ${loadBefore.toFixed(1)}`,
  ];
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)}${revision()} with \`${command}\`: ${machine.join(', ')}; ` +
    `${whole(options.customers)} customers, ${options.connections} connections, ${options.rounds} rounds of ` +
    `${options.seconds} s for each server in turn; medians over the rounds, of the ratios too.`
  );
}

function revision(): string {
  try {
    return ` at ${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()}`;
  } catch {
    return '';
  }
}

function comparisonTable({ database, comparison }: DatabaseResult): string {
  const rows = comparison.operations.map(({ operation, rounds: { generated, equal, bare } }) => [
    operation,
    ...[generated, equal, bare].map(throughput),
    ratio(generated, equal, pace),
    ratio(generated, bare, pace),
    [generated, equal, bare]
      .map((rounds) => milliseconds(rounds, ({ cpuMsPerRequest }) => cpuMsPerRequest))
      .join(' / '),
    ratio(generated, equal, thrift),
    ratio(generated, bare, thrift),
    [generated, equal, bare].map((rounds) => milliseconds(rounds, at(0.5))).join(' / '),
    [generated, equal, bare].map((rounds) => milliseconds(rounds, at(0.99))).join(' / '),
  ]);
  const header = [
    database,
    'generated/s',
    'equal/s',
    'bare/s',
    '÷ equal',
    '÷ bare',
    'CPU ms per request (g / e / b)',
    'CPU ÷ equal',
    'CPU ÷ bare',
    'p50 ms (g / e / b)',
    'p99 ms (g / e / b)',
  ];
  const { generated, equal, bare } = comparison.residentBytes;
  return `${table(header, rows)}\n\nMemory after the load: generated ${megabytes(generated)}, equal ${megabytes(equal)}, bare ${megabytes(bare)}.`;
}

function throughput(rounds: readonly Round[]): string {
  const rate = whole(median(rounds.map(pace)));
  return isPacedBySender(rounds) ? `${rate} ¹` : rate;
}

function isPacedBySender(rounds: readonly Round[]): boolean {
  return median(rounds.map(({ senderLoad }) => senderLoad)) > SENDER_LOAD_MAX;
}

function isHeldBack({ comparison }: DatabaseResult): boolean {
  return comparison.operations.some(({ rounds }) => Object.values(rounds).some(isPacedBySender));
}

const pace = ({ requestsPerSecond }: Round): number => requestsPerSecond;
const thrift = ({ cpuMsPerRequest }: Round): number => 1 / cpuMsPerRequest;

/** The median of the ratios between rounds that ran one after the other; above one the first is better. */
function ratio(of: readonly Round[], to: readonly Round[], measure: (round: Round) => number): string {
  return median(of.map((round, index) => measure(round) / measure(to[index] as Round))).toFixed(2);
}

function milliseconds(rounds: readonly Round[], measure: (round: Round) => number): string {
  return median(rounds.map(measure)).toFixed(2);
}

function at(share: number): (round: Round) => number {
  return ({ latencies }) => percentile(latencies, share);
}

function pageTable({ database, pages }: DatabaseResult, { manyCustomers }: Options): string {
  const header = [`List on ${database}`, `${whole(FEW_CUSTOMERS)} rows`, `${whole(manyCustomers)} rows`, 'ratio'];
  return table(
    header,
    pages.map(({ page, fewMs, manyMs }) => [
      page,
      `${fewMs.toFixed(2)} ms`,
      `${manyMs.toFixed(2)} ms`,
      (manyMs / fewMs).toFixed(2),
    ]),
  );
}

/** What posting costs, beside the targets of the ratios. */
function postingTable(database: string, result: PostingResult): string {
  const { compared, posters, history, chain, reports, entries } = result;
  const both = (one: readonly Round[], other: readonly Round[], measure: (round: Round) => number): string =>
    [one, other].map((rounds) => milliseconds(rounds, measure)).join(' / ');
  const invoice = (
    what: string,
    [one, other]: readonly [readonly Round[], readonly Round[]],
    target: string,
  ): readonly string[] => [
    what,
    throughput(one),
    throughput(other),
    ratio(one, other, pace),
    target,
    both(one, other, ({ cpuMsPerRequest }) => cpuMsPerRequest),
    both(one, other, at(0.5)),
    both(one, other, at(0.99)),
  ];
  const many = whole(entries.many);
  const few = whole(entries.few);
  const paces = table(
    [`Posting on ${database}`, 'first/s', 'second/s', 'ratio', 'target', 'CPU ms', 'p50 ms', 'p99 ms'],
    [
      invoice('invoice: generated, by hand', [compared.generated, compared.equal], '≥ 0.5'),
      invoice('posters: sixteen, one', [posters.sixteen, posters.one], '≥ 1'),
      invoice(`history: ${many} entries, ${few}`, [history.many, history.few], '≥ 0.77'),
    ],
  );
  const times = table(
    [`Report on ${database}`, `${few} entries`, `${many} entries`, 'target'],
    reports.map(({ report: name, fewMs, manyMs }) => [
      name,
      `${fewMs.toFixed(1)} ms`,
      `${manyMs.toFixed(1)} ms`,
      '200 ms',
    ]),
  );
  const lines =
    `Order → delivery → invoice on ${database}: ${whole(chain.linesPerSecond)} fully processed lines per second, ` +
    `${whole(chain.linesPerCpuSecond)} for each second of a processor that the engine's process used. ` +
    'No request of any poster was answered with anything but success, so no deadlock reached a client.';
  return [paces, lines, times].join('\n\n');
}

function singleFigures({ databases, largeModel, web }: Results): string {
  const rows = databases.flatMap(({ database, coldStartMs, activationSeconds }) => [
    [`Cold start until ready, ${database}`, `${whole(coldStartMs)} ms`, '3,000 ms'],
    [`Activating sales with its dependencies, ${database}`, `${activationSeconds.toFixed(2)} s`, '2 s'],
  ]);
  for (const { database, imports } of databases) {
    if (imports === null) continue;
    const { rows: count, customersPerSecond, orderRowsPerSecond, residentBytes } = imports;
    rows.push(
      [`Importing ${whole(count)} customers, ${database}`, `${whole(customersPerSecond)} rows/s`, '5,000 rows/s'],
      [
        `Importing ${whole(count)} rows of orders with lines, ${database}`,
        `${whole(orderRowsPerSecond)} rows/s; ${megabytes(residentBytes)} of memory at most`,
        '5,000 rows/s',
      ],
    );
  }
  rows.push([
    `Compiling ${whole(largeModel.entities)} entities with ${whole(largeModel.fields)} fields`,
    `${largeModel.seconds.toFixed(2)} s, ${whole(largeModel.heapMegabytes)} MB`,
    '1 s, 150 MB',
  ]);
  rows.push([
    'JavaScript of the web application’s first load',
    web === null
      ? 'not built'
      : `${kilobytes(web.gzipBytes)} gzip, ${kilobytes(web.brotliBytes)} brotli (${web.files} files)`,
    '200 KB',
  ]);
  return table(['', 'measured', 'target'], rows);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 ? '---' : '--:'));
  return [header, rule, ...rows].map(line).join('\n');
}
