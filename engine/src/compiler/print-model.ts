import type { TypedExpression } from '../expression/ast.ts';
import type { Locale, Text } from '../metamodel/text.ts';
import type { Entity, Field } from './entity-model.ts';

/** A printed page of a record, with everything it names resolved. */
export interface Print {
  readonly name: string;
  readonly entity: Entity;
  readonly label: Text;
  readonly page: PrintPage;
  /** Gives the ISO 4217 code of the money on it; null for the company's currency. */
  readonly currency: TypedExpression | null;
  readonly blocks: readonly PrintBlock[];
  /** Links and lines whose records must be read with the record. */
  readonly includes: readonly (readonly string[])[];
}

export interface PrintPage {
  readonly size: 'A4' | 'A5' | 'letter' | 'receipt-58' | 'receipt-80' | 'label';
  readonly orientation: 'portrait' | 'landscape';
  /** Null for what suits the paper. */
  readonly marginMm: number | null;
}

/** An amount written out in words; `currency` gives an ISO 4217 code, null means the print's currency. */
export interface WordsPart {
  readonly words: TypedExpression;
  readonly currency: TypedExpression | null;
}

/** A template in one language. */
export type PrintTemplate = readonly (string | TypedExpression | WordsPart)[];
export type PrintText = Readonly<Partial<Record<Locale, PrintTemplate>>>;

/** What a link leads through and the field at its end: `[order, customer, name]`. Never empty. */
export type PrintPath<F = Field> = readonly F[];

/** A value with its label. `F` is a field of the model; the compiler's earlier stages put theirs there. */
export interface PrintItem<F = Field> {
  readonly show:
    | { readonly kind: 'field'; readonly path: PrintPath<F> }
    | { readonly kind: 'text'; readonly text: PrintText }
    | { readonly kind: 'row-number' };
  readonly detail: PrintText | null;
  readonly label: PrintText;
  /** The lines field whose rows the item is shown for; null for once. */
  readonly of: F | null;
  readonly width: number;
  readonly align: 'left' | 'right';
  readonly strong: boolean;
  /** Over the record; what is empty is left out anyway. */
  readonly when: TypedExpression | null;
}

interface BlockBase {
  readonly label: PrintText | null;
  readonly when: TypedExpression | null;
  /** Share of the width beside the other blocks of a `columns`. */
  readonly width: number;
}

export type PrintBlock<F = Field> = BlockBase &
  (
    | {
        readonly type: 'header';
        readonly text: PrintText | null;
        readonly logo: TypedExpression | null;
        readonly fields: readonly PrintItem<F>[];
      }
    | { readonly type: 'fields'; readonly columns: 1 | 2 | 3; readonly fields: readonly PrintItem<F>[] }
    | { readonly type: 'grid'; readonly of: F; readonly fields: readonly PrintItem<F>[] }
    | { readonly type: 'totals'; readonly fields: readonly PrintItem<F>[] }
    | { readonly type: 'text'; readonly text: PrintText }
    | {
        readonly type: 'code';
        readonly code: 'barcode' | 'qr';
        readonly value: TypedExpression;
        readonly text: PrintText | null;
      }
    | { readonly type: 'signature'; readonly signers: readonly PrintText[] }
    | { readonly type: 'columns'; readonly blocks: readonly PrintBlock<F>[] }
  );
