import type { CellFormats } from './cells.ts';

export const MODES = ['create', 'update', 'upsert'] as const;
export type Mode = (typeof MODES)[number];

/** What somebody chose for a file. */
export interface ImportChoices {
  /** What each column of the file brings, by its place; null for nothing. */
  readonly columns: readonly (string | null)[];
  /** By path, what every record has of a field that no column brings, written as in a cell. */
  readonly values: Readonly<Record<string, string>>;
  readonly mode: Mode;
  /** Fields by which a record that is there already is known again. */
  readonly key: readonly string[];
  readonly decimal: CellFormats['decimal'];
  readonly date: CellFormats['date'];
}
