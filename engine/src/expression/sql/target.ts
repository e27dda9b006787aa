import type { PathStep, RowsSource } from '../ast.ts';
import type { ColumnType } from '../../metamodel/column.ts';

/** A column as a statement names it, with what it holds. */
export interface SqlColumn {
  /** SQL text, for example `` t0.`total` ``. */
  readonly sql: string;
  readonly type: ColumnType;
}

/** The rows of an aggregate, as a subquery of the statement. */
export interface SqlRows {
  /** The column a path from the row ends at, `id` included; links on the way become joins of the subquery. */
  column(path: readonly PathStep[]): SqlColumn;
  /** `FROM … WHERE …`, tied to the record at hand; '' for the rows of a GROUP BY. Asked for after every column. */
  source(): string;
}

/** How expressions reach the tables of a statement. The caller owns tables, aliases and joins. */
export interface SqlTarget {
  /** The column a path from the record or its owner ends at; links on the way become joins. */
  column(frame: 'self' | 'parent', path: readonly PathStep[]): SqlColumn;
  rows(source: RowsSource): SqlRows;
}
