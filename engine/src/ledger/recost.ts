import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { RecordContext } from '../records/context.ts';
import { readingFrom } from '../records/write-unit.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import type { Database, Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import { addToBalances, deltasOf } from './balances.ts';
import { insertEntries, insertVoucher } from './entries.ts';
import { isZero } from './entry.ts';
import type { Entry } from './entry.ts';
import { imbalanceOf, linkedOf } from './guards.ts';
import { basesOf, followersOf } from './valuation/cost-basis.ts';
import { costKeyOf, factsOf, lockKeys } from './valuation/cost-key.ts';
import type { CostKey } from './valuation/cost-key.ts';
import { reconciled, replaceLayers } from './valuation/cost-layers.ts';
import type { CostPool } from './valuation/cost-pool.ts';
import { addOn, comparePositions, History, totalOf } from './valuation/history.ts';
import type { Position, Step } from './valuation/history.ts';
import { OpenDates } from './valuation/open-dates.ts';
import { openingWithStock } from './valuation/opening.ts';
import { recostQueue } from './valuation/recost-queue.ts';
import { feedsOthers, repost } from './valuation/repost.ts';
import { RowCosts } from './valuation/row-costs.ts';
import { byLedger } from './write.ts';
import type { StoredEntry } from './vouchers.ts';

/** A key, and from where on in its history the costs may have changed. */
export interface Touched {
  readonly key: CostKey;
  readonly from: Position;
}

/** Entries that are valued anew before the posting that caused it commits; more of them follow right after it. */
export const RECOST_MAX = 2000;
/** How often one key is begun anew in one go, when later values turn out to change earlier ones. */
const REWINDS_MAX = 6;
/** How often what stopped keys have left is handed on among them. */
const RESTS_MAX = 24;

/** A step whose value was found anew. */
interface Walked {
  readonly step: Step;
  readonly walk: Walk;
  /** Value by date, as it should be; null until its turn comes. */
  right: Map<string, Decimal> | null;
}

/** A key on its way through its history. */
interface Walk {
  readonly key: CostKey;
  readonly pool: CostPool;
  readonly steps: readonly Walked[];
  /** Whether entries follow that were not read. */
  readonly hasMore: boolean;
  next: number;
  rewinds: number;
  /** Where it began. */
  readonly from: Position;
  /** It chased its own tail: what comes back to it, from this place on, changes it no more. */
  stoppedAt: Position | null;
}

/**
 * Finds anew what entries are worth after something before them changed, and books the differences.
 *
 * All keys that are touched go through their histories together, in the order of dates and ids: so what a transfer took
 * has its value before what arrived by it is looked at, in whatever key that is. What differs from the books becomes a
 * correcting entry of the same row and rule, in an `adjust` voucher of the document, together with what else follows
 * from it in that document's books. A value that changes what lies before it, as a receipt that settles what was owed,
 * sends the other key back there; after a few times it is stopped, and the difference stays with the last entry.
 */
class Recost {
  readonly #unit: WriteUnit;
  readonly #actor: Actor;
  readonly #limit: number;
  readonly #history: History;
  readonly #rowCosts: RowCosts;
  readonly #openDates: OpenDates;
  readonly #walks = new Map<string, Walk>();
  readonly #walked = new Map<string, Walked>();
  /** Entries that take back what a row moved, by ledger and row. */
  readonly #followers = new Map<string, readonly Step[]>();
  readonly #dirty = new Set<Walked>();
  /** What entries were taken to be worth while part of their goods had yet to come in, by ledger and entry. */
  readonly #believed = new Map<string, Decimal>();
  #touched: Touched[] = [];
  #done = 0;

  constructor(unit: WriteUnit, actor: Actor, limit: number) {
    this.#unit = unit;
    this.#actor = actor;
    this.#limit = limit;
    this.#history = new History(unit.transaction, unit.from.model);
    this.#rowCosts = new RowCosts(unit.transaction, unit.from.model);
    this.#openDates = new OpenDates(unit.from);
  }

