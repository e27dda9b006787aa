import { SqliteConnection } from './sqlite-connection.ts';
import { openSqlite } from './sqlite-driver.ts';
import { MysqlServer } from './mysql-server.ts';
import type { Reader } from './database.ts';

/** A database of another program, which is only read. */
export interface ForeignDatabase {
  readonly reader: Reader;
  close(): Promise<void>;
}

/**
 * Opens a database to read what is in it: `mysql://user:password@host:port/database`, or the file of a SQLite
 * database. Throws StorageError when it cannot be reached, and RangeError for a malformed address.
 */
export async function openForeignDatabase(place: string): Promise<ForeignDatabase> {
  if (place.startsWith('mysql:') || place.startsWith('mariadb:')) {
    const server = new MysqlServer({ url: place.replace(/^mariadb:/, 'mysql:'), onCallbackError: () => undefined });
    await server.ping();
    return { reader: server.catalog, close: () => server.close() };
  }
  const handle = openSqlite(place);
  handle.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF');
  const connection = new SqliteConnection(handle);
  const reader: Reader = {
    dialect: 'sqlite',
    schema: '',
    all: (statement, bindings) => connection.all(statement, bindings),
    get: (statement, bindings) => connection.get(statement, bindings),
    tuples: (statement, bindings) => connection.tuples(statement, bindings),
  };
  return { reader, close: () => Promise.resolve(handle.close()) };
}
