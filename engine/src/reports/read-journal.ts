import { Decimal } from '../base/decimal.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Entity, Field } from '../compiler/model.ts';
import type { JournalExchange } from '../compiler/report-model.ts';
import type { TypedExpression } from '../expression/ast.ts';
import { conditionToSql } from '../expression/sql/index.ts';
import type { Journal, JournalAccount, JournalPosting, JournalTransaction } from '../exchange/plain-text.ts';
import { columnsOf } from '../ledger/entry-columns.ts';
import { ENTRY_COLUMNS } from '../metamodel/naming.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { ReadFrom } from '../records/context.ts';
import { readRecords } from '../records/read-records.ts';
import type { Reach } from '../records/reach.ts';
import type { StoredColumn } from '../records/stored-column.ts';
import { titlesOf } from '../records/titles.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { RawValue } from '../storage/statement.ts';
import { Naming } from './naming.ts';
import type { ReportPlan } from './plan.ts';
import { valueOf } from './rewrite.ts';
import { RowTarget } from './rows.ts';
import { treePaths } from './trees.ts';

/** Vouchers whose entries are read at once. */
const PORTION = 500;
/** Entries of a book that one file takes, to the end of a voucher. */
const ENTRIES_MAX = 200_000;
const VOUCHERS_MAX = 100_000;
/** Fraction digits where the ledger's amounts say nothing. */
const SCALE = 2;

/** The field that people know an account by; its title where it has none. */
const NAME_FIELD = 'name';

interface VoucherRow {
  readonly id: string;
  readonly document: string;
  readonly action: string;
  readonly date: string;
}

/**
 * The entries that a report means, as a journal: whole vouchers, in the order of their dates, read while they are
 * written. A voucher counts when any of its entries does.
 */
export async function readJournal(
  from: ReadFrom,
  plan: ReportPlan,
  ledger: Ledger,
  exchange: JournalExchange,
  about: { readonly title: string; readonly locale: Locale; readonly reach: Reach },
): Promise<Journal> {
  const measure = ledger.measures.find(({ type }) => type === 'money') ?? ledger.measures[0];
  return {
    title: about.title,
    currency: currencyOf(from),
    scale: measure?.scale ?? SCALE,
    since: await firstDate(from),
    accounts: await accountsOf(from, exchange),
    transactions: transactionsOf(from, plan, ledger, exchange, about),
  };
}

/** ISO 4217; XXX is its code for no currency. */
function currencyOf({ globals }: ReadFrom): string {
  const { currency } = globals.company;
  return typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : 'XXX';
}

async function firstDate({ reader }: ReadFrom): Promise<string> {
  const text = `SELECT MIN(${quoted('date')}) FROM ${table('rk_voucher')}`;
  const [row] = await reader.tuples(statement(text));
  return row?.[0] === null || row?.[0] === undefined ? '1970-01-01' : String(row[0]);
}

/** Every account, so that a book can be read without knowing what is in it. */
async function accountsOf(from: ReadFrom, { account, root }: JournalExchange): Promise<readonly JournalAccount[]> {
  const tree = account.target as Entity;
  const all = await from.reader.tuples(
    statement(`SELECT ${quoted('id')} FROM ${table(tree.table)} ORDER BY ${quoted('id')}`),
  );
  const ids = all.map(([id]) => String(id));
  const paths = await treePaths(from, tree, ids);
  const records = new Map((await readRecords(from, tree, ids)).map((record) => [record.id, record]));
  const titles = await titlesOf(from, tree, ids);
  const nameOf = (id: string): string => {
    const name = records.get(id)?.[NAME_FIELD];
    return typeof name === 'string' && name !== '' ? name : (titles.get(id) ?? id);
  };
  return ids.map((id) => {
    const kind = root === null ? undefined : records.get(id)?.[root.field.name];
    return {
      id,
      path: (paths.get(id) ?? [id]).map(nameOf),
      root: root === null || typeof kind !== 'string' ? null : (root.roots.get(kind) ?? null),
    };
  });
}

