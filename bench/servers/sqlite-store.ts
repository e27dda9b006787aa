import { bindable, openBook } from '../../engine/src/storage/sqlite-driver.ts';
import type { SqliteHandle, SqliteStatement } from '../../engine/src/storage/sqlite-driver.ts';
import { textOf } from './exact.ts';
import type { Change, Row, Store, Value, Writing } from './store.ts';

/** One connection; each text is prepared once. Driver and settings are the engine's. */
class Connection implements Writing {
  readonly #handle: SqliteHandle;
  readonly #prepared = new Map<string, SqliteStatement>();

  constructor(path: string) {
    this.#handle = openBook(path, {});
  }

  all(sql: string, values: readonly Value[] = []): Row[] {
    return this.#statement(sql).all(...values.map(bindable)) as Row[];
  }

  get(sql: string, values: readonly Value[] = []): Row | undefined {
    return this.#statement(sql).get(...values.map(bindable)) as Row | undefined;
  }

  run(sql: string, values: readonly Value[] = []): Change {
    const result = this.#statement(sql).run(...values.map(bindable));
    const changes = Number(result.changes);
    return { changes, lastId: Number(result.lastInsertRowid) - Math.max(changes - 1, 0) };
  }

  close(): void {
    this.#prepared.clear();
    this.#handle.close();
  }

  #statement(sql: string): SqliteStatement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#handle.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** A connection that reads, and one that writes, whose transactions wait for each other. */
export class SqliteStore implements Store {
  readonly dialect = 'sqlite';
  readonly #reader: Connection;
  readonly #writer: Connection;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#writer = new Connection(path);
    this.#reader = new Connection(path);
  }

  all(sql: string, values?: readonly Value[]): Row[] {
    return this.#reader.all(sql, values);
  }

  get(sql: string, values?: readonly Value[]): Row | undefined {
    return this.#reader.get(sql, values);
  }

  transaction<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#run(work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  readDecimal(raw: unknown, scale: number): string | null {
    return raw === null ? null : textOf(raw as number, scale);
  }

  bindDecimal(units: bigint | null): Value {
    return units;
  }

  async close(): Promise<void> {
    await this.#last;
    this.#reader.close();
    this.#writer.close();
  }

  async #run<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    this.#writer.run('BEGIN IMMEDIATE');
    try {
      const value = await work(this.#writer);
      this.#writer.run('COMMIT');
      return value;
    } catch (error) {
      this.#writer.run('ROLLBACK');
      throw error;
    }
  }
}
