/**
 * What a column is on each database, and what a driver hands back for it. The one place that knows.
 *
 * | kind     | MySQL, MariaDB            | SQLite               | raw value                                             |
 * |----------|---------------------------|----------------------|-------------------------------------------------------|
 * | id       | BIGINT                    | INTEGER              | number; beyond 2^53 text on MySQL, bigint on SQLite   |
 * | integer  | BIGINT                    | INTEGER              | as id                                                 |
 * | decimal  | DECIMAL(p,s)              | INTEGER, × 10^s      | MySQL: text '12.50'; SQLite: the count of units, as id|
 * | boolean  | TINYINT(1)                | INTEGER              | 0 or 1                                                |
 * | date     | DATE                      | TEXT                 | 'YYYY-MM-DD'                                          |
 * | datetime | DATETIME(3)               | TEXT                 | 'YYYY-MM-DD HH:MM:SS.mmm', UTC; MySQL may leave out a |
 * |          |                           |                      | fraction of zero                                      |
 * | time     | TIME                      | TEXT                 | 'HH:MM:SS'                                            |
 * | text     | VARCHAR(n)                | TEXT COLLATE NOCASE  | text                                                  |
 * | longtext | MEDIUMTEXT                | TEXT COLLATE NOCASE  | text                                                  |
 * | json     | JSON                      | TEXT                 | its JSON text                                         |
 *
 * Bound values take the same forms; a boolean may be bound as such. Whole numbers may be bound as text.
 * On SQLite a SELECT must name decimal columns bare or summed: arithmetic on units is the caller's to scale.
 *
 * Text compares without regard to case, for equality, uniqueness and order. The collation `utf8mb4_general_ci` is the
 * one on both MySQL and MariaDB that orders plain letters and digits as SQLite's NOCASE does. They differ beyond
 * ASCII: MySQL also ignores accents and folds É to é, SQLite does neither. MySQL ignores spaces at the end, so text is
 * trimmed before it is stored. LIKE needs its escape character spelled out (`ESCAPE '!'`): SQLite has none by itself.
 */
import type { ColumnType } from '../metamodel/column.ts';
import type { Dialect } from './database.ts';

function mysqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'id':
    case 'integer':
      return 'BIGINT';
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'boolean':
      return 'TINYINT(1)';
    case 'date':
      return 'DATE';
    case 'datetime':
      return 'DATETIME(3)';
    case 'time':
      return 'TIME';
    case 'text':
      return `VARCHAR(${type.length})`;
    case 'longtext':
      return 'MEDIUMTEXT';
    case 'json':
      return 'JSON';
  }
}

function sqliteType(type: ColumnType): string {
  switch (type.kind) {
    case 'id':
    case 'integer':
    case 'decimal':
    case 'boolean':
      return 'INTEGER';
    case 'date':
    case 'datetime':
    case 'time':
    case 'json':
      return 'TEXT';
    case 'text':
    case 'longtext':
      return 'TEXT COLLATE NOCASE';
  }
}

/** The column's type as SQL text, without nullability or keys. */
export function columnType(dialect: Dialect, type: ColumnType): string {
  return dialect === 'mysql' ? mysqlType(type) : sqliteType(type);
}

/** Type and key of an `id` that the database numbers. Neither database gives the number of a deleted row again. */
export function identityType(dialect: Dialect): string {
  return dialect === 'mysql' ? 'BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY' : 'INTEGER PRIMARY KEY AUTOINCREMENT';
}

/** What stands after the closing parenthesis of CREATE TABLE. */
export function tableOptions(dialect: Dialect): string {
  return dialect === 'mysql' ? ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci' : '';
}

/**
 * A `?` for a value of this type where it is compared or computed with. MySQL would take a decimal's or a long whole
 * number's text for a binary float there; stored as it is (VALUES, SET) a plain `?` is exact.
 */
export function parameter(dialect: Dialect, type: ColumnType): string {
  if (dialect === 'sqlite') return '?';
  if (type.kind === 'decimal') return `CAST(? AS DECIMAL(${type.precision},${type.scale}))`;
  return type.kind === 'id' || type.kind === 'integer' ? 'CAST(? AS SIGNED)' : '?';
}