  async run(touched: readonly Touched[]): Promise<void> {
    this.#touched.push(...touched);
    for (;;) {
      if (this.#done >= this.#limit) {
        await this.#flush([...this.#dirty]);
        break;
      }
      await this.#openTouched();
      const walk = this.#nextWalk();
      if (walk !== undefined) await this.#walk(walk);
      else if (this.#dirty.size > 0) await this.#flush([...this.#dirty]);
      else {
        this.#touchMisled();
        if (this.#touched.length === 0) break;
      }
    }
    await this.#finish();
  }

  /** The walk whose next entry is the earliest. */
  #nextWalk(): Walk | undefined {
    let found: Walk | undefined;
    let at: Position | undefined;
    for (const walk of this.#walks.values()) {
      const position = positionOf(walk);
      if (position === undefined || (at !== undefined && comparePositions(position, at) >= 0)) continue;
      found = walk;
      at = position;
    }
    return found;
  }

  async #openTouched(): Promise<void> {
    const touched = this.#touched;
    this.#touched = [];
    const wanted = new Map<string, Touched>();
    for (const each of touched) {
      const text = textOf(each.key);
      const known = wanted.get(text);
      if (known === undefined || comparePositions(each.from, known.from) < 0) wanted.set(text, each);
    }
    for (const [, { key, from }] of [...wanted].sort(([one], [other]) => (one < other ? -1 : 1))) {
      await this.#openKey(key, from);
    }
  }

