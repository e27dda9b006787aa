import { datetime, defineTable, exactText, id, integer, longtext, optional, text } from '../define-table.ts';

/** Every effective metadata this company ever served (R-C5). `documents` is JSON: what the company's layers held. */
export const metadataVersion = defineTable(
  'rk_metadata_version',
  {
    number: integer(),
    hash: exactText(64),
    parent: optional(integer()),
    documents: longtext(),
    created_at: datetime(),
    actor_kind: exactText(10),
    actor_id: exactText(40),
    actor_name: text(255),
    note: optional(text(500)),
  },
  { primaryKey: ['number'], indexes: [['hash']] },
);

/** The documents of the layers that belong to this company alone. `document` is JSON. */
export const metadataDocument = defineTable(
  'rk_metadata_document',
  { layer: exactText(100), kind: exactText(40), name: exactText(150), document: longtext(), updated_at: datetime() },
  { primaryKey: ['layer', 'kind', 'name'] },
);

/** The steps of schema changes; storage/schema/journal.ts writes and explains it. */
export const schemaJournal = defineTable(
  'rk_schema_journal',
  {
    id: id(),
    change_id: exactText(64),
    step: integer(),
    kind: exactText(40),
    description: longtext(),
    /** SQL as JSON: what the step runs, and what would take it back. */
    statements: longtext(),
    take_back: optional(longtext()),
    state: exactText(10),
    started_at: optional(datetime()),
    finished_at: optional(datetime()),
  },
  { unique: [['change_id', 'step']] },
);

/** Changes of the company's layer that were looked at and not yet published; `documents` is the whole layer as JSON. */
export const metadataPlan = defineTable(
  'rk_metadata_plan',
  {
    id: exactText(64),
    base_version: integer(),
    documents: longtext(),
    note: optional(text(500)),
    created_at: datetime(),
  },
  { primaryKey: ['id'], indexes: [['created_at']] },
);

/** A document that admins are working on and have not published; shared by all of them. `document` is JSON, null removes it. */
export const metadataDraft = defineTable(
  'rk_metadata_draft',
  {
    kind: exactText(40),
    name: exactText(150),
    document: optional(longtext()),
    revision: integer(),
    author_id: id(),
    author_name: text(255),
    updated_at: datetime(),
  },
  { primaryKey: ['kind', 'name'] },
);

/** Who has the designer open, and what they look at there. */
export const designerPresence = defineTable(
  'rk_designer_presence',
  { user_id: id(), name: text(255), place: optional(exactText(200)), seen_at: datetime() },
  { primaryKey: ['user_id'] },
);

/** What the standard said, by JSON pointer, when the company said something else there; `base` is JSON. */
export const metadataBase = defineTable(
  'rk_metadata_base',
  { kind: exactText(40), name: exactText(150), base: longtext(), updated_at: datetime() },
  { primaryKey: ['kind', 'name'] },
);
