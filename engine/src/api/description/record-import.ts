import { choice, flag, id, instant, list, nullable, object, text, whole } from './schema.ts';

/** A file of records and how far it has come. */
export const RECORD_IMPORT = object({
  id,
  entity: text(),
  file_name: text(),
  state: choice('new', 'running', 'done', 'failed', 'cancelled'),
  trial: flag,
  columns: list(object({ name: text(), sample: list(text()), target: nullable(text()) })),
  targets: list(object({ path: text(), label: text(), type: text(), required: flag, key: flag })),
  mode: choice('create', 'update', 'upsert'),
  key: list(text()),
  decimal: choice('.', ','),
  date: choice('ymd', 'dmy', 'mdy'),
  rows: whole,
  position: whole,
  created: whole,
  updated: whole,
  rejected: whole,
  failure: nullable(text()),
  created_at: instant,
  updated_at: instant,
});
