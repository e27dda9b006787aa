import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../base/errors.ts';
import { testBackends } from '../storage/test-server.ts';
import { openTestYard } from './valuation/test-costs.ts';
import type { TestYard } from './valuation/test-costs.ts';

/*
 * Random documents, dated and cancelled in any order, against a model that forgets everything after each of them and
 * goes through what is not cancelled once more, in the order of dates. It counts in whole units, a ten thousandth of a
 * piece and a hundredth of the currency, and shares no code with the engine.
 */

type Method = 'fifo' | 'average' | 'standard';

interface Good {
  readonly code: string;
  readonly method: Method;
  readonly standard: bigint;
  readonly mayOwe: boolean;
}

const GOODS: readonly Good[] = [
  { code: 'SAND', method: 'average', standard: 0n, mayOwe: false },
  { code: 'CEMENT', method: 'fifo', standard: 0n, mayOwe: false },
  { code: 'STONE', method: 'standard', standard: 733n, mayOwe: false },
  { code: 'WATER', method: 'average', standard: 0n, mayOwe: true },
  { code: 'LIME', method: 'fifo', standard: 0n, mayOwe: true },
];
const PLACES = ['A', 'B'];

interface Line {
  readonly good: Good;
  readonly place: string;
  /** Signed: what goes out is negative. */
  readonly quantity: bigint;
  /** What an incoming line costs; null where it follows from elsewhere. */
  readonly cost: bigint | null;
  /** The line, as `document line`, whose goods come back or whose cost this line takes over. */
  readonly takesFrom: string | null;
  readonly kind: 'plain' | 'back' | 'moved' | 'freight' | 'count';
}

interface Paper {
  readonly name: string;
  readonly date: string;
  readonly order: number;
  readonly lines: readonly Line[];
}

/** `value × part ÷ whole`, rounded half away from zero; `whole` and `part` are not negative. */
function part(value: bigint, portion: bigint, whole: bigint): bigint {
  const doubled = 2n * value * portion;
  return value < 0n ? -((-doubled + whole) / (2n * whole)) : (doubled + whole) / (2n * whole);
}

const UNIT = 10_000n;

interface Lot {
  readonly line: string;
  quantity: bigint;
  value: bigint;
}

interface Debt {
  readonly line: string;
  quantity: bigint;
  value: bigint;
}

class Shelf {
  quantity = 0n;
  value = 0n;
  lots: Lot[] = [];
  debts: Debt[] = [];
  last: readonly [bigint, bigint] | null = null;
}

interface ModelResult {
  readonly shelves: ReadonlyMap<string, Shelf>;
  /** Value of each line by now, without its sign. */
  readonly values: ReadonlyMap<string, bigint>;
  /** Goods of which a line took over a value that was only found with what came after it: costs may lead in a circle. */
  readonly ahead: ReadonlySet<string>;
}

/** Goes through everything once, with the values that lines had at the end of the last time. */
function pass(papers: readonly Paper[], before: ReadonlyMap<string, bigint>): ModelResult {
  const shelves = new Map<string, Shelf>();
  const values = new Map<string, bigint>();
  const lines = new Map<string, Line>();
  const ahead = new Set<string>();
  const returned = backOrder(papers);
  const ordered = [...papers].sort((one, other) =>
    one.date === other.date ? one.order - other.order : one.date < other.date ? -1 : 1,
  );
  for (const paper of ordered) {
    for (const [index, line] of paper.lines.entries()) {
      const name = `${paper.name} ${index}`;
      lines.set(name, line);
      const key = `${line.good.code} ${line.place}`;
      const shelf = shelves.get(key) ?? new Shelf();
      shelves.set(key, shelf);
      const valueOf = (of: string): bigint => {
        const from = lines.get(of);
        const source = from === undefined ? undefined : shelves.get(`${from.good.code} ${from.place}`);
        if (source === undefined || source.debts.some((debt) => debt.line === of)) ahead.add(line.good.code);
        return before.get(of) ?? values.get(of) ?? 0n;
      };
      move(shelf, line, name, { lines, values, valueOf, returned });
    }
  }
  return { shelves, values, ahead };
}

interface Around {
  readonly lines: ReadonlyMap<string, Line>;
  readonly values: Map<string, bigint>;
  readonly valueOf: (line: string) => bigint;
  /** How much of the line it comes from had come back before, in the order of posting. */
  readonly returned: ReadonlyMap<string, bigint>;
}

