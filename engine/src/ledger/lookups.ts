import { Decimal } from '../base/decimal.ts';
import type { KeptBalance, Ledger } from '../compiler/ledger-model.ts';
import type { Entity } from '../compiler/model.ts';
import { ENTRY_COLUMNS, MONTH_COLUMN } from '../metamodel/naming.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { ReadFrom } from '../records/context.ts';
import type { StoredColumn } from '../records/stored-column.ts';
import { storedEntity } from '../records/stored-entity.ts';
import type { Dialect } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding, RawValue } from '../storage/statement.ts';
import { columnsOf } from './entry-columns.ts';

type Values = Readonly<Record<string, Value>>;
type Sums = ReadonlyMap<string, Decimal>;

/**
 * What expressions ask of ledgers and records beyond their links: `balance`, `moved` and `find`. An evaluation is
 * synchronous, so what is not known yet is answered with nothing, remembered and loaded; then the expression runs
 * again.
 */
export class LedgerLookups {
  readonly #from: ReadFrom;
  readonly #known = new Map<string, Sums | string | null>();
  readonly #missing = new Map<string, () => Promise<Sums | string | null>>();

  constructor(from: ReadFrom) {
    this.#from = from;
  }

  get isIncomplete(): boolean {
    return this.#missing.size > 0;
  }

  /** The first record, by its natural key, whose fields have these values. */
  readonly find = (entity: string, values: Values): string | null => {
    const found = this.#ask(`find ${entity} ${textOf(values)}`, () => this.#find(entity, values));
    return typeof found === 'string' ? found : null;
  };

  /** What the entries of these dimensions add up to, or those until a day; dimensions not named are summed. */
  readonly balance = (ledger: string, at: Values, measure: string, until?: string): Decimal => {
    const sums = this.#ask(`balance ${ledger} ${until ?? ''} ${textOf(at)}`, () =>
      until === undefined ? this.#sum(ledger, at, null) : this.#sumUntil(ledger, at, until),
    );
    return sumOf(sums, measure);
  };

  /** What the entries of a row, `entity:id`, moved. */
  readonly moved = (ledger: string, line: string | null, measure: string): Decimal => {
    if (line === null) return Decimal.zero;
    const sums = this.#ask(`moved ${ledger} ${line}`, () => this.#sum(ledger, {}, line));
    return sumOf(sums, measure);
  };

  /** Forgets what is known, so that the next evaluation reads it as it is now. */
  forget(): void {
    this.#known.clear();
  }

  async loadMissing(): Promise<void> {
    const asked = [...this.#missing];
    this.#missing.clear();
    for (const [key, load] of asked) this.#known.set(key, await load());
  }

  #ask(key: string, load: () => Promise<Sums | string | null>): Sums | string | null {
    const known = this.#known.get(key);
    if (known === undefined) this.#missing.set(key, load);
    return known ?? null;
  }

  async #find(name: string, values: Values): Promise<string | null> {
    const { reader, model } = this.#from;
    const entity = model.entities.get(name) as Entity;
    const stored = storedEntity(entity, reader.dialect);
    const conditions: string[] = [];
    const bindings: Binding[] = [];
    for (const [field, value] of Object.entries(values)) {
      conditions.push(this.#equal(stored.columnByName.get(field) as StoredColumn, value, bindings));
    }
    // Groups and what is out of use are never meant.
    for (const [field, value] of [['is_group', 1] as const, ['is_active', 0] as const]) {
      const column = stored.columnByName.get(field);
      if (column?.type.kind === 'boolean')
        conditions.push(`(${quoted(column.column)} IS NULL OR ${quoted(column.column)} <> ${value})`);
    }
    const order = [...entity.key.flatMap((field) => field.column ?? []), 'id'].map(quoted).join(', ');
    const text = `SELECT ${quoted('id')} FROM ${table(entity.table)} WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT 1`;
    const [row] = await reader.tuples(statement(text), bindings);
    return row === undefined ? null : String(row[0]);
  }

  async #sum(name: string, at: Values, line: string | null): Promise<Sums> {
    const { reader, model } = this.#from;
    const ledger = model.ledgers.get(name) as Ledger;
    const { dimensions, measures } = columnsOf(ledger, reader.dialect);
    const bindings: Binding[] = [];
    const conditions = Object.entries(at).map(([dimension, value]) => {
      const column = dimensions[ledger.dimensions.findIndex((field) => field.name === dimension)] as StoredColumn;
      return this.#equal(column, value, bindings);
    });
    if (line !== null) conditions.push(rowCondition(this.#from, ledger, line, bindings));
    const sums = measures.map(({ column }) => quoted(column));
    const [row] = await reader.tuples(statement(sumText(reader.dialect, ledger, at, line, { sums, conditions })), [
      ...bindings,
      ...(line === null && sourceOf(ledger, at).isMonthly ? bindings : []),
    ]);
    return sumsOf(measures, row);
  }

  /** What the entries of these dimensions added up to at the end of a day. */
  async #sumUntil(name: string, at: Values, until: string): Promise<Sums> {
    const { reader, model } = this.#from;
    const ledger = model.ledgers.get(name) as Ledger;
    const { dimensions, measures } = columnsOf(ledger, reader.dialect);
    const bindings: Binding[] = [];
    const conditions = Object.entries(at).map(([dimension, value]) => {
      const column = dimensions[ledger.dimensions.findIndex((field) => field.name === dimension)] as StoredColumn;
      return this.#equal(column, value, bindings);
    });
    const sums = measures.map(({ column }) => quoted(column));
    const months = monthsOf(ledger, at);
    const text = untilText(reader.dialect, ledger, months, { sums, conditions });
    const month = `${until.slice(0, 7)}-01`;
    const own = [...bindings, until];
    const [row] = await reader.tuples(
      statement(text),
      months === null ? own : [...bindings, month, ...bindings, month, ...bindings, month, until],
    );
    return sumsOf(measures, row);
  }

  #equal(column: StoredColumn, value: Value, bindings: Binding[]): string {
    if (value === null) return `${quoted(column.column)} IS NULL`;
    bindings.push(column.toBinding(value));
    return `${quoted(column.column)} = ${parameter(this.#from.reader.dialect, column.type)}`;
  }
}

