import type { ColumnType, ForeignKey, Index } from '../../metamodel/column.ts';
import type { BlockedReason } from './conversion.ts';
import type { WantedColumn, WantedTable } from './wanted.ts';

/**
 * One difference between what a database has and what is wanted, named by the names that are wanted. Nothing is ever
 * dropped but indexes: a column that is gone from the model stays, with its values, and may be empty from then on.
 */
export type Change =
  | { readonly kind: 'create-table'; readonly table: string; readonly wanted: WantedTable }
  | { readonly kind: 'rename-table'; readonly table: string; readonly was: string }
  | { readonly kind: 'rename-column'; readonly table: string; readonly column: string; readonly was: string }
  /** Existing rows have no value in it, or its default. */
  | {
      readonly kind: 'add-column';
      readonly table: string;
      readonly column: WantedColumn;
      readonly foreignKey: ForeignKey | null;
    }
  | { readonly kind: 'widen-column'; readonly table: string; readonly column: WantedColumn; readonly from: ColumnType }
  /** From now on it may be empty. */
  | { readonly kind: 'relax-column'; readonly table: string; readonly column: WantedColumn }
  /** From now on it may not be empty; put off while it is empty in some row. */
  | { readonly kind: 'require-column'; readonly table: string; readonly column: WantedColumn }
  | ({ readonly kind: 'add-index' } & IndexChange)
  | ({ readonly kind: 'drop-index' } & IndexChange)
  | {
      readonly kind: 'add-foreign-key';
      readonly table: string;
      readonly foreignKey: ForeignKey;
      /** The one it takes the place of. */
      readonly replaces: ForeignKey | null;
    }
  | BlockedChange;

interface IndexChange {
  readonly table: string;
  readonly index: Index;
  /** Those of the table, as they will be. */
  readonly columns: readonly WantedColumn[];
}

/** What cannot be done without losing data; a plan that holds one is not applied. */
export interface BlockedChange {
  readonly kind: 'blocked';
  readonly table: string;
  readonly column: string | null;
  readonly reason: BlockedReason;
}
