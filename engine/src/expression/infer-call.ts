import { didYouMean } from './fault.ts';
import { functionsByName } from './functions/index.ts';
import { AGGREGATE_NAMES, checkAggregate, isAggregateCall, isAggregateName, rowsItself } from './infer-aggregate.ts';
import {
  commonType,
  BOOLEAN,
  DATE,
  DATETIME,
  describeKinds,
  describeType,
  INTEGER,
  isWord,
  NUMBER,
  TEXT,
} from './type.ts';
import { LOOKUPS } from './infer-lookup.ts';
import { nearestName } from './nearest.ts';
import { literal, retyped } from './literal.ts';
import type { Checking } from './checking.ts';
import type { Ast, Span, TypedExpression } from './ast.ts';
import type { FunctionDefinition, Parameter, Signature } from './functions/definition.ts';
import type { ValueType } from '../metamodel/value-type.ts';

type Call = Extract<Ast, { node: 'call' }>;
type SpecialForm = (checking: Checking, call: Call, expected?: ValueType) => TypedExpression | null;

/** Months added to or taken from a date, by the unit they are written in. */
const MONTHS_IN: ReadonlyMap<string, number> = new Map([
  ['months', 1],
  ['years', 12],
]);

/** Calls that are no strict functions: they treat null or their rows in their own way. */
const SPECIAL_FORMS: ReadonlyMap<string, SpecialForm> = new Map([
  ['if', checkIf],
  ['coalesce', checkCoalesce],
  ['concat', checkConcat],
  ['is_empty', checkIsEmpty],
  ['today', (checking: Checking, call: Call) => checkClock(checking, call, 'today', DATE)],
  ['now', (checking: Checking, call: Call) => checkClock(checking, call, 'now', DATETIME)],
  ['months', monthsAlone],
  ['years', monthsAlone],
]);

const NAMES: readonly string[] = [
  ...SPECIAL_FORMS.keys(),
  ...LOOKUPS.keys(),
  ...AGGREGATE_NAMES,
  ...[...functionsByName.keys()].filter((name) => /^\w/.test(name)),
];

export function checkCall(checking: Checking, call: Call, expected?: ValueType): TypedExpression | null {
  const { name } = call.name;
  const lookup = LOOKUPS.get(name);
  if (lookup !== undefined) return lookup(checking, call);
  const [named] = call.named;
  if (named !== undefined) {
    return checking.fault('unexpected', `\`${name}\` takes no named arguments.`, named.name);
  }
  if (call.member !== null) {
    return checking.fault('unexpected', `What \`${name}\` gives has no members.`, call.member);
  }
  const special = SPECIAL_FORMS.get(name);
  if (special !== undefined) return special(checking, call, expected);
  if (isAggregateName(name) && isAggregateCall(checking, call)) return checkAggregate(checking, call, name);
  if (!functionsByName.has(name)) {
    return checking.fault(
      'unknown-function',
      `There is no function \`${name}\`.`,
      call.name,
      didYouMean(nearestName(name, NAMES)),
    );
  }
  const parts = checkAll(checking, call.arguments);
  if (parts === null) return null;
  return isAggregateName(name)
    ? checkExtreme(checking, call, parts)
    : applyFunction(checking, name, parts, call.arguments, call);
}

/**
 * Applies the function or operator of this name that takes these arguments. `asts` and `at` place the fault when
 * none does.
 */
export function applyFunction(
  checking: Checking,
  name: string,
  parts: readonly TypedExpression[],
  asts: readonly Ast[],
  at: Span,
): TypedExpression | null {
  const definitions = functionsByName.get(name) ?? [];
  for (const definition of definitions) {
    for (const signature of definition.signatures) {
      const applied = apply(definition, signature, parts);
      if (applied !== null) return applied;
    }
  }
  const signatures = definitions.flatMap((definition) => definition.signatures);
  const rightCount = signatures.filter((candidate) => takesCount(candidate, parts.length));
  const only = rightCount[0];
  if (only === undefined) return argumentCount(checking, name, signatures, at);
  const wrong =
    rightCount.length === 1 ? only.parameters.findIndex((parameter, index) => !fits(parameter, parts[index])) : -1;
  const part = parts[wrong];
  const parameter = only.parameters[wrong];
  if (part !== undefined && parameter !== undefined) {
    const message = `\`${name}\` takes ${describeKinds(parameter.kinds)} as ${parameter.name}, not ${describeType(part.type)}.`;
    return checking.fault('wrong-type', message, asts[wrong] ?? at);
  }
  const given = parts.map(({ type }) => describeType(type)).join(' and ');
  return checking.fault('wrong-type', `\`${name}\` does not take ${given}.`, at);
}

