import type { Kind } from '../type.ts';
import type { Value, ValueType } from '../../metamodel/value-type.ts';
import type { Sql } from '../sql/text.ts';

/** What a function takes in one place. */
export interface Parameter {
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** The number meant when the argument is left out; without it the argument must be given. */
  readonly missing?: string;
}

/** One way to call a function, with the type it then gives. */
export interface Signature {
  readonly parameters: readonly Parameter[];
  result(types: readonly ValueType[]): ValueType;
}

/**
 * A strict function or operator: it is evaluated only when no argument is null, and gives null otherwise.
 *
 * `evaluate` is its meaning, in JavaScript and (through `sqliteFunctions`) in SQLite; `mysql` writes the same meaning
 * as SQL. Signatures of one definition differ in type only, never in how their values are held.
 */
export interface FunctionDefinition {
  /** Unique; typed expressions carry it. */
  readonly id: string;
  /** As authors write it; operators by their sign. Several definitions may share it. */
  readonly name: string;
  readonly summary: string;
  readonly signatures: readonly Signature[];
  evaluate(...values: readonly Value[]): Value;
  mysql(...values: readonly Sql[]): Sql;
}

export function parameter(name: string, ...kinds: readonly Kind[]): Parameter {
  return { name, kinds };
}

/** A way to call a function whose result type does not depend on its arguments. */
export function signature(parameters: readonly Parameter[], result: ValueType): Signature {
  return { parameters, result: () => result };
}
