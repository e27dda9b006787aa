import { Decimal } from '../base/decimal.ts';
import type { KeptBalance, Ledger } from '../compiler/ledger-model.ts';
import type { Field } from '../compiler/model.ts';
import type { Row } from '../expression/evaluation.ts';
import type { Value } from '../metamodel/value-type.ts';

/** An entry on its way into a ledger. */
export interface Entry {
  readonly ledger: Ledger;
  /** Place of its rule in the posting; `NO_RULE` for an entry that none made. */
  readonly rule: number;
  /** Row of the document that it is for. */
  readonly line: string | null;
  /** Where that row stands in the document, for faults: `/lines/3`, or the empty text. */
  readonly pointer: string;
  readonly date: string;
  /** By dimension of the ledger. */
  readonly at: readonly Value[];
  /** By measure of the ledger; what goes out is negative. */
  readonly amounts: Decimal[];
  readonly memo: string | null;
  /** The entry whose amounts it puts right. */
  readonly corrects: string | null;
}

export const NO_RULE = -1;

/** An entry, or the balance of a key, as expressions of its ledger see it. */
export function rowOf(ledger: Ledger, at: readonly Value[], amounts: readonly Decimal[], date?: string): Row {
  const row: Record<string, Value> = date === undefined ? {} : { date };
  for (const [index, field] of ledger.dimensions.entries()) row[field.name] = at[index] ?? null;
  for (const [index, field] of ledger.measures.entries()) row[field.name] = amounts[index] ?? Decimal.zero;
  return row;
}

/** The part of an entry's dimensions that names a kept balance. */
export function keyOf(ledger: Ledger, { dimensions }: KeptBalance, at: readonly Value[]): readonly Value[] {
  return dimensions.map((field) => at[ledger.dimensions.indexOf(field)] ?? null);
}

/** Equal keys give equal texts. */
export function keyText(key: readonly Value[]): string {
  return key.map((value) => (value === null ? '' : String(value))).join('\u0000');
}

export function isZero(amounts: readonly Decimal[]): boolean {
  return amounts.every((amount) => amount.isZero());
}

/** An amount as its measure keeps it. */
export function amountOf(value: Value, measure: Field): Decimal {
  return value instanceof Decimal ? value.round(measure.scale) : Decimal.zero;
}
