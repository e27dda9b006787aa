import type { Ledger } from '../compiler/ledger-model.ts';
import type { Model } from '../compiler/model.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { Decimal } from '../base/decimal.ts';
import type { Value } from '../metamodel/value-type.ts';
import { instantOf } from '../records/column-codec.ts';
import type { Reader } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { VoucherAction } from './entries.ts';
import { columnsOf } from './entry-columns.ts';
import type { Entry } from './entry.ts';

/** A voucher as it stands in the books. */
export interface Voucher {
  readonly id: string;
  readonly action: VoucherAction;
  readonly number: number;
  readonly date: string;
  /** RFC 3339. */
  readonly postedAt: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string };
}

/** An entry as it stands in the books. */
export interface StoredEntry extends Entry {
  readonly id: string;
  readonly voucher: string;
}

/** The vouchers of a document, in the order they were written. */
export async function vouchersOf(reader: Reader, entity: string, recordId: string): Promise<readonly Voucher[]> {
  const text =
    `SELECT id, action, number, ${quoted('date')}, posted_at, actor_kind, actor_id, actor_name FROM ${table('rk_voucher')} ` +
    `WHERE entity = ? AND record_id = ${parameter(reader.dialect, { kind: 'id' })} ORDER BY id`;
  const tuples = await reader.tuples(statement(text), [entity, recordId]);
  return tuples.map(([id, action, number, date, postedAt, kind, actor, name]) => ({
    id: String(id),
    action: String(action) as VoucherAction,
    number: Number(number),
    date: String(date),
    postedAt: instantOf(String(postedAt)),
    actor: { kind: String(kind), id: String(actor), name: String(name) },
  }));
}

/** The entries of these vouchers in every ledger, in the order they were written. */
export async function entriesOf(
  reader: Reader,
  model: Model,
  vouchers: readonly string[],
  ledgers: Iterable<Ledger> = model.ledgers.values(),
): Promise<readonly StoredEntry[]> {
  if (vouchers.length === 0) return [];
  const found: StoredEntry[] = [];
  for (const ledger of ledgers) found.push(...(await entriesIn(reader, ledger, vouchers)));
  return found;
}

async function entriesIn(reader: Reader, ledger: Ledger, vouchers: readonly string[]): Promise<readonly StoredEntry[]> {
  const { dimensions, measures } = columnsOf(ledger, reader.dialect);
  const own = [
    ENTRY_COLUMNS.id,
    ENTRY_COLUMNS.voucher,
    ENTRY_COLUMNS.line,
    ENTRY_COLUMNS.rule,
    ENTRY_COLUMNS.date,
    ENTRY_COLUMNS.memo,
    ENTRY_COLUMNS.corrects,
  ];
  const columns = [...own, ...[...dimensions, ...measures].map(({ column }) => column)].map(quoted).join(', ');
  const id = parameter(reader.dialect, { kind: 'id' });
  const text =
    `SELECT ${columns} FROM ${table(ledger.entries.table)} ` +
    `WHERE ${quoted(ENTRY_COLUMNS.voucher)} IN (${vouchers.map(() => id).join(', ')}) ORDER BY ${quoted(ENTRY_COLUMNS.id)}`;
  const tuples = await reader.tuples(statement(text), [...vouchers]);
  return tuples.map((tuple) => {
    const [entry, voucher, line, rule, date, memo, corrects, ...values] = tuple;
    return {
      id: String(entry),
      voucher: String(voucher),
      ledger,
      line: line === null || line === undefined ? null : String(line),
      rule: Number(rule),
      pointer: '',
      date: String(date),
      memo: memo === null || memo === undefined ? null : String(memo),
      corrects: corrects === null || corrects === undefined ? null : String(corrects),
      at: dimensions.map((column, index): Value => column.toValue(values[index] ?? null)),
      amounts: measures.map((column, index) => column.toValue(values[dimensions.length + index] ?? null) as Decimal),
    };
  });
}
