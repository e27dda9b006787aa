import type { Change, Transaction } from './database.ts';
import { StorageError } from './fault.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import type { Binding, RawRow, RawValue, Statement } from './statement.ts';

const NO_BINDINGS: readonly Binding[] = [];

/** One transaction; it begins with its first statement (see mysql-pool.ts on autocommit). */
export class MysqlTransaction implements Transaction {
  readonly dialect = 'mysql';
  readonly schema: string;
  readonly callbacks: (() => void)[] = [];
  readonly #connection: MysqlConnection;
  readonly #textOf: (statement: Statement) => string;
  #began = false;
  #ended = false;
  #undoneBy: StorageError | undefined;

  constructor(schema: string, connection: MysqlConnection, textOf: (statement: Statement) => string) {
    this.schema = schema;
    this.#connection = connection;
    this.#textOf = textOf;
  }

  all(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): Promise<RawRow[]> {
    return this.#guarded(this.#live().all(this.#textOf(statement), bindings));
  }

  get(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): Promise<RawRow | undefined> {
    return this.#guarded(this.#live().get(this.#textOf(statement), bindings));
  }

  tuples(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): Promise<RawValue[][]> {
    return this.#guarded(this.#live().tuples(this.#textOf(statement), bindings));
  }

  run(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): Promise<Change> {
    return this.#guarded(this.#live().run(this.#textOf(statement), bindings));
  }

  afterCommit(callback: () => void): void {
    this.callbacks.push(callback);
  }

  /** From here on every statement throws: a stray one would land in the next transaction. */
  end(): void {
    this.#ended = true;
  }

  /** Makes it durable. Throws when contention undid it, even if whoever ran the statement ignored that. */
  async commit(): Promise<void> {
    if (this.#undoneBy !== undefined) throw this.#undoneBy;
    if (!this.#began) return;
    try {
      await this.#connection.command('COMMIT');
    } catch (error) {
      const broke = error instanceof StorageError && error.kind === 'unavailable';
      throw broke ? new StorageError('unavailable', { outcomeUnknown: true, cause: error.cause }) : error;
    }
  }

  #live(): MysqlConnection {
    if (this.#ended) throw new Error('A statement was run after its transaction ended.');
    this.#began = true;
    return this.#connection;
  }

  /** A deadlock undoes the whole transaction on the server; going on would commit only what came after it. */
  async #guarded<T>(result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (error) {
      if (error instanceof StorageError && error.rerun) this.#undoneBy = error;
      throw error;
    }
  }
}
