import type { Decimal } from '../base/decimal.ts';

/** What a value is, to the expression checker. Every field type states its own; see fields/. */
export type ValueType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'text' }
  /** `scale` is the number of stored fraction digits; null when it is not known before run time. */
  | { readonly kind: 'number'; readonly scale: number | null }
  | { readonly kind: 'date' }
  | { readonly kind: 'datetime' }
  | { readonly kind: 'time' }
  | { readonly kind: 'duration' }
  | { readonly kind: 'enum'; readonly options: readonly string[] }
  /** A link; at run time the id of the record it names. */
  | { readonly kind: 'record'; readonly entity: string }
  /** The rows a record owns. */
  | { readonly kind: 'rows'; readonly entity: string }
  /** A column of values: a path through rows. */
  | { readonly kind: 'list'; readonly of: ValueType }
  | { readonly kind: 'json' }
  | { readonly kind: 'null' };

/**
 * A value while it is computed with. Numbers and durations (seconds) are always Decimal; dates are `YYYY-MM-DD`,
 * times `HH:MM:SS`, instants RFC 3339 in UTC with milliseconds; enumerations, links and ids are strings; json values
 * are their JSON text.
 */
export type Value = boolean | string | Decimal | null | readonly Value[];
