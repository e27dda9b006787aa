import { didYouMean, faultAt } from './fault.ts';
import { applyFunction, checkCall, checkCondition, checkMonths, join } from './infer-call.ts';
import { checkPath } from './infer-path.ts';
import { literal, retyped } from './literal.ts';
import { nearestName } from './nearest.ts';
import { BOOLEAN, describeType, isComparable, isOrdered, isWord, NULL, TEXT } from './type.ts';
import type { Ast, ExpressionFault, TypedExpression } from './ast.ts';
import type { Checking, RowFrame } from './checking.ts';
import type { Scope } from './scope.ts';
import type { ValueType } from '../metamodel/value-type.ts';

type Node<Name extends Ast['node']> = Extract<Ast, { node: Name }>;

/**
 * Resolves every name of an expression and gives every part its type. Answers all faults at once, in the order of
 * the text. `expected` is what the place of the expression needs: a literal text there may be an option or a date.
 */
export function inferExpression(
  ast: Ast,
  scope: Scope,
  expected?: ValueType,
): { expression: TypedExpression } | { faults: ExpressionFault[] } {
  const faults: ExpressionFault[] = [];
  const checking = checkingOf(scope, faults, []);
  const expression = checking.check(ast, expected);
  if (expression !== null && expected !== undefined && !isAssignable(expression.type, expected)) {
    const hint = hintFor(expression.type, expected) ?? textHint(expression.type, expected);
    checking.fault(
      'wrong-type',
      `${describeType(expected)} is expected here, not ${describeType(expression.type)}.`,
      ast,
      hint,
    );
  }
  if (expression === null || faults.length > 0) {
    return { faults: faults.sort((one, other) => one.position - other.position) };
  }
  return { expression };
}

function checkingOf(scope: Scope, faults: ExpressionFault[], rowFrames: readonly RowFrame[]): Checking {
  const checking: Checking = {
    scope,
    rowFrames,
    check(ast, expected) {
      const expression = checkNode(checking, ast, expected);
      return expression === null || expected === undefined ? expression : adapt(checking, expression, ast, expected);
    },
    within: (frame) => checkingOf(scope, faults, [...rowFrames, frame]),
    fault(code, message, at, hint) {
      faults.push(faultAt(code, message, at, hint));
      return null;
    },
  };
  return checking;
}

function checkNode(checking: Checking, ast: Ast, expected?: ValueType): TypedExpression | null {
  switch (ast.node) {
    case 'number':
      return literal(ast.value, { kind: 'number', scale: ast.value.split('.')[1]?.length ?? 0 });
    case 'text':
      return literal(ast.value, TEXT);
    case 'boolean':
      return literal(ast.value, BOOLEAN);
    case 'null':
      return literal(null, NULL);
    case 'path':
      return checkPath(checking, ast.segments);
    case 'call':
      return checkCall(checking, ast, expected);
    case 'unary':
      return checkUnary(checking, ast);
    case 'binary':
      return checkBinary(checking, ast);
    case 'in':
      return checkIn(checking, ast);
  }
}

function checkUnary(checking: Checking, ast: Node<'unary'>): TypedExpression | null {
  if (ast.operator === 'not') {
    const operand = checkCondition(checking, ast.operand);
    return operand === null ? null : { node: 'not', operand, type: BOOLEAN };
  }
  if (ast.operand.node === 'number') {
    return literal(`-${ast.operand.value}`, { kind: 'number', scale: ast.operand.value.split('.')[1]?.length ?? 0 });
  }
  const operand = checking.check(ast.operand);
  return operand === null ? null : applyFunction(checking, '-', [operand], [ast.operand], ast);
}

function checkBinary(checking: Checking, ast: Node<'binary'>): TypedExpression | null {
  switch (ast.operator) {
    case 'and':
    case 'or': {
      const left = checkCondition(checking, ast.left);
      const right = checkCondition(checking, ast.right);
      return left === null || right === null ? null : { node: ast.operator, left, right, type: BOOLEAN };
    }
    case '+':
    case '-': {
      const months = checkMonths(checking, ast.operator, ast.left, ast.right, ast);
      return months === undefined ? checkArithmetic(checking, ast) : months;
    }
    case '*':
    case '/':
    case '%':
      return checkArithmetic(checking, ast);
    default:
      return checkComparison(checking, ast);
  }
}

function checkArithmetic(checking: Checking, ast: Node<'binary'>): TypedExpression | null {
  const left = checking.check(ast.left);
  const right = checking.check(ast.right);
  if (left === null || right === null) return null;
  const asts = [ast.left, ast.right];
  if (ast.operator === '+' && (isWord(left.type) || isWord(right.type))) return join(checking, [left, right], asts);
  return applyFunction(checking, ast.operator, [left, right], asts, ast);
}

