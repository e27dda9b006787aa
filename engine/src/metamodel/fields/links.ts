import type { Json } from '../field-type.ts';
import { fault } from './faults.ts';
import { EQUALITY } from './operators.ts';
import { readRecordId, RECORD_ID_SCHEMA } from './record-id.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

const LINKS_MAX = 1000;

/** Any number of records of one entity (many-to-many), in their order; they live in a table of their own. */
export const links: ShapedFieldType = {
  name: 'links',
  defaults: NO_LIMITS,
  column: () => null,
  valueType: ({ to }) => ({ kind: 'list', of: { kind: 'record', entity: to ?? '' } }),
  read(input) {
    if (!Array.isArray(input)) return fault('type', { expected: 'array' });
    if (input.length > LINKS_MAX) return fault('too-many', { maximum: String(LINKS_MAX) });
    const ids = new Set<string>();
    for (const item of input as readonly unknown[]) {
      const read = readRecordId(item);
      if (!('value' in read)) return read;
      if (ids.has(read.value)) return fault('duplicate', { found: read.value });
      ids.add(read.value);
    }
    return { value: [...ids] };
  },
  write: (value) => value as Json,
  jsonSchema: () => ({ type: 'array', items: RECORD_ID_SCHEMA, maxItems: LINKS_MAX, uniqueItems: true }),
  operators: EQUALITY,
  sortable: false,
};
