import { DatabaseSync as BundledDatabase } from '@photostructure/sqlite';
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { StorageError } from './fault.ts';
import type { Binding } from './statement.ts';

export type SqliteHandle = DatabaseSyncInstance;
export type SqliteStatement = StatementSyncInstance;

/**
 * A function that SQL text may call. Whole numbers arrive as bigint, so that scaled decimals stay exact; it must answer
 * the same for the same arguments. A rest parameter takes any number of arguments.
 */
export type SqliteFunction = (...values: never[]) => unknown;

/**
 * A value as the driver takes it. SQLite has no booleans: they are 1 and 0. Node's own driver binds every number as a
 * binary float, with which sums of scaled decimals would no longer be exact: whole numbers go as bigint.
 */
export function bindable(value: Binding): Exclude<Binding, boolean> {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return typeof value === 'boolean' ? BigInt(value) : value;
}

type SqliteConstructor = new (path: string) => DatabaseSyncInstance;

/** Older Node releases have `node:sqlite` without these; the bundled driver then serves. */
const NEEDED_METHODS = ['columns', 'setReadBigInts', 'setReturnArrays'];

function builtInDatabase(): SqliteConstructor | undefined {
  const module: unknown = process.getBuiltinModule?.('node:sqlite');
  if (typeof module !== 'object' || module === null) return undefined;
  const { DatabaseSync, StatementSync } = module as Record<string, unknown>;
  if (typeof DatabaseSync !== 'function' || typeof StatementSync !== 'function') return undefined;
  const prototype = StatementSync.prototype as Record<string, unknown>;
  const complete = NEEDED_METHODS.every((name) => typeof prototype[name] === 'function');
  return complete ? (DatabaseSync as SqliteConstructor) : undefined;
}

const SqliteDatabase: SqliteConstructor = builtInDatabase() ?? BundledDatabase;

/** Opens a file, or throws StorageError `unavailable`. */
export function openSqlite(path: string): SqliteHandle {
  try {
    return new SqliteDatabase(path);
  } catch (cause) {
    throw new StorageError('unavailable', { cause });
  }
}

/**
 * Settings of every connection to a book. `synchronous = FULL` makes each commit reach the disk before it is
 * acknowledged, as `innodb_flush_log_at_trx_commit = 1` does on MySQL; in WAL mode readers never wait for the writer.
 */
const PRAGMAS = `
  PRAGMA busy_timeout = 2000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -4096;
  PRAGMA mmap_size = 134217728;
  PRAGMA journal_size_limit = 67108864;
`;

/** Opens a book's file with its settings and functions. Throws StorageError `unavailable`. */
export function openBook(path: string, functions: Readonly<Record<string, SqliteFunction>>): SqliteHandle {
  const handle = openSqlite(path);
  try {
    handle.exec(PRAGMAS);
    for (const [name, implementation] of Object.entries(functions)) {
      const options = { deterministic: true, useBigIntArguments: true, varargs: implementation.length === 0 };
      handle.function(name, options, implementation);
    }
    return handle;
  } catch (cause) {
    handle.close();
    throw new StorageError('unavailable', { cause });
  }
}
