import { Decimal } from '../base/decimal.ts';
import type { Control, Guard, KeptBalance, Ledger } from '../compiler/ledger-model.ts';
import type { Entity, Model } from '../compiler/model.ts';
import type { PathStep, TypedExpression } from '../expression/ast.ts';
import { conditionToSql } from '../expression/sql/index.ts';
import { ENTRY_COLUMNS, MONTH_COLUMN, NUMBER_FIELD, STAGE_FIELD } from '../metamodel/naming.ts';
import type { Value } from '../metamodel/value-type.ts';
import { evaluatorOf } from '../records/compute.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom } from '../records/context.ts';
import { LinkedRecords } from '../records/linked-records.ts';
import { PathJoins } from '../records/path-joins.ts';
import type { StoredColumn } from '../records/stored-column.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Binding, RawValue } from '../storage/statement.ts';
import { columnsOf, emptyKeyText } from './entry-columns.ts';
import { rowOf } from './entry.ts';

/** Something in the books that breaks a promise of docs/operations.md. */
export interface Finding {
  /** The promise: `B1`, `C2` … */
  readonly promise: string;
  readonly subject: string;
  readonly message: string;
}

/** Findings of one kind that are told at most. */
const FINDINGS_MAX = 20;

/** Checks the promises about books on live data. Each is a query or two; nothing is changed. */
export async function examineBooks(from: ReadFrom): Promise<readonly Finding[]> {
  const { model } = from;
  const findings: Finding[] = [];
  for (const ledger of model.ledgers.values()) {
    findings.push(...(await unbalanced(from, ledger)));
    findings.push(...(await forbidden(from, ledger)));
    findings.push(...(await strayedBalances(from, ledger)));
    findings.push(...(await strayedMonths(from, ledger)));
    for (const control of ledger.controls) findings.push(...(await disagreeing(from, ledger, control)));
  }
  for (const entity of model.entities.values()) {
    if (entity.kind !== 'document') continue;
    findings.push(...(await numberGaps(from, entity)));
    findings.push(...(await unpaired(from, model, entity)));
  }
  return findings;
}

function sums(columns: readonly StoredColumn[], alias = ''): string {
  const prefix = alias === '' ? '' : `${alias}.`;
  return columns.map(({ column }) => `COALESCE(SUM(${prefix}${quoted(column)}), 0)`).join(', ');
}

function amounts(columns: readonly StoredColumn[], raws: readonly RawValue[]): readonly Decimal[] {
  return columns.map((column, index) => (column.toValue(raws[index] ?? null) ?? Decimal.zero) as Decimal);
}

/** The value of an expression over measures alone. */
function worth(from: ReadFrom, ledger: Ledger, expression: TypedExpression, of: readonly Decimal[]): Decimal {
  const { globals, today, now } = from;
  const value = evaluatorOf(expression)({ self: rowOf(ledger, [], of), linked: () => null, globals, today, now });
  return value instanceof Decimal ? value : Decimal.zero;
}

/** B1: every voucher balances. The balancing expression adds up, so it is asked of each voucher's sums. */
async function unbalanced(from: ReadFrom, ledger: Ledger): Promise<readonly Finding[]> {
  const { balanced } = ledger;
  if (balanced === null) return [];
  const { measures } = columnsOf(ledger, from.reader.dialect);
  const voucher = quoted(ENTRY_COLUMNS.voucher);
  const findings: Finding[] = [];
  let last = '0';
  for (;;) {
    const text =
      `SELECT ${voucher}, ${sums(measures)} FROM ${table(ledger.entries.table)} WHERE ${voucher} > ? ` +
      `GROUP BY ${voucher} ORDER BY ${voucher} LIMIT ${PAGE}`;
    const tuples = await from.reader.tuples(statement(text), [last]);
    for (const [id, ...raws] of tuples) {
      const difference = worth(from, ledger, balanced, amounts(measures, raws));
      last = String(id);
      if (difference.isZero() || findings.length >= FINDINGS_MAX) continue;
      findings.push({
        promise: 'B1',
        subject: `${ledger.name}, voucher ${last}`,
        message: `differs by ${difference.toString()}`,
      });
    }
    if (tuples.length < PAGE) return findings;
  }
}

