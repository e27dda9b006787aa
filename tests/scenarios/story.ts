import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Values of a record as a story tells them: links by natural key or by `@name` of an earlier step. */
export type Told = Readonly<Record<string, unknown>>;

export interface Step {
  readonly create?: string;
  readonly update?: string;
  readonly submit?: string;
  readonly cancel?: string;
  readonly amend?: string;
  readonly action?: string;
  readonly on?: string;
  readonly flow?: string;
  readonly from?: string;
  /** Name under which later steps know the record. */
  readonly as?: string;
  readonly values?: Told;
  readonly set?: Told;
  /** Code of the problem or of one of its faults, where the step must be refused. */
  readonly 'expect-refusal'?: string;
  /** Pointer of the fault. */
  readonly at?: string;
}

/** A business story of a module, with the books it must end with. */
export interface Story {
  readonly scenario: string;
  readonly locale: string;
  readonly settings?: Told;
  readonly business_type?: string;
  readonly modules?: readonly string[];
  readonly steps: readonly Step[];
  readonly expect: {
    readonly trial_balance?: Readonly<Record<string, string>>;
    readonly balances?: readonly { readonly ledger: string; readonly at: Told; readonly values: Told }[];
    readonly records?: readonly { readonly record: string; readonly values: Told }[];
    /** Lines of reports, by what their first cells say. */
    readonly reports?: readonly {
      readonly report: string;
      readonly parameters?: Readonly<Record<string, string>>;
      readonly rows: Readonly<Record<string, Told>>;
    }[];
  };
}

export interface StoryFile {
  readonly module: string;
  readonly file: string;
  readonly story: Story;
}

const modules = join(import.meta.dirname, '../../modules');

/** The stories of all shipped modules. */
export function readStories(): readonly StoryFile[] {
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /[/\\]scenarios[/\\][^/\\]+\.json$/.test(path),
  );
  return files.sort().map((path) => {
    const [, module = ''] = path.split(/[/\\]/);
    const story = JSON.parse(readFileSync(join(modules, path), 'utf8')) as Story;
    return { module, file: path.split(/[/\\]/).at(-1) ?? path, story };
  });
}
