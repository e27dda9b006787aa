import { Decimal } from '../base/decimal.ts';
import type { BalanceField, Entity, Field, Rollup } from '../compiler/model.ts';
import type { PathStep } from '../expression/ast.ts';
import { expressionToSql } from '../expression/sql/index.ts';
import type { SqlColumn, SqlExpression, SqlTarget, SqlValues } from '../expression/sql/index.ts';
import type { Dialect } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, table } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { attachBalance, emptyBalance } from './ledger-balances.ts';
import { evaluatorOf } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { PathJoins } from './path-joins.ts';
import { rollupExpression } from './rollup-expression.ts';
import { idPortions, SizedStatement } from './sized-statement.ts';
import { jsonOfValue, storedEntity } from './stored-entity.ts';
import type { JsonRecord, StoredEntity } from './stored-entity.ts';

/** All roll-ups of an entity, in one statement: ids in, values out. */
interface RollupStatement {
  readonly values: readonly { readonly field: Field; readonly read: SqlExpression['read'] }[];
  readonly byIds: SizedStatement;
  bindings(values: SqlValues): readonly Binding[];
}

const statements: Readonly<Record<Dialect, WeakMap<Entity, RollupStatement>>> = {
  sqlite: new WeakMap(),
  mysql: new WeakMap(),
};

/**
 * Fills in the values that are gathered from the records linking here, one query however many records and fields, and
 * the balances of ledgers, one query for each such field.
 */
export async function attachRollups(
  from: ReadFrom,
  stored: StoredEntity,
  records: readonly JsonRecord[],
): Promise<void> {
  if (records.length === 0) return;
  for (const field of stored.balances) await attachBalance(from, stored.entity, field, records);
  if (stored.rollups.length === 0) return;
  const { byIds, values, bindings } = statementOf(stored, from.reader.dialect);
  const byId = new Map(records.map((record) => [record.id, record]));
  for (const portion of idPortions([...byId.keys()])) {
    const tuples = await from.reader.tuples(byIds.of(portion.length), [...bindings(from), ...portion]);
    for (const [id, ...raws] of tuples) {
      const record = byId.get(String(id)) as JsonRecord;
      for (const [index, { field, read }] of values.entries()) {
        const value = read(raws[index] as Parameters<typeof read>[0]);
        record[field.name] = jsonOfValue(field, value instanceof Decimal ? value.rescale(field.scale) : value);
      }
    }
  }
}

/** As `attachRollups`, for the rows that the records hold. Nothing is asked where rows show no balance. */
export async function attachToRows(from: ReadFrom, entity: Entity, records: readonly JsonRecord[]): Promise<void> {
  for (const { stored, rows } of rowsWithBalances(from, entity, records)) await attachRollups(from, stored, rows);
}

function rowsWithBalances(
  from: ReadFrom,
  entity: Entity,
  records: readonly JsonRecord[],
): readonly { readonly stored: StoredEntity; readonly rows: readonly JsonRecord[] }[] {
  return entity.linesFields.flatMap((field) => {
    const stored = storedEntity(field.target as Entity, from.reader.dialect);
    if (stored.balances.length + stored.rollups.length === 0) return [];
    return [{ stored, rows: records.flatMap((record) => (record[field.name] ?? []) as JsonRecord[]) }];
  });
}

/**
 * The roll-ups of a record that was just created: nothing links to it or its rows yet, so nothing has to be asked but
 * what its rows show of other records.
 */
export async function fillNewRollups(from: ReadFrom, stored: StoredEntity, record: JsonRecord): Promise<void> {
  const { globals, today, now } = from;
  for (const { stored: rowsStored, rows } of rowsWithBalances(from, stored.entity, [record])) {
    for (const field of rowsStored.balances) {
      const isOfRow = (field.balance as BalanceField).at.every((each) => each.field === null);
      if (isOfRow) for (const row of rows) row[field.name] = emptyBalance(from, field);
      else await attachBalance(from, rowsStored.entity, field, rows);
    }
    for (const row of rows) await fillNewRollups(from, { ...rowsStored, balances: [] }, row);
  }
  for (const field of stored.balances) record[field.name] = emptyBalance(from, field);
  for (const field of stored.rollups) {
    const { value } = field.rollup as Rollup;
    const empty = evaluatorOf(value)({ self: {}, group: [], linked: () => null, globals, today, now });
    record[field.name] = jsonOfValue(field, empty instanceof Decimal ? empty.rescale(field.scale) : empty);
  }
}

function statementOf(stored: StoredEntity, dialect: Dialect): RollupStatement {
  const known = statements[dialect].get(stored.entity);
  if (known !== undefined) return known;

  const values: { field: Field; read: SqlExpression['read'] }[] = [];
  const texts: string[] = [];
  const bound: SqlExpression['bindings'][] = [];
  for (const field of stored.rollups) {
    const rollup = field.rollup as Rollup;
    const target = new RollupTarget(rollup, dialect);
    const { sql, bindings, read } = expressionToSql(rollupExpression(rollup), dialect, target);
    texts.push(sql);
    bound.push(bindings);
    values.push({ field, read });
  }
  const id = parameter(dialect, { kind: 'id' });
  const made: RollupStatement = {
    values,
    byIds: new SizedStatement(
      (count) =>
        `SELECT t.${quoted('id')}, ${texts.join(', ')} FROM ${table(stored.entity.table)} t ` +
        `WHERE t.${quoted('id')} IN (${Array.from({ length: count }, () => id).join(', ')})`,
    ),
    bindings: (from) => bound.flatMap((each) => each(from)),
  };
  statements[dialect].set(stored.entity, made);
  return made;
}

/** Reaches the records that link to the row `t` of the statement. */
class RollupTarget implements SqlTarget {
  readonly #rollup: Rollup;
  readonly #dialect: Dialect;

  constructor(rollup: Rollup, dialect: Dialect) {
    this.#rollup = rollup;
    this.#dialect = dialect;
  }

  column(): SqlColumn {
    throw new Error('A roll-up reads the records that link to it, nothing else.');
  }

  rows(): ReturnType<SqlTarget['rows']> {
    const { from, by } = this.#rollup;
    const joins = new PathJoins(from, 'r', this.#dialect);
    return {
      column: (path: readonly PathStep[]) => {
        const { sql, column } = joins.follow(path.map(({ field }) => field));
        return { sql, type: column.type };
      },
      source: () => `FROM ${table(from.table)} r${joins.text} WHERE r.${quoted(String(by.column))} = t.${quoted('id')}`,
    };
  }
}
