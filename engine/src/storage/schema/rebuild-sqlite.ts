import type { ForeignKey, Index } from '../../metamodel/column.ts';
import { foreignKeyNameOf } from '../../metamodel/naming.ts';
import { quoted } from '../statement.ts';
import type { ActualTable } from './actual.ts';
import type { TableChanges } from './table-changes.ts';
import { createIndexText, createTableTexts } from './table-text.ts';
import type { WantedColumn } from './wanted.ts';

/** What the copy is called until it takes the table's place. */
const COPY_PREFIX = 'rk_new_';

interface CopiedColumn {
  readonly column: WantedColumn;
  /** How its value is taken over; null where the table has none yet. */
  readonly value: string | null;
}

/** `× 10^digits`: a scaled integer takes more fraction digits. */
function rescaled(name: string, digits: number): string {
  return digits === 0 ? quoted(name) : `${quoted(name)} * 1${'0'.repeat(digits)}`;
}

function copiedColumns(actual: ActualTable, changes: TableChanges): readonly CopiedColumn[] {
  const renamed = new Map(changes.of('rename-column').map(({ was, column }) => [was, column]));
  const widened = new Map(changes.of('widen-column').map((change) => [change.column.name, change]));
  const relaxed = new Set(changes.of('relax-column').map(({ column }) => column.name));
  const required = new Set(changes.of('require-column').map(({ column }) => column.name));
  const copied: CopiedColumn[] = [];
  for (const { name: formerName, type, nullable } of actual.columns.values()) {
    if (type === null) throw new RangeError(`${actual.name}.${formerName} has a type that cannot be copied.`);
    const name = renamed.get(formerName) ?? formerName;
    const wide = widened.get(name);
    const resulting = wide?.column.type ?? type;
    const digits = resulting.kind === 'decimal' && type.kind === 'decimal' ? resulting.scale - type.scale : 0;
    const opened = nullable || relaxed.has(name) || (wide?.column.nullable ?? false);
    copied.push({
      column: { name, type: resulting, nullable: opened && !required.has(name) },
      value: rescaled(name, digits),
    });
  }
  for (const { column } of changes.of('add-column')) {
    const nullable = column.nullable && !required.has(column.name);
    copied.push({ column: { ...column, nullable }, value: null });
  }
  return copied;
}

function foreignKeys(actual: ActualTable, changes: TableChanges, nameNow: (column: string) => string): ForeignKey[] {
  const kept = actual.foreignKeys.map((key) => {
    const column = nameNow(key.column);
    return {
      ...key,
      column,
      references: changes.tableNow(key.references),
      name: foreignKeyNameOf(changes.table, column),
    };
  });
  const added = [
    ...changes.of('add-foreign-key').map(({ foreignKey }) => foreignKey),
    ...changes.of('add-column').flatMap(({ foreignKey }) => (foreignKey === null ? [] : [foreignKey])),
  ];
  return [...kept.filter((key) => !added.some(({ column }) => column === key.column)), ...added];
}

function keptIndexes(actual: ActualTable, changes: TableChanges, nameNow: (column: string) => string): Index[] {
  const dropped = new Set(changes.of('drop-index').map(({ index }) => index.name));
  return actual.indexes
    .filter(({ name }) => !dropped.has(name))
    .map((index) => ({ ...index, columns: index.columns.map(nameNow) }));
}

/**
 * What SQLite cannot change in place it can copy: https://www.sqlite.org/lang_altertable.html, section 7, whose order
 * this keeps. Foreign keys must be off. Runs after tables and columns were renamed, and knows the new names only.
 */
export function rebuildTexts(actual: ActualTable, changes: TableChanges): readonly string[] {
  const { table } = changes;
  const copy = COPY_PREFIX + table;
  const renamed = new Map(changes.of('rename-column').map(({ was, column }) => [was, column]));
  const nameNow = (column: string): string => renamed.get(column) ?? column;
  const columns = copiedColumns(actual, changes);
  const taken = columns.filter(({ value }) => value !== null);
  const wanted = {
    name: copy,
    primaryKey: actual.primaryKey.map(nameNow),
    columns: columns.map(({ column }) => column),
    indexes: [],
    foreignKeys: foreignKeys(actual, changes, nameNow),
    search: [],
  };
  return [
    `DROP TABLE IF EXISTS ${quoted(copy)}`,
    ...createTableTexts('sqlite', wanted),
    `INSERT INTO ${quoted(copy)} (${taken.map(({ column }) => quoted(column.name)).join(', ')}) ` +
      `SELECT ${taken.map(({ value }) => value).join(', ')} FROM ${quoted(table)}`,
    // The numbers of deleted rows are not given again either.
    `DELETE FROM sqlite_sequence WHERE name = '${copy}'`,
    `INSERT INTO sqlite_sequence (name, seq) SELECT '${copy}', seq FROM sqlite_sequence WHERE name = '${table}'`,
    `DROP TABLE ${quoted(table)}`,
    `ALTER TABLE ${quoted(copy)} RENAME TO ${quoted(table)}`,
    ...keptIndexes(actual, changes, nameNow).map((index) => createIndexText(table, index, wanted.columns)),
  ];
}
