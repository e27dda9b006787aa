import type { Decimal } from '../base/decimal.ts';
import type { KeptBalance, Ledger, Pick } from '../compiler/ledger-model.ts';
import { LAST_DATE_COLUMN } from '../metamodel/naming.ts';
import type { Value } from '../metamodel/value-type.ts';
import { SizedStatement } from '../records/sized-statement.ts';
import type { StoredColumn } from '../records/stored-column.ts';
import type { Dialect, Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { columnsOf, keyBinding, keyValue } from './entry-columns.ts';
import { keyOf, keyText } from './entry.ts';
import type { Entry } from './entry.ts';

/** The balance of one key over all time. */
export interface Balance {
  readonly key: readonly Value[];
  readonly amounts: readonly Decimal[];
  /** Date of the latest entry. */
  readonly lastDate: string;
}

/** What entries add to one key. */
export interface Delta {
  readonly key: readonly Value[];
  readonly amounts: Decimal[];
  /** The earliest and the latest date among the entries. */
  from: string;
  to: string;
}

const KEYS_MAX = 64;

interface BalanceStatements {
  readonly columns: readonly StoredColumn[];
  readonly add: SizedStatement;
  readonly read: SizedStatement;
}

const statements: Readonly<Record<Dialect, WeakMap<KeptBalance, BalanceStatements>>> = {
  sqlite: new WeakMap(),
  mysql: new WeakMap(),
};

/** What the entries add to each key of a kept balance, in the order of the keys: everybody locks them in this order. */
export function deltasOf(ledger: Ledger, kept: KeptBalance, entries: readonly Entry[]): readonly Delta[] {
  const deltas = new Map<string, Delta>();
  for (const { at, amounts, date } of entries) {
    const key = keyOf(ledger, kept, at);
    const text = keyText(key);
    const delta = deltas.get(text);
    if (delta === undefined) deltas.set(text, { key, amounts: [...amounts], from: date, to: date });
    else {
      for (const [index, amount] of amounts.entries())
        delta.amounts[index] = (delta.amounts[index] as Decimal).add(amount);
      if (date < delta.from) delta.from = date;
      if (date > delta.to) delta.to = date;
    }
  }
  return [...deltas].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, delta]) => delta);
}

/** Adds to balances, and locks them until the commit. Keys that had no balance get one. */
export async function addToBalances(
  transaction: Transaction,
  ledger: Ledger,
  kept: KeptBalance,
  deltas: readonly Delta[],
): Promise<void> {
  const { columns, add } = statementsOf(ledger, kept, transaction.dialect);
  const { measures } = columnsOf(ledger, transaction.dialect);
  for (let start = 0; start < deltas.length; start += KEYS_MAX) {
    const portion = deltas.slice(start, start + KEYS_MAX);
    const bindings: Binding[] = [];
    for (const { key, amounts, to } of portion) {
      for (const [index, column] of columns.entries()) bindings.push(keyBinding(column, key[index] ?? null));
      for (const [index, column] of measures.entries()) bindings.push(column.toBinding(amounts[index] as Decimal));
      bindings.push(to);
    }
    await transaction.run(add.of(portion.length), bindings);
  }
}

/** Reads balances by their keys; a key without one is left out. Locked ones are read as they are in this transaction. */
export async function readBalances(
  transaction: Transaction,
  ledger: Ledger,
  kept: KeptBalance,
  keys: readonly (readonly Value[])[],
): Promise<ReadonlyMap<string, Balance>> {
  const { columns, read } = statementsOf(ledger, kept, transaction.dialect);
  const { measures } = columnsOf(ledger, transaction.dialect);
  const found = new Map<string, Balance>();
  const byBinding = new Map(keys.map((key) => [bindingText(columns, key), key]));
  for (let start = 0; start < keys.length; start += KEYS_MAX) {
    const portion = keys.slice(start, start + KEYS_MAX);
    const bindings = portion.flatMap((key) => columns.map((column, index) => keyBinding(column, key[index] ?? null)));
    for (const tuple of await transaction.tuples(read.of(portion.length), bindings)) {
      const text = tuple.slice(0, columns.length).map(String).join('\u0000').toLowerCase();
      const key = byBinding.get(text) ?? [];
      const amounts = measures.map((column, index) => column.toValue(tuple[columns.length + index] ?? null) as Decimal);
      found.set(keyText(key), { key, amounts, lastDate: String(tuple.at(-1)) });
    }
  }
  return found;
}

