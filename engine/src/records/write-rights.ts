import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import type { Operation } from '../metamodel/operation.ts';
import type { Authorized } from './authorized.ts';
import { heldPermits, sightsOf } from './bounds.ts';
import { sameValue } from './checks.ts';
import { rowsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { READ } from './reach.ts';
import type { Permit, Reach } from './reach.ts';
import { keepSeen, sees, sightOf, together, writeSightOf } from './sight.ts';
import type { Sight } from './sight.ts';
import type { JsonRecord } from './stored-entity.ts';

/** What somebody may see and write of one record. */
export interface WriteSight {
  readonly read: Sight;
  readonly write: Sight;
}

/**
 * Complains of what an input names but may not: a field that is not seen is unknown, one that is seen but not granted
 * for writing is read-only. A value that is sent back as it is stored changes nothing and is let through.
 *
 * @param before the stored record; null for a new one
 */
export function complainOfUngranted(
  entity: Entity,
  draft: DraftRow,
  before: DraftRow | null,
  { read, write }: WriteSight,
  at: string,
  complain: (fault: Fault) => void,
): void {
  for (const name of Object.keys(draft)) {
    const pointer = `${at}/${name}`;
    if (!sees(entity, read, name) && !sees(entity, write, name)) {
      complain({ pointer, code: 'unknown-field', parameters: { name } });
    } else if (entity.fieldByName.get(name)?.of !== null) {
      const rows = { rows: rowsOf(draft, name), stored: before === null ? [] : rowsOf(before, name) };
      complainOfRows(entity, name, rows, write, (at, code) => complain({ pointer: pointer + at, code }));
    } else if (!sees(entity, write, name) && !sameValue(draft[name], before?.[name])) {
      complain({ pointer, code: 'read-only' });
    }
  }
}

function complainOfRows(
  entity: Entity,
  lines: string,
  { rows, stored }: { readonly rows: readonly DraftRow[]; readonly stored: readonly DraftRow[] },
  write: Sight,
  complain: (at: string, code: 'read-only') => void,
): void {
  const isWhole = write === null || (write.has(lines) && (write.get(lines) ?? null) === null);
  if (isWhole) return;
  const before = new Map(stored.map((row) => [row['id'], row]));
  // Rows come and go for whoever may write them whole.
  if (rows.length !== before.size || rows.some(({ id }) => !before.has(id))) complain('', 'read-only');
  for (const [index, row] of rows.entries()) {
    for (const name of Object.keys(row)) {
      const isGranted = write.has(lines) && sees(entity, write, lines, name);
      if (name === 'id' || isGranted || sameValue(row[name], before.get(row['id'])?.[name])) continue;
      complain(`/${index}/${name}`, 'read-only');
    }
  }
}

/** What may be seen and written of a record that is not there yet, under whichever permit it comes to be. */
export function newSight(reach: Reach, entity: Entity, actions: readonly string[]): WriteSight {
  const bounds = reach.bounds(entity, actions);
  return { read: sightOf(reach.bounds(entity, READ)), write: writeSightOf(bounds) };
}

/**
 * Demands that rights hold for the record as it was written, too: no one writes a record into or out of their own reach.
 * Refuses `forbidden`, which takes the write back.
 *
 * @param before the permits that held before; null for a new record
 * @param changed fields that the client gave another value
 */
export async function demandWritten(
  from: ReadFrom,
  { entity, reach, actions }: Authorized<Operation>,
  id: string,
  before: readonly Permit[] | null,
  changed: readonly string[],
): Promise<void> {
  const bounds = reach.bounds(entity, actions);
  if (bounds === null) return;
  const after = (await heldPermits(from, bounds, entity, [id])).get(id) ?? [];
  const common = before === null ? after : after.filter((permit) => before.includes(permit));
  const write = together(common.map((permit) => permit.write));
  if (common.length === 0 || changed.some((name) => !sees(entity, write, name))) throw refuse('forbidden');
}

/** A record as it was written. */
interface Answer {
  readonly record: JsonRecord;
  readonly version: string;
}

/** The answer to a write, as far as its author sees the record afterwards. */
export async function answerSeen(
  from: ReadFrom,
  { entity, reach }: Pick<Authorized<Operation>, 'entity' | 'reach'>,
  written: Answer,
): Promise<Answer> {
  const { id } = written.record;
  const sights = await sightsOf(from, reach, entity, [id]);
  if (!sights.sees(id))
    return { record: { id, version: written.version } as unknown as JsonRecord, version: written.version };
  keepSeen(entity, written.record, sights.sightOf(id));
  return written;
}
