import type { Ast, RowsSource, Span, TypedExpression } from './ast.ts';
import type { Scope } from './scope.ts';
import type { ValueType } from '../metamodel/value-type.ts';

/** The rows an aggregate runs over while its argument is checked. */
export interface RowFrame {
  readonly source: RowsSource;
  /** Whether a bare name means a field of the row: in `sum(lines, quantity)` it does, in `sum(lines.quantity)` not. */
  readonly bare: boolean;
}

/** What the parts of the type checker share while they work on one expression. */
export interface Checking {
  readonly scope: Scope;
  /** Outermost aggregate first. */
  readonly rowFrames: readonly RowFrame[];
  /** The typed expression, or null when a fault within it has been noted. */
  check(ast: Ast, expected?: ValueType): TypedExpression | null;
  /** The same checker inside one more aggregate. */
  within(frame: RowFrame): Checking;
  /** Notes a fault; the null it gives stands for the expression that could not be typed. */
  fault(code: string, message: string, at: Span, hint?: string): null;
}