/**
 * The balances above zero that differ from a key in the dimension of a pick alone, those that leave it empty only where
 * the pick takes them. They are not locked: whoever reads them holds what they add up to.
 */
export async function balancesBeside(
  transaction: Transaction,
  ledger: Ledger,
  { balance: kept, dimension, measure, takesEmpty }: Pick,
  at: readonly Value[],
): Promise<readonly Balance[]> {
  const { dialect } = transaction;
  const { dimensions, measures } = columnsOf(ledger, dialect);
  const places = kept.dimensions.map((field) => ledger.dimensions.indexOf(field));
  const columns = places.map((place) => dimensions[place] as StoredColumn);
  const chosen = places.indexOf(dimension);
  const demanded = [...columns.keys()].filter((index) => index !== chosen || !takesEmpty);
  const conditions = demanded.map((index) => {
    const { column, type } = columns[index] as StoredColumn;
    return `${quoted(column)} ${index === chosen ? '<>' : '='} ${parameter(dialect, type)}`;
  });
  const bindings = demanded.map((index) =>
    keyBinding(columns[index] as StoredColumn, index === chosen ? null : (at[places[index] as number] ?? null)),
  );
  const all = [...columns, ...measures].map(({ column }) => quoted(column));
  const text =
    `SELECT ${[...all, quoted(LAST_DATE_COLUMN)].join(', ')} FROM ${table(kept.table.name)} ` +
    `WHERE ${conditions.join(' AND ')} AND ${quoted((measures[measure] as StoredColumn).column)} > 0`;
  return (await transaction.tuples(statement(text), bindings)).map((tuple) => ({
    key: columns.map((column, index) =>
      index === chosen ? keyValue(column, tuple[index] ?? null) : (at[places[index] as number] ?? null),
    ),
    amounts: measures.map((column, index) => column.toValue(tuple[columns.length + index] ?? null) as Decimal),
    lastDate: String(tuple.at(-1)),
  }));
}

/** A key as the database gives it back; text compares without regard to case. */
function bindingText(columns: readonly StoredColumn[], key: readonly Value[]): string {
  return columns
    .map((column, index) => String(keyBinding(column, key[index] ?? null)))
    .join('\u0000')
    .toLowerCase();
}

function statementsOf(ledger: Ledger, kept: KeptBalance, dialect: Dialect): BalanceStatements {
  let made = statements[dialect].get(kept);
  if (made === undefined) {
    made = makeStatements(ledger, kept, dialect);
    statements[dialect].set(kept, made);
  }
  return made;
}

function makeStatements(ledger: Ledger, kept: KeptBalance, dialect: Dialect): BalanceStatements {
  const { dimensions, measures } = columnsOf(ledger, dialect);
  const columns = kept.dimensions.map((field) => dimensions[ledger.dimensions.indexOf(field)] as StoredColumn);
  const name = table(kept.table.name);
  const keys = columns.map(({ column }) => quoted(column));
  const sums = measures.map(({ column }) => quoted(column));
  const last = quoted(LAST_DATE_COLUMN);
  const all = [...keys, ...sums, last].join(', ');
  const added = (column: string): string => (dialect === 'mysql' ? `VALUES(${column})` : `excluded.${column}`);
  const later = dialect === 'mysql' ? `GREATEST(${last}, VALUES(${last}))` : `max(${last}, excluded.${last})`;
  const update = [...sums.map((sum) => `${sum} = ${sum} + ${added(sum)}`), `${last} = ${later}`].join(', ');
  const conflict =
    dialect === 'mysql'
      ? `ON DUPLICATE KEY UPDATE ${update}`
      : `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${update}`;
  const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ');
  const row = `(${marks(keys.length + sums.length + 1)})`;
  const match = columns.map(({ column, type }) => `${quoted(column)} = ${parameter(dialect, type)}`).join(' AND ');
  return {
    columns,
    add: new SizedStatement(
      (count) =>
        `INSERT INTO ${name} (${all}) VALUES ${Array.from({ length: count }, () => row).join(', ')} ${conflict}`,
    ),
    read: new SizedStatement(
      (count) =>
        `SELECT ${all} FROM ${name} WHERE ${Array.from({ length: count }, () => `(${match})`).join(' OR ')}` +
        (dialect === 'mysql' ? ' FOR UPDATE' : ''),
    ),
  };
}
