import { mysqlQuotient } from '../functions/arithmetic.ts';
import { storedInstant } from './binding.ts';
import { formOf } from './part.ts';
import { bound, joined, raw, sql } from './text.ts';
import type { ColumnType } from '../../metamodel/column.ts';
import type { ValueType } from '../../metamodel/value-type.ts';
import type { SqlDialect } from './dialect.ts';
import type { SqlForm, SqlPart } from './part.ts';
import type { Sql, SqlParameter } from './text.ts';

/** What MySQL takes for an integer of 64 bits; longer ones are decimals to it. */
const WHOLE_NUMBER = /^-?\d{1,18}$/;

function exact(text: Sql): Sql {
  return sql`CAST(${text} AS BINARY)`;
}

/** A bound value with its type spelled out: a bare text beside a number would be taken for a binary float. */
function typed(parameter: SqlParameter, type: ValueType): SqlPart {
  switch (type.kind) {
    case 'number':
    case 'duration':
      return { sql: sql`CAST(${bound(parameter)} AS DECIMAL(65,12))`, form: { kind: 'number' } };
    case 'date':
      return { sql: sql`CAST(${bound(parameter)} AS DATE)`, form: { kind: 'date' } };
    case 'datetime':
      return { sql: sql`CAST(${bound(parameter)} AS DATETIME(3))`, form: { kind: 'datetime' } };
    case 'time':
      return { sql: sql`CAST(${bound(parameter)} AS TIME)`, form: { kind: 'time' } };
    case 'boolean':
      return { sql: bound(parameter), form: { kind: 'boolean' } };
    default:
      return { sql: bound(parameter), form: { kind: 'text' } };
  }
}

function columnForm(type: ColumnType): SqlForm {
  switch (type.kind) {
    case 'decimal':
      return { kind: 'number' };
    case 'integer':
      return { kind: 'integer' };
    case 'id':
      return { kind: 'identifier' };
    case 'text':
    case 'longtext':
      return { kind: 'text', isColumn: true };
    default:
      return { kind: type.kind };
  }
}

/**
 * The value as a function takes it: whole numbers as decimals, which do not overflow and whose number of digits
 * MariaDB gets right in what is computed from them; ids as the texts they are.
 */
function asArgument({ sql: text, form }: SqlPart): Sql {
  if (form.kind === 'integer') return sql`CAST(${text} AS DECIMAL(20,0))`;
  return form.kind === 'identifier' ? sql`CAST(${text} AS CHAR)` : text;
}

function asNumber(part: SqlPart): SqlPart {
  return part.form.kind === 'integer' ? number(asArgument(part)) : part;
}

/** A subquery of its own; without a source an aggregate of the statement that it stands in. */
function selected(what: Sql, source: Sql): Sql {
  return source.text === '' ? what : sql`(SELECT ${what} ${source})`;
}

function number(text: Sql): SqlPart {
  return { sql: text, form: { kind: 'number' } };
}

/** MySQL 8.4 and MariaDB 10.11 alike. Numbers are DECIMAL throughout. */
export const mysqlDialect: SqlDialect = {
  same: raw('<=>'),
  exact,
  literal(value, type) {
    if (type.kind === 'number' || type.kind === 'duration') {
      return WHOLE_NUMBER.test(value) ? { sql: raw(value), form: { kind: 'integer' } } : number(raw(value));
    }
    if (type.kind === 'datetime') return typed({ kind: 'constant', value: storedInstant(value) }, type);
    const part = typed({ kind: 'constant', value }, type);
    return part.form.kind === 'text' ? { ...part, form: { kind: 'text', isConstant: true } } : part;
  },
  column: ({ sql: text, type }) => ({ sql: raw(text), form: columnForm(type) }),
  parameter: typed,
  bindingScale: () => null,
  call: (definition, values, type) => ({ sql: definition.mysql(...values.map(asArgument)), form: formOf(type) }),
  alike: (parts) => (parts.some(({ form }) => form.kind === 'number') ? parts.map(asNumber) : parts),
  comparable: (one, other) => [one, other],
  comparing: () => null,
  written: (part) => (part.form.kind === 'identifier' ? sql`CAST(${part.sql} AS CHAR)` : part.sql),
  concatenated: (texts) => sql`CONCAT(${joined(texts, ', ')})`,
  sum: (value, source) => number(selected(sql`COALESCE(SUM(${value.sql}), 0)`, source)),
  average: (value, source) => number(selected(mysqlQuotient(sql`SUM(${value.sql})`, sql`COUNT(${value.sql})`), source)),
  extreme(which, value, source) {
    if (value.form.kind !== 'text')
      return { sql: selected(sql`${raw(which)}(${value.sql})`, source), form: value.form };
    const text = sql`CONVERT(${raw(which)}(${exact(value.sql)}) USING utf8mb4)`;
    return { sql: selected(text, source), form: { kind: 'text' } };
  },
  count: (counted, source) => number(selected(sql`COUNT(${counted})`, source)),
};
