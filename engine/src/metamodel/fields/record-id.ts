import { isRowId } from '../../base/ids.ts';
import type { InputFault, JsonSchema } from '../field-type.ts';
import { fault } from './faults.ts';

/** The id of a row as clients write it: a decimal string, since 64 bits do not fit a JSON number. */
export function readRecordId(input: unknown): { readonly value: string } | InputFault {
  if (typeof input !== 'string') return fault('type', { expected: 'string' });
  return isRowId(input) ? { value: input } : fault('format', { expected: 'id' });
}

export const RECORD_ID_SCHEMA: JsonSchema = { type: 'string', pattern: '^[1-9][0-9]{0,18}$' };