const PAGE = 5000;

/** B2: no balance that a guard forbids, on any day. */
async function forbidden(from: ReadFrom, ledger: Ledger): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const guard of ledger.guards) {
    for (const [key, lowest] of await extremes(from, ledger, guard)) {
      const linked = new LinkedRecords(from, { record: ledger.needs, lines: {} });
      const at = ledger.dimensions.map((field) => key[guard.balance.dimensions.indexOf(field)] ?? null);
      for (const reached of lowest) {
        const self = rowOf(ledger, at, reached);
        await linked.load([self as DraftRow]);
        const { globals, today, now } = from;
        const context = { self, linked: linked.linked, globals, today, now };
        if (guard.unless !== null && evaluatorOf(guard.unless)(context) === true) break;
        if (evaluatorOf(guard.never)(context) !== true) continue;
        if (findings.length < FINDINGS_MAX) {
          findings.push({
            promise: 'B2',
            subject: `${ledger.name} ${key.map(String).join(', ')}`,
            message: `reached ${reached.map(String).join(', ')}`,
          });
        }
        break;
      }
    }
  }
  return findings;
}

type Extremes = readonly (readonly [readonly Value[], readonly (readonly Decimal[])[]])[];

/** The lowest and the highest balance that each key ever had at the end of a day, and the last one. */
async function extremes(from: ReadFrom, ledger: Ledger, { balance }: Guard): Promise<Extremes> {
  const { dialect } = from.reader;
  const { dimensions, measures } = columnsOf(ledger, dialect);
  const keys = balance.dimensions.map((field) => dimensions[ledger.dimensions.indexOf(field)] as StoredColumn);
  const names = keys.map(({ column }) => quoted(column));
  const date = quoted(ENTRY_COLUMNS.date);
  const daily = measures.map(({ column }) => `SUM(${quoted(column)}) AS ${quoted(column)}`).join(', ');
  const running = measures
    .map(
      ({ column }) =>
        `SUM(${quoted(column)}) OVER (PARTITION BY ${names.join(', ')} ORDER BY ${date}) AS ${quoted(column)}`,
    )
    .join(', ');
  const ends = ['MIN', 'MAX'].flatMap((end) => measures.map(({ column }) => `${end}(${quoted(column)})`)).join(', ');
  const text =
    `SELECT ${names.join(', ')}, ${ends} FROM (SELECT ${names.join(', ')}, ${running} FROM (` +
    `SELECT ${names.join(', ')}, ${date}, ${daily} FROM ${table(ledger.entries.table)} GROUP BY ${names.join(', ')}, ${date}` +
    `) days) running GROUP BY ${names.join(', ')}`;
  return (await from.reader.tuples(statement(text))).map((tuple) => {
    const key = keys.map((column, index) => column.toValue(tuple[index] ?? null));
    const low = amounts(measures, tuple.slice(keys.length));
    const high = amounts(measures, tuple.slice(keys.length + measures.length));
    return [key, [low, high]] as const;
  });
}

/** B7: the balances of all time equal the sums of their entries. */
async function strayedBalances(from: ReadFrom, ledger: Ledger): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const kept of ledger.current) {
    const text = differences(from, ledger, kept, `SELECT {keys}, {own} FROM ${table(kept.table.name)}`, '');
    for (const tuple of await from.reader.tuples(statement(text))) {
      findings.push({
        promise: 'B7',
        subject: kept.table.name,
        message: `${tuple.map(String).join(', ')} differs from its entries`,
      });
    }
  }
  return findings;
}

/** B7: the balances of the months, with the vouchers still queued, equal the sums of their entries. */
async function strayedMonths(from: ReadFrom, ledger: Ledger): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const settled = `WHERE ${quoted(ENTRY_COLUMNS.voucher)} NOT IN (SELECT voucher_id FROM ${table('rk_rollup_queue')})`;
  for (const kept of ledger.monthly) {
    const text = differences(from, ledger, kept, `SELECT {keys}, {own} FROM ${table(kept.table.name)}`, settled, true);
    for (const tuple of await from.reader.tuples(statement(text))) {
      findings.push({
        promise: 'B7',
        subject: kept.table.name,
        message: `${tuple.map(String).join(', ')} differs from its entries`,
      });
    }
  }
  return findings;
}

