import createKnex from 'knex';
import type { Knex } from 'knex';
import BetterSqlite3Client from 'knex/lib/dialects/better-sqlite3/index.js';
import { sqliteFault } from './sqlite-fault.ts';
import { bindable } from './sqlite-driver.ts';
import type { SqliteHandle } from './sqlite-driver.ts';
import type { Binding } from './statement.ts';

/** Hands out the writer's connection, and takes it back. */
export interface WriterLoan {
  borrow(): Promise<SqliteHandle>;
  giveBack(): void;
}

/** The parts of knex's query object that a driver reads and fills in; knex does not declare them. */
interface QueryObject {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  response?: unknown;
  context?: { readonly lastID: number | bigint; readonly changes: number | bigint };
}

/** Knex also passes dates, which are kept as text (see dialect.ts). */
function boundByKnex(value: unknown): Exclude<Binding, boolean> {
  if (value instanceof Date) return value.toISOString().slice(0, -1).replace('T', ' ');
  return bindable(value as Binding);
}

/**
 * Knex on the file's one writer: it borrows the connection that transactions use, in their queue, so the two never
 * wait for each other inside SQLite, where waiting would stop the whole process.
 */
function clientOn(loan: WriterLoan): typeof Knex.Client {
  return class extends BetterSqlite3Client {
    override acquireConnection(): Promise<SqliteHandle> {
      return loan.borrow();
    }

    override async releaseConnection(): Promise<void> {
      loan.giveBack();
    }

    async _query(connection: SqliteHandle, query: QueryObject): Promise<QueryObject> {
      const values = (query.bindings ?? []).map(boundByKnex);
      try {
        const prepared = connection.prepare(query.sql);
        if (prepared.columns().length > 0) {
          query.response = prepared.all(...values);
        } else {
          const { changes, lastInsertRowid } = prepared.run(...values);
          query.response = { changes, lastInsertRowid };
          query.context = { lastID: lastInsertRowid, changes };
        }
      } catch (error) {
        throw sqliteFault(error, connection);
      }
      return query;
    }
  };
}

/** A knex that runs on borrowed connections and owns none. */
export function knexOnSqlite(loan: WriterLoan): Knex {
  return createKnex({ client: clientOn(loan), useNullAsDefault: true });
}
