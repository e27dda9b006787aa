import { SOURCE_LENGTH_MAX, TEXT_LENGTH_MAX } from './limits.ts';
import { compileExpression } from './evaluate.ts';
import { faultAt } from './fault.ts';
import { inferExpression } from './infer.ts';
import { parseExpression } from './parse.ts';
import type { Ast, ExpressionFault, TypedExpression, TypedTemplate } from './ast.ts';
import type { EvaluationContext } from './evaluation.ts';
import type { Scope } from './scope.ts';
import type { Value, ValueType } from '../metamodel/value-type.ts';

/** A template as it was written, in which names are not resolved yet. */
export interface TemplateAst {
  readonly parts: readonly (string | { readonly ast: Ast; readonly position: number })[];
}

/** How a value is written into a template; the default writes numbers and dates plainly. */
export type WriteValue = (value: Exclude<Value, null>, type: ValueType) => string;

const writePlainly: WriteValue = (value) => String(value);

/**
 * Reads a text with expressions in braces: `{number} · {customer.name}`. A brace that is meant as such is doubled.
 * Positions of faults count from the start of the whole template.
 */
export function parseTemplate(source: string): { template: TemplateAst } | { fault: ExpressionFault } {
  if (source.length > SOURCE_LENGTH_MAX) {
    return refused(
      'too-long',
      `A template has at most ${SOURCE_LENGTH_MAX} characters.`,
      SOURCE_LENGTH_MAX,
      source.length - SOURCE_LENGTH_MAX,
    );
  }
  const parts: TemplateAst['parts'][number][] = [];
  let text = '';
  let position = 0;
  while (position < source.length) {
    const character = source.charAt(position);
    if ((character === '{' || character === '}') && source.charAt(position + 1) === character) {
      text += character;
      position += 2;
    } else if (character === '}') {
      return refused('unexpected', 'A brace is closed that was never opened.', position, 1, 'Write }} for a brace.');
    } else if (character === '{') {
      const end = endOfExpression(source, position + 1);
      if (end < 0)
        return refused(
          'unclosed-brace',
          'A brace is opened here and never closed.',
          position,
          source.length - position,
          'Write {{ for a brace.',
        );
      const parsed = parseExpression(source.slice(position + 1, end));
      if ('fault' in parsed) return { fault: moved(parsed.fault, position + 1) };
      if (text !== '') parts.push(text);
      text = '';
      parts.push({ ast: parsed.ast, position: position + 1 });
      position = end + 1;
    } else {
      text += character;
      position += 1;
    }
  }
  if (text !== '') parts.push(text);
  return { template: { parts } };
}

/** Where the brace closes that an expression stands in; braces within its texts do not count. Negative when nowhere. */
function endOfExpression(source: string, start: number): number {
  let quote = '';
  for (let index = start; index < source.length; index += 1) {
    const character = source.charAt(index);
    if (quote !== '') {
      if (character === '\\') index += 1;
      else if (character === quote) quote = '';
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '}') return index;
  }
  return -1;
}

/** Resolves and types the expressions of a template. Answers all faults at once. */
export function inferTemplate(
  { parts }: TemplateAst,
  scope: Scope,
): { template: TypedTemplate } | { faults: ExpressionFault[] } {
  const faults: ExpressionFault[] = [];
  const typed: (string | TypedExpression)[] = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      typed.push(part);
      continue;
    }
    const inferred = inferExpression(part.ast, scope);
    if ('faults' in inferred) {
      faults.push(...inferred.faults.map((fault) => moved(fault, part.position)));
    } else if (inferred.expression.type.kind === 'record') {
      const { position, length } = part.ast;
      const message = 'A record has no text of its own.';
      faults.push({
        code: 'wrong-type',
        message,
        hint: 'Name one of its fields, such as its name.',
        position: position + part.position,
        length,
      });
    } else typed.push(inferred.expression);
  }
  return faults.length > 0 ? { faults } : { template: { parts: typed } };
}

/**
 * Makes a typed template a function that writes it. Null is written as nothing. The text is cut at 64 K characters.
 * `write` gives numbers, dates and options the form people of some language expect.
 */
export function compileTemplate(
  template: TypedTemplate,
  write: WriteValue = writePlainly,
): (context: EvaluationContext) => string {
  const parts = template.parts.map((part) => {
    if (typeof part === 'string') return () => part;
    const evaluate = compileExpression(part);
    return (context: EvaluationContext) => {
      const value = evaluate(context);
      return value === null ? '' : write(value, part.type);
    };
  });
  return (context) => {
    let text = '';
    for (const part of parts) text += part(context);
    return text.length > TEXT_LENGTH_MAX ? text.slice(0, TEXT_LENGTH_MAX) : text;
  };
}

function moved(fault: ExpressionFault, by: number): ExpressionFault {
  return { ...fault, position: fault.position + by };
}

function refused(
  code: string,
  message: string,
  position: number,
  length: number,
  hint?: string,
): { fault: ExpressionFault } {
  return { fault: faultAt(code, message, { position, length }, hint) };
}
