import { listMembers } from '../access/members.ts';
import { rightsOf } from '../access/rights.ts';
import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Entity } from '../compiler/model.ts';
import { readingFrom } from '../records/write-unit.ts';
import type { Engine } from '../runtime/engine.ts';
import { addComment, MENTIONS_MAX, mentionsIn, readComments } from '../workflow/comments.ts';
import type { Comment } from '../workflow/comments.ts';
import { onceForKey } from './idempotency.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { allowed, contextOf, entityIn, idIn } from './record-ask.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const BASE = '/api/v1/records/:entity/:id/comments';
const BODY_LENGTH_MAX = 4_000;
const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 200;

/** What members write to each other about a record. */
export function commentRoutes(engine: Engine): readonly Route[] {
  return [
    member('records', `GET ${BASE}`, list),
    member('records', `POST ${BASE}`, (ask) => add(engine, ask), { body: 'json' }),
  ];
}

function commentJson({ id, body, user, createdAt }: Comment): Readonly<Record<string, unknown>> {
  return { id, body, user, created_at: createdAt };
}

async function list(ask: CompanyAsk): Promise<Answer> {
  const { before, size } = readPage(ask.queryText);
  const authorized = allowed(ask, { kind: 'comments', entity: entityIn(ask), id: idIn(ask) });
  const context = contextOf(ask);
  const page = await readComments(readingFrom(context, context.database), authorized, before, size);
  return { status: 200, body: { data: page.comments.map(commentJson), meta: { next: page.next } } };
}

/** Throws `malformed-query` with every fault. */
function readPage(queryText: string): { readonly before: string | null; readonly size: number } {
  const given = readParameters(queryText, ['before', 'size']);
  const faults: Fault[] = [];
  if (given.before !== undefined && !isRowId(given.before)) {
    faults.push({ pointer: '/before', code: 'type', parameters: { expected: 'id' } });
  }
  const size = given.size === undefined ? PAGE_SIZE_DEFAULT : Number(given.size);
  if (!Number.isInteger(size) || size < 1) {
    faults.push({ pointer: '/size', code: 'minimum', parameters: { minimum: '1' } });
  } else if (size > PAGE_SIZE_MAX) {
    faults.push({ pointer: '/size', code: 'maximum', parameters: { maximum: String(PAGE_SIZE_MAX) } });
  }
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  return { before: given.before ?? null, size };
}

async function add(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const authorized = allowed(ask, { kind: 'comment', entity: entityIn(ask), id: idIn(ask) });
  const input = new Input(ask.body);
  const text = input.text('body', { lengthMax: BODY_LENGTH_MAX });
  const emails = mentionsIn(text);
  if (emails.length > MENTIONS_MAX) input.fault('body', 'too-many-mentions', { maximum: String(MENTIONS_MAX) });
  input.finish();
  const mentioned = emails.length === 0 ? [] : await readersAmong(engine, ask, authorized.entity, emails);
  return onceForKey(
    ask,
    (beforeCommit) => addComment(contextOf(ask, beforeCommit), authorized, text, mentioned),
    (comment) => ({ status: 201, body: { data: commentJson(comment) } }),
  );
}

/**
 * The members of these e-mail addresses who may read the record. Whoever may not is not told, and neither is the
 * writer: the answer does not show who is a member.
 */
async function readersAmong(
  engine: Engine,
  ask: CompanyAsk,
  entity: Entity,
  emails: readonly string[],
): Promise<readonly string[]> {
  const members = await listMembers(engine.server.catalog, ask.company.entry.id);
  const { model } = ask.company;
  return members
    .filter(({ isActive, email, roles }) => {
      return isActive && emails.includes(email) && rightsOf(roles, model).allows(entity, 'read');
    })
    .map(({ userId }) => userId);
}
