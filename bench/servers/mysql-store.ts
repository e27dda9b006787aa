import { createPool } from 'mysql2/promise';
import type { Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { VALUE_OPTIONS, sessionSettings } from '../../engine/src/storage/mysql-pool.ts';
import { textOf } from './exact.ts';
import type { Change, Row, Store, Value, Writing } from './store.ts';

/** As many as the engine opens: for reading, and once more for writing. */
const CONNECTIONS_MAX = 10;
const STATEMENT_MS_MAX = 30_000;
const ATTEMPTS_MAX = 5;

/** Lists travel as text: reading twenty rows in binary form costs the driver more than the server saves. */
async function all(on: Pool | PoolConnection, sql: string, values: readonly Value[] = []): Promise<Row[]> {
  const [rows] = await on.query<RowDataPacket[]>(sql, values as Value[]);
  return rows;
}

async function get(on: Pool | PoolConnection, sql: string, values: readonly Value[] = []): Promise<Row | undefined> {
  const [rows] = await on.execute<RowDataPacket[]>(sql, values as Value[]);
  return rows[0];
}

/** Two pools with the session settings of the engine; a transaction begins with its first statement. */
export class MysqlStore implements Store {
  readonly dialect = 'mysql';
  readonly #readers: Pool;
  readonly #writers: Pool;

  constructor(address: URL) {
    this.#readers = openPool(address, true);
    this.#writers = openPool(address, false);
  }

  all(sql: string, values?: readonly Value[]): Promise<Row[]> {
    return all(this.#readers, sql, values);
  }

  get(sql: string, values?: readonly Value[]): Promise<Row | undefined> {
    return get(this.#readers, sql, values);
  }

  async transaction<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.#writers.getConnection();
      try {
        const value = await work(writingOn(connection));
        await connection.query('COMMIT');
        return value;
      } catch (error) {
        await connection.query('ROLLBACK');
        const isDeadlock = error instanceof Error && 'errno' in error && error.errno === 1213;
        if (!isDeadlock || attempt === ATTEMPTS_MAX) throw error;
      } finally {
        connection.release();
      }
    }
  }

  readDecimal(raw: unknown): string | null {
    return raw as string | null;
  }

  bindDecimal(units: bigint | null, scale: number): Value {
    return units === null ? null : textOf(units, scale);
  }

  async close(): Promise<void> {
    await Promise.all([this.#readers.end(), this.#writers.end()]);
  }
}

function writingOn(connection: PoolConnection): Writing {
  return {
    all: (sql, values) => all(connection, sql, values),
    get: (sql, values) => get(connection, sql, values),
    async run(sql, values = []): Promise<Change> {
      const [{ affectedRows, insertId }] = await connection.execute<ResultSetHeader>(sql, values as Value[]);
      return { changes: affectedRows, lastId: insertId };
    },
  };
}

function openPool(address: URL, autocommit: boolean): Pool {
  const pool = createPool({
    ...VALUE_OPTIONS,
    host: address.hostname,
    port: Number(address.port === '' ? 3306 : address.port),
    user: decodeURIComponent(address.username),
    password: decodeURIComponent(address.password),
    database: address.pathname.slice(1),
    connectionLimit: CONNECTIONS_MAX,
  });
  pool.on('connection', (connection) => {
    // These travel before the first statement of whoever takes the connection.
    for (const sql of sessionSettings(autocommit, STATEMENT_MS_MAX)) void connection.query(sql);
  });
  return pool;
}
