import { listMembers } from '../../access/members.ts';
import { Refusal, refuse } from '../../base/errors.ts';
import { randomId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Field } from '../../compiler/model.ts';
import type { Actor } from '../../metamodel/operation.ts';
import { runOneByOne } from '../../records/one-by-one.ts';
import type { Outcome } from '../../records/one-by-one.ts';
import type { Reader } from '../../storage/database.ts';
import { StorageError } from '../../storage/fault.ts';
import { recordContext } from '../company.ts';
import type { CompanyRuntime } from '../company.ts';
import type { FileStore } from '../files.ts';
import { Turns } from '../turns.ts';
import { RecordGatherer, textIn } from './documents.ts';
import type { FileRecord } from './documents.ts';
import { LinkLookups, namingFields } from './lookups.ts';
import type { Looker } from './lookups.ts';
import { isRefused, promisesOf, readPortion, rejectedRowsOf, wishesOf } from './portion.ts';
import type { Plan } from './portion.ts';
import { readTable } from './read-table.ts';
import {
  advanceImport,
  findImport,
  finishImport,
  holdImport,
  releaseImport,
  restartImport,
  runningImports,
} from './store.ts';
import type { Progress, RecordImport } from './store.ts';
import { targetsOf } from './targets.ts';

/** Records that are written together; rows of them that one transaction takes at most. */
const RECORDS_MAX = 500;
const ROWS_MAX = 1_000;
/** How long a process may be silent before another one goes on with its import. */
const LEASE_MS = 20_000;
/** Beyond the end of a lease, so that it surely has ended. */
const GRACE_MS = 50;
/** Imports that run at the same time in this process. */
const SIDE_BY_SIDE_MAX = 2;

export interface ImportServices {
  readonly catalog: Reader;
  readonly files: FileStore;
  readonly log: Log;
  latest(companyId: string): Promise<CompanyRuntime>;
}

/** Somebody cancelled it, or another process went on with it. */
class Stopped extends Error {}

/**
 * Brings in records from files, portion by portion. How far an import has come is written in the transaction of each
 * portion, so that a killed process loses nothing and repeats nothing: another one goes on behind the last portion.
 */
export class Importer {
  readonly #services: ImportServices;
  readonly #holder = randomId();
  readonly #turns = new Turns(SIDE_BY_SIDE_MAX);
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isClosing = false;

  constructor(services: ImportServices) {
    this.#services = services;
  }

