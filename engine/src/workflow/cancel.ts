import { refuse } from '../base/errors.ts';
import type { Entity, Field } from '../compiler/model.ts';
import { LINE_COLUMNS, STAGE_FIELD, STATUS_FIELD } from '../metamodel/naming.ts';
import { textIn } from '../metamodel/text.ts';
import type { Text } from '../metamodel/text.ts';
import type { Actor } from '../metamodel/operation.ts';
import { reverseDocument } from '../ledger/reverse.ts';
import type { DraftRow } from '../records/compute.ts';
import type { Written } from '../records/create.ts';
import { idOf } from '../records/stored-entity.ts';
import type { Reach } from '../records/reach.ts';
import { titlesSeen } from '../records/titles.ts';
import { writeRevision } from '../records/update.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import { linksBetweenDocuments } from './document-links.ts';
import { demandStage } from './submit.ts';
import type { StageOptions } from './submit.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';

/** Documents named in a refusal at most. */
const NAMED_MAX = 5;

/** Stands for all documents that whoever cancels may not read: not even their kind is told. */
const UNSEEN: Text = {
  en: 'what others have entered, which you may not see',
  id: 'yang dimasukkan orang lain dan tidak boleh Anda lihat',
};

/** Who cancels, and what they may read of the documents that stand against it. */
export interface Canceller {
  readonly actor: Actor;
  readonly reach: Reach;
}

/**
 * Cancels a submitted document: everything that it posted is reversed, and it stays in the books as cancelled with its
 * number. Refuses `wrong-state`, and `has-dependents` while a submitted document links to it or to its rows.
 */
export async function cancelWithin(
  unit: WriteUnit,
  entity: Entity,
  before: DraftRow,
  { actor, reach }: Canceller,
  { action = 'cancel', status = 'cancelled', set = {} }: StageOptions = {},
): Promise<Written> {
  demandStage(before, 'submitted');
  await refuseDependents(unit, entity, idOf(before), { actor, reach });
  const posting = unit.from.model.postings.get(entity.name);
  if (posting !== undefined) await reverseDocument(unit, posting, before, actor);
  const after: DraftRow = { ...before, ...set, [STATUS_FIELD]: status, [STAGE_FIELD]: 'cancelled' };
  return writeRevision(unit, entity, { before, after }, actor, { at: '', action });
}

async function refuseDependents(unit: WriteUnit, entity: Entity, id: string, who: Canceller): Promise<void> {
  const dependents = await dependentsOf(unit, entity, id);
  if (dependents.size === 0) return;
  const named: string[] = [];
  let isAllSeen = true;
  for (const [dependent, ids] of dependents) {
    const titles = who.reach.mayRead(dependent) ? await titlesSeen(unit.from, who.reach, dependent, ids) : null;
    for (const title of titles?.values() ?? []) named.push(`${textIn(dependent.label, who.actor.locale)} ${title}`);
    isAllSeen &&= titles?.size === ids.length;
  }
  const users = [...named.slice(0, NAMED_MAX), ...(isAllSeen ? [] : [textIn(UNSEEN, who.actor.locale)])].join('; ');
  throw refuse('has-dependents', { parameters: { users } });
}

/** Submitted documents that link to this one, from themselves or from their rows, to it or to its rows. */
async function dependentsOf(
  { transaction, from }: WriteUnit,
  entity: Entity,
  id: string,
): Promise<ReadonlyMap<Entity, readonly string[]>> {
  const found = new Map<Entity, Set<string>>();
  for (const { holder, field, to } of linksBetweenDocuments(from.model, entity)) {
    const document = holder.owner?.entity ?? holder;
    const text = dependentText(holder, field, to, document, parameter(transaction.dialect, { kind: 'id' }));
    for (const [user] of await transaction.tuples(statement(text), [bindingOf(field, entity, id)])) {
      const users = found.get(document) ?? new Set<string>();
      found.set(document, users.add(String(user)));
    }
  }
  found.get(entity)?.delete(id);
  return new Map([...found].filter(([, users]) => users.size > 0).map(([user, users]) => [user, [...users]]));
}

function bindingOf(field: Field, entity: Entity, id: string): string {
  return field.type === 'dynamic-link' ? `${entity.name}:${id}` : id;
}

function dependentText(holder: Entity, field: Field, to: Entity, document: Entity, id: string): string {
  const owns = holder !== document;
  const source = owns
    ? `${table(holder.table)} h JOIN ${table(document.table)} d ON d.${quoted('id')} = h.${quoted(LINE_COLUMNS.parent)}`
    : `${table(document.table)} h`;
  const own = owns ? 'd' : 'h';
  const column = `h.${quoted(String(field.column))}`;
  const condition =
    field.type === 'dynamic-link'
      ? `${column} = ?`
      : to.owner === null
        ? `${column} = ${id}`
        : `${column} IN (SELECT ${quoted('id')} FROM ${table(to.table)} WHERE ${quoted(LINE_COLUMNS.parent)} = ${id})`;
  return (
    `SELECT DISTINCT ${own}.${quoted('id')} FROM ${source} WHERE ${condition} ` +
    `AND ${own}.${quoted(STAGE_FIELD)} = 'submitted' LIMIT ${NAMED_MAX + 1}`
  );
}
