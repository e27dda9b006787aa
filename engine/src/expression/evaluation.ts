import type { TypedExpression } from './ast.ts';
import type { Value } from '../metamodel/value-type.ts';

/** The values of a record by field; lines are arrays of such rows. A field that is absent counts as null. */
export interface Row {
  readonly [field: string]: Value | readonly Row[] | undefined;
}

/** A `pick` as the compiler made it; each place where it is written is one of its own. */
export type PickLookup = Extract<TypedExpression, { readonly node: 'pick' }>;

/** All that an expression can see. The clock stands still for the whole operation, so evaluation is pure. */
export interface EvaluationContext {
  readonly self: Row;
  readonly parent?: Row;
  /** The rows being grouped, in a derive. */
  readonly group?: readonly Row[];
  /** The linked record, loaded beforehand; null when it is not known. */
  linked(entity: string, id: string): Row | null;
  /** Values given by name: one, or a record of members. */
  readonly locals?: Readonly<Record<string, Value | Row>>;
  /** The id of the first record with these values; null when there is none. Loaded beforehand, like `linked`. */
  find?(entity: string, values: Readonly<Record<string, Value>>): string | null;
  /** The record that fits these values best; null when there is none. Loaded beforehand, like `linked`. */
  pick?(lookup: PickLookup, values: Readonly<Record<string, Value>>): Row | null;
  /** A measure of a ledger's balance at these dimensions, at the end of a day or of all time. */
  balance?(ledger: string, at: Readonly<Record<string, Value>>, measure: string, until?: string): Value;
  /** A measure of what a row, `entity:id`, moved in a ledger. */
  moved?(ledger: string, line: string | null, measure: string): Value;
  readonly globals: { readonly user: Row; readonly company: Row; readonly settings: Row };
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly now: string;
}

/** One evaluation under way. */
export interface Run {
  readonly context: EvaluationContext;
  /** The row that the innermost aggregate looks at. */
  row: Row | null;
  /** Rows that aggregates may still visit. */
  visitsLeft: number;
}

export type Evaluator = (run: Run) => Value;
