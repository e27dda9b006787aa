import type { ValueType } from '../metamodel/value-type.ts';

/** Where something stands in the source text, in UTF-16 code units as editors count. */
export interface Span {
  readonly position: number;
  readonly length: number;
}

/** Why an expression was not taken, and where. */
export interface ExpressionFault extends Span {
  /** Stable code, for example `unknown-name`. */
  readonly code: string;
  readonly message: string;
  /** What would repair it, often the nearest valid name. */
  readonly hint?: string;
}

export interface NameSegment extends Span {
  readonly name: string;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | ComparisonOperator | 'and' | 'or';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** An expression as it was written; names are not resolved yet. */
export type Ast = Span &
  (
    | { readonly node: 'number'; readonly value: string }
    | { readonly node: 'text'; readonly value: string }
    | { readonly node: 'boolean'; readonly value: boolean }
    | { readonly node: 'null' }
    | { readonly node: 'path'; readonly segments: readonly NameSegment[] }
    | {
        readonly node: 'call';
        readonly name: NameSegment;
        readonly arguments: readonly Ast[];
        /** `name: value`, after the plain ones. */
        readonly named: readonly NamedArgument[];
        /** What stands after the call: `.quantity`. */
        readonly member: NameSegment | null;
      }
    | { readonly node: 'unary'; readonly operator: '-' | 'not'; readonly operand: Ast }
    | { readonly node: 'binary'; readonly operator: BinaryOperator; readonly left: Ast; readonly right: Ast }
    | { readonly node: 'in'; readonly value: Ast; readonly options: readonly Ast[] }
  );

/** An argument with its name, in a call. */
export interface NamedArgument {
  readonly name: NameSegment;
  readonly value: Ast;
}

/** One step of a resolved path: `field` of `entity`, followed when it is a link or rows. */
export interface PathStep {
  readonly entity: string;
  readonly field: string;
  readonly kind: 'field' | 'link' | 'rows';
}

export type GlobalName = 'user' | 'company' | 'settings';
export type AggregateName = 'sum' | 'count' | 'min' | 'max' | 'avg' | 'any' | 'all';

/** The rows of `entity` an aggregate runs over: a lines field of the record or its owner, or the rows of a group. */
export type RowsSource =
  | { readonly frame: 'self' | 'parent'; readonly step: PathStep; readonly entity: string }
  | { readonly frame: 'group'; readonly entity: string };

/**
 * An expression with every name resolved and every type known. Plain JSON: it is stored in compiled models and sent
 * to the browser as it is. Numbers stand as decimal text.
 */
export type TypedExpression = { readonly type: ValueType } & (
  | { readonly node: 'literal'; readonly value: string | boolean | null }
  | { readonly node: 'path'; readonly frame: 'self' | 'parent'; readonly path: readonly PathStep[] }
  /** A value of the row that the innermost aggregate around it looks at. */
  | { readonly node: 'row-path'; readonly path: readonly PathStep[] }
  | { readonly node: 'global'; readonly global: GlobalName; readonly field: string }
  /** A value that whoever runs the expression gives by name: `open`, or a member of a record, `issue.value`. */
  | { readonly node: 'local'; readonly local: string; readonly field: string | null }
  /** The first record of an entity whose fields have these values. */
  | { readonly node: 'find'; readonly entity: string; readonly by: readonly NamedValue[] }
  /** A field, or the id, of the record of an entity that fits these values best. */
  | {
      readonly node: 'pick';
      readonly entity: string;
      readonly by: readonly PickedBy[];
      /** Null for the record itself. */
      readonly field: string | null;
    }
  /** A measure of the balance of these dimensions in a ledger. */
  | {
      readonly node: 'balance';
      readonly ledger: string;
      readonly at: readonly NamedValue[];
      /** The last day whose entries count; null for all. */
      readonly until: TypedExpression | null;
      readonly measure: string;
    }
  /** A measure of what the entries of a row moved in a ledger. */
  | {
      readonly node: 'moved';
      readonly ledger: string;
      readonly line: TypedExpression;
      /** Entity of the rows: their ids alone say nothing. */
      readonly reference: string;
      readonly measure: string;
    }
  | { readonly node: 'clock'; readonly clock: 'today' | 'now' }
  /** A strict function of functions/: null in, null out. */
  | { readonly node: 'call'; readonly function: string; readonly arguments: readonly TypedExpression[] }
  | {
      readonly node: 'if';
      readonly condition: TypedExpression;
      readonly then: TypedExpression;
      readonly otherwise: TypedExpression;
    }
  | { readonly node: 'and' | 'or'; readonly left: TypedExpression; readonly right: TypedExpression }
  | { readonly node: 'not'; readonly operand: TypedExpression }
  | {
      readonly node: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: TypedExpression;
      readonly right: TypedExpression;
    }
  | { readonly node: 'in'; readonly value: TypedExpression; readonly options: readonly TypedExpression[] }
  | { readonly node: 'coalesce'; readonly arguments: readonly TypedExpression[] }
  /** Texts one after the other; null counts as the empty text. */
  | { readonly node: 'join'; readonly parts: readonly TypedExpression[] }
  | {
      readonly node: 'aggregate';
      readonly aggregate: AggregateName;
      readonly rows: RowsSource;
      /** What is taken of each row; null only for counting rows. */
      readonly value: TypedExpression | null;
    }
);

/** A field or dimension and the value it must have. */
export interface NamedValue {
  readonly name: string;
  readonly value: TypedExpression;
  /** Entity of the record, where any record may stand: the value is then `entity:id`. */
  readonly reference: string | null;
}

/** A field that a record is picked by: it equals the value, or is a bound that the value has reached or not passed. */
export interface PickedBy extends NamedValue {
  readonly fits: 'equal' | 'at-most' | 'at-least';
}

/** A text with expressions in braces, such as a title or a message. Plain JSON like TypedExpression. */
export interface TypedTemplate {
  readonly parts: readonly (string | TypedExpression)[];
}
