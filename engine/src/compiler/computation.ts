import type { TypedExpression } from '../expression/ast.ts';
import { valueNamed } from '../expression/value-named.ts';

/**
 * The order in which defaults, computed fields and derived rows of a record and its lines are worked out. A step
 * never needs what a later one gives: the compiler sorts them and refuses cycles. Plain JSON, so that the browser
 * runs the very same plan while a person types.
 */
export interface Computation {
  readonly steps: readonly ComputationStep[];
  /** What must be loaded before, through links of the record itself and of the rows of each lines field. */
  readonly needs: readonly LinkNeeds[];
  readonly lineNeeds: Readonly<Record<string, readonly LinkNeeds[]>>;
}

/** Fields of linked records that expressions read, as a tree that follows the links. */
export interface LinkNeeds {
  readonly link: string;
  readonly target: string;
  readonly fields: readonly string[];
  readonly nested: readonly LinkNeeds[];
}

export type ComputationStep = AssignStep | DeriveStep;

/** Sets a field of the record, or of every row of `lines` when that is named. A default only fills what is absent. */
export interface AssignStep {
  readonly kind: 'default' | 'computed';
  readonly lines: string | null;
  readonly field: string;
  /** Fraction digits the field stores; the result is rounded to it, half away from zero. Null for other types. */
  readonly scale: number | null;
  /** For a default of a link that gives a text: the entity in which the text is looked up as a natural key. */
  readonly byKey: string | null;
  readonly expression: TypedExpression;
}

/** A field that rows are grouped by, and what the names of `set` mean where a row counts by it. */
export interface DeriveField {
  readonly field: string;
  /** Name → field of the row that aggregates over the group read instead. */
  readonly as: Readonly<Record<string, string>>;
}

/** A link of a record and the entity it leads to. */
export interface Through {
  readonly link: string;
  readonly target: string;
}

/**
 * Makes the rows of a lines field anew: one row for each distinct value of the fields `by` among the rows of `from`. A
 * row counts once for every one of these fields that has a value.
 */
export interface DeriveStep {
  readonly kind: 'derive';
  readonly field: string;
  /** The link to the record whose rows are grouped; null where they are the record's own. */
  readonly through: Through | null;
  readonly from: string;
  readonly by: readonly DeriveField[];
  /** The field of the derived row that takes the group's value. */
  readonly key: string;
  readonly set: readonly {
    readonly field: string;
    readonly scale: number | null;
    readonly expression: TypedExpression;
    /** What the values of all rows add up to, over the record: the last row takes the rest. Null: as they come. */
    readonly sum: TypedExpression | null;
  }[];
}

/** The fields of the grouped rows that a name of `set` means, whichever field a row counts by. */
export function fieldsMeant(by: readonly DeriveField[], name: string): readonly string[] {
  return [...new Set(by.map(({ as }) => valueNamed(as, name) ?? name))];
}
