import { Decimal } from '../../base/decimal.ts';
import { FRACTION_DIGITS_MAX } from '../limits.ts';
import { storedInstant } from './binding.ts';
import { formOf, NULL_PART, varying } from './part.ts';
import { bound, joined, raw, sql } from './text.ts';
import type { ColumnType } from '../../metamodel/column.ts';
import type { SqlDialect } from './dialect.ts';
import type { SqlForm, SqlPart } from './part.ts';
import type { Sql } from './text.ts';

/**
 * Numbers on SQLite are whole counts of units (see storage). Sums and comparisons stay whole numbers as long as they
 * cannot pass 64 bits, where SQLite would go on in binary floats without a word; beyond that, and for everything
 * else, values go as decimal text through the functions of sqlite-functions.ts.
 */

type Units = Extract<SqlForm, { kind: 'units' }>;
type UnitsPart = SqlPart & { readonly form: Units };

const INTEGER_MAX = 2n ** 63n - 1n;
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['add', '+'],
  ['subtract', '-'],
]);
const EXTREMES: ReadonlyMap<string, string> = new Map([
  ['least', 'min'],
  ['greatest', 'max'],
]);

function units(text: Sql, scale: number, limit: bigint): SqlPart {
  return { sql: text, form: { kind: 'units', scale, limit } };
}

function number(text: Sql): SqlPart {
  return { sql: text, form: { kind: 'number' } };
}

function constantUnits(value: bigint, scale: number): SqlPart {
  const limit = value < 0n ? -value : value;
  return { sql: raw(value.toString()), form: { kind: 'units', scale, limit, constant: value } };
}

function isUnits(part: SqlPart): part is UnitsPart {
  return part.form.kind === 'units';
}

/** The number as decimal text. */
function decimalText(part: SqlPart): Sql {
  if (!isUnits(part)) return part.sql;
  const { scale, constant } = part.form;
  if (constant !== undefined) return raw(`'${Decimal.fromUnits(constant, scale).toString()}'`);
  return sql`rk_decimal(CAST(${part.sql} AS TEXT), ${raw(String(scale))})`;
}

/** The units at a finer scale, or null when they might not fit into 64 bits. */
function rescaled(part: UnitsPart, scale: number): UnitsPart | null {
  if (part.form.scale === scale) return part;
  const factor = 10n ** BigInt(scale - part.form.scale);
  const limit = part.form.limit * factor;
  if (limit > INTEGER_MAX) return null;
  const scaled =
    part.form.constant === undefined
      ? units(sql`(${part.sql} * ${raw(factor.toString())})`, scale, limit)
      : constantUnits(part.form.constant * factor, scale);
  return isUnits(scaled) ? scaled : null;
}

/** Numbers at one scale as units, or null when one of them is no whole number of units that fits. */
function atOneScale(parts: readonly SqlPart[]): readonly UnitsPart[] | null {
  if (!parts.every(isUnits)) return null;
  const scale = Math.max(...parts.map(({ form }) => form.scale));
  const aligned = parts.map((part) => rescaled(part, scale));
  return aligned.every((part) => part !== null) ? aligned : null;
}

function isNumber({ form }: SqlPart): boolean {
  return form.kind === 'units' || form.kind === 'number';
}

/** Arithmetic on units where no result can pass 64 bits; null where it could. */
function wholeArithmetic(id: string, values: readonly SqlPart[]): SqlPart | null {
  const symbol = SYMBOLS.get(id);
  const extreme = EXTREMES.get(id);
  if (symbol !== undefined || extreme !== undefined) {
    const [left, right] = atOneScale(values) ?? [];
    if (left === undefined || right === undefined) return null;
    const { scale } = left.form;
    if (extreme !== undefined) {
      const limit = left.form.limit > right.form.limit ? left.form.limit : right.form.limit;
      return units(sql`${raw(extreme)}(${left.sql}, ${right.sql})`, scale, limit);
    }
    const limit = left.form.limit + right.form.limit;
    return limit > INTEGER_MAX ? null : units(sql`(${left.sql} ${raw(symbol ?? '')} ${right.sql})`, scale, limit);
  }
  const [first, second] = values;
  if (first === undefined || !isUnits(first)) return null;
  const { scale, limit } = first.form;
  if (id === 'negate') return units(sql`(0 - ${first.sql})`, scale, limit);
  if (id === 'abs') return units(sql`abs(${first.sql})`, scale, limit);
  if (id !== 'multiply' || second === undefined || !isUnits(second)) return null;
  const product = limit * second.form.limit;
  if (product > INTEGER_MAX || scale + second.form.scale > FRACTION_DIGITS_MAX) return null;
  return units(sql`(${first.sql} * ${second.sql})`, scale + second.form.scale, product);
}

