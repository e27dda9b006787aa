import { MemoryCache } from './cache-memory.ts';
import { RedisCache } from './cache-redis.ts';
import type { Cache } from './cache.ts';
import type { DatabaseServer } from './database.ts';
import { MysqlServer } from './mysql-server.ts';
import { SqliteServer } from './sqlite-server.ts';
import type { SqliteFunction } from './sqlite-driver.ts';

/** Where the databases of this installation live. */
export interface StorageSettings {
  /** `mysql://user:password@host:port/database` for MySQL or MariaDB; without it, SQLite files in `dataFolder`. */
  readonly url?: string | undefined;
  readonly dataFolder: string;
  /** Functions that SQLite text may call; MySQL text has its own. */
  readonly functions?: Readonly<Record<string, SqliteFunction>>;
  /** Hears what callbacks after a commit throw. */
  readonly onCallbackError: (error: unknown) => void;
}

/**
 * Opens the place where all databases live. Nothing is connected yet on MySQL: see `ping`.
 * Throws FolderInUseError when another process owns the data folder, and RangeError for a malformed address.
 */
export function openServer(settings: StorageSettings): DatabaseServer {
  const { url, onCallbackError } = settings;
  if (url !== undefined) return new MysqlServer({ url, onCallbackError });
  return new SqliteServer({ ...settings, folder: settings.dataFolder });
}

/** Redis at `url` (`redis://host:6379/0`), or this process's own memory. `onFault` hears of a cache that is away. */
export function openCache(url: string | undefined, onFault: (error: unknown) => void): Cache {
  return url === undefined ? new MemoryCache() : new RedisCache(url, onFault);
}
