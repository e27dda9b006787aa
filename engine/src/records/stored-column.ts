import type { Field } from '../compiler/model.ts';
import type { ColumnType } from '../metamodel/column.ts';
import { SYSTEM_COLUMNS } from '../metamodel/naming.ts';
import type { Dialect } from '../storage/database.ts';
import { columnCodec } from './column-codec.ts';
import type { ColumnCodec } from './column-codec.ts';

/** A field that has a column, as one kind of database keeps it. */
export interface StoredColumn extends ColumnCodec {
  readonly field: Field;
  readonly name: string;
  readonly column: string;
  readonly type: ColumnType;
  readonly encrypted: boolean;
}

/** Null for a field whose values live elsewhere. */
export function storedColumn(field: Field, dialect: Dialect): StoredColumn | null {
  if (field.column === null) return null;
  const plain = field.fieldType.column(field);
  if (plain === null) return null;
  const type = typeOf(field, plain);
  const codec = columnCodec(field, type, dialect);
  // Versions count far below 2^53, but clients compare them as the text that an ETag holds.
  const isVersion = field.name === SYSTEM_COLUMNS.version;
  return {
    field,
    name: field.name,
    column: field.column,
    type,
    encrypted: field.encrypted,
    ...codec,
    ...(isVersion ? { toJson: String } : {}),
  };
}

/** Ids are texts to clients and whole numbers in the database; ciphertext is longer than what it hides. */
function typeOf(field: Field, plain: ColumnType): ColumnType {
  if (field.name === SYSTEM_COLUMNS.id) return { kind: 'id' };
  return field.encrypted ? { kind: 'longtext' } : plain;
}
