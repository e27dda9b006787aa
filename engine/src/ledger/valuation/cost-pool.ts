import { Decimal } from '../../base/decimal.ts';
import { shareOf, smaller, sumOf } from './share.ts';

export type CostMethod = 'fifo' | 'average' | 'standard';

/** What is left of one incoming entry. */
export interface Layer {
  /** Id of the entry. */
  readonly entry: string;
  /** Name of the row it came in with; see `rowName`. */
  readonly row: string | null;
  readonly date: string;
  quantity: Decimal;
  value: Decimal;
}

/** What an entry took beyond what was on hand, at the cost it was guessed to have. Amounts are positive. */
interface Owed {
  /** Null for what was owed before the pool was opened. */
  readonly entry: string | null;
  quantity: Decimal;
  value: Decimal;
}

/** A quantity and what it is worth: a cost per unit without its rounding. */
export interface UnitCost {
  readonly quantity: Decimal;
  readonly value: Decimal;
}

/** Goods came in for what an earlier entry took before they were there: its value changes by this on that date. */
export interface Settlement {
  readonly entry: string;
  readonly date: string;
  /** Signed, as the measure keeps it. */
  readonly value: Decimal;
}

export interface PoolStart {
  readonly method: CostMethod;
  /** Fraction digits of values. */
  readonly scale: number;
  readonly quantity: Decimal;
  readonly value: Decimal;
  /** Oldest first; only for `fifo`. */
  readonly layers: readonly Layer[];
  /** What a unit costs by decree; null when there is no such cost. */
  readonly standard: Decimal | null;
  /** What came in last. */
  readonly lastCost: UnitCost | null;
}

export interface Incoming {
  readonly entry: string;
  readonly row: string | null;
  readonly date: string;
  readonly quantity: Decimal;
  readonly value: Decimal;
}

export interface Outgoing {
  readonly entry: string;
  /** Positive. */
  readonly quantity: Decimal;
  /** The cost that it has whatever the method says: of the row that is taken back, or by decree. */
  readonly value: Decimal | null;
  /** Row whose own goods leave first. */
  readonly row: string | null;
}

/**
 * What is on hand of one key, and what it is worth. Entries pass through in the order of their dates; each learns its
 * value. Nothing is rounded away: the values given out and what stays always add up, and nothing on hand is worth
 * nothing.
 */
export class CostPool {
  readonly method: CostMethod;
  readonly layers: Layer[];
  readonly settlements: Settlement[] = [];
  readonly #scale: number;
  readonly #standard: Decimal | null;
  /** What came in last, where it is known. */
  lastCost: UnitCost | null;
  #quantity: Decimal;
  #value: Decimal;
  readonly #owed: Owed[];

  constructor({ method, scale, quantity, value, layers, standard, lastCost }: PoolStart) {
    this.method = method;
    this.#scale = scale;
    this.#standard = standard;
    this.#quantity = quantity;
    this.#value = value;
    this.lastCost = lastCost;
    this.layers = layers.map((layer) => ({ ...layer }));
    const owes = quantity.sign() < 0 && method !== 'standard';
    this.#owed = owes ? [{ entry: null, quantity: quantity.negate(), value: value.negate() }] : [];
  }

  get quantity(): Decimal {
    return this.#quantity;
  }

  get value(): Decimal {
    return this.#value;
  }

  /** Whether goods that an entry took have not come in by now. */
  owes(entry: string): boolean {
    return this.#owed.some((owed) => owed.entry === entry);
  }

