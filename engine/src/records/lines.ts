import type { Entity, Field } from '../compiler/model.ts';
import type { Reader, Transaction } from '../storage/database.ts';
import type { Binding } from '../storage/statement.ts';
import { bindColumns } from './bindings.ts';
import { sameValue } from './checks.ts';
import { rowsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import type { FieldCipher } from './context.ts';
import { idPortions, PORTION_MAX } from './sized-statement.ts';
import { idOf, storedEntity } from './stored-entity.ts';
import type { StoredColumn } from './stored-column.ts';

/** A row and where it stands: in which record, behind how many others. */
export interface PlacedRow {
  readonly owner: string;
  readonly row: DraftRow;
  readonly position: number;
}

/** Inserts rows, of one record or of several, and gives each its id. */
export async function insertRows(
  transaction: Transaction,
  field: Field,
  rows: readonly PlacedRow[],
  cipher: FieldCipher,
): Promise<void> {
  const { columns, statements } = storedEntity(field.target as Entity, transaction.dialect);
  for (let start = 0; start < rows.length; start += PORTION_MAX) {
    const portion = rows.slice(start, start + PORTION_MAX);
    const bindings: Binding[] = [];
    for (const { owner, row, position } of portion) {
      bindings.push(owner, position);
      bindColumns(bindings, columns, row, cipher);
    }
    const { lastId } = await transaction.run(statements.insertRows.of(portion.length), bindings);
    // The rows of one statement are numbered one behind the other.
    for (const [index, { row }] of portion.entries()) row['id'] = String(Number(lastId) + index);
  }
}

/** Brings the stored rows of a lines field to those of the draft: kept, changed, added and removed ones. */
export async function updateRows(
  transaction: Transaction,
  field: Field,
  owner: string,
  before: readonly DraftRow[],
  after: readonly DraftRow[],
  cipher: FieldCipher,
): Promise<void> {
  const { columns, statements } = storedEntity(field.target as Entity, transaction.dialect);
  const kept = new Set(after.map((row) => row['id']).filter((id) => typeof id === 'string'));
  const removed = before.map(idOf).filter((id) => !kept.has(id));
  for (const portion of idPortions(removed)) {
    await transaction.run(statements.removeRows.of(portion.length), [owner, ...portion]);
  }
  const stored = new Map(before.map((row, position) => [row['id'], { row, position }]));
  const added: PlacedRow[] = [];
  for (const [position, row] of after.entries()) {
    const known = row['id'] === undefined ? undefined : stored.get(row['id']);
    if (known === undefined) {
      added.push({ owner, row, position });
      continue;
    }
    const changed = changedColumns(columns, known.row, row);
    if (changed.length === 0 && known.position === position) continue;
    const bindings: Binding[] = [];
    bindColumns(bindings, changed, row, cipher);
    await transaction.run(statements.updateRow(changed), [...bindings, position, idOf(row), owner]);
  }
  await insertRows(transaction, field, added, cipher);
}

export function changedColumns(
  columns: readonly StoredColumn[],
  before: DraftRow,
  after: DraftRow,
): readonly StoredColumn[] {
  return columns.filter(({ name }) => !sameValue(before[name], after[name]));
}

/** Whether the rows of a lines field differ in values, number or order. */
export function rowsDiffer(field: Field, before: DraftRow, after: DraftRow, dialect: Reader['dialect']): boolean {
  const old = rowsOf(before, field.name);
  const rows = rowsOf(after, field.name);
  const { columns } = storedEntity(field.target as Entity, dialect);
  return (
    old.length !== rows.length ||
    rows.some((row, index) => {
      const same = old[index];
      return same === undefined || same['id'] !== row['id'] || changedColumns(columns, same, row).length > 0;
    })
  );
}
