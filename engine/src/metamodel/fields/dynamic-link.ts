import { isRowId } from '../../base/ids.ts';
import type { FieldShape, InputFault } from '../field-type.ts';
import { fault } from './faults.ts';
import { EQUALITY } from './operators.ts';
import { RECORD_ID_SCHEMA } from './record-id.ts';
import { NO_LIMITS } from './shaped-field-type.ts';
import type { ShapedFieldType } from './shaped-field-type.ts';

const ENTITY = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;
/** The longest entity name, a colon and the longest id. */
const LENGTH = 60 + 1 + 19;

/**
 * A record of any of several entities. JSON is `{ "entity": "module.name", "id": "12" }`; value and column are the one
 * text `module.name:12`, which is taken as input too, so that an address can filter by it.
 */
export const dynamicLink: ShapedFieldType = {
  name: 'dynamic-link',
  defaults: { ...NO_LIMITS, maxLength: LENGTH },
  column: () => ({ kind: 'text', length: LENGTH }),
  valueType: () => ({ kind: 'text' }),
  read(input, field) {
    if (typeof input === 'string') {
      const colon = input.indexOf(':');
      return target(input.slice(0, Math.max(colon, 0)), input.slice(colon + 1), field);
    }
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      return fault('type', { expected: 'object' });
    }
    const { entity, id, ...rest } = input as Readonly<Record<string, unknown>>;
    if (typeof entity !== 'string' || typeof id !== 'string' || Object.keys(rest).length > 0) {
      return fault('format', { expected: 'dynamic-link' });
    }
    return target(entity, id, field);
  },
  write(value) {
    const text = String(value);
    const colon = text.indexOf(':');
    return { entity: text.slice(0, colon), id: text.slice(colon + 1) };
  },
  jsonSchema: ({ toAny }) => ({
    type: 'object',
    properties: {
      entity: toAny.length > 0 ? { type: 'string', enum: toAny } : { type: 'string', pattern: ENTITY.source },
      id: RECORD_ID_SCHEMA,
    },
    required: ['entity', 'id'],
    additionalProperties: false,
  }),
  operators: EQUALITY,
  sortable: false,
};

function target(entity: string, id: string, { to, toAny }: FieldShape): { readonly value: string } | InputFault {
  const allowed = to === null ? toAny : [to];
  if (!ENTITY.test(entity) || (allowed.length > 0 && !allowed.includes(entity))) {
    return fault('entity', { found: entity, known: allowed.join(', ') });
  }
  return isRowId(id) ? { value: `${entity}:${id}` } : fault('format', { expected: 'id' });
}
