import { MysqlStore } from './mysql-store.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/** @param address path of a SQLite file, or `mysql://user:password@host:port/schema` */
export function openStore(address: string): Store {
  return address.startsWith('mysql:') ? new MysqlStore(new URL(address)) : new SqliteStore(address);
}
