import type { Knex } from 'knex';
import type { Database, Session, Transaction } from './database.ts';
import { StorageError } from './fault.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { openBook } from './sqlite-driver.ts';
import type { SqliteFunction } from './sqlite-driver.ts';
import { knexOnSqlite } from './sqlite-knex.ts';
import { SqliteWriter } from './sqlite-writer.ts';
import type { Binding, RawRow, RawValue, Statement } from './statement.ts';
import { rerunning } from './transaction.ts';

/** What a database needs from the server it belongs to. */
export interface SqliteHouse {
  readonly functions: Readonly<Record<string, SqliteFunction>>;
  readonly onCallbackError: (error: unknown) => void;
  /** Called after a file was opened; may close others that idle. */
  opened(database: SqliteDatabase): void;
  closed(database: SqliteDatabase): void;
}

/** The two connections of an open file. */
interface Book {
  readonly reader: SqliteConnection;
  readonly writing: SqliteConnection;
  readonly writer: SqliteWriter;
}

/** A SQLite file. It is opened by the first statement, may be closed while idle, and opens again by itself. */
export class SqliteDatabase implements Database {
  readonly dialect = 'sqlite';
  readonly schema = '';
  readonly path: string;
  readonly #exists: (path: string) => boolean;
  readonly #house: SqliteHouse;
  #book: Book | undefined;
  #knex: Knex | undefined;
  /** Set by every use, cleared by the server's sweep over idle files. */
  #usedLately = false;

  /** `exists` guards against a typing error creating an empty company: opening creates nothing. */
  constructor(path: string, house: SqliteHouse, exists: (path: string) => boolean) {
    this.path = path;
    this.#house = house;
    this.#exists = exists;
  }

  all(statement: Statement, bindings?: readonly Binding[]): RawRow[] {
    return this.#open().reader.all(statement, bindings);
  }

  get(statement: Statement, bindings?: readonly Binding[]): RawRow | undefined {
    return this.#open().reader.get(statement, bindings);
  }

  tuples(statement: Statement, bindings?: readonly Binding[]): RawValue[][] {
    return this.#open().reader.tuples(statement, bindings);
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return rerunning(async () => this.#open().writer.transaction(work));
  }

  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { writer, writing } = this.#open();
    const giveBack = await writer.lease();
    const session: Session = {
      dialect: this.dialect,
      schema: this.schema,
      all: (statement, bindings) => writing.all(statement, bindings),
      get: (statement, bindings) => writing.get(statement, bindings),
      tuples: (statement, bindings) => writing.tuples(statement, bindings),
      run: (statement, bindings) => writing.run(statement, bindings),
    };
    try {
      return await work(session);
    } finally {
      giveBack();
    }
  }

  lockSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.session(work);
  }

  get knex(): Knex {
    if (this.#knex === undefined) {
      let giveBack: (() => void) | undefined;
      this.#knex = knexOnSqlite({
        borrow: async () => {
          const { writer, writing } = this.#open();
          const returned = await writer.lease();
          giveBack = returned;
          return writing.handle;
        },
        giveBack: () => giveBack?.(),
      });
    }
    return this.#knex;
  }

  get busy(): boolean {
    return this.#book?.writer.busy ?? false;
  }

  /** Whether it was used since this was last asked. */
  wasUsedLately(): boolean {
    const used = this.#usedLately;
    this.#usedLately = false;
    return used;
  }

  /** Lets running transactions finish first. */
  async close(): Promise<void> {
    await this.#book?.writer.idle();
    this.closeFile();
    const knex = this.#knex;
    this.#knex = undefined;
    await knex?.destroy();
  }

  /**
   * Frees the file's memory; the next statement opens it again. The bundled driver gives file handles back only when
   * the statements on them are collected as garbage, so the log is folded into the file here.
   */
  closeFile(): void {
    const book = this.#book;
    if (book === undefined) return;
    this.#book = undefined;
    book.reader.close();
    try {
      book.writing.command('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // The log stays beside the file and is read when it opens again; another company's opening may have asked.
    }
    book.writing.close();
    this.#house.closed(this);
  }

  #open(): Book {
    this.#usedLately = true;
    if (this.#book !== undefined) return this.#book;
    if (!this.#exists(this.path)) throw new StorageError('missing');
    const { functions, onCallbackError } = this.#house;
    // The writer comes first: it creates the files beside the database that a reader needs.
    const writing = new SqliteConnection(openBook(this.path, functions));
    const reader = new SqliteConnection(openBook(this.path, functions));
    reader.handle.exec('PRAGMA query_only = ON');
    this.#book = { reader, writing, writer: new SqliteWriter(writing, onCallbackError) };
    this.#house.opened(this);
    return this.#book;
  }
}
