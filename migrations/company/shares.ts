import { boolean, datetime, defineTable, exactText, id, optional } from '../define-table.ts';
import { creatingTables } from '../create-tables.ts';
import type { Migration } from '../../engine/src/storage/schema/migrate.ts';

/** Records that a member opened to another one, as they were kept until `rk_shared`; nothing reads it any more. */
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

/** Single records that a member opened to others, beyond the conditions of their grants, perhaps for a time only. */
export const shared = defineTable(
  'rk_shared',
  {
    id: id(),
    entity: exactText(100),
    record_id: id(),
    /** Whom it was opened to: `person:<id of the user>` or `role:<name>`. */
    holder: exactText(100),
    may_write: boolean(false),
    /** From then on it opens nothing. */
    ends_at: optional(datetime()),
    shared_by: id(),
    created_at: datetime(),
  },
  { unique: [['entity', 'record_id', 'holder']], indexes: [['holder', 'entity']] },
);

const create = creatingTables([shared]);

/** Makes `rk_shared` and takes over what was opened before; safe to repeat. */
export const movingShares: Migration = {
  ...create,
  async up(knex) {
    await create.up(knex);
    const former = (await knex('rk_share').select()) as readonly Readonly<Record<string, unknown>>[];
    for (const { entity, record_id, person_id, may_write, shared_by, created_at } of former) {
      const place = { entity, record_id, holder: `person:${String(person_id)}` };
      if ((await knex('rk_shared').where(place).first('id')) !== undefined) continue;
      await knex('rk_shared').insert({ ...place, may_write, shared_by, created_at });
    }
  },
};
