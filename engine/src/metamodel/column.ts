/**
 * What a column holds, named without a database in mind; storage/dialect.ts gives each its type on MySQL and SQLite.
 * `decimal` is DECIMAL(precision, scale) on MySQL and a scaled 64-bit integer on SQLite, so precision is at most 18.
 */
export type ColumnType =
  | { readonly kind: 'id' }
  | { readonly kind: 'text'; readonly length: number }
  | { readonly kind: 'longtext' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  | { readonly kind: 'datetime' }
  | { readonly kind: 'time' }
  | { readonly kind: 'json' };

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** The column's former name: it is renamed, with its values. */
  readonly was?: string | undefined;
}

export interface Index {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
}

export interface ForeignKey {
  readonly name: string;
  readonly column: string;
  readonly references: string;
  readonly onDelete: 'restrict' | 'cascade';
}

/** One table as the model wants it; storage/schema compares it with what the database has. */
export interface Table {
  readonly name: string;
  /** The first column is always the primary key: `id`, or for a join table its first two columns. */
  readonly primaryKey: readonly string[];
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Columns searched by full text; empty when the entity has no search. */
  readonly search: readonly string[];
}