function apply(
  definition: FunctionDefinition,
  signature: Signature,
  parts: readonly TypedExpression[],
): TypedExpression | null {
  const { parameters } = signature;
  if (!takesCount(signature, parts.length)) return null;
  const filled: TypedExpression[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const part = parts[index] ?? literal(parameter.missing ?? null, INTEGER);
    const fitted = fit(parameter, part);
    if (fitted === null) return null;
    filled.push(fitted);
  }
  return {
    node: 'call',
    function: definition.id,
    arguments: filled,
    type: signature.result(filled.map(({ type }) => type)),
  };
}

function takesCount({ parameters }: Signature, count: number): boolean {
  const needed = parameters.filter(({ missing }) => missing === undefined).length;
  return count >= needed && count <= parameters.length;
}

/** The argument as the parameter takes it; a literal text serves where a date or time is meant. */
function fit({ kinds }: Parameter, part: TypedExpression): TypedExpression | null {
  if (part.type.kind === 'null' || kinds.includes(part.type.kind)) return part;
  for (const kind of kinds) {
    if (kind !== 'date' && kind !== 'datetime' && kind !== 'time') continue;
    const date = retyped(part, { kind });
    if (date !== null) return date;
  }
  return null;
}

function fits(parameter: Parameter, part: TypedExpression | undefined): boolean {
  return part === undefined || fit(parameter, part) !== null;
}

function argumentCount(checking: Checking, name: string, signatures: readonly Signature[], at: Span): null {
  const ways = new Set(
    signatures.map(({ parameters }) => `${name}(${parameters.map((each) => each.name).join(', ')})`),
  );
  return checking.fault(
    'argument-count',
    `\`${name}\` does not take that many arguments.`,
    at,
    `Write ${[...ways].join(' or ')}.`,
  );
}

function checkAll(checking: Checking, asts: readonly Ast[], expected?: ValueType): readonly TypedExpression[] | null {
  const parts = asts.map((ast) => checking.check(ast, expected));
  return parts.every((part) => part !== null) ? parts : null;
}

/** Checks a condition: yes or no, nothing that merely could be read so. */
export function checkCondition(checking: Checking, ast: Ast): TypedExpression | null {
  const condition = checking.check(ast);
  if (condition === null || condition.type.kind === 'boolean' || condition.type.kind === 'null') return condition;
  const message = `A condition is expected, not ${describeType(condition.type)}.`;
  return checking.fault('wrong-type', message, ast, 'Compare it, for example with `!= null`.');
}

function checkIf(checking: Checking, call: Call, expected?: ValueType): TypedExpression | null {
  const [first, second, third] = call.arguments;
  if (first === undefined || second === undefined || third === undefined || call.arguments.length > 3) {
    return checking.fault(
      'argument-count',
      '`if` takes a condition and two values.',
      call,
      'Write if(condition, value, otherwise).',
    );
  }
  const condition = checkCondition(checking, first);
  const then = checking.check(second, expected);
  const otherwise = checking.check(third, expected);
  if (condition === null || then === null || otherwise === null) return null;
  const type = commonType(then.type, otherwise.type);
  if (type === null) {
    return checking.fault(
      'wrong-type',
      `\`if\` gives ${describeType(then.type)} or ${describeType(otherwise.type)}: they must be alike.`,
      call,
    );
  }
  return { node: 'if', condition, then, otherwise, type };
}

function checkCoalesce(checking: Checking, call: Call, expected?: ValueType): TypedExpression | null {
  const parts = checkAll(checking, call.arguments, expected);
  if (parts === null) return null;
  const first = parts[0];
  if (first === undefined) return checking.fault('argument-count', '`coalesce` needs at least one value.', call);
  let type = first.type;
  for (const [index, part] of parts.entries()) {
    const common = commonType(type, part.type);
    if (common === null) {
      return checking.fault(
        'wrong-type',
        `\`coalesce\` cannot give ${describeType(type)} and ${describeType(part.type)}.`,
        call.arguments[index] ?? call,
      );
    }
    type = common;
  }
  return { node: 'coalesce', arguments: parts, type };
}

