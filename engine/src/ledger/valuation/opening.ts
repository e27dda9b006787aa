import { Decimal } from '../../base/decimal.ts';
import type { Balance } from '../balances.ts';
import { reconciled } from './cost-layers.ts';
import { valueScaleOf } from './cost-key.ts';
import type { CostFacts, CostKey } from './cost-key.ts';
import { CostPool } from './cost-pool.ts';
import type { Layer } from './cost-pool.ts';
import { totalOf } from './history.ts';
import type { History, Position, Step } from './history.ts';

/** What was on hand of a key before a position in its history. */
export interface Opening {
  readonly position: Position;
  readonly pool: CostPool;
}

/** A key that is locked, with all that finding its costs needs. */
export interface LockedKey {
  readonly key: CostKey;
  readonly facts: CostFacts;
  readonly balance: Balance;
}

/**
 * What was on hand before a position. The balance of today less what came since gives quantity and value; the layers
 * are found by walking back over what came in. It reads as much of the key's history as makes up what was on hand.
 */
export async function openingAt(
  history: History,
  { key, facts, balance }: LockedKey,
  position: Position,
): Promise<Opening> {
  const { by, value: place } = key.valuation;
  const since = await history.sumFrom(key, position);
  const quantity = (balance.amounts[by] ?? Decimal.zero).subtract(since.quantity);
  const value = (balance.amounts[place] ?? Decimal.zero).subtract(since.value);
  const layers =
    facts.method === 'fifo' && quantity.sign() > 0 ? await layersAt(history, key, position, quantity, value) : [];
  const lastCost = facts.method === 'standard' ? null : await history.lastCost(key, position);
  const pool = new CostPool({ ...facts, scale: valueScaleOf(key), quantity, value, layers, lastCost });
  return { position, pool };
}

/**
 * Like `openingAt`, but never in the middle of a time when more had gone than was there: then it begins before the
 * entry that took too much, whose value is only found with what came in later.
 */
export async function openingWithStock(history: History, locked: LockedKey, position: Position): Promise<Opening> {
  const opening = await openingAt(history, locked, position);
  if (opening.pool.quantity.sign() >= 0) return opening;
  let { quantity } = opening.pool;
  for await (const page of history.before(locked.key, position)) {
    for (const step of page) {
      quantity = quantity.subtract(step.quantity);
      if (quantity.sign() >= 0) return openingAt(history, locked, { date: step.date, entry: step.id });
    }
  }
  return opening;
}

async function layersAt(
  history: History,
  key: CostKey,
  position: Position,
  quantity: Decimal,
  value: Decimal,
): Promise<readonly Layer[]> {
  const steps: Step[] = [];
  let open = quantity;
  let running = quantity;
  let isPlain = true;
  for await (const page of history.before(key, position)) {
    for (const step of page) {
      steps.push(step);
      // What leaves out of turn, or changes what is there, makes the latest entries say too little about what is left.
      if (step.quantity.sign() <= 0 && (step.basis?.kind === 'row' || step.quantity.isZero())) isPlain = false;
      if (step.quantity.sign() > 0) open = open.subtract(step.quantity);
      if (isPlain && open.sign() <= 0) return reconciled(latest(steps, quantity), quantity, value);
      running = running.subtract(step.quantity);
      if (running.isZero()) return reconciled(replayed(steps, key), quantity, value);
    }
  }
  return reconciled(replayed(steps, key), quantity, value);
}

/** The latest of what came in, up to a quantity: oldest first. The value of the oldest is left to be reconciled. */
function latest(steps: readonly Step[], quantity: Decimal): readonly Layer[] {
  const layers: Layer[] = [];
  let open = quantity;
  for (const step of steps) {
    if (step.quantity.sign() <= 0) continue;
    const left = step.quantity.compare(open) <= 0 ? step.quantity : open;
    layers.unshift({ entry: step.id, row: step.row, date: step.date, quantity: left, value: totalOf(step.booked) });
    open = open.subtract(left);
  }
  return layers;
}

/** The layers that entries leave behind which began with nothing on hand. Newest first. */
function replayed(steps: readonly Step[], key: CostKey): readonly Layer[] {
  const zero = Decimal.zero;
  const scale = valueScaleOf(key);
  const pool = new CostPool({
    method: 'fifo',
    scale,
    quantity: zero,
    value: zero,
    layers: [],
    standard: null,
    lastCost: null,
  });
  for (const step of [...steps].reverse()) {
    const { id: entry, row, date, quantity, basis } = step;
    const value = totalOf(step.booked);
    if (quantity.sign() > 0) pool.receive({ entry, row, date, quantity, value });
    else if (quantity.sign() < 0) {
      const from = basis?.kind === 'row' ? basis.row : null;
      pool.issue({ entry, quantity: quantity.negate(), value: null, row: from });
    } else if (basis?.kind === 'adjust' && basis.row !== null) pool.absorb(basis.row, value);
    else pool.revalue(value);
  }
  return pool.layers;
}
