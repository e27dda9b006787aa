import type { Field } from '../compiler/model.ts';
import type { Dialect, Reader, Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import type { Statement } from '../storage/statement.ts';
import type { DraftRow } from './compute.ts';
import { idPortions, placeholderRows, PORTION_MAX, SizedStatement } from './sized-statement.ts';

/** SQL text of one many-to-many field; its pairs live in a join table. */
interface JoinStatements {
  readonly byRecords: SizedStatement;
  readonly insert: SizedStatement;
  readonly clear: Statement;
}

const statements: Readonly<Record<Dialect, WeakMap<Field, JoinStatements>>> = {
  sqlite: new WeakMap(),
  mysql: new WeakMap(),
};

function statementsOf(field: Field, dialect: Dialect): JoinStatements {
  let known = statements[dialect].get(field);
  if (known === undefined) {
    const name = table(String(field.joinTable));
    const id = parameter(dialect, { kind: 'id' });
    known = {
      byRecords: new SizedStatement(
        (count) =>
          `SELECT record_id, target_id FROM ${name} ` +
          `WHERE record_id IN (${Array.from({ length: count }, () => id).join(', ')}) ORDER BY record_id, position`,
      ),
      insert: new SizedStatement(
        (count) => `INSERT INTO ${name} (record_id, target_id, position) VALUES ${placeholderRows(count, 3)}`,
      ),
      clear: statement(`DELETE FROM ${name} WHERE record_id = ${id}`),
    };
    statements[dialect].set(field, known);
  }
  return known;
}

/** The ids that a many-to-many field holds, by record; a record that holds none is left out. */
export async function readJoins(
  reader: Reader,
  field: Field,
  records: readonly string[],
): Promise<ReadonlyMap<string, string[]>> {
  const held = new Map<string, string[]>();
  for (const portion of idPortions(records)) {
    const tuples = await reader.tuples(statementsOf(field, reader.dialect).byRecords.of(portion.length), portion);
    for (const [record, target] of tuples) {
      const targets = held.get(String(record));
      if (targets === undefined) held.set(String(record), [String(target)]);
      else targets.push(String(target));
    }
  }
  return held;
}

export async function insertJoins(
  transaction: Transaction,
  field: Field,
  record: string,
  value: DraftRow[string],
): Promise<void> {
  const targets = Array.isArray(value) ? (value as readonly unknown[] as readonly string[]) : [];
  const { insert } = statementsOf(field, transaction.dialect);
  for (let start = 0; start < targets.length; start += PORTION_MAX) {
    const portion = targets.slice(start, start + PORTION_MAX);
    const bindings = portion.flatMap((target, index) => [record, target, start + index]);
    await transaction.run(insert.of(portion.length), bindings);
  }
}

export async function replaceJoins(
  transaction: Transaction,
  field: Field,
  record: string,
  value: DraftRow[string],
): Promise<void> {
  await transaction.run(statementsOf(field, transaction.dialect).clear, [record]);
  await insertJoins(transaction, field, record, value);
}
