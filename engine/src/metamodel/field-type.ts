import type { ColumnType } from './column.ts';
import type { Decimal } from '../base/decimal.ts';
import type { Text } from './text.ts';
import type { Value, ValueType } from './value-type.ts';

/** Filter operators of the API contract, in the order a screen offers them. */
export const OPERATORS = [
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'nin',
  'contains',
  'starts_with',
  'ends_with',
  'between',
  'null',
  'under',
] as const;
export type Operator = (typeof OPERATORS)[number];

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Option {
  readonly value: string;
  readonly label: Text;
  /** A colour name of the design system, for badges. */
  readonly color?: string;
}

/** The facts of a field that its type needs; every default is filled in. */
export interface FieldShape {
  readonly name: string;
  readonly type: string;
  /** Fraction digits and total digits of numbers. */
  readonly scale: number;
  readonly precision: number;
  readonly maxLength: number;
  readonly minLength: number;
  readonly min: Decimal | null;
  readonly max: Decimal | null;
  readonly options: readonly Option[];
  /** Entity a link points to; null for a link of any entity. */
  readonly to: string | null;
  /** Entities a dynamic link may point to; empty means any. */
  readonly toAny: readonly string[];
  /** Entity of the rows a lines field owns. */
  readonly of: string | null;
}

/** Why an input was not taken. `code` keys the message in base/messages; `expected` fills it. */
export interface InputFault {
  readonly fault: string;
  readonly expected?: Readonly<Record<string, string>>;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A field type: everything the engine must know of it, in one file of fields/. A value has three forms: JSON (what
 * clients send and get), Value (what expressions compute with) and the column (see storage/dialect.ts).
 */
export interface FieldType {
  readonly name: string;
  /** Null when the value lives elsewhere: rows of another table, or computed when read. */
  column(field: FieldShape): ColumnType | null;
  valueType(field: FieldShape): ValueType;
  /** JSON → Value. Null is handled by the caller; the input is never null here. */
  read(input: unknown, field: FieldShape): { readonly value: Value } | InputFault;
  /** Value → JSON. Must give back what `read` takes. */
  write(value: Value, field: FieldShape): Json;
  /** JSON Schema (draft 2020-12) of the JSON form. */
  jsonSchema(field: FieldShape): JsonSchema;
  readonly operators: readonly Operator[];
  readonly sortable: boolean;
}
