import { datetime, defineTable, exactText, id, integer, longtext, optional, text } from '../define-table.ts';

const date = () => ({ type: { kind: 'date' }, nullable: false }) as const;

/**
 * Who agreed to a transition that needs several people. An approval counts while the record has the version that was
 * approved. `principal_id` is the member whose right was used: the person, or whom the person stands in for.
 */
export const approval = defineTable(
  'rk_approval',
  {
    id: id(),
    entity: exactText(100),
    record_id: id(),
    version: integer(),
    transition: exactText(60),
    user_id: id(),
    principal_id: id(),
    name: text(255),
    at: datetime(),
  },
  {
    unique: [
      ['entity', 'record_id', 'version', 'transition', 'user_id'],
      ['entity', 'record_id', 'version', 'transition', 'principal_id'],
    ],
  },
);

/** Who may take transitions for a member who is away, on these days; of all entities when none is named. */
export const delegation = defineTable(
  'rk_delegation',
  {
    id: id(),
    from_user_id: id(),
    to_user_id: id(),
    entity: optional(exactText(100)),
    from_date: date(),
    until_date: date(),
    created_at: datetime(),
  },
  { indexes: [['to_user_id', 'until_date'], ['from_user_id']] },
);

/** The most that a member may decide alone, as plain notation; guards read it as `user.approval_limit`. */
export const memberLimit = defineTable(
  'rk_member_limit',
  { user_id: id(), approval_limit: exactText(40), updated_at: datetime() },
  { primaryKey: ['user_id'] },
);

/**
 * What an outbox row has already brought about (promise C7): written in the transaction of the effect, or right after
 * it where the effect lies outside. Goes away with the row.
 */
export const effect = defineTable(
  'rk_effect',
  { outbox_id: id(), source: exactText(150), action: integer(), at: datetime() },
  { primaryKey: ['outbox_id', 'source', 'action'] },
);

/** Outbox rows that were given up, for admins to look at and to try again. `parameters` is JSON for the message. */
export const outboxFailure = defineTable(
  'rk_outbox_failure',
  {
    outbox_id: id(),
    topic: exactText(100),
    payload: longtext(),
    created_at: datetime(),
    attempts: integer(),
    source: exactText(150),
    code: exactText(60),
    parameters: longtext(),
    failed_at: datetime(),
  },
  { primaryKey: ['outbox_id'], indexes: [['failed_at']] },
);

/** What members are told in the application. `label` is JSON: a text in each language. */
export const notification = defineTable(
  'rk_notification',
  {
    id: id(),
    user_id: id(),
    source: exactText(150),
    label: longtext(),
    entity: exactText(100),
    record_id: id(),
    title: text(255),
    created_at: datetime(),
    read_at: optional(datetime()),
  },
  { indexes: [['user_id', 'read_at']] },
);

/** The last moment of each schedule that was acted on, as the company's wall clock showed it: it never comes twice. */
export const schedule = defineTable(
  'rk_schedule',
  { automation: exactText(100), last_due: exactText(16) },
  { primaryKey: ['automation'] },
);
