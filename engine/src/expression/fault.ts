import type { ExpressionFault, Span } from './ast.ts';

export function faultAt(code: string, message: string, at: Span, hint?: string): ExpressionFault {
  return { code, message, position: at.position, length: at.length, ...(hint === undefined ? {} : { hint }) };
}

export function didYouMean(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `Did you mean \`${name}\`?`;
}
