import { datetime, defineTable, exactText, id, longtext, optional, text } from '../define-table.ts';

/** Amounts of a ledger as plain notation: each ledger has its own scale, and the engine does the arithmetic. */
const amount = () => exactText(40);

const date = () => ({ type: { kind: 'date' }, nullable: false }) as const;

/** What is left of each incoming entry, where the oldest leaves first. `cost_key` is the key's text, or its hash. */
export const costLayer = defineTable(
  'rk_cost_layer',
  {
    ledger: exactText(100),
    cost_key: exactText(120),
    entry_id: id(),
    /** The row that it came in with: `module.name:12`. */
    row_name: optional(exactText(130)),
    date: date(),
    quantity: amount(),
    value: amount(),
  },
  { primaryKey: ['ledger', 'cost_key', 'date', 'entry_id'] },
);

/**
 * Where an entry has its value from when the method alone does not say: `row` the cost of a row that is taken back,
 * `adjust` a share (`amount`) for what came in with a row, `plain` its own (`amount`) before a rest was added,
 * `present` what was on hand.
 */
export const costBasis = defineTable(
  'rk_cost_basis',
  {
    ledger: exactText(100),
    entry_id: id(),
    kind: exactText(10),
    row_name: optional(exactText(130)),
    amount: optional(amount()),
  },
  { primaryKey: ['ledger', 'entry_id'], indexes: [['ledger', 'row_name']] },
);

/**
 * Keys whose later entries still wait for their new values, from an entry on (promise F: a killed process goes on from
 * its last step). `state` is `waiting`, or `stopped` where values chase one another in a circle; then `note` says what
 * is left.
 */
export const recost = defineTable(
  'rk_recost',
  {
    ledger: exactText(100),
    cost_key: exactText(120),
    /** The key as JSON. */
    key_values: longtext(),
    date: date(),
    entry_id: id(),
    state: exactText(10),
    note: optional(text(255)),
    since: datetime(),
  },
  { primaryKey: ['ledger', 'cost_key'], indexes: [['state', 'date']] },
);
