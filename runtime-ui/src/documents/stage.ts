import type { ScreenEntity } from '../../../engine/src/compiler/screen.ts';
import type { RecordJson } from '../records/record-api.ts';

/** What documents call the number they take when they are submitted. */
const NUMBER_FIELD = 'number';

export type Stage = 'draft' | 'submitted' | 'cancelled';

/** How far a document has come; records that are no documents stay drafts. */
export function stageOf(entity: ScreenEntity, record: RecordJson | null): Stage {
  if (entity.kind !== 'document' || record === null) return 'draft';
  const stage = record['stage'] ?? record['status'];
  return stage === 'submitted' || stage === 'cancelled' ? stage : 'draft';
}

/** Whether this is a draft whose number is taken when it is submitted. */
export function isUnnumbered(entity: ScreenEntity, record: RecordJson | null): boolean {
  if (entity.kind !== 'document' || record === null) return false;
  const isNumbered = entity.fields.some(({ name, readOnly }) => name === NUMBER_FIELD && readOnly === true);
  return isNumbered && (record[NUMBER_FIELD] ?? null) === null;
}

/** Whether anything may still be changed after submitting. */
export function hasFieldsOpenOnSubmit(entity: ScreenEntity): boolean {
  const open = (fields: ScreenEntity['fields']): boolean => fields.some((field) => field.allowOnSubmit);
  return open(entity.fields) || Object.values(entity.lines).some(({ fields }) => open(fields));
}
