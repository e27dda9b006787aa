import type { Rollup } from '../compiler/model.ts';
import type { TypedExpression } from '../expression/ast.ts';
import type { ValueType } from '../metamodel/value-type.ts';

const BOOLEAN: ValueType = { kind: 'boolean' };

/**
 * The value of a roll-up with its condition inside: `sum(total)` where `status == "submitted"` becomes
 * `sum(if(status == "submitted", total, null))`, since what aggregates leave out is null.
 */
export function rollupExpression({ value, where }: Rollup): TypedExpression {
  return where === null ? value : narrowed(value, overRow(where));
}

function narrowed(expression: TypedExpression, where: TypedExpression): TypedExpression {
  if (expression.node === 'aggregate' && expression.rows.frame === 'group') {
    const { aggregate, value } = expression;
    if (value === null) return { ...expression, value: where };
    if (aggregate === 'any') return { ...expression, value: both(where, value) };
    if (aggregate === 'all')
      return { ...expression, value: { node: 'or', type: BOOLEAN, left: not(where), right: value } };
    const counted = aggregate === 'count' && value.type.kind === 'boolean';
    return { ...expression, value: counted ? both(where, value) : onlyWhere(where, value) };
  }
  return mapped(expression, (part) => narrowed(part, where));
}

function both(left: TypedExpression, right: TypedExpression): TypedExpression {
  return { node: 'and', type: BOOLEAN, left, right };
}

function not(operand: TypedExpression): TypedExpression {
  return { node: 'not', type: BOOLEAN, operand };
}

function onlyWhere(condition: TypedExpression, then: TypedExpression): TypedExpression {
  const otherwise: TypedExpression = { node: 'literal', type: { kind: 'null' }, value: null };
  return { node: 'if', type: then.type, condition, then, otherwise };
}

/** A condition over a record, said of the row that an aggregate looks at. */
function overRow(expression: TypedExpression): TypedExpression {
  if (expression.node === 'path') return { node: 'row-path', type: expression.type, path: expression.path };
  return mapped(expression, overRow);
}

/** The expression with each of its parts replaced. */
export function mapped(
  expression: TypedExpression,
  change: (part: TypedExpression) => TypedExpression,
): TypedExpression {
  switch (expression.node) {
    case 'call':
    case 'coalesce':
      return { ...expression, arguments: expression.arguments.map(change) };
    case 'join':
      return { ...expression, parts: expression.parts.map(change) };
    case 'if':
      return {
        ...expression,
        condition: change(expression.condition),
        then: change(expression.then),
        otherwise: change(expression.otherwise),
      };
    case 'and':
    case 'or':
    case 'compare':
      return { ...expression, left: change(expression.left), right: change(expression.right) };
    case 'not':
      return { ...expression, operand: change(expression.operand) };
    case 'in':
      return { ...expression, value: change(expression.value), options: expression.options.map(change) };
    case 'aggregate':
      return expression.value === null ? expression : { ...expression, value: change(expression.value) };
    default:
      return expression;
  }
}
