import type { KeptBalance, Ledger } from '../compiler/ledger-model.ts';
import type { Field } from '../compiler/model.ts';
import type { PathStep, TypedExpression } from '../expression/ast.ts';
import { addDays, addMonths, dayNumber } from '../expression/calendar.ts';
import { partsOf } from '../expression/parts.ts';
import { columnsOf, emptyKeyText } from '../ledger/entry-columns.ts';
import { ENTRY_COLUMNS, MONTH_COLUMN } from '../metamodel/naming.ts';
import type { StoredColumn } from '../records/stored-column.ts';
import type { Dialect } from '../storage/database.ts';
import { quoted, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { ALWAYS, commonDays, cutsOf, daysOf, isEntryDate, spannedDays } from './date-bounds.ts';
import type { Days } from './date-bounds.ts';
import type { GroupQuery } from './group-query.ts';
import type { Leaf } from './leaves.ts';
import { conjunctsOf } from './rewrite.ts';

/** What stands in the place of the table of entries. */
export interface EntriesSource {
  readonly text: string;
  readonly bindings: readonly Binding[];
}

/** Days that nobody posts to yet weigh next to nothing. */
const FUTURE_WEIGHT = 0.02;

/** Functions of a date that give the same for every day of a month. */
const BY_MONTH: ReadonlySet<string> = new Set(['start_of_month', 'end_of_month', 'month', 'year']);

/**
 * The entries that a report adds up, read from the balances kept for each month where these say the same: then the work
 * grows with the months and not with the entries. Null when the report asks for more than they hold.
 *
 * Each kept month stands as one entry for each key, on its first day. A month that one of the report's dates lies
 * within is taken from its entries, or from its balance less the entries of its other part, whichever is less to read;
 * what is not yet rolled up is added from the entries of the queued vouchers.
 */
export function keptEntries(ledger: Ledger, query: GroupQuery, dialect: Dialect, today: string): EntriesSource | null {
  const { detailFrom } = query;
  const whole = detailFrom === null ? wholeAsk(query) : null;
  const keptWhole = whole === null ? null : smallestKept(ledger, whole.dimensions);
  if (whole !== null && keptWhole !== null) {
    return new KeptEntries(ledger, keptWhole, dialect, today, false).source(whole.days, whole.cuts, null, whole.days);
  }
  const from = detailFrom ?? firstOfUnanswered(ledger, query);
  const asked = from === null ? null : openingAsk(query, from);
  const kept = asked === null ? null : smallestKept(ledger, asked.dimensions);
  if (from === null || asked === null || kept === null) return null;
  const days = commonDays(asked.days, { from: null, to: addDays(from, -1) });
  return new KeptEntries(ledger, kept, dialect, today, true).source(days, asked.cuts, from, asked.days);
}

/**
 * The first day of what balances cannot say, such as what came in and what went out: from then on entries are read, and
 * balances for what was before. Null when it has no first day.
 */
function firstOfUnanswered(ledger: Ledger, { leaves, sight }: GroupQuery): string | null {
  let first: string | null = null;
  for (const leaf of leaves) {
    const ask = new AskReader(sight);
    const asked = ask.result(ask.leaf(leaf));
    if (asked !== null && smallestKept(ledger, asked.dimensions) !== null) continue;
    const [from] = conjunctsOf(leaf.condition)
      .flatMap((part) => daysOf(part)?.from ?? [])
      .sort()
      .reverse();
    if (from === undefined) return null;
    if (first === null || from < first) first = from;
  }
  return first;
}

/** What is asked of balances: of which dimensions, between which dates. */
interface Ask {
  readonly dimensions: ReadonlySet<string>;
  readonly days: Days;
  readonly cuts: ReadonlySet<string>;
}

/** The whole report from balances. */
function wholeAsk({ where, keys, leaves, sight }: GroupQuery): Ask | null {
  const ask = new AskReader(sight);
  let days = ask.condition(where);
  let ofLeaves: Days | null = null;
  for (const leaf of leaves) {
    const own = ask.leaf(leaf);
    ofLeaves = ofLeaves === null ? own : spannedDays(ofLeaves, own);
  }
  for (const { value } of keys) ask.key(value);
  if (ofLeaves !== null) days = commonDays(days, ofLeaves);
  return ask.result(days);
}

/** Only what stood before the first day of the report, which has one line for each key that is no detail. */
function openingAsk({ where, keys, leaves, sight }: GroupQuery, from: string): Ask | null {
  const ask = new AskReader(sight);
  const days = ask.condition(where);
  for (const leaf of leaves) if (!beginsAt(leaf, from)) ask.leaf(leaf);
  for (const { value, isDetail } of keys) if (!isDetail) ask.key(value);
  return ask.result(days);
}

function beginsAt({ condition }: Leaf, from: string): boolean {
  return conjunctsOf(condition).some((part) => {
    const days = daysOf(part);
    return days !== null && days.from !== null && days.from >= from;
  });
}

/** Finds out whether expressions can be answered from balances. */
class AskReader {
  readonly #dimensions: Set<string>;
  readonly #cuts = new Set<string>();
  #isPossible = true;

  /** @param sight what narrows the entries reads their dimensions as well */
  constructor({ bounds }: GroupQuery['sight']) {
    this.#dimensions = new Set(bounds?.restrictions.flatMap(({ link }) => link?.name ?? []));
  }

  result(days: Days): Ask | null {
    if (!this.#isPossible) return null;
    for (const cut of cutsOf(days)) this.#cuts.add(cut);
    return { dimensions: this.#dimensions, days, cuts: this.#cuts };
  }

  condition(condition: TypedExpression | null): Days {
    let days = ALWAYS;
    for (const part of conjunctsOf(condition)) {
      const found = daysOf(part);
      if (found === null) this.#dimension(part);
      else {
        days = commonDays(days, found);
        for (const cut of cutsOf(found)) this.#cuts.add(cut);
      }
    }
    return days;
  }

  leaf({ aggregate, value, condition }: Leaf): Days {
    const days = this.condition(condition);
    if (aggregate === 'sum' && value !== null) this.#sum(value);
    else if ((aggregate === 'min' || aggregate === 'max') && value !== null) this.#dimension(value);
    else this.#isPossible = false;
    return days;
  }

  key(expression: TypedExpression): void {
    if (expression.node === 'call' && BY_MONTH.has(expression.function) && expression.arguments.every(isEntryDate))
      return;
    if (expression.node !== 'aggregate' && partsOf(expression).length > 0) {
      for (const part of partsOf(expression)) this.key(part);
    } else this.#dimension(expression);
  }

  /** Reads nothing but dimensions. */
  #dimension(expression: TypedExpression): void {
    if (expression.node === 'aggregate') this.#isPossible = false;
    else if (expression.node === 'path' || expression.node === 'row-path') this.#path(expression.path);
    for (const part of partsOf(expression)) this.#dimension(part);
  }

  #path([first]: readonly PathStep[]): void {
    this.#dimensions.add(first?.field ?? '');
  }

  /** Gives for a sum of entries the sum of what it gives for each: measures, times constants, chosen by dimensions. */
  #sum(expression: TypedExpression): void {
    if (expression.node === 'literal' && (expression.value === null || /^-?0*(\.0*)?$/.test(String(expression.value))))
      return;
    if (expression.node === 'row-path' && expression.path.length === 1) {
      this.#dimensions.add(`measure ${expression.path[0]?.field ?? ''}`);
      return;
    }
    if (expression.node === 'if') {
      this.#dimension(expression.condition);
      this.#sum(expression.then);
      this.#sum(expression.otherwise);
      return;
    }
    if (expression.node !== 'call') {
      this.#isPossible = false;
      return;
    }
    const [left, right] = expression.arguments;
    if (expression.function === 'add' || expression.function === 'subtract' || expression.function === 'negate') {
      for (const part of expression.arguments) this.#sum(part);
    } else if (expression.function === 'multiply' && left !== undefined && right !== undefined) {
      const [factor, rest] = left.node === 'literal' ? [left, right] : [right, left];
      this.#factor(factor);
      this.#sum(rest);
    } else this.#isPossible = false;
  }

  /** A whole factor: products with fractions are rounded, and a sum of rounded amounts is no rounded sum. */
  #factor(expression: TypedExpression): void {
    if (expression.node === 'literal' && /^-?\d+$/.test(String(expression.value))) return;
    this.#isPossible = false;
  }
}

