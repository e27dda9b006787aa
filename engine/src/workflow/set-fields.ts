import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import { STATUS_FIELD } from '../metamodel/naming.ts';
import { checkRecord } from '../records/checks.ts';
import type { DraftRow } from '../records/compute.ts';
import type { ReadFrom } from '../records/context.ts';
import { withoutRepeats } from '../records/faults.ts';
import { brokenFreeLinks } from '../records/links.ts';
import { settle } from '../records/settle.ts';
import { statusOf } from './status.ts';
import { stageOf } from './submit.ts';

/**
 * What a record becomes when the engine sets fields of it: a draft, or a record that is no document, is computed and
 * checked as if a person had changed it. Of a submitted document only fields change that stay open after submitting;
 * others are refused with `not-a-draft`.
 */
export async function withFields(
  from: ReadFrom,
  entity: Entity,
  before: DraftRow,
  values: DraftRow,
  status: string | null,
): Promise<DraftRow> {
  const given: DraftRow = { ...before, ...values, ...(status === null ? {} : { [STATUS_FIELD]: status }) };
  if (entity.kind === 'document' && stageOf(before) !== 'draft') {
    const isOpen = Object.keys(values).every((name) => entity.fieldByName.get(name)?.allowOnSubmit === true);
    if (isOpen) return given;
    throw refuse('not-a-draft', { parameters: { status: statusOf(before) } });
  }
  const settled = await settle(entity, given, from, '');
  const faults: Fault[] = [];
  checkRecord(entity, settled, before, from, faults, '');
  faults.push(...(await brokenFreeLinks(from.reader, from.model, entity, settled.draft, before, '')));
  if (faults.length > 0) throw refuse('invalid', { faults: withoutRepeats(faults) });
  return settled.draft;
}
