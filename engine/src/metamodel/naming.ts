/** Every derived name has its one place here: table, column, index, route and permission names. */

/** Longest identifier that MySQL takes. */
const IDENTIFIER_LENGTH_MAX = 64;

/** FNV-1a, 32 bits: a short stable suffix for names that must be shortened. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash.toString(36);
}

function fit(identifier: string): string {
  if (identifier.length <= IDENTIFIER_LENGTH_MAX) return identifier;
  const suffix = shortHash(identifier);
  return `${identifier.slice(0, IDENTIFIER_LENGTH_MAX - suffix.length - 1)}_${suffix}`;
}

/** `sales.order-line` → `sales_order_line`. */
export function tableOf(entity: string): string {
  return fit(entity.replace(/[.-]/g, '_'));
}

/** The join table of a many-to-many field. */
export function joinTableOf(entity: string, field: string): string {
  return fit(`${tableOf(entity)}__${field}`);
}

/** `accounting.general` → `accounting_general__entries`. */
export function entriesTableOf(ledger: string): string {
  return fit(`${tableOf(ledger)}__entries`);
}

/** The balances of all time by these dimensions. */
export function currentTableOf(ledger: string, dimensions: readonly string[]): string {
  return fit(`${tableOf(ledger)}__now_${dimensions.join('_')}`);
}

/** The balances of each month by these dimensions. */
export function monthlyTableOf(ledger: string, dimensions: readonly string[]): string {
  return fit(`${tableOf(ledger)}__month_${dimensions.join('_')}`);
}

/** `customer` → `customer_id` for links; other fields keep their name. */
export function columnOf(field: string, isLink: boolean): string {
  return isLink ? `${field}_id` : field;
}

export function indexNameOf(table: string, columns: readonly string[], unique: boolean): string {
  return fit(`${table}__${columns.join('_')}_${unique ? 'unique' : 'index'}`);
}

export function foreignKeyNameOf(table: string, column: string): string {
  return fit(`${table}__${column}_foreign`);
}

/** `sales.order-line` → `SalesOrderLine`: how an entity is called in GraphQL, OpenAPI and TypeScript. */
export function typeNameOf(entity: string): string {
  return entity
    .split(/[.-]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}

/** The module an entity, ledger or report belongs to: `sales.order` → `sales`. */
export function moduleOf(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}

/** Columns that the engine keeps on every table of records; no field may take their names. */
export const SYSTEM_COLUMNS = {
  id: 'id',
  version: 'version',
  createdAt: 'created_at',
  createdBy: 'created_by',
  updatedAt: 'updated_at',
  updatedBy: 'updated_by',
} as const;

/** Columns of rows owned by a record. */
export const LINE_COLUMNS = { parent: 'parent_id', position: 'position' } as const;

/** The materialised path of a tree row, `/1/5/12/`: ancestors first, itself last. */
export const TREE_PATH_COLUMN = 'tree_path';

/** The life of a document; workflows add their own states on top. */
export const STATUS_FIELD = 'status';
/** Where a document is in its life, whatever its workflow calls it: draft, submitted or cancelled. */
export const STAGE_FIELD = 'stage';
/** The cancelled document that a draft takes the place of. */
export const AMENDED_FIELD = 'amended_from';
export const NUMBER_FIELD = 'number';

/** Columns of ledger entries beside the dimensions and measures, and of balances. */
export const ENTRY_COLUMNS = {
  id: 'id',
  voucher: 'voucher_id',
  line: 'line_id',
  rule: 'rule',
  date: 'date',
  memo: 'memo',
  corrects: 'corrects_id',
} as const;
export const MONTH_COLUMN = 'period_start';
export const LAST_DATE_COLUMN = 'last_date';

/** Names no field may take. */
export const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  ...Object.values(SYSTEM_COLUMNS),
  ...Object.values(LINE_COLUMNS),
  TREE_PATH_COLUMN,
  'parent',
  'user',
  'company',
  'settings',
]);
