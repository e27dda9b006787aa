import { storedInstant } from '../base/clock.ts';
import type { Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow } from '../storage/statement.ts';

const COLUMNS = 'id, user_id, entity, name, query, is_shared, is_default';
const LIST = statement(`
  SELECT ${COLUMNS} FROM ${table('rk_saved_view')} WHERE user_id = ? OR is_shared = 1 ORDER BY entity, name, id`);
const LIST_OF_ENTITY = statement(`
  SELECT ${COLUMNS} FROM ${table('rk_saved_view')}
  WHERE entity = ? AND (user_id = ? OR is_shared = 1) ORDER BY name, id`);
const FIND = statement(`SELECT ${COLUMNS} FROM ${table('rk_saved_view')} WHERE id = ?`);
const INSERT = statement(`
  INSERT INTO ${table('rk_saved_view')}
    (user_id, entity, name, query, is_shared, is_default, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
const UPDATE = statement(`
  UPDATE ${table('rk_saved_view')} SET name = ?, query = ?, is_shared = ?, is_default = ?, updated_at = ? WHERE id = ?`);
const UNSET_DEFAULT = statement(
  `UPDATE ${table('rk_saved_view')} SET is_default = 0 WHERE user_id = ? AND entity = ? AND is_default = 1`,
);
const DELETE = statement(`DELETE FROM ${table('rk_saved_view')} WHERE id = ?`);

/** A way to look at a list that somebody gave a name: filters, order, columns. */
export interface SavedView {
  readonly id: string;
  readonly userId: string;
  readonly entity: string;
  readonly name: string;
  /** The web application's own; the server keeps it and looks at nothing in it. */
  readonly query: Readonly<Record<string, unknown>>;
  /** Every member sees it; only its owner changes it. */
  readonly isShared: boolean;
  /** The owner's list opens with it. */
  readonly isDefault: boolean;
}

/** The views a person sees: their own and the shared ones. */
export async function listViews(reader: Reader, userId: string, entity: string | null): Promise<readonly SavedView[]> {
  const rows = await (entity === null ? reader.all(LIST, [userId]) : reader.all(LIST_OF_ENTITY, [entity, userId]));
  return rows.map(viewFrom);
}

export async function findView(reader: Reader, id: string): Promise<SavedView | null> {
  const row = await reader.get(FIND, [id]);
  return row === undefined ? null : viewFrom(row);
}

function viewFrom(row: RawRow): SavedView {
  return {
    id: String(row['id']),
    userId: String(row['user_id']),
    entity: String(row['entity']),
    name: String(row['name']),
    query: JSON.parse(String(row['query'])) as SavedView['query'],
    isShared: Number(row['is_shared']) === 1,
    isDefault: Number(row['is_default']) === 1,
  };
}

/** Throws StorageError `unique` when the person has a view of that name. */
export async function addView(writer: Session, view: Omit<SavedView, 'id'>): Promise<string> {
  const now = storedInstant(Date.now());
  if (view.isDefault) await writer.run(UNSET_DEFAULT, [view.userId, view.entity]);
  const { lastId } = await writer.run(INSERT, [
    view.userId,
    view.entity,
    view.name,
    JSON.stringify(view.query),
    view.isShared,
    view.isDefault,
    now,
    now,
  ]);
  return lastId;
}

/** Throws StorageError `unique` when the person has another view of that name. */
export async function changeView(writer: Session, view: SavedView): Promise<void> {
  if (view.isDefault) await writer.run(UNSET_DEFAULT, [view.userId, view.entity]);
  const { name, query, isShared, isDefault, id } = view;
  await writer.run(UPDATE, [name, JSON.stringify(query), isShared, isDefault, storedInstant(Date.now()), id]);
}

export async function removeView(writer: Session, id: string): Promise<void> {
  await writer.run(DELETE, [id]);
}
