import type { Dialect, Reader } from '../database.ts';
import { quoted, statement, table as tableName } from '../statement.ts';
import type { RawRow } from '../statement.ts';
import type { Change } from './change.ts';
import { FormerNames } from './names.ts';

/** Rows that stand against a change, with some of their values as examples. */
export interface Finding {
  readonly table: string;
  readonly columns: readonly string[];
  readonly reason: 'duplicate-values' | 'missing-records' | 'values-too-large';
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 3;

interface Search {
  readonly finding: Omit<Finding, 'examples'>;
  readonly sql: string;
}

function duplicates(change: Change & { kind: 'add-index' }, former: FormerNames): Search | null {
  const { table, index, columns } = change;
  const formerTable = former.table(table);
  if (!index.unique || formerTable === null) return null;
  const isNew = (name: string): boolean => former.column(table, name) === null;
  // Rows without a value never collide, and a new column has none, unless by default.
  const emptyAtFirst = index.columns.some((name) => {
    const column = columns.find((other) => other.name === name);
    return isNew(name) && column?.default === undefined && column?.type.kind !== 'boolean';
  });
  const compared = index.columns.map((name) => former.column(table, name)).filter((name) => name !== null);
  if (emptyAtFirst || compared.length === 0) return null;
  const list = compared.map(quoted).join(', ');
  const filled = compared.map((name) => `${quoted(name)} IS NOT NULL`).join(' AND ');
  return {
    finding: { table, columns: index.columns, reason: 'duplicate-values' },
    sql: `SELECT ${list} FROM ${tableName(formerTable)} WHERE ${filled} GROUP BY ${list} HAVING COUNT(*) > 1`,
  };
}

function orphans(change: Change & { kind: 'add-foreign-key' }, former: FormerNames): Search | null {
  const { table, foreignKey, replaces } = change;
  const owner = former.table(table);
  const column = former.column(table, foreignKey.column);
  const target = former.table(foreignKey.references);
  if (replaces !== null || owner === null || column === null) return null;
  const name = quoted(column);
  const absent =
    target === null ? '' : ` AND NOT EXISTS (SELECT 1 FROM ${tableName(target)} t WHERE t.${quoted('id')} = o.${name})`;
  return {
    finding: { table, columns: [foreignKey.column], reason: 'missing-records' },
    sql: `SELECT o.${name} FROM ${tableName(owner)} o WHERE o.${name} IS NOT NULL${absent}`,
  };
}

/** More fraction digits leave fewer for the rest: 18 in all, see metamodel/column.ts. */
function tooLarge(change: Change & { kind: 'widen-column' }, former: FormerNames, dialect: Dialect): Search | null {
  const { table, column, from } = change;
  const to = column.type;
  const formerTable = former.table(table);
  const formerColumn = former.column(table, column.name);
  if (to.kind !== 'decimal' || from.kind !== 'decimal' || to.scale === from.scale) return null;
  if (formerTable === null || formerColumn === null) return null;
  const digits = to.precision - to.scale + (dialect === 'sqlite' ? from.scale : 0);
  const limit = `1${'0'.repeat(digits)}`;
  const name = quoted(formerColumn);
  return {
    finding: { table, columns: [column.name], reason: 'values-too-large' },
    sql: `SELECT ${name} FROM ${tableName(formerTable)} WHERE ${name} >= ${limit} OR ${name} <= -${limit}`,
  };
}

function searchFor(change: Change, former: FormerNames, dialect: Dialect): Search | null {
  if (change.kind === 'add-index') return duplicates(change, former);
  if (change.kind === 'add-foreign-key') return orphans(change, former);
  return change.kind === 'widen-column' ? tooLarge(change, former, dialect) : null;
}

function exampleOf(row: RawRow): string {
  return Object.values(row).map(String).join(', ');
}

/** What in the data stands against these changes; asked before anything is changed. */
export async function findObstacles(reader: Reader, changes: readonly Change[]): Promise<readonly Finding[]> {
  const former = new FormerNames(changes);
  const findings: Finding[] = [];
  for (const change of changes) {
    const search = searchFor(change, former, reader.dialect);
    if (search === null) continue;
    const rows = await reader.all(statement(`${search.sql} LIMIT ${EXAMPLES_MAX}`));
    if (rows.length > 0) findings.push({ ...search.finding, examples: rows.map(exampleOf) });
  }
  return findings;
}

async function isEmptySomewhere(
  reader: Reader,
  change: Change & { kind: 'require-column' },
  former: FormerNames,
): Promise<boolean> {
  const table = former.table(change.table);
  if (table === null) return false;
  const column = former.column(change.table, change.column.name);
  const condition = column === null ? '' : ` WHERE ${quoted(column)} IS NULL`;
  return (await reader.get(statement(`SELECT 1 AS found FROM ${tableName(table)}${condition} LIMIT 1`))) !== undefined;
}

/**
 * The changes that can be made now. A column that has become required stays open in the database while some row has
 * nothing in it: the engine asks for the value when that row is next written, and a later plan closes the column.
 */
export async function withoutPostponed(reader: Reader, changes: readonly Change[]): Promise<readonly Change[]> {
  const former = new FormerNames(changes);
  const kept: Change[] = [];
  for (const change of changes) {
    const postponed = change.kind === 'require-column' && (await isEmptySomewhere(reader, change, former));
    if (!postponed) kept.push(change);
  }
  return kept;
}
