import { refuse } from '../base/errors.ts';
import type { Fault } from '../base/errors.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import { checkRecord } from './checks.ts';
import type { ReadFrom } from './context.ts';
import { withoutRepeats } from './faults.ts';
import { brokenFreeLinks } from './links.ts';
import { readInput } from './read-input.ts';
import { jsonOfDraft } from './record-json.ts';
import { settle } from './settle.ts';
import { keepSeen } from './sight.ts';
import { complainOfUngranted, newSight } from './write-rights.ts';
import { storedEntity } from './stored-entity.ts';
import type { JsonRecord } from './stored-entity.ts';

/**
 * What a new record would be: the input with its defaults and computed fields. Nothing is written.
 *
 * Throws the refusal `invalid` for values that cannot be read. What a `create` would refuse besides stands in
 * `faults`: a record that is still being typed is incomplete by nature.
 */
export async function previewRecord(
  from: ReadFrom,
  { operation, entity, reach, actions }: Authorized<OperationOf<'preview'>>,
): Promise<{ readonly record: Omit<JsonRecord, 'id'>; readonly faults: readonly Fault[] }> {
  const unreadable: Fault[] = [];
  const complain = (fault: Fault): void => void unreadable.push(fault);
  const given = readInput(entity, operation.input, '', complain);
  const sight = newSight(reach, entity, actions);
  complainOfUngranted(entity, given, null, sight, '', complain);
  if (unreadable.length > 0) throw refuse('invalid', { faults: unreadable });

  const settled = await settle(entity, given, from, '');
  const faults: Fault[] = [];
  checkRecord(entity, settled, null, from, faults, '');
  faults.push(...(await brokenFreeLinks(from.reader, from.model, entity, settled.draft, null, '')));

  const stored = storedEntity(entity, from.reader.dialect);
  const json = jsonOfDraft(stored, settled.draft, from.reader.dialect);
  keepSeen(entity, json, sight.read);
  const { id: _, version: __, ...record } = json;
  return { record, faults: withoutRepeats(faults) };
}
