import { datetime, defineTable, exactText, id, integer, longtext } from '../define-table.ts';

/**
 * The chain over the history of records (promise B8). Each seal has the hash of the one before it and of its rows, so
 * that a row which is changed, removed or slipped in later shows. `ranges` says which rows it covers, as JSON pairs of
 * ids; `gaps` which ids below the last one were not there yet, each with the time until which it is waited for.
 * One seal alone can follow another.
 */
export const historySeal = defineTable(
  'rk_history_seal',
  {
    id: id(),
    last_id: id(),
    row_count: integer(),
    ranges: longtext(),
    gaps: longtext(),
    previous_hash: exactText(64),
    hash: exactText(64),
    at: datetime(),
  },
  { unique: [['previous_hash']] },
);
