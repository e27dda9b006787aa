import { Decimal } from '../base/decimal.ts';
import { Refusal, refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Entity, Field } from '../compiler/model.ts';
import type { Json } from '../metamodel/field-type.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { Entry } from '../ledger/entry.ts';
import { postDocument } from '../ledger/post.ts';
import { entriesOf, vouchersOf } from '../ledger/vouchers.ts';
import type { Voucher } from '../ledger/vouchers.ts';
import { byLedger } from '../ledger/write.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { rowsOf } from '../records/compute.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom, RecordContext } from '../records/context.ts';
import { demandSight } from '../records/bounds.ts';
import { loadRecord } from '../records/load-record.ts';
import { idOf } from '../records/stored-entity.ts';
import { titlesSeen } from '../records/titles.ts';
import { readingFrom, writeUnit } from '../records/write-unit.ts';
import { STAGE_FIELD } from '../metamodel/naming.ts';
import { demandDocument } from './document-actions.ts';

/** What a document posted, or would post if it were submitted now. Ready to be sent as JSON. */
export interface Impact {
  readonly posted: boolean;
  readonly vouchers: readonly VoucherImpact[];
  /** Why it could not be submitted now. */
  readonly faults: readonly Fault[];
  readonly refusal: Refusal | null;
}

interface VoucherImpact {
  readonly action: string;
  readonly date: string;
  readonly posted_at: string | null;
  readonly actor: Voucher['actor'] | null;
  readonly ledgers: readonly LedgerImpact[];
}

interface LedgerImpact {
  readonly ledger: string;
  readonly label: string;
  readonly dimensions: readonly { readonly name: string; readonly label: string }[];
  readonly measures: readonly { readonly name: string; readonly label: string; readonly format: string }[];
  readonly entries: readonly EntryImpact[];
  readonly totals: Readonly<Record<string, string>>;
}

interface EntryImpact {
  /** Number of the row in its lines field, from 1; null for the document. */
  readonly line: number | null;
  readonly memo: string | null;
  readonly at: Readonly<Record<string, Json>>;
  readonly amounts: Readonly<Record<string, string>>;
}

/** Ends a transaction whose work was only wanted to be seen. */
class OnlyLooking extends Error {}

/**
 * The entries of a document. A draft is posted in a transaction that is rolled back, so that the values are those that
 * its stock, say, really has; what stands against it is answered, not thrown.
 */
export async function impactOf(context: RecordContext, authorized: Authorized<OperationOf<'impact'>>): Promise<Impact> {
  const { entity, operation, actor } = authorized;
  demandDocument(entity);
  const from = readingFrom(context, context.database);
  const sight = await demandSight(from, authorized.reach, entity, operation.id);
  // What is posted tells the values that it was worked out from.
  if (sight !== null) throw refuse('forbidden');
  const record = await loadRecord(from, entity, operation.id);
  const describe = new Describer(from, authorized, record);
  if ((record[STAGE_FIELD] ?? 'draft') !== 'draft') {
    const vouchers = await vouchersOf(context.database, entity.name, operation.id);
    const entries = await entriesOf(
      context.database,
      context.model,
      vouchers.map(({ id }) => id),
    );
    const described: VoucherImpact[] = [];
    for (const voucher of vouchers) {
      const own = entries.filter((entry) => entry.voucher === voucher.id);
      described.push(await describe.voucher(voucher.action, voucher.date, voucher, own));
    }
    return { posted: true, vouchers: described, faults: [], refusal: null };
  }

  const posting = context.model.postings.get(entity.name);
  if (posting === undefined) return { posted: false, vouchers: [], faults: [], refusal: null };
  let entries: readonly Entry[] = [];
  try {
    await writeUnit(context, async (unit) => {
      entries = (await postDocument(unit, posting, record, actor))?.entries ?? [];
      throw new OnlyLooking();
    });
  } catch (error) {
    if (error instanceof Refusal) return { posted: false, vouchers: [], faults: error.faults, refusal: error };
    if (!(error instanceof OnlyLooking)) throw error;
  }
  const [first] = entries;
  const vouchers = first === undefined ? [] : [await describe.voucher('post', first.date, null, entries)];
  return { posted: false, vouchers, faults: [], refusal: null };
}

