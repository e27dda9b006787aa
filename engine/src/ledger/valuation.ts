import { Decimal } from '../base/decimal.ts';
import type { Ledger, PostingRule, Valuation } from '../compiler/ledger-model.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import type { Entry } from './entry.ts';
import type { Draft } from './evaluate.ts';
import { recostAfter } from './recost.ts';
import type { Touched } from './recost.ts';
import { insertBases } from './valuation/cost-basis.ts';
import type { Basis, EntryBasis } from './valuation/cost-basis.ts';
import { costKeyOf, factsOf, lockKeys, rowOfEntry, valueScaleOf } from './valuation/cost-key.ts';
import type { CostKey } from './valuation/cost-key.ts';
import { readLayers, reconciled, saveLayers } from './valuation/cost-layers.ts';
import { CostPool } from './valuation/cost-pool.ts';
import type { Layer } from './valuation/cost-pool.ts';
import { endOf, History } from './valuation/history.ts';
import { openingAt } from './valuation/opening.ts';
import type { LockedKey } from './valuation/opening.ts';
import { RowCosts, rowOfExpression } from './valuation/row-costs.ts';
import { sumOf } from './valuation/share.ts';

/** A key that a posting moves. */
interface OpenKey extends LockedKey {
  readonly pool: CostPool;
  /** Layers as they stand in the database, as far as they were read; null where they are built anew afterwards. */
  stored: Layer[] | null;
  whole: boolean;
  /** Entries of the posting from which on costs must be found anew. */
  readonly recostFrom: Entry[];
}

/**
 * The costs of one posting. Make one for each document that posts; call `value` for each rule of a valued ledger in
 * the order of the rules, write the voucher, then call `settle` with the ids that its entries got. All within the
 * transaction of `unit`.
 */
export class Costing {
  readonly #unit: WriteUnit;
  readonly #actor: Actor;
  readonly #entity: string;
  readonly #history: History;
  readonly #rowCosts: RowCosts;
  readonly #keys = new Map<string, OpenKey>();
  readonly #bases: (Basis & { readonly of: Entry })[] = [];
  /** Entries by the name they have in layers until they get an id. */
  readonly #named = new Map<string, Entry>();

  /** @param entity name of the entity whose document posts */
  constructor(unit: WriteUnit, entity: string, actor: Actor) {
    this.#unit = unit;
    this.#actor = actor;
    this.#entity = entity;
    this.#history = new History(unit.transaction, unit.from.model);
    this.#rowCosts = new RowCosts(unit.transaction, unit.from.model);
  }

  /**
   * Locks the keys of entries, in the order of the ledgers' names and of the keys. `value` does it rule by rule; a
   * posting that knows all of its entries beforehand locks them here at once, and then never deadlocks with another.
   */
  async lock(entries: readonly Entry[]): Promise<void> {
    const byLedger = new Map<Ledger, Entry[]>();
    for (const entry of entries) {
      if (entry.ledger.valuation === null) continue;
      byLedger.set(entry.ledger, [...(byLedger.get(entry.ledger) ?? []), entry]);
    }
    const ordered = [...byLedger].sort(([one], [other]) => (one.name < other.name ? -1 : 1));
    for (const [ledger, own] of ordered) await this.#open(ledger, ledger.valuation as Valuation, own);
  }

