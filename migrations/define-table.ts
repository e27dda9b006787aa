import type { ColumnType, ForeignKey, Index } from '../engine/src/metamodel/column.ts';
import { foreignKeyNameOf, indexNameOf } from '../engine/src/metamodel/naming.ts';
import type { WantedColumn, WantedTable } from '../engine/src/storage/schema/wanted.ts';

/** A column without its name. */
type ColumnFacts = Omit<WantedColumn, 'name' | 'was'>;

function required(type: ColumnType): ColumnFacts {
  return { type, nullable: false };
}

export const id = (): ColumnFacts => required({ kind: 'id' });
export const text = (length: number, byDefault?: string): ColumnFacts => ({
  ...required({ kind: 'text', length }),
  default: byDefault,
});
/** Text compared byte by byte: hashes, and names that only the engine writes. */
export const exactText = (length: number): ColumnFacts => ({ ...required({ kind: 'text', length }), exact: true });
export const longtext = (): ColumnFacts => required({ kind: 'longtext' });
export const integer = (byDefault?: number): ColumnFacts => ({ ...required({ kind: 'integer' }), default: byDefault });
export const boolean = (byDefault?: boolean): ColumnFacts => ({ ...required({ kind: 'boolean' }), default: byDefault });
export const datetime = (): ColumnFacts => required({ kind: 'datetime' });
export const json = (): ColumnFacts => required({ kind: 'json' });

/** A column that may be empty. */
export const optional = (column: ColumnFacts): ColumnFacts => ({ ...column, nullable: true });

export const timestamps = {
  created_at: datetime(),
  updated_at: datetime(),
} as const;

interface Keys {
  /** The columns that name a row; `id`, which the database numbers, unless said otherwise. */
  readonly primaryKey?: readonly string[];
  readonly unique?: readonly (readonly string[])[];
  readonly indexes?: readonly (readonly string[])[];
  /** Column → the table whose `id` it holds. */
  readonly links?: Readonly<Record<string, Link>>;
}

interface Link {
  readonly to: string;
  readonly onDelete: ForeignKey['onDelete'];
}

/** One of the engine's own tables, in the words of the metamodel. */
export function defineTable(
  name: string,
  columns: Readonly<Record<string, ColumnFacts>>,
  keys: Keys = {},
): WantedTable {
  const index =
    (unique: boolean) =>
    (members: readonly string[]): Index => ({
      name: indexNameOf(name, members, unique),
      columns: members,
      unique,
    });
  return {
    name,
    primaryKey: keys.primaryKey ?? ['id'],
    columns: Object.entries(columns).map(([column, facts]) => ({ name: column, ...facts })),
    indexes: [...(keys.unique ?? []).map(index(true)), ...(keys.indexes ?? []).map(index(false))],
    foreignKeys: Object.entries(keys.links ?? {}).map(([column, { to, onDelete }]) => ({
      name: foreignKeyNameOf(name, column),
      column,
      references: to,
      onDelete,
    })),
    search: [],
  };
}
