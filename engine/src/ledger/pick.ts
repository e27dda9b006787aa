import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Ledger, Pick, PostingRule } from '../compiler/ledger-model.ts';
import { order } from '../expression/value-order.ts';
import type { Value } from '../metamodel/value-type.ts';
import { rendered } from '../records/checks.ts';
import { evaluatorOf } from '../records/compute.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import { addToBalances, balancesBeside, deltasOf } from './balances.ts';
import type { Balance } from './balances.ts';
import { keyOf, keyText, rowOf } from './entry.ts';
import type { Entry } from './entry.ts';
import type { Draft } from './evaluate.ts';
import { contextOf, laterDays, linkedOf } from './guards.ts';
import { shareOf, smaller } from './valuation/share.ts';

/** A balance that can be taken from. */
interface Candidate {
  readonly at: readonly Value[];
  /** What is there on the date of the posting and on every later day. */
  available: Decimal;
}

/** A part of an entry: a value of the chosen dimension, and how much of it. */
interface Part {
  readonly value: Value;
  readonly quantity: Decimal;
}

/** What a rule chose, by row of the document. */
interface Choice {
  readonly pick: Pick;
  readonly parts: ReadonlyMap<number, readonly Part[]>;
}

/**
 * Chooses the dimensions that the entries of one posting leave empty, and splits the entries accordingly. Whoever
 * chooses holds the balance of all there is to choose from until the commit, so that nobody is promised what another
 * one takes.
 */
export class Picking {
  readonly #unit: WriteUnit;
  /** By the name that a rule gives. */
  readonly #choices = new Map<string, Choice>();

  constructor(unit: WriteUnit) {
    this.#unit = unit;
  }

  /**
   * The drafts of a rule, split where it chooses or repeats what an earlier one chose. Refuses as `invalid` what is not
   * there, naming the rows.
   *
   * @param before what earlier rules of the posting write
   */
  async spread(rule: PostingRule, drafts: readonly Draft[], before: readonly Entry[]): Promise<readonly Draft[]> {
    const { ledger, pick, pickOf } = rule;
    if (pickOf !== null) {
      const choice = this.#choices.get(pickOf);
      return choice === undefined ? drafts : drafts.flatMap((draft) => repeated(draft, choice));
    }
    if (pick === null) return drafts;
    const parts = await this.#chosen(ledger, pick, drafts, before);
    if (rule.as !== null) this.#choices.set(rule.as, { pick, parts });
    return drafts.flatMap((draft) => split(draft, pick, parts.get(draft.row)));
  }

