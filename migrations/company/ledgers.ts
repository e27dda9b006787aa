import { datetime, defineTable, exactText, id, integer, optional, text } from '../define-table.ts';

/**
 * One row for each set of entries that was written together (promise C2: the key lets a document post once). `action`
 * is `post`, `reverse` or `adjust`; adjustments of one document are numbered.
 */
export const voucher = defineTable(
  'rk_voucher',
  {
    id: id(),
    entity: exactText(100),
    record_id: id(),
    action: exactText(10),
    number: integer(1),
    date: { type: { kind: 'date' }, nullable: false },
    posted_at: datetime(),
    actor_kind: exactText(10),
    actor_id: exactText(40),
    actor_name: text(255),
    /** The voucher that this one takes back. */
    reverses: optional(id()),
  },
  { unique: [['entity', 'record_id', 'action', 'number']], indexes: [['date']] },
);

/** Vouchers whose entries are not in the monthly balances yet. Whoever adds them up removes the row. */
export const rollupQueue = defineTable('rk_rollup_queue', { voucher_id: id() }, { primaryKey: ['voucher_id'] });