/** The smallest kept balance that has all of these dimensions, and the measures named. */
function smallestKept(ledger: Ledger, wanted: ReadonlySet<string>): KeptBalance | null {
  let smallest: KeptBalance | null = null;
  for (const kept of ledger.monthly) {
    const known = new Set([
      ...kept.dimensions.map(({ name }) => name),
      ...ledger.measures.map(({ name }) => `measure ${name}`),
    ]);
    const covers = [...wanted].every((name) => known.has(name));
    if (covers && (smallest === null || kept.dimensions.length < smallest.dimensions.length)) smallest = kept;
  }
  return smallest;
}

interface Segment {
  readonly from: string;
  /** The first day after it. */
  readonly end: string;
  readonly isWanted: boolean;
  readonly weight: number;
}

/** Writes the selections that together stand for entries. */
class KeptEntries {
  readonly #ledger: Ledger;
  readonly #kept: KeptBalance;
  readonly #dialect: Dialect;
  readonly #today: string;
  /** Whether all columns of entries are selected, rather than the dimensions of the balance. */
  readonly #isWide: boolean;
  readonly #selections: string[] = [];
  readonly #bindings: Binding[] = [];

  constructor(ledger: Ledger, kept: KeptBalance, dialect: Dialect, today: string, isWide: boolean) {
    this.#ledger = ledger;
    this.#kept = kept;
    this.#dialect = dialect;
    this.#today = today;
    this.#isWide = isWide;
  }

