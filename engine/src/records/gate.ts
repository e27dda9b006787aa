import type { Entity } from '../compiler/model.ts';
import { withinBounds } from './bounds.ts';
import type { ReadFrom } from './context.ts';
import { quoted, table } from '../storage/statement.ts';
import { PathJoins } from './path-joins.ts';
import type { JoinGate } from './path-joins.ts';
import { READ } from './reach.ts';
import type { Bounds, Reach } from './reach.ts';
import type { SqlCondition } from './search.ts';
import { sees } from './sight.ts';

/** Stands where a path of a query enters a linked record, and lets through what the actor sees. */
export class Gate {
  readonly #from: ReadFrom;
  readonly #reach: Reach;

  constructor(from: ReadFrom, reach: Reach) {
    this.#from = from;
    this.#reach = reach;
  }

  /**
   * The condition that the record at `joins` is seen, with the field that the path goes on to; null where all are.
   *
   * @param field name of a field, or `lines.field`
   */
  at(joins: PathJoins, field: string): SqlCondition | null {
    const bounds = this.#reach.bounds(joins.entity, READ);
    if (bounds === null) return null;
    return withinBounds(narrowedTo(bounds, joins.entity, [field]), joins, this.#from.reader.dialect, this.#from);
  }

  /** As `at`, where several fields are asked for at once: only a record that is seen whole is let through. */
  whole(joins: PathJoins): SqlCondition | null {
    const bounds = this.#reach.bounds(joins.entity, READ);
    if (bounds === null) return null;
    const permits = bounds.permits.filter(({ read }) => read === null);
    return withinBounds({ ...bounds, permits }, joins, this.#from.reader.dialect, this.#from);
  }
}

/**
 * For joins that read what they like of linked records: one that the actor does not see whole is joined as if the link
 * were empty.
 */
export function joinGate(from: ReadFrom, reach: Reach): JoinGate {
  return (entity, id) => {
    const bounds = reach.bounds(entity, READ);
    if (bounds === null) return null;
    const { dialect } = from.reader;
    const joins = new PathJoins(entity, 'seen', dialect);
    const permits = bounds.permits.filter(({ read }) => read === null);
    const { text, bindings } = withinBounds({ ...bounds, permits }, joins, dialect, from);
    const seen = `SELECT seen.${quoted('id')} FROM ${table(entity.table)} seen${joins.text} WHERE ${text}`;
    return { text: `${id} IN (${seen})`, bindings };
  };
}

/** The bounds with those permits only that show all of these fields, each a name or `lines.field`. */
export function narrowedTo(bounds: Bounds, entity: Entity, fields: readonly string[]): Bounds {
  const permits = bounds.permits.filter(({ read }) =>
    fields.every((path) => {
      const [name = '', next] = path.split('.');
      const isRows = entity.fieldByName.get(name)?.of !== null && entity.fieldByName.has(name);
      return sees(entity, read, name, isRows ? (next ?? null) : null);
    }),
  );
  return { ...bounds, permits };
}
