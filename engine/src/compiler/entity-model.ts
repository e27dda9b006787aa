import type { TypedExpression, TypedTemplate } from '../expression/ast.ts';
import type { FieldShape, FieldType } from '../metamodel/field-type.ts';
import type { Locale, Text } from '../metamodel/text.ts';
import type { Computation, LinkNeeds } from './computation.ts';

/** The part of the compiled model that says what records are: entities and their fields. */

export type EntityKind = 'master' | 'document' | 'lines' | 'tree' | 'single';

/** `true`, `false`, or an expression that decides per record. */
export type Rule = boolean | TypedExpression;

export interface Field extends FieldShape {
  readonly label: Text;
  readonly help: Text | null;
  readonly fieldType: FieldType;
  /** The column that holds it, null for lines, many-to-many and roll-ups. */
  readonly column: string | null;
  /** The column it had before it was renamed; absent when it never was. */
  readonly formerColumn?: string;
  readonly required: Rule;
  readonly readOnly: Rule;
  readonly visible: Rule;
  readonly default: TypedExpression | null;
  /** Computed when the record is written, and stored, so that lists can sort and filter by it. */
  readonly computed: TypedExpression | null;
  /** Computed when the record is read, from the records that link to it. */
  readonly rollup: Rollup | null;
  /** Read from a ledger when the record is read. */
  readonly balance: BalanceField | null;
  /** Of a dynamic link: entities that pickers offer, though any may be linked. */
  readonly offers: readonly string[];
  /** Of a dynamic link: where the balances stand of what is open of the records to choose from. */
  readonly openIn: OpenIn | null;
  /** Number pattern of a sequence field, for example `CUST-{seq:5}`. */
  readonly sequence: NumberPattern | null;
  readonly unique: boolean;
  /** May still be changed when the document is submitted. */
  readonly allowOnSubmit: boolean;
  readonly index: boolean;
  readonly search: boolean;
  readonly encrypted: boolean;
  /** Personal data of whom the record is about or links to. */
  readonly personal: boolean;
  /** True for lines that the engine makes by grouping other lines. */
  readonly derived: boolean;
  /** The target of a link, or the entity of lines. Resolved by `link`. */
  readonly target: Entity | null;
  /** Join table of a many-to-many field. */
  readonly joinTable: string | null;
  /** Condition that a linked record must meet; evaluated over the linked record with the owner as `parent`. */
  readonly linkFilter: TypedExpression | null;
  /** Minimum and maximum number of rows of a lines field. */
  readonly rows: { readonly min: number; readonly max: number } | null;
  /** Sibling field that gives the unit or currency shown beside a number. */
  readonly unitField: string | null;
}

/** A field that shows a balance of a ledger. */
export interface BalanceField {
  /** The table that is read: a kept balance where one is found by these dimensions, or the entries. */
  readonly table: string;
  readonly measures: readonly Field[];
  /** Which entries count: a dimension equals a field of the record; null means the record itself. */
  readonly at: readonly { readonly dimension: Field; readonly field: Field | null }[];
  /** Over the measures of the balance. */
  readonly value: TypedExpression;
}

/** Where the balances stand of what is open of records. */
export interface OpenIn {
  readonly ledger: string;
  /** The dimension that names the record. */
  readonly dimension: string;
  /** The dimension that says when it is due; null where the ledger keeps none. */
  readonly due: string | null;
  /** Dimension → the field of the record, for rows of the one that owns them, that it must equal. */
  readonly at: Readonly<Record<string, string>>;
  /** Over the measures of a balance. */
  readonly value: TypedExpression;
}

export interface Rollup {
  readonly from: Entity;
  /** The link field of `from` that points here. */
  readonly by: Field;
  /** Aggregate over the linking records, and which of them count. */
  readonly value: TypedExpression;
  readonly where: TypedExpression | null;
}

export type NumberPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'date'; readonly part: 'yyyy' | 'yy' | 'mm' | 'dd' }
  | { readonly kind: 'sequence'; readonly digits: number };

/** A number series: one counter per rendering of its date parts. */
export interface NumberPattern {
  readonly source: string;
  readonly parts: readonly NumberPart[];
}

export interface Check {
  readonly that: TypedExpression;
  readonly message: Readonly<Partial<Record<Locale, TypedTemplate>>>;
  /** Field that the fault is shown at; null for the record as a whole. */
  readonly at: string | null;
}

export interface Entity {
  readonly name: string;
  readonly module: string;
  readonly kind: EntityKind;
  readonly label: Text;
  readonly labelPlural: Text;
  readonly description: Text | null;
  readonly icon: string;
  /** Whether each record is about a person, who can have their personal data given out and erased. */
  readonly isPerson: boolean;
  readonly table: string;
  /** What a record holds beside its system fields, in the order of the document. */
  readonly fields: readonly Field[];
  /** All that a client may name: the fields and the system fields (id, version, created_at, updated_at …). */
  readonly fieldByName: ReadonlyMap<string, Field>;
  /** How a record is called in lists, pickers and messages. */
  readonly title: TypedTemplate;
  /** Linked records whose fields the title shows. */
  readonly titleNeeds: readonly LinkNeeds[];
  /** Fields that name a record to people and fixtures, for example `["code"]`. */
  readonly key: readonly Field[];
  /** Fields shown beside the title in a picker. */
  readonly pickerFields: readonly Field[];
  readonly number: NumberPattern | null;
  readonly checks: readonly Check[];
  /** For lines: who owns the rows, and through which field. */
  readonly owner: { readonly entity: Entity; readonly field: Field } | null;
  /** The lines fields, in order. */
  readonly linesFields: readonly Field[];
  readonly computation: Computation;
  readonly search: readonly Field[];
  readonly sort: readonly { readonly field: string; readonly descending: boolean }[];
  readonly form: FormLayout;
  readonly list: ListLayout;
}

export interface FormLayout {
  readonly sections: readonly FormSection[];
}

export interface FormSection {
  readonly label: Text | null;
  readonly columns: 1 | 2;
  readonly collapsed: boolean;
  readonly fields: readonly string[];
}

export interface ListLayout {
  readonly columns: readonly string[];
  readonly filters: readonly string[];
}
