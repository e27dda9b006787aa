import type { Entity } from '../compiler/model.ts';
import { LINE_COLUMNS, SYSTEM_COLUMNS } from '../metamodel/naming.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import type { Dialect } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Statement } from '../storage/statement.ts';
import { placeholderRows, placeholders, SizedStatement } from './sized-statement.ts';
import type { StoredColumn } from './stored-column.ts';

/** The version of a record that nobody has changed yet. */
export const FIRST_VERSION = 1;

/** Different sets of columns that updates change; screens produce a handful. */
const UPDATES_MAX = 64;

/** The SQL text of everything that happens to an entity's records, each made once. `id` is always bound as text. */
export interface EntityStatements {
  /** Whole records or rows, by their ids. */
  readonly byIds: SizedStatement;
  /** Whole rows with the id of their owner in front, by owners, in their order. */
  readonly byOwners: SizedStatement;
  /** Binds for each record: created_at, created_by, updated_at, updated_by and every column of the entity. */
  readonly insert: SizedStatement;
  /** Binds for each row: owner, position and every column of the entity. */
  readonly insertRows: SizedStatement;
  /** Binds the columns named, updated_at, updated_by, the id and the version that must still be there. */
  update(columns: readonly StoredColumn[]): Statement;
  /** Binds the columns named, the position, the id and the owner. */
  updateRow(columns: readonly StoredColumn[]): Statement;
  /** Binds the id and the version that must still be there. */
  readonly remove: Statement;
  /** Binds the owner and ids. */
  readonly removeRows: SizedStatement;
}

export function entityStatements(
  entity: Entity,
  columns: readonly StoredColumn[],
  selected: readonly StoredColumn[],
  dialect: Dialect,
): EntityStatements {
  const name = table(entity.table);
  const selection = selected.map((column) => quoted(column.column)).join(', ');
  const id = parameter(dialect, { kind: 'id' });
  const version = parameter(dialect, { kind: 'integer' });
  const ids = (count: number): string => Array.from({ length: count }, () => id).join(', ');
  const names = columns.map((column) => quoted(column.column));

  const updates = new BoundedMap<string, Statement>(UPDATES_MAX);
  const rowUpdates = new BoundedMap<string, Statement>(UPDATES_MAX);
  const cached = (
    cache: BoundedMap<string, Statement>,
    changed: readonly StoredColumn[],
    text: (assignments: string) => string,
  ): Statement => {
    const key = changed.map((column) => column.column).join(' ');
    let known = cache.get(key);
    if (known === undefined) {
      known = statement(text(changed.map((column) => `${quoted(column.column)} = ?, `).join('')));
      cache.set(key, known);
    }
    return known;
  };

  const created = [
    SYSTEM_COLUMNS.createdAt,
    SYSTEM_COLUMNS.createdBy,
    SYSTEM_COLUMNS.updatedAt,
    SYSTEM_COLUMNS.updatedBy,
  ];
  const inserted = [...created.map(quoted), ...names];
  const rowColumns = [quoted(LINE_COLUMNS.parent), quoted(LINE_COLUMNS.position), ...names];
  return {
    byIds: new SizedStatement((count) => `SELECT ${selection} FROM ${name} WHERE ${quoted('id')} IN (${ids(count)})`),
    byOwners: new SizedStatement(
      (count) =>
        `SELECT ${quoted(LINE_COLUMNS.parent)}, ${selection} FROM ${name} ` +
        `WHERE ${quoted(LINE_COLUMNS.parent)} IN (${ids(count)}) ` +
        `ORDER BY ${quoted(LINE_COLUMNS.parent)}, ${quoted(LINE_COLUMNS.position)}, ${quoted('id')}`,
    ),
    insert: new SizedStatement((count) => {
      const row = `(${FIRST_VERSION}, ${placeholders(inserted.length)})`;
      const rows = Array.from({ length: count }, () => row).join(', ');
      return `INSERT INTO ${name} (${quoted('version')}, ${inserted.join(', ')}) VALUES ${rows}`;
    }),
    insertRows: new SizedStatement(
      (count) => `INSERT INTO ${name} (${rowColumns.join(', ')}) VALUES ${placeholderRows(count, rowColumns.length)}`,
    ),
    update: (changed) =>
      cached(
        updates,
        changed,
        (assignments) =>
          `UPDATE ${name} SET ${assignments}${quoted('version')} = ${quoted('version')} + 1, ` +
          `${quoted(SYSTEM_COLUMNS.updatedAt)} = ?, ${quoted(SYSTEM_COLUMNS.updatedBy)} = ? ` +
          `WHERE ${quoted('id')} = ${id} AND ${quoted('version')} = ${version}`,
      ),
    updateRow: (changed) =>
      cached(
        rowUpdates,
        changed,
        (assignments) =>
          `UPDATE ${name} SET ${assignments}${quoted(LINE_COLUMNS.position)} = ? ` +
          `WHERE ${quoted('id')} = ${id} AND ${quoted(LINE_COLUMNS.parent)} = ${id}`,
      ),
    remove: statement(`DELETE FROM ${name} WHERE ${quoted('id')} = ${id} AND ${quoted('version')} = ${version}`),
    removeRows: new SizedStatement(
      (count) =>
        `DELETE FROM ${name} WHERE ${quoted(LINE_COLUMNS.parent)} = ${id} AND ${quoted('id')} IN (${ids(count)})`,
    ),
  };
}
