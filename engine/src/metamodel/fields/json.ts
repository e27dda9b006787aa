import type { InputFault, Json } from '../field-type.ts';
import { fault } from './faults.ts';
import { PRESENCE } from './operators.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

const DEPTH_MAX = 32;

/**
 * Any JSON value, for what programs keep with a record. The value is its JSON text; a database may give an object's
 * properties back in another order.
 */
export const json: ShapedFieldType = {
  name: 'json',
  defaults: { ...NO_LIMITS, maxLength: 65_535 },
  column: () => ({ kind: 'json' }),
  valueType: () => ({ kind: 'json' }),
  read(input, { maxLength }) {
    const found = faultIn(input, 0);
    if (found !== null) return found;
    const text = JSON.stringify(input);
    return text.length > maxLength ? fault('too-long', { maximum: String(maxLength) }) : { value: text };
  },
  write: (value) => JSON.parse(String(value)) as Json,
  jsonSchema: () => ({}),
  operators: PRESENCE,
  sortable: false,
};

/** What cannot be kept: nesting without end, halves of characters, and what is not JSON at all. */
function faultIn(value: unknown, depth: number): InputFault | null {
  if (typeof value === 'string') return /\p{Cs}/u.test(value) ? fault('character') : null;
  if (value === null || typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : fault('number');
  if (typeof value !== 'object') return fault('type', { expected: 'object' });
  if (depth >= DEPTH_MAX) return fault('too-deep', { maximum: String(DEPTH_MAX) });
  for (const [key, item] of Object.entries(value)) {
    const found = faultIn(key, depth) ?? faultIn(item, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
