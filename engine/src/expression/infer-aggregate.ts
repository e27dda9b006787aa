import { AGGREGATE_DEPTH_MAX, FRACTION_DIGITS_MAX } from './limits.ts';
import { groupSource, isSameSource, rowsNamedBy } from './infer-path.ts';
import { BOOLEAN, describeType, INTEGER, isOrdered } from './type.ts';
import type { Checking, RowFrame } from './checking.ts';
import type { AggregateName, Ast, Span, TypedExpression } from './ast.ts';
import type { NamedRows } from './infer-path.ts';
import type { ValueType } from '../metamodel/value-type.ts';

type Call = Extract<Ast, { node: 'call' }>;

interface AggregateRule {
  accepts(type: ValueType): boolean;
  readonly expects: string;
  result(type: ValueType): ValueType;
}

const isBoolean = (type: ValueType): boolean => type.kind === 'boolean';
const same = (type: ValueType): ValueType => type;

const RULES: Readonly<Record<AggregateName, AggregateRule>> = {
  sum: { accepts: (type) => type.kind === 'number' || type.kind === 'duration', expects: 'numbers', result: same },
  avg: {
    accepts: (type) => type.kind === 'number',
    expects: 'numbers',
    result: () => ({ kind: 'number', scale: FRACTION_DIGITS_MAX }),
  },
  min: { accepts: isOrdered, expects: 'values with an order', result: same },
  max: { accepts: isOrdered, expects: 'values with an order', result: same },
  any: { accepts: isBoolean, expects: 'a condition', result: () => BOOLEAN },
  all: { accepts: isBoolean, expects: 'a condition', result: () => BOOLEAN },
  count: { accepts: () => true, expects: 'values', result: () => INTEGER },
};

export const AGGREGATE_NAMES = Object.keys(RULES);

export function isAggregateName(name: string): name is AggregateName {
  return Object.hasOwn(RULES, name);
}

/** Whether a call works over rows; `min` and `max` of several values do not. */
export function isAggregateCall(checking: Checking, call: Call): boolean {
  if (!isAggregateName(call.name.name)) return false;
  if (call.name.name !== 'min' && call.name.name !== 'max') return true;
  return call.arguments.length < 2 || rowsItself(checking, call.arguments[0]) !== null;
}

/**
 * Checks `sum(lines.amount)`, `sum(lines, amount)`, `any(lines, quantity > 5)`, `count(lines)` and, over the rows of
 * a derive, `sum(amount)` and `count()`.
 */
export function checkAggregate(checking: Checking, call: Call, name: AggregateName): TypedExpression | null {
  const [first, second, ...surplus] = call.arguments;
  if (surplus.length > 0) {
    return checking.fault('argument-count', `\`${name}\` takes rows and what to take of each.`, call);
  }
  if (checking.rowFrames.length >= AGGREGATE_DEPTH_MAX) {
    return checking.fault('too-deep', `Aggregates stand at most ${AGGREGATE_DEPTH_MAX} deep in one another.`, call);
  }
  const explicit = rowsItself(checking, first);
  if (explicit !== null) {
    if (second !== undefined) return overRows(checking, call, name, { source: explicit.source, bare: true }, second);
    if (name === 'count')
      return { node: 'aggregate', aggregate: name, rows: explicit.source, value: null, type: INTEGER };
    return checking.fault(
      'argument-count',
      `\`${name}\` must be told what to take of each row.`,
      call,
      `Write ${name}(rows, expression).`,
    );
  }
  if (second !== undefined && first !== undefined) {
    return checking.fault('not-rows', `\`${name}\` with two arguments begins with rows.`, first);
  }
  const group = groupSource(checking);
  if (first === undefined) {
    if (name === 'count' && group !== null)
      return { node: 'aggregate', aggregate: name, rows: group, value: null, type: INTEGER };
    return checking.fault('argument-count', `\`${name}\` needs rows.`, call);
  }
  const mentioned = rowsMentioned(checking, first);
  const rows = mentioned[0];
  if (rows !== undefined) {
    const other = mentioned.find(({ source }) => !isSameSource(source, rows.source));
    if (other !== undefined) {
      return checking.fault('different-rows', `\`${name}\` runs over one set of rows, not over several.`, first);
    }
    return overRows(checking, call, name, { source: rows.source, bare: false }, first);
  }
  if (group !== null) return overRows(checking, call, name, { source: group, bare: true }, first);
  return checking.fault('not-rows', `\`${name}\` needs rows: a path through a lines field.`, first);
}

function overRows(
  checking: Checking,
  at: Span,
  name: AggregateName,
  frame: RowFrame,
  ast: Ast,
): TypedExpression | null {
  const value = checking.within(frame).check(ast);
  if (value === null) return null;
  const rule = RULES[name];
  if (value.type.kind !== 'null' && !rule.accepts(value.type)) {
    return checking.fault('wrong-type', `\`${name}\` takes ${rule.expects}, not ${describeType(value.type)}.`, ast);
  }
  if (value.type.kind === 'null' && name !== 'count') {
    return checking.fault('wrong-type', `\`${name}\` takes ${rule.expects}, not null.`, ast);
  }
  return { node: 'aggregate', aggregate: name, rows: frame.source, value, type: rule.result(value.type) };
}

/** The rows an argument names as a whole, such as `lines`; null for anything else. */
export function rowsItself(checking: Checking, ast: Ast | undefined): NamedRows | null {
  if (ast?.node !== 'path') return null;
  const rows = rowsNamedBy(checking, ast.segments);
  return rows !== null && rows.length === ast.segments.length ? rows : null;
}

/** Every set of rows that paths in the expression lead through, aggregates within it left aside. */
function rowsMentioned(checking: Checking, ast: Ast): readonly NamedRows[] {
  switch (ast.node) {
    case 'path': {
      const rows = rowsNamedBy(checking, ast.segments);
      return rows === null || rows.length === ast.segments.length ? [] : [rows];
    }
    case 'unary':
      return rowsMentioned(checking, ast.operand);
    case 'binary':
      return [...rowsMentioned(checking, ast.left), ...rowsMentioned(checking, ast.right)];
    case 'in':
      return [ast.value, ...ast.options].flatMap((part) => rowsMentioned(checking, part));
    case 'call':
      return isAggregateCall(checking, ast)
        ? []
        : [...ast.arguments, ...ast.named.map(({ value }) => value)].flatMap((part) => rowsMentioned(checking, part));
    default:
      return [];
  }
}
