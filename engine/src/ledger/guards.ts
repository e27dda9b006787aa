import { Decimal } from '../base/decimal.ts';
import type { Fault } from '../base/errors.ts';
import type { Guard, KeptBalance, Ledger, LedgerCheck } from '../compiler/ledger-model.ts';
import type { EvaluationContext } from '../expression/evaluation.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { Value } from '../metamodel/value-type.ts';
import { rendered } from '../records/checks.ts';
import { evaluatorOf } from '../records/compute.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom } from '../records/context.ts';
import { LinkedRecords } from '../records/linked-records.ts';
import type { Needs } from '../records/linked-records.ts';
import type { StoredColumn } from '../records/stored-column.ts';
import type { Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import type { Balance, Delta } from './balances.ts';
import { columnsOf } from './entry-columns.ts';
import { keyOf, keyText, rowOf } from './entry.ts';
import type { Entry } from './entry.ts';

/** A movement so large that it shows which way a smaller one of its kind leads. */
const FAR = Decimal.of(1_000_000_000);

const needs = new WeakMap<Ledger, Needs>();

/** The records behind the dimensions of entries, loaded in one go for checks, guards and valuation. */
export async function linkedOf(
  from: ReadFrom,
  ledger: Ledger,
  entries: readonly Pick<Entry, 'at' | 'amounts'>[],
): Promise<LinkedRecords> {
  let known = needs.get(ledger);
  if (known === undefined) {
    known = { record: ledger.needs, lines: {} };
    needs.set(ledger, known);
  }
  const linked = new LinkedRecords(from, known);
  await linked.load(entries.map(({ at, amounts }) => rowOf(ledger, at, amounts) as DraftRow));
  return linked;
}

/** How an expression of a ledger sees an entry or a balance. */
export function contextOf(from: ReadFrom, linked: LinkedRecords, self: EvaluationContext['self']): EvaluationContext {
  const { globals, today, now } = from;
  return { self, linked: linked.linked, globals, today, now };
}

/** Faults of entries that the ledger's rules refuse: `ledger-check`, or the rule's own words. */
export function checkEntries(
  from: ReadFrom,
  ledger: Ledger,
  entries: readonly Entry[],
  linked: LinkedRecords,
): readonly Fault[] {
  const faults: Fault[] = [];
  for (const { at, amounts, date, pointer } of entries) {
    for (const [index, field] of ledger.dimensions.entries()) {
      if (field.required === true && (at[index] ?? null) === null) {
        const parameters = { dimension: String(field.label.en ?? field.name) };
        faults.push({ pointer, code: 'dimension-missing', parameters });
      }
    }
    const context = contextOf(from, linked, rowOf(ledger, at, amounts, date));
    for (const check of ledger.checks) if (!holds(check, context)) faults.push(faultOf(check, context, pointer));
  }
  return faults;
}

function holds({ that }: LedgerCheck, context: EvaluationContext): boolean {
  return evaluatorOf(that)(context) !== false;
}

function faultOf({ message }: LedgerCheck, context: EvaluationContext, pointer: string): Fault {
  return { pointer, code: 'check', message: rendered(message, context) };
}

/** The sum of the balancing expression over the entries of one voucher; zero when the ledger balances. */
export function imbalanceOf(from: ReadFrom, ledger: Ledger, entries: readonly Entry[], linked: LinkedRecords): Decimal {
  const { balanced } = ledger;
  if (balanced === null) return Decimal.zero;
  const evaluate = evaluatorOf(balanced);
  let sum = Decimal.zero;
  for (const { at, amounts, date } of entries) {
    const value = evaluate(contextOf(from, linked, rowOf(ledger, at, amounts, date)));
    if (value instanceof Decimal) sum = sum.add(value);
  }
  return sum;
}

/** The entries of one ledger that were just written, and the balances they changed. */
export interface GuardedChange {
  readonly transaction: Transaction;
  readonly from: ReadFrom;
  readonly ledger: Ledger;
  readonly entries: readonly Entry[];
  readonly linked: LinkedRecords;
  readonly balances: ReadonlyMap<KeptBalance, ChangedBalances>;
}

export interface ChangedBalances {
  readonly deltas: readonly Delta[];
  /** As they are now, by the text of their key. */
  readonly balances: ReadonlyMap<string, Balance>;
}

/**
 * Faults of balances that a guard forbids, on any date from the first new entry on. The entries are written and the
 * balances locked. A movement that leads a balance back towards what is allowed is never refused.
 */
export async function guardFaults(change: GuardedChange): Promise<readonly Fault[]> {
  const { ledger, entries, from, linked } = change;
  const faults: Fault[] = [];
  for (const guard of ledger.guards) {
    const changed = change.balances.get(guard.balance);
    if (changed === undefined) continue;
    for (const delta of changed.deltas) {
      const balance = changed.balances.get(keyText(delta.key));
      const broken = balance === undefined ? null : await brokenBalance(change, guard, delta, balance);
      if (broken === null) continue;
      const entry = entries.find(({ at }) => keyText(keyOf(ledger, guard.balance, at)) === keyText(delta.key));
      const context = contextOf(from, linked, guardRow(ledger, guard, delta.key, broken));
      faults.push({ pointer: entry?.pointer ?? '', code: 'guard', message: rendered(guard.message, context) });
    }
  }
  return faults;
}

/** The first forbidden balance of a key, from the date of the movement on; null when there is none. */
async function brokenBalance(
  { transaction, from, ledger, linked }: GuardedChange,
  guard: Guard,
  delta: Delta,
  balance: Balance,
): Promise<readonly Decimal[] | null> {
  const contextAt = (amounts: readonly Decimal[]): EvaluationContext =>
    contextOf(from, linked, guardRow(ledger, guard, delta.key, amounts));
  if (guard.unless !== null && evaluatorOf(guard.unless)(contextAt(balance.amounts)) === true) return null;
  const isForbidden = (amounts: readonly Decimal[]): boolean => evaluatorOf(guard.never)(contextAt(amounts)) === true;
  const leadsBack = (amounts: readonly Decimal[]): boolean =>
    !isForbidden(amounts.map((amount, index) => amount.add((delta.amounts[index] as Decimal).multiply(FAR))));
  const isBroken = (amounts: readonly Decimal[]): boolean => isForbidden(amounts) && !leadsBack(amounts);

  let { amounts } = balance;
  if (isBroken(amounts)) return amounts;
  if (delta.from >= balance.lastDate) return null;
  for (const day of await laterDays(transaction, ledger, guard.balance, delta)) {
    // Days come latest first: each takes away what that day moved, which leaves the balance of the day before.
    amounts = amounts.map((amount, index) => amount.subtract(day[index] as Decimal));
    if (isBroken(amounts)) return amounts;
  }
  return null;
}

function guardRow(
  ledger: Ledger,
  guard: Guard,
  key: readonly Value[],
  amounts: readonly Decimal[],
): EvaluationContext['self'] {
  const at = ledger.dimensions.map((field) => {
    const index = guard.balance.dimensions.indexOf(field);
    return index < 0 ? null : (key[index] ?? null);
  });
  return rowOf(ledger, at, amounts);
}

/** What each day after a movement's moved for a key, the latest day first. */
export async function laterDays(
  transaction: Transaction,
  ledger: Ledger,
  kept: KeptBalance,
  delta: Pick<Delta, 'key' | 'from'>,
): Promise<readonly (readonly Decimal[])[]> {
  const { dialect } = transaction;
  const { dimensions, measures } = columnsOf(ledger, dialect);
  const bindings: Binding[] = [];
  const conditions = kept.dimensions.map((field, index) => {
    const column = dimensions[ledger.dimensions.indexOf(field)] as StoredColumn;
    const value = delta.key[index] ?? null;
    if (value === null) return `${quoted(column.column)} IS NULL`;
    bindings.push(column.toBinding(value));
    return `${quoted(column.column)} = ${parameter(dialect, column.type)}`;
  });
  const date = quoted(ENTRY_COLUMNS.date);
  const sums = measures.map(({ column }) => `SUM(${quoted(column)})`).join(', ');
  const text =
    `SELECT ${sums} FROM ${table(ledger.entries.table)} WHERE ${conditions.join(' AND ')} AND ${date} > ? ` +
    `GROUP BY ${date} ORDER BY ${date} DESC`;
  const tuples = await transaction.tuples(statement(text), [...bindings, delta.from]);
  return tuples.map((tuple) => measures.map((column, index) => column.toValue(tuple[index] ?? null) as Decimal));
}
