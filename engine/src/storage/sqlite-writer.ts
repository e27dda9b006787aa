import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transaction } from './database.ts';
import { Deadlines } from './deadlines.ts';
import { StorageError } from './fault.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { SqliteTransaction } from './sqlite-transaction.ts';

/** Longest wait for the writer before a caller hears `busy`; MySQL's lock wait is set to the same (mysql-pool.ts). */
export const WRITER_WAIT_MS_MAX = 10_000;

const GROUP_SIZE_MAX = 128;
const GROUP_MS_MAX = 10;

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

interface Member {
  readonly kind: 'member';
  readonly work: (transaction: Transaction) => Promise<unknown>;
  readonly settle: (outcome: Outcome) => void;
}

interface Lease {
  readonly kind: 'lease';
  readonly grant: (giveBack: () => void) => void;
}

interface Waiting {
  readonly entry: Member | Lease;
  /** Its turn has come: the watch over its waiting ends. */
  readonly begin: () => void;
}

interface Finished {
  readonly member: Member;
  readonly transaction: SqliteTransaction;
  readonly outcome: Outcome;
}

/**
 * The one writer of a SQLite file. Transactions run one after another in the order they came. Those that arrive while
 * the event loop handles the same round of input commit together: each runs inside a savepoint, one COMMIT carries
 * them all to the disk, and only then does anyone hear its result. So durability costs one flush per round rather than
 * one per request, and a transaction that fails takes nobody with it.
 */
export class SqliteWriter {
  readonly #connection: SqliteConnection;
  readonly #onCallbackError: (error: unknown) => void;
  readonly #deadlines = new Deadlines(WRITER_WAIT_MS_MAX);
  readonly #queue = new Set<Waiting>();
  #working = false;

  constructor(connection: SqliteConnection, onCallbackError: (error: unknown) => void) {
    this.#connection = connection;
    this.#onCallbackError = onCallbackError;
  }

  /** Somebody writes or waits to write. */
  get busy(): boolean {
    return this.#working;
  }

  /** Runs one transaction, once; throws what it throws, or StorageError with `rerun` when it should run again. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        if (outcome.ok) resolve(outcome.value as T);
        else reject(outcome.error);
      };
      this.#enqueue({ kind: 'member', work, settle }, reject);
    });
  }

  /** The bare connection, alone, until the answered function is called. */
  lease(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ kind: 'lease', grant: resolve }, reject);
    });
  }

  /** Resolves when nobody writes or waits; for shutting down. */
  async idle(): Promise<void> {
    while (this.#working) await nextTurn();
  }

  #enqueue(entry: Member | Lease, refuse: (error: StorageError) => void): void {
    const inTime = this.#deadlines.begin(() => {
      this.#queue.delete(waiting);
      refuse(new StorageError('busy'));
    });
    const waiting: Waiting = {
      entry,
      begin: () => {
        inTime();
        this.#queue.delete(waiting);
      },
    };
    this.#queue.add(waiting);
    if (!this.#working) void this.#drain();
  }

  #next(): Waiting | undefined {
    for (const waiting of this.#queue) return waiting;
    return undefined;
  }

  async #drain(): Promise<void> {
    this.#working = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        if (next.entry.kind === 'member') await this.#group(next, next.entry);
        else {
          next.begin();
          await this.#lend(next.entry);
        }
      }
    } finally {
      this.#working = false;
    }
  }

  /** Lends the connection and puts it back in order, whatever was done with it. */
  async #lend(lease: Lease): Promise<void> {
    await new Promise<void>((giveBack) => lease.grant(giveBack));
    // Knex switches foreign keys on again after it has given the connection back: let it finish first.
    await nextTurn();
    if (this.#connection.handle.isTransaction) this.#connection.command('ROLLBACK');
    this.#connection.command('PRAGMA foreign_keys = ON');
  }

  async #group(first: Waiting, member: Member): Promise<void> {
    first.begin();
    try {
      this.#connection.command('BEGIN IMMEDIATE');
    } catch (error) {
      return member.settle({ ok: false, error });
    }
    const began = Date.now();
    const finished = [await this.#runMember(member, false)];
    let waited = false;
    while (this.#connection.handle.isTransaction && finished.length < GROUP_SIZE_MAX) {
      if (this.#queue.size === 0 && !waited) {
        waited = true;
        await nextTurn();
      }
      const next = this.#next();
      if (next?.entry.kind !== 'member' || Date.now() - began > GROUP_MS_MAX) break;
      next.begin();
      finished.push(await this.#runMember(next.entry, true));
    }
    this.#finish(finished);
  }

  /** Runs one member; a failed one is undone alone, unless it was the first: then there is nothing else to undo. */
  async #runMember(member: Member, hasPredecessors: boolean): Promise<Finished> {
    const transaction = new SqliteTransaction(this.#connection);
    try {
      if (hasPredecessors) this.#connection.command('SAVEPOINT member');
      const value = await member.work(transaction);
      transaction.end();
      if (hasPredecessors) this.#connection.command('RELEASE member');
      return { member, transaction, outcome: { ok: true, value } };
    } catch (error) {
      transaction.end();
      this.#undo(hasPredecessors);
      return { member, transaction, outcome: { ok: false, error } };
    }
  }

  /** A full disk or a broken one makes SQLite roll back everything by itself; then nothing is left to undo. */
  #undo(onlyMember: boolean): void {
    if (!this.#connection.handle.isTransaction) return;
    try {
      if (!onlyMember) return this.#connection.command('ROLLBACK');
      this.#connection.command('ROLLBACK TO member');
      this.#connection.command('RELEASE member');
    } catch {
      this.#connection.handle.exec('ROLLBACK');
    }
  }

  #finish(finished: readonly Finished[]): void {
    const lost = this.#commit();
    for (const { member, outcome } of finished) {
      member.settle(lost !== undefined && outcome.ok ? { ok: false, error: lost } : outcome);
    }
    if (lost !== undefined) return;
    for (const { transaction, outcome } of finished) {
      if (outcome.ok) this.#callBack(transaction);
    }
  }

  /** Why the group was lost; undefined when it is on the disk or had nothing to keep. */
  #commit(): unknown {
    if (!this.#connection.handle.isTransaction) return new StorageError('busy', { rerun: true });
    try {
      this.#connection.command('COMMIT');
      return undefined;
    } catch (error) {
      if (this.#connection.handle.isTransaction) this.#connection.command('ROLLBACK');
      return error;
    }
  }

  #callBack(transaction: SqliteTransaction): void {
    for (const callback of transaction.callbacks) {
      try {
        callback();
      } catch (error) {
        this.#onCallbackError(error);
      }
    }
  }
}
