import type { DocumentKind } from '../../../engine/src/compiler/kinds.ts';
import type { Body } from '../../../engine/src/compiler/parse.ts';
import type { SourceFile } from '../../../engine/src/compiler/source-layer.ts';
import type { Diagnostic } from '../../../engine/src/metamodel/diagnostic.ts';
import type { Locale, Text } from '../../../engine/src/metamodel/text.ts';

/** A document of one layer, or of all layers together. */
export interface DesignDocument {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly body: Body;
}

/** The documents of a shipped module as they were written. */
export interface StandardLayer {
  readonly name: string;
  readonly files: readonly SourceFile[];
}

/** What names mean, for completion, pickers and labels. */
export interface Outline {
  readonly entities: Readonly<Record<string, EntityOutline>>;
  readonly ledgers: Readonly<Record<string, LedgerOutline>>;
  readonly settings: readonly string[];
  readonly functions: readonly FunctionOutline[];
}

export interface EntityOutline {
  readonly label: Text;
  readonly kind: string;
  /** The entity that owns rows of this one; null for others. */
  readonly owner: string | null;
  readonly fields: readonly FieldOutline[];
}

export interface FieldOutline {
  readonly name: string;
  readonly type: string;
  readonly label: Text;
  /** Where a path may go on: what a link leads to, or what rows are of. */
  readonly leadsTo: string | null;
}

/** A section of a form as metadata writes it. */
export interface SectionOutline {
  readonly label?: Text;
  readonly columns: number;
  readonly collapsed?: boolean;
  readonly fields: readonly string[];
}

export interface LedgerOutline {
  readonly dimensions: readonly string[];
  readonly measures: readonly string[];
}

export interface FunctionOutline {
  readonly name: string;
  readonly parameters: string;
}

/** A fault, with the document it stands in; null where the file belongs to none. */
export interface PlacedDiagnostic extends Diagnostic {
  readonly kind: DocumentKind | null;
  readonly name: string | null;
}

/** What the page asks of the compiler. */
export type Question =
  | { readonly ask: 'begin'; readonly layers: readonly StandardLayer[] }
  | { readonly ask: 'compile'; readonly documents: readonly DesignDocument[] }
  | { readonly ask: 'layout'; readonly entity: string }
  | { readonly ask: 'screen'; readonly entity: string; readonly locale: Locale }
  | { readonly ask: 'evaluate'; readonly entity: string; readonly expression: string; readonly record: string };

/** What it answers, by question. */
export interface Answers {
  /** The documents of the standard, all of its layers folded. */
  readonly begin: readonly DesignDocument[];
  readonly compile: {
    readonly diagnostics: readonly PlacedDiagnostic[];
    readonly outline: Outline;
    readonly milliseconds: number;
  };
  /** The sections of the form, as a module or the compiler lays it out; null when the model has no such entity. */
  readonly layout: readonly SectionOutline[] | null;
  /** A ScreenEntity as JSON, of the last sound model; null when the model has no such entity. */
  readonly screen: string | null;
  readonly evaluate: Evaluation;
}

/** What an expression is worth on a sample record. */
export type Evaluation =
  { readonly value: string; readonly type: string } | { readonly fault: string; readonly hint: string | null };
