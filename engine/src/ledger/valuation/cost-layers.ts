import { Decimal } from '../../base/decimal.ts';
import { placeholderRows, SizedStatement } from '../../records/sized-statement.ts';
import type { Reader, Transaction } from '../../storage/database.ts';
import { parameter } from '../../storage/dialect.ts';
import { quoted, statement, table } from '../../storage/statement.ts';
import type { Binding } from '../../storage/statement.ts';
import type { CostKey } from './cost-key.ts';
import type { Layer } from './cost-pool.ts';
import { sumOf } from './share.ts';

/** Layers of one statement. */
const PORTION = 64;
/** The layer of goods that no entry explains, older than all. */
const UNKNOWN_ENTRY = '0';
const UNKNOWN_DATE = '1000-01-01';

const LAYERS = table('rk_cost_layer');
const COLUMNS = ['ledger', 'cost_key', 'entry_id', 'row_name', 'date', 'quantity', 'value'].map(quoted).join(', ');
const OF_KEY = `${quoted('ledger')} = ? AND ${quoted('cost_key')} = ?`;

const DELETE_ALL = statement(`DELETE FROM ${LAYERS} WHERE ${OF_KEY}`);
const UPDATE = statement(
  `UPDATE ${LAYERS} SET ${quoted('quantity')} = ?, ${quoted('value')} = ? WHERE ${OF_KEY} AND ${quoted('date')} = ? AND entry_id = ?`,
);
const DELETE = statement(`DELETE FROM ${LAYERS} WHERE ${OF_KEY} AND ${quoted('date')} = ? AND entry_id = ?`);
const insert = new SizedStatement((count) => `INSERT INTO ${LAYERS} (${COLUMNS}) VALUES ${placeholderRows(count, 7)}`);

/** Layers as they were read, oldest first. */
export interface LoadedLayers {
  readonly layers: readonly Layer[];
  /** Whether there are no more. */
  readonly whole: boolean;
}

/**
 * The oldest layers of a key after `after`, until they hold `quantity`; all of them when it is null. The key's balance
 * is locked: its lock is the lock of the layers.
 */
export async function readLayers(
  reader: Reader,
  key: CostKey,
  quantity: Decimal | null,
  after: Layer | null = null,
): Promise<LoadedLayers> {
  const id = parameter(reader.dialect, { kind: 'id' });
  const date = quoted('date');
  const text =
    `SELECT entry_id, row_name, ${date}, ${quoted('quantity')}, ${quoted('value')} FROM ${LAYERS} WHERE ${OF_KEY} ` +
    `AND (${date} > ? OR (${date} = ? AND entry_id > ${id})) ORDER BY ${date}, entry_id LIMIT ${PORTION}`;
  const layers: Layer[] = [];
  let held = Decimal.zero;
  let last = after ?? { date: '0001-01-01', entry: '-1' };
  for (;;) {
    const tuples = await reader.tuples(statement(text), [key.ledger.name, key.name, last.date, last.date, last.entry]);
    for (const [entry, row, day, amount, value] of tuples) {
      const layer: Layer = {
        entry: String(entry),
        row: row === null || row === undefined ? null : String(row),
        date: String(day),
        quantity: numberOf(amount),
        value: numberOf(value),
      };
      layers.push(layer);
      last = layer;
      held = held.add(layer.quantity);
    }
    if (tuples.length < PORTION) return { layers, whole: true };
    if (quantity !== null && held.compare(quantity) >= 0) return { layers, whole: false };
  }
}

/** Writes what became of layers that were read. */
export async function saveLayers(
  transaction: Transaction,
  key: CostKey,
  before: readonly Layer[],
  after: readonly Layer[],
): Promise<void> {
  const known = new Map(before.map((layer) => [layer.entry, layer]));
  const kept = new Set(after.map(({ entry }) => entry));
  for (const { entry, date } of before) {
    if (!kept.has(entry)) await transaction.run(DELETE, [key.ledger.name, key.name, date, entry]);
  }
  const added: Layer[] = [];
  for (const layer of after) {
    const old = known.get(layer.entry);
    if (old === undefined) added.push(layer);
    else if (!old.quantity.equals(layer.quantity) || !old.value.equals(layer.value)) {
      const { quantity, value, date, entry } = layer;
      await transaction.run(UPDATE, [quantity.toString(), value.toString(), key.ledger.name, key.name, date, entry]);
    }
  }
  await insertLayers(transaction, key, added);
}

/** Puts these layers into the place of all that the key had. */
export async function replaceLayers(transaction: Transaction, key: CostKey, layers: readonly Layer[]): Promise<void> {
  await transaction.run(DELETE_ALL, [key.ledger.name, key.name]);
  await insertLayers(transaction, key, layers);
}

async function insertLayers(transaction: Transaction, key: CostKey, layers: readonly Layer[]): Promise<void> {
  for (let start = 0; start < layers.length; start += PORTION) {
    const portion = layers.slice(start, start + PORTION);
    const bindings: Binding[] = [];
    for (const { entry, row, date, quantity, value } of portion) {
      bindings.push(key.ledger.name, key.name, entry, row, date, quantity.toString(), value.toString());
    }
    await transaction.run(insert.of(portion.length), bindings);
  }
}

/**
 * Layers that hold exactly this quantity and value. They do already, except where the method was another one before, or
 * where a re-costing is still under way: then the oldest layer takes the difference.
 */
export function reconciled(layers: readonly Layer[], quantity: Decimal, value: Decimal): readonly Layer[] {
  if (quantity.sign() <= 0) return [];
  const made = layers.map((layer) => ({ ...layer }));
  let surplus = sumOf(made.map((layer) => layer.quantity)).subtract(quantity);
  if (surplus.sign() < 0) {
    const unknown = made.find(({ entry }) => entry === UNKNOWN_ENTRY);
    const missing = surplus.negate();
    if (unknown !== undefined) unknown.quantity = unknown.quantity.add(missing);
    else {
      made.unshift({ entry: UNKNOWN_ENTRY, row: null, date: UNKNOWN_DATE, quantity: missing, value: Decimal.zero });
    }
  }
  for (let oldest = made[0]; oldest !== undefined && surplus.sign() > 0; oldest = made[0]) {
    if (oldest.quantity.compare(surplus) > 0) {
      oldest.quantity = oldest.quantity.subtract(surplus);
      break;
    }
    surplus = surplus.subtract(oldest.quantity);
    made.shift();
  }
  const [oldest] = made;
  if (oldest !== undefined) oldest.value = oldest.value.add(value).subtract(sumOf(made.map((layer) => layer.value)));
  return made;
}

function numberOf(raw: unknown): Decimal {
  return Decimal.parse(String(raw)) ?? Decimal.zero;
}
