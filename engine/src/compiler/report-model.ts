import type { TypedExpression } from '../expression/ast.ts';
import type { FieldShape, FieldType, Option } from '../metamodel/field-type.ts';
import type { Text } from '../metamodel/text.ts';
import type { ValueType } from '../metamodel/value-type.ts';
import type { Ledger } from './ledger-model.ts';
import type { Entity, Field } from './entity-model.ts';

/** A report with everything it names resolved: figures of a ledger or an entity, grouped and added up. */
export interface Report {
  readonly name: string;
  readonly module: string;
  readonly label: Text;
  readonly description: Text | null;
  readonly icon: string;
  readonly source: ReportRows;
  /** Further sources, whose figures stand beside those of the first. */
  readonly besides: readonly ReportBeside[];
  readonly parameters: readonly ReportParameter[];
  /** Which rows count; parameters are locals named `parameters`. */
  readonly where: TypedExpression | null;
  readonly dimensions: readonly ReportDimension[];
  readonly measures: readonly ReportMeasure[];
  readonly sort: readonly ReportSort[];
  readonly layout: ReportLayout;
  /** How entries are taken away as plain-text accounting; null when they are not. */
  readonly journal: JournalExchange | null;
  /** How it is written as an XML document; null when it is not. */
  readonly xml: ReportElement | null;
  /** Entities that its expressions read through links: whoever runs it must be allowed to read some of each. */
  readonly reads: readonly Entity[];
  /** Those of them that are read beside the rows, out of sums over other rows: they must be read whole. */
  readonly readsWhole: readonly Entity[];
  /**
   * What its expressions read of the records it counts, each the first one or two names of a path; empty for a ledger.
   * Records of which somebody may not see these do not count for them.
   */
  readonly uses: readonly string[];
}

/** A source beside the first of a report, grouped by the same dimensions. */
export interface ReportBeside {
  /** What measures call it. */
  readonly name: string;
  readonly source: ReportRows;
  readonly where: TypedExpression | null;
  /** What the dimensions of the report are here, in their order. */
  readonly dimensions: readonly TypedExpression[];
  /** As `uses` of the report, for its own records. */
  readonly uses: readonly string[];
}

/** What a report adds up: the entries of a ledger, the records of an entity, or the rows that these own. */
export interface ReportRows {
  /** Null for a report over records. */
  readonly ledger: Ledger | null;
  /** The record, or for a ledger its entry. */
  readonly entity: Entity;
  /** The lines field whose rows are read in place of the records. */
  readonly each: Field | null;
}

/** A choice of whoever runs the report. */
export interface ReportParameter {
  readonly name: string;
  readonly label: Text;
  readonly shape: FieldShape;
  readonly fieldType: FieldType;
  readonly type: ValueType;
  readonly required: boolean;
  /** Over the user, the company, its settings and the clock. */
  readonly default: TypedExpression | null;
  readonly target: Entity | null;
}

/** What a dimension's values are, which decides how they are called and sorted. */
export type DimensionKind =
  | 'value'
  | 'boolean'
  /** Record of one entity. */
  | 'link'
  /** Record of any entity, `entity:id`. */
  | 'record'
  | 'option'
  /** Place in a list of buckets. */
  | 'bucket'
  /** Number of the document that an entry comes from; the value is that document. */
  | 'number';

export interface ReportDimension {
  readonly name: string;
  readonly label: Text;
  readonly value: TypedExpression;
  readonly kind: DimensionKind;
  /** Of a link. */
  readonly target: Entity | null;
  /** Of an enumeration, or the buckets by their places. */
  readonly options: readonly Option[];
  readonly hidden: boolean;
}

export type MeasureFormat = 'money' | 'quantity' | 'percent' | 'integer' | 'decimal' | 'date' | 'text';
export type Span = 'opening' | 'movement' | 'closing';

export interface ReportMeasure {
  readonly name: string;
  readonly label: Text;
  readonly format: MeasureFormat;
  /** Fraction digits; null for as many as there are. */
  readonly scale: number | null;
  /** Name of the source beside the first that it counts; null for the first. */
  readonly of: string | null;
  /** Aggregates over the group; for a computed measure an expression over the measures before it, read as fields. */
  readonly value: TypedExpression;
  readonly isComputed: boolean;
  readonly where: TypedExpression | null;
  readonly span: Span | null;
  readonly running: boolean;
  readonly share: boolean;
  readonly hidden: boolean;
}

export interface ReportSort {
  /** A dimension or a measure. */
  readonly name: string;
  readonly descending: boolean;
}

export interface ReportLayout {
  readonly type: 'table' | 'pivot' | 'chart' | 'statement';
  readonly chart: 'bar' | 'line' | 'doughnut' | null;
  readonly across: readonly string[];
  readonly subtotals: readonly string[];
  /** Dimension whose tree makes the lines of a statement. */
  readonly tree: string | null;
  /** Gives 1 or -1 for a row. */
  readonly sign: TypedExpression | null;
  readonly sections: readonly ReportSection[];
  readonly zeros: boolean;
  readonly totals: boolean;
}

export interface ReportSection {
  readonly name: string;
  readonly label: Text;
  /** Null for a computed section. */
  readonly where: TypedExpression | null;
  /** Over the sections before it, read as fields. */
  readonly computed: TypedExpression | null;
  readonly lines: boolean;
}

/** An element of the XML document that a report is written as. */
export interface ReportElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  /** Places of dimensions: it stands once for each of their values; once when there are none. */
  readonly each: readonly number[];
  /** Over dimensions and measures, read as fields; null for none. */
  readonly value: TypedExpression | null;
  /** Fraction digits of a number; null for as many as there are. */
  readonly scale: number | null;
  readonly content: readonly ReportElement[];
}

/** How a balanced ledger is written as plain-text accounting. */
export interface JournalExchange {
  /** The dimension whose tree of names makes the accounts. */
  readonly account: Field;
  /** Signed amount of an entry. */
  readonly amount: TypedExpression;
  /** Field of the account and, by its values, the root that the account stands below; null when nothing says. */
  readonly root: { readonly field: Field; readonly roots: ReadonlyMap<string, JournalRoot> } | null;
}

/** The five roots of the plain-text formats. */
export type JournalRoot = 'Assets' | 'Liabilities' | 'Equity' | 'Income' | 'Expenses';
