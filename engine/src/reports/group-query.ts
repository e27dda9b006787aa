import type { ReportRows } from '../compiler/report-model.ts';
import type { TypedExpression } from '../expression/ast.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { Bounds, Reach } from '../records/reach.ts';
import type { Leaf } from './leaves.ts';

/** What the rows are grouped by. */
export interface GroupKey {
  readonly value: TypedExpression;
  /** Null for what lies before `detailFrom`, which so becomes one line. */
  readonly isDetail: boolean;
}

/** One question to the database. Its expressions hold nothing that is not fixed; see rewrite.ts. */
export interface GroupQuery {
  readonly rows: ReportRows;
  readonly where: TypedExpression | null;
  readonly keys: readonly GroupKey[];
  readonly leaves: readonly Leaf[];
  /** Entries before this day are added up into one line for each of the other keys; null for none. */
  readonly detailFrom: string | null;
  /** Which groups come first when there are too many. */
  readonly order: readonly GroupOrder[];
  readonly limit: number;
  /** What the actor sees of the records behind the rows, and of what they link to. */
  readonly sight: RowSight;
  /** Whether balances kept for each month may stand for entries. */
  readonly mayUseKept: boolean;
  /** Further sources. What they have of a group stands in its leaves. */
  readonly besides: readonly BesideQuery[];
}

/** What is asked of a source beside the first. */
export interface BesideQuery {
  readonly rows: ReportRows;
  readonly where: TypedExpression | null;
  /** As many as the query has. */
  readonly keys: readonly TypedExpression[];
  readonly sight: RowSight;
}

/** What somebody sees of the rows of a report. */
export interface RowSight {
  readonly reach: Reach;
  /** Which of the records, or entries, count for them; null for all. */
  readonly bounds: Bounds | null;
}

export interface GroupOrder {
  readonly by:
    | { readonly key: number }
    | { readonly leaf: number }
    /** Over the row of each source; the least of each group counts. */
    | { readonly least: readonly TypedExpression[] };
  readonly descending: boolean;
}

export interface Group {
  readonly keys: readonly Value[];
  readonly leaves: readonly Value[];
  /** Whether it is what was there before `detailFrom`. */
  readonly isOpening: boolean;
}

export interface Groups {
  readonly groups: readonly Group[];
  /** Whether there are more than the limit. */
  readonly truncated: boolean;
}
