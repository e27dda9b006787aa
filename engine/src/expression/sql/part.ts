import type { ValueType } from '../../metamodel/value-type.ts';
import type { Sql } from './text.ts';

/** How the value of a piece of SQL is held. */
export type SqlForm =
  /** SQLite: a whole number of units at a power of ten, never beyond `limit` on either side of zero. */
  | { readonly kind: 'units'; readonly scale: number; readonly limit: bigint; readonly constant?: bigint }
  /** MySQL: an exact number. SQLite: a number as canonical decimal text. */
  | { readonly kind: 'number' }
  /** MySQL: a whole number of 64 bits, where arithmetic would overflow. */
  | { readonly kind: 'integer' }
  | { readonly kind: 'identifier' }
  /** `isColumn` when an index may serve; then the collation is the column's. `isConstant` when it is never null. */
  | { readonly kind: 'text'; readonly isColumn?: true; readonly isConstant?: true }
  /** `isNullFalse` when the SQL may give NULL where the language means false. */
  | { readonly kind: 'boolean'; readonly isNullFalse?: true }
  | { readonly kind: 'date' | 'datetime' | 'time' | 'json' | 'null' };

export interface SqlPart {
  readonly sql: Sql;
  readonly form: SqlForm;
}

export const NULL_PART: SqlPart = { sql: { text: 'NULL', parameters: [] }, form: { kind: 'null' } };

/** The part without what only holds for a constant: what becomes of it may be null or another number. */
export function varying({ sql, form }: SqlPart): SqlPart {
  if (form.kind === 'units') return { sql, form: { kind: 'units', scale: form.scale, limit: form.limit } };
  return { sql, form: form.kind === 'text' ? { kind: 'text' } : form };
}

/** How a value of a type is held where neither a column nor a literal says more. */
export function formOf(type: ValueType): SqlForm {
  switch (type.kind) {
    case 'number':
    case 'duration':
      return { kind: 'number' };
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
      return { kind: type.kind };
    default:
      return { kind: 'text' };
  }
}