async function* transactionsOf(
  from: ReadFrom,
  plan: ReportPlan,
  ledger: Ledger,
  exchange: JournalExchange,
  { locale, reach }: { readonly locale: Locale; readonly reach: Reach },
): AsyncGenerator<readonly JournalTransaction[]> {
  const all = await vouchersOf(from, plan, ledger);
  let entries = 0;
  for (let start = 0; start < all.length && entries < ENTRIES_MAX; start += PORTION) {
    const vouchers = all.slice(start, start + PORTION);
    const postings = await postingsOf(from, ledger, exchange, plan, vouchers);
    const naming = new Naming(from, locale, reach);
    for (const { document } of vouchers) naming.wantReference(document, true);
    await naming.load();
    yield vouchers.map(({ id, document, action, date }): JournalTransaction => {
      const own = postings.get(id) ?? [];
      entries += own.length;
      return {
        date,
        number: naming.numberOf(document),
        description: naming.documentOf(document)?.title ?? own[0]?.memo ?? '',
        action,
        postings: own,
      };
    });
  }
}

/** The vouchers by date and id. */
async function vouchersOf(
  { reader, ...from }: ReadFrom,
  { query }: ReportPlan,
  ledger: Ledger,
): Promise<readonly VoucherRow[]> {
  const target = new RowTarget(query.rows, reader.dialect);
  const where = query.where === null ? null : conditionToSql(query.where, reader.dialect, target);
  const met = where === null ? '' : ` WHERE ${where.sql}`;
  const date = `v.${quoted('date')}`;
  const text =
    `SELECT v.id, v.entity, v.record_id, v.action, ${date} FROM ${table('rk_voucher')} v WHERE v.id IN ` +
    `(SELECT t.${quoted(ENTRY_COLUMNS.voucher)} FROM ${table(ledger.entries.table)} t${target.joins}${met}) ` +
    `ORDER BY ${date}, v.id LIMIT ${VOUCHERS_MAX}`;
  const tuples = await reader.tuples(statement(text), where?.bindings(from) ?? []);
  return tuples.map(([voucher, entity, record, action, onDate]) => ({
    id: String(voucher),
    document: `${String(entity)}:${String(record)}`,
    action: String(action),
    date: String(onDate),
  }));
}

async function postingsOf(
  from: ReadFrom,
  ledger: Ledger,
  { account, amount }: JournalExchange,
  { fixed }: ReportPlan,
  vouchers: readonly VoucherRow[],
): Promise<ReadonlyMap<string, readonly JournalPosting[]>> {
  const { dialect } = from.reader;
  const { dimensions, measures } = columnsOf(ledger, dialect);
  const own = dimensions[ledger.dimensions.indexOf(account)] as StoredColumn;
  const id = parameter(dialect, { kind: 'id' });
  const columns = [ENTRY_COLUMNS.voucher, ENTRY_COLUMNS.memo, own.column, ...measures.map(({ column }) => column)];
  const text =
    `SELECT ${columns.map(quoted).join(', ')} FROM ${table(ledger.entries.table)} ` +
    `WHERE ${quoted(ENTRY_COLUMNS.voucher)} IN (${vouchers.map(() => id).join(', ')}) ORDER BY ${quoted(ENTRY_COLUMNS.id)}`;
  const tuples = await from.reader.tuples(
    statement(text),
    vouchers.map((voucher) => voucher.id),
  );
  const postings = new Map<string, JournalPosting[]>();
  for (const [voucher, memo, accountId, ...amounts] of tuples) {
    const value = amountOf(amount, measuresOf(ledger.measures, measures, amounts), fixed);
    if (value.isZero()) continue;
    const key = String(voucher);
    const some = postings.get(key) ?? [];
    some.push({
      account: accountId === null || accountId === undefined ? null : String(accountId),
      amount: value,
      memo: memo === null || memo === undefined ? null : String(memo),
    });
    postings.set(key, some);
  }
  return postings;
}

function measuresOf(
  fields: readonly Field[],
  columns: readonly StoredColumn[],
  amounts: readonly RawValue[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    fields.map((field, index) => [field.name, (columns[index] as StoredColumn).toValue(amounts[index] ?? null)]),
  );
}

function amountOf(amount: TypedExpression, row: Readonly<Record<string, Value>>, fixed: ReportPlan['fixed']): Decimal {
  const value = valueOf(amount, row, fixed);
  return value instanceof Decimal ? value : Decimal.zero;
}
