import type { ColumnType } from '../../metamodel/column.ts';
import type { Dialect } from '../database.ts';
import { columnType } from '../dialect.ts';
import type { WantedColumn } from './wanted.ts';

/**
 * SQLite keeps the name a type was declared with and uses only its affinity, so the name can remember what a column
 * is: the number of fraction digits above all, without which a scaled integer means nothing. A name with INT in it
 * has integer affinity and one with TEXT text affinity (https://www.sqlite.org/datatype3.html, section 3.1), as
 * dialect.ts wants it.
 */
function sqliteName(type: ColumnType): string {
  switch (type.kind) {
    case 'id':
      return 'INTEGER';
    case 'integer':
      return 'BIGINT';
    case 'decimal':
      return `DECIMAL_INT(${type.scale})`;
    case 'boolean':
      return 'BOOLEAN_INT';
    case 'date':
      return 'DATE_TEXT';
    case 'datetime':
      return 'DATETIME_TEXT';
    case 'time':
      return 'TIME_TEXT';
    case 'json':
      return 'JSON_TEXT';
    case 'text':
    case 'longtext':
      return 'TEXT';
  }
}

function isText(type: ColumnType): boolean {
  return type.kind === 'text' || type.kind === 'longtext';
}

/** The type of a column as SQL text, with its collation and without nullability. Ids have no sign on MySQL. */
export function declaredType(dialect: Dialect, { type, exact }: Pick<WantedColumn, 'type' | 'exact'>): string {
  if (dialect === 'sqlite') return sqliteName(type) + (isText(type) && exact !== true ? ' COLLATE NOCASE' : '');
  const declared = columnType(dialect, type) + (type.kind === 'id' ? ' UNSIGNED' : '');
  return exact === true && isText(type) ? `${declared} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin` : declared;
}

const LONGTEXT: ColumnType = { kind: 'longtext' };

const SQLITE_NAMES: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([
  ['INTEGER', { kind: 'id' }],
  ['BIGINT', { kind: 'integer' }],
  ['BOOLEAN_INT', { kind: 'boolean' }],
  ['DATE_TEXT', { kind: 'date' }],
  ['DATETIME_TEXT', { kind: 'datetime' }],
  ['TIME_TEXT', { kind: 'time' }],
  ['JSON_TEXT', { kind: 'json' }],
  ['TEXT', LONGTEXT],
]);

/** The digits that a scaled 64-bit integer has room for. */
const DIGITS_MAX = 18;

function readSqliteType(declared: string): ColumnType | null {
  const scale = /^DECIMAL_INT\((\d+)\)$/.exec(declared)?.[1];
  if (scale !== undefined) return { kind: 'decimal', precision: DIGITS_MAX, scale: Number(scale) };
  return SQLITE_NAMES.get(declared) ?? null;
}

/** LONGTEXT is what MariaDB makes of JSON; text of any length is MEDIUMTEXT. MariaDB shows a width for whole numbers. */
const MYSQL_NAMES: readonly (readonly [RegExp, (numbers: readonly number[]) => ColumnType])[] = [
  [/^bigint(?:\(\d+\))? unsigned$/, () => ({ kind: 'id' })],
  [/^bigint(?:\(\d+\))?$/, () => ({ kind: 'integer' })],
  [/^decimal\((\d+),(\d+)\)$/, ([precision = 0, scale = 0]) => ({ kind: 'decimal', precision, scale })],
  [/^tinyint\(1\)$/, () => ({ kind: 'boolean' })],
  [/^date$/, () => ({ kind: 'date' })],
  [/^datetime\(3\)$/, () => ({ kind: 'datetime' })],
  [/^time$/, () => ({ kind: 'time' })],
  [/^varchar\((\d+)\)$/, ([length = 0]) => ({ kind: 'text', length })],
  [/^mediumtext$/, () => LONGTEXT],
  [/^(?:json|longtext)$/, () => ({ kind: 'json' })],
];

function readMysqlType(declared: string): ColumnType | null {
  for (const [pattern, typeOf] of MYSQL_NAMES) {
    const match = pattern.exec(declared);
    if (match !== null) return typeOf(match.slice(1).map(Number));
  }
  return null;
}

/** What a declared type means; null when this engine did not declare it. SQLite sets no length: text has none there. */
export function readDeclaredType(dialect: Dialect, declared: string): ColumnType | null {
  return dialect === 'sqlite' ? readSqliteType(declared.toUpperCase()) : readMysqlType(declared.toLowerCase());
}