  async #openKey(key: CostKey, from: Position): Promise<void> {
    const known = this.#walks.get(textOf(key));
    if (known !== undefined) {
      const position = positionOf(known);
      // Its turn is still to come.
      if (position !== undefined && comparePositions(from, position) >= 0) return;
      if (known.rewinds >= REWINDS_MAX) {
        if (known.stoppedAt === null || comparePositions(from, known.stoppedAt) < 0) known.stoppedAt = from;
        return;
      }
      // What is still owed here is gone through again, and what is owed elsewhere may yet be settled.
      await this.#flush([...this.#dirty].filter((walked) => !isOwing(walked)));
      for (const walked of [...this.#dirty]) if (walked.walk === known) this.#dirty.delete(walked);
    }
    const [balance] = (await lockKeys(this.#unit.transaction, [key])).values();
    const facts = (await factsOf(this.#unit.from, [key])).get(key.name);
    if (balance === undefined || facts === undefined) return;
    const opening = await openingWithStock(this.#history, { key, facts, balance }, from);
    const limit = Math.max(1, this.#limit - this.#done);
    const read = await this.#history.after(key, opening.position, limit + 1);
    const steps: Walked[] = [];
    const walk: Walk = {
      key,
      pool: opening.pool,
      steps,
      hasMore: read.length > limit,
      next: 0,
      rewinds: known === undefined ? 0 : known.rewinds + 1,
      from: opening.position,
      stoppedAt: null,
    };
    for (const step of read.slice(0, limit)) {
      const walked: Walked = { step, walk, right: null };
      steps.push(walked);
      this.#walked.set(entryText(key.ledger, step.id), walked);
    }
    await this.#rowCosts.load(
      key,
      steps.flatMap(({ step: { basis } }) => basis?.row ?? []),
    );
    await this.#loadFollowers(
      key,
      steps.flatMap(({ step: { row } }) => row ?? []),
    );
    this.#walks.set(textOf(key), walk);
  }

  async #loadFollowers(key: CostKey, rows: readonly string[]): Promise<void> {
    const { name } = key.ledger;
    const unknown = [...new Set(rows)].filter((row) => !this.#followers.has(`${name} ${row}`));
    const found = await followersOf(this.#unit.transaction, name, unknown);
    const steps = await this.#history.byIds(
      key,
      found.map(({ entry }) => entry),
    );
    for (const row of unknown) {
      const own = new Set(found.filter((each) => each.row === row).map(({ entry }) => entry));
      const followers = steps.filter(({ id }) => own.has(id));
      this.#followers.set(`${name} ${row}`, followers);
    }
  }

  /** Gives the next entry of a key its value. */
  async #walk(walk: Walk): Promise<void> {
    const walked = walk.steps[walk.next] as Walked;
    walk.next += 1;
    this.#done += 1;
    const { step } = walked;
    const value = this.#valueOf(walk, step);
    // What comes in with a value of its own was corrected when that was, which may be later than its date.
    const isAsBooked = step.quantity.sign() > 0 && value.equals(totalOf(step.booked));
    walked.right = isAsBooked ? new Map(step.booked) : new Map([[step.date, value]]);
    const changed = [walked];
    for (const settled of walk.pool.settlements.splice(0)) {
      const owing = this.#walked.get(entryText(walk.key.ledger, settled.entry));
      if (owing === undefined || owing.right === null) continue;
      addOn(owing.right, settled.date, settled.value);
      changed.push(owing);
    }
    const feeding: Walked[] = [];
    for (const each of changed) {
      if (!differs(each)) {
        this.#dirty.delete(each);
        continue;
      }
      this.#dirty.add(each);
      const { entity, rule, row } = each.step;
      // A guess is passed on only when nothing came that settles it: a circle that begins with it anew never rests.
      const isKnown = !isOwing(each);
      if (isKnown && feedsOthers(this.#unit.from.model.postings.get(entity), rule)) feeding.push(each);
      if (row !== null) this.#touchFollowers(walk.key, row);
    }
    if (feeding.length > 0) await this.#flush(feeding);
  }

  #touchFollowers(key: CostKey, row: string): void {
    for (const follower of this.#followers.get(`${key.ledger.name} ${row}`) ?? []) {
      const of = costKeyOf(key.ledger, key.valuation, follower.at);
      this.#touched.push({ key: of, from: { date: follower.date, entry: follower.id } });
    }
  }

  /** What an entry is worth, signed, with what was on hand before it. */
  #valueOf({ key, pool }: Walk, step: Step): Decimal {
    const { id: entry, date, quantity, row } = step;
    if (quantity.isZero()) return this.#changeOf(key, pool, step);
    const own = this.#ownValue(key, pool, step);
    if (quantity.sign() < 0) {
      const from = step.basis?.kind === 'row' ? step.basis.row : null;
      return pool.issue({ entry, quantity: quantity.negate(), value: own, row: from }).negate();
    }
    return pool.receive({ entry, row, date, quantity, value: own ?? totalOf(step.booked) });
  }

  /** What an entry without a quantity adds to the worth of what is there. */
  #changeOf(key: CostKey, pool: CostPool, { basis, booked }: Step): Decimal {
    const value = basis?.amount ?? totalOf(booked);
    if (basis?.kind !== 'adjust' || basis.row === null) return pool.revalue(value);
    return pool.adjust(basis.row, this.#rowCosts.receivedOf(key, basis.row), value);
  }

  /** The value that an entry has whatever is on hand, without its sign; null when it has none but the booked one. */
  #ownValue(key: CostKey, pool: CostPool, { id, quantity, basis, posted }: Step): Decimal | null {
    // What was corrected took the last cents of an empty place; the decree is what was posted.
    if (pool.method === 'standard') return basis?.kind === 'plain' ? basis.amount : posted.abs();
    if (basis?.kind === 'present' && quantity.sign() > 0) return pool.costOf(quantity);
    if (basis?.kind !== 'row' || basis.row === null) return null;
    return this.#rowCosts.costOf(key, basis.row, id, quantity, (entry) => this.#valueNow(key.ledger, entry));
  }

  #valueNow(ledger: Ledger, entry: string): Decimal | null {
    const text = entryText(ledger, entry);
    const walked = this.#walked.get(text);
    if (walked === undefined) return null;
    if (!isOwing(walked)) return totalOf(walked.right ?? walked.step.booked);
    // What is asked for may be what settles it: then the guess says nothing, but what was found the last time does.
    const booked = totalOf(walked.step.booked);
    this.#believed.set(text, booked);
    return booked;
  }

  /** Sends those back that took over what an entry was believed to be worth, where it turned out otherwise. */
  #touchMisled(): void {
    for (const [text, value] of this.#believed) {
      const walked = this.#walked.get(text);
      if (walked === undefined || totalOf(walked.right ?? walked.step.booked).equals(value)) continue;
      if (walked.step.row !== null) this.#touchFollowers(walked.walk.key, walked.step.row);
    }
    this.#believed.clear();
  }

  /** Books the differences of entries, document by document. */
  async #flush(changed: readonly Walked[]): Promise<void> {
    const documents = new Map<string, Walked[]>();
    for (const walked of changed) {
      const { entity, recordId } = walked.step;
      const text = `${entity} ${recordId}`;
      documents.set(text, [...(documents.get(text) ?? []), walked]);
    }
    for (const own of documents.values()) await this.#flushDocument(own);
  }

