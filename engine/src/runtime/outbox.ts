import type { CompanyEntry } from '../access/member.ts';
import type { Log } from '../base/log.ts';
import { Refusal } from '../base/errors.ts';
import { onWritten } from '../records/written-signal.ts';
import { listenersOf, SCHEDULE_TOPIC, schedulesOf } from '../workflow/events.ts';
import type { CompanyRuntime } from './company.ts';
import { asEffectFault } from './effect-fault.ts';
import { Effects } from './effects.ts';
import type { Outside } from './effects.ts';
import { eventOf, finish, giveBack, LEASE_MS, nextAttempt, putOff, renewed, takeRows } from './outbox-queue.ts';
import type { OutboxRow } from './outbox-queue.ts';
import { putUpDue, spreadOut } from './schedules.ts';
import type { KnownDue } from './schedules.ts';
import { Turns } from './turns.ts';

/** After a commit, so that the rows of a busy moment are taken together. */
const GATHER_MS = 100;
/** How often schedules and rows that were put off are looked at. */
const TICK_MS = 5_000;
/** Companies that are worked for at the same time. */
const SIDE_BY_SIDE_MAX = 4;

export interface OutboxServices {
  readonly outside: Omit<Outside, 'signal'>;
  readonly log: Log;
  /** The company with the metadata that serve now, in whatever process they were changed. */
  latest(companyId: string): Promise<CompanyRuntime>;
  /** All companies that are served. */
  companies(): Promise<readonly CompanyEntry[]>;
  now?(): number;
}

/** A company whose outbox this process looks after. */
interface Watched {
  readonly id: string;
  company: CompanyRuntime;
  readonly known: KnownDue;
  /** When there is something to do, in milliseconds since 1970; null: when somebody writes. */
  dueAt: number | null;
  running: Promise<void> | null;
  timer: NodeJS.Timeout | null;
}

/**
 * Delivers what the outboxes of companies hold (promise C7): automations, and what transitions do beside their record.
 * Rows are taken in order, each by one process at a time; what fails is tried again ever later and finally given up.
 * Nothing here keeps a closing process alive.
 */
export class Outbox {
  readonly #services: OutboxServices;
  readonly #watched = new Map<string, Watched>();
  readonly #turns = new Turns(SIDE_BY_SIDE_MAX);
  readonly #closing = new AbortController();
  readonly #tick: NodeJS.Timeout;

  constructor(services: OutboxServices) {
    this.#services = services;
    this.#tick = setInterval(() => this.#lookAtAll(), TICK_MS).unref();
  }

