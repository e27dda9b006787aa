import { statement } from '../engine/src/storage/statement.ts';
import type { Migration } from '../engine/src/storage/schema/migrate.ts';
import { createTableTexts } from '../engine/src/storage/schema/table-text.ts';
import type { WantedTable } from '../engine/src/storage/schema/wanted.ts';

function dialectOf(knex: Parameters<Migration['up']>[0]): 'sqlite' | 'mysql' {
  const client: unknown = knex.client;
  const isMysql = typeof client === 'object' && client !== null && 'dialect' in client && client.dialect === 'mysql';
  return isMysql ? 'mysql' : 'sqlite';
}

/**
 * A migration that creates tables, those that others link to first. A table is made whole by one statement, or within
 * the transaction that SQLite gives to a schema change, and an existing one is left alone: a migration that was killed
 * half-way is simply run again.
 */
export function creatingTables(tables: readonly WantedTable[]): Migration {
  return {
    async up(knex) {
      for (const table of tables) {
        for (const text of createTableTexts(dialectOf(knex), table)) await knex.raw(statement(text).plain);
      }
    },
    down() {
      return Promise.reject(new Error('Books are not unmade: to go back, restore a backup.'));
    },
  };
}
