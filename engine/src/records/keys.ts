import type { Entity } from '../compiler/model.ts';
import { quoted, table } from '../storage/statement.ts';
import type { ReadFrom } from './context.ts';
import { placeholders, PORTION_MAX, SizedStatement } from './sized-statement.ts';
import { storedEntity } from './stored-entity.ts';

const statements = new WeakMap<Entity, SizedStatement>();

/**
 * Finds records by the one field that names them to people, such as a code. Keys compare without regard to case, as
 * the database does.
 *
 * @returns ids by key in lower case; a key that names no record is left out. Empty for an entity whose key is not one
 *   stored text.
 */
export async function idsByKey(
  from: ReadFrom,
  entity: Entity,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const [field] = entity.key;
  const column =
    field === undefined ? undefined : storedEntity(entity, from.reader.dialect).columnByName.get(field.name);
  if (entity.key.length !== 1 || column?.type.kind !== 'text' || column.encrypted) return found;

  let statement = statements.get(entity);
  if (statement === undefined) {
    const name = quoted(column.column);
    statement = new SizedStatement(
      (count) =>
        `SELECT ${quoted('id')}, ${name} FROM ${table(entity.table)} WHERE ${name} IN (${placeholders(count)})`,
    );
    statements.set(entity, statement);
  }
  for (let start = 0; start < keys.length; start += PORTION_MAX) {
    const portion = keys.slice(start, start + PORTION_MAX);
    const tuples = await from.reader.tuples(statement.of(portion.length), portion);
    for (const [id, key] of tuples) found.set(String(key).toLowerCase(), String(id));
  }
  return found;
}
