/** What takes a step back, as long as nobody has put anything into what it made. */
export interface Undo {
  /** SQL that finds a row if something would be lost; then the step is left as it is. */
  readonly unless: string | null;
  readonly statements: readonly string[];
}

export type StepKind =
  | 'create-table'
  | 'rename-table'
  | 'rename-columns'
  | 'add-columns'
  | 'change-columns'
  | 'rebuild-table'
  | 'change-indexes'
  | 'add-foreign-keys';

/** A part of a plan that happens whole or not at all. */
export interface Step {
  readonly kind: StepKind;
  readonly table: string;
  /** A sentence in English; whoever shows it in another language makes it from the kind and the names. */
  readonly description: string;
  /** Columns or indexes it is about; empty for the table as a whole. */
  readonly names: readonly string[];
  /** SQL with schema marks, see statement.ts. */
  readonly statements: readonly string[];
  /** Null where taking it back could lose something, or would gain nothing: what is wider or looser may stay. */
  readonly undo: Undo | null;
  /** About how many rows it reads or writes; 0 when the database only notes the change. */
  readonly rows: number;
  /** Who waits meanwhile: nobody, writers of this table, or everybody on this table. */
  readonly blocks: 'nobody' | 'writers' | 'everybody';
}
