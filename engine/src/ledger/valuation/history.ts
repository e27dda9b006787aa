import { Decimal } from '../../base/decimal.ts';
import { ENTRY_COLUMNS } from '../../metamodel/naming.ts';
import type { Model } from '../../compiler/model.ts';
import type { Value } from '../../metamodel/value-type.ts';
import type { StoredColumn } from '../../records/stored-column.ts';
import type { Reader } from '../../storage/database.ts';
import { parameter } from '../../storage/dialect.ts';
import { quoted, statement, table } from '../../storage/statement.ts';
import type { Binding, RawValue } from '../../storage/statement.ts';
import { columnsOf } from '../entry-columns.ts';
import { basesOf } from './cost-basis.ts';
import type { Basis } from './cost-basis.ts';
import { rowOfEntry } from './cost-key.ts';
import type { CostKey } from './cost-key.ts';
import type { UnitCost } from './cost-pool.ts';

/*
 * The history of a key as its costs see it: every entry once, with the corrections made to it since, in the order of
 * dates and ids. What a cancelled document posted is no part of it, nor is the posting that took it back: together
 * they are nothing, and what happened in between is valued as if they had never been.
 */

/** A place in the history of a key: before the entry with this id on this date. */
export interface Position {
  readonly date: string;
  readonly entry: string;
}

const FIRST_ENTRY = '0';
const LAST_ENTRY = '9223372036854775807';

/** Before everything on a date. */
export function startOf(date: string): Position {
  return { date, entry: FIRST_ENTRY };
}

/** After everything on a date. */
export function endOf(date: string): Position {
  return { date, entry: LAST_ENTRY };
}

