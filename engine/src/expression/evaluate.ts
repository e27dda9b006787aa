import { Decimal } from '../base/decimal.ts';
import { aggregator } from './evaluate-aggregate.ts';
import { isEqual, order } from './value-order.ts';
import { functionsById } from './functions/index.ts';
import { recordReference } from './record-reference.ts';
import { ROW_VISITS_MAX, TEXT_LENGTH_MAX } from './limits.ts';
import type { ComparisonOperator, NamedValue, PathStep, TypedExpression } from './ast.ts';
import type { EvaluationContext, Evaluator, Row, Run } from './evaluation.ts';
import type { Value, ValueType } from '../metamodel/value-type.ts';

type Node<Name extends TypedExpression['node']> = Extract<TypedExpression, { node: Name }>;

/**
 * Makes a typed expression a function; done once, so that evaluating costs no parsing and no look-up of functions.
 *
 * Null needs no third truth value: functions and arithmetic give null for null, `==` and `!=` take null for a value
 * like any other, `<` and its kin are false beside null, conditions take null for false, joining texts takes it for
 * the empty text, `sum` of nothing is zero. The SQL of sql.ts means the same.
 *
 * The function throws RangeError when a number passes 65 digits, a text 64 K characters or aggregates visit more than
 * a million rows.
 */
export function compileExpression(expression: TypedExpression): (context: EvaluationContext) => Value {
  const evaluate = evaluatorOf(expression);
  return (context) => evaluate({ context, row: null, visitsLeft: ROW_VISITS_MAX });
}

function evaluatorOf(expression: TypedExpression): Evaluator {
  switch (expression.node) {
    case 'literal': {
      const value = literalValue(expression.value, expression.type);
      return () => value;
    }
    case 'path':
      return pathEvaluator(expression);
    case 'row-path':
      return rowPathEvaluator(expression);
    case 'global': {
      const { global, field } = expression;
      return (run) => valueAt(run.context.globals[global], field);
    }
    case 'local':
      return localEvaluator(expression);
    case 'clock': {
      const { clock } = expression;
      return (run) => run.context[clock];
    }
    case 'call':
      return callEvaluator(expression);
    case 'if':
      return choiceEvaluator(expression);
    case 'and':
    case 'or':
      return logicEvaluator(expression);
    case 'not': {
      const operand = evaluatorOf(expression.operand);
      return (run) => operand(run) !== true;
    }
    case 'compare':
      return comparisonEvaluator(expression.operator, evaluatorOf(expression.left), evaluatorOf(expression.right));
    case 'in':
      return membershipEvaluator(evaluatorOf(expression.value), expression.options.map(evaluatorOf));
    case 'coalesce':
      return firstEvaluator(expression.arguments.map(evaluatorOf));
    case 'join':
      return joinEvaluator(expression.parts.map(evaluatorOf));
    case 'aggregate':
      return aggregateEvaluator(expression);
    default:
      return lookupEvaluator(expression);
  }
}

function logicEvaluator({ node, left: one, right: other }: Node<'and' | 'or'>): Evaluator {
  const left = evaluatorOf(one);
  const right = evaluatorOf(other);
  return node === 'and'
    ? (run) => left(run) === true && right(run) === true
    : (run) => left(run) === true || right(run) === true;
}

function membershipEvaluator(value: Evaluator, options: readonly Evaluator[]): Evaluator {
  return (run) => {
    const sought = value(run);
    return options.some((option) => isEqual(sought, option(run)));
  };
}

/** The first value that is not null. */
function firstEvaluator(parts: readonly Evaluator[]): Evaluator {
  return (run) => {
    for (const part of parts) {
      const value = part(run);
      if (value !== null) return value;
    }
    return null;
  };
}

function choiceEvaluator(expression: Node<'if'>): Evaluator {
  const condition = evaluatorOf(expression.condition);
  const then = evaluatorOf(expression.then);
  const otherwise = evaluatorOf(expression.otherwise);
  return (run) => (condition(run) === true ? then(run) : otherwise(run));
}

function aggregateEvaluator(expression: Node<'aggregate'>): Evaluator {
  return aggregator(expression, expression.value === null ? null : evaluatorOf(expression.value));
}

function lookupEvaluator(expression: Node<'find'> | Node<'pick'> | Node<'balance'> | Node<'moved'>): Evaluator {
  if (expression.node === 'pick') return pickEvaluator(expression);
  if (expression.node === 'find') {
    const { entity } = expression;
    const values = namedValues(expression.by);
    return (run) => run.context.find?.(entity, values(run)) ?? null;
  }
  const { ledger, measure } = expression;
  if (expression.node === 'balance') {
    const at = namedValues(expression.at);
    if (expression.until === null) return (run) => run.context.balance?.(ledger, at(run), measure) ?? Decimal.zero;
    const until = evaluatorOf(expression.until);
    return (run) => {
      const day = until(run);
      // Without the day that it asks for, nothing is known of a balance.
      return (typeof day === 'string' ? run.context.balance?.(ledger, at(run), measure, day) : null) ?? Decimal.zero;
    };
  }
  const line = evaluatorOf(expression.line);
  const { reference } = expression;
  return (run) => {
    const row = line(run);
    const named = typeof row === 'string' ? recordReference(reference, row) : null;
    return run.context.moved?.(ledger, named, measure) ?? Decimal.zero;
  };
}

