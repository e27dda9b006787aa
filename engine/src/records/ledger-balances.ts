import { Decimal } from '../base/decimal.ts';
import type { BalanceField, Entity, Field } from '../compiler/model.ts';
import type { Json } from '../metamodel/field-type.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { parameter } from '../storage/dialect.ts';
import { evaluatorOf } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { PORTION_MAX } from './sized-statement.ts';
import { storedColumn } from './stored-column.ts';
import type { StoredColumn } from './stored-column.ts';
import { jsonOfValue } from './stored-entity.ts';
import type { JsonRecord } from './stored-entity.ts';

/** Fills in a field that shows a balance of a ledger: one query for up to a page of records. */
export async function attachBalance(
  from: ReadFrom,
  entity: Entity,
  field: Field,
  records: readonly JsonRecord[],
): Promise<void> {
  const balance = field.balance as BalanceField;
  const { dialect } = from.reader;
  const columns = balance.at.map(({ dimension }) => storedColumn(dimension, dialect) as StoredColumn);
  const measures = balance.measures.map((measure) => storedColumn(measure, dialect) as StoredColumn);
  const sums = measures.map(({ column }) => `SUM(${quoted(column)})`);
  const match = columns.map(({ column, type }) => `${quoted(column)} = ${parameter(dialect, type)}`).join(' AND ');
  const names = columns.map(({ column }) => quoted(column)).join(', ');

  for (let start = 0; start < records.length; start += PORTION_MAX) {
    const portion = records.slice(start, start + PORTION_MAX);
    const keys = new Map<string, JsonRecord[]>();
    const bindings: Binding[] = [];
    let count = 0;
    for (const record of portion) {
      record[field.name] = emptyBalance(from, field);
      const key = keyOf(balance, entity, record);
      if (key === null) continue;
      const text = key.join('\u0000');
      const sharing = keys.get(text);
      if (sharing !== undefined) {
        sharing.push(record);
        continue;
      }
      keys.set(text, [record]);
      bindings.push(...key);
      count += 1;
    }
    if (count === 0) continue;
    const where = Array.from({ length: count }, () => `(${match})`).join(' OR ');
    const text = `SELECT ${names}, ${sums.join(', ')} FROM ${table(balance.table)} WHERE ${where} GROUP BY ${names}`;
    for (const tuple of await from.reader.tuples(statement(text), bindings)) {
      const self: Record<string, Decimal> = {};
      for (const [index, measure] of measures.entries()) {
        self[measure.name] = (measure.toValue(tuple[columns.length + index] ?? null) ?? Decimal.zero) as Decimal;
      }
      const key = tuple.slice(0, columns.length).map(String).join('\u0000');
      for (const record of keys.get(key) ?? []) record[field.name] = valueOf(from, field, self);
    }
  }
}

/** What the field shows while no entry counts. */
export function emptyBalance(from: ReadFrom, field: Field): Json {
  const { measures } = field.balance as BalanceField;
  return valueOf(from, field, Object.fromEntries(measures.map(({ name }) => [name, Decimal.zero])));
}

function valueOf({ globals, today, now }: ReadFrom, field: Field, self: Readonly<Record<string, Decimal>>): Json {
  const { value } = field.balance as BalanceField;
  const result = evaluatorOf(value)({ self, linked: () => null, globals, today, now });
  return jsonOfValue(field, result instanceof Decimal ? result.rescale(field.scale) : result);
}

/** The values that the dimensions must equal; null when the record has none of them. */
function keyOf({ at }: BalanceField, entity: Entity, record: JsonRecord): readonly string[] | null {
  const key: string[] = [];
  for (const { dimension, field } of at) {
    if (field === null) key.push(dimension.type === 'dynamic-link' ? `${entity.name}:${record.id}` : record.id);
    else {
      const value = record[field.name];
      if (value === null || value === undefined) return null;
      key.push(textOf(value));
    }
  }
  return key;
}

function textOf(value: NonNullable<JsonRecord[string]>): string {
  if (typeof value !== 'object') return String(value);
  const { entity, id } = value as unknown as { readonly entity: string; readonly id: string };
  return `${entity}:${id}`;
}