  source(days: Days, cuts: ReadonlySet<string>, detailFrom: string | null, all: Days): EntriesSource {
    const within = [...new Set([...cuts, ...cutsOf(days)])].filter((cut) => !cut.endsWith('-01')).sort();
    const months = [...new Set(within.map(monthOf))];
    if (detailFrom !== null) this.#entries({ from: detailFrom, to: all.to }, null, '');
    this.#wholeMonths(days, months);
    for (const month of months) this.#brokenMonth(month, days, within);
    return { text: `(${this.#selections.join(' UNION ALL ')})`, bindings: this.#bindings };
  }

  /** Months that no date cuts in two. */
  #wholeMonths({ from, to }: Days, broken: readonly string[]): void {
    const conditions: string[] = [];
    const bindings: Binding[] = [];
    const add = (sign: string, date: string | null): void => {
      if (date === null) return;
      conditions.push(`{date} ${sign} ${this.#date()}`);
      bindings.push(date);
    };
    if (from !== null) add('>=', monthOf(from));
    if (to !== null) add('<=', addDays(nextMonth(to), -1));
    for (const month of broken) {
      conditions.push(`NOT ({date} >= ${this.#date()} AND {date} < ${this.#date()})`);
      bindings.push(month, nextMonth(month));
    }
    this.#month(conditions, bindings, null);
  }