  /**
   * Gives the entries of a rule their values: what leaves by the method of its key, what comes in its own, the standard
   * cost, or the cost of the row it takes back. Of an adjustment what is still on hand takes its share; the rest is
   * answered, by entry, for whoever bears the cost of goods that are gone.
   */
  async value(rule: PostingRule, drafts: readonly Draft[]): Promise<ReadonlyMap<Entry, Decimal>> {
    const consumed = new Map<Entry, Decimal>();
    const { ledger } = rule;
    const { valuation } = ledger;
    if (valuation === null || drafts.length === 0) return consumed;
    const entries = drafts.map(({ entry }) => entry);
    await this.#open(ledger, valuation, entries);
    await this.#prepare(rule, valuation, drafts);
    for (const draft of drafts) {
      const { entry, costOf } = draft;
      const open = this.#keyOf(ledger, valuation, entry);
      const row = rule.row === null ? null : rowOfExpression(rule.row.type, costOf);
      if (row !== null) await this.#rowCosts.load(open.key, [row]);
      if (rule.kind === 'adjust') {
        consumed.set(entry, this.#adjust(open, entry, row));
      } else {
        this.#move(open, entry, row, (rule.amounts[valuation.value] ?? null) !== null);
      }
    }
    return consumed;
  }

  /**
   * After the voucher was written: keeps the layers, and finds anew the costs of what these entries come before. An
   * entry without an id was left out because it moves nothing.
   */
  async settle(ids: ReadonlyMap<Entry, string>): Promise<void> {
    const { transaction } = this.#unit;
    const bases = new Map<string, EntryBasis[]>();
    for (const { of, ...basis } of this.#bases) {
      const entry = ids.get(of);
      if (entry === undefined) continue;
      const own = bases.get(of.ledger.name) ?? [];
      bases.set(of.ledger.name, own);
      own.push({ ...basis, entry });
    }
    for (const [ledger, own] of bases) await insertBases(transaction, ledger, own);

    const touched: Touched[] = [];
    for (const { key, pool, stored, recostFrom } of this.#keys.values()) {
      const first = recostFrom.find((entry) => ids.has(entry));
      if (first !== undefined) {
        touched.push({ key, from: { date: first.date, entry: ids.get(first) as string } });
      } else if (stored !== null) {
        const layers = pool.layers.map((layer) => {
          const entry = this.#named.get(layer.entry);
          return entry === undefined ? layer : { ...layer, entry: ids.get(entry) ?? layer.entry };
        });
        await saveLayers(transaction, key, stored, layers);
      }
    }
    await recostAfter(this.#unit, touched, this.#actor);
  }

  #keyOf(ledger: Ledger, valuation: Valuation, { at }: Entry): OpenKey {
    return this.#keys.get(textOf(costKeyOf(ledger, valuation, at))) as OpenKey;
  }

  /** Locks the keys of entries that are not locked yet, and sees what is on hand. */
  async #open(ledger: Ledger, valuation: Valuation, entries: readonly Entry[]): Promise<void> {
    const dates = new Map<string, string>();
    const keys = new Map<string, CostKey>();
    for (const { at, date } of entries) {
      const key = costKeyOf(ledger, valuation, at);
      if (this.#keys.has(textOf(key))) continue;
      keys.set(key.name, key);
      dates.set(key.name, date);
    }
    if (keys.size === 0) return;
    const wanted = [...keys.values()];
    const balances = await lockKeys(this.#unit.transaction, wanted);
    const facts = await factsOf(this.#unit.from, wanted);
    for (const [name, balance] of balances) {
      const key = keys.get(name) as CostKey;
      const own = facts.get(name);
      if (own === undefined) continue;
      const locked = { key, facts: own, balance };
      const date = dates.get(name) as string;
      const isLate = date < balance.lastDate;
      const pool = isLate
        ? (await openingAt(this.#history, locked, endOf(date))).pool
        : new CostPool({
            ...own,
            scale: valueScaleOf(key),
            quantity: balance.amounts[valuation.by] ?? Decimal.zero,
            value: balance.amounts[valuation.value] ?? Decimal.zero,
            layers: [],
            lastCost: null,
          });
      const stored = isLate || own.method !== 'fifo' ? null : [];
      this.#keys.set(textOf(key), { ...locked, pool, stored, whole: false, recostFrom: [] });
    }
  }

  /** Reads the layers and costs that these entries will ask for. */
  async #prepare(rule: PostingRule, valuation: Valuation, drafts: readonly Draft[]): Promise<void> {
    const { ledger } = rule;
    const isPriced = (rule.amounts[valuation.value] ?? null) !== null;
    const leaving = new Map<OpenKey, Decimal>();
    const unpriced = new Set<OpenKey>();
    for (const { entry, costOf } of drafts) {
      const quantity = entry.amounts[valuation.by] ?? Decimal.zero;
      const open = this.#keyOf(ledger, valuation, entry);
      if (quantity.sign() > 0 && !isPriced) unpriced.add(open);
      const leaves = quantity.sign() < 0 ? quantity.negate() : Decimal.zero;
      // Layers that change out of turn may be any of them.
      const mayTakeAny = quantity.isZero() || (leaves.sign() > 0 && costOf !== null);
      const takes = mayTakeAny && open.pool.quantity.compare(leaves) > 0 ? open.pool.quantity : leaves;
      leaving.set(open, (leaving.get(open) ?? Decimal.zero).add(takes));
    }
    for (const [open, quantity] of leaving) {
      const { key, pool } = open;
      const left = pool.quantity.subtract(quantity).sign();
      const mayGuess = (quantity.sign() > 0 && left < 0) || (unpriced.has(open) && left <= 0);
      if (pool.lastCost === null && pool.method !== 'standard' && mayGuess) {
        pool.lastCost = await this.#history.lastCost(key, endOf(open.balance.lastDate));
      }
      if (quantity.sign() > 0) await this.#loadLayers(open, quantity);
    }
  }

  /** Reads the oldest layers of a key until they hold a quantity; what the posting itself brought in comes after them. */
  async #loadLayers(open: OpenKey, quantity: Decimal): Promise<void> {
    const { key, pool, stored } = open;
    if (stored === null || open.whole || heldBy(pool.layers).compare(quantity) >= 0) return;
    const read = await readLayers(this.#unit.transaction, key, quantity, stored.at(-1) ?? null);
    stored.push(...read.layers);
    open.whole = read.whole;
    const fresh = pool.layers.filter(({ entry }) => this.#named.has(entry));
    const known = pool.layers.filter(({ entry }) => !this.#named.has(entry));
    const old = [...known, ...read.layers.map((layer) => ({ ...layer }))];
    const rest = pool.quantity.subtract(heldBy(fresh));
    const worth = pool.value.subtract(sumOf(fresh.map(({ value }) => value)));
    const exact = read.whole ? reconciled(old, rest, worth) : old;
    pool.layers.splice(0, pool.layers.length, ...exact, ...fresh);
  }

  #move(open: OpenKey, entry: Entry, row: string | null, isPriced: boolean): void {
    const { key, pool, balance } = open;
    const { by, value: place } = key.valuation;
    const quantity = entry.amounts[by] ?? Decimal.zero;
    const owes = pool.quantity.sign() < 0 && pool.method !== 'standard';
    // Back-dated, or what settles what was owed: the value of other entries changes with it.
    if (entry.date < balance.lastDate || (owes && quantity.sign() > 0)) open.recostFrom.push(entry);
    if (quantity.isZero()) {
      const given = entry.amounts[place] ?? Decimal.zero;
      const worth = pool.revalue(given);
      entry.amounts[place] = worth;
      if (!worth.equals(given)) this.#bases.push({ of: entry, kind: 'plain', row: null, amount: given });
      return;
    }
    const own = this.#ownValue(open, entry, row, isPriced);
    const name = `new ${this.#named.size}`;
    this.#named.set(name, entry);
    if (quantity.sign() > 0) {
      const ownRow = rowOfEntry(this.#unit.from.model, this.#entity, entry.rule, entry.line);
      const value = own ?? entry.amounts[place] ?? Decimal.zero;
      entry.amounts[place] = pool.receive({ entry: name, row: ownRow, date: entry.date, quantity, value });
    } else {
      entry.amounts[place] = pool.issue({ entry: name, quantity: quantity.negate(), value: own, row }).negate();
    }
    if (pool.method === 'standard' && own !== null && !entry.amounts[place].abs().equals(own)) {
      this.#bases.push({ of: entry, kind: 'plain', row: null, amount: own });
    }
  }

  /**
   * The value that a move has whatever is on hand, without its sign: by decree, of the row it takes back, or, where it
   * comes in without a price, as much as what is there. Null when it has none but what the posting gave.
   */
  #ownValue({ key, pool, facts }: OpenKey, entry: Entry, row: string | null, isPriced: boolean): Decimal | null {
    const quantity = entry.amounts[key.valuation.by] ?? Decimal.zero;
    if (pool.method === 'standard') {
      return (facts.standard ?? Decimal.zero).multiply(quantity.abs()).round(valueScaleOf(key));
    }
    const cost = row === null ? null : this.#rowCosts.costOf(key, row, null, quantity, () => null);
    if (row !== null && cost !== null) {
      this.#rowCosts.follow(key, row, quantity);
      this.#bases.push({ of: entry, kind: 'row', row, amount: null });
      return cost;
    }
    if (quantity.sign() < 0 || isPriced) return null;
    this.#bases.push({ of: entry, kind: 'present', row: null, amount: null });
    return pool.costOf(quantity);
  }

  #adjust(open: OpenKey, entry: Entry, row: string | null): Decimal {
    const { key, pool, balance } = open;
    const place = key.valuation.value;
    const wanted = entry.amounts[place] ?? Decimal.zero;
    const received = row === null ? Decimal.zero : this.#rowCosts.receivedOf(key, row);
    const absorbed = row === null ? Decimal.zero : pool.adjust(row, received, wanted);
    entry.amounts[place] = absorbed;
    if (row !== null) this.#bases.push({ of: entry, kind: 'adjust', row, amount: wanted });
    if (entry.date < balance.lastDate) open.recostFrom.push(entry);
    return wanted.subtract(absorbed);
  }
}

function textOf({ ledger, name }: CostKey): string {
  return `${ledger.name} ${name}`;
}

function heldBy(layers: readonly Layer[]): Decimal {
  return sumOf(layers.map(({ quantity }) => quantity));
}
