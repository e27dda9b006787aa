import type { Reader } from '../database.ts';
import type { ActualSchema } from './actual.ts';
import type { BlockedChange, Change } from './change.ts';
import { diff } from './difference.ts';
import { findObstacles, withoutPostponed } from './findings.ts';
import type { Finding } from './findings.ts';
import { stepsOnMysql } from './plan-mysql.ts';
import { stepsOnSqlite } from './plan-sqlite.ts';
import { readTables } from './read-tables.ts';
import type { Step } from './step.ts';
import { changesByTable } from './table-changes.ts';
import type { WantedTable } from './wanted.ts';

/** How a database becomes what is wanted. No step drops a table or a column. */
export interface SchemaPlan {
  readonly steps: readonly Step[];
  /** What the model asks and would lose data. */
  readonly blocked: readonly BlockedChange[];
  /** What stands in the data against a step. A plan with anything in these two is not applied. */
  readonly findings: readonly Finding[];
}

/** The steps of changes, in order. `changes` come from `diff` over the same `actual`. */
export function planSteps(actual: ActualSchema, changes: readonly Change[]): readonly Step[] {
  const tables = changesByTable(
    actual,
    changes.filter(({ kind }) => kind !== 'blocked'),
  );
  return actual.dialect === 'mysql' ? stepsOnMysql(tables) : stepsOnSqlite(actual, tables);
}

/** Compares a database with what is wanted and plans the way; changes nothing. Throws StorageError. */
export async function planSchema(reader: Reader, wanted: readonly WantedTable[]): Promise<SchemaPlan> {
  const actual = await readTables(reader);
  const changes = diff(actual, wanted);
  const blocked = changes.filter((change) => change.kind === 'blocked');
  if (blocked.length > 0) return { steps: [], blocked, findings: [] };
  const possible = await withoutPostponed(reader, changes);
  const findings = await findObstacles(reader, possible);
  return { steps: planSteps(actual, possible), blocked, findings };
}
