import { instantOf, storedInstant } from '../base/clock.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Entity } from '../compiler/model.ts';
import type { Text } from '../metamodel/text.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import { demandSight } from '../records/bounds.ts';
import type { ReadFrom, RecordContext } from '../records/context.ts';
import { titlesOf } from '../records/titles.ts';
import { writeUnit } from '../records/write-unit.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import { notify } from './notifications.ts';

/** What a member wrote about a record. */
export interface Comment {
  readonly id: string;
  /** Plain text with line breaks. */
  readonly body: string;
  /** Who wrote it, by the name of that moment. */
  readonly user: { readonly id: string; readonly name: string };
  readonly createdAt: string;
}

export interface CommentPage {
  readonly comments: readonly Comment[];
  /** The id below which the next page goes on; null at the end. */
  readonly next: string | null;
}

/** People that one comment can name. */
export const MENTIONS_MAX = 20;

const COMMENT = table('rk_comment');
const INSERT = statement(
  `INSERT INTO ${COMMENT} (entity, record_id, body, user_id, user_name, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
);

/** An e-mail address after an `@` that begins a word; the full stop that ends a sentence is no part of it. */
const MENTION = /(?<![^\s(,;])@([^\s@"<>(),;:\\[\]]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+)/giu;

/** The e-mail addresses that a comment names as `@dewi@example.com`, in lower case, each once. */
export function mentionsIn(body: string): readonly string[] {
  return [...new Set([...body.matchAll(MENTION)].map(([, email = '']) => email.toLowerCase()))];
}

/**
 * What members wrote about a record, the latest first. Throws the refusal `not-found` when there is no such record.
 *
 * @param before goes on below this id; null begins with the latest
 */
export async function readComments(
  from: ReadFrom,
  { entity, operation, reach }: Authorized<OperationOf<'comments'>>,
  before: string | null,
  size: number,
): Promise<CommentPage> {
  await demandSight(from, reach, entity, operation.id);
  await titleOf(from, entity, operation.id);
  const { reader } = from;
  const id = parameter(reader.dialect, { kind: 'id' });
  const text =
    `SELECT id, body, user_id, user_name, created_at FROM ${COMMENT} WHERE entity = ? AND record_id = ${id}` +
    `${before === null ? '' : ` AND id < ${id}`} ORDER BY id DESC LIMIT ${size + 1}`;
  const bindings = [entity.name, operation.id, ...(before === null ? [] : [before])];
  const rows = await reader.tuples(statement(text), bindings);
  const comments = rows.slice(0, size).map(([own, body, userId, name, at]) => ({
    id: String(own),
    body: String(body),
    user: { id: String(userId), name: String(name) },
    createdAt: instantOf(String(at)),
  }));
  return { comments, next: rows.length > size ? (comments.at(-1)?.id ?? null) : null };
}

/**
 * Keeps a comment and tells those whom it names, in one transaction. Throws the refusal `not-found` when there is no
 * such record.
 *
 * @param mentioned users to be told; they must be allowed to read the record
 */
export async function addComment(
  context: RecordContext,
  { entity, operation, actor, reach }: Authorized<OperationOf<'comment'>>,
  body: string,
  mentioned: readonly string[],
): Promise<Comment> {
  return writeUnit(context, async ({ transaction, from }) => {
    await demandSight(from, reach, entity, operation.id);
    const title = await titleOf(from, entity, operation.id);
    const at = storedInstant(Date.now());
    const bindings = [entity.name, operation.id, body, actor.id, actor.name, at];
    const { lastId } = await transaction.run(INSERT, bindings);
    const told = mentioned.filter((userId) => userId !== actor.id);
    const label = mentionLabel(actor.name);
    await notify(transaction, told, {
      source: `comment:${entity.name}`,
      label,
      entity: entity.name,
      recordId: operation.id,
      title,
    });
    return { id: lastId, body, user: { id: actor.id, name: actor.name }, createdAt: instantOf(at) };
  });
}

function mentionLabel(name: string): Text {
  return { en: `${name} mentioned you in a comment`, id: `${name} menyebut Anda dalam komentar` };
}

/** How the record is called, which also proves that it is there. */
async function titleOf(from: ReadFrom, entity: Entity, id: string): Promise<string> {
  const title = isRowId(id) ? (await titlesOf(from, entity, [id])).get(id) : undefined;
  if (title === undefined) throw refuse('not-found');
  return title === '' ? id : title;
}
