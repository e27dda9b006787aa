import type { ColumnType, ForeignKey } from '../../metamodel/column.ts';
import { foreignKeyNameOf, indexNameOf } from '../../metamodel/naming.ts';
import type { Dialect } from '../database.ts';
import type { ActualColumn, ActualSchema, ActualTable } from './actual.ts';
import { declaredType, readDeclaredType } from './declared-type.ts';
import type { WantedColumn, WantedTable } from './wanted.ts';

/** Types by short names, for tests: a sign at the end makes a column `?` nullable. */
const TYPES: Readonly<Record<string, ColumnType>> = {
  id: { kind: 'id' },
  code: { kind: 'text', length: 30 },
  text: { kind: 'text', length: 140 },
  longtext: { kind: 'longtext' },
  integer: { kind: 'integer' },
  money: { kind: 'decimal', precision: 18, scale: 2 },
  rate: { kind: 'decimal', precision: 18, scale: 4 },
  boolean: { kind: 'boolean' },
  date: { kind: 'date' },
  datetime: { kind: 'datetime' },
  time: { kind: 'time' },
  json: { kind: 'json' },
};

export interface SampleKeys {
  readonly was?: string;
  readonly renamed?: Readonly<Record<string, string>>;
  readonly unique?: readonly (readonly string[])[];
  readonly indexes?: readonly (readonly string[])[];
  readonly links?: Readonly<Record<string, string>>;
  readonly onDelete?: ForeignKey['onDelete'];
}

/** A table for tests: `{ title: 'text', price: 'money?' }` beside its `id`. Links are indexed. */
export function sampleTable(
  name: string,
  columns: Readonly<Record<string, string>>,
  keys: SampleKeys = {},
): WantedTable {
  const typeOf = (type: string): ColumnType => TYPES[type.replace('?', '')] ?? { kind: 'json' };
  const links = Object.entries(keys.links ?? {});
  const wanted: readonly WantedColumn[] = Object.entries({ id: 'id', ...columns }).map(([column, type]) => ({
    name: column,
    type: typeOf(type),
    nullable: type.endsWith('?'),
    was: keys.renamed?.[column],
  }));
  return {
    name,
    was: keys.was,
    primaryKey: ['id'],
    columns: wanted,
    indexes: [
      ...(keys.unique ?? []).map((members) => ({
        name: indexNameOf(name, members, true),
        columns: members,
        unique: true,
      })),
      ...[...(keys.indexes ?? []), ...links.map(([column]) => [column])].map((members) => ({
        name: indexNameOf(name, members, false),
        columns: members,
        unique: false,
      })),
    ],
    foreignKeys: links.map(([column, references]) => ({
      name: foreignKeyNameOf(name, column),
      column,
      references,
      onDelete: keys.onDelete ?? 'restrict',
    })),
    search: [],
  };
}

function madeColumn(dialect: Dialect, column: WantedColumn): ActualColumn {
  const declared = declaredType(dialect, column).replace(' COLLATE NOCASE', '');
  return { name: column.name, declared, type: readDeclaredType(dialect, declared), nullable: column.nullable };
}

/** A database that is exactly what these tables ask for, for tests that need none. */
export function sampleSchema(dialect: Dialect, tables: readonly WantedTable[], rows = 0): ActualSchema {
  const actual = tables.map(({ name, primaryKey, columns, indexes, foreignKeys }): [string, ActualTable] => {
    const made = new Map(columns.map((column) => [column.name, madeColumn(dialect, column)]));
    return [name, { name, primaryKey, columns: made, indexes, foreignKeys, rows }];
  });
  return { dialect, tables: new Map(actual) };
}
