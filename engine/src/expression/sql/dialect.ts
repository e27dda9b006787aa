import type { FunctionDefinition } from '../functions/definition.ts';
import type { SqlPart } from './part.ts';
import type { SqlColumn } from './target.ts';
import type { Sql, SqlParameter } from './text.ts';
import type { ValueType } from '../../metamodel/value-type.ts';

/** What differs between the databases when an expression is written as SQL. */
export interface SqlDialect {
  /** The operator that compares with null like with any value. */
  readonly same: Sql;
  /** A text whose comparisons go byte by byte, whatever the collation of the column. */
  exact(text: Sql): Sql;
  literal(value: string, type: ValueType): SqlPart;
  column(column: SqlColumn): SqlPart;
  /** A value of the operation: the clock or a global of this type. */
  parameter(parameter: SqlParameter, type: ValueType): SqlPart;
  /** How numbers of this type are bound; null when as text. */
  bindingScale(type: ValueType): number | null;
  call(definition: FunctionDefinition, values: readonly SqlPart[], type: ValueType): SqlPart;
  /** The same values held in one common form, so that they can stand in one CASE. */
  alike(parts: readonly SqlPart[]): readonly SqlPart[];
  /** Two values held so that they can be compared, columns as bare as can be for their indexes. */
  comparable(one: SqlPart, other: SqlPart): readonly SqlPart[];
  /** Whether two numbers in one form still need a function to be ordered; gives its call, to be compared with 0. */
  comparing(left: SqlPart, right: SqlPart): Sql | null;
  /** The value as text, for joining. */
  written(part: SqlPart): Sql;
  concatenated(texts: readonly Sql[]): Sql;
  sum(value: SqlPart, source: Sql): SqlPart;
  average(value: SqlPart, source: Sql): SqlPart;
  extreme(which: 'min' | 'max', value: SqlPart, source: Sql): SqlPart;
  count(counted: Sql, source: Sql): SqlPart;
}
