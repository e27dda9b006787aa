import { Decimal } from '../../base/decimal.ts';
import { bindingOf } from './binding.ts';
import { SqlGenerator } from './generate.ts';
import { mysqlDialect } from './mysql.ts';
import { sqliteDialect } from './sqlite.ts';
import type { TypedExpression } from '../ast.ts';
import type { SqlBinding, SqlValues } from './binding.ts';
import type { SqlPart } from './part.ts';
import type { SqlTarget } from './target.ts';
import type { Value } from '../../metamodel/value-type.ts';

export type { SqlBinding, SqlValues } from './binding.ts';
export type { SqlColumn, SqlRows, SqlTarget } from './target.ts';

/** An expression as SQL. The text is the same for every run; only the bindings differ. */
export interface SqlExpression {
  readonly sql: string;
  /** What the question marks stand for, in order. */
  bindings(values: SqlValues): readonly SqlBinding[];
  /** A value of the result as the driver hands it back, as a value of the language. */
  read(raw: string | number | bigint | null): Value;
}

/**
 * The value of an expression as SQL, with the meaning it has in JavaScript (see evaluate.ts). On SQLite the functions
 * of sqlite-functions.ts must be registered. Throws RangeError when the text would pass 64 K characters.
 */
export function expressionToSql(
  expression: TypedExpression,
  dialect: 'sqlite' | 'mysql',
  target: SqlTarget,
): SqlExpression {
  return finished(generatorFor(dialect, target).strict(expression));
}

/**
 * A condition for WHERE and ON. It may be NULL where the value is false, and so lets the database use its indexes;
 * `NOT` before it would be wrong: negate the expression instead.
 */
export function conditionToSql(
  expression: TypedExpression,
  dialect: 'sqlite' | 'mysql',
  target: SqlTarget,
): SqlExpression {
  return finished(generatorFor(dialect, target).part(expression));
}

function generatorFor(dialect: 'sqlite' | 'mysql', target: SqlTarget): SqlGenerator {
  return new SqlGenerator(dialect === 'sqlite' ? sqliteDialect : mysqlDialect, target);
}

function finished({ sql: { text, parameters }, form }: SqlPart): SqlExpression {
  return {
    sql: text,
    bindings: (values) => parameters.map((parameter) => bindingOf(parameter, values)),
    read(raw) {
      if (raw === null) return null;
      switch (form.kind) {
        case 'units':
          return Decimal.fromUnits(BigInt(raw), form.scale);
        case 'number':
        case 'integer':
          return Decimal.parse(String(raw));
        case 'boolean':
          return Number(raw) === 1;
        case 'datetime':
          // MySQL may leave out a fraction of zero.
          return `${String(raw).replace(' ', 'T').slice(0, 23).padEnd(23, '.000')}Z`;
        default:
          return String(raw);
      }
    },
  };
}
