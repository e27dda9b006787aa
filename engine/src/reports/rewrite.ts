import { Decimal } from '../base/decimal.ts';
import { OWNER_NAME, PARAMETERS_LOCAL } from '../compiler/reports.ts';
import type { TypedExpression } from '../expression/ast.ts';
import type { EvaluationContext } from '../expression/evaluation.ts';
import { partsOf } from '../expression/parts.ts';
import type { Value, ValueType } from '../metamodel/value-type.ts';
import { evaluatorOf } from '../records/compute.ts';
import { mapped } from '../records/rollup-expression.ts';

/** What stands fixed while one report runs: the choices of whoever runs it, and all that expressions see beside rows. */
export interface Fixed extends Pick<EvaluationContext, 'globals' | 'today' | 'now'> {
  readonly parameters: Readonly<Record<string, Value>>;
}

const BOOLEAN: ValueType = { kind: 'boolean' };
const NULL_TYPE: ValueType = { kind: 'null' };
const INTEGER: ValueType = { kind: 'number', scale: 0 };

export const NOTHING: TypedExpression = { node: 'literal', type: NULL_TYPE, value: null };
export const NEVER: TypedExpression = { node: 'literal', type: BOOLEAN, value: false };

/**
 * The expression with everything fixed put in, and what follows from it worked out: with no item chosen,
 * `parameters.item == null or item == parameters.item` becomes true, and the database need not look at items at all.
 */
export function fixedIn(expression: TypedExpression, fixed: Fixed): TypedExpression {
  switch (expression.node) {
    case 'local': {
      const { local, field, type } = expression;
      const isParameter = local === PARAMETERS_LOCAL && field !== null;
      return literalOf(isParameter ? (fixed.parameters[field] ?? null) : null, type);
    }
    case 'global':
      return literalOf(
        (fixed.globals[expression.global][expression.field] as Value | undefined) ?? null,
        expression.type,
      );
    case 'clock':
      return literalOf(expression.clock === 'today' ? fixed.today : fixed.now, expression.type);
    default:
      return folded(
        mapped(expression, (part) => fixedIn(part, fixed)),
        fixed,
      );
  }
}

function folded(expression: TypedExpression, fixed: Fixed): TypedExpression {
  switch (expression.node) {
    case 'and':
      return foldedAnd(expression);
    case 'or':
      return foldedOr(expression);
    case 'if': {
      const { condition, then, otherwise } = expression;
      if (condition.node !== 'literal') return expression;
      return isTrue(condition) ? then : otherwise;
    }
    case 'compare':
      return isUnordered(expression) ? NEVER : foldedParts(expression, fixed);
    case 'literal':
    case 'path':
    case 'row-path':
    case 'aggregate':
    case 'find':
    case 'pick':
    case 'balance':
    case 'moved':
      return expression;
    default:
      return foldedParts(expression, fixed);
  }
}

function foldedParts(expression: TypedExpression, fixed: Fixed): TypedExpression {
  return partsOf(expression).every(({ node }) => node === 'literal')
    ? literalOf(valueOf(expression, {}, fixed), expression.type)
    : expression;
}

/** Nothing comes before or after what is missing. */
function isUnordered({ operator, left, right }: Extract<TypedExpression, { readonly node: 'compare' }>): boolean {
  if (operator === '==' || operator === '!=') return false;
  return [left, right].some((side) => side.node === 'literal' && side.value === null);
}

type Logic = Extract<TypedExpression, { readonly node: 'and' | 'or' }>;

function foldedAnd(expression: Logic): TypedExpression {
  const { left, right } = expression;
  if (isFalse(left) || isFalse(right)) return NEVER;
  return isTrue(left) ? right : isTrue(right) ? left : expression;
}

function foldedOr(expression: Logic): TypedExpression {
  const { left, right } = expression;
  if (isTrue(left) || isTrue(right)) return literalOf(true, BOOLEAN);
  return isFalse(left) ? right : isFalse(right) ? left : expression;
}

/** The value of an expression that reads no records, over the fields given. */
export function valueOf(
  expression: TypedExpression,
  self: EvaluationContext['self'],
  { globals, today, now }: Pick<Fixed, 'globals' | 'today' | 'now'>,
): Value {
  return evaluatorOf(expression)({ self, linked: () => null, globals, today, now });
}

function literalOf(value: Value, type: ValueType): TypedExpression {
  if (value === null || typeof value === 'object') {
    if (!(value instanceof Decimal)) return NOTHING;
    const kind = type.kind === 'duration' ? type : { kind: 'number' as const, scale: value.scale };
    return { node: 'literal', type: kind, value: value.toString() };
  }
  return { node: 'literal', type, value };
}

export function isTrue(expression: TypedExpression): boolean {
  return expression.node === 'literal' && expression.value === true;
}

/** False and null alike: a condition that is null does not hold. */
export function isFalse(expression: TypedExpression): boolean {
  return expression.node === 'literal' && (expression.value === false || expression.value === null);
}

/** Both conditions; null stands for no condition. */
export function both(one: TypedExpression | null, other: TypedExpression | null): TypedExpression | null {
  if (one === null || isTrue(one)) return other === null || isTrue(other) ? null : other;
  if (other === null || isTrue(other)) return one;
  return { node: 'and', type: BOOLEAN, left: one, right: other };
}

export function not(operand: TypedExpression): TypedExpression {
  return { node: 'not', type: BOOLEAN, operand };
}

/** The value where the condition holds, else null. */
export function onlyWhere(condition: TypedExpression | null, then: TypedExpression): TypedExpression {
  return condition === null ? then : { node: 'if', type: then.type, condition, then, otherwise: NOTHING };
}

export function compared(left: TypedExpression, operator: '<' | '<=' | '>' | '>=' | '==', right: TypedExpression) {
  return { node: 'compare', type: BOOLEAN, operator, left, right } as const satisfies TypedExpression;
}

export function whole(value: number): TypedExpression {
  return { node: 'literal', type: INTEGER, value: String(value) };
}

/** An expression over a row, said of the row that an aggregate looks at. */
export function overRow(expression: TypedExpression): TypedExpression {
  if (expression.node !== 'path') return mapped(expression, overRow);
  const { frame, path, type } = expression;
  const owner = { entity: '', field: OWNER_NAME, kind: 'link' } as const;
  return { node: 'row-path', type, path: frame === 'parent' ? [owner, ...path] : path };
}

/** What must hold together, each by itself. */
export function conjunctsOf(condition: TypedExpression | null): readonly TypedExpression[] {
  if (condition === null) return [];
  return condition.node === 'and' ? [...conjunctsOf(condition.left), ...conjunctsOf(condition.right)] : [condition];
}