  async #flushDocument(changed: readonly Walked[]): Promise<void> {
    const [first] = changed;
    if (first === undefined) return;
    const { entity, recordId } = first.step;
    const posting = this.#unit.from.model.postings.get(entity);
    const ledgers = new Set(posting?.rules.map(({ ledger }) => ledger) ?? []);
    ledgers.add(first.walk.key.ledger);
    const byDate = new Map<string, Map<Walked, Decimal>>();
    for (const walked of changed) {
      this.#dirty.delete(walked);
      for (const [date, value] of differenceOf(walked)) {
        const open = await this.#openDates.firstFrom(ledgers, date);
        const own = byDate.get(open) ?? new Map<Walked, Decimal>();
        byDate.set(open, own);
        own.set(walked, (own.get(walked) ?? Decimal.zero).add(value));
      }
    }
    for (const [date, all] of [...byDate].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const differences = [...all].filter(([, value]) => !value.isZero());
      if (differences.length === 0) continue;
      const entries = differences.map(([{ step, walk }, value]) => correctionOf(step, walk.key, value, date));
      const changes = differences.map(
        ([
          {
            step: { rule, line },
          },
          value,
        ]) => ({ rule, line, value }),
      );
      const others = await repost(this.#unit, entity, recordId, changes, date);
      await this.#write(entity, recordId, date, [...entries, ...others]);
      for (const [{ step }, value] of differences) addOn(step.booked, date, value);
      for (const other of others) await this.#passOn(other);
    }
  }

  /** An entry of a valued ledger got another value because of another one: its key goes on from there. */
  async #passOn({ ledger, at, amounts, corrects, date }: Entry): Promise<void> {
    const { valuation } = ledger;
    if (valuation === null || corrects === null) return;
    const value = amounts[valuation.value] ?? Decimal.zero;
    const walked = this.#walked.get(entryText(ledger, corrects));
    const key = costKeyOf(ledger, valuation, at);
    if (walked === undefined) {
      const [original] = await this.#history.byIds(key, [corrects]);
      // The correction may be dated later than what it corrects.
      if (original !== undefined) this.#touched.push({ key, from: { date: original.date, entry: corrects } });
      return;
    }
    addOn(walked.step.booked, date, value);
    if (walked.right !== null) addOn(walked.right, date, value);
    this.#touched.push({ key, from: { date: walked.step.date, entry: corrects } });
  }

  /**
   * Writes an `adjust` voucher. No guard is asked: it moves no quantity, and what is found to have cost more is not
   * refused to whoever happened to find it.
   */
  async #write(entity: string, recordId: string, date: string, entries: readonly Entry[]): Promise<void> {
    const moving = entries.filter(({ amounts }) => !isZero(amounts));
    if (moving.length === 0) return;
    const number = await nextAdjustment(this.#unit.transaction, entity, recordId);
    const { transaction, from } = this.#unit;
    const head = { entity, recordId, action: 'adjust', number, date, reverses: null } as const;
    const voucher = await insertVoucher(transaction, head, this.#actor, from.now);
    for (const [ledger, own] of byLedger(moving)) {
      const imbalance = imbalanceOf(from, ledger, own, await linkedOf(from, ledger, own));
      if (!imbalance.isZero()) throw refuse('unbalanced', { parameters: { difference: imbalance.toString() } });
      await insertEntries(transaction, ledger, voucher, own);
      for (const kept of ledger.current) {
        await addToBalances(transaction, ledger, kept, deltasOf(ledger, kept, own));
      }
    }
  }

  /** Keeps the layers of what is done, and queues what is not. */
  async #finish(): Promise<void> {
    const { transaction, from } = this.#unit;
    await this.#queueTouched();
    const done: Walk[] = [];
    for (const walk of this.#walks.values()) {
      const position = positionOf(walk);
      if (position !== undefined) await recostQueue.add(transaction, walk.key, position, from.now);
      else if (walk.hasMore) {
        const last = (walk.steps.at(-1) as Walked).step;
        const after = { date: last.date, entry: String(BigInt(last.id) + 1n) };
        await recostQueue.add(transaction, walk.key, after, from.now);
      } else done.push(walk);
    }
    // What a stopped key had left may have gone to any other one: layers are kept when all of it has its place.
    const left = await this.#placeRests(done);
    for (const walk of done) await this.#close(walk, left.get(walk) ?? Decimal.zero);
  }

  async #queueTouched(): Promise<void> {
    for (const { key, from: position } of this.#touched.splice(0)) {
      const walk = this.#walks.get(textOf(key));
      if ((walk?.stoppedAt ?? null) === null) {
        await recostQueue.add(this.#unit.transaction, key, position, this.#unit.from.now);
      }
    }
  }

  /**
   * Gives what stopped keys have left to their last issues, where nothing is on hand that could keep it. An issue that
   * feeds another key hands it on there, so this goes round until nothing is left. Answers what was left of each.
   */
  async #placeRests(done: readonly Walk[]): Promise<ReadonlyMap<Walk, Decimal>> {
    const left = new Map<Walk, Decimal>();
    for (let round = 0; round < RESTS_MAX; round += 1) {
      let isPlaced = true;
      for (const walk of done) {
        if (walk.stoppedAt === null) continue;
        const rest = (await this.#bookedOf(walk)).subtract(walk.pool.value);
        if (!left.has(walk)) left.set(walk, rest);
        const taker = this.#takersOf(walk).at(round % Math.max(1, this.#takersOf(walk).length));
        if (rest.isZero() || !walk.pool.quantity.isZero() || taker === undefined) continue;
        isPlaced = false;
        const { right, step } = taker;
        if (right !== null) addOn(right, step.date, rest.negate());
        await this.#flush([taker]);
        this.#stopTouched();
      }
      if (isPlaced) break;
    }
    await this.#queueTouched();
    return left;
  }

  /** Entries that can bear what is left of a key: those first that hand it on to no other one, the last before all. */
  #takersOf({ steps }: Walk): readonly Walked[] {
    const issues = steps.filter(({ step }) => step.quantity.sign() < 0).reverse();
    const { postings } = this.#unit.from.model;
    const isEnd = ({ step: { entity, rule } }: Walked): boolean => !feedsOthers(postings.get(entity), rule);
    return issues.length === 0 ? steps.slice(-1) : [...issues.filter(isEnd), ...issues.filter((one) => !isEnd(one))];
  }

  /** Keys that were gone through and get what another one had left keep it: they would only hand it round once more. */
  #stopTouched(): void {
    this.#touched = this.#touched.filter(({ key, from }) => {
      const walk = this.#walks.get(textOf(key));
      if (walk === undefined || positionOf(walk) !== undefined || walk.hasMore) return true;
      if (walk.stoppedAt === null || comparePositions(from, walk.stoppedAt) < 0) walk.stoppedAt = from;
      return false;
    });
  }

  async #bookedOf({ key }: Walk): Promise<Decimal> {
    const [balance] = (await lockKeys(this.#unit.transaction, [key])).values();
    return balance?.amounts[key.valuation.value] ?? Decimal.zero;
  }

  async #close(walk: Walk, rest: Decimal): Promise<void> {
    const { transaction, from } = this.#unit;
    const { key, pool } = walk;
    if (walk.stoppedAt === null) {
      await recostQueue.clear(transaction, key, walk.from);
      if (pool.method === 'fifo') await replaceLayers(transaction, key, pool.layers);
      return;
    }
    await recostQueue.stop(transaction, key, walk.stoppedAt, rest, from.now);
    if (pool.method !== 'fifo') return;
    const value = pool.quantity.isZero() ? Decimal.zero : await this.#bookedOf(walk);
    await replaceLayers(transaction, key, reconciled(pool.layers, pool.quantity, value));
  }
}

