import {
  datetime,
  defineTable,
  exactText,
  id,
  integer,
  json,
  longtext,
  optional,
  text,
  timestamps,
} from '../define-table.ts';

/**
 * Changes of a company that take several steps in two databases: registering, activating, publishing. Written before
 * the first step and closed after the last, so that what a killed process left is found at the next start.
 */
export const changes = defineTable(
  'changes',
  {
    id: id(),
    company_id: id(),
    kind: exactText(40),
    /** What is changed, for example a module's slug. */
    subject: text(150),
    /** `pending`, `done` or `failed`. */
    state: exactText(20),
    payload: optional(json()),
    actor_id: optional(id()),
    attempts: integer(0),
    fault: optional(longtext()),
    ...timestamps,
    finished_at: optional(datetime()),
  },
  {
    indexes: [['state'], ['company_id', 'state']],
    links: { company_id: { to: 'companies', onDelete: 'cascade' } },
  },
);

/** R-A8, R-E6: what people did to their company: modules, members, tokens, settings. */
export const activities = defineTable(
  'activities',
  {
    id: id(),
    company_id: optional(id()),
    actor_kind: exactText(10),
    actor_id: exactText(40),
    actor_name: text(255),
    action: exactText(100),
    subject: text(255),
    detail: optional(json()),
    at: datetime(),
  },
  { indexes: [['company_id'], ['at']], links: { company_id: { to: 'companies', onDelete: 'cascade' } } },
);

/** What the installation remembers of itself, for example the hash of the metadata that the catalog was filled from. */
export const settings = defineTable(
  'settings',
  { name: exactText(100), value: longtext(), updated_at: datetime() },
  { primaryKey: ['name'] },
);