/** Keys whose stored sums and sums of entries are not the same. */
function differences(
  from: ReadFrom,
  ledger: Ledger,
  kept: KeptBalance,
  stored: string,
  where: string,
  byMonth = false,
): string {
  const { dialect } = from.reader;
  const { dimensions, measures } = columnsOf(ledger, dialect);
  const keys = kept.dimensions.map((field) => dimensions[ledger.dimensions.indexOf(field)] as StoredColumn);
  const date = quoted(ENTRY_COLUMNS.date);
  const month =
    dialect === 'mysql' ? `CAST(DATE_FORMAT(${date}, '%Y-%m-01') AS DATE)` : `substr(${date}, 1, 7) || '-01'`;
  const names = [...keys.map(({ column }) => quoted(column)), ...(byMonth ? [quoted(MONTH_COLUMN)] : [])];
  const own = measures.map(({ column }) => quoted(column));
  const ofEntries = [
    ...keys.map((column) => `COALESCE(${quoted(column.column)}, ${emptyKeyText(column)}) AS ${quoted(column.column)}`),
    ...(byMonth ? [`${month} AS ${quoted(MONTH_COLUMN)}`] : []),
    ...own.map((column) => `-${column} AS ${column}`),
  ];
  const left = stored.replace('{keys}', names.join(', ')).replace('{own}', own.join(', '));
  return (
    `SELECT ${names.join(', ')} FROM (${left} UNION ALL SELECT ${ofEntries.join(', ')} FROM ${table(ledger.entries.table)} ${where}) both_sides ` +
    `GROUP BY ${names.join(', ')} HAVING ${own.map((column) => `SUM(${column}) <> 0`).join(' OR ')} LIMIT ${FINDINGS_MAX}`
  );
}

/** B3: a sub-ledger equals what it stands for in another ledger. */
async function disagreeing(from: ReadFrom, ledger: Ledger, control: Control): Promise<readonly Finding[]> {
  const other = from.model.ledgers.get(control.ledger) as Ledger;
  const own = await sumsBy(
    from,
    ledger,
    control.by.map(([field]) => field.name),
    control.of,
  );
  const theirs = await sumsBy(
    from,
    other,
    control.by.map(([, name]) => name),
    control.where,
  );
  const findings: Finding[] = [];
  for (const key of new Set([...own.keys(), ...theirs.keys()])) {
    const one = worth(from, ledger, control.value, own.get(key) ?? []);
    const two = worth(from, other, control.equals, theirs.get(key) ?? []);
    if (one.equals(two) || findings.length >= FINDINGS_MAX) continue;
    findings.push({
      promise: 'B3',
      subject: `${ledger.name} and ${other.name} ${key}`.trim(),
      message: `${one.toString()} against ${two.toString()}`,
    });
  }
  return findings;
}

async function sumsBy(
  from: ReadFrom,
  ledger: Ledger,
  by: readonly string[],
  where: TypedExpression | null,
): Promise<ReadonlyMap<string, readonly Decimal[]>> {
  const { dialect } = from.reader;
  const { dimensions, measures } = columnsOf(ledger, dialect);
  const keys = by.map((name) => dimensions.find((column) => column.name === name) as StoredColumn);
  const joins = new PathJoins(ledger.entries, 'e', dialect);
  const condition =
    where === null
      ? null
      : conditionToSql(where, dialect, {
          column: (_frame: 'self' | 'parent', path: readonly PathStep[]) => {
            const { sql, column } = joins.follow(path.map(({ field }) => field));
            return { sql, type: column.type };
          },
          rows: () => {
            throw new Error('An entry has no rows.');
          },
        });
  const names = keys.map(({ column }) => `e.${quoted(column)}`);
  const text =
    `SELECT ${[...names, sums(measures, 'e')].join(', ')} FROM ${table(ledger.entries.table)} e${joins.text}` +
    (condition === null ? '' : ` WHERE ${condition.sql}`) +
    (names.length === 0 ? '' : ` GROUP BY ${names.join(', ')}`);
  const bindings = (condition?.bindings(from) ?? []) as readonly Binding[];
  const found = new Map<string, readonly Decimal[]>();
  for (const tuple of await from.reader.tuples(statement(text), bindings)) {
    const key = tuple.slice(0, keys.length).map((raw) => (raw === null ? '' : String(raw)));
    found.set(key.join(' '), amounts(measures, tuple.slice(keys.length)));
  }
  return found;
}

