import { StorageError } from './fault.ts';
import type { FaultKind } from './fault.ts';
import type { SqliteHandle } from './sqlite-driver.ts';

/** Result codes, https://www.sqlite.org/rescode.html. The extended ones first, then those of one byte. */
const KINDS: ReadonlyMap<number, FaultKind> = new Map<number, FaultKind>([
  [275, 'check'], // CONSTRAINT_CHECK
  [787, 'foreign-key'], // CONSTRAINT_FOREIGNKEY
  [1299, 'check'], // CONSTRAINT_NOTNULL
  [1555, 'unique'], // CONSTRAINT_PRIMARYKEY
  [1811, 'foreign-key'], // CONSTRAINT_TRIGGER: how ON DELETE RESTRICT may report itself
  [2067, 'unique'], // CONSTRAINT_UNIQUE
  [2579, 'unique'], // CONSTRAINT_ROWID
  [5, 'busy'], // BUSY
  [6, 'busy'], // LOCKED
  [7, 'unavailable'], // NOMEM
  [8, 'unavailable'], // READONLY
  [10, 'unavailable'], // IOERR
  [11, 'unavailable'], // CORRUPT
  [13, 'unavailable'], // FULL
  [14, 'unavailable'], // CANTOPEN
  [18, 'too-long'], // TOOBIG
  [26, 'unavailable'], // NOTADB
]);

const PRIMARY_KEY = 'PRIMARY';

/** The unique index over exactly these columns, which SQLite's message leaves out. */
function uniqueIndexOver(handle: SqliteHandle, table: string, columns: readonly string[]): string | undefined {
  const indexes = handle.prepare('SELECT name, origin FROM pragma_index_list(?) WHERE "unique" = 1').all(table);
  for (const { name, origin } of indexes as { name: string; origin: string }[]) {
    const members = handle.prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno').all(name);
    const names = (members as { name: string | null }[]).map((member) => member.name);
    if (names.length === columns.length && names.every((column, place) => column === columns[place])) {
      return origin === 'pk' ? PRIMARY_KEY : name;
    }
  }
  return undefined;
}

/** `UNIQUE constraint failed: customer.code, customer.area` → the index's name. */
function uniqueConstraint(handle: SqliteHandle, subject: string, isPrimaryKey: boolean): string | undefined {
  if (isPrimaryKey) return PRIMARY_KEY;
  const expressionIndex = /^index '(.+)'$/.exec(subject)?.[1];
  if (expressionIndex !== undefined) return expressionIndex;
  const columns = subject.split(', ').map((column) => column.slice(column.indexOf('.') + 1));
  return uniqueIndexOver(handle, subject.slice(0, subject.indexOf('.')), columns);
}

function constraintOf(handle: SqliteHandle, code: number, message: string): string | undefined {
  const subject = /constraint failed: (.+)$/.exec(message)?.[1];
  if (subject === undefined) return undefined;
  if (code === 1299) return subject.slice(subject.indexOf('.') + 1);
  if (code === 275) return subject;
  return KINDS.get(code) === 'unique' ? uniqueConstraint(handle, subject, code === 1555 || code === 2579) : undefined;
}

/**
 * The bundled driver leaves the code out of errors from `all`; SQLite's texts are as stable as its codes.
 * https://www.sqlite.org/src/file/src/main.c, sqlite3ErrStr.
 */
const CODES_BY_TEXT: readonly (readonly [text: string, code: number])[] = [
  ['UNIQUE constraint failed', 2067],
  ['CHECK constraint failed', 275],
  ['NOT NULL constraint failed', 1299],
  ['FOREIGN KEY constraint failed', 787],
  ['database is locked', 5],
  ['database table is locked', 6],
  ['out of memory', 7],
  ['attempt to write a readonly database', 8],
  ['disk I/O error', 10],
  ['database disk image is malformed', 11],
  ['database or disk is full', 13],
  ['unable to open database file', 14],
  ['string or blob too big', 18],
  ['file is not a database', 26],
];

const PLAIN_ERROR = 1;

function codeOf(error: Error & { errcode?: unknown }): number {
  if (typeof error.errcode === 'number') return error.errcode;
  return CODES_BY_TEXT.find(([text]) => error.message.startsWith(text))?.[1] ?? PLAIN_ERROR;
}

/** What an error of the driver means. Errors that did not come from SQLite pass unchanged. */
export function sqliteFault(error: unknown, handle: SqliteHandle): unknown {
  if (!(error instanceof Error) || error instanceof StorageError) return error;
  const { code } = error as Error & { code?: unknown };
  if (code === 'ERR_INVALID_STATE' || error.message === 'database is not open') {
    return new StorageError('unavailable', { cause: error });
  }
  if (code !== 'ERR_SQLITE_ERROR') return error;
  const result = codeOf(error);
  const kind = KINDS.get(result) ?? KINDS.get(result & 0xff) ?? 'other';
  const constraint = kind === 'unique' || kind === 'check' ? constraintOf(handle, result, error.message) : undefined;
  return new StorageError(kind, { constraint, rerun: kind === 'busy', cause: error });
}