export function comparePositions(one: Position, other: Position): number {
  if (one.date !== other.date) return one.date < other.date ? -1 : 1;
  const [left, right] = [BigInt(one.entry), BigInt(other.entry)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An entry of a key, whose value may be found anew. */
export interface Step {
  readonly id: string;
  /** The document that posted it. */
  readonly entity: string;
  readonly recordId: string;
  readonly line: string | null;
  readonly rule: number;
  readonly date: string;
  readonly memo: string | null;
  readonly at: readonly Value[];
  /** Signed. */
  readonly quantity: Decimal;
  /** Name of the row it was written for. */
  readonly row: string | null;
  readonly basis: Basis | null;
  /** Its own value, as it was posted; signed. */
  readonly posted: Decimal;
  /** Value by date: its own, and that of the corrections made to it. */
  readonly booked: Map<string, Decimal>;
}

export function totalOf(values: ReadonlyMap<string, Decimal>): Decimal {
  let total = Decimal.zero;
  for (const value of values.values()) total = total.add(value);
  return total;
}

export function addOn(values: Map<string, Decimal>, date: string, value: Decimal): void {
  values.set(date, (values.get(date) ?? Decimal.zero).add(value));
}

/** Entries that a page of the history holds at most. */
const PAGE = 256;

const LIVING =
  `NOT EXISTS (SELECT 1 FROM ${table('rk_voucher')} r WHERE r.entity = v.entity AND r.record_id = v.record_id ` +
  `AND r.action = 'reverse')`;
const WITH_VOUCHER = `JOIN ${table('rk_voucher')} v ON v.id = e.${quoted(ENTRY_COLUMNS.voucher)}`;
const ID = `e.${quoted(ENTRY_COLUMNS.id)}`;
const DATE = `e.${quoted(ENTRY_COLUMNS.date)}`;
const CORRECTS = `e.${quoted(ENTRY_COLUMNS.corrects)}`;

/** The history of keys, read within a transaction that holds their locks. */
export class History {
  readonly #reader: Reader;
  readonly #model: Model;

  constructor(reader: Reader, model: Model) {
    this.#reader = reader;
    this.#model = model;
  }

  /** The entries of a key from a position on, oldest first, with all their corrections. */
  async after(key: CostKey, from: Position, limit: number): Promise<readonly Step[]> {
    const { text, bindings } = this.#ofKey(key);
    const id = parameter(this.#reader.dialect, { kind: 'id' });
    const where =
      `${text} AND ${CORRECTS} IS NULL AND ${DATE} >= ? AND (${DATE} > ? OR ${ID} >= ${id}) AND ${LIVING} ` +
      `ORDER BY ${DATE}, ${ID} LIMIT ${limit}`;
    const tuples = await this.#entries(key, where, [...bindings, from.date, from.date, from.entry]);
    return this.#steps(key, tuples, await this.#corrections(key, from.date));
  }

  /** The entries of a key before a position, newest first, a page at a time, with all their corrections. */
  async *before(key: CostKey, until: Position): AsyncGenerator<readonly Step[]> {
    const { text, bindings } = this.#ofKey(key);
    const id = parameter(this.#reader.dialect, { kind: 'id' });
    const where =
      `${text} AND ${CORRECTS} IS NULL AND ${DATE} <= ? AND (${DATE} < ? OR ${ID} < ${id}) AND ${LIVING} ` +
      `ORDER BY ${DATE} DESC, ${ID} DESC LIMIT ${PAGE}`;
    const corrections = await this.#corrections(key, null);
    let last = until;
    for (;;) {
      const tuples = await this.#entries(key, where, [...bindings, last.date, last.date, last.entry]);
      const steps = await this.#steps(key, tuples, corrections);
      if (steps.length > 0) yield steps;
      const end = steps.at(-1);
      if (end === undefined || steps.length < PAGE) return;
      last = { date: end.date, entry: end.id };
    }
  }

  /** What the entries of a key from a position on add up to, with all their corrections. */
  async sumFrom(key: CostKey, from: Position): Promise<UnitCost> {
    const { text, bindings } = this.#ofKey(key);
    const { by, value } = measuresOf(key, this.#reader);
    const { dialect } = this.#reader;
    const id = parameter(dialect, { kind: 'id' });
    // What is compared with is no column, which alone would tell the database of which type a text is.
    const day = dialect === 'mysql' ? 'CAST(? AS DATE)' : '?';
    const entries = table(key.ledger.entries.table);
    const original = (column: string): string => `COALESCE(o.${quoted(column)}, e.${quoted(column)})`;
    const date = original(ENTRY_COLUMNS.date);
    const sql =
      `SELECT SUM(e.${quoted(by.column)}), SUM(e.${quoted(value.column)}) FROM ${entries} e ${WITH_VOUCHER} ` +
      `LEFT JOIN ${entries} o ON o.${quoted(ENTRY_COLUMNS.id)} = ${CORRECTS} ` +
      `WHERE ${text} AND ${DATE} >= ? AND ${date} >= ${day} ` +
      `AND (${date} > ${day} OR ${original(ENTRY_COLUMNS.id)} >= ${id}) AND ${LIVING}`;
    const bound = [...bindings, from.date, from.date, from.date, BigInt(from.entry)];
    const [sums] = await this.#reader.tuples(statement(sql), bound);
    return { quantity: decimal(by, sums?.[0]), value: decimal(value, sums?.[1]) };
  }

  /** What came in last before a position; null when nothing did. */
  async lastCost(key: CostKey, until: Position): Promise<UnitCost | null> {
    const { text, bindings } = this.#ofKey(key);
    const { by } = measuresOf(key, this.#reader);
    const id = parameter(this.#reader.dialect, { kind: 'id' });
    const where =
      `${text} AND ${CORRECTS} IS NULL AND e.${quoted(by.column)} > 0 AND ${DATE} <= ? ` +
      `AND (${DATE} < ? OR ${ID} < ${id}) AND ${LIVING} ORDER BY ${DATE} DESC, ${ID} DESC LIMIT 1`;
    const tuples = await this.#entries(key, where, [...bindings, until.date, until.date, until.entry]);
    const [id0, , , , , date] = tuples[0] ?? [];
    if (id0 === undefined) return null;
    const [step] = await this.#steps(key, tuples, await this.#corrections(key, String(date)));
    return step === undefined ? null : { quantity: step.quantity, value: totalOf(step.booked) };
  }

  /** Entries of a ledger by their ids. */
  async byIds(key: Pick<CostKey, 'ledger' | 'valuation'>, ids: readonly string[]): Promise<readonly Step[]> {
    const id = parameter(this.#reader.dialect, { kind: 'id' });
    const found: Step[] = [];
    for (let start = 0; start < ids.length; start += PAGE) {
      const portion = ids.slice(start, start + PAGE);
      const where = `${ID} IN (${portion.map(() => id).join(', ')}) AND ${LIVING} ORDER BY ${DATE}, ${ID}`;
      found.push(...(await this.#steps(key, await this.#entries(key, where, portion), new Map())));
    }
    return found;
  }

  /** What the entries of a row moved in a ledger, corrections among them, by the id of the entry they belong to. */
  async ofLine(
    key: Pick<CostKey, 'ledger' | 'valuation'>,
    entity: string,
    line: string,
    rules: readonly number[],
  ): Promise<readonly Step[]> {
    if (rules.length === 0) return [];
    const id = parameter(this.#reader.dialect, { kind: 'id' });
    const where =
      `e.${quoted(ENTRY_COLUMNS.line)} = ${id} AND v.entity = ? AND e.${quoted(ENTRY_COLUMNS.rule)} IN ` +
      `(${rules.join(', ')}) AND ${LIVING} ORDER BY ${ID}`;
    const tuples = await this.#entries(key, where, [line, entity]);
    const own = tuples.filter((tuple) => tuple[CORRECTS_PLACE] === null);
    const corrections = new Map<string, Map<string, Decimal>>();
    const { value } = measuresOf(key, this.#reader);
    for (const tuple of tuples) {
      const original = tuple[CORRECTS_PLACE];
      if (original === null || original === undefined) continue;
      const ofOriginal = corrections.get(String(original)) ?? new Map<string, Decimal>();
      corrections.set(String(original), ofOriginal);
      addOn(ofOriginal, String(tuple[DATE_PLACE]), decimal(value, tuple[VALUE_PLACE]));
    }
    return this.#steps(key, own, corrections);
  }

  async #entries(
    { ledger, valuation }: Pick<CostKey, 'ledger' | 'valuation'>,
    where: string,
    bindings: readonly Binding[],
  ): Promise<readonly (readonly RawValue[])[]> {
    const { dimensions } = columnsOf(ledger, this.#reader.dialect);
    const { by, value } = measuresOf({ ledger, valuation }, this.#reader);
    const columns = [
      ENTRY_COLUMNS.id,
      ENTRY_COLUMNS.corrects,
      ENTRY_COLUMNS.line,
      ENTRY_COLUMNS.rule,
      ENTRY_COLUMNS.memo,
      ENTRY_COLUMNS.date,
      by.column,
      value.column,
      ...dimensions.map(({ column }) => column),
    ].map((column) => `e.${quoted(column)}`);
    const text = `SELECT v.entity, v.record_id, ${columns.join(', ')} FROM ${table(ledger.entries.table)} e ${WITH_VOUCHER} WHERE ${where}`;
    return (await this.#reader.tuples(statement(text), bindings)).map(([entity, record, ...rest]) => [
      ...rest.slice(0, OWN_COLUMNS),
      entity ?? null,
      record ?? null,
      ...rest.slice(OWN_COLUMNS),
    ]);
  }

  async #steps(
    { ledger, valuation }: Pick<CostKey, 'ledger' | 'valuation'>,
    tuples: readonly (readonly RawValue[])[],
    corrections: ReadonlyMap<string, ReadonlyMap<string, Decimal>>,
  ): Promise<readonly Step[]> {
    if (tuples.length === 0) return [];
    const { dimensions } = columnsOf(ledger, this.#reader.dialect);
    const { by, value } = measuresOf({ ledger, valuation }, this.#reader);
    const bases = await basesOf(
      this.#reader,
      ledger.name,
      tuples.map(([id]) => String(id)),
    );
    return tuples.map((tuple): Step => {
      const [rawId, , rawLine, rawRule, rawMemo, rawDate, quantity, worth, rawEntity, record, ...places] = tuple;
      const id = String(rawId);
      const date = String(rawDate);
      const entity = String(rawEntity);
      const line = rawLine === null || rawLine === undefined ? null : String(rawLine);
      const rule = Number(rawRule);
      const posted = decimal(value, worth);
      const booked = new Map([[date, posted]]);
      for (const [day, amount] of corrections.get(id) ?? []) addOn(booked, day, amount);
      return {
        id,
        entity,
        recordId: String(record),
        line,
        rule,
        date,
        memo: rawMemo === null || rawMemo === undefined ? null : String(rawMemo),
        at: dimensions.map((column, index) => column.toValue(places[index] ?? null)),
        quantity: decimal(by, quantity),
        row: rowOfEntry(this.#model, entity, rule, line),
        basis: bases.get(id) ?? null,
        posted,
        booked,
      };
    });
  }

  /** Corrections of a key's entries, by the entry and by date. They are never dated before what they correct. */
  async #corrections(key: CostKey, from: string | null): Promise<ReadonlyMap<string, ReadonlyMap<string, Decimal>>> {
    const { text, bindings } = this.#ofKey(key);
    const { value } = measuresOf(key, this.#reader);
    const since = from === null ? '' : ` AND ${DATE} >= ?`;
    const sql =
      `SELECT ${CORRECTS}, ${DATE}, e.${quoted(value.column)} FROM ${table(key.ledger.entries.table)} e ` +
      `WHERE ${text} AND ${CORRECTS} IS NOT NULL${since}`;
    const found = new Map<string, Map<string, Decimal>>();
    for (const [corrects, date, worth] of await this.#reader.tuples(
      statement(sql),
      from === null ? bindings : [...bindings, from],
    )) {
      const own = found.get(String(corrects)) ?? new Map<string, Decimal>();
      found.set(String(corrects), own);
      addOn(own, String(date), decimal(value, worth));
    }
    return found;
  }

  #ofKey({ ledger, valuation, values }: CostKey): { readonly text: string; readonly bindings: readonly Binding[] } {
    const { dimensions } = columnsOf(ledger, this.#reader.dialect);
    const bindings: Binding[] = [];
    const conditions = valuation.balance.dimensions.map((field, index) => {
      const column = dimensions[ledger.dimensions.indexOf(field)] as StoredColumn;
      const value = values[index] ?? null;
      if (value === null) return `e.${quoted(column.column)} IS NULL`;
      bindings.push(column.toBinding(value));
      return `e.${quoted(column.column)} = ${parameter(this.#reader.dialect, column.type)}`;
    });
    return { text: conditions.join(' AND '), bindings };
  }
}

/** Columns of an entry before its document's; the order of `#entries`. */
const OWN_COLUMNS = 8;
const CORRECTS_PLACE = 1;
const DATE_PLACE = 5;
const VALUE_PLACE = 7;

function measuresOf(
  { ledger, valuation }: Pick<CostKey, 'ledger' | 'valuation'>,
  { dialect }: Reader,
): { readonly by: StoredColumn; readonly value: StoredColumn } {
  const { measures } = columnsOf(ledger, dialect);
  return { by: measures[valuation.by] as StoredColumn, value: measures[valuation.value] as StoredColumn };
}

function decimal(column: StoredColumn, raw: RawValue | undefined): Decimal {
  return raw === null || raw === undefined ? Decimal.zero : (column.toValue(raw) as Decimal);
}
