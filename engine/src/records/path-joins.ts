import type { Entity, Field } from '../compiler/model.ts';
import type { Dialect } from '../storage/database.ts';
import { quoted, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { storedEntity } from './stored-entity.ts';
import type { StoredColumn } from './stored-column.ts';

/** A column as a statement names it. */
export interface ReachedColumn {
  /** For example `` t.`total` ``. */
  readonly sql: string;
  readonly column: StoredColumn;
}

/** The condition that the linked record with this id is seen; null where all of the entity are. */
export type JoinGate = (entity: Entity, id: string) => { text: string; bindings: readonly Binding[] } | null;

/**
 * The tables that paths through links reach from one table of a statement: each link is joined once, however many
 * paths go through it.
 */
export class PathJoins {
  readonly entity: Entity;
  readonly alias: string;
  readonly #dialect: Dialect;
  readonly #gate: JoinGate | null;
  readonly #joined: Map<string, PathJoins> = new Map();
  #text = '';
  #bindings: readonly Binding[] = [];

  /** @param gate what of the records behind links is seen; null for all */
  constructor(entity: Entity, alias: string, dialect: Dialect, gate: JoinGate | null = null) {
    this.entity = entity;
    this.alias = alias;
    this.#dialect = dialect;
    this.#gate = gate;
  }

  /** The joins, to stand behind the table's name; asked for after every column. */
  get text(): string {
    return this.#text + [...this.#joined.values()].map((joins) => joins.text).join('');
  }

  /** What the joins bind, where they are gated. */
  get bindings(): readonly Binding[] {
    return [...this.#bindings, ...[...this.#joined.values()].flatMap((joins) => joins.bindings)];
  }

  /** A column of this table; undefined when the field has none. */
  column(field: string): ReachedColumn | undefined {
    const column = storedEntity(this.entity, this.#dialect).columnByName.get(field);
    return column === undefined ? undefined : { sql: `${this.alias}.${quoted(column.column)}`, column };
  }

  /**
   * The table that a link of this one leads to.
   *
   * @param isGated false for what the rows of the statement are a part of
   */
  through(link: Field, isGated = true): PathJoins {
    const target = link.target as Entity;
    let joins = this.#joined.get(link.name);
    if (joins === undefined) {
      joins = new PathJoins(target, `${this.alias}_${this.#joined.size}`, this.#dialect, this.#gate);
      const id = `${joins.alias}.${quoted('id')}`;
      const gate = isGated ? (this.#gate?.(target, id) ?? null) : null;
      joins.#text =
        ` LEFT JOIN ${table(target.table)} ${joins.alias} ` +
        `ON ${id} = ${this.alias}.${quoted(String(link.column))}${gate === null ? '' : ` AND ${gate.text}`}`;
      joins.#bindings = gate?.bindings ?? [];
      this.#joined.set(link.name, joins);
    }
    return joins;
  }

  /** The column at the end of a path that the compiler has resolved. */
  follow(path: readonly string[]): ReachedColumn {
    const [name = '', ...rest] = path;
    const field = this.entity.fieldByName.get(name);
    if (rest.length > 0 && field !== undefined && field.target !== null) return this.through(field).follow(rest);
    const reached = this.column(name);
    if (reached === undefined) throw new Error(`“${this.entity.name}” keeps no column for “${name}”.`);
    return reached;
  }
}
