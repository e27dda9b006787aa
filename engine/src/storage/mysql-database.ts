import createKnex from 'knex';
import type { Knex } from 'knex';
import type { ConnectionOptions } from 'mysql2';
import { BoundedMap } from './bounded-map.ts';
import type { Database, Session, Transaction } from './database.ts';
import { VALUE_OPTIONS, sessionSettings } from './mysql-pool.ts';
import type { MysqlPool } from './mysql-pool.ts';
import { MysqlTransaction } from './mysql-transaction.ts';
import { textFor } from './statement.ts';
import type { Binding, RawRow, RawValue, Statement } from './statement.ts';
import { rerunning } from './transaction.ts';

const NO_BINDINGS: readonly Binding[] = [];

/** Statement texts kept per schema; making one again costs less than a microsecond. */
const TEXTS_MAX = 1024;

const KNEX_CONNECTIONS_MAX = 2;
const KNEX_IDLE_MS_MAX = 10_000;

/** The pools of a server, and what knex needs to open connections of its own. */
export interface MysqlHouse {
  readonly options: ConnectionOptions;
  readonly readers: MysqlPool;
  readonly writers: MysqlPool;
  readonly sessions: MysqlPool;
  readonly locks: MysqlPool;
  readonly onCallbackError: (error: unknown) => void;
}

/** One schema on a MySQL or MariaDB server. It holds no connection: it borrows from the server's pools. */
export class MysqlDatabase implements Database {
  readonly dialect = 'mysql';
  readonly schema: string;
  readonly #house: MysqlHouse;
  readonly #texts = new BoundedMap<Statement, string>(TEXTS_MAX);
  #knex: Knex | undefined;

  constructor(schema: string, house: MysqlHouse) {
    this.schema = schema;
    this.#house = house;
  }

  all(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): Promise<RawRow[]> {
    return this.#house.readers.read('query', this.#textOf(statement), bindings, false);
  }

  async get(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): Promise<RawRow | undefined> {
    const rows = await this.#house.readers.read<RawRow[]>('execute', this.#textOf(statement), bindings, false);
    return rows[0];
  }

  tuples(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): Promise<RawValue[][]> {
    return this.#house.readers.read('query', this.#textOf(statement), bindings, true);
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return rerunning(() => this.#attempt(work));
  }

  session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#sessionOf(this.#house.sessions, work);
  }

  lockSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#sessionOf(this.#house.locks, work);
  }

  async #sessionOf<T>(pool: MysqlPool, work: (session: Session) => Promise<T>): Promise<T> {
    const connection = await pool.acquire();
    const textOf = (statement: Statement): string => textFor(statement, this.schema);
    try {
      return await work({
        dialect: this.dialect,
        schema: this.schema,
        all: (statement, bindings = NO_BINDINGS) => connection.all(textOf(statement), bindings),
        get: (statement, bindings = NO_BINDINGS) => connection.get(textOf(statement), bindings),
        tuples: (statement, bindings = NO_BINDINGS) => connection.tuples(textOf(statement), bindings),
        run: (statement, bindings = NO_BINDINGS) =>
          bindings.length > 0 ? connection.run(textOf(statement), bindings) : connection.command(textOf(statement)),
      });
    } finally {
      await connection.rollbackAndRelease();
    }
  }

  get knex(): Knex {
    this.#knex ??= createKnex({
      client: 'mysql2',
      connection: { ...VALUE_OPTIONS, ...this.#house.options, database: this.schema } as Knex.MySql2ConnectionConfig,
      pool: {
        min: 0,
        max: KNEX_CONNECTIONS_MAX,
        idleTimeoutMillis: KNEX_IDLE_MS_MAX,
        afterCreate: (connection: KnexConnection, done: (error: unknown, connection: KnexConnection) => void) => {
          applySettings(connection, sessionSettings(true, 0), (error) => done(error, connection));
        },
      },
    });
    return this.#knex;
  }

  async close(): Promise<void> {
    const knex = this.#knex;
    this.#knex = undefined;
    await knex?.destroy();
  }

  #textOf(statement: Statement): string {
    const known = this.#texts.get(statement);
    if (known !== undefined) return known;
    const text = textFor(statement, this.schema);
    this.#texts.set(statement, text);
    return text;
  }

  async #attempt<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const connection = await this.#house.writers.acquire();
    const transaction = new MysqlTransaction(this.schema, connection, (statement) => this.#textOf(statement));
    let value: T;
    try {
      value = await work(transaction);
      transaction.end();
      await transaction.commit();
    } catch (error) {
      transaction.end();
      await connection.rollbackAndRelease();
      throw error;
    }
    connection.release();
    this.#callBack(transaction);
    return value;
  }

  #callBack(transaction: MysqlTransaction): void {
    for (const callback of transaction.callbacks) {
      try {
        callback();
      } catch (error) {
        this.#house.onCallbackError(error);
      }
    }
  }
}

interface KnexConnection {
  query(sql: string, done: (error: unknown) => void): void;
}

function applySettings(connection: KnexConnection, settings: readonly string[], done: (error: unknown) => void): void {
  const [first, ...rest] = settings;
  if (first === undefined) return done(null);
  connection.query(first, (error) => {
    if (error !== null) done(error);
    else applySettings(connection, rest, done);
  });
}
