import type { ForeignKey, Index } from '../../metamodel/column.ts';
import type { Dialect } from '../database.ts';
import { tableOptions } from '../dialect.ts';
import { quoted, table as tableName } from '../statement.ts';
import { declaredType } from './declared-type.ts';
import { fitRow } from './row-size.ts';
import type { WantedColumn, WantedTable } from './wanted.ts';

/** MySQL indexes at most 3,072 bytes of a row; an index that need not be unique takes the start of a long text. */
const INDEX_CHARACTERS_MAX = 768;
const PREFIX_CHARACTERS = 191;

/** A default as SQL text. */
export function literal(value: string | number | boolean): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return String(Number(value));
}

/** Name, type, nullability and default of a column. */
export function columnText(dialect: Dialect, column: WantedColumn): string {
  const nullability = column.nullable ? ' NULL' : ' NOT NULL';
  const byDefault = column.default === undefined ? '' : ` DEFAULT ${literal(column.default)}`;
  return `${quoted(column.name)} ${declaredType(dialect, column)}${nullability}${byDefault}`;
}

function names(columns: readonly string[]): string {
  return columns.map(quoted).join(', ');
}

/** The indexed columns; on MySQL long texts by their start, where all of them together are too long for an index. */
function indexedColumns(dialect: Dialect, index: Index, columns: readonly WantedColumn[]): string {
  if (dialect === 'sqlite' || index.unique) return names(index.columns);
  const lengthOf = (name: string): number => {
    const type = columns.find((column) => column.name === name)?.type;
    if (type?.kind === 'text') return type.length;
    return type?.kind === 'longtext' ? Infinity : 0;
  };
  const lengths = index.columns.map(lengthOf);
  const fits = lengths.reduce((sum, length) => sum + length, 0) <= INDEX_CHARACTERS_MAX;
  if (fits) return names(index.columns);
  const prefix = Math.floor(PREFIX_CHARACTERS / lengths.filter((length) => length > 0).length);
  return index.columns
    .map((name, place) => quoted(name) + ((lengths[place] ?? 0) > prefix ? `(${prefix})` : ''))
    .join(', ');
}

/** A unique index must see whole values; MySQL cannot index more than this of them. */
export function uniqueIndexFits(index: Index, columns: readonly WantedColumn[]): boolean {
  const length = index.columns
    .map((name) => columns.find((column) => column.name === name)?.type)
    .reduce((sum, type) => sum + (type?.kind === 'text' ? type.length : type?.kind === 'longtext' ? Infinity : 0), 0);
  return !index.unique || length <= INDEX_CHARACTERS_MAX;
}

/** An index as a part of CREATE TABLE or ALTER TABLE on MySQL. */
export function indexClause(index: Index, columns: readonly WantedColumn[]): string {
  const kind = index.unique ? 'UNIQUE KEY' : 'KEY';
  return `${kind} ${quoted(index.name)} (${indexedColumns('mysql', index, columns)})`;
}

/** An index as a statement of its own, on SQLite. */
export function createIndexText(table: string, index: Index, columns: readonly WantedColumn[]): string {
  const kind = index.unique ? 'UNIQUE INDEX' : 'INDEX';
  const indexed = indexedColumns('sqlite', index, columns);
  return `CREATE ${kind} IF NOT EXISTS ${quoted(index.name)} ON ${quoted(table)} (${indexed})`;
}

/** What stands after the column of a foreign key. Ids never change, so nothing is said about updates. */
export function referenceText(key: ForeignKey): string {
  const action = key.onDelete === 'cascade' ? 'CASCADE' : 'RESTRICT';
  return `REFERENCES ${tableName(key.references)} (${quoted('id')}) ON DELETE ${action}`;
}

export function foreignKeyClause(key: ForeignKey): string {
  return `CONSTRAINT ${quoted(key.name)} FOREIGN KEY (${quoted(key.column)}) ${referenceText(key)}`;
}

/** A key `id` of one column is numbered by the database; every other primary key is given by whoever inserts. */
function isNumbered(table: WantedTable): boolean {
  const [first, ...rest] = table.primaryKey;
  return (
    rest.length === 0 && first === 'id' && table.columns.some(({ name, type }) => name === first && type.kind === 'id')
  );
}

/** Neither database gives the number of a deleted row again. */
const NUMBERED = { mysql: ' NOT NULL AUTO_INCREMENT PRIMARY KEY', sqlite: ' PRIMARY KEY AUTOINCREMENT' } as const;

function keyText(dialect: Dialect, column: WantedColumn): string {
  return `${quoted(column.name)} ${declaredType(dialect, column)}${NUMBERED[dialect]}`;
}

/**
 * What stands after the closing parenthesis. SQLite keeps small rows without a number of their own in the order of
 * their key, which saves a second tree; rows with long texts would make that one slow.
 */
function optionsText(dialect: Dialect, table: WantedTable, numbered: boolean): string {
  const long = table.columns.some(({ type }) => type.kind === 'longtext' || type.kind === 'json');
  return dialect === 'sqlite' && !numbered && !long ? ' WITHOUT ROWID' : tableOptions(dialect);
}

/**
 * The statements that create a table: one on MySQL, one and an index each on SQLite. Where it exists, nothing happens.
 */
export function createTableTexts(dialect: Dialect, table: WantedTable): readonly string[] {
  const columns = dialect === 'mysql' ? fitRow(table) : table.columns;
  const numbered = isNumbered(table);
  const parts = columns.map((column) =>
    numbered && column.name === 'id' ? keyText(dialect, column) : columnText(dialect, column),
  );
  if (!numbered) parts.push(`PRIMARY KEY (${names(table.primaryKey)})`);
  if (dialect === 'mysql') parts.push(...table.indexes.map((index) => indexClause(index, columns)));
  parts.push(...table.foreignKeys.map(foreignKeyClause));
  const options = optionsText(dialect, table, numbered);
  const create = `CREATE TABLE IF NOT EXISTS ${tableName(table.name)} (\n  ${parts.join(',\n  ')}\n)${options}`;
  if (dialect === 'mysql') return [create];
  return [create, ...table.indexes.map((index) => createIndexText(table.name, index, columns))];
}
