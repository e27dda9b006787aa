import { instantOf, storedInstant } from '../base/clock.ts';
import type { Text } from '../metamodel/text.ts';
import type { Reader, Session } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow } from '../storage/statement.ts';

/** Something that a member is told in the application. */
export interface Notification {
  readonly id: string;
  /** What it is about: the automation or transition that tells it. */
  readonly label: Text;
  readonly entity: string;
  readonly recordId: string;
  /** How the record was called then. */
  readonly title: string;
  readonly createdAt: string;
  readonly readAt: string | null;
}

/** Notifications that one answer holds, the latest first. */
const LIST_MAX = 100;
const TITLE_LENGTH = 255;

const NOTIFICATION = table('rk_notification');
const INSERT = statement(
  `INSERT INTO ${NOTIFICATION} (user_id, source, label, entity, record_id, title, created_at) ` +
    'VALUES (?, ?, ?, ?, ?, ?, ?)',
);

export interface NewNotification {
  readonly source: string;
  readonly label: Text;
  readonly entity: string;
  readonly recordId: string;
  readonly title: string;
}

/** Tells members something, as a part of a transaction. */
export async function notify(
  writer: Session,
  userIds: readonly string[],
  { source, label, entity, recordId, title }: NewNotification,
): Promise<void> {
  const now = storedInstant(Date.now());
  const shown = [...title].slice(0, TITLE_LENGTH).join('');
  for (const userId of new Set(userIds)) {
    await writer.run(INSERT, [userId, source, JSON.stringify(label), entity, recordId, shown, now]);
  }
}

/** What a member was told, the latest first, and how much of it is unread. */
export async function notificationsOf(
  reader: Reader,
  userId: string,
  onlyUnread: boolean,
): Promise<{ readonly notifications: readonly Notification[]; readonly unread: number }> {
  const own = `user_id = ${parameter(reader.dialect, { kind: 'id' })}`;
  const text =
    `SELECT id, label, entity, record_id, title, created_at, read_at FROM ${NOTIFICATION} ` +
    `WHERE ${own}${onlyUnread ? ' AND read_at IS NULL' : ''} ORDER BY id DESC LIMIT ${LIST_MAX}`;
  const rows = await reader.all(statement(text), [userId]);
  const count = statement(`SELECT COUNT(*) FROM ${NOTIFICATION} WHERE ${own} AND read_at IS NULL`);
  const [unread] = await reader.tuples(count, [userId]);
  return { notifications: rows.map(notificationFrom), unread: Number(unread?.[0] ?? 0) };
}

/** Marks a notification of a member as read; answers false when the member has no such notification. */
export async function markRead(writer: Session, id: string, userId: string): Promise<boolean> {
  const same = parameter(writer.dialect, { kind: 'id' });
  const text = `UPDATE ${NOTIFICATION} SET read_at = COALESCE(read_at, ?) WHERE id = ${same} AND user_id = ${same}`;
  return (await writer.run(statement(text), [storedInstant(Date.now()), id, userId])).changes > 0;
}

/** Marks everything that a member was told as read. */
export async function markAllRead(writer: Session, userId: string): Promise<void> {
  const same = parameter(writer.dialect, { kind: 'id' });
  const text = `UPDATE ${NOTIFICATION} SET read_at = ? WHERE user_id = ${same} AND read_at IS NULL`;
  await writer.run(statement(text), [storedInstant(Date.now()), userId]);
}

function notificationFrom(row: RawRow): Notification {
  const readAt = row['read_at'];
  return {
    id: String(row['id']),
    label: JSON.parse(String(row['label'])) as Text,
    entity: String(row['entity']),
    recordId: String(row['record_id']),
    title: String(row['title']),
    createdAt: instantOf(String(row['created_at'])),
    readAt: readAt === null || readAt === undefined ? null : instantOf(String(readAt)),
  };
}
