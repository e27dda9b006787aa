import type { Ledger, Posting } from '../compiler/ledger-model.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { DraftRow } from '../records/compute.ts';
import { idOf } from '../records/stored-entity.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import { isZero } from './entry.ts';
import type { Entry } from './entry.ts';
import { PostingEvaluation } from './evaluate.ts';
import type { MovedRow } from './evaluate.ts';
import { demandOpen } from './periods.ts';
import { Costing } from './valuation.ts';
import { absoluteAmounts, writeVoucher } from './write.ts';
import type { WrittenVoucher } from './write.ts';

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
  await demandOpen(unit.from, ledgersOf(posting), date);

  const entries: Entry[] = [];
  const costing = new Costing(unit, posting.entity.name, actor);
  for (const rule of posting.rules) {
    const drafts = await evaluation.draftsOf(rule);
    const { ledger } = rule;
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
