import type { Entity } from '../compiler/model.ts';
import { TREE_PATH_COLUMN } from '../metamodel/naming.ts';
import type { ReadFrom } from '../records/context.ts';
import { PORTION_MAX } from '../records/sized-statement.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';

/** The way to each of these records of a tree: the ids of all above it from the top down, itself last. */
export async function treePaths(
  { reader }: ReadFrom,
  tree: Entity,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const paths = new Map<string, readonly string[]>();
  const mark = parameter(reader.dialect, { kind: 'id' });
  for (let start = 0; start < ids.length; start += PORTION_MAX) {
    const portion = ids.slice(start, start + PORTION_MAX);
    const text =
      `SELECT ${quoted('id')}, ${quoted(TREE_PATH_COLUMN)} FROM ${table(tree.table)} ` +
      `WHERE ${quoted('id')} IN (${portion.map(() => mark).join(', ')})`;
    for (const [id, path] of await reader.tuples(statement(text), portion)) {
      const steps = String(path ?? '')
        .split('/')
        .filter((step) => step !== '');
      paths.set(String(id), steps.length === 0 ? [String(id)] : steps);
    }
  }
  return paths;
}
