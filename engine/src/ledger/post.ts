import { Decimal } from '../base/decimal.ts';
import type { Ledger, Posting, PostingRule } from '../compiler/ledger-model.ts';
import type { TypedExpression } from '../expression/ast.ts';
import { partsOf } from '../expression/parts.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { DraftRow } from '../records/compute.ts';
import { idOf } from '../records/stored-entity.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import type { Transaction } from '../storage/database.ts';
import { addToBalances, deltasOf } from './balances.ts';
import { isZero } from './entry.ts';
import type { Entry } from './entry.ts';
import { PostingEvaluation } from './evaluate.ts';
import type { Draft, MovedRow } from './evaluate.ts';
import { demandOpen } from './periods.ts';
import { Picking } from './pick.ts';
import { Costing } from './valuation.ts';
import { absoluteAmounts, writeVoucher } from './write.ts';
import type { WrittenVoucher } from './write.ts';

const balanceReaders = new WeakMap<PostingRule, boolean>();

/** Whether the amounts of a rule are worked out of balances. */
function readsBalances(rule: PostingRule): boolean {
  let reads = balanceReaders.get(rule);
  if (reads === undefined) {
    reads = rule.amounts.some((amount) => amount !== null && asksForBalance(amount));
    balanceReaders.set(rule, reads);
  }
  return reads;
}

function asksForBalance(expression: TypedExpression): boolean {
  return expression.node === 'balance' || partsOf(expression).some(asksForBalance);
}

/** Keeps the guarded balances of entries for this transaction, before anything is added to them. */
async function lockGuarded(transaction: Transaction, ledger: Ledger, drafts: readonly Draft[]): Promise<void> {
  const nothing = ledger.measures.map(() => Decimal.zero);
  const entries = drafts.map(({ entry }) => ({ ...entry, amounts: nothing }));
  for (const balance of new Set(ledger.guards.map((guard) => guard.balance))) {
    await addToBalances(transaction, ledger, balance, deltasOf(ledger, balance, entries));
  }
}

/** Where a person sets the date of a posting; null where no field of the document says it. */
function datePointer({ date }: Posting): string | null {
  const [first] = date.node === 'path' && date.frame === 'self' ? date.path : [];
  return first === undefined ? null : `/${first.field}`;
}

/** What a posting wrote. */
export interface Posted extends WrittenVoucher {
  readonly entries: readonly Entry[];
}

/** The ledgers that a posting writes to. */
export function ledgersOf({ rules }: Posting): ReadonlySet<Ledger> {
  return new Set(rules.map(({ ledger }) => ledger));
}

/**
 * Writes what a document posts, as one voucher of the unit's transaction; null when it moves nothing. Refuses what the
 * ledgers refuse: `period-closed`, `unbalanced`, and `invalid` with the rows that break a rule or a guard.
 */
export async function postDocument(
  unit: WriteUnit,
  posting: Posting,
  document: DraftRow,
  actor: Actor,
): Promise<Posted | null> {
  const evaluation = await PostingEvaluation.of(posting, document, unit.from);
  const { date } = evaluation;
  await demandOpen(unit.from, ledgersOf(posting), date, datePointer(posting));

  const entries: Entry[] = [];
  const picking = new Picking(unit);
  const costing = new Costing(unit, posting.entity.name, actor);
  for (const rule of posting.rules) {
    const { ledger } = rule;
    let drafts = await evaluation.draftsOf(rule);
    if (ledger.guards.length > 0 && readsBalances(rule)) {
      // What it read may be under way in another transaction: whoever holds the guarded balance reads it again.
      await lockGuarded(unit.transaction, ledger, drafts);
      evaluation.forgetLookups();
      drafts = await evaluation.draftsOf(rule);
    }
    drafts = await picking.spread(rule, drafts, entries);
    const consumed = ledger.valuation === null ? null : await costing.value(rule, drafts);
    const moved: (readonly [number, MovedRow])[] = [];
    for (const { entry, row } of drafts) {
      const rest = consumed?.get(entry);
      moved.push([
        row,
        { ...absoluteAmounts(ledger, entry.amounts), ...(rest === undefined ? {} : { consumed: rest }) },
      ]);
      if (!isZero(entry.amounts)) entries.push(entry);
    }
    evaluation.name(rule, moved);
  }
  if (entries.length === 0) return null;
  const head = {
    entity: posting.entity.name,
    recordId: idOf(document),
    action: 'post',
    number: 1,
    date,
    reverses: null,
  } as const;
  const written = await writeVoucher(unit, head, entries, actor, { checks: true });
  await costing.settle(written.ids);
  return { ...written, entries };
}