function pickEvaluator(expression: Node<'pick'>): Evaluator {
  const values = namedValues(expression.by);
  const field = expression.field ?? 'id';
  return (run) => {
    const row = run.context.pick?.(expression, values(run)) ?? null;
    return row === null ? null : valueAt(row, field);
  };
}

function localEvaluator({ local, field }: Node<'local'>): Evaluator {
  return (run) => {
    const given = run.context.locals?.[local];
    if (given === undefined || given === null) return null;
    return field === null ? (given as Value) : valueAt(given as Row, field);
  };
}

function namedValues(named: readonly NamedValue[]): (run: Run) => Readonly<Record<string, Value>> {
  const parts = named.map(({ name, value, reference }) => ({ name, reference, value: evaluatorOf(value) }));
  return (run) => {
    const values: Record<string, Value> = {};
    for (const { name, reference, value } of parts) {
      const given = value(run);
      values[name] = reference === null || given === null ? given : recordReference(reference, String(given));
    }
    return values;
  };
}

function literalValue(value: string | boolean | null, type: ValueType): Value {
  if (typeof value !== 'string' || (type.kind !== 'number' && type.kind !== 'duration')) return value;
  return Decimal.parse(value);
}

/** Lines are never read as a value: the type checker sees to it. */
function valueAt(row: Row, field: string): Value {
  return (row[field] as Value | undefined) ?? null;
}

function pathEvaluator({ frame, path }: Node<'path'>): Evaluator {
  const [first, ...rest] = path;
  if (first === undefined) return () => null;
  const { field } = first;
  if (rest.length > 0) {
    return (run) => {
      const row = run.context[frame];
      return row === undefined ? null : follow(run, row, path);
    };
  }
  if (frame === 'self') return (run) => valueAt(run.context.self, field);
  return (run) => (run.context.parent === undefined ? null : valueAt(run.context.parent, field));
}

function rowPathEvaluator({ path }: Node<'row-path'>): Evaluator {
  const [first, ...rest] = path;
  if (first === undefined) return () => null;
  const { field } = first;
  if (rest.length === 0) {
    return (run) => {
      return run.row === null ? null : valueAt(run.row, field);
    };
  }
  return (run) => (run.row === null ? null : follow(run, run.row, path));
}

function follow(run: Run, start: Row, path: readonly PathStep[]): Value {
  let row = start;
  for (let index = 0; index < path.length - 1; index += 1) {
    const id = valueAt(row, path[index]?.field ?? '');
    const target = path[index + 1]?.entity ?? '';
    const linked = typeof id === 'string' ? run.context.linked(target, id) : null;
    if (linked === null) return null;
    row = linked;
  }
  return valueAt(row, path.at(-1)?.field ?? '');
}

function callEvaluator(expression: Node<'call'>): Evaluator {
  const definition = functionsById.get(expression.function);
  if (definition === undefined) throw new Error(`The expression calls ${expression.function}, which is no function.`);
  const [first, second, third] = expression.arguments.map(evaluatorOf);
  if (first === undefined) return () => definition.evaluate();
  if (second === undefined) {
    return (run) => {
      const value = first(run);
      return value === null ? null : definition.evaluate(value);
    };
  }
  if (third === undefined) {
    return (run) => {
      const one = first(run);
      if (one === null) return null;
      const other = second(run);
      return other === null ? null : definition.evaluate(one, other);
    };
  }
  return (run) => {
    const values = [first(run), second(run), third(run)];
    return values.includes(null) ? null : definition.evaluate(...values);
  };
}

function comparisonEvaluator(operator: ComparisonOperator, left: Evaluator, right: Evaluator): Evaluator {
  switch (operator) {
    case '==':
      return (run) => isEqual(left(run), right(run));
    case '!=':
      return (run) => !isEqual(left(run), right(run));
    case '<':
      return (run) => order(left(run), right(run)) < 0;
    case '<=':
      return (run) => order(left(run), right(run)) <= 0;
    case '>':
      return (run) => order(left(run), right(run)) > 0;
    case '>=':
      return (run) => order(left(run), right(run)) >= 0;
  }
}

function joinEvaluator(parts: readonly Evaluator[]): Evaluator {
  return (run) => {
    let text = '';
    for (const part of parts) {
      const value = part(run);
      if (value !== null) text += String(value);
      if (text.length > TEXT_LENGTH_MAX) throw new RangeError(`A text has at most ${TEXT_LENGTH_MAX} characters.`);
    }
    return text;
  };
}
