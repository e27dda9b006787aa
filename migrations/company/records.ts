import {
  boolean,
  datetime,
  defineTable,
  exactText,
  id,
  integer,
  longtext,
  optional,
  text,
  timestamps,
} from '../define-table.ts';

/**
 * One row for every change of a record, from the transaction that made it (promise B8). `changes` is JSON that the
 * engine writes and nobody queries: it is kept as text, which costs a write less than a checked JSON column.
 * Both databases append the key to an index, so a record's rows come out in order.
 */
export const history = defineTable(
  'rk_history',
  {
    id: id(),
    entity: exactText(100),
    record_id: id(),
    version: integer(),
    action: exactText(40),
    /** `person`, `token` or `system`, with the id and the name at that time. */
    actor_kind: exactText(10),
    actor_id: exactText(40),
    actor_name: text(255),
    at: datetime(),
    changes: longtext(),
  },
  { indexes: [['entity', 'record_id']] },
);

/**
 * What others must hear of a committed change (promise C7). A delivered row is removed, so the table is the queue
 * itself, in the order of its key, and a write keeps no index besides.
 */
export const outbox = defineTable('rk_outbox', {
  id: id(),
  topic: exactText(100),
  payload: longtext(),
  created_at: datetime(),
  attempts: integer(0),
  next_attempt_at: optional(datetime()),
});

/**
 * Answers of writes that carried an Idempotency-Key (promise C1). `key_hash` is the SHA-256 of actor, route and key,
 * `body_hash` that of the body, both in hexadecimal.
 */
export const idempotency = defineTable(
  'rk_idempotency',
  {
    key_hash: exactText(64),
    actor: exactText(60),
    route: text(255),
    body_hash: exactText(64),
    status: integer(),
    headers: longtext(),
    response: longtext(),
    created_at: datetime(),
    expires_at: datetime(),
  },
  { primaryKey: ['key_hash'], indexes: [['expires_at']] },
);

/** The next number of each series, for example name `sales.invoice`, period `2026`. */
export const sequence = defineTable(
  'rk_sequence',
  { name: exactText(150), period: exactText(50), next_value: integer() },
  { primaryKey: ['name', 'period'] },
);

/** How many records an entity has: the sum over its shards, which keep parallel writers apart. */
export const counter = defineTable(
  'rk_counter',
  { entity: exactText(100), shard: integer(), n: integer() },
  { primaryKey: ['entity', 'shard'] },
);

/** The search index: the words of each record, as records/words.ts cuts them. */
export const word = defineTable(
  'rk_word',
  { entity: exactText(100), word: exactText(40), record_id: id() },
  { primaryKey: ['entity', 'word', 'record_id'], indexes: [['entity', 'record_id']] },
);

export const savedView = defineTable(
  'rk_saved_view',
  {
    id: id(),
    user_id: id(),
    entity: exactText(100),
    name: text(100),
    query: longtext(),
    is_shared: boolean(false),
    is_default: boolean(false),
    ...timestamps,
  },
  { unique: [['user_id', 'entity', 'name']], indexes: [['entity', 'is_shared']] },
);

/** What is known of an uploaded file; its bytes lie in the file store under their SHA-256 (hexadecimal). */
export const file = defineTable(
  'rk_file',
  {
    id: id(),
    name: text(255),
    media_type: text(150),
    /** In bytes. */
    size: integer(),
    sha256: exactText(64),
    created_at: datetime(),
    created_by: id(),
  },
  { indexes: [['sha256']] },
);

export const setting = defineTable(
  'rk_setting',
  { name: exactText(100), value: longtext(), updated_at: datetime() },
  { primaryKey: ['name'] },
);
