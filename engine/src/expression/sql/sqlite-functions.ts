import { Decimal } from '../../base/decimal.ts';
import { functionsById } from '../functions/index.ts';
import type { FunctionDefinition } from '../functions/definition.ts';
import type { Value } from '../../metamodel/value-type.ts';

type SqliteValue = string | bigint | number | null;
type SqliteFunction = (...values: readonly SqliteValue[]) => SqliteValue;

/**
 * The functions that the SQL of expressions calls on SQLite, to be registered on every connection as deterministic.
 * Each function of the language is there as `rk_` and its id, with the meaning it has in JavaScript: numbers go in
 * and out as decimal text, booleans as 0 and 1, everything else as text.
 */
export const sqliteFunctions: Readonly<Record<string, SqliteFunction>> = {
  ...Object.fromEntries([...functionsById.values()].map((definition) => [`rk_${definition.id}`, wrapped(definition)])),
  rk_decimal: (units, scale) => (units === null ? null : Decimal.fromUnits(BigInt(units), Number(scale)).toString()),
  rk_compare: (left, right) => (left === null || right === null ? null : BigInt(decimal(left).compare(decimal(right)))),
  rk_sum_of: (values) => total(values).toString(),
  rk_average_of: (values) => {
    const count = numbersIn(values).length;
    return count === 0 ? null : total(values).divide(Decimal.of(count)).toString();
  },
  rk_least_of: (values) => extreme(values, -1),
  rk_greatest_of: (values) => extreme(values, 1),
};

function wrapped(definition: FunctionDefinition): SqliteFunction {
  const kinds = definition.signatures[0]?.parameters.map((parameter) => parameter.kinds[0]) ?? [];
  return (...values) => {
    const read: Value[] = [];
    for (const [index, value] of values.entries()) {
      if (value === null) return null;
      const kind = kinds[index];
      if (kind === 'number' || kind === 'duration') read.push(decimal(value));
      else read.push(kind === 'boolean' ? Number(value) === 1 : String(value));
    }
    const result = definition.evaluate(...read);
    if (typeof result === 'boolean') return result ? 1n : 0n;
    return result === null ? null : String(result);
  };
}

function decimal(value: SqliteValue): Decimal {
  return Decimal.parse(String(value)) ?? Decimal.zero;
}

/** The numbers of a JSON list of decimal texts; nulls are left out. */
function numbersIn(list: SqliteValue): readonly Decimal[] {
  const values: unknown = JSON.parse(String(list));
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string').map(decimal) : [];
}

function total(list: SqliteValue): Decimal {
  return numbersIn(list).reduce((sum, value) => sum.add(value), Decimal.zero);
}

function extreme(list: SqliteValue, sign: 1 | -1): string | null {
  let best: Decimal | null = null;
  for (const value of numbersIn(list)) if (best === null || value.compare(best) === sign) best = value;
  return best === null ? null : best.toString();
}
