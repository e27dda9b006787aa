import type { ForeignKey, Index } from '../../metamodel/column.ts';
import type { Dialect, Reader } from '../database.ts';
import type { RawRow, RawValue, Statement } from '../statement.ts';
import { statement } from '../statement.ts';
import type { ActualColumn, ActualSchema, ActualTable } from './actual.ts';
import { readDeclaredType } from './declared-type.ts';

/** How MySQL calls every primary key; SQLite's are given the same name. */
const PRIMARY = 'PRIMARY';

/**
 * What a database is asked about itself: one question for all tables at once, and on MySQL none that joins, which its
 * catalog does slowly. The rows of a table's columns, and of an index, come in their order.
 */
interface Questions {
  /** table_name, name, declared, is_nullable */
  readonly columns: Statement;
  /** table_name, name, is_unique, column_name; the primary key is among them */
  readonly indexes: Statement;
  /** table_name, name, column_name, target, on_delete */
  readonly foreignKeys: Statement;
  /** name, on_delete; where `foreignKeys` does not tell */
  readonly deleteRules: Statement | null;
  /** table_name, row_count (about) */
  readonly rowCounts: Statement;
  /** Answers a row when `rowCounts` may be asked. */
  readonly hasRowCounts: Statement | null;
}

const MYSQL: Questions = {
  columns: statement(`
    SELECT table_name AS table_name, column_name AS name, column_type AS declared, is_nullable = 'YES' AS is_nullable
    FROM information_schema.columns WHERE table_schema = ? ORDER BY table_name, ordinal_position`),
  indexes: statement(`
    SELECT table_name AS table_name, index_name AS name, non_unique = 0 AS is_unique, column_name AS column_name
    FROM information_schema.statistics WHERE table_schema = ? ORDER BY table_name, index_name, seq_in_index`),
  foreignKeys: statement(`
    SELECT table_name AS table_name, constraint_name AS name, column_name AS column_name,
      referenced_table_name AS target, NULL AS on_delete
    FROM information_schema.key_column_usage WHERE table_schema = ? AND referenced_table_name IS NOT NULL
    ORDER BY table_name, constraint_name`),
  deleteRules: statement(`
    SELECT constraint_name AS name, delete_rule AS on_delete
    FROM information_schema.referential_constraints WHERE constraint_schema = ?`),
  rowCounts: statement(`
    SELECT table_name AS table_name, table_rows AS row_count
    FROM information_schema.tables WHERE table_schema = ?`),
  hasRowCounts: null,
};

/** The `?` is the schema on MySQL; on SQLite it is bound to '', which names no table. */
function eachTable(...facts: readonly string[]): string {
  const sources = ['sqlite_schema t', ...facts].join(', ');
  return `${sources} WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND t.name <> ?1`;
}

const SQLITE: Questions = {
  columns: statement(`
    SELECT t.name AS table_name, c.name AS name, c.type AS declared, c."notnull" = 0 AND c.pk = 0 AS is_nullable
    FROM ${eachTable('pragma_table_info(t.name) c')} ORDER BY t.name, c.cid`),
  indexes: statement(`
    SELECT t.name AS table_name, i.name AS name, i."unique" AS is_unique, c.name AS column_name, c.seqno AS place
    FROM ${eachTable('pragma_index_list(t.name) i', 'pragma_index_info(i.name) c')} AND i.origin = 'c'
    UNION ALL SELECT t.name, '${PRIMARY}', 1, c.name, c.pk
    FROM ${eachTable('pragma_table_info(t.name) c')} AND c.pk > 0 ORDER BY 1, 2, 5`),
  foreignKeys: statement(`
    SELECT t.name AS table_name, '' AS name, f."from" AS column_name, f."table" AS target, f.on_delete AS on_delete
    FROM ${eachTable('pragma_foreign_key_list(t.name) f')} ORDER BY t.name, f.id`),
  deleteRules: null,
  // A key `id` counts up from one and no number is given again, so the highest one is about the row count.
  rowCounts: statement('SELECT name AS table_name, seq AS row_count FROM sqlite_sequence WHERE name <> ?'),
  hasRowCounts: statement("SELECT 1 AS found FROM sqlite_schema WHERE name = 'sqlite_sequence' AND name <> ?"),
};

const QUESTIONS: Readonly<Record<Dialect, Questions>> = { mysql: MYSQL, sqlite: SQLITE };

function text(value: RawValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isTrue(value: RawValue | undefined): boolean {
  return Number(value) !== 0;
}

function grouped(rows: readonly RawRow[], member: 'table_name' | 'name'): ReadonlyMap<string, readonly RawRow[]> {
  const groups = new Map<string, RawRow[]>();
  for (const row of rows) {
    const name = text(row[member]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

function columnOf(dialect: Dialect, row: RawRow): ActualColumn {
  const declared = text(row.declared);
  return {
    name: text(row.name),
    declared,
    type: readDeclaredType(dialect, declared),
    nullable: isTrue(row.is_nullable),
  };
}

function indexOf(name: string, rows: readonly RawRow[]): Index {
  return { name, unique: isTrue(rows[0]?.is_unique), columns: rows.map((row) => text(row.column_name)) };
}

function foreignKeyOf(row: RawRow, deleteRules: ReadonlyMap<string, RawValue | undefined>): ForeignKey {
  const name = text(row.name);
  return {
    name,
    column: text(row.column_name),
    references: text(row.target),
    onDelete: text(row.on_delete ?? deleteRules.get(name)) === 'CASCADE' ? 'cascade' : 'restrict',
  };
}

/** What tables, columns, indexes and foreign keys the database has: a few reads, however many tables. */
export async function readTables(reader: Reader): Promise<ActualSchema> {
  const questions = QUESTIONS[reader.dialect];
  const ask = (question: Statement) => reader.all(question, [reader.schema]);
  const columns = grouped(await ask(questions.columns), 'table_name');
  const indexes = grouped(await ask(questions.indexes), 'table_name');
  const foreignKeys = grouped(await ask(questions.foreignKeys), 'table_name');
  const rules = questions.deleteRules === null ? [] : await ask(questions.deleteRules);
  const deleteRules = new Map(rules.map((row) => [text(row.name), row.on_delete]));
  const counts =
    questions.hasRowCounts === null || (await ask(questions.hasRowCounts)).length > 0
      ? await ask(questions.rowCounts)
      : [];
  const rowCounts = new Map(counts.map((row) => [text(row.table_name), Number(row.row_count)]));
  const tables = new Map<string, ActualTable>();
  for (const [name, columnRows] of columns) {
    const keys = [...grouped(indexes.get(name) ?? [], 'name')].map(([index, rows]) => indexOf(index, rows));
    tables.set(name, {
      name,
      primaryKey: keys.find((key) => key.name === PRIMARY)?.columns ?? [],
      columns: new Map(columnRows.map((row) => [text(row.name), columnOf(reader.dialect, row)])),
      indexes: keys.filter((key) => key.name !== PRIMARY),
      foreignKeys: (foreignKeys.get(name) ?? []).map((row) => foreignKeyOf(row, deleteRules)),
      rows: rowCounts.get(name) ?? 0,
    });
  }
  return { dialect: reader.dialect, tables };
}
