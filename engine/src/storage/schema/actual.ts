import type { ColumnType, ForeignKey, Index } from '../../metamodel/column.ts';
import type { Dialect } from '../database.ts';

/** A column as a database has it. */
export interface ActualColumn {
  readonly name: string;
  /** The type as the database tells it. */
  readonly declared: string;
  /** What that means; null when this engine did not declare it. */
  readonly type: ColumnType | null;
  readonly nullable: boolean;
}

/** A table as a database has it. SQLite does not tell the names of foreign keys: they are '' there. */
export interface ActualTable {
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly columns: ReadonlyMap<string, ActualColumn>;
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
  /** About how many rows it has, as far as that can be told without counting. */
  readonly rows: number;
}

export interface ActualSchema {
  readonly dialect: Dialect;
  readonly tables: ReadonlyMap<string, ActualTable>;
}
