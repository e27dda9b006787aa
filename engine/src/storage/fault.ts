/**
 * What went wrong in the database, in words both databases share. Nothing of the driver's message reaches a caller:
 * it may hold SQL and values; it stays in `cause`, for the log.
 */
export type FaultKind =
  /** A unique index refused the row; `constraint` names it (`PRIMARY` for the primary key). */
  | 'unique'
  /** A row that others point to was removed, or a link points nowhere. SQLite does not say which key. */
  | 'foreign-key'
  /** A check or a required column refused the row; `constraint` names the check or the column. */
  | 'check'
  /** A value does not fit its column; `constraint` names the column where the database says it. */
  | 'too-long'
  /** Somebody else holds what is needed: a deadlock, a lock time-out, a full queue. Trying later may work. */
  | 'busy'
  /** The database cannot be reached, is shutting down, or has no room to write. */
  | 'unavailable'
  /** There is no such database: a company that was never created here. */
  | 'missing'
  | 'other';

interface FaultDetail {
  readonly constraint?: string | undefined;
  readonly rerun?: boolean;
  readonly outcomeUnknown?: boolean;
  readonly cause?: unknown;
}

const SENTENCES: Record<FaultKind, string> = {
  unique: 'A row with the same unique value exists.',
  'foreign-key': 'A row is linked from elsewhere, or links to a row that does not exist.',
  check: 'A row breaks a rule of its table.',
  'too-long': 'A value does not fit its column.',
  busy: 'The database is busy.',
  unavailable: 'The database cannot be reached or cannot write.',
  missing: 'There is no such database.',
  other: 'The database refused a statement.',
};

/** The one error that leaves the storage layer for anything a database did. */
export class StorageError extends Error {
  readonly kind: FaultKind;
  readonly constraint: string | undefined;
  /** The transaction was undone by contention alone: running it again from its start may succeed. */
  readonly rerun: boolean;
  /** The connection broke while committing: look the result up before acting, never repeat blindly. */
  readonly outcomeUnknown: boolean;

  constructor(kind: FaultKind, detail: FaultDetail = {}) {
    super(SENTENCES[kind], { cause: detail.cause });
    this.name = 'StorageError';
    this.kind = kind;
    this.constraint = detail.constraint;
    this.rerun = detail.rerun ?? false;
    this.outcomeUnknown = detail.outcomeUnknown ?? false;
  }
}
