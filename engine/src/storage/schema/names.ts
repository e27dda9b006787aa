import type { Change } from './change.ts';

/** How tables and columns are called before a plan runs, by the names they have after it. */
export class FormerNames {
  readonly #tables = new Map<string, string | null>();
  readonly #columns = new Map<string, string | null>();

  constructor(changes: readonly Change[]) {
    for (const change of changes) {
      if (change.kind === 'create-table') this.#tables.set(change.table, null);
      else if (change.kind === 'rename-table') this.#tables.set(change.table, change.was);
      else if (change.kind === 'rename-column') this.#columns.set(`${change.table}.${change.column}`, change.was);
      else if (change.kind === 'add-column') this.#columns.set(`${change.table}.${change.column.name}`, null);
    }
  }

  /** Null when the plan creates it. */
  table(name: string): string | null {
    const former = this.#tables.get(name);
    return former === undefined ? name : former;
  }

  /** Null when the plan adds it. */
  column(table: string, name: string): string | null {
    const former = this.#columns.get(`${table}.${name}`);
    return former === undefined ? name : former;
  }
}