function checkConcat(checking: Checking, call: Call): TypedExpression | null {
  const parts = checkAll(checking, call.arguments);
  return parts === null ? null : join(checking, parts, call.arguments);
}

/** Texts one after the other; numbers, dates and the like are written out first. */
export function join(
  checking: Checking,
  parts: readonly TypedExpression[],
  asts: readonly Ast[],
): TypedExpression | null {
  const written: TypedExpression[] = [];
  for (const [index, part] of parts.entries()) {
    const at = asts[index] ?? { position: 0, length: 0 };
    if (part.type.kind === 'record') {
      const message = 'A record has no text of its own.';
      return checking.fault('wrong-type', message, at, 'Name one of its fields, such as its name.');
    }
    if (part.type.kind === 'null') continue;
    if (part.node === 'join') written.push(...part.parts);
    else if (isWord(part.type)) written.push(part);
    else {
      const text = applyFunction(checking, 'text', [part], asts.slice(index, index + 1), at);
      if (text === null) return null;
      written.push(text);
    }
  }
  return { node: 'join', parts: written, type: TEXT };
}

function checkIsEmpty(checking: Checking, call: Call): TypedExpression | null {
  const [first, second] = call.arguments;
  if (first === undefined || second !== undefined) {
    return checking.fault('argument-count', '`is_empty` takes one value.', call);
  }
  const rows = rowsItself(checking, first);
  if (rows !== null) {
    const count: TypedExpression = {
      node: 'aggregate',
      aggregate: 'count',
      rows: rows.source,
      value: null,
      type: INTEGER,
    };
    return { node: 'compare', operator: '==', left: count, right: literal('0', INTEGER), type: BOOLEAN };
  }
  const value = checking.check(first);
  if (value === null) return null;
  if (value.type.kind === 'text') {
    const text: TypedExpression = { node: 'join', parts: [value], type: TEXT };
    return { node: 'compare', operator: '==', left: text, right: literal('', TEXT), type: BOOLEAN };
  }
  return { node: 'compare', operator: '==', left: value, right: literal(null, { kind: 'null' }), type: BOOLEAN };
}

function checkClock(checking: Checking, call: Call, clock: 'today' | 'now', type: ValueType): TypedExpression | null {
  if (call.arguments.length > 0) return checking.fault('argument-count', `\`${clock}\` takes no arguments.`, call);
  return { node: 'clock', clock, type };
}

function monthsAlone(checking: Checking, call: Call): null {
  const { name } = call.name;
  return checking.fault('wrong-type', `\`${name}\` has no fixed length.`, call, `Add it to a date: date + ${name}(n).`);
}

/** `min` and `max` of several values, taken two by two. */
function checkExtreme(checking: Checking, call: Call, parts: readonly TypedExpression[]): TypedExpression | null {
  let extreme = parts[0] ?? null;
  for (const [index, part] of parts.entries()) {
    if (index === 0 || extreme === null) continue;
    extreme = applyFunction(
      checking,
      call.name.name,
      [extreme, part],
      call.arguments.slice(index - 1, index + 1),
      call,
    );
  }
  return extreme;
}

/**
 * `date + months(n)`, `date - years(n)`: months have no fixed length, so they are added to a date and are no values
 * of their own. Undefined when the expression is nothing of that form.
 */
export function checkMonths(
  checking: Checking,
  operator: '+' | '-',
  left: Ast,
  right: Ast,
  at: Span,
): TypedExpression | null | undefined {
  const factor = right.node === 'call' ? MONTHS_IN.get(right.name.name) : undefined;
  if (right.node !== 'call' || factor === undefined) return undefined;
  const [count, surplus] = right.arguments;
  if (count === undefined || surplus !== undefined) {
    return checking.fault('argument-count', `\`${right.name.name}\` takes one number.`, right);
  }
  const date = checking.check(left);
  const units = checking.check(count);
  if (date === null || units === null) return null;
  const signed = operator === '+' ? factor : -factor;
  const months =
    signed === 1
      ? units
      : applyFunction(checking, '*', [units, literal(String(signed), NUMBER)], [count, count], right);
  return months === null ? null : applyFunction(checking, 'add_months', [date, months], [left, right], at);
}
