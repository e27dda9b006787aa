import type { ColumnType } from '../../metamodel/column.ts';

/** Why a column cannot become what the model wants without losing what people typed in (promise M4). */
export type BlockedReason =
  /** The column holds another kind of value. */
  | 'type-changed'
  /** Fraction digits would be cut off. */
  | 'scale-reduced'
  /** Somebody else made the column, of a type the engine does not use. */
  | 'type-unknown'
  /** The link would point to another table, where the same ids are other records. */
  | 'link-retargeted'
  /** The link points to a table that is nowhere. */
  | 'table-unknown'
  /** The table has another primary key. */
  | 'key-changed'
  /** MySQL cannot hold so many columns in one row. */
  | 'row-too-large'
  /** MySQL cannot index so much text as one unique value. */
  | 'unique-too-long';

/** How a column gets from the type it has to the one it should have. */
export type Conversion =
  /** It holds every such value as it is. A longer column than the model asks for stays: the engine checks lengths. */
  { readonly kind: 'none' } | { readonly kind: 'widen' } | { readonly kind: 'blocked'; readonly reason: BlockedReason };

const NONE: Conversion = { kind: 'none' };
const WIDEN: Conversion = { kind: 'widen' };

export function conversion(from: ColumnType | null, to: ColumnType): Conversion {
  if (from === null) return { kind: 'blocked', reason: 'type-unknown' };
  if (from.kind === 'decimal' && to.kind === 'decimal') {
    if (to.scale < from.scale) return { kind: 'blocked', reason: 'scale-reduced' };
    return to.scale > from.scale || to.precision > from.precision ? WIDEN : NONE;
  }
  if (from.kind === 'text' && to.kind === 'text') return to.length > from.length ? WIDEN : NONE;
  if (from.kind === 'text' && to.kind === 'longtext') return WIDEN;
  if (from.kind === 'longtext' && to.kind === 'text') return NONE;
  return from.kind === to.kind ? NONE : { kind: 'blocked', reason: 'type-changed' };
}
