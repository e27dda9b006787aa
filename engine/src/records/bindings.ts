import type { Value } from '../metamodel/value-type.ts';
import type { Binding } from '../storage/statement.ts';
import type { DraftRow } from './compute.ts';
import type { FieldCipher } from './context.ts';
import type { StoredColumn } from './stored-column.ts';

/** Appends what a row's columns bind, in their order; an absent field is null. */
export function bindColumns(
  bindings: Binding[],
  columns: readonly StoredColumn[],
  row: DraftRow,
  cipher: FieldCipher,
): void {
  for (const column of columns) {
    const value = (row[column.name] ?? null) as Value;
    const encrypts = column.encrypted && typeof value === 'string';
    bindings.push(encrypts ? cipher.encrypt(value) : column.toBinding(value));
  }
}
