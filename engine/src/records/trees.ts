import { refuse } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import { TREE_PATH_COLUMN } from '../metamodel/naming.ts';
import type { Dialect, Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Statement } from '../storage/statement.ts';
import { lockEntity } from './entity-lock.ts';

/** The field of a tree's record that names the record above it. */
export const PARENT_FIELD = 'parent';

/** What the column of the path holds, `/1/5/12/`. */
const PATH_LENGTH_MAX = 500;

interface TreeStatements {
  readonly path: Statement;
  readonly setPath: Statement;
  readonly movePaths: Statement;
}

const statements: Readonly<Record<Dialect, WeakMap<Entity, TreeStatements>>> = {
  sqlite: new WeakMap(),
  mysql: new WeakMap(),
};

function statementsOf(entity: Entity, dialect: Dialect): TreeStatements {
  let known = statements[dialect].get(entity);
  if (known === undefined) {
    const name = table(entity.table);
    const path = quoted(TREE_PATH_COLUMN);
    const id = parameter(dialect, { kind: 'id' });
    const moved = dialect === 'sqlite' ? `? || SUBSTR(${path}, ?)` : `CONCAT(?, SUBSTR(${path}, ?))`;
    known = {
      path: statement(`SELECT ${path} FROM ${name} WHERE ${quoted('id')} = ${id}`),
      setPath: statement(`UPDATE ${name} SET ${path} = ? WHERE ${quoted('id')} = ${id}`),
      // Digits and slashes only: nothing in a path means anything to LIKE.
      movePaths: statement(`UPDATE ${name} SET ${path} = ${moved} WHERE ${path} LIKE ?`),
    };
    statements[dialect].set(entity, known);
  }
  return known;
}

/**
 * Keeps the path of a record from the root of its tree after it was inserted, or after its parent changed: then the
 * whole branch moves along. Throws the refusal `invalid` when the record would come under itself or too deep.
 *
 * @param at pointer of the record in the request
 */
export async function placeInTree(
  transaction: Transaction,
  entity: Entity,
  id: string,
  parent: string | null,
  at: string,
): Promise<void> {
  // Two moves at once could put two branches under one another.
  await lockEntity(transaction, entity);
  const { path, setPath, movePaths } = statementsOf(entity, transaction.dialect);
  const pathOf = async (of: string): Promise<string | null> => {
    const [row] = await transaction.tuples(path, [of]);
    const stored = row?.[0] ?? null;
    return stored === null ? null : String(stored);
  };

  const above = parent === null ? '/' : ((await pathOf(parent)) ?? '/');
  const placed = `${above}${id}/`;
  const fault = (code: string): Error => refuse('invalid', { faults: [{ pointer: `${at}/${PARENT_FIELD}`, code }] });
  if (above.includes(`/${id}/`)) throw fault('tree-circle');
  if (placed.length > PATH_LENGTH_MAX) throw fault('tree-depth');

  const old = await pathOf(id);
  if (old === null) await transaction.run(setPath, [placed, id]);
  else if (old !== placed) await transaction.run(movePaths, [placed, old.length + 1, `${old}%`]);
}
