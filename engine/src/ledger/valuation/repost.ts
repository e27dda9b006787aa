import { Decimal } from '../../base/decimal.ts';
import type { Ledger, Posting, PostingRule, Valuation } from '../../compiler/ledger-model.ts';
import type { Entity } from '../../compiler/model.ts';
import { loadRecord } from '../../records/load-record.ts';
import type { WriteUnit } from '../../records/write-unit.ts';
import { isZero } from '../entry.ts';
import type { Entry } from '../entry.ts';
import { PostingEvaluation } from '../evaluate.ts';
import type { Draft, MovedRow } from '../evaluate.ts';
import { entriesOf, vouchersOf } from '../vouchers.ts';
import { absoluteAmounts } from '../write.ts';
import { costKeyOf, factsOf } from './cost-key.ts';
import { shareOf, sumOf } from './share.ts';

/** By how much the value of an entry of a posting changes. */
export interface ValueChange {
  readonly rule: number;
  readonly line: string | null;
  /** Signed, as the measure keeps it. */
  readonly value: Decimal;
}

/** What the rules of a posting wrote for one row, all vouchers together. */
interface Booked {
  readonly id: string;
  readonly at: Entry['at'];
  amounts: readonly Decimal[];
  /** The entries that moved something: more than one where a row was spread over several. */
  readonly parts: { readonly id: string; readonly at: Entry['at']; readonly amounts: readonly Decimal[] }[];
}

/**
 * What else changes in the books of a document when the values of some of its entries do: its rules run twice, with
 * what the entries moved as it is booked and as it will be, and the differences are the answer. They go to where the
 * rule wrote then, even where it would write elsewhere today. Entries of valued ledgers whose own value was computed,
 * such as what arrives by a transfer, are among them and name the entry they correct.
 */
export async function repost(
  unit: WriteUnit,
  entity: string,
  recordId: string,
  changes: readonly ValueChange[],
  date: string,
): Promise<readonly Entry[]> {
  const { from, transaction } = unit;
  const posting = from.model.postings.get(entity);
  if (posting === undefined || !usesMoved(posting)) return [];
  const vouchers = await vouchersOf(transaction, entity, recordId);
  const ledgers = new Set(posting.rules.map(({ ledger }) => ledger));
  const booked = new Map<string, Booked>();
  for (const entry of await entriesOf(
    transaction,
    from.model,
    vouchers.map(({ id }) => id),
    ledgers,
  )) {
    const text = placeOf(entry.rule, entry.line);
    const known = booked.get(text);
    if (entry.corrects === null) known?.parts.push(entry);
    if (known === undefined) booked.set(text, { id: entry.id, at: entry.at, amounts: entry.amounts, parts: [entry] });
    else known.amounts = known.amounts.map((amount, index) => amount.add(entry.amounts[index] ?? Decimal.zero));
  }

  const document = await loadRecord(from, from.model.entities.get(entity) as Entity, recordId);
  const before = await PostingEvaluation.of(posting, document, from);
  const after = await PostingEvaluation.of(posting, document, from);
  const changed = new Map<string, Decimal>();
  for (const { rule, line, value } of changes) {
    const text = placeOf(rule, line);
    changed.set(text, (changed.get(text) ?? Decimal.zero).add(value));
  }
  const found: Entry[] = [];
  for (const [index, rule] of posting.rules.entries()) {
    const old = await before.draftsOf(rule);
    const drafts = await after.draftsOf(rule);
    if (rule.ledger.valuation === null) {
      found.push(...differences(index, old, drafts, booked, date));
      before.name(rule, old.map(movedOf));
      after.name(rule, drafts.map(movedOf));
      continue;
    }
    const computed = await computedChanges(unit, rule, rule.ledger.valuation, old, drafts, booked);
    const oldMoved: (readonly [number, MovedRow])[] = [];
    const newMoved: (readonly [number, MovedRow])[] = [];
    for (const draft of old) {
      const text = placeOf(index, draft.entry.line);
      const own = booked.get(text);
      const amounts = own?.amounts ?? draft.entry.amounts.map(() => Decimal.zero);
      const change = (changed.get(text) ?? Decimal.zero).add(computed.get(text) ?? Decimal.zero);
      oldMoved.push([draft.row, moved(rule, rule.ledger.valuation, draft, amounts)]);
      newMoved.push([draft.row, moved(rule, rule.ledger.valuation, draft, plus(rule.ledger, amounts, change))]);
      const correction = computed.get(text);
      if (correction === undefined || own === undefined || correction.isZero()) continue;
      found.push(...correctionsOf(rule, rule.ledger.valuation, own, correction, { ...draft.entry, rule: index, date }));
    }
    before.name(rule, oldMoved);
    after.name(rule, newMoved);
  }
  return found;
}