function checkComparison(checking: Checking, ast: Node<'binary'>): TypedExpression | null {
  const { operator } = ast;
  if (operator === '+' || operator === '-' || operator === '*' || operator === '/' || operator === '%') return null;
  if (operator === 'and' || operator === 'or') return null;
  const sides = checkAlike(checking, ast.left, ast.right);
  if (sides === null) return null;
  const { left, right } = sides;
  const hasOrder =
    operator === '==' ||
    operator === '!=' ||
    [left, right].every(({ type }) => type.kind === 'null' || isOrdered(type));
  if (!hasOrder) {
    return checking.fault(
      'wrong-type',
      `\`${operator}\` cannot order ${describeType(left.type)} and ${describeType(right.type)}.`,
      ast,
    );
  }
  return { node: 'compare', operator, left, right, type: BOOLEAN };
}

/** Both sides of a comparison, a literal text taken for an option, date or time when the other side is one. */
function checkAlike(
  checking: Checking,
  leftAst: Ast,
  rightAst: Ast,
): { left: TypedExpression; right: TypedExpression } | null {
  const first = checking.check(leftAst);
  const second = checking.check(rightAst);
  if (first === null || second === null) return null;
  const left = adapt(checking, first, leftAst, second.type);
  const right = adapt(checking, second, rightAst, first.type);
  if (left === null || right === null) return null;
  if (isComparable(left.type, right.type)) return { left, right };
  const hint = hintFor(left.type, right.type) ?? hintFor(right.type, left.type);
  const message = `${describeType(left.type)} cannot be compared with ${describeType(right.type)}.`;
  return checking.fault(
    'wrong-type',
    message,
    { position: leftAst.position, length: rightAst.position + rightAst.length - leftAst.position },
    hint,
  );
}

function checkIn(checking: Checking, ast: Node<'in'>): TypedExpression | null {
  const value = checking.check(ast.value);
  const options: TypedExpression[] = [];
  for (const optionAst of ast.options) {
    const option = checking.check(optionAst, value?.type);
    if (option === null) continue;
    if (value !== null && !isComparable(value.type, option.type)) {
      checking.fault(
        'wrong-type',
        `${describeType(value.type)} cannot be compared with ${describeType(option.type)}.`,
        optionAst,
      );
    }
    options.push(option);
  }
  return value === null || options.length < ast.options.length ? null : { node: 'in', value, options, type: BOOLEAN };
}

/** A literal text where an option, a date or a time is meant becomes one, or is refused. */
function adapt(checking: Checking, expression: TypedExpression, ast: Ast, expected: ValueType): TypedExpression | null {
  if (expression.node !== 'literal' || expression.type.kind !== 'text') return expression;
  const value = retyped(expression, expected);
  if (value !== null) return value;
  const text = String(expression.value);
  switch (expected.kind) {
    case 'enum': {
      const hint = didYouMean(nearestName(text, expected.options)) ?? `Known are ${expected.options.join(', ')}.`;
      return checking.fault('unknown-option', `\`${text}\` is not among the options.`, ast, hint);
    }
    case 'date':
      return checking.fault('date-format', `\`${text}\` is no date.`, ast, 'Write it as YYYY-MM-DD.');
    case 'datetime':
      return checking.fault('date-format', `\`${text}\` is no instant.`, ast, 'Write it as YYYY-MM-DDTHH:MM:SSZ.');
    case 'time':
      return checking.fault('date-format', `\`${text}\` is no time.`, ast, 'Write it as HH:MM.');
    default:
      return expression;
  }
}

function isAssignable(type: ValueType, expected: ValueType): boolean {
  if (type.kind === 'null') return true;
  if (expected.kind === 'text' || expected.kind === 'enum') return isWord(type);
  if (expected.kind === 'record')
    return type.kind === 'text' || (type.kind === 'record' && type.entity === expected.entity);
  return type.kind === expected.kind;
}

/** How a value of one type is made one of another, where there is a way. */
function hintFor(type: ValueType, wanted: ValueType): string | undefined {
  if (type.kind === 'datetime' && wanted.kind === 'date') return 'date(x) gives the date of an instant.';
  if (type.kind === 'number' && wanted.kind === 'duration') return 'days(n) makes a duration of a number.';
  if (type.kind === 'duration' && wanted.kind === 'number') return 'number(x) gives the seconds of a duration.';
  if (isWord(type) && wanted.kind === 'number') return 'number(x) reads a number from a text.';
  if (wanted.kind === 'boolean') return 'Compare it, for example with `!= null`.';
  return undefined;
}

function textHint(type: ValueType, wanted: ValueType): string | undefined {
  return wanted.kind === 'text' && type.kind !== 'record' ? 'text(x) writes a value out.' : undefined;
}
