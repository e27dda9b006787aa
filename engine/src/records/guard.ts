import { refuse } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import { STAGE_FIELD, STATUS_FIELD } from '../metamodel/naming.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { jsonOfDraft } from './record-json.ts';
import { attachRollups } from './rollups.ts';
import { keepSeen } from './sight.ts';
import type { Sight } from './sight.ts';
import { storedEntity, versionOf } from './stored-entity.ts';

/** What a caller has seen of the record that is to be changed. */
export interface Seen {
  readonly version: string | null;
  readonly sight: Sight;
}

const DRAFT = 'draft';
const SUBMITTED = 'submitted';

/**
 * Refuses to change or delete a record that the caller has not seen as it is (`stale-version`, with the record), and
 * a document that is no draft any more (`not-a-draft`). Fields that stay open after submitting may still be changed.
 *
 * @param seen what the caller has seen of it: the version, null when none was named, and the fields
 * @param changed fields that are to be changed; absent when the record is to go
 */
export async function guardChange(
  from: ReadFrom,
  entity: Entity,
  before: DraftRow,
  seen: Seen,
  changed?: readonly string[],
): Promise<void> {
  await demandVersion(from, entity, before, seen);
  if (entity.kind !== 'document') return;
  const stage = before[STAGE_FIELD] ?? DRAFT;
  if (stage === DRAFT && isEditable(from, entity, before)) return;
  const staysOpen =
    stage === SUBMITTED && changed?.every((name) => entity.fieldByName.get(name)?.allowOnSubmit === true);
  if (staysOpen === true) return;
  const status = before[STATUS_FIELD];
  throw refuse('not-a-draft', { parameters: { status: typeof status === 'string' ? status : SUBMITTED } });
}

/** While a draft waits for others in a state of its workflow, only a state that says so lets it be changed. */
function isEditable({ model }: ReadFrom, entity: Entity, before: DraftRow): boolean {
  const states = model.workflows.get(entity.name)?.states ?? [];
  return states.find(({ name }) => name === before[STATUS_FIELD])?.editable !== false;
}

/** Refuses a record that the caller has not seen as it is: `stale-version`, with the record. */
export async function demandVersion(
  from: ReadFrom,
  entity: Entity,
  before: DraftRow,
  { version, sight }: Seen,
): Promise<void> {
  if (version !== null && version !== String(versionOf(before))) {
    const stored = storedEntity(entity, from.reader.dialect);
    const record = jsonOfDraft(stored, before, from.reader.dialect);
    await attachRollups(from, stored, [record]);
    keepSeen(entity, record, sight);
    throw refuse('stale-version', { data: record });
  }
}