function backOrder(papers: readonly Paper[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  const found = new Map<string, bigint>();
  for (const paper of [...papers].sort((one, other) => one.order - other.order)) {
    for (const [index, line] of paper.lines.entries()) {
      if (line.kind !== 'back' || line.takesFrom === null) continue;
      found.set(`${paper.name} ${index}`, sums.get(line.takesFrom) ?? 0n);
      const size = line.quantity < 0n ? -line.quantity : line.quantity;
      sums.set(line.takesFrom, (sums.get(line.takesFrom) ?? 0n) + size);
    }
  }
  return found;
}

function move(shelf: Shelf, line: Line, name: string, around: Around): void {
  if (line.kind === 'freight') bear(shelf, line, name, around);
  else if (line.good.method === 'standard') byDecree(shelf, line, name, around);
  else if (line.quantity > 0n) receive(shelf, line, name, around);
  else issue(shelf, line, name, around);
}

function byDecree(shelf: Shelf, line: Line, name: string, { values }: Around): void {
  const size = line.quantity < 0n ? -line.quantity : line.quantity;
  shelf.quantity += line.quantity;
  let value = part(line.good.standard, size, UNIT);
  if (line.quantity < 0n) value = -value;
  if (shelf.quantity === 0n) value = -shelf.value;
  shelf.value += value;
  values.set(name, value < 0n ? -value : value);
}

function costOfRow(line: Line, name: string, { lines, valueOf, returned }: Around): bigint | null {
  if (line.kind !== 'back' || line.takesFrom === null) return null;
  const from = lines.get(line.takesFrom);
  if (from === undefined) return null;
  const whole = from.quantity < 0n ? -from.quantity : from.quantity;
  const size = line.quantity < 0n ? -line.quantity : line.quantity;
  const before = returned.get(name) ?? 0n;
  const worth = valueOf(line.takesFrom);
  return part(worth, before + size, whole) - part(worth, before, whole);
}

function receive(shelf: Shelf, line: Line, name: string, around: Around): void {
  const { values, valueOf } = around;
  const present = (): bigint =>
    shelf.quantity > 0n ? part(shelf.value, line.quantity, shelf.quantity) : lastKnown(shelf, line.quantity);
  const given = line.kind === 'moved' && line.takesFrom !== null ? valueOf(line.takesFrom) : line.cost;
  const value = costOfRow(line, name, around) ?? given ?? present();
  values.set(name, value);
  let left = line.quantity;
  let worth = value;
  for (let debt = shelf.debts[0]; debt !== undefined && left > 0n; debt = shelf.debts[0]) {
    const covered = left < debt.quantity ? left : debt.quantity;
    const cost = part(worth, covered, left);
    const guessed = part(debt.value, covered, debt.quantity);
    values.set(debt.line, (values.get(debt.line) ?? 0n) + cost - guessed);
    shelf.value += guessed - cost;
    left -= covered;
    worth -= cost;
    debt.quantity -= covered;
    debt.value -= guessed;
    if (debt.quantity === 0n) shelf.debts.shift();
  }
  if (left > 0n) shelf.lots.push({ line: name, quantity: left, value: worth });
  shelf.quantity += line.quantity;
  shelf.value += value;
  shelf.last = [line.quantity, value];
}

function lastKnown(shelf: Shelf, quantity: bigint): bigint {
  return shelf.last === null ? 0n : part(shelf.last[1], quantity, shelf.last[0]);
}

function issue(shelf: Shelf, line: Line, name: string, around: Around): void {
  const size = -line.quantity;
  const there = shelf.quantity <= 0n ? 0n : size < shelf.quantity ? size : shelf.quantity;
  const given = costOfRow(line, name, around);
  const givenThere = given === null ? null : part(given, there, size);
  let value = 0n;
  if (line.good.method === 'fifo') value = takeLots(shelf, there, line.kind === 'back' ? line.takesFrom : null);
  else if (there > 0n) {
    if (there === shelf.quantity) value = shelf.value;
    else if (givenThere === null) value = part(shelf.value, there, shelf.quantity);
    else value = givenThere < shelf.value ? givenThere : shelf.value;
  }
  const missing = size - there;
  if (missing > 0n) {
    const guessed = given === null || givenThere === null ? lastKnown(shelf, missing) : given - givenThere;
    shelf.debts.push({ line: name, quantity: missing, value: guessed });
    value += guessed;
  }
  shelf.quantity -= size;
  shelf.value -= value;
  around.values.set(name, value);
}

function takeLots(shelf: Shelf, size: bigint, own: string | null): bigint {
  let left = size;
  let value = 0n;
  const turn = [...shelf.lots.filter((lot) => lot.line === own), ...shelf.lots.filter((lot) => lot.line !== own)];
  for (const lot of turn) {
    const taken = left < lot.quantity ? left : lot.quantity;
    if (taken === 0n) continue;
    const worth = part(lot.value, taken, lot.quantity);
    lot.quantity -= taken;
    lot.value -= worth;
    left -= taken;
    value += worth;
  }
  shelf.lots = shelf.lots.filter((lot) => lot.quantity > 0n);
  return value;
}

function bear(shelf: Shelf, line: Line, name: string, { lines, values }: Around): void {
  const from = line.takesFrom === null ? undefined : lines.get(line.takesFrom);
  if (from === undefined || shelf.quantity <= 0n || line.good.method === 'standard') return;
  const own = shelf.lots.filter((lot) => lot.line === line.takesFrom);
  let here = line.good.method === 'fifo' ? own.reduce((sum, lot) => sum + lot.quantity, 0n) : shelf.quantity;
  if (here > from.quantity) here = from.quantity;
  const borne = part(line.cost ?? 0n, here, from.quantity);
  let left = borne;
  let quantity = own.reduce((sum, lot) => sum + lot.quantity, 0n);
  for (const lot of own) {
    const share = part(left, lot.quantity, quantity);
    lot.value += share;
    left -= share;
    quantity -= lot.quantity;
  }
  shelf.value += borne;
  values.set(name, borne);
}

/** What is on hand at the end, and whether the values are settled: what settles late may change what was before. */
function replay(papers: readonly Paper[]): { readonly result: ModelResult; readonly isStill: boolean } {
  const { result, isStill } = atRest(papers, new Map());
  if (!isStill) return { result, isStill };
  // Places that owe one another goods that never cost anything agree on any value at all: then no answer is the right one.
  const dear = new Map([...result.values.keys()].map((line) => [line, DEAR]));
  const other = atRest(papers, dear);
  return { result, isStill: other.isStill && isSame(result.values, other.result.values) };
}

const DEAR = 1_000_003n;

/** Goes through everything again until no value changes any more, at most forty times. */
function atRest(
  papers: readonly Paper[],
  before: ReadonlyMap<string, bigint>,
): { readonly result: ModelResult; readonly isStill: boolean } {
  let result = pass(papers, before);
  for (let turn = 0; turn < 40; turn += 1) {
    const again = pass(papers, result.values);
    if (isSame(again.values, result.values)) return { result: again, isStill: true };
    result = again;
  }
  return { result, isStill: false };
}

function isSame(values: ReadonlyMap<string, bigint>, others: ReadonlyMap<string, bigint>): boolean {
  return [...values].every(([line, value]) => others.get(line) === value);
}

const day = fc.integer({ min: 1, max: 9 }).map((number) => `2026-05-0${number}`);
const good = fc.nat(GOODS.length - 1);
const place = fc.nat(PLACES.length - 1);
const quantity = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((whole) => BigInt(whole) * UNIT),
  fc.constantFrom(3_333n, 12_500n, 70_001n),
);
const cost = fc.integer({ min: 0, max: 9_999 }).map(BigInt);
const pick = fc.nat(1000);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('arrive' as const), day, good, place, quantity, cost }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('leave' as const), day, good, place, quantity }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), day, good, place, target: place, quantity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('back' as const), day, pick, quantity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('freight' as const), day, pick, cost }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('count' as const), day, good, place, quantity }) },
);

