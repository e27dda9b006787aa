import { share, smaller, sumOf } from './numbers.ts';

/** Account and money; debit is positive. */
export type Amount = readonly [account: string, money: bigint];

/** What decides the value of a movement. */
type Worth =
  /** The price it came in with. */
  | { readonly kind: 'given'; readonly value: bigint }
  /** What the method of the item says. */
  | { readonly kind: 'method' }
  /** A part of another movement that goes back at the cost it had. */
  | { readonly kind: 'part-of'; readonly source: Move }
  /** The other end of a transfer. */
  | { readonly kind: 'moved'; readonly source: Move }
  /** Freight and the like on goods that came in with another movement. */
  | Invoiced
  | { readonly kind: 'on-top-of'; readonly source: Move; readonly amount: bigint };

/** What a delivery cost, when its goods are invoiced: it moves nothing, the cost alone changes its account. */
interface Invoiced {
  readonly kind: 'invoiced';
  readonly source: Move;
}

export interface Move {
  readonly day: string;
  readonly item: string;
  readonly warehouse: string;
  /** Signed, in ten-thousandths. */
  readonly quantity: bigint;
  readonly worth: Worth;
  /** What stands against the stock account; `rest` is what no goods on hand could take, or the cost that is invoiced. */
  readonly against: (value: bigint, rest: bigint) => readonly Amount[];
}

export type Method = 'average' | 'fifo';

interface Layer {
  readonly of: Move;
  quantity: bigint;
  value: bigint;
}

interface Pool {
  quantity: bigint;
  value: bigint;
  layers: Layer[];
}

export interface Held {
  readonly quantity: bigint;
  readonly value: bigint;
}

/** What stock is worth: every movement replayed from the first day, in the order of the days. */
export class StockModel {
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #moves: Move[] = [];

  constructor(methods: ReadonlyMap<string, Method>) {
    this.#methods = methods;
  }

  add(move: Move): Move {
    this.#moves.push(move);
    return move;
  }

  /** A cancelled document is as if it had never been. */
  remove(moves: Iterable<Move>): void {
    for (const move of moves) this.#moves.splice(this.#moves.indexOf(move), 1);
  }

  /** The least there is from a day on: what may leave on that day. */
  free(item: string, warehouse: string, day: string): bigint {
    const own = this.#sorted().filter((move) => move.item === item && move.warehouse === warehouse);
    let now = 0n;
    let least: bigint | null = null;
    for (const move of own) {
      if (move.day > day) least ??= now;
      now += move.quantity;
      if (least !== null) least = smaller(least, now);
    }
    return smaller(least ?? now, now);
  }

