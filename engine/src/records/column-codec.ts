import { Decimal } from '../base/decimal.ts';
import type { Field } from '../compiler/model.ts';
import { storedInstant } from '../expression/sql/binding.ts';
import type { ColumnType } from '../metamodel/column.ts';
import type { Json } from '../metamodel/field-type.ts';
import type { Value } from '../metamodel/value-type.ts';
import type { Dialect } from '../storage/database.ts';
import type { Binding, RawValue } from '../storage/statement.ts';

/** The three forms of a column's values and the ways between them, chosen once per column. Null passes through all. */
export interface ColumnCodec {
  /** What the driver hands back (see storage/dialect.ts) → what clients get. */
  toJson(raw: RawValue): Json;
  toValue(raw: RawValue): Value;
  toBinding(value: Value): Binding;
}

/** How values of a column of this type travel to and from the database. */
function storageForm(type: ColumnType, dialect: Dialect): Pick<ColumnCodec, 'toValue' | 'toBinding'> {
  switch (type.kind) {
    case 'id':
    case 'text':
    case 'longtext':
    case 'date':
    case 'time':
    case 'json':
      return { toValue: String, toBinding: String };
    case 'boolean':
      return { toValue: (raw) => raw === 1 || raw === 1n, toBinding: (value) => value === true };
    case 'datetime':
      return { toValue: (raw) => instantOf(String(raw)), toBinding: (value) => storedInstant(String(value)) };
    case 'integer':
      return {
        toValue: (raw) => (typeof raw === 'string' ? Decimal.of(BigInt(raw)) : Decimal.of(raw as number | bigint)),
        toBinding: (value) => (value as Decimal).units,
      };
    case 'decimal': {
      const { scale } = type;
      return dialect === 'sqlite'
        ? {
            toValue: (raw) => Decimal.fromUnits(BigInt(raw as number | bigint), scale),
            toBinding: (value) => (value as Decimal).rescale(scale).units,
          }
        : {
            toValue: (raw) => Decimal.parse(String(raw)),
            toBinding: (value) => (value as Decimal).toFixed(scale),
          };
    }
  }
}

/**
 * Straight ways from the database to JSON, past Value, for the types that lists are full of. Null for a type whose
 * JSON is more than its stored text.
 */
function straightJson(field: Field, type: ColumnType, dialect: Dialect): ((raw: RawValue) => Json) | null {
  switch (type.kind) {
    case 'decimal':
      return dialect === 'mysql' ? String : (raw) => fixedPoint(raw as number | bigint, type.scale);
    case 'boolean':
      return (raw) => raw === 1 || raw === 1n;
    case 'datetime':
      return (raw) => instantOf(String(raw));
    case 'id':
      return String;
    case 'integer':
      return jsonTypeOf(field) === 'integer' ? Number : null;
    case 'text':
    case 'longtext':
    case 'date':
    case 'time':
      // A dynamic link, say, is an object to clients.
      return jsonTypeOf(field) === 'string' ? String : null;
    default:
      return null;
  }
}

/** The JSON type of a field's values, null aside; undefined when they have several. */
function jsonTypeOf(field: Field): unknown {
  const { type } = field.fieldType.jsonSchema(field);
  const types = Array.isArray(type) ? (type as readonly unknown[]).filter((each) => each !== 'null') : [type];
  return types.length === 1 ? types[0] : undefined;
}

export function columnCodec(field: Field, type: ColumnType, dialect: Dialect): ColumnCodec {
  const form = storageForm(type, dialect);
  const { fieldType } = field;
  const straight = straightJson(field, type, dialect);
  const toJson = straight ?? ((raw: RawValue): Json => fieldType.write(form.toValue(raw), field));
  return {
    toJson: (raw) => (raw === null ? null : toJson(raw)),
    toValue: (raw) => (raw === null ? null : form.toValue(raw)),
    toBinding: (value) => (value === null ? null : form.toBinding(value)),
  };
}

/** `YYYY-MM-DD HH:MM:SS[.mmm]` → RFC 3339. */
export function instantOf(stored: string): string {
  const seconds = `${stored.slice(0, 10)}T${stored.slice(11, 19)}`;
  return stored.length > 19 ? `${seconds}${stored.slice(19, 23).padEnd(4, '0')}Z` : `${seconds}.000Z`;
}

/** A count of units as plain notation with exactly `scale` fraction digits. */
function fixedPoint(units: number | bigint, scale: number): string {
  if (scale === 0) return String(units);
  const negative = units < 0;
  const digits = String(negative ? -units : units).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}