  /** Looks after a company from now on; to be called whenever it was loaded. */
  watch(company: CompanyRuntime): void {
    const { id } = company.entry;
    const known = this.#watched.get(id);
    if (known === undefined) {
      const watched: Watched = { id, company, known: new Map(), dueAt: null, running: null, timer: null };
      this.#watched.set(id, watched);
      onWritten(company.database, () => this.#soon(watched));
      // Rows may be left from a process that was killed.
      this.#soon(watched);
      return;
    }
    if (known.company.database !== company.database) onWritten(company.database, () => this.#soon(known));
    known.company = company;
    this.#soon(known);
  }

  /** Loads every company once, so that schedules run and rows of killed processes are taken up. Faults are logged. */
  async takeUp(): Promise<void> {
    for (const { id, slug } of await this.#services.companies()) {
      if (this.#closing.signal.aborted) return;
      if (this.#watched.has(id)) continue;
      try {
        this.watch(await this.#services.latest(id));
      } catch (error) {
        this.#services.log.warn({ err: error, company: slug }, 'The outbox of a company cannot be worked off');
      }
    }
  }

  /** Works off what a company's outbox holds now, and answers when that is done. */
  async workOff(companyId: string): Promise<void> {
    const watched = this.#watched.get(companyId);
    if (watched === undefined) return;
    await watched.running;
    await this.#run(watched);
  }

  /** Ends the work: what is under way is finished or given back, and nothing new is begun. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#tick);
    for (const { timer } of this.#watched.values()) if (timer !== null) clearTimeout(timer);
    await Promise.allSettled([...this.#watched.values()].flatMap(({ running }) => running ?? []));
    this.#services.outside.mailer.close();
  }

  #now(): number {
    return this.#services.now?.() ?? Date.now();
  }

  #lookAtAll(): void {
    const now = this.#now();
    for (const watched of this.#watched.values()) {
      const hasSchedules = schedulesOf(watched.company.model).size > 0;
      if (hasSchedules || (watched.dueAt !== null && watched.dueAt <= now)) void this.#run(watched);
    }
  }

  #soon(watched: Watched): void {
    if (watched.timer !== null || this.#closing.signal.aborted) return;
    watched.timer = setTimeout(() => {
      watched.timer = null;
      if (watched.running === null) void this.#run(watched);
      // Rows that come while others are worked off are looked for once more.
      else void watched.running.then(() => this.#run(watched));
    }, GATHER_MS).unref();
  }

  /** One run for each company at a time. */
  #run(watched: Watched): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.resolve();
    watched.running ??= this.#turns
      .take(() => this.#empty(watched))
      .catch((error: unknown) => {
        watched.dueAt = this.#now() + TICK_MS;
        if (this.#closing.signal.aborted) return;
        // The company is served no more.
        if (error instanceof Refusal && error.code === 'not-found') {
          this.#watched.delete(watched.id);
          return;
        }
        this.#services.log.warn(
          { err: error, company: watched.company.entry.slug },
          'The outbox of a company could not be worked off',
        );
      })
      .finally(() => {
        watched.running = null;
      });
    return watched.running;
  }

  async #empty(watched: Watched): Promise<void> {
    // A process with older metadata would not know who listens.
    const company = await this.#services.latest(watched.id);
    watched.company = company;
    await putUpDue(company, watched.known, this.#now());
    for (;;) {
      if (this.#closing.signal.aborted) return;
      const { rows, mayBeMore } = await takeRows(company.database, (row) => {
        const event = eventOf(row);
        return event !== null && listenersOf(company.model, event).length > 0;
      });
      await this.#deliverAll(company, rows);
      if (!mayBeMore && rows.length === 0) break;
    }
    watched.dueAt = await nextAttempt(company.database);
  }

  async #deliverAll(company: CompanyRuntime, rows: readonly OutboxRow[]): Promise<void> {
    const takenAt = Date.now();
    for (const [index, row] of rows.entries()) {
      if (this.#closing.signal.aborted) return giveBack(company.database, rows.slice(index));
      // Slow receivers before it may have used up the time that a row was taken for.
      const isFresh = Date.now() - takenAt < LEASE_MS / 3;
      const own = isFresh ? row : await renewed(company.database, row);
      if (own !== null) await this.#deliver(company, own);
    }
  }

  async #deliver(company: CompanyRuntime, row: OutboxRow): Promise<void> {
    const { database } = company;
    if (row.topic === SCHEDULE_TOPIC) {
      await spreadOut(company, row);
      return finish(database, row);
    }
    const event = eventOf(row);
    if (event === null) return finish(database, row);
    const outside: Outside = { ...this.#services.outside, signal: this.#closing.signal };
    const failed = await new Effects(company, outside, row, event).bringAbout();
    if (failed === null) return finish(database, row);
    // What was broken off because the engine closes is no fault of anybody.
    if (this.#closing.signal.aborted) return giveBack(database, [row]);
    const { source, error } = failed;
    const fault = asEffectFault(error);
    if (fault.code === 'defect' || !(error instanceof Refusal)) {
      const told = { err: fault.code === 'defect' ? error : fault, company: company.entry.slug, source, row: row.id };
      this.#services.log.warn(told, 'An effect did not come about');
    }
    return putOff(database, row, source, fault);
  }
}
