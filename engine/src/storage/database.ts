import type { Knex } from 'knex';
import type { Binding, RawRow, RawValue, Statement } from './statement.ts';

export type Dialect = 'sqlite' | 'mysql';

/**
 * SQLite answers at once, MySQL later; `await` takes both, and on SQLite no promise is made for each statement. So a
 * fault may be thrown by the call itself: call within an async function, not with `.catch`.
 */
export type Awaitable<T> = T | Promise<T>;

/** Statements that read. Each may throw StorageError. */
export interface Reader {
  readonly dialect: Dialect;
  /** The schema that qualifies names on MySQL; '' on SQLite. */
  readonly schema: string;
  all(statement: Statement, bindings?: readonly Binding[]): Awaitable<RawRow[]>;
  get(statement: Statement, bindings?: readonly Binding[]): Awaitable<RawRow | undefined>;
  /** Rows as arrays in the order of the selected columns: a third cheaper than `all` where every column has a name. */
  tuples(statement: Statement, bindings?: readonly Binding[]): Awaitable<RawValue[][]>;
}

export interface Change {
  /** Rows inserted, deleted or matched by an update, whether or not the update gave them new values. */
  readonly changes: number;
  /**
   * After an INSERT, the id that the database gave its first row, as MySQL's LAST_INSERT_ID; the other rows of the
   * same statement follow in steps of one. Means nothing after other statements.
   */
  readonly lastId: string;
}

/** A connection that writes outside a transaction: each statement commits by itself. */
export interface Session extends Reader {
  run(statement: Statement, bindings?: readonly Binding[]): Awaitable<Change>;
}

/** All or nothing. Statements after its end throw. */
export interface Transaction extends Session {
  /** Runs once the commit is durable, never after a roll-back; what it throws is logged and changes nothing. */
  afterCommit(callback: () => void): void;
}

/** A place where one database lives: the catalog or one company. */
export interface Database extends Reader {
  /**
   * Runs `work` in one transaction and answers what it answers, once the commit is durable.
   *
   * Contention (a deadlock, a lock time-out) rolls everything back and runs `work` again from its start, a few times:
   * it must have no effect but its statements and `afterCommit`. Throws what `work` throws, or StorageError.
   *
   * READ COMMITTED is what may be relied on: a value read here may be changed by others before the commit, unless the
   * row was read with a lock or the write is guarded (`UPDATE … WHERE version = ?`). SQLite gives more: its writers
   * run one after another. Keep waiting for other services out of `work`: writers of one SQLite file queue behind it.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** One connection without a transaction, for schema changes; on SQLite no other writer runs meanwhile. */
  session<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Like `session`, from connections kept apart for named locks: their holders wait for sessions; see lock.ts. */
  lockSession<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** For migrations and schema changes; never inside `transaction` or `session` of the same database. */
  readonly knex: Knex;
  close(): Promise<void>;
}

/** Where databases live: a data folder, or a MySQL or MariaDB server. */
export interface DatabaseServer {
  readonly dialect: Dialect;
  readonly catalog: Database;
  /** The company's database; the same object for the same key. Nothing is opened before the first statement. */
  company(key: string): Database;
  /** Creates the catalog's empty database; nothing happens if it exists. */
  createCatalog(): Promise<void>;
  /** Creates the company's empty database; nothing happens if it exists. */
  createCompany(key: string): Promise<void>;
  /** Destroys a company's database and everything in it. */
  dropCompany(key: string): Promise<void>;
  /** Resolves when the catalog answers; throws StorageError otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
