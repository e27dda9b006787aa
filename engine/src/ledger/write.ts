import { Decimal } from '../base/decimal.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { KeptBalance, Ledger } from '../compiler/ledger-model.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import { addToBalances, deltasOf, readBalances } from './balances.ts';
import { insertEntries, insertVoucher } from './entries.ts';
import type { VoucherHead } from './entries.ts';
import type { Entry } from './entry.ts';
import { checkEntries, guardFaults, imbalanceOf, linkedOf } from './guards.ts';
import type { ChangedBalances } from './guards.ts';

/** Entries that were written, with their ids, in the order they were given. */
export interface WrittenVoucher {
  readonly id: string;
  readonly ids: ReadonlyMap<Entry, string>;
}

/** What a voucher demands of its entries beyond being balanced. */
export interface WriteOptions {
  /** Whether the rules for entries are asked; a reversal takes back what once passed them. */
  readonly checks: boolean;
}

/**
 * Writes one voucher: its entries in every ledger, and the balances that guards read. Refuses entries against the
 * rules of their ledger, books that do not balance, and balances that a guard forbids, naming the rows; then nothing
 * of it is left, since the transaction ends with the refusal.
 */
export async function writeVoucher(
  { transaction, from }: WriteUnit,
  head: VoucherHead,
  entries: readonly Entry[],
  actor: Actor,
  { checks }: WriteOptions,
): Promise<WrittenVoucher> {
  const id = await insertVoucher(transaction, head, actor, from.now);
  const ids = new Map<Entry, string>();
  const faults: Fault[] = [];
  for (const [ledger, own] of byLedger(entries)) {
    const linked = await linkedOf(from, ledger, own);
    if (checks) faults.push(...checkEntries(from, ledger, own, linked));
    const imbalance = imbalanceOf(from, ledger, own, linked);
    if (!imbalance.isZero()) {
      throw refuse('unbalanced', { parameters: { difference: imbalance.toString() } });
    }
    if (faults.length > 0) continue;
    const written = await insertEntries(transaction, ledger, id, own);
    for (const [index, entry] of own.entries()) ids.set(entry, written[index] as string);

    const changed = new Map<KeptBalance, ChangedBalances>();
    for (const kept of ledger.current) {
      const deltas = deltasOf(ledger, kept, own);
      await addToBalances(transaction, ledger, kept, deltas);
      if (!ledger.guards.some((guard) => guard.balance === kept)) continue;
      const keys = deltas.map(({ key }) => key);
      changed.set(kept, { deltas, balances: await readBalances(transaction, ledger, kept, keys) });
    }
    faults.push(...(await guardFaults({ transaction, from, ledger, entries: own, linked, balances: changed })));
  }
  if (faults.length > 0) throw refuse('invalid', { faults });
  return { id, ids };
}

/** Ledgers in the order of their names, so that everybody locks their balances in one order. */
export function byLedger(entries: readonly Entry[]): ReadonlyMap<Ledger, readonly Entry[]> {
  const groups = new Map<Ledger, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.ledger);
    if (group === undefined) groups.set(entry.ledger, [entry]);
    else group.push(entry);
  }
  return new Map([...groups].sort(([one], [other]) => (one.name < other.name ? -1 : 1)));
}

/**
 * Amounts as the rules after them read them, by the name of the measure: without the sign of their direction. Of a
 * valued ledger it is the quantity that says the direction: goods that leave with less than no value, as a circle of
 * places that owe one another may leave them, must lower what the value is booked to.
 */
export function absoluteAmounts(ledger: Ledger, amounts: readonly Decimal[]): Readonly<Record<string, Decimal>> {
  const { valuation } = ledger;
  const direction = valuation === null ? 0 : (amounts[valuation.by] ?? Decimal.zero).sign();
  return Object.fromEntries(
    ledger.measures.map((field, index) => {
      const amount = amounts[index] ?? Decimal.zero;
      if (index !== valuation?.value || direction === 0) return [field.name, amount.abs()];
      return [field.name, direction < 0 ? amount.negate() : amount];
    }),
  );
}
