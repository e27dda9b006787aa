import { Decimal } from '../../base/decimal.ts';
import type { Model } from '../../compiler/model.ts';
import type { Reader } from '../../storage/database.ts';
import { followersOf } from './cost-basis.ts';
import { costKeyOf, rowName, valueScaleOf } from './cost-key.ts';
import type { CostKey } from './cost-key.ts';
import { History, totalOf } from './history.ts';
import { shareOf, sumOf } from './share.ts';

/** What one entry of a row moved. */
interface RowMove {
  readonly entry: string;
  readonly key: string;
  readonly quantity: Decimal;
  readonly value: Decimal;
}

interface KnownRow {
  readonly moves: readonly RowMove[];
  /** Entries that took parts of the row back, in the order they were written. */
  readonly followers: { readonly entry: string | null; readonly quantity: Decimal }[];
}

/** The value an entry has by now; null when nothing is known beyond what is booked. */
export type ValueNow = (entry: string) => Decimal | null;

/**
 * What the goods of rows cost, for those that are taken back. Each part that comes back takes the difference between
 * the cost of all parts up to it and that of the parts before it: the last one takes the rest, and together they are
 * exactly what went.
 */
export class RowCosts {
  readonly #reader: Reader;
  readonly #model: Model;
  readonly #history: History;
  readonly #known = new Map<string, KnownRow>();

  constructor(reader: Reader, model: Model) {
    this.#reader = reader;
    this.#model = model;
    this.#history = new History(reader, model);
  }

  /** Reads what rows moved in a ledger, unless that is known. */
  async load(key: CostKey, rows: Iterable<string>): Promise<void> {
    const { ledger } = key;
    const unknown = [...new Set(rows)].filter((row) => !this.#known.has(textOf(ledger.name, row)));
    if (unknown.length === 0) return;
    const followers = await followersOf(this.#reader, ledger.name, unknown);
    const ids = followers.map(({ entry }) => entry);
    const steps = await this.#history.byIds(key, ids);
    const quantities = new Map(steps.map(({ id, quantity }) => [id, quantity]));
    for (const row of unknown) {
      this.#known.set(textOf(ledger.name, row), {
        moves: await this.#moves(key, row),
        followers: followers.flatMap(({ entry, row: of }) => {
          const quantity = quantities.get(entry);
          return of !== row || quantity === undefined ? [] : [{ entry, quantity }];
        }),
      });
    }
  }

  /**
   * What a quantity of a row is worth, positive: `entry` moved it, or is about to where it is null. Null when the row
   * moved nothing the other way.
   */
  costOf(key: CostKey, row: string, entry: string | null, quantity: Decimal, valueNow: ValueNow): Decimal | null {
    const known = this.#known.get(textOf(key.ledger.name, row));
    if (known === undefined) return null;
    const sign = quantity.sign();
    const moves = known.moves.filter((move) => move.quantity.sign() === -sign);
    const total = sumOf(moves.map((move) => move.quantity)).abs();
    if (total.isZero()) return null;
    const worth = sumOf(moves.map((move) => valueNow(move.entry) ?? move.value)).abs();
    let before = Decimal.zero;
    for (const follower of known.followers) {
      if (follower.entry !== null && follower.entry === entry) break;
      if (follower.quantity.sign() === sign) before = before.add(follower.quantity.abs());
    }
    const scale = valueScaleOf(key);
    const after = before.add(quantity.abs());
    return shareOf(worth, after, total, scale).subtract(shareOf(worth, before, total, scale));
  }

  /** Remembers a part that is about to be taken back. */
  follow(key: CostKey, row: string, quantity: Decimal): void {
    this.#known.get(textOf(key.ledger.name, row))?.followers.push({ entry: null, quantity });
  }

  /** How much came in with a row into a key. */
  receivedOf(key: CostKey, row: string): Decimal {
    const moves = this.#known.get(textOf(key.ledger.name, row))?.moves ?? [];
    return sumOf(
      moves.filter((move) => move.key === key.name && move.quantity.sign() > 0).map(({ quantity }) => quantity),
    );
  }

  async #moves(key: CostKey, row: string): Promise<readonly RowMove[]> {
    const colon = row.lastIndexOf(':');
    const lines = this.#model.entities.get(row.slice(0, colon));
    const document = lines?.owner?.entity.name;
    if (lines === undefined || document === undefined) return [];
    const rules = (this.#model.postings.get(document)?.rules ?? []).flatMap(({ ledger, each }, index) =>
      ledger === key.ledger && each?.target?.name === lines.name ? [index] : [],
    );
    const steps = await this.#history.ofLine(key, document, row.slice(colon + 1), rules);
    return steps.map(({ id, quantity, booked, at }) => ({
      entry: id,
      key: costKeyOf(key.ledger, key.valuation, at).name,
      quantity,
      value: totalOf(booked),
    }));
  }
}

/** The name of a row that an expression of a posting gives; null when it gives none. */
export function rowOfExpression(
  type: { readonly kind: string; readonly entity?: string },
  id: string | null,
): string | null {
  return id === null || type.kind !== 'record' || type.entity === undefined ? null : rowName(type.entity, id);
}

function textOf(ledger: string, row: string): string {
  return `${ledger} ${row}`;
}
