import type { TypedExpression } from './ast.ts';

/** The expressions that one is made of. */
export function partsOf(expression: TypedExpression): readonly TypedExpression[] {
  switch (expression.node) {
    case 'call':
    case 'coalesce':
      return expression.arguments;
    case 'join':
      return expression.parts;
    case 'if':
      return [expression.condition, expression.then, expression.otherwise];
    case 'and':
    case 'or':
    case 'compare':
      return [expression.left, expression.right];
    case 'not':
      return [expression.operand];
    case 'in':
      return [expression.value, ...expression.options];
    case 'find':
    case 'pick':
      return expression.by.map(({ value }) => value);
    case 'balance':
      return [...expression.at.map(({ value }) => value), ...(expression.until === null ? [] : [expression.until])];
    case 'moved':
      return [expression.line];
    case 'aggregate':
      return expression.value === null ? [] : [expression.value];
    default:
      return [];
  }
}
