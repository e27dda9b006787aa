import type { SqlRows, SqlTarget } from '../expression/sql/index.ts';
import type { PathJoins } from './path-joins.ts';

/** Reaches what a condition over a record reads: the record itself and what it links to. */
export class RecordTarget implements SqlTarget {
  readonly #joins: PathJoins;

  constructor(joins: PathJoins) {
    this.#joins = joins;
  }

  column(_frame: 'self' | 'parent', path: Parameters<SqlTarget['column']>[1]): ReturnType<SqlTarget['column']> {
    const { sql, column } = this.#joins.follow(path.map((step) => step.field));
    return { sql, type: column.type };
  }

  rows(): SqlRows {
    throw new Error('The compiler lets no condition of this kind look into rows.');
  }
}
