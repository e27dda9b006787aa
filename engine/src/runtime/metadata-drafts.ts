import { storedInstant } from '../base/clock.ts';
import type { DocumentKind } from '../compiler/kinds.ts';
import type { Reader, Session } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';
import { statement, table } from '../storage/statement.ts';
import type { DocumentChange } from './company-layer.ts';

const LIST = statement(`
  SELECT kind, name, document, revision, author_name, updated_at FROM ${table('rk_metadata_draft')} ORDER BY kind, name`);
const INSERT = statement(`
  INSERT INTO ${table('rk_metadata_draft')} (kind, name, document, revision, author_id, author_name, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)`);
const UPDATE = statement(`
  UPDATE ${table('rk_metadata_draft')}
  SET document = ?, revision = ?, author_id = ?, author_name = ?, updated_at = ?
  WHERE kind = ? AND name = ? AND revision = ?`);
const DISCARD = statement(`DELETE FROM ${table('rk_metadata_draft')}`);

const STAY = statement(
  `UPDATE ${table('rk_designer_presence')} SET name = ?, place = ?, seen_at = ? WHERE user_id = ?`,
);
const ARRIVE = statement(
  `INSERT INTO ${table('rk_designer_presence')} (user_id, name, place, seen_at) VALUES (?, ?, ?, ?)`,
);
const PRESENT = statement(`
  SELECT user_id, name, place FROM ${table('rk_designer_presence')} WHERE seen_at >= ? ORDER BY name, user_id`);

/** Whoever was not heard of for this long is gone. */
const PRESENCE_MS = 20_000;

/** A document that somebody works on, before it is published. */
export interface DraftDocument extends DocumentChange {
  /** Grows with every change; whoever changes the document names the one they saw. */
  readonly revision: number;
  readonly author: string;
  readonly updatedAt: string;
}

/** A change of a draft; `revision` is the one it was made from, 0 for a document without a draft. */
export interface DraftChange extends DocumentChange {
  readonly revision: number;
}

export interface Author {
  readonly id: string;
  readonly name: string;
}

/** Somebody who has the designer open. */
export interface Presence extends Author {
  /** What they look at: kind and name of a document. */
  readonly place: string | null;
}

export async function listDrafts(reader: Reader): Promise<readonly DraftDocument[]> {
  const rows = await reader.all(LIST, []);
  return rows.map((row) => ({
    kind: String(row['kind']) as DocumentKind,
    name: String(row['name']),
    document: row['document'] === null ? null : (JSON.parse(String(row['document'])) as DraftDocument['document']),
    revision: Number(row['revision']),
    author: String(row['author_name']),
    updatedAt: String(row['updated_at']),
  }));
}

/**
 * Writes what admins work on.
 *
 * @returns the place of the first change that somebody else was faster with, which ends it; null when all are written
 */
export async function saveDrafts(
  session: Session,
  changes: readonly DraftChange[],
  author: Author,
): Promise<number | null> {
  for (const [place, change] of changes.entries()) {
    if (!(await saveDraft(session, change, author))) return place;
  }
  return null;
}

async function saveDraft(
  session: Session,
  { kind, name, document, revision }: DraftChange,
  author: Author,
): Promise<boolean> {
  const text = document === null ? null : JSON.stringify(document);
  const now = storedInstant(Date.now());
  if (revision > 0) {
    const values = [text, revision + 1, author.id, author.name, now, kind, name, revision];
    return (await session.run(UPDATE, values)).changes === 1;
  }
  try {
    await session.run(INSERT, [kind, name, text, 1, author.id, author.name, now]);
    return true;
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'unique') return false;
    throw error;
  }
}

/** Forgets what nobody published. */
export async function discardDrafts(session: Session): Promise<void> {
  await session.run(DISCARD, []);
}

/** Notes that somebody is at work, at which place. */
export async function notePresence(session: Session, { id, name }: Author, place: string | null): Promise<void> {
  const now = storedInstant(Date.now());
  if ((await session.run(STAY, [name, place, now, id])).changes > 0) return;
  try {
    await session.run(ARRIVE, [id, name, place, now]);
  } catch (error) {
    // Another window of the same person was faster; either says where they are.
    if (!(error instanceof StorageError) || error.kind !== 'unique') throw error;
  }
}

/** Who is at work. */
export async function listPresent(reader: Reader): Promise<readonly Presence[]> {
  const rows = await reader.all(PRESENT, [storedInstant(Date.now() - PRESENCE_MS)]);
  return rows.map((row) => ({
    id: String(row['user_id']),
    name: String(row['name']),
    place: row['place'] === null ? null : String(row['place']),
  }));
}
