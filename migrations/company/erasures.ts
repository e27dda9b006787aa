import { datetime, defineTable, exactText, id, longtext, text } from '../define-table.ts';

/** Whose personal data was erased, by whom and why, and what that meant; never what was erased. */
export const erasure = defineTable(
  'rk_erasure',
  {
    id: id(),
    entity: exactText(100),
    record_id: id(),
    reason: text(500),
    by_id: id(),
    by_name: text(255),
    at: datetime(),
    /** What was blanked and what was kept, in numbers, as JSON. */
    outcome: longtext(),
  },
  { indexes: [['entity', 'record_id']] },
);

/**
 * What a seal of the history says since values of its rows were erased by law: `hash` takes the place of the seal's own
 * for its rows, while the chain goes on with what it was.
 */
export const historyReseal = defineTable(
  'rk_history_reseal',
  { seal_id: id(), erasure_id: id(), hash: exactText(64) },
  {
    primaryKey: ['seal_id'],
    indexes: [['erasure_id']],
    links: { erasure_id: { to: 'rk_erasure', onDelete: 'restrict' } },
  },
);