  #sorted(): readonly Move[] {
    return this.#moves
      .map((move, order) => ({ move, order }))
      .sort((one, other) => one.move.day.localeCompare(other.move.day) || one.order - other.order)
      .map(({ move }) => move);
  }

  /** From the first day to the end of another one. */
  replay(
    stockAccount: string,
    last: string,
  ): {
    readonly held: ReadonlyMap<string, Held>;
    readonly booked: readonly { readonly day: string; readonly amounts: readonly Amount[] }[];
  } {
    const pools = new Map<string, Pool>();
    const values = new Map<Move, bigint>();
    const goneBack = new Map<Move, bigint>();
    const backValue = new Map<Move, bigint>();
    const booked: { day: string; amounts: readonly Amount[] }[] = [];
    for (const move of this.#sorted()) {
      if (move.day > last) break;
      const key = `${move.item} ${move.warehouse}`;
      const pool = pools.get(key) ?? { quantity: 0n, value: 0n, layers: [] };
      pools.set(key, pool);
      const value = this.#value(move, pool, values, goneBack);
      values.set(move, value);
      pool.quantity += move.quantity;
      pool.value += value;
      const rest = restOf(move, value, values, backValue);
      if (move.worth.kind === 'part-of') {
        backValue.set(move.worth.source, (backValue.get(move.worth.source) ?? 0n) + value);
      }
      booked.push({ day: move.day, amounts: [[stockAccount, value], ...move.against(value, rest)] });
    }
    return { held: pools, booked };
  }

  /** Signed value of a movement; keeps the layers of the pool. */
  #value(move: Move, pool: Pool, values: ReadonlyMap<Move, bigint>, goneBack: Map<Move, bigint>): bigint {
    const { worth, quantity } = move;
    const method = this.#methods.get(move.item);
    if (method === undefined) throw new Error(`No method of ${move.item}.`);
    if (worth.kind === 'invoiced') return 0n;
    if (worth.kind === 'on-top-of') return onTop(pool, worth.source, worth.amount, method);
    const given = givenValue(move, values, goneBack);
    if (quantity > 0n) {
      if (given === null) throw new Error('What comes in has a value.');
      if (method === 'fifo') pool.layers.push({ of: move, quantity, value: given });
      return given;
    }
    if (method === 'fifo') return -takeLayers(pool, -quantity, worth.kind === 'part-of' ? worth.source : null);
    if (-quantity === pool.quantity) return -pool.value;
    return -(given === null ? share(pool.value, -quantity, pool.quantity) : smaller(given, pool.value));
  }
}

function restOf(
  { worth }: Move,
  value: bigint,
  values: ReadonlyMap<Move, bigint>,
  backValue: ReadonlyMap<Move, bigint>,
): bigint {
  if (worth.kind === 'on-top-of') return worth.amount - value;
  if (worth.kind !== 'invoiced') return 0n;
  // What left is negative; what came back before the invoice is not charged.
  return -(values.get(worth.source) ?? 0n) - (backValue.get(worth.source) ?? 0n);
}

/** Without its sign; null where the method decides. */
function givenValue(move: Move, values: ReadonlyMap<Move, bigint>, goneBack: Map<Move, bigint>): bigint | null {
  const { worth } = move;
  if (worth.kind === 'given') return worth.value;
  if (worth.kind !== 'moved' && worth.kind !== 'part-of') return null;
  const value = values.get(worth.source);
  if (value === undefined) throw new Error('What goes back was there before.');
  const whole = value < 0n ? -value : value;
  if (worth.kind === 'moved') return whole;
  // Parts take the difference of what all parts up to them cost, so that together they are exactly the whole.
  const before = goneBack.get(worth.source) ?? 0n;
  const after = before + (move.quantity < 0n ? -move.quantity : move.quantity);
  goneBack.set(worth.source, after);
  const total = worth.source.quantity < 0n ? -worth.source.quantity : worth.source.quantity;
  return share(whole, after, total) - share(whole, before, total);
}

function takeLayers(pool: Pool, quantity: bigint, first: Move | null): bigint {
  let left = quantity;
  let value = 0n;
  for (const layer of [...pool.layers.filter(({ of }) => of === first), ...pool.layers]) {
    const taken = smaller(left, layer.quantity);
    if (taken === 0n) continue;
    const part = share(layer.value, taken, layer.quantity);
    layer.quantity -= taken;
    layer.value -= part;
    left -= taken;
    value += part;
  }
  if (left > 0n) throw new Error('More leaves than there is.');
  pool.layers = pool.layers.filter((layer) => layer.quantity > 0n);
  return value;
}

/** What is left of the goods takes its share. */
function onTop(pool: Pool, source: Move, amount: bigint, method: Method): bigint {
  const own = method === 'fifo' ? pool.layers.filter(({ of }) => of === source) : [];
  const here = method === 'fifo' ? sumOf(own.map(({ quantity }) => quantity)) : pool.quantity;
  const absorbed = share(amount, smaller(here, source.quantity), source.quantity);
  // One receipt line is at most one layer.
  for (const layer of own) layer.value += absorbed;
  return absorbed;
}
