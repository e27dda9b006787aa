import { isRowId } from '../base/ids.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import type { Reader } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, table } from '../storage/statement.ts';
import { idPortions, SizedStatement } from './sized-statement.ts';

const STATEMENTS_MAX = 1000;
const statements = { sqlite: statementsByTable(), mysql: statementsByTable() };

function statementsByTable(): BoundedMap<string, SizedStatement> {
  return new BoundedMap(STATEMENTS_MAX);
}

/** Those of the ids that a table has a row for. */
export async function existingIds(
  reader: Reader,
  tableName: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  let statement = statements[reader.dialect].get(tableName);
  if (statement === undefined) {
    const id = parameter(reader.dialect, { kind: 'id' });
    statement = new SizedStatement(
      (count) =>
        `SELECT ${quoted('id')} FROM ${table(tableName)} ` +
        `WHERE ${quoted('id')} IN (${Array.from({ length: count }, () => id).join(', ')})`,
    );
    statements[reader.dialect].set(tableName, statement);
  }
  const existing = new Set<string>();
  for (const portion of idPortions(ids.filter(isRowId))) {
    for (const [id] of await reader.tuples(statement.of(portion.length), portion)) existing.add(String(id));
  }
  return existing;
}