/**
 * Values anew what follows these places in the histories of keys, within the transaction of the unit. At most `limit`
 * entries are looked at; what is left is queued, and `recostQueued` goes on with it after the commit.
 */
export async function recostAfter(
  unit: WriteUnit,
  touched: readonly Touched[],
  actor: Actor,
  limit = RECOST_MAX,
): Promise<void> {
  if (touched.length > 0) await new Recost(unit, actor, limit).run(touched);
}

/**
 * Values anew what follows entries that were just taken back, and puts their layers right: what is left is as if the
 * document had never been. Call it after the reversing voucher was written.
 *
 * @param entries all that the document had posted
 */
export async function recostReversed(
  unit: WriteUnit,
  entries: readonly StoredEntry[],
  actor: Actor,
  limit = RECOST_MAX,
): Promise<void> {
  const touched: Touched[] = [];
  const { transaction, from } = unit;
  const history = new History(transaction, from.model);
  const byLedger = new Map<Ledger, StoredEntry[]>();
  for (const entry of entries) {
    if (entry.ledger.valuation === null || entry.corrects !== null) continue;
    byLedger.set(entry.ledger, [...(byLedger.get(entry.ledger) ?? []), entry]);
  }
  for (const [ledger, own] of byLedger) {
    const { valuation } = ledger;
    if (valuation === null) continue;
    for (const { at, date, id } of own) {
      touched.push({ key: costKeyOf(ledger, valuation, at), from: { date, entry: id } });
    }
    // Others that took back parts of the same rows share the roundings among them anew.
    const bases = await basesOf(
      transaction,
      ledger.name,
      own.map(({ id }) => id),
    );
    const rows = new Set([...bases.values()].flatMap(({ kind, row }) => (kind === 'row' && row !== null ? [row] : [])));
    const followers = await followersOf(transaction, ledger.name, [...rows]);
    for (const step of await history.byIds(
      { ledger, valuation },
      followers.map(({ entry }) => entry),
    )) {
      touched.push({ key: costKeyOf(ledger, valuation, step.at), from: { date: step.date, entry: step.id } });
    }
  }
  await recostAfter(unit, touched, actor, limit);
}

