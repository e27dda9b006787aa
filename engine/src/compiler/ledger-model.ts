import type { TypedExpression, TypedTemplate } from '../expression/ast.ts';
import type { Table } from '../metamodel/column.ts';
import type { Locale, Text } from '../metamodel/text.ts';
import type { LinkNeeds } from './computation.ts';
import type { Entity, Field } from './entity-model.ts';

/** The part of the compiled model that keeps books: ledgers, and what documents post to them. */

/** An append-only book. Its entries are rows of one table; what they add up to is kept beside them. */
export interface Ledger {
  readonly name: string;
  readonly module: string;
  readonly label: Text;
  readonly description: Text | null;
  /**
   * The entries as an entity: its fields are `date`, `memo`, the dimensions and the measures, its table the one that
   * the entries stand in. It is no part of `model.entities`: entries are written by postings alone.
   */
  readonly entries: Entity;
  readonly dimensions: readonly Field[];
  readonly measures: readonly Field[];
  /** Sums to zero over the entries of each voucher. */
  readonly balanced: TypedExpression | null;
  readonly checks: readonly LedgerCheck[];
  readonly periods: Periods | null;
  readonly valuation: Valuation | null;
  readonly guards: readonly Guard[];
  readonly picks: readonly Pick[];
  /** Balances of all time that change with each posting, because a guard or a valuation reads them. */
  readonly current: readonly KeptBalance[];
  /** Balances for each month, filled in after the posting. */
  readonly monthly: readonly KeptBalance[];
  /** What the ledger must agree with in others. */
  readonly controls: readonly Control[];
  /** Linked records that checks, guards and the valuation read, beginning at a dimension. */
  readonly needs: readonly LinkNeeds[];
}

/** A set of dimensions whose balance is kept, and the table that holds it. */
export interface KeptBalance {
  readonly table: Table;
  readonly dimensions: readonly Field[];
}

export type Message = Readonly<Partial<Record<Locale, TypedTemplate>>>;

/** A rule for every entry, over its dimensions and measures. */
export interface LedgerCheck {
  readonly that: TypedExpression;
  readonly message: Message;
}

/** What a balance may not be, at any date from that of a new entry on. */
export interface Guard {
  /** Over the measures of the balance and its dimensions. */
  readonly never: TypedExpression;
  readonly unless: TypedExpression | null;
  readonly message: Message;
  readonly balance: KeptBalance;
}

/** How what goes out is spread over the balances that differ in one dimension. */
export interface Pick {
  /** Place in `dimensions`. */
  readonly dimension: number;
  /** Place in `measures`. */
  readonly measure: number;
  readonly when: TypedExpression | null;
  readonly only: TypedExpression | null;
  /** Whether balances that leave the dimension empty are taken as well. */
  readonly takesEmpty: boolean;
  readonly orderBy: readonly TypedExpression[];
  readonly message: Message;
  /** The balance that is chosen from: of all dimensions. */
  readonly balance: KeptBalance;
  /** The balance of the other dimensions: whoever chooses holds it. */
  readonly held: KeptBalance;
}

/** Records that say on which dates the ledger takes entries. */
export interface Periods {
  readonly entity: Entity;
  readonly from: Field;
  readonly to: Field;
  readonly open: TypedExpression;
}

/** Two sums that must always be equal: one of this ledger, one of another. */
export interface Control {
  readonly label: Text;
  /** Which entries of this ledger count. */
  readonly of: TypedExpression | null;
  /** Over the measures of this ledger. */
  readonly value: TypedExpression;
  /** Name of the other ledger. */
  readonly ledger: string;
  readonly where: TypedExpression | null;
  readonly equals: TypedExpression;
  /** Dimensions of this ledger and of the other, for each value of which the sums agree. */
  readonly by: readonly (readonly [Field, string])[];
}

/** How the value of what leaves is found. */
export interface Valuation {
  /** Places in `measures`. */
  readonly value: number;
  readonly by: number;
  /** Gives `fifo`, `average` or `standard`, over the dimensions. */
  readonly method: TypedExpression;
  readonly standard: TypedExpression | null;
  /** The balance of the key whose cost is kept together. */
  readonly balance: KeptBalance;
}

/** What the documents of an entity write into ledgers. */
export interface Posting {
  readonly entity: Entity;
  /** The action it goes with: `submit`, or a transition of the workflow. */
  readonly on: string;
  readonly date: TypedExpression;
  readonly rules: readonly PostingRule[];
  /** Linked records that the rules read: of the document, and of the rows of each lines field. */
  readonly needs: readonly LinkNeeds[];
  readonly lineNeeds: Readonly<Record<string, readonly LinkNeeds[]>>;
}

/** One entry of a posting: for the document, or for each row of a lines field. */
export interface PostingRule {
  readonly ledger: Ledger;
  readonly each: Field | null;
  readonly when: TypedExpression | null;
  readonly kind: 'in' | 'out' | 'adjust';
  /** By measure of the ledger; null where the rule gives none. */
  readonly amounts: readonly (TypedExpression | null)[];
  /** By dimension of the ledger. */
  readonly at: readonly (Assignment | null)[];
  /** Row whose own cost is used, or whose incoming value is adjusted. */
  readonly row: TypedExpression | null;
  /** How an empty dimension is chosen. */
  readonly pick: Pick | null;
  /** Name of the rule whose parts this one repeats. */
  readonly pickOf: string | null;
  readonly as: string | null;
  readonly memo: TypedTemplate | null;
}

/** A value for a dimension or a field. */
export interface Assignment {
  readonly expression: TypedExpression;
  /** Entity in which a text is looked up as a natural key. */
  readonly byKey: string | null;
  /** Entity of the record, where the field holds a record of any entity: the value becomes `entity:id`. */
  readonly reference: string | null;
}