interface Posted {
  readonly paper: Paper;
  readonly entity: string;
  readonly id: string;
  isCancelled: boolean;
}

/** Does in the yard and in the model what a step says. */
class Player {
  readonly posted: Posted[] = [];
  readonly #yard: TestYard;
  readonly #rows = new Map<string, string>();
  #order = 0;

  constructor(yard: TestYard) {
    this.#yard = yard;
  }

  get papers(): readonly Paper[] {
    return this.posted.filter(({ isCancelled }) => !isCancelled).map(({ paper }) => paper);
  }

  /** What the lines are worth by the engine's entries, as the model counts it. */
  async values(): Promise<ReadonlyMap<string, bigint>> {
    const sums = await this.#yard.rows(
      'SELECT v.entity, v.record_id, e.rule, SUM(e.value) FROM {yard_stock__entries} e ' +
        'JOIN {rk_voucher} v ON v.id = e.voucher_id GROUP BY v.entity, v.record_id, e.rule',
    );
    const found = new Map<string, bigint>();
    for (const [entity, record, rule, sum] of sums) {
      const owner = this.posted.find((each) => `yard.${each.entity}` === entity && each.id === String(record));
      const line = owner?.paper.lines[Number(rule)];
      if (owner === undefined || line === undefined) continue;
      const value = this.#yard.centsOf(sum);
      found.set(`${owner.paper.name} ${Number(rule)}`, line.quantity < 0n ? -value : value);
    }
    return found;
  }

  async play(one: typeof step extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
    if (one.do === 'cancel') return this.#cancel(one.pick);
    if (one.do === 'back') return this.#bringBack(one.pick, one.day, one.quantity);
    if (one.do === 'freight') return this.#pay(one.pick, one.day, one.cost);
    const what = GOODS[one.good] as Good;
    const at = PLACES[one.place] as string;
    const plain = { good: what, place: at, quantity: one.quantity, takesFrom: null } as const;
    const input = { good: this.#id(what.code), quantity: quantityText(one.quantity) };
    if (one.do === 'arrive') {
      const lines = [{ ...plain, kind: 'plain' as const, cost: one.cost }];
      await this.#post('arrival', one.day, { place: this.#id(at) }, [{ ...input, cost: moneyText(one.cost) }], lines);
    } else if (one.do === 'count') {
      const lines = [{ ...plain, kind: 'count' as const, cost: null }];
      await this.#post('count', one.day, { place: this.#id(at) }, [input], lines);
    } else if (one.do === 'leave') {
      const lines = [{ ...plain, kind: 'plain' as const, cost: null, quantity: -one.quantity }];
      await this.#post('departure', one.day, { place: this.#id(at) }, [input], lines);
    } else {
      const to = PLACES[one.target] as string;
      if (to === at) return;
      const places = { place: this.#id(at), target: this.#id(to) };
      const name = `move ${this.#order}`;
      await this.#post(
        'move',
        one.day,
        places,
        [input],
        [
          { ...plain, kind: 'plain', cost: null, quantity: -one.quantity },
          { ...plain, kind: 'moved', cost: null, place: to, takesFrom: `${name} 0` },
        ],
      );
    }
  }

  async #cancel(pick: number): Promise<void> {
    const open = this.posted.filter(({ isCancelled }) => !isCancelled);
    const chosen = open[pick % Math.max(1, open.length)];
    if (chosen === undefined) return;
    // Documents that others build on are not cancelled; the engine refuses that before it comes to costs.
    const isUsed = open.some(
      ({ paper }) =>
        paper !== chosen.paper && paper.lines.some(({ takesFrom }) => takesFrom?.startsWith(`${chosen.paper.name} `)),
    );
    if (isUsed) return;
    if (await this.#tried(() => this.#yard.cancel(`yard.${chosen.entity}`, chosen.id))) chosen.isCancelled = true;
  }

  async #bringBack(pick: number, date: string, size: bigint): Promise<void> {
    const candidates = this.posted.filter(
      ({ paper, entity, isCancelled }) =>
        !isCancelled &&
        (entity === 'arrival' || entity === 'departure') &&
        paper.date <= date &&
        paper.lines.every(({ good: of, kind }) => kind === 'plain' && !of.mayOwe),
    );
    const chosen = candidates[pick % Math.max(1, candidates.length)];
    const line = chosen?.paper.lines[0];
    if (chosen === undefined || line === undefined) return;
    const goesOut = chosen.entity === 'arrival';
    const input = {
      good: this.#id(line.good.code),
      quantity: quantityText(size),
      back_of: this.#rows.get(`${chosen.paper.name} 0`) ?? null,
    };
    const takesFrom = `${chosen.paper.name} 0`;
    const back = { ...line, kind: 'back' as const, cost: goesOut ? null : 0n, takesFrom };
    const lines = [{ ...back, quantity: goesOut ? -size : size }];
    await this.#post(goesOut ? 'departure' : 'arrival', date, { place: this.#id(line.place) }, [input], lines);
  }

  async #pay(pick: number, date: string, share: bigint): Promise<void> {
    const candidates = this.posted.filter(
      ({ paper, entity, isCancelled }) =>
        !isCancelled && entity === 'arrival' && paper.date <= date && paper.lines[0]?.kind === 'plain',
    );
    const chosen = candidates[pick % Math.max(1, candidates.length)];
    const line = chosen?.paper.lines[0];
    if (chosen === undefined || line === undefined) return;
    const input = {
      arrived: this.#rows.get(`${chosen.paper.name} 0`) ?? null,
      good: this.#id(line.good.code),
      place: this.#id(line.place),
      share: moneyText(share),
    };
    const takesFrom = `${chosen.paper.name} 0`;
    await this.#post(
      'freight',
      date,
      {},
      [input],
      [{ ...line, kind: 'freight', quantity: 0n, cost: share, takesFrom }],
    );
  }

  async #post(
    entity: string,
    date: string,
    head: Readonly<Record<string, string>>,
    rows: readonly Readonly<Record<string, string | null>>[],
    lines: readonly Line[],
  ): Promise<void> {
    const name = `${entity} ${this.#order}`;
    const paper: Paper = { name, date, order: this.#order, lines };
    this.#order += 1;
    const full = `yard.${entity}`;
    const id = await this.#yard.create(full, { date, ...head, lines: [...rows] });
    if (!(await this.#tried(() => this.#yard.submit(full, id)))) return;
    for (const [index, row] of (await this.#yard.lines(full, id)).entries()) this.#rows.set(`${name} ${index}`, row);
    const posted: { -readonly [K in keyof Posted]: Posted[K] } = { paper, entity, id, isCancelled: false };
    const { result } = replay([...this.papers, paper]);
    // Where nothing was left to bear it, the whole of it was spent and no entry waits for the goods to come back.
    if (entity === 'freight' && (result.values.get(`${name} 0`) ?? 0n) === 0n) posted.paper = { ...paper, lines: [] };
    this.posted.push(posted);
  }

  /** False when a guard refused it. */
  async #tried(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.faults.every(({ code }) => code === 'guard')) return false;
      throw error;
    }
  }

  #id(code: string): string {
    return String(this.#yard.ids.get(code));
  }
}

function quantityText(units: bigint): string {
  return `${units / UNIT}.${String(units % UNIT).padStart(4, '0')}`;
}

function moneyText(cents: bigint): string {
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}

function unitsOf(text: string): bigint {
  return BigInt(text.replace('.', ''));
}

const SEED = Number(process.env['RANGKA_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Runs that found a fault of the engine. */
const FAILED_ONCE = [
  { about: 'a standard cost after the last cents of an empty place', seed: 1_212_437_181, path: '3' },
];
const RUNS = Number(process.env['RANGKA_TEST_RUNS'] ?? 8);

describe.each(testBackends)('costs on $name', (backend) => {
  const yards: TestYard[] = [];
  beforeAll(() => process.stdout.write(`recost-property: RANGKA_TEST_SEED=${SEED}\n`));
  afterAll(async () => {
    for (const yard of yards) await yard.close();
  });

  const play = async (choices: Parameters<typeof fc.assert>[1]): Promise<void> => {
    let compared = 0;
    const run = async (steps: readonly Parameters<Player['play']>[0][]): Promise<void> => {
      const yard = await openTestYard(
        backend,
        GOODS.map(({ standard, ...rest }) => ({ ...rest, standard: moneyText(standard) })),
      );
      yards.push(yard);
      const player = new Player(yard);
      for (const one of steps) {
        await player.play(one);
        const held = await yard.held();
        const summed = await yard.summed();
        const fresh = replay(player.papers).result;
        const values = await player.values();
        const again = pass(player.papers, values);
        const stopped = await stoppedGoods(yard);
        // Only between places that owe one another goods may costs chase themselves; nothing else is ever stopped.
        for (const code of stopped) expect([...fresh.ahead]).toContain(code);
        for (const [line, value] of again.values) {
          const code = lineOf(player.papers, line).good.code;
          if (!stopped.has(code)) expect({ line, value: values.get(line) ?? 0n }).toEqual({ line, value });
        }
        let worth = 0n;
        for (const [key, { quantity: many, value }] of held) {
          worth += unitsOf(value);
          const sums = summed.get(key) ?? { quantity: '0.0000', value: '0.00' };
          expect({ key, quantity: many, value }).toEqual({ key, ...sums });
          if (unitsOf(many) === 0n) expect({ key, value: unitsOf(value) }).toEqual({ key, value: 0n });
          const [code = ''] = key.split(' ');
          const shelf = again.shelves.get(key) ?? new Shelf();
          expect({ key, quantity: unitsOf(many) }).toEqual({ key, quantity: shelf.quantity });
          if (stopped.has(code)) continue;
          expect({ key, value: unitsOf(value) }).toEqual({ key, value: shelf.value });
          // A circle may rest at one cent as well as at the next, each following from itself: any such rest is right.
          if (fresh.ahead.has(code)) continue;
          expect({ key, value: unitsOf(value) }).toEqual({ key, value: (fresh.shelves.get(key) ?? shelf).value });
          compared += 1;
        }
        const isStandardMoved = player.papers.some(({ lines }) =>
          lines.some(({ kind, good: of }) => kind === 'moved' && of.method === 'standard'),
        );
        // What moves at the standard cost may lose a cent to the roundings of two places.
        if (!isStandardMoved) expect(unitsOf(await yard.purse('STOCK'))).toBe(worth);
        await expectLayers(yard, held);
      }
      await yard.close();
      yards.pop();
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 80 }), run), choices);
    // Every key is compared but those that the model finds in a circle itself, so this proves no more than that any was.
    expect(compared).toBeGreaterThan(0);
  };

  test('are those of everything gone through again from the beginning', { timeout: 60_000 + RUNS * 10_000 }, () =>
    play({
      numRuns: RUNS,
      seed: SEED,
      ...(process.env['RANGKA_TEST_PATH'] === undefined ? {} : { path: process.env['RANGKA_TEST_PATH'] }),
      endOnFailure: process.env['RANGKA_TEST_SHRINK'] === undefined,
    }),
  );

  test.each(FAILED_ONCE)('are right where they once were not: $about', { timeout: 60_000 }, ({ seed, path }) =>
    play({ seed, path, numRuns: 1 }),
  );
});

function lineOf(papers: readonly Paper[], name: string): Line {
  const cut = name.lastIndexOf(' ');
  const paper = papers.find((each) => each.name === name.slice(0, cut));
  return paper?.lines[Number(name.slice(cut + 1))] as Line;
}

/** Codes of the goods whose costs the engine stopped in a circle. */
async function stoppedGoods(yard: TestYard): Promise<ReadonlySet<string>> {
  const rows = await yard.rows("SELECT key_values FROM {rk_recost} WHERE state = 'stopped'");
  const ids = new Set(rows.map(([values]) => String((JSON.parse(String(values)) as unknown[])[0])));
  return new Set(GOODS.map(({ code }) => code).filter((code) => ids.has(String(yard.ids.get(code)))));
}

/** The layers that are kept hold exactly what is on hand. */
async function expectLayers(
  yard: TestYard,
  held: ReadonlyMap<string, { quantity: string; value: string }>,
): Promise<void> {
  const sums = new Map<string, readonly [bigint, bigint]>();
  const units = (raw: unknown, scale: number): bigint => {
    const [whole = '0', fraction = ''] = String(raw).split('.');
    return BigInt(whole + fraction.padEnd(scale, '0'));
  };
  for (const [key, many, value] of await yard.rows('SELECT cost_key, quantity, value FROM {rk_cost_layer}')) {
    const [quantities, values] = sums.get(String(key)) ?? [0n, 0n];
    sums.set(String(key), [quantities + units(many, 4), values + units(value, 2)]);
  }
  for (const [key, { quantity: many, value }] of held) {
    const [code = '', at = ''] = key.split(' ');
    if (GOODS.find((each) => each.code === code)?.method !== 'fifo' || unitsOf(many) <= 0n) continue;
    const name = JSON.stringify([yard.ids.get(code), yard.ids.get(at)]);
    expect({ key, layers: sums.get(name) }).toEqual({ key, layers: [unitsOf(many), unitsOf(value)] });
  }
}
