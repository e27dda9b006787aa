/** Knex ships no types for its dialects; this is the one that ours extends. */
declare module 'knex/lib/dialects/better-sqlite3/index.js' {
  import type { Knex } from 'knex';

  export default class BetterSqlite3Client extends Knex.Client {}
}
