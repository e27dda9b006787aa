import type { Log } from '../base/log.ts';
import { sealHistory } from '../records/history-chain.ts';
import { onWritten } from '../records/written-signal.ts';
import type { Database } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';

/** How long what was written may wait for its seal. */
const PAUSE_MS = 5_000;

/** Seals the history of companies a moment after it is written. Nothing here keeps a closing process alive. */
export class HistoryKeeper {
  readonly #log: Log;
  readonly #known = new WeakSet<Database>();
  /** Databases with rows to seal. */
  readonly #waiting = new Set<Database>();
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | null = null;

  constructor(log: Log) {
    this.#log = log;
    this.#timer = setInterval(() => void this.seal(), PAUSE_MS).unref();
  }

  /** Looks after a company's database from now on; a killed process may have left rows in it. */
  watch(database: Database): void {
    if (this.#known.has(database)) return;
    this.#known.add(database);
    this.#waiting.add(database);
    onWritten(database, () => this.#waiting.add(database));
  }

  /** Seals what waits; rows that cannot be sealed now, because the database is away, are sealed later. */
  seal(): Promise<void> {
    return (this.#running ??= this.#sealAll().finally(() => {
      this.#running = null;
    }));
  }

  async #sealAll(): Promise<void> {
    for (const database of [...this.#waiting]) {
      this.#waiting.delete(database);
      try {
        await sealHistory(database);
      } catch (error) {
        if (!(error instanceof StorageError && error.kind === 'missing')) this.#waiting.add(database);
        this.#log.warn({ err: error, database: database.schema }, 'The history of a company waits for its seal');
      }
    }
  }

  /** Ends the work once what is under way is done. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
