import type { Ledger } from '../compiler/ledger-model.ts';
import type { Field } from '../compiler/model.ts';
import type { Value } from '../metamodel/value-type.ts';
import { storedColumn } from '../records/stored-column.ts';
import type { StoredColumn } from '../records/stored-column.ts';
import type { Dialect } from '../storage/database.ts';
import type { Binding, RawValue } from '../storage/statement.ts';

/** The columns of a ledger as one kind of database keeps them. */
export interface LedgerColumns {
  readonly dimensions: readonly StoredColumn[];
  readonly measures: readonly StoredColumn[];
}

const known: Readonly<Record<Dialect, WeakMap<Ledger, LedgerColumns>>> = {
  sqlite: new WeakMap(),
  mysql: new WeakMap(),
};

export function columnsOf(ledger: Ledger, dialect: Dialect): LedgerColumns {
  let columns = known[dialect].get(ledger);
  if (columns === undefined) {
    const stored = (fields: readonly Field[]): readonly StoredColumn[] =>
      fields.map((field) => storedColumn(field, dialect) as StoredColumn);
    columns = { dimensions: stored(ledger.dimensions), measures: stored(ledger.measures) };
    known[dialect].set(ledger, columns);
  }
  return columns;
}

/** A dimension of a balance: an empty one is bound as 0 or the empty text, since keys hold no null. */
export function keyBinding(column: StoredColumn, value: Value): Binding {
  if (value !== null) return column.toBinding(value);
  return emptyKeyOf(column);
}

/** A dimension of a balance as the database gives it back. */
export function keyValue(column: StoredColumn, raw: RawValue): Value {
  return String(raw) === emptyKeyOf(column) ? null : column.toValue(raw);
}

/** What stands for an empty dimension in a balance. */
export function emptyKeyOf({ type }: StoredColumn): string {
  if (type.kind === 'id' || type.kind === 'integer') return '0';
  return type.kind === 'date' ? '1000-01-01' : '';
}

/** The same as SQL text. */
export function emptyKeyText(column: StoredColumn): string {
  const empty = emptyKeyOf(column);
  return empty === '0' ? empty : `'${empty}'`;
}