/** Writes entries for people: the titles of what they are about, and sums. */
class Describer {
  readonly #from: ReadFrom;
  readonly #authorized: Authorized<OperationOf<'impact'>>;
  readonly #lines: ReadonlyMap<string, number>;

  constructor(from: ReadFrom, authorized: Authorized<OperationOf<'impact'>>, record: DraftRow) {
    this.#from = from;
    this.#authorized = authorized;
    this.#lines = new Map(
      authorized.entity.linesFields.flatMap(({ name }) =>
        rowsOf(record, name).map((row, index): [string, number] => [idOf(row), index + 1]),
      ),
    );
  }

  async voucher(
    action: string,
    date: string,
    voucher: Voucher | null,
    entries: readonly Entry[],
  ): Promise<VoucherImpact> {
    const ledgers: LedgerImpact[] = [];
    for (const [ledger, own] of byLedger(entries)) ledgers.push(await this.#ledger(ledger, own));
    return { action, date, posted_at: voucher?.postedAt ?? null, actor: voucher?.actor ?? null, ledgers };
  }

  async #ledger(ledger: Ledger, entries: readonly Entry[]): Promise<LedgerImpact> {
    const { locale } = this.#authorized.actor;
    const titles = await this.#titles(ledger, entries);
    const used = ledger.dimensions.filter((_, index) => entries.some(({ at }) => (at[index] ?? null) !== null));
    const moved = ledger.measures.filter((_, index) =>
      entries.some(({ amounts }) => amounts[index]?.isZero() === false),
    );
    const totals = moved.map((field): [string, string] => {
      const index = ledger.measures.indexOf(field);
      const sum = entries.reduce((total, { amounts }) => total.add(amounts[index] ?? Decimal.zero), Decimal.zero);
      return [field.name, sum.toFixed(field.scale)];
    });
    return {
      ledger: ledger.name,
      label: textIn(ledger.label, locale),
      dimensions: used.map((field) => named(field, locale)),
      measures: moved.map((field) => ({ ...named(field, locale), format: field.type })),
      entries: entries.map(({ at, amounts, line, memo }) => ({
        line: line === null ? null : (this.#lines.get(line) ?? null),
        memo,
        at: Object.fromEntries(
          used.map((field) => {
            const value = at[ledger.dimensions.indexOf(field)] ?? null;
            return [field.name, titles(field, value)];
          }),
        ),
        amounts: Object.fromEntries(
          moved.map((field) => [
            field.name,
            (amounts[ledger.measures.indexOf(field)] ?? Decimal.zero).toFixed(field.scale),
          ]),
        ),
      })),
      totals: Object.fromEntries(totals),
    };
  }

  /** How each value of a dimension is called; ids alone where the caller may not see the record. */
  async #titles(ledger: Ledger, entries: readonly Entry[]): Promise<(field: Field, value: Value) => Json> {
    const wanted = new Map<Entity, Set<string>>();
    const recordOf = (field: Field, value: Value): { readonly entity: Entity; readonly id: string } | null => {
      if (typeof value !== 'string') return null;
      if (field.target !== null) return { entity: field.target, id: value };
      if (field.type !== 'dynamic-link') return null;
      const colon = value.indexOf(':');
      const entity = this.#from.model.entities.get(value.slice(0, colon));
      return entity === undefined ? null : { entity, id: value.slice(colon + 1) };
    };
    for (const { at } of entries) {
      for (const [index, field] of ledger.dimensions.entries()) {
        const record = recordOf(field, at[index] ?? null);
        if (record === null || !this.#authorized.mayRead(record.entity)) continue;
        wanted.set(record.entity, (wanted.get(record.entity) ?? new Set<string>()).add(record.id));
      }
    }
    const found = new Map<Entity, ReadonlyMap<string, string>>();
    for (const [entity, ids] of wanted)
      found.set(entity, await titlesSeen(this.#from, this.#authorized.reach, entity, [...ids]));
    return (field, value) => {
      const record = recordOf(field, value);
      if (record === null) return value === null ? null : String(value);
      const title = found.get(record.entity)?.get(record.id) ?? record.id;
      return { entity: record.entity.name, id: record.id, title };
    };
  }
}

function named(field: Field, locale: Locale): { readonly name: string; readonly label: string } {
  return { name: field.name, label: textIn(field.label, locale) };
}
