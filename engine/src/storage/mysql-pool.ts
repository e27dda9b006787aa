import { createPool } from 'mysql2';
import type { ConnectionOptions, Pool, PoolConnection } from 'mysql2';
import { Deadlines } from './deadlines.ts';
import { StorageError } from './fault.ts';
import { MysqlConnection, isBroken, send } from './mysql-connection.ts';
import type { Protocol } from './mysql-connection.ts';
import type { Binding } from './statement.ts';
import { mysqlFault } from './mysql-fault.ts';

/** How long to try to reach the server, or to wait for a free connection. */
const CONNECT_MS_MAX = 5_000;

/** Callers that may wait for a connection; more than that would only wait to be refused. */
const WAITING_MAX = 2_000;

/** Prepared statements kept per connection. A server allows 16,382 in all by default, over every process. */
const PREPARED_MAX = 256;

/** A lock somebody else holds is waited for this long, like the writer of a SQLite file (sqlite-writer.ts). */
const LOCK_WAIT_SECONDS_MAX = 10;

const SQL_MODE = [
  'STRICT_ALL_TABLES',
  'ONLY_FULL_GROUP_BY',
  'NO_ZERO_DATE',
  'NO_ZERO_IN_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
].join(',');

/**
 * How values travel, on every connection. Decimals come as text; whole numbers as numbers, and as text beyond 2^53;
 * dates and instants as text; JSON as its text, on MySQL as on MariaDB, which has no JSON type of its own.
 */
export const VALUE_OPTIONS = {
  charset: 'utf8mb4',
  supportBigNumbers: true,
  bigNumberStrings: false,
  decimalNumbers: false,
  dateStrings: true,
  timezone: 'Z',
  jsonStrings: true,
  stringifyObjects: true,
  multipleStatements: false,
  connectTimeout: CONNECT_MS_MAX,
  maxPreparedStatements: PREPARED_MAX,
} as const satisfies ConnectionOptions;

/**
 * READ COMMITTED: a statement sees what is committed when it starts, so a rerun or a guarded update sees the winner's
 * value, and inserts take no gap locks, over which parallel inserts of lines would deadlock. What must not change
 * between reading and writing is locked or guarded: REPEATABLE READ would lose such updates just the same.
 *
 * Comments of the form M! and ! are read by MariaDB and MySQL alone: each limits a statement's time its own way.
 */
export function sessionSettings(autocommit: boolean, statementMsMax: number): readonly string[] {
  return [
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    `SET SESSION sql_mode = '${SQL_MODE}', time_zone = '+00:00', ` +
      `innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS_MAX}, lock_wait_timeout = ${LOCK_WAIT_SECONDS_MAX}, ` +
      `/*M!100100 max_statement_time = ${statementMsMax / 1000}, */ /*!80000 max_execution_time = ${statementMsMax}, */ ` +
      `autocommit = ${autocommit ? 1 : 0}`,
  ];
}

export interface PoolSettings {
  readonly server: ConnectionOptions;
  readonly connectionsMax: number;
  /** Off: a transaction begins with its first statement, which saves the round trip of a BEGIN. */
  readonly autocommit: boolean;
  /** 0 lets a statement run as long as it takes. */
  readonly statementMsMax: number;
}

/** Connections to one server, for all companies on it: names are qualified, so none belongs to a schema. */
export class MysqlPool {
  readonly #pool: Pool;
  readonly #connecting = new Deadlines(CONNECT_MS_MAX);
  readonly #answering: Deadlines | undefined;

  constructor({ server, connectionsMax, autocommit, statementMsMax }: PoolSettings) {
    // The server ends a slow statement first; this is for a server that is gone or hangs.
    this.#answering = statementMsMax === 0 ? undefined : new Deadlines(statementMsMax + CONNECT_MS_MAX);
    this.#pool = createPool({
      ...VALUE_OPTIONS,
      ...server,
      database: undefined,
      connectionLimit: connectionsMax,
      queueLimit: WAITING_MAX,
    });
    const settings = sessionSettings(autocommit, statementMsMax);
    this.#pool.on('connection', (connection: PoolConnection) => {
      // These travel before anything a caller sends. A connection without its settings must not be used.
      const refuse = (error: unknown): void => {
        if (error !== null) connection.destroy();
      };
      for (const sql of settings) connection.query(sql, refuse);
    });
  }

  /** A connection to give back. Throws StorageError `unavailable` when none is free in time. */
  acquire(): Promise<MysqlConnection> {
    return new Promise((resolve, reject) => {
      this.#take((connection) => resolve(new MysqlConnection(connection, this.#answering)), reject);
    });
  }

  /** One statement on whichever connection is free: the shortest way for a read. */
  read<T>(protocol: Protocol, sql: string, bindings: readonly Binding[], rowsAsArray: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#take((connection) => {
        send(connection, { protocol, sql, bindings, rowsAsArray }, this.#answering, (fault, result) => {
          if (!isBroken(fault)) connection.release();
          if (fault === null) resolve(result as T);
          else reject(fault);
        });
      }, reject);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#pool.end(() => resolve());
    });
  }

  #take(taken: (connection: PoolConnection) => void, refused: (fault: Error) => void): void {
    const inTime = this.#connecting.begin(() => refused(new StorageError('unavailable')));
    this.#pool.getConnection((error, connection) => {
      if (!inTime()) {
        if (error === null) connection.release();
      } else if (error === null) taken(connection);
      else refused(mysqlFault(error));
    });
  }
}
