import { parseArgs } from 'node:util';

export interface Options {
  /** Customers in each of the compared companies. */
  readonly customers: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  /** Customers of the company whose lists are compared with those of a small one. */
  readonly manyCustomers: number;
  /** Drafts that each company has for the rounds of the posting bench. */
  readonly postings: number;
  /** Entries of the short books, and of the long ones whose postings and reports are compared with theirs. */
  readonly fewEntries: number;
  readonly manyEntries: number;
  /** Rows of the files that are brought in. */
  readonly importedRows: number;
  /** Put the tables into README.md and docs/benchmarks.md. */
  readonly write: boolean;
  /** Names of the operations to run; empty for all. */
  readonly only: readonly string[];
  readonly databases: readonly ('sqlite' | 'mysql')[];
  /** Folder for CPU profiles of the engine. */
  readonly profile: string | undefined;
}

const HELP = `npm run bench -- [options]

  --quick              a short run: fewer rows and rounds
  --write              put the tables into README.md and docs/benchmarks.md
  --database NAME      sqlite or mysql; both when left out, as far as a server answers
  --only NAME          one operation: list, get, create, update, order, posting, import; may be repeated
  --rounds N           rounds of each operation
  --seconds N          seconds of a round
  --profile FOLDER     write CPU profiles of the engine
`;

/** Reads the command line; null when help was asked for and printed. */
export function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      database: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return null;
  }
  const { quick, write, only, profile } = values;
  const scale = quick
    ? {
        customers: 20_000,
        rounds: 2,
        seconds: 1,
        warmUpSeconds: 1,
        manyCustomers: 100_000,
        postings: 4_000,
        manyEntries: 200_000,
        importedRows: 10_000,
      }
    : {
        customers: 100_000,
        rounds: 5,
        seconds: 3,
        warmUpSeconds: 2,
        manyCustomers: 1_000_000,
        postings: 20_000,
        manyEntries: 10_000_000,
        importedRows: 100_000,
      };
  return {
    ...scale,
    rounds: Number(values.rounds ?? scale.rounds),
    seconds: Number(values.seconds ?? scale.seconds),
    connections: 16,
    fewEntries: 10_000,
    write,
    only,
    profile,
    databases: values.database === undefined ? ['sqlite', 'mysql'] : [values.database === 'mysql' ? 'mysql' : 'sqlite'],
  };
}

/** Whether something of this name was asked for. */
export function isWanted({ only }: Options, name: string): boolean {
  return only.length === 0 || only.some((asked) => name.startsWith(asked));
}
