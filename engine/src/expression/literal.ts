import { isDate, readInstant, readTime } from './calendar.ts';
import type { TypedExpression } from './ast.ts';
import type { ValueType } from '../metamodel/value-type.ts';

export function literal(value: string | boolean | null, type: ValueType): TypedExpression {
  return { node: 'literal', value, type };
}

/** A literal text as a value of another type, when it is written in that type's form; null when it is not. */
export function retyped(expression: TypedExpression, type: ValueType): TypedExpression | null {
  if (expression.node !== 'literal' || expression.type.kind !== 'text' || typeof expression.value !== 'string')
    return null;
  const value = readAs(expression.value, type);
  return value === null ? null : { node: 'literal', value, type };
}

function readAs(text: string, type: ValueType): string | null {
  switch (type.kind) {
    case 'enum':
      return type.options.includes(text) ? text : null;
    case 'date':
      return isDate(text) ? text : null;
    case 'datetime':
      return readInstant(text);
    case 'time':
      return readTime(text);
    default:
      return null;
  }
}