  /** A month with a date within: in full, or what is wanted of it from its entries. */
  #brokenMonth(month: string, days: Days, cuts: readonly string[]): void {
    const segments = this.#segmentsOf(month, days, cuts);
    if (!segments.some(({ isWanted }) => isWanted)) return;
    const rest = cheapestRest(segments);
    for (const segment of segments) {
      if (segment === rest) continue;
      if (segment.isWanted) this.#entries({ from: segment.from, to: addDays(segment.end, -1) }, null, '');
      if (rest?.isWanted === true) this.#entries({ from: segment.from, to: addDays(segment.end, -1) }, rest.from, '-');
    }
    if (rest?.isWanted !== true) return;
    const conditions = [`{date} >= ${this.#date()}`, `{date} < ${this.#date()}`];
    this.#month(conditions, [month, nextMonth(month)], rest.from);
  }

  #segmentsOf(month: string, { from, to }: Days, cuts: readonly string[]): readonly Segment[] {
    const begins = [month, ...cuts.filter((cut) => monthOf(cut) === month)];
    return begins.map((begin, index) => {
      const end = begins[index + 1] ?? nextMonth(month);
      return {
        from: begin,
        end,
        isWanted: (from === null || begin >= from) && (to === null || begin <= to),
        weight: this.#weightOf(begin, end),
      };
    });
  }

  /** How many entries are to be expected, by days. */
  #weightOf(begin: string, end: string): number {
    const length = dayNumber(end) - dayNumber(begin);
    const past = Math.min(Math.max(dayNumber(this.#today) + 1 - dayNumber(begin), 0), length);
    return past + (length - past) * FUTURE_WEIGHT;
  }

  /** Kept balances and queued entries of some days, on one date when it is given. */
  #month(conditions: readonly string[], bindings: readonly Binding[], date: string | null): void {
    const met = (column: string): string => conditions.map((each) => each.replaceAll('{date}', column)).join(' AND ');
    const dated = date === null ? null : this.#date();
    const own = date === null ? [] : [date];
    const month = quoted(MONTH_COLUMN);
    const kept = this.#columns(dated ?? month, '', true);
    this.#select(`SELECT ${kept} FROM ${table(this.#kept.table.name)}${where(met(month))}`, [...own, ...bindings]);
    const column = quoted(ENTRY_COLUMNS.date);
    const queued = `${quoted(ENTRY_COLUMNS.voucher)} IN (SELECT voucher_id FROM ${table('rk_rollup_queue')})`;
    const conditionsText = [queued, ...(conditions.length === 0 ? [] : [met(column)])].join(' AND ');
    const entries = this.#columns(dated ?? column, '', false, true);
    const text = `SELECT ${entries} FROM ${table(this.#ledger.entries.table)} WHERE ${conditionsText}`;
    this.#select(text, [...own, ...bindings]);
  }

  /** Entries of some days, on their own dates or all on one, their measures with a sign. */
  #entries({ from, to }: Days, date: string | null, sign: '' | '-'): void {
    const column = quoted(ENTRY_COLUMNS.date);
    const bindings: Binding[] = date === null ? [] : [date];
    const conditions: string[] = [];
    for (const [bound, operator] of [
      [from, '>='],
      [to, '<='],
    ] as const) {
      if (bound === null) continue;
      conditions.push(`${column} ${operator} ${this.#date()}`);
      bindings.push(bound);
    }
    const columns = this.#columns(date === null ? column : this.#date(), sign, false, date !== null);
    const text = `SELECT ${columns} FROM ${table(this.#ledger.entries.table)}${where(conditions.join(' AND '))}`;
    this.#select(text, bindings);
  }

  #select(text: string, bindings: readonly Binding[]): void {
    this.#selections.push(text);
    this.#bindings.push(...bindings);
  }

  /** The columns of an entry. Those that a balance does not have are null, and read of no line before the details. */
  #columns(date: string, sign: '' | '-', isKept: boolean, isBare = isKept): string {
    const { dimensions, measures } = columnsOf(this.#ledger, this.#dialect);
    const names: string[] = [`${date} AS ${quoted(ENTRY_COLUMNS.date)}`];
    if (this.#isWide) {
      const { date: _, ...others } = ENTRY_COLUMNS;
      for (const name of Object.values(others)) names.push(isBare ? `NULL AS ${quoted(name)}` : quoted(name));
    }
    for (const [index, field] of this.#ledger.dimensions.entries()) {
      const column = dimensions[index] as StoredColumn;
      if (this.#kept.dimensions.includes(field)) names.push(keyText(column, field, isKept));
      else if (this.#isWide) names.push(isBare ? `NULL AS ${quoted(column.column)}` : quoted(column.column));
    }
    for (const { column } of measures)
      names.push(sign === '' ? quoted(column) : `-${quoted(column)} AS ${quoted(column)}`);
    return names.join(', ');
  }

  #date(): string {
    return this.#dialect === 'mysql' ? 'CAST(? AS DATE)' : '?';
  }
}

/** A dimension of a balance as an entry has it: what is empty there is null here. */
function keyText(column: StoredColumn, field: Field, isKept: boolean): string {
  const name = quoted(column.column);
  return isKept && field.required !== true ? `NULLIF(${name}, ${emptyKeyText(column)}) AS ${name}` : name;
}

/** The part that is read as the month less its other parts; null when all that is wanted is read from entries. */
function cheapestRest(segments: readonly Segment[]): Segment | null {
  const weight = (of: readonly Segment[]): number => of.reduce((sum, each) => sum + each.weight, 0);
  let best: Segment | null = null;
  let least = weight(segments.filter(({ isWanted }) => isWanted));
  for (const segment of segments) {
    if (!segment.isWanted) continue;
    const others = weight(segments.filter((each) => each !== segment));
    if (others < least) [best, least] = [segment, others];
  }
  return best;
}

function monthOf(date: string): string {
  return `${date.slice(0, 7)}-01`;
}

function nextMonth(date: string): string {
  return addMonths(monthOf(date), 1) ?? '9999-12-31';
}

function where(condition: string): string {
  return condition === '' ? '' : ` WHERE ${condition}`;
}