/** Corrects each part of what a rule booked for a row in proportion to its quantity. */
function correctionsOf(
  { ledger }: PostingRule,
  { by, value }: Valuation,
  { id, at, parts }: Booked,
  correction: Decimal,
  entry: Entry,
): readonly Entry[] {
  const nothing = ledger.measures.map(() => Decimal.zero);
  const quantities = parts.map(({ amounts }) => amounts[by] ?? Decimal.zero);
  const whole = sumOf(quantities);
  if (parts.length < 2 || whole.isZero()) {
    return [{ ...entry, at, amounts: plus(ledger, nothing, correction), corrects: id }];
  }
  const scale = ledger.measures[value]?.scale ?? correction.scale;
  let before = Decimal.zero;
  let given = Decimal.zero;
  return parts.map((part, index) => {
    before = before.add(quantities[index] as Decimal);
    const upTo = shareOf(correction, before, whole, scale);
    const amounts = plus(ledger, nothing, upTo.subtract(given));
    given = upTo;
    return { ...entry, at: part.at, amounts, corrects: part.id };
  });
}

/** Whether any rule reads what another one moved. */
export function usesMoved({ rules }: Posting): boolean {
  return rules.some(({ as, ledger }) => as !== null && ledger.valuation !== null);
}

/** Whether a rule after this one writes into a valued ledger with a value of its own, which may follow from this one. */
export function feedsOthers(posting: Posting | undefined, rule: number): boolean {
  if (posting === undefined || (posting.rules[rule]?.as ?? null) === null) return false;
  return posting.rules.some(
    ({ ledger, kind, amounts }, index) =>
      index > rule && ledger.valuation !== null && kind !== 'out' && (amounts[ledger.valuation.value] ?? null) !== null,
  );
}

/** What the entries of a rule without a value of the engine's change by. */
function differences(
  rule: number,
  old: readonly Draft[],
  drafts: readonly Draft[],
  booked: ReadonlyMap<string, Booked>,
  date: string,
): readonly Entry[] {
  const rows = new Map<number, { old?: Draft; now?: Draft }>();
  for (const draft of old) rows.set(draft.row, { old: draft });
  for (const draft of drafts) rows.set(draft.row, { ...rows.get(draft.row), now: draft });
  const found: Entry[] = [];
  for (const { old: was, now } of rows.values()) {
    const draft = now ?? was;
    if (draft === undefined) continue;
    const { entry } = draft;
    const amounts = entry.amounts.map((_, index) =>
      (now?.entry.amounts[index] ?? Decimal.zero).subtract(was?.entry.amounts[index] ?? Decimal.zero),
    );
    if (isZero(amounts)) continue;
    const own = booked.get(placeOf(rule, entry.line));
    found.push({ ...entry, date, at: own?.at ?? entry.at, amounts, corrects: own?.id ?? null });
  }
  return found;
}

/** Changes of values that the rule itself computes from what others moved. */
async function computedChanges(
  unit: WriteUnit,
  { ledger, kind, row, amounts: given }: PostingRule,
  valuation: Valuation,
  old: readonly Draft[],
  drafts: readonly Draft[],
  booked: ReadonlyMap<string, Booked>,
): Promise<ReadonlyMap<string, Decimal>> {
  const found = new Map<string, Decimal>();
  if (kind !== 'in' || (given[valuation.value] ?? null) === null) return found;
  for (const draft of drafts) {
    const was = old.find(({ row: place }) => place === draft.row);
    if (was === undefined || (row !== null && draft.costOf !== null)) continue;
    const { entry } = draft;
    const own = booked.get(placeOf(entry.rule, entry.line));
    if (own === undefined || (own.amounts[valuation.by] ?? Decimal.zero).sign() < 0) continue;
    const change = (entry.amounts[valuation.value] ?? Decimal.zero).subtract(
      was.entry.amounts[valuation.value] ?? Decimal.zero,
    );
    if (change.isZero()) continue;
    const key = costKeyOf(ledger, valuation, own.at);
    const facts = (await factsOf(unit.from, [key])).get(key.name);
    if (facts?.method !== 'standard') found.set(placeOf(entry.rule, entry.line), change);
  }
  return found;
}

function moved(rule: PostingRule, { value }: Valuation, draft: Draft, amounts: readonly Decimal[]): MovedRow {
  const absolute = absoluteAmounts(rule.ledger, amounts);
  if (rule.kind !== 'adjust') return absolute;
  const wanted = draft.entry.amounts[value] ?? Decimal.zero;
  return { ...absolute, consumed: wanted.subtract(amounts[value] ?? Decimal.zero) };
}

function movedOf({ entry, row }: Draft): readonly [number, MovedRow] {
  return [row, absoluteAmounts(entry.ledger, entry.amounts)];
}

function plus({ valuation }: Ledger, amounts: readonly Decimal[], value: Decimal): Decimal[] {
  return amounts.map((amount, index) => (index === valuation?.value ? amount.add(value) : amount));
}

function placeOf(rule: number, line: string | null): string {
  return `${rule} ${line ?? ''}`;
}