function sumsOf(measures: readonly StoredColumn[], row: readonly RawValue[] | undefined): Sums {
  return new Map(
    measures.map((column, index): [string, Decimal] => {
      const raw = row?.[index] ?? null;
      return [column.name, raw === null ? Decimal.zero : (column.toValue(raw) as Decimal)];
    }),
  );
}

interface Source {
  readonly table: string;
  /** Kept by month: what is posted since is not in it yet. */
  readonly isMonthly: boolean;
}

/** The balance kept by month that is found by these dimensions; null when none is. */
function monthsOf({ monthly }: Ledger, at: Values): KeptBalance | null {
  if (Object.keys(at).length === 0 || Object.values(at).includes(null)) return null;
  return monthly.find((kept) => isLedBy(kept, Object.keys(at))) ?? null;
}

function isLedBy({ dimensions }: KeptBalance, wanted: readonly string[]): boolean {
  return wanted.every((name) => dimensions.slice(0, wanted.length).some((dimension) => dimension.name === name));
}

/** A balance that is found by these dimensions, of all time or else by month, or else the entries. */
function sourceOf(ledger: Ledger, at: Values): Source {
  const { current, entries } = ledger;
  const wanted = Object.keys(at);
  const none = { table: entries.table, isMonthly: false };
  if (wanted.length === 0 || Object.values(at).includes(null)) return none;
  const kept = current.find((each) => isLedBy(each, wanted));
  if (kept !== undefined) return { table: kept.table.name, isMonthly: false };
  const months = monthsOf(ledger, at);
  return months === null ? none : { table: months.table.name, isMonthly: true };
}

/**
 * Adds up what meets the conditions. Of monthly balances the entries that are still in the queue are part, so the cost
 * does not grow with the history; one statement sees both as they are at one moment.
 */
