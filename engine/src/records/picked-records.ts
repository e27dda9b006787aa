import type { Entity } from '../compiler/model.ts';
import type { PickedBy } from '../expression/ast.ts';
import type { PickLookup, Row } from '../expression/evaluation.ts';
import { isEqual, order } from '../expression/value-order.ts';
import type { Value } from '../metamodel/value-type.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import type { ReadFrom } from './context.ts';
import { idPortions, PORTION_MAX } from './sized-statement.ts';
import type { StoredColumn } from './stored-column.ts';
import { draftOfTuple, storedEntity } from './stored-entity.ts';

type Values = Readonly<Record<string, Value>>;

/** Records that one statement weighs at most; beyond it the newest count. */
const CANDIDATES_MAX = 10_000;

/**
 * What `pick` asks for, over all rows of the records that are computed together. An evaluation is synchronous, so what is not known yet is answered
 * with nothing and remembered; `loadMissing` then reads it with one statement for each `pick` and 64 rows.
 */
export class PickedRecords {
  readonly #from: ReadFrom;
  readonly #known = new Map<PickLookup, Map<string, Row | null>>();
  readonly #missing = new Map<PickLookup, Map<string, Values>>();
  #askedInVain = 0;

  constructor(from: ReadFrom) {
    this.#from = from;
  }

  get isIncomplete(): boolean {
    return this.#missing.size > 0;
  }

  /** As of `LinkedRecords`. */
  get askedInVain(): number {
    return this.#askedInVain;
  }

  hasReadOf(entity: string): boolean {
    return [...this.#known.keys()].some((lookup) => lookup.entity === entity);
  }

  /** The record that fits these values best; null when there is none, or when it is still to be looked for. */
  readonly pick = (lookup: PickLookup, values: Values): Row | null => {
    const key = textOf(lookup, values);
    const row = this.#known.get(lookup)?.get(key);
    if (row === undefined) {
      this.#askedInVain += 1;
      mapIn(this.#missing, lookup).set(key, values);
    }
    return row ?? null;
  };

  async loadMissing(): Promise<void> {
    const asked = [...this.#missing];
    this.#missing.clear();
    for (const [lookup, wanted] of asked) {
      const known = mapIn(this.#known, lookup);
      const entries = [...wanted];
      for (let start = 0; start < entries.length; start += PORTION_MAX) {
        const portion = entries.slice(start, start + PORTION_MAX);
        const candidates = await this.#candidates(
          lookup,
          portion.map(([, values]) => values),
        );
        for (const [key, values] of portion) known.set(key, bestOf(lookup, candidates, values));
      }
    }
  }

  /** All records that may fit one of the wanted values, the newest first. */
  async #candidates(lookup: PickLookup, wanted: readonly Values[]): Promise<readonly Row[]> {
    const { reader, model, cipher } = this.#from;
    const entity = model.entities.get(lookup.entity) as Entity;
    const stored = storedEntity(entity, reader.dialect);
    const read = new Set([
      'id',
      ...lookup.by.map(({ name }) => name),
      ...(lookup.field === null ? [] : [lookup.field]),
    ]);
    const columns = stored.selected.filter(({ name }) => read.has(name));
    const bindings: Binding[] = [];
    const conditions = lookup.by.flatMap((by) => {
      const column = stored.columnByName.get(by.name) as StoredColumn;
      return this.#condition(by, column, wanted, bindings) ?? [];
    });
    // Groups and what is out of use are never meant.
    for (const [name, unwanted] of [['is_group', 1] as const, ['is_active', 0] as const]) {
      const column = stored.columnByName.get(name);
      if (column?.type.kind !== 'boolean') continue;
      conditions.push(`(${quoted(column.column)} IS NULL OR ${quoted(column.column)} <> ${unwanted})`);
    }
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const text =
      `SELECT ${columns.map(({ column }) => quoted(column)).join(', ')} FROM ${table(entity.table)}${where} ` +
      `ORDER BY ${quoted('id')} DESC LIMIT ${CANDIDATES_MAX}`;
    const tuples = await reader.tuples(statement(text), bindings);
    return tuples.map((tuple) => draftOfTuple(columns, tuple, cipher) as Row);
  }

  /** What a column must be to fit one of the wanted values; null where the statement leaves it to the choice. */
  #condition(by: PickedBy, column: StoredColumn, wanted: readonly Values[], bindings: Binding[]): string | null {
    const name = quoted(column.column);
    const mark = parameter(this.#from.reader.dialect, column.type);
    const values = wanted.flatMap((each) => each[by.name] ?? []);
    const orEmpty = (condition: string): string =>
      column.field.required === true ? condition : `(${condition} OR ${name} IS NULL)`;
    if (by.fits === 'equal') {
      if (values.length === 0) return `${name} IS NULL`;
      const distinct = [...new Map(values.map((value) => [String(value), column.toBinding(value)])).values()];
      const [padded] = idPortions(distinct as readonly string[]);
      bindings.push(...(padded as readonly string[]));
      return orEmpty(`${name} IN (${(padded as readonly string[]).map(() => mark).join(', ')})`);
    }
    // Dates compare in a database as they do here; what has passed or not begun need not be read.
    if (column.type.kind !== 'date' || values.length === 0) return null;
    const sorted = [...values].sort(order);
    const isUpper = by.fits === 'at-most';
    bindings.push(column.toBinding(sorted.at(isUpper ? -1 : 0) as Value));
    return orEmpty(`${name} ${isUpper ? '<=' : '>='} ${mark}`);
  }
}

/** The best of the candidates: they come newest first, so that the newest of equals stays. */
function bestOf({ by }: PickLookup, candidates: readonly Row[], values: Values): Row | null {
  let best: Row | null = null;
  for (const candidate of candidates) {
    if (!by.every((each) => fits(each, candidate, values))) continue;
    if (best === null || isBetter(by, candidate, best)) best = candidate;
  }
  return best;
}

/** An empty field fits every value. */
function fits({ name, fits: how }: PickedBy, candidate: Row, values: Values): boolean {
  const own = (candidate[name] ?? null) as Value;
  if (own === null) return true;
  const value = values[name] ?? null;
  if (value === null) return false;
  if (how === 'equal') return isEqual(own, value);
  return how === 'at-most' ? order(own, value) <= 0 : order(own, value) >= 0;
}

/** In the order of the fields: one that is filled before an empty one, and the bound that lies nearest. */
function isBetter(by: readonly PickedBy[], candidate: Row, best: Row): boolean {
  for (const { name, fits: how } of by) {
    const one = (candidate[name] ?? null) as Value;
    const other = (best[name] ?? null) as Value;
    if ((one === null) !== (other === null)) return other === null;
    if (one === null || how === 'equal') continue;
    const compared = order(one, other);
    if (compared !== 0) return how === 'at-most' ? compared > 0 : compared < 0;
  }
  return false;
}

function textOf({ by }: PickLookup, values: Values): string {
  return by.map(({ name }) => JSON.stringify(values[name] === null ? null : String(values[name]))).join();
}

function mapIn<K, V>(map: Map<K, Map<string, V>>, key: K): Map<string, V> {
  let inner = map.get(key);
  if (inner === undefined) map.set(key, (inner = new Map<string, V>()));
  return inner;
}
