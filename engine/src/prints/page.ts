import type { Locale } from '../metamodel/text.ts';
import type { Code } from './codes.ts';
import type { Paper } from './paper.ts';

/** A page with every value written; HTML and PDF are made from the same one. */
export interface Page {
  readonly locale: Locale;
  readonly paper: Paper;
  /** What a file of it is called: `Quotation QUO-2026-00001`. */
  readonly title: string;
  readonly company: string;
  /** A word across every page: DRAFT, CANCELLED. */
  readonly mark: string | null;
  readonly blocks: readonly PageBlock[];
}

export interface Pair {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  readonly strong: boolean;
}

export interface Logo {
  readonly bytes: Buffer;
  readonly mediaType: 'image/png' | 'image/jpeg';
}

export interface GridColumn {
  readonly label: string;
  readonly align: 'left' | 'right';
  readonly width: number;
}

interface BlockBase {
  readonly label: string;
  /** Share of the width beside the other blocks of a `columns`. */
  readonly width: number;
}

export type PageBlock = BlockBase &
  (
    | {
        readonly type: 'header';
        readonly company: string;
        readonly text: string;
        readonly logo: Logo | null;
        readonly number: string;
        readonly fields: readonly Pair[];
      }
    | { readonly type: 'fields'; readonly columns: 1 | 2 | 3; readonly fields: readonly Pair[] }
    | {
        readonly type: 'grid';
        readonly columns: readonly GridColumn[];
        readonly rows: readonly { readonly cells: readonly string[]; readonly details: readonly string[] }[];
      }
    | { readonly type: 'totals'; readonly fields: readonly Pair[] }
    | { readonly type: 'text'; readonly text: string }
    | { readonly type: 'code'; readonly kind: 'barcode' | 'qr'; readonly code: Code; readonly text: string }
    | { readonly type: 'signature'; readonly signers: readonly { readonly label: string; readonly name: string }[] }
    | { readonly type: 'columns'; readonly blocks: readonly PageBlock[] }
  );
