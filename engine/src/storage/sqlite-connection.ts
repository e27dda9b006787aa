import { BoundedMap } from './bounded-map.ts';
import type { Change } from './database.ts';
import { bindable } from './sqlite-driver.ts';
import { sqliteFault } from './sqlite-fault.ts';
import type { SqliteHandle, SqliteStatement } from './sqlite-driver.ts';
import type { Binding, RawRow, RawValue, Statement } from './statement.ts';

/** Prepared statements kept for one connection; each costs a few kilobytes. */
export const PREPARED_MAX = 512;

const NO_BINDINGS: readonly Binding[] = [];

/** SQLite tells the last row's id; the rows of one INSERT have consecutive ones. */
function firstOf(lastRowId: number | bigint, rows: number): string {
  return String(rows > 1 ? BigInt(lastRowId) - BigInt(rows - 1) : lastRowId);
}

/**
 * The driver refuses to round a whole number beyond 2^53; it is read as bigint instead. The bundled driver gives the
 * error its code for rows that are objects, and only its text for rows that are arrays.
 */
function isBeyondSafeIntegers(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  return code === 'ERR_OUT_OF_RANGE' || error.message.startsWith('Value is too large to be represented');
}

/**
 * One connection to a SQLite file. Statements run at once, on this thread; each text is prepared once and kept while
 * it is in use. Every fault leaves as a StorageError.
 */
export class SqliteConnection {
  readonly handle: SqliteHandle;
  readonly #rows = new BoundedMap<string, SqliteStatement>(PREPARED_MAX);
  readonly #tuples = new BoundedMap<string, SqliteStatement>(PREPARED_MAX);

  constructor(handle: SqliteHandle) {
    this.handle = handle;
  }

  get preparedCount(): number {
    return this.#rows.size + this.#tuples.size;
  }

  all(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): RawRow[] {
    const values = bindings.map(bindable);
    let prepared: SqliteStatement | undefined;
    try {
      prepared = this.#rowsOf(statement.plain);
      return prepared.all(...values) as RawRow[];
    } catch (error) {
      return this.#readExactly(prepared, error).all(...values) as RawRow[];
    }
  }

  get(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): RawRow | undefined {
    const values = bindings.map(bindable);
    let prepared: SqliteStatement | undefined;
    try {
      prepared = this.#rowsOf(statement.plain);
      return prepared.get(...values) as RawRow | undefined;
    } catch (error) {
      return this.#readExactly(prepared, error).get(...values) as RawRow | undefined;
    }
  }

  tuples(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): RawValue[][] {
    const values = bindings.map(bindable);
    let prepared: SqliteStatement | undefined;
    try {
      prepared = this.#tuplesOf(statement.plain);
      return prepared.all(...values) as RawValue[][];
    } catch (error) {
      return this.#readExactly(prepared, error).all(...values) as RawValue[][];
    }
  }

  run(statement: Statement, bindings: readonly Binding[] = NO_BINDINGS): Change {
    try {
      const { changes, lastInsertRowid } = this.#rowsOf(statement.plain).run(...bindings.map(bindable));
      const rows = Number(changes);
      return { changes: rows, lastId: firstOf(lastInsertRowid, rows) };
    } catch (error) {
      throw sqliteFault(error, this.handle);
    }
  }

  /** Runs text of the storage layer's own, such as BEGIN and COMMIT. */
  command(sql: string): void {
    try {
      this.#rowsOf(sql).run();
    } catch (error) {
      throw sqliteFault(error, this.handle);
    }
  }

  close(): void {
    this.#rows.clear();
    this.#tuples.clear();
    if (this.handle.isOpen) this.handle.close();
  }

  #rowsOf(text: string): SqliteStatement {
    const known = this.#rows.get(text);
    if (known !== undefined) return known;
    const prepared = this.handle.prepare(text);
    this.#rows.set(text, prepared);
    return prepared;
  }

  #tuplesOf(text: string): SqliteStatement {
    const known = this.#tuples.get(text);
    if (known !== undefined) return known;
    const prepared = this.handle.prepare(text);
    prepared.setReturnArrays(true);
    this.#tuples.set(text, prepared);
    return prepared;
  }

  /** The statement to read again with exact integers, which it keeps doing; or throws what the error means. */
  #readExactly(prepared: SqliteStatement | undefined, error: unknown): SqliteStatement {
    if (prepared === undefined || !isBeyondSafeIntegers(error)) throw sqliteFault(error, this.handle);
    prepared.setReadBigInts(true);
    return prepared;
  }
}
