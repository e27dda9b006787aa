import { datetime, defineTable, exactText, id, longtext, text } from '../define-table.ts';

/** What members wrote about a record, as plain text. `user_name` is how the person was called then. */
export const comment = defineTable(
  'rk_comment',
  {
    id: id(),
    entity: exactText(100),
    record_id: id(),
    body: longtext(),
    user_id: id(),
    user_name: text(255),
    created_at: datetime(),
  },
  { indexes: [['entity', 'record_id', 'id']] },
);
