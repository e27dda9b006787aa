import type { Column, Table } from '../../metamodel/column.ts';

/** A column as somebody wants it, with what a database needs to know beyond the model. */
export interface WantedColumn extends Column {
  /** What a row gets that names no value; also what existing rows get when the column is added. */
  readonly default?: string | number | boolean | undefined;
  /** Text compared byte by byte (hashes, keys, search words), instead of without regard to case. */
  readonly exact?: boolean | undefined;
}

/** A table as somebody wants it: the model its records' tables, the migrations the engine's own. */
export interface WantedTable extends Table {
  /** The table's former name: it is renamed, with its rows. */
  readonly was?: string | undefined;
  readonly columns: readonly WantedColumn[];
}