/** The value as the functions of sqlite-functions.ts take it. */
function asArgument(part: SqlPart): Sql {
  switch (part.form.kind) {
    case 'units':
    case 'number':
      return decimalText(part);
    case 'identifier':
      return sql`CAST(${part.sql} AS TEXT)`;
    case 'datetime':
      return sql`(replace(${part.sql}, ' ', 'T') || 'Z')`;
    default:
      return part.sql;
  }
}

function columnForm(type: ColumnType): SqlForm {
  switch (type.kind) {
    case 'decimal':
      return { kind: 'units', scale: type.scale, limit: 10n ** BigInt(type.precision) - 1n };
    case 'integer':
      return { kind: 'units', scale: 0, limit: INTEGER_MAX };
    case 'id':
      return { kind: 'identifier' };
    case 'text':
    case 'longtext':
      return { kind: 'text', isColumn: true };
    default:
      return { kind: type.kind };
  }
}

/** A subquery of its own; without a source an aggregate of the statement that it stands in. */
function selected(what: Sql, source: Sql): Sql {
  return source.text === '' ? what : sql`(SELECT ${what} ${source})`;
}

/** All values of a column as one JSON text, for functions over rows: they need no aggregate of the driver then. */
function gathered(value: SqlPart): Sql {
  return sql`json_group_array(${decimalText(value)})`;
}

export const sqliteDialect: SqlDialect = {
  same: raw('IS'),
  exact: (text) => sql`${text} COLLATE BINARY`,
  literal(value, type) {
    switch (type.kind) {
      case 'number':
      case 'duration': {
        const decimal = Decimal.parse(value) ?? Decimal.zero;
        const constant = constantUnits(decimal.units, decimal.scale);
        const fits = decimal.units <= INTEGER_MAX && decimal.units >= -INTEGER_MAX;
        return fits ? constant : number(raw(`'${decimal.toString()}'`));
      }
      case 'datetime':
        return { sql: bound({ kind: 'constant', value: storedInstant(value) }), form: { kind: 'datetime' } };
      case 'date':
      case 'time':
        return { sql: bound({ kind: 'constant', value }), form: { kind: type.kind } };
      default:
        return { sql: bound({ kind: 'constant', value }), form: { kind: 'text', isConstant: true } };
    }
  },
  column: ({ sql: text, type }) => ({ sql: raw(text), form: columnForm(type) }),
  parameter(parameter, type) {
    const scale = this.bindingScale(type);
    return scale === null ? { sql: bound(parameter), form: formOf(type) } : units(bound(parameter), scale, INTEGER_MAX);
  },
  bindingScale: (type) => (type.kind === 'number' ? type.scale : null),
  call(definition, values, type) {
    const whole = wholeArithmetic(definition.id, values);
    if (whole !== null) return whole;
    const call = sql`${raw(`rk_${definition.id}`)}(${joined(values.map(asArgument), ', ')})`;
    return type.kind === 'datetime'
      ? { sql: sql`rtrim(replace(${call}, 'T', ' '), 'Z')`, form: { kind: 'datetime' } }
      : { sql: call, form: formOf(type) };
  },
  alike(parts) {
    const known = parts.filter(({ form }) => form.kind !== 'null');
    if (!known.some(isNumber)) return parts;
    const aligned = atOneScale(known) ?? known.map((part) => number(decimalText(part)));
    let next = 0;
    return parts.map((part) => (part.form.kind === 'null' ? NULL_PART : (aligned[next++] ?? part)));
  },
  comparable(one, other) {
    return this.alike([one, other]);
  },
  comparing(left, right) {
    return left.form.kind === 'number' && right.form.kind === 'number'
      ? sql`rk_compare(${left.sql}, ${right.sql})`
      : null;
  },
  written: (part) => (part.form.kind === 'identifier' ? sql`CAST(${part.sql} AS TEXT)` : part.sql),
  concatenated: (texts) => sql`(${joined(texts, ' || ')})`,
  sum(value, source) {
    return isUnits(value)
      ? units(selected(sql`COALESCE(SUM(${value.sql}), 0)`, source), value.form.scale, INTEGER_MAX)
      : number(selected(sql`rk_sum_of(${gathered(value)})`, source));
  },
  average: (value, source) => number(selected(sql`rk_average_of(${gathered(value)})`, source)),
  extreme(which, value, source) {
    if (value.form.kind === 'number') {
      return number(
        selected(sql`${raw(which === 'min' ? 'rk_least_of' : 'rk_greatest_of')}(${gathered(value)})`, source),
      );
    }
    const compared = value.form.kind === 'text' ? this.exact(value.sql) : value.sql;
    return varying({ sql: selected(sql`${raw(which)}(${compared})`, source), form: value.form });
  },
  count: (counted, source) => units(selected(sql`COUNT(${counted})`, source), 0, INTEGER_MAX),
};
