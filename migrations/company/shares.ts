import { boolean, datetime, defineTable, exactText, id } from '../define-table.ts';

/** Single records that a member opened to another one, beyond the conditions of their grants. */
export const share = defineTable(
  'rk_share',
  {
    id: id(),
    entity: exactText(100),
    record_id: id(),
    /** The user it was opened to. */
    person_id: id(),
    may_write: boolean(false),
    shared_by: id(),
    created_at: datetime(),
  },
  { unique: [['entity', 'record_id', 'person_id']], indexes: [['person_id', 'entity']] },
);