  /** Goes on with what a killed process left; to be called whenever a company was loaded. */
  watch(company: CompanyRuntime): void {
    void this.#takeUp(company).catch((error: unknown) =>
      this.#services.log.warn({ err: error }, 'Imports of a company cannot be taken up'),
    );
  }

  /** Works on an import that was begun; faults are kept with it. */
  start(companyId: string, importId: string): void {
    const name = `${companyId} ${importId}`;
    if (this.#isClosing || this.#running.has(name)) return;
    const work = this.#turns
      .take(() => this.#run(companyId, importId))
      .catch((error: unknown) => this.#services.log.error({ err: error, import: importId }, 'An import stopped'))
      .finally(() => this.#running.delete(name));
    this.#running.set(name, work);
  }

  /** Resolves when nothing is under way in this process. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running.values()]);
  }

  /** Ends the work behind the portion that is under way; whoever serves next goes on. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.settled();
  }

  async #takeUp({ database, entry }: CompanyRuntime): Promise<void> {
    for (const { id, heldUntil } of await runningImports(database)) {
      this.#again(entry.id, id, heldUntil === null ? 0 : Math.max(0, heldUntil - Date.now()));
    }
  }

  #again(companyId: string, importId: string, wait: number): void {
    if (this.#isClosing) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.start(companyId, importId);
    }, wait + GRACE_MS).unref();
    this.#timers.add(timer);
  }

  async #run(companyId: string, importId: string): Promise<void> {
    if (this.#isClosing) return;
    const { database } = await this.#services.latest(companyId);
    const until = Date.now() + LEASE_MS;
    if (!(await database.transaction((writer) => holdImport(writer, importId, this.#holder, until)))) return;
    try {
      await this.#work(companyId, importId);
      await database.transaction((writer) => finishImport(writer, importId, this.#holder, 'done', null));
    } catch (error) {
      if (error instanceof Stopped) {
        await database.transaction((writer) => releaseImport(writer, importId, this.#holder));
        return;
      }
      if (error instanceof StorageError) {
        this.#again(companyId, importId, LEASE_MS);
        throw error;
      }
      const known = error instanceof Refusal ? error : null;
      const failure = { code: known?.code ?? 'internal', parameters: { ...known?.parameters } };
      await database.transaction((writer) => finishImport(writer, importId, this.#holder, 'failed', failure));
      if (known === null) throw error;
    }
  }

  async #work(companyId: string, importId: string): Promise<void> {
    const company = await this.#services.latest(companyId);
    const found = await findImport(company.database, importId);
    if (found?.choices === null || found === null) throw new Stopped();
    // Of a trial nothing was kept that its later rows could stand on.
    if (found.isTrial) await company.database.transaction((writer) => restartImport(writer, importId));
    const position = found.isTrial ? 0 : found.position;
    const run = new Run(found, this.#services, companyId, this.#holder, () => this.#isClosing);
    await run.all(position);
  }
}

/** One import under way in this process. */
class Run {
  readonly #import: RecordImport;
  readonly #services: ImportServices;
  readonly #companyId: string;
  readonly #holder: string;
  readonly #isClosing: () => boolean;
  readonly #lookups = new LinkLookups();
  /** Keys and names that a trial would have written. */
  readonly #promised: Set<string> | null;
  #portion: FileRecord[] = [];
  #rows = 0;
  #texts = new Set<string>();

  constructor(
    found: RecordImport,
    services: ImportServices,
    companyId: string,
    holder: string,
    isClosing: () => boolean,
  ) {
    this.#import = found;
    this.#services = services;
    this.#companyId = companyId;
    this.#holder = holder;
    this.#isClosing = isClosing;
    this.#promised = found.isTrial ? new Set() : null;
  }

  async all(position: number): Promise<void> {
    const { format, sha256, choices } = this.#import;
    const company = await this.#services.latest(this.#companyId);
    const plan = planOf(this.#import, company);
    const gatherer = new RecordGatherer(plan.columns, choices?.key ?? []);
    const rows = readTable(this.#services.files.pathOf(company.entry.slug, sha256), format);
    let isHeading = true;
    for await (const portion of rows) {
      for (const row of portion) {
        if (isHeading || row.number <= position) {
          isHeading = false;
          continue;
        }
        const whole = gatherer.take(row);
        if (whole !== null) await this.#add(plan, whole);
      }
    }
    const last = gatherer.end();
    if (last !== null) await this.#add(plan, last);
    await this.#write();
  }

  /** Records that name each other are written one after the other: the later one finds the earlier one. */
  async #add(plan: Plan, record: FileRecord): Promise<void> {
    const [head] = record.rows;
    if (head === undefined) return;
    const { entity, columns, key } = plan;
    const named = columns.filter(({ field, lines }) => lines === null && field.target === entity);
    const naming = new Set([...namingFields(entity).map(({ name }) => name), ...key]);
    const own = columns.filter(({ path, lines }) => lines === null && naming.has(path));
    const leansOn = [...named, ...own].some((column) => this.#texts.has(textIn(column, head).toLowerCase()));
    const isFull = this.#portion.length >= RECORDS_MAX || this.#rows + record.rows.length > ROWS_MAX;
    if (this.#portion.length > 0 && (leansOn || isFull)) await this.#write();
    this.#portion.push(record);
    this.#rows += record.rows.length;
    for (const column of own) {
      const text = textIn(column, head).toLowerCase();
      if (text !== '') this.#texts.add(text);
    }
  }

  async #write(): Promise<void> {
    const records = this.#portion;
    if (records.length === 0) return;
    this.#portion = [];
    this.#rows = 0;
    this.#texts = new Set();
    if (this.#isClosing()) throw new Stopped();

    const company = await this.#services.latest(this.#companyId);
    const looker: Looker = {
      company,
      actor: await this.#actor(company),
      abilities: this.#import.abilities,
    };
    const plan = planOf(this.#import, company);
    this.#lookups.forgetMissing();
    const drafts = await readPortion(plan, records, this.#lookups, looker, this.#promised);
    const wishes = await wishesOf(plan, drafts, looker, this.#promised);
    const keep = !this.#import.isTrial;
    const progress = (decided: readonly Outcome[]): Progress => {
      const refused = decided.flatMap((outcome, index) => {
        const draft = drafts[index];
        return isRefused(outcome) && draft !== undefined ? [rejectedRowsOf(draft, outcome)] : [];
      });
      const written = decided.map((outcome, index) => (isRefused(outcome) ? null : kindOf(wishes[index])));
      return {
        position: records[decided.length - 1]?.rows.at(-1)?.number ?? 0,
        created: written.filter((kind) => kind === 'create').length,
        updated: written.filter((kind) => kind === 'update').length,
        rejected: refused.length,
        rows: refused.flat(),
      };
    };
    let before: Progress = { position: 0, created: 0, updated: 0, rejected: 0, rows: [] };
    const alongside: Parameters<typeof runOneByOne>[2]['alongside'] = async (transaction, decided) => {
      const now = progress(decided);
      await this.#advance(transaction, {
        position: now.position,
        created: now.created - before.created,
        updated: now.updated - before.updated,
        rejected: now.rejected - before.rejected,
        rows: now.rows.slice(before.rows.length),
      });
      transaction.afterCommit(() => (before = now));
    };
    const outcomes = await runOneByOne(recordContext(company, looker.actor), wishes, { keep, alongside });
    if (keep) return;
    await company.database.transaction((writer) => this.#advance(writer, progress(outcomes)));
    const naming: readonly Field[] = namingFields(plan.entity);
    for (const [index, draft] of drafts.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined || isRefused(outcome)) continue;
      for (const text of promisesOf(plan, draft, naming)) this.#promised?.add(text);
    }
  }

  async #advance(writer: Parameters<typeof advanceImport>[0], progress: Progress): Promise<void> {
    const until = Date.now() + LEASE_MS;
    if (!(await advanceImport(writer, this.#import.id, this.#holder, until, progress))) throw new Stopped();
  }

  /** Whoever started it, with the roles they have now. */
  async #actor({ entry }: CompanyRuntime): Promise<Actor> {
    const { userId, locale } = this.#import;
    const members = await listMembers(this.#services.catalog, entry.id);
    const member = members.find((each) => each.userId === userId && each.isActive);
    if (member === undefined) throw refuse('forbidden');
    const { name, roles, restrictions } = member;
    return { kind: 'person', id: userId, name, roles, locale, ...(restrictions === null ? {} : { restrictions }) };
  }
}

function kindOf(wish: Awaited<ReturnType<typeof wishesOf>>[number] | undefined): 'create' | 'update' | null {
  return wish === undefined || isRefused(wish as Outcome)
    ? null
    : (wish as Exclude<typeof wish, Refusal>).operation.kind;
}

/** What the choices mean over the model as it is now. A field that is gone brings nothing any more. */
function planOf({ entity: name, choices }: RecordImport, company: CompanyRuntime): Plan {
  const entity = company.model.entities.get(name);
  if (entity === undefined || choices === null) throw refuse('not-found');
  const targets = new Map(targetsOf(entity, () => true).map((target) => [target.path, target]));
  const columns = choices.columns.flatMap((path, index) => {
    const target = path === null ? undefined : targets.get(path);
    return target === undefined ? [] : [{ ...target, index, constant: null }];
  });
  const constants = Object.entries(choices.values ?? {}).flatMap(([path, constant]) => {
    const target = targets.get(path);
    return target === undefined ? [] : [{ ...target, index: -1, constant }];
  });
  const { mode, key, decimal, date } = choices;
  return {
    entity,
    columns: [...columns, ...constants],
    mode,
    key,
    formats: { decimal, date, timezone: company.entry.timezone },
  };
}