  /** Takes goods in; answers what they are worth, which is what was given but for the very last cent of a decree. */
  receive({ entry, row, date, quantity, value }: Incoming): Decimal {
    if (this.method === 'standard') {
      this.#quantity = this.#quantity.add(quantity);
      const worth = this.#quantity.isZero() ? this.#value.negate() : value;
      this.#value = this.#value.add(worth);
      return worth;
    }
    let left = quantity;
    let leftValue = value;
    for (let owed = this.#owed[0]; owed !== undefined && left.sign() > 0; owed = this.#owed[0]) {
      const covered = smaller(left, owed.quantity);
      const cost = shareOf(leftValue, covered, left, this.#scale);
      const guessed = shareOf(owed.value, covered, owed.quantity, this.#scale);
      const change = guessed.subtract(cost);
      if (owed.entry !== null && !change.isZero()) {
        this.settlements.push({ entry: owed.entry, date, value: change });
      }
      this.#value = this.#value.add(change);
      left = left.subtract(covered);
      leftValue = leftValue.subtract(cost);
      owed.quantity = owed.quantity.subtract(covered);
      owed.value = owed.value.subtract(guessed);
      if (owed.quantity.isZero()) this.#owed.shift();
    }
    if (left.sign() > 0 && this.method === 'fifo') {
      this.layers.push({ entry, row, date, quantity: left, value: leftValue });
    }
    this.#quantity = this.#quantity.add(quantity);
    this.#value = this.#value.add(value);
    this.lastCost = { quantity, value };
    return value;
  }

  /** Gives goods out; answers what they are worth, positive. What is not on hand leaves at the last known cost. */
  issue({ entry, quantity, value: given, row }: Outgoing): Decimal {
    if (this.method === 'standard') {
      this.#quantity = this.#quantity.subtract(quantity);
      const worth = this.#quantity.isZero() ? this.#value : (given ?? Decimal.zero);
      this.#value = this.#value.subtract(worth);
      return worth;
    }
    const there = this.#quantity.sign() > 0 ? smaller(quantity, this.#quantity) : Decimal.zero;
    const missing = quantity.subtract(there);
    const givenThere = given === null ? null : shareOf(given, there, quantity, this.#scale);
    let worth = there.sign() > 0 ? this.#take(there, givenThere, row) : Decimal.zero;
    if (missing.sign() > 0) {
      const guessed = given === null || givenThere === null ? this.#lastKnown(missing) : given.subtract(givenThere);
      this.#owed.push({ entry, quantity: missing, value: guessed });
      worth = worth.add(guessed);
    }
    this.#quantity = this.#quantity.subtract(quantity);
    this.#value = this.#value.subtract(worth);
    return worth;
  }

  /** Changes the worth of what is on hand; answers by how much, which is nothing when nothing is there. */
  revalue(value: Decimal): Decimal {
    if (this.#quantity.sign() <= 0) return Decimal.zero;
    if (this.method === 'fifo') spread(this.layers, value, this.#scale);
    this.#value = this.#value.add(value);
    return value;
  }

  /**
   * Changes the worth of what came in with a row, `received` in all: the part that is still here takes its share, and
   * that share is the answer. A cost by decree takes none.
   */
  adjust(row: string, received: Decimal, value: Decimal): Decimal {
    if (this.method === 'standard' || received.sign() <= 0 || this.#quantity.sign() <= 0) return Decimal.zero;
    const own = this.method === 'fifo' ? this.layers.filter((layer) => layer.row === row) : [];
    const here = this.method === 'fifo' ? sumOf(own.map(({ quantity }) => quantity)) : this.#quantity;
    const absorbed = shareOf(value, smaller(here, received), received, this.#scale);
    spread(own, absorbed, this.#scale);
    this.#value = this.#value.add(absorbed);
    return absorbed;
  }

  /** Adds to the worth of what is left of a row, as it was booked. */
  absorb(row: string, value: Decimal): void {
    const own = this.layers.filter((layer) => layer.row === row);
    spread(own.length === 0 ? this.layers : own, value, this.#scale);
    this.#value = this.#value.add(value);
  }

  /** What a quantity costs that comes without a price: as what is on hand, by decree, or as last time. */
  costOf(quantity: Decimal): Decimal {
    if (this.#quantity.sign() > 0) return shareOf(this.#value, quantity, this.#quantity, this.#scale);
    return this.#lastKnown(quantity);
  }

  #lastKnown(quantity: Decimal): Decimal {
    if (this.#standard !== null && !this.#standard.isZero())
      return this.#standard.multiply(quantity).round(this.#scale);
    if (this.lastCost === null) return Decimal.zero;
    return shareOf(this.lastCost.value, quantity, this.lastCost.quantity, this.#scale);
  }

  /** Takes what is there: for `fifo` first of the row that is meant, then the oldest. */
  #take(quantity: Decimal, given: Decimal | null, row: string | null): Decimal {
    if (this.method === 'average') {
      if (quantity.equals(this.#quantity)) return this.#value;
      if (given === null) return shareOf(this.#value, quantity, this.#quantity, this.#scale);
      // What stays is never worth less than nothing.
      return smaller(given, this.#value);
    }
    const own = row === null ? [] : this.layers.filter((layer) => layer.row === row);
    let left = quantity;
    let worth = Decimal.zero;
    for (const layer of [...own, ...this.layers]) {
      const taken = smaller(left, layer.quantity);
      if (taken.sign() <= 0) continue;
      const value = shareOf(layer.value, taken, layer.quantity, this.#scale);
      layer.quantity = layer.quantity.subtract(taken);
      layer.value = layer.value.subtract(value);
      left = left.subtract(taken);
      worth = worth.add(value);
      if (left.isZero()) break;
    }
    const kept = this.layers.filter((layer) => !layer.quantity.isZero());
    this.layers.splice(0, this.layers.length, ...kept);
    return worth;
  }
}

/** Spreads a value over layers by their quantities; the last one takes the rest. */
function spread(layers: readonly Layer[], value: Decimal, scale: number): void {
  let quantity = sumOf(layers.map((layer) => layer.quantity));
  let left = value;
  for (const layer of layers) {
    const share = shareOf(left, layer.quantity, quantity, scale);
    layer.value = layer.value.add(share);
    left = left.subtract(share);
    quantity = quantity.subtract(layer.quantity);
  }
}
