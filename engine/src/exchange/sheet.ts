/** A table on its way into a file that other programs read. */
export interface Sheet {
  readonly title: string;
  /** What the figures are about: the company, the parameters. */
  readonly notes: readonly string[];
  readonly columns: readonly SheetColumn[];
  readonly rows: Iterable<SheetRow>;
}

export interface SheetColumn {
  readonly label: string;
  readonly align: 'left' | 'right';
}

export interface SheetRow {
  readonly cells: readonly SheetCell[];
  /** How far the row is indented; 0 for none. */
  readonly level: number;
  readonly bold: boolean;
}

/** Null is an empty cell. Numbers are decimal text, dates `YYYY-MM-DD`. */
export type SheetCell =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'number';
      readonly text: string;
      /** Fraction digits that are shown; null for as many as there are. */
      readonly scale: number | null;
    }
  | { readonly kind: 'date'; readonly text: string }
  | null;
