import type { Decimal } from '../base/decimal.ts';
import type { Entity, Field } from '../compiler/model.ts';
import type { Json } from '../metamodel/field-type.ts';
import { SYSTEM_COLUMNS } from '../metamodel/naming.ts';
import type { Dialect } from '../storage/database.ts';
import type { RawValue } from '../storage/statement.ts';
import type { DraftRow } from './compute.ts';
import type { FieldCipher } from './context.ts';
import { storedColumn } from './stored-column.ts';
import type { StoredColumn } from './stored-column.ts';
import { entityStatements } from './statements.ts';
import type { EntityStatements } from './statements.ts';

/** A record as clients get it. */
export interface JsonRecord {
  id: string;
  [field: string]: Json | JsonRecord | JsonRecord[] | undefined;
}

/** What a reader of whole records selects, in this order. Clients see the system fields around the record's own. */
const BEFORE_FIELDS = [SYSTEM_COLUMNS.id, SYSTEM_COLUMNS.version];
const AFTER_FIELDS = [
  SYSTEM_COLUMNS.createdAt,
  SYSTEM_COLUMNS.createdBy,
  SYSTEM_COLUMNS.updatedAt,
  SYSTEM_COLUMNS.updatedBy,
];

/** An entity as one kind of database keeps it: what can be known before any request is worked out here, once. */
export interface StoredEntity {
  readonly entity: Entity;
  /** The fields that have a column, in the order of the entity. */
  readonly columns: readonly StoredColumn[];
  readonly columnByName: ReadonlyMap<string, StoredColumn>;
  /** What `tuples` of a whole record hold, in order. */
  readonly selected: readonly StoredColumn[];
  readonly statements: EntityStatements;
  /** Many-to-many fields. */
  readonly joins: readonly Field[];
  readonly rollups: readonly Field[];
  /** Fields that show a balance of a ledger. */
  readonly balances: readonly Field[];
}

const stored: Readonly<Record<Dialect, WeakMap<Entity, StoredEntity>>> = {
  sqlite: new WeakMap(),
  mysql: new WeakMap(),
};

export function storedEntity(entity: Entity, dialect: Dialect): StoredEntity {
  let known = stored[dialect].get(entity);
  if (known === undefined) {
    known = makeStoredEntity(entity, dialect);
    stored[dialect].set(entity, known);
  }
  return known;
}

function makeStoredEntity(entity: Entity, dialect: Dialect): StoredEntity {
  const columns = entity.fields.flatMap((field) => storedColumn(field, dialect) ?? []);
  const system = (names: readonly string[]): readonly StoredColumn[] =>
    names.flatMap((name) => {
      const field = entity.fieldByName.get(name);
      return field === undefined ? [] : (storedColumn(field, dialect) ?? []);
    });
  const selected =
    entity.owner === null
      ? [...system(BEFORE_FIELDS), ...columns, ...system(AFTER_FIELDS)]
      : [...system([SYSTEM_COLUMNS.id]), ...columns];
  return {
    entity,
    columns,
    columnByName: new Map(selected.map((column) => [column.name, column])),
    selected,
    statements: entityStatements(entity, columns, selected, dialect),
    joins: entity.fields.filter((field) => field.joinTable !== null),
    rollups: entity.fields.filter((field) => field.rollup !== null),
    balances: entity.fields.filter((field) => field.balance !== null),
  };
}

/** A selected row as clients get it. The first column is the id. */
export function jsonOfTuple(
  columns: readonly StoredColumn[],
  tuple: readonly RawValue[],
  cipher: FieldCipher,
): JsonRecord {
  const record: JsonRecord = { id: String(tuple[0]) };
  for (let index = 1; index < columns.length; index += 1) {
    const column = columns[index] as StoredColumn;
    const value = tuple[index] as RawValue;
    record[column.name] =
      column.encrypted && value !== null
        ? column.field.fieldType.write(cipher.decrypt(String(value)), column.field)
        : column.toJson(value);
  }
  return record;
}

/** A selected row as expressions see it. */
export function draftOfTuple(
  columns: readonly StoredColumn[],
  tuple: readonly RawValue[],
  cipher: FieldCipher,
): DraftRow {
  const draft: DraftRow = { id: String(tuple[0]) };
  for (let index = 1; index < columns.length; index += 1) {
    const column = columns[index] as StoredColumn;
    const value = tuple[index] as RawValue;
    draft[column.name] = column.encrypted && value !== null ? cipher.decrypt(String(value)) : column.toValue(value);
  }
  return draft;
}

/** The value of a field of a draft as clients get it. */
export function jsonOfValue(field: Field, value: DraftRow[string]): Json {
  return value === undefined || value === null || isRows(value) ? null : field.fieldType.write(value, field);
}

function isRows(value: DraftRow[string]): value is DraftRow[] {
  return Array.isArray(value) && typeof value[0] === 'object';
}

/** The id of a stored record or row. */
export function idOf(row: DraftRow): string {
  return row['id'] as string;
}

/** The version of a stored record. */
export function versionOf(record: DraftRow): Decimal {
  return record['version'] as Decimal;
}
