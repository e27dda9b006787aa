import type { Ledger, Posting } from '../compiler/ledger-model.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { DraftRow } from '../records/compute.ts';
import { rowsOf } from '../records/compute.ts';
import { idOf } from '../records/stored-entity.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import type { Transaction } from '../storage/database.ts';
import type { Entry } from './entry.ts';
import { openDate } from './periods.ts';
import { ledgersOf } from './post.ts';
import { recostReversed } from './recost.ts';
import { costKeyOf, lockKeys } from './valuation/cost-key.ts';
import type { CostKey } from './valuation/cost-key.ts';
import { entriesOf, vouchersOf } from './vouchers.ts';
import type { StoredEntry } from './vouchers.ts';
import { writeVoucher } from './write.ts';

/**
 * Takes back what a document posted, with every adjustment made since: the exact reverse, on the same date, or today
 * where that date's period is closed. Guards are asked as for any movement: goods that are gone cannot be un-received.
 */
export async function reverseDocument(
  unit: WriteUnit,
  posting: Posting,
  document: DraftRow,
  actor: Actor,
): Promise<void> {
  const { transaction, from } = unit;
  const { name } = posting.entity;
  const recordId = idOf(document);
  const found = await vouchersOf(transaction, name, recordId);
  if (!found.some(({ action }) => action === 'post')) return;
  const ledgers: ReadonlySet<Ledger> = ledgersOf(posting);
  const entriesIn = (some: typeof found): ReturnType<typeof entriesOf> =>
    entriesOf(
      transaction,
      from.model,
      some.map(({ id }) => id),
      ledgers,
    );
  // Until its goods are held, whoever finds costs anew may still adjust the document: only then all of it is known.
  await lockGoods(transaction, await entriesIn(found));
  const vouchers = await vouchersOf(transaction, name, recordId);
  const posted = vouchers.find(({ action }) => action === 'post');
  if (posted === undefined) return;
  const date = await openDate(from, ledgers, posted.date);
  const pointers = pointersOf(posting, document);
  const entries = await entriesIn(vouchers);
  const mirrored = entries.map((entry): Entry => ({
    ledger: entry.ledger,
    rule: entry.rule,
    line: entry.line,
    pointer: pointers.get(`${entry.rule} ${entry.line ?? ''}`) ?? '',
    date,
    at: entry.at,
    amounts: entry.amounts.map((amount) => amount.negate()),
    memo: entry.memo,
    corrects: null,
  }));
  const head = { entity: name, recordId, action: 'reverse', number: 1, date, reverses: posted.id } as const;
  await writeVoucher(unit, head, mirrored, actor, { checks: false });
  await recostReversed(unit, entries, actor);
}

/** Holds the balances of the goods that entries moved, in the order of ledgers and keys. */
async function lockGoods(transaction: Transaction, entries: readonly StoredEntry[]): Promise<void> {
  const byLedger = new Map<Ledger, Map<string, CostKey>>();
  for (const { ledger, at } of entries) {
    if (ledger.valuation === null) continue;
    const key = costKeyOf(ledger, ledger.valuation, at);
    byLedger.set(ledger, (byLedger.get(ledger) ?? new Map<string, CostKey>()).set(key.name, key));
  }
  const ordered = [...byLedger].sort(([one], [other]) => (one.name < other.name ? -1 : 1));
  for (const [, keys] of ordered) await lockKeys(transaction, [...keys.values()]);
}

/** Where the row of an entry stands in the document, by rule and row. */
function pointersOf(posting: Posting, document: DraftRow): ReadonlyMap<string, string> {
  const pointers = new Map<string, string>();
  for (const [rule, { each }] of posting.rules.entries()) {
    if (each === null) continue;
    for (const [index, row] of rowsOf(document, each.name).entries()) {
      pointers.set(`${rule} ${idOf(row)}`, `/${each.name}/${index}`);
    }
  }
  return pointers;
}