/** B4: every number that was taken stands on a document, and every document that left its draft has one. */
async function numberGaps(from: ReadFrom, entity: Entity): Promise<readonly Finding[]> {
  const number = entity.fieldByName.get(NUMBER_FIELD);
  if (entity.number === null || number === undefined) return [];
  const findings: Finding[] = [];
  const name = table(entity.table);
  const [bare] = await from.reader.tuples(
    statement(
      `SELECT COUNT(*) FROM ${name} WHERE ${quoted(STAGE_FIELD)} <> 'draft' AND ${quoted(NUMBER_FIELD)} IS NULL`,
    ),
  );
  if (Number(bare?.[0] ?? 0) > 0) {
    findings.push({ promise: 'B4', subject: entity.name, message: `${String(bare?.[0])} documents without a number` });
  }
  const [held] = await from.reader.tuples(statement(`SELECT COUNT(${quoted(NUMBER_FIELD)}) FROM ${name}`));
  const [taken] = await from.reader.tuples(
    statement(`SELECT COALESCE(SUM(next_value - 1), 0) FROM ${table('rk_sequence')} WHERE name = ?`),
    [`${entity.name}.${NUMBER_FIELD}`],
  );
  if (Number(held?.[0] ?? 0) !== Number(taken?.[0] ?? 0)) {
    const message = `${String(taken?.[0])} numbers were taken, ${String(held?.[0])} documents hold one`;
    findings.push({ promise: 'B4', subject: entity.name, message });
  }
  return findings;
}

/** B5, B9: a cancelled document left nothing in the books, and no draft has a voucher. */
async function unpaired(from: ReadFrom, model: Model, entity: Entity): Promise<readonly Finding[]> {
  const posting = model.postings.get(entity.name);
  if (posting === undefined) return [];
  const findings: Finding[] = [];
  const documents = `${table('rk_voucher')} v JOIN ${table(entity.table)} d ON d.${quoted('id')} = v.record_id`;
  const ofStage = (stage: string): string => `v.entity = ? AND d.${quoted(STAGE_FIELD)} = '${stage}'`;
  const [drafts] = await from.reader.tuples(statement(`SELECT COUNT(*) FROM ${documents} WHERE ${ofStage('draft')}`), [
    entity.name,
  ]);
  if (Number(drafts?.[0] ?? 0) > 0)
    findings.push({ promise: 'B9', subject: entity.name, message: 'drafts have entries' });
  for (const ledger of new Set(posting.rules.map((rule) => rule.ledger))) {
    const { measures } = columnsOf(ledger, from.reader.dialect);
    const having = measures.map(({ column }) => `SUM(e.${quoted(column)}) <> 0`).join(' OR ');
    const text =
      `SELECT v.record_id FROM ${documents} JOIN ${table(ledger.entries.table)} e ON e.${quoted(ENTRY_COLUMNS.voucher)} = v.id ` +
      `WHERE ${ofStage('cancelled')} GROUP BY v.record_id HAVING ${having} LIMIT ${FINDINGS_MAX}`;
    for (const [id] of await from.reader.tuples(statement(text), [entity.name])) {
      findings.push({
        promise: 'B5',
        subject: `${entity.name} ${String(id)}`,
        message: `is cancelled and still moves ${ledger.name}`,
      });
    }
  }
  return findings;
}
