import { faultAt } from './fault.ts';
import { FRACTION_DIGITS_MAX } from './limits.ts';
import type { ExpressionFault, Span } from './ast.ts';

export type Token = Span &
  (
    | { readonly kind: 'number' | 'text' | 'name' | 'symbol'; readonly value: string }
    | { readonly kind: 'end'; readonly value: '' }
  );

const SPACE = /[ \t\r\n]+/y;
const NUMBER = /\d+(?:\.\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SYMBOL = /==|!=|<=|>=|&&|\|\||[-+*/%<>!()[\],.:]/y;
const TEXT = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/y;

const WHOLE_DIGITS_MAX = 30;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', "'": "'", '"': '"' };

/** Splits source text into tokens, the last of kind `end`; or tells the first place that is no token. */
export function tokenize(source: string): { tokens: readonly Token[] } | { fault: ExpressionFault } {
  const tokens: Token[] = [];
  let position = match(SPACE, source, 0).length;
  while (position < source.length) {
    const read = readToken(source, position);
    if ('fault' in read) return read;
    tokens.push(read.token);
    position += read.token.length;
    position += match(SPACE, source, position).length;
  }
  tokens.push({ kind: 'end', value: '', position, length: 0 });
  return { tokens };
}

type Read = { readonly token: Token } | { readonly fault: ExpressionFault };

function readToken(source: string, position: number): Read {
  const number = match(NUMBER, source, position);
  if (number !== '') return readNumber(source, position, number);
  const text = match(TEXT, source, position);
  if (text !== '') return readText(position, text);
  const name = match(NAME, source, position);
  if (name !== '') return { token: { kind: 'name', value: name, position, length: name.length } };
  const symbol = match(SYMBOL, source, position);
  if (symbol !== '') return { token: { kind: 'symbol', value: symbol, position, length: symbol.length } };

  const character = String.fromCodePoint(source.codePointAt(position) ?? 0);
  if (character === "'" || character === '"') {
    const rest = { position, length: source.length - position };
    return refused('unclosed-text', 'A text is opened here and never closed.', rest, `Close it with ${character}.`);
  }
  const hint = character === '=' ? 'Write == to compare.' : undefined;
  const at = { position, length: character.length };
  return refused('unknown-character', `The character ${character} has no meaning here.`, at, hint);
}

function readNumber(source: string, position: number, value: string): Read {
  const { length } = value;
  if (match(NAME, source, position + length) !== '') {
    const hint = 'Write it in digits, without an exponent or a unit.';
    return refused('number-format', 'A number is followed by letters.', { position, length: length + 1 }, hint);
  }
  const [whole = '', fraction = ''] = value.split('.');
  if (whole.length > WHOLE_DIGITS_MAX || fraction.length > FRACTION_DIGITS_MAX) {
    const message = `A number has at most ${WHOLE_DIGITS_MAX} digits and ${FRACTION_DIGITS_MAX} after the point.`;
    return refused('number-format', message, { position, length });
  }
  return { token: { kind: 'number', value, position, length } };
}

function readText(position: number, quoted: string): Read {
  const { length } = quoted;
  const value = unescape(quoted.slice(1, -1));
  if (value !== null) return { token: { kind: 'text', value, position, length } };
  const hint = 'Known are \\n, \\t, \\\\, \\\' and \\".';
  return refused('text-escape', 'A backslash stands before a character it cannot escape.', { position, length }, hint);
}

/** What a pattern matches right at the position; empty when it does not. */
function match(pattern: RegExp, source: string, position: number): string {
  pattern.lastIndex = position;
  return pattern.exec(source)?.[0] ?? '';
}

function refused(code: string, message: string, at: Span, hint?: string): { fault: ExpressionFault } {
  return { fault: faultAt(code, message, at, hint) };
}

/** The text that a literal stands for, or null when it holds an unknown escape. */
function unescape(body: string): string | null {
  let known = true;
  const text = body.replace(/\\([^])/g, (_, character: string) => {
    const meaning = ESCAPES[character];
    if (meaning === undefined) known = false;
    return meaning ?? '';
  });
  return known ? text : null;
}
