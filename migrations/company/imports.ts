import { boolean, datetime, defineTable, exactText, id, integer, json, optional, text } from '../define-table.ts';

/** Files of records that members bring in, and how far each has come. */
export const recordImport = defineTable(
  'rk_import',
  {
    id: id(),
    entity: exactText(100),
    file_name: text(255),
    /** `csv`, `xlsx`, `mt940` or `camt`. */
    format: exactText(10),
    sha256: exactText(64),
    /** Heading and first rows. */
    sample: json(),
    rows_total: integer(),
    /** `new`, `running`, `done`, `failed` or `cancelled`. */
    state: exactText(20),
    /** What columns mean and how cells are read; what the file brings in is chosen with it. */
    choices: optional(json()),
    is_trial: boolean(false),
    /** Row of the file up to which all is decided. */
    position: integer(0),
    created: integer(0),
    updated: integer(0),
    rejected: integer(0),
    failure: optional(json()),
    /** Whoever started it, with the abilities of their token. */
    user_id: id(),
    abilities: json(),
    locale: exactText(5),
    /** The process that works on it, until when. */
    holder: optional(exactText(36)),
    held_until: optional(datetime()),
    created_at: datetime(),
    updated_at: datetime(),
  },
  { indexes: [['state'], ['user_id']] },
);

/** Rows of the file that were refused, as they stood there. */
export const importReject = defineTable(
  'rk_import_reject',
  {
    id: id(),
    import_id: id(),
    /** Row of the file. */
    position: integer(),
    cells: json(),
    /** Columns that the file itself held as a number or a date. */
    plain: json(),
    /** What is wrong; empty for rows that go with a refused one. */
    faults: json(),
  },
  { indexes: [['import_id', 'position']] },
);
