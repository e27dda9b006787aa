import type { Change, Transaction } from './database.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { Binding, RawRow, RawValue, Statement } from './statement.ts';

/** One member of the writer's group, see sqlite-writer.ts. */
export class SqliteTransaction implements Transaction {
  readonly dialect = 'sqlite';
  readonly schema = '';
  readonly callbacks: (() => void)[] = [];
  readonly #connection: SqliteConnection;
  #ended = false;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  all(statement: Statement, bindings?: readonly Binding[]): RawRow[] {
    return this.#live().all(statement, bindings);
  }

  get(statement: Statement, bindings?: readonly Binding[]): RawRow | undefined {
    return this.#live().get(statement, bindings);
  }

  tuples(statement: Statement, bindings?: readonly Binding[]): RawValue[][] {
    return this.#live().tuples(statement, bindings);
  }

  run(statement: Statement, bindings?: readonly Binding[]): Change {
    return this.#live().run(statement, bindings);
  }

  afterCommit(callback: () => void): void {
    this.callbacks.push(callback);
  }

  /** From here on every statement throws: a stray one would land in the next transaction. */
  end(): void {
    this.#ended = true;
  }

  #live(): SqliteConnection {
    if (this.#ended) throw new Error('A statement was run after its transaction ended.');
    return this.#connection;
  }
}