/** Who goes on with what waits. */
export const RECOSTER: Actor = { kind: 'system', id: 'recost', name: 'Rangka', roles: [], locale: 'en' };

/**
 * Goes on with keys whose later entries still wait for their new values, one transaction after another; each leaves the
 * books balanced, and a killed process goes on where it was. Answers how many steps it made.
 */
export async function recostQueued(context: RecordContext, limit = RECOST_MAX): Promise<number> {
  for (let steps = 0; ; steps += 1) {
    const isDone = await context.database.transaction(async (transaction) => {
      const unit: WriteUnit = {
        transaction,
        from: readingFrom(context, transaction),
        added: new Map(),
        written: new Set(),
      };
      const touched = await recostQueue.take(transaction, context.model);
      if (touched === null) return true;
      await recostAfter(unit, [touched], RECOSTER, limit);
      return false;
    });
    if (isDone) return steps;
  }
}

const running = new WeakSet<Database>();

/** Goes on with waiting keys after a commit, once at a time for each company. */
export function recostSoon(context: RecordContext): void {
  const { database } = context;
  if (running.has(database)) return;
  running.add(database);
  const timer = setTimeout(() => {
    recostQueued(context)
      // What could not be done now stays in the queue and is done after the next posting, or at the next start.
      .catch(() => undefined)
      .finally(() => running.delete(database));
  }, 0);
  timer.unref();
}

/** Whether goods that an entry took have yet to come in, so that its value may be a guess. */
function isOwing({ step, walk, right }: Walked): boolean {
  return right !== null && walk.pool.owes(step.id);
}

/** Where a walk stands; undefined at its end. */
function positionOf({ steps, next }: Walk): Position | undefined {
  const walked = steps[next];
  return walked === undefined ? undefined : { date: walked.step.date, entry: walked.step.id };
}

/** What an entry should be worth beyond what is booked, by date. */
function differenceOf({ step, right }: Walked): ReadonlyMap<string, Decimal> {
  const found = new Map<string, Decimal>(right ?? step.booked);
  for (const [date, value] of step.booked) addOn(found, date, value.negate());
  return new Map([...found].filter(([, value]) => !value.isZero()));
}

function differs(walked: Walked): boolean {
  return differenceOf(walked).size > 0;
}

function correctionOf(step: Step, { ledger, valuation }: CostKey, value: Decimal, date: string): Entry {
  return {
    ledger,
    rule: step.rule,
    line: step.line,
    pointer: '',
    date,
    at: step.at,
    amounts: ledger.measures.map((_, index) => (index === valuation.value ? value : Decimal.zero)),
    memo: step.memo,
    corrects: step.id,
  };
}

function textOf({ ledger, name }: CostKey): string {
  return `${ledger.name} ${name}`;
}

function entryText(ledger: Ledger, id: string): string {
  return `${ledger.name} ${id}`;
}

/** The number of a document's next adjustment. The row of its posting is locked, so that no two take the same one. */
async function nextAdjustment(transaction: Transaction, entity: string, recordId: string): Promise<number> {
  const id = parameter(transaction.dialect, { kind: 'id' });
  const own = `${table('rk_voucher')} WHERE entity = ? AND record_id = ${id}`;
  if (transaction.dialect === 'mysql') {
    await transaction.tuples(statement(`SELECT id FROM ${own} AND action = 'post' FOR UPDATE`), [entity, recordId]);
  }
  const text = `SELECT MAX(${quoted('number')}) FROM ${own} AND action = 'adjust'`;
  const [row] = await transaction.tuples(statement(text), [entity, recordId]);
  return Number(row?.[0] ?? 0) + 1;
}
