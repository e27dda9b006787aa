import type { ColumnType } from '../../metamodel/column.ts';
import type { WantedColumn, WantedTable } from './wanted.ts';

/** MySQL counts the longest value of every column against 65,535 bytes; something is left for later columns. */
const DECLARED_BYTES_MAX = 60_000;

/** Half of InnoDB's 16 kB page, less its bookkeeping: what a row takes when all that can lie outside lies outside. */
const PAGE_BYTES_MAX = 8_000;

/** What stays in the page of a long value that lies outside it. */
const OUTSIDE_BYTES = 41;

/** A VARCHAR of this many characters may exceed 255 bytes, and only such a column may lie outside the page. */
const OUTSIDE_LENGTH_MIN = 64;

const BYTES_PER_CHARACTER = 4;
const FIXED_BYTES_MAX = 12;

function declaredBytes(type: ColumnType): number {
  return type.kind === 'text' ? type.length * BYTES_PER_CHARACTER + 2 : FIXED_BYTES_MAX;
}

function pageBytes(type: ColumnType): number {
  switch (type.kind) {
    case 'text':
      return type.length < OUTSIDE_LENGTH_MIN ? type.length * BYTES_PER_CHARACTER + 1 : OUTSIDE_BYTES;
    case 'longtext':
    case 'json':
      return OUTSIDE_BYTES;
    default:
      return FIXED_BYTES_MAX;
  }
}

function total(columns: readonly WantedColumn[], bytesOf: (type: ColumnType) => number): number {
  return columns.reduce((sum, column) => sum + bytesOf(column.type), 0);
}

/** Retypes text columns, those with the most to give first, until the row fits; what cannot fit is left too large. */
function shrink(
  columns: readonly WantedColumn[],
  bytesMax: number,
  bytesOf: (type: ColumnType) => number,
  retype: (column: WantedColumn) => ColumnType | null,
): readonly WantedColumn[] {
  let excess = total(columns, bytesOf) - bytesMax;
  if (excess <= 0) return columns;
  const candidates = columns
    .map((column) => ({ column, type: retype(column) }))
    .map(({ column, type }) => ({ column, type, gain: type === null ? 0 : bytesOf(column.type) - bytesOf(type) }))
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain || (a.column.name < b.column.name ? -1 : 1));
  const chosen = new Map<string, ColumnType>();
  for (const { column, type, gain } of candidates) {
    if (excess <= 0 || type === null) break;
    chosen.set(column.name, type);
    excess -= gain;
  }
  return columns.map((column) => ({ ...column, type: chosen.get(column.name) ?? column.type }));
}

/**
 * The columns of a table as MySQL can hold them. Many text columns together exceed what a row may take, each by
 * itself being fine: the longest that no index needs then have no length of their own, and short ones are declared
 * long enough to lie outside the page. The engine checks lengths before it writes, so nothing else changes.
 */
export function fitRow(table: WantedTable): readonly WantedColumn[] {
  const indexed = new Set([...table.primaryKey, ...table.indexes.flatMap((index) => index.columns)]);
  const declared = shrink(table.columns, DECLARED_BYTES_MAX, declaredBytes, (column) =>
    column.type.kind === 'text' && !indexed.has(column.name) ? { kind: 'longtext' } : null,
  );
  return shrink(declared, PAGE_BYTES_MAX, pageBytes, (column) =>
    column.type.kind === 'text' && column.type.length < OUTSIDE_LENGTH_MIN
      ? { kind: 'text', length: OUTSIDE_LENGTH_MIN }
      : null,
  );
}

/** Whether MySQL can hold a row of these columns, as `fitRow` gave them. */
export function rowFits(columns: readonly WantedColumn[]): boolean {
  return total(columns, declaredBytes) <= DECLARED_BYTES_MAX && total(columns, pageBytes) <= PAGE_BYTES_MAX;
}