  /** What is taken for each row whose dimension is open: rows in their order, each from what those before it left. */
  async #chosen(
    ledger: Ledger,
    pick: Pick,
    drafts: readonly Draft[],
    before: readonly Entry[],
  ): Promise<ReadonlyMap<number, readonly Part[]>> {
    const chosen = new Map<number, readonly Part[]>();
    const open = await this.#openOf(ledger, pick, drafts);
    if (open.length === 0) return chosen;
    const named = drafts.filter((draft) => !open.includes(draft)).map(({ entry }) => entry);
    const candidates = await this.#candidatesOf(ledger, pick, open, [...before, ...named]);
    const faults: Fault[] = [];
    for (const draft of open) {
      const { entry, row } = draft;
      const wanted = (entry.amounts[pick.measure] ?? Decimal.zero).negate();
      const { parts, missing } = taken(pick, candidates.get(keyText(keyOf(ledger, pick.held, entry.at))) ?? [], wanted);
      if (missing.isZero()) chosen.set(row, parts);
      else faults.push(await this.#shortage(pick, entry, missing));
    }
    if (faults.length > 0) throw refuse('invalid', { faults });
    return chosen;
  }

  /** Drafts that go out, leave the dimension empty and are meant to be spread. */
  async #openOf(ledger: Ledger, pick: Pick, drafts: readonly Draft[]): Promise<readonly Draft[]> {
    const empty = drafts.filter(
      ({ entry: { at, amounts } }) =>
        at[pick.dimension] === null &&
        amounts[pick.measure]?.sign() === -1 &&
        ledger.dimensions.every((field, index) => field.required !== true || at[index] !== null),
    );
    if (pick.when === null || empty.length === 0) return empty;
    const isMeant = evaluatorOf(pick.when);
    const entries = empty.map(({ entry }) => entry);
    const linked = await linkedOf(this.#unit.from, ledger, entries);
    return empty.filter(
      ({ entry: { at, amounts, date } }) =>
        isMeant(contextOf(this.#unit.from, linked, rowOf(ledger, at, amounts, date))) === true,
    );
  }

  /** What the open drafts can take, by the key that is held for them, in the order in which it is taken. */
  async #candidatesOf(
    ledger: Ledger,
    pick: Pick,
    open: readonly Draft[],
    pending: readonly Entry[],
  ): Promise<ReadonlyMap<string, readonly Candidate[]>> {
    const { transaction } = this.#unit;
    const nothing = ledger.measures.map(() => Decimal.zero);
    const entries = open.map(({ entry }) => ({ ...entry, amounts: nothing }));
    const keys = new Map(entries.map((entry) => [keyText(keyOf(ledger, pick.held, entry.at)), entry]));
    await addToBalances(transaction, ledger, pick.held, deltasOf(ledger, pick.held, entries));

    const moved = new Map<string, Decimal>();
    for (const { key, amounts } of deltasOf(
      ledger,
      pick.balance,
      pending.filter((entry) => entry.ledger === ledger),
    )) {
      moved.set(keyText(key), amounts[pick.measure] as Decimal);
    }
    const found = new Map<string, readonly Candidate[]>();
    for (const [text, entry] of keys) {
      const candidates: Candidate[] = [];
      for (const balance of await balancesBeside(transaction, ledger, pick, entry.at)) {
        const lowest = await this.#lowest(ledger, pick, balance, entry.date);
        const available = lowest.add(moved.get(keyText(balance.key)) ?? Decimal.zero);
        if (available.sign() > 0) candidates.push({ at: atOf(ledger, pick, balance), available });
      }
      found.set(text, await this.#ordered(ledger, pick, candidates, entry.date));
    }
    return found;
  }

  /** The lowest a balance is from a date on: what is taken then is missing on every later day. */
  async #lowest(ledger: Ledger, pick: Pick, { key, amounts, lastDate }: Balance, date: string): Promise<Decimal> {
    let now = amounts[pick.measure] as Decimal;
    if (date >= lastDate) return now;
    let lowest = now;
    for (const day of await laterDays(this.#unit.transaction, ledger, pick.balance, { key, from: date })) {
      now = now.subtract(day[pick.measure] as Decimal);
      lowest = smaller(lowest, now);
    }
    return lowest;
  }

  /** Candidates that may be taken, the first one first; of equal ones the one that is longest known. */
  async #ordered(
    ledger: Ledger,
    { only, orderBy, dimension, measure }: Pick,
    candidates: readonly Candidate[],
    date: string,
  ): Promise<readonly Candidate[]> {
    const { from } = this.#unit;
    const entries = candidates.map(({ at, available }) => ({ at, amounts: measured(ledger, measure, available) }));
    const linked = await linkedOf(from, ledger, entries);
    const ranked = candidates.flatMap((candidate, index) => {
      const { at, amounts } = entries[index] as (typeof entries)[number];
      const context = contextOf(from, linked, rowOf(ledger, at, amounts, date));
      if (only !== null && evaluatorOf(only)(context) !== true) return [];
      const ranks = orderBy.map((expression) => evaluatorOf(expression)(context));
      return [{ candidate, ranks }];
    });
    ranked.sort((one, other) => {
      for (const [index, rank] of one.ranks.entries()) {
        const difference = compared(rank, other.ranks[index] ?? null);
        if (difference !== 0) return difference;
      }
      const [left, right] = [one.candidate.at[dimension], other.candidate.at[dimension]].map(String) as [
        string,
        string,
      ];
      return left.length - right.length || (left < right ? -1 : 1);
    });
    return ranked.map(({ candidate }) => candidate);
  }

  async #shortage(pick: Pick, entry: Entry, missing: Decimal): Promise<Fault> {
    const { from } = this.#unit;
    const linked = await linkedOf(from, entry.ledger, [entry]);
    const row = rowOf(entry.ledger, entry.at, measured(entry.ledger, pick.measure, missing), entry.date);
    return { pointer: entry.pointer, code: 'guard', message: rendered(pick.message, contextOf(from, linked, row)) };
  }
}

/** Takes a quantity from candidates, and lessens them by it. */
function taken(
  { dimension }: Pick,
  candidates: readonly Candidate[],
  wanted: Decimal,
): { readonly parts: readonly Part[]; readonly missing: Decimal } {
  const parts: Part[] = [];
  let missing = wanted;
  for (const candidate of candidates) {
    if (missing.isZero()) break;
    const quantity = smaller(candidate.available, missing);
    if (quantity.isZero()) continue;
    parts.push({ value: candidate.at[dimension] ?? null, quantity });
    candidate.available = candidate.available.subtract(quantity);
    missing = missing.subtract(quantity);
  }
  return { parts, missing };
}

/** What comes in again in the parts in which it went out, unless it says itself where it belongs. */
function repeated(draft: Draft, { pick, parts }: Choice): readonly Draft[] {
  return draft.entry.at[pick.dimension] === null ? split(draft, pick, parts.get(draft.row)) : [draft];
}

/** Each part of an entry: its amounts in proportion, the last part taking what rounding leaves. */
function split(draft: Draft, { dimension }: Pick, parts: readonly Part[] | undefined): readonly Draft[] {
  if (parts === undefined) return [draft];
  const { entry } = draft;
  const whole = parts.reduce((sum, { quantity }) => sum.add(quantity), Decimal.zero);
  let before = Decimal.zero;
  return parts.map(({ value, quantity }) => {
    const upTo = before.add(quantity);
    const amounts = entry.amounts.map((amount, index) => {
      const scale = entry.ledger.measures[index]?.scale ?? amount.scale;
      return shareOf(amount, upTo, whole, scale).subtract(shareOf(amount, before, whole, scale));
    });
    before = upTo;
    return { ...draft, entry: { ...entry, at: entry.at.with(dimension, value), amounts } };
  });
}

function atOf(ledger: Ledger, { balance: kept }: Pick, { key }: Balance): readonly Value[] {
  return ledger.dimensions.map((field) => key[kept.dimensions.indexOf(field)] ?? null);
}

function measured(ledger: Ledger, measure: number, amount: Decimal): Decimal[] {
  return ledger.measures.map((_, index) => (index === measure ? amount : Decimal.zero));
}

/** Nothing comes last. */
function compared(one: Value, other: Value): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return order(one, other) || 0;
}