function sumText(
  dialect: Dialect,
  ledger: Ledger,
  at: Values,
  line: string | null,
  { sums, conditions }: { readonly sums: readonly string[]; readonly conditions: readonly string[] },
): string {
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const totals = sums.map((sum) => `SUM(${sum})`).join(', ');
  const source = line === null ? sourceOf(ledger, at) : { table: ledger.entries.table, isMonthly: false };
  if (!source.isMonthly) return `SELECT ${totals} FROM ${table(source.table)}${where}`;
  const columns = sums.join(', ');
  return (
    `SELECT ${totals} FROM (SELECT ${columns} FROM ${table(source.table)}${where} UNION ALL ` +
    `SELECT ${columns} FROM ${queuedEntries(dialect, ledger)}${where}) kept`
  );
}

/** Whole months from their balances, with what is queued for them, and the days of the last month from its entries. */
function untilText(
  dialect: Dialect,
  ledger: Ledger,
  months: KeptBalance | null,
  { sums, conditions }: { readonly sums: readonly string[]; readonly conditions: readonly string[] },
): string {
  const day = dialect === 'mysql' ? 'CAST(? AS DATE)' : '?';
  const date = quoted(ENTRY_COLUMNS.date);
  const totals = sums.map((sum) => `SUM(${sum})`).join(', ');
  const where = (...more: readonly string[]): string => [...conditions, ...more].join(' AND ');
  const entries = table(ledger.entries.table);
  if (months === null) return `SELECT ${totals} FROM ${entries} WHERE ${where(`${date} <= ${day}`)}`;
  const columns = sums.join(', ');
  return (
    `SELECT ${totals} FROM (SELECT ${columns} FROM ${table(months.table.name)} ` +
    `WHERE ${where(`${quoted(MONTH_COLUMN)} < ${day}`)} UNION ALL ` +
    `SELECT ${columns} FROM ${queuedEntries(dialect, ledger)} WHERE ${where(`${date} < ${day}`)} UNION ALL ` +
    `SELECT ${columns} FROM ${entries} WHERE ${where(`${date} >= ${day}`, `${date} <= ${day}`)}) kept`
  );
}

/** Entries that are not in the balances of their months yet. The queue comes first: it is short. */
function queuedEntries(dialect: Dialect, ledger: Ledger): string {
  const join = dialect === 'mysql' ? 'STRAIGHT_JOIN' : 'CROSS JOIN';
  return (
    `(SELECT voucher_id AS queued_id FROM ${table('rk_rollup_queue')}) queued ` +
    `${join} ${table(ledger.entries.table)} ON ${quoted(ENTRY_COLUMNS.voucher)} = queued_id`
  );
}

/**
 * The entries of a row, `entity:id`. Rows of different entities may have the same id: the document of the voucher and
 * the rule that made the entry tell whose it is.
 */
function rowCondition({ model, reader }: ReadFrom, ledger: Ledger, row: string, bindings: Binding[]): string {
  const colon = row.indexOf(':');
  const name = row.slice(0, colon);
  const owner = model.entities.get(name)?.owner?.entity.name ?? name;
  const rules = (model.postings.get(owner)?.rules ?? []).flatMap((rule, index) =>
    rule.ledger === ledger && rule.each?.target?.name === name ? [index] : [],
  );
  if (rules.length === 0) return '1 = 0';
  const id = parameter(reader.dialect, { kind: 'id' });
  bindings.push(row.slice(colon + 1), owner);
  return (
    `${quoted(ENTRY_COLUMNS.line)} = ${id} AND ${quoted(ENTRY_COLUMNS.rule)} IN (${rules.join(', ')}) ` +
    `AND ${quoted(ENTRY_COLUMNS.voucher)} IN (SELECT id FROM ${table('rk_voucher')} WHERE entity = ?)`
  );
}

function textOf(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value === null ? '' : String(value)}`)
    .join('\u0000');
}

function sumOf(sums: Sums | string | null, measure: string): Decimal {
  return sums instanceof Map ? ((sums as Sums).get(measure) ?? Decimal.zero) : Decimal.zero;
}
