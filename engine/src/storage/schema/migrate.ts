import type { Knex } from 'knex';
import type { Database } from '../database.ts';
import { StorageError } from '../fault.ts';
import { withLock } from '../lock.ts';
import { statement, table } from '../statement.ts';

export type Migration = Knex.Migration;

/** Migrations of the engine's own tables, by name, in the order they run. */
export type Migrations = Readonly<Record<string, Migration>>;

const DONE_TABLE = 'rk_migration';

/** Whoever changes tables holds this lock of the database, see lock.ts. */
export const SCHEMA_LOCK = 'schema';

const FIND_DONE = statement(`SELECT 1 AS found FROM ${table(DONE_TABLE)} WHERE name = ?`);

class MigrationList implements Knex.MigrationSource<string> {
  readonly #migrations: Migrations;

  constructor(migrations: Migrations) {
    this.#migrations = migrations;
  }

  getMigrations(): Promise<string[]> {
    return Promise.resolve(Object.keys(this.#migrations));
  }

  getMigrationName(name: string): string {
    return name;
  }

  getMigration(name: string): Promise<Migration> {
    const migration = this.#migrations[name];
    if (migration === undefined) return Promise.reject(new RangeError(`There is no migration ${name}.`));
    return Promise.resolve(migration);
  }
}

/** Whether the last migration has run: one read of one row, so that opening a company costs next to nothing. */
export async function isMigrated(database: Database, migrations: Migrations): Promise<boolean> {
  const last = Object.keys(migrations).at(-1);
  if (last === undefined) return true;
  try {
    return (await database.get(FIND_DONE, [last])) !== undefined;
  } catch (error) {
    // A new database has no table to look in; any other trouble shows again when it is migrated.
    if (error instanceof StorageError && error.kind === 'other') return false;
    throw error;
  }
}

/**
 * Runs the migrations that are missing; nothing happens when there are none. A killed run is taken up by the next.
 * Throws StorageError.
 */
export async function migrate(database: Database, migrations: Migrations): Promise<void> {
  if (await isMigrated(database, migrations)) return;
  await withLock(database, SCHEMA_LOCK, async () => {
    const config = { migrationSource: new MigrationList(migrations), tableName: DONE_TABLE };
    // Knex marks its own lock in a row that a killed process leaves behind; the lock held here ends with its process.
    await database.knex.migrate.forceFreeMigrationsLock(config);
    await database.knex.migrate.latest(config);
  });
}
