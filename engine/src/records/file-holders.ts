import type { Fault } from '../base/errors.ts';
import type { Entity, Field } from '../compiler/model.ts';
import { LINE_COLUMNS } from '../metamodel/naming.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement, table } from '../storage/statement.ts';
import type { Authorized } from './authorized.ts';
import { sightsOf } from './bounds.ts';
import { rowsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { EVERYTHING } from './reach.ts';
import type { Reach } from './reach.ts';
import { sees } from './sight.ts';

/** Records that are asked of one field; a file is rarely held by more than one. */
const HOLDERS_MAX = 50;

const FILE_TYPES: readonly string[] = ['file', 'image'];

/**
 * Complains of files that the actor puts into a record without having brought them or seeing them elsewhere: whoever
 * guessed an id would otherwise open the file for themselves.
 */
export async function complainOfForeignFiles(
  from: ReadFrom,
  { entity, reach, actor }: Pick<Authorized, 'entity' | 'reach' | 'actor'>,
  draft: DraftRow,
  before: DraftRow | null,
  complain: (fault: Fault) => void,
  at: string,
): Promise<void> {
  if (reach === EVERYTHING) return;
  const check = async (holder: Entity, row: DraftRow, old: DraftRow | undefined, pointer: string): Promise<void> => {
    for (const { name, type } of holder.fields) {
      const id = row[name];
      if (!FILE_TYPES.includes(type) || typeof id !== 'string' || id === old?.[name]) continue;
      const [own] = await from.reader.tuples(UPLOADER, [id]);
      if (own === undefined || String(own[0]) === actor.id || (await seesFile(from, reach, id))) continue;
      complain({ pointer: `${pointer}/${name}`, code: 'unknown-record' });
    }
  };
  await check(entity, draft, before ?? undefined, at);
  for (const { name, target } of entity.linesFields) {
    const stored = new Map(before === null ? [] : rowsOf(before, name).map((row) => [row['id'], row]));
    for (const [index, row] of rowsOf(draft, name).entries()) {
      await check(target as Entity, row, stored.get(row['id']), `${at}/${name}/${index}`);
    }
  }
}

const UPLOADER = statement(`SELECT created_by FROM ${table('rk_file')} WHERE id = ?`);

/** Whether the actor sees a record that holds the file, and the field in which it does (R-E3). */
export async function seesFile(from: ReadFrom, reach: Reach, fileId: string): Promise<boolean> {
  for (const entity of from.model.entities.values()) {
    const owner = entity.owner?.entity ?? entity;
    if (!reach.mayRead(owner)) continue;
    for (const field of entity.fields) {
      if (FILE_TYPES.includes(field.type) && (await isHeldBy(from, reach, entity, field, fileId))) return true;
    }
  }
  return false;
}

async function isHeldBy(from: ReadFrom, reach: Reach, entity: Entity, field: Field, fileId: string): Promise<boolean> {
  const own = quoted(entity.owner === null ? 'id' : LINE_COLUMNS.parent);
  const id = parameter(from.reader.dialect, { kind: 'id' });
  const text = `SELECT ${own} FROM ${table(entity.table)} WHERE ${quoted(String(field.column))} = ${id} LIMIT ${HOLDERS_MAX}`;
  const holders = (await from.reader.tuples(statement(text), [fileId])).map(([holder]) => String(holder));
  if (holders.length === 0) return false;
  const owner = entity.owner?.entity ?? entity;
  const sights = await sightsOf(from, reach, owner, holders);
  const [name, ofRow] = entity.owner === null ? [field.name, null] : [entity.owner.field.name, field.name];
  return holders.some((holder) => sights.sees(holder) && sees(owner, sights.sightOf(holder), name, ofRow));
}
