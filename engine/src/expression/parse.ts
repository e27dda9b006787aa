import { faultAt } from './fault.ts';
import { DEPTH_MAX, NODES_MAX, SOURCE_LENGTH_MAX } from './limits.ts';
import { tokenize } from './tokens.ts';
import type { Ast, BinaryOperator, ExpressionFault, NamedArgument, NameSegment, Span } from './ast.ts';
import type { Token } from './tokens.ts';

const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['&&', 'and'],
  ['||', 'or'],
]);

const NOT_BINDING = 3;
const COMPARISON_BINDING = 4;
const UNARY_BINDING = 7;

/** How strongly each infix operator holds its operands; `not` is the one of `not in`. */
const BINDING: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ...['==', '!=', '<', '<=', '>', '>=', 'in', 'not'].map((operator) => [operator, COMPARISON_BINDING] as const),
  ['+', 5],
  ['-', 5],
  ['*', 6],
  ['/', 6],
  ['%', 6],
]);

const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'true', 'false', 'null']);

/** Carries the first fault out of the recursive descent; never leaves this file. */
class Refused extends Error {
  readonly fault: ExpressionFault;
  constructor(fault: ExpressionFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Reads the text of an expression into its syntax tree. After the first fault nothing more can be said of it. */
export function parseExpression(source: string): { ast: Ast } | { fault: ExpressionFault } {
  if (source.length > SOURCE_LENGTH_MAX) {
    const message = `An expression has at most ${SOURCE_LENGTH_MAX} characters.`;
    return {
      fault: { code: 'too-long', message, position: SOURCE_LENGTH_MAX, length: source.length - SOURCE_LENGTH_MAX },
    };
  }
  const result = tokenize(source);
  if ('fault' in result) return result;
  try {
    return { ast: new Parser(result.tokens).whole() };
  } catch (error) {
    if (error instanceof Refused) return { fault: error.fault };
    throw error;
  }
}

/** Precedence climbing over the tokens, lowest binding first. */
class Parser {
  private readonly tokens: readonly Token[];
  private readonly depths = new WeakMap<Ast, number>();
  private index = 0;
  private nodes = 0;
  private nesting = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Ast {
    const ast = this.expression(0);
    if (this.token.kind !== 'end')
      this.refuse('unexpected', `${describe(this.token)} is not expected here.`, this.token);
    return ast;
  }

  private get token(): Token {
    return this.tokens[this.index] ?? { kind: 'end', value: '', position: 0, length: 0 };
  }

  /** The operator or keyword at hand in its canonical spelling; empty for anything else. */
  private get operator(): string {
    const { kind, value } = this.token;
    if (kind !== 'symbol' && kind !== 'name') return '';
    return SYNONYMS.get(value) ?? value;
  }

  private expression(binding: number): Ast {
    this.nesting += 1;
    if (this.nesting > DEPTH_MAX)
      this.refuse('too-deep', `An expression nests at most ${DEPTH_MAX} levels.`, this.token);
    let left = this.prefix();
    for (;;) {
      const operator = this.operator;
      const power = BINDING.get(operator);
      if (power === undefined || power <= binding) break;
      left = this.infix(left, operator, power);
      if (power === COMPARISON_BINDING && BINDING.get(this.operator) === COMPARISON_BINDING) {
        this.refuse(
          'chained-comparison',
          'Comparisons cannot follow one another.',
          this.token,
          'Join them with `and`.',
        );
      }
    }
    this.nesting -= 1;
    return left;
  }

  private infix(left: Ast, operator: string, power: number): Ast {
    this.index += 1;
    if (operator === 'not' || operator === 'in') {
      if (operator === 'not') this.expect('in', 'after `not`');
      const options = this.options();
      const value = this.make({ node: 'in', value: left, options, ...this.spanFrom(left) }, [left, ...options]);
      return operator === 'in'
        ? value
        : this.make({ node: 'unary', operator: 'not', operand: value, ...this.spanFrom(left) }, [value]);
    }
    const right = this.expression(power);
    return this.make({ node: 'binary', operator: operator as BinaryOperator, left, right, ...this.spanFrom(left) }, [
      left,
      right,
    ]);
  }

  private prefix(): Ast {
    const token = this.token;
    this.index += 1;
    const { position, length } = token;
    if (token.kind === 'number') return this.make({ node: 'number', value: token.value, position, length });
    if (token.kind === 'text') return this.make({ node: 'text', value: token.value, position, length });
    switch (token.value) {
      case 'true':
      case 'false':
        return this.make({ node: 'boolean', value: token.value === 'true', position, length });
      case 'null':
        return this.make({ node: 'null', position, length });
      case '(': {
        const inner = this.expression(0);
        this.expect(')', 'to close the parenthesis');
        return inner;
      }
      case '-':
        return this.unary('-', this.expression(UNARY_BINDING), token);
      case '!':
        return this.unary('not', this.expression(UNARY_BINDING), token);
      case 'not':
        return this.unary('not', this.expression(NOT_BINDING), token);
    }
    if (token.kind === 'name' && !KEYWORDS.has(token.value)) return this.nameOrCall(token);
    this.refuse('unexpected', `${describe(token)} stands where a value is expected.`, token);
  }

  private unary(operator: '-' | 'not', operand: Ast, start: Span): Ast {
    return this.make({ node: 'unary', operator, operand, ...this.spanFrom(start) }, [operand]);
  }

  private nameOrCall(token: Token): Ast {
    const name: NameSegment = { name: token.value, position: token.position, length: token.length };
    if (this.operator === '(') {
      this.index += 1;
      const { plain, named } = this.parameters();
      const member = this.symbolIs('.') ? this.member() : null;
      return this.make({ node: 'call', name, arguments: plain, named, member, ...this.spanFrom(token) }, [
        ...plain,
        ...named.map(({ value }) => value),
      ]);
    }
    const segments = [name];
    while (this.operator === '.') segments.push(this.member());
    return this.make({ node: 'path', segments, ...this.spanFrom(token) });
  }

  private symbolIs(symbol: string): boolean {
    return this.operator === symbol;
  }

  /** The name after a dot. */
  private member(): NameSegment {
    this.index += 1;
    const { kind, value, position, length } = this.token;
    if (kind !== 'name') this.refuse('unexpected', 'A field name is expected after the dot.', this.token);
    this.index += 1;
    return { name: value, position, length };
  }

  /** The arguments of a call: plain ones, then named ones (`item: line.item`). */
  private parameters(): { readonly plain: readonly Ast[]; readonly named: readonly NamedArgument[] } {
    const plain: Ast[] = [];
    const named: NamedArgument[] = [];
    if (this.operator !== ')') {
      do {
        if (plain.length + named.length > 0) this.index += 1;
        const { token } = this;
        const next = this.tokens[this.index + 1];
        if (token.kind === 'name' && next?.kind === 'symbol' && next.value === ':') {
          this.index += 2;
          const { value: name, position, length } = token;
          named.push({ name: { name, position, length }, value: this.expression(0) });
        } else if (named.length > 0) {
          this.refuse('unexpected', 'Plain arguments stand before the named ones.', token);
        } else plain.push(this.expression(0));
      } while (this.operator === ',');
    }
    this.expect(')', 'to close the call');
    return { plain, named };
  }

  private options(): readonly Ast[] {
    this.expect('[', 'after `in`');
    return this.separated(']', 'to close the list');
  }

  private separated(close: string, purpose: string): readonly Ast[] {
    const items: Ast[] = [];
    if (this.operator !== close) {
      items.push(this.expression(0));
      while (this.operator === ',') {
        this.index += 1;
        items.push(this.expression(0));
      }
    }
    this.expect(close, purpose);
    return items;
  }

  private expect(symbol: string, purpose: string): void {
    if (this.operator !== symbol) this.refuse('unexpected', `\`${symbol}\` is expected ${purpose}.`, this.token);
    this.index += 1;
  }

  private spanFrom(start: Span): Span {
    const last = this.tokens[this.index - 1] ?? start;
    return { position: start.position, length: last.position + last.length - start.position };
  }

  /** Counts the node and its depth, so that chains as well as parentheses stay within the limits. */
  private make(ast: Ast, children: readonly Ast[] = []): Ast {
    this.nodes += 1;
    if (this.nodes > NODES_MAX) this.refuse('too-large', `An expression has at most ${NODES_MAX} parts.`, ast);
    const depth = 1 + children.reduce((deepest, child) => Math.max(deepest, this.depths.get(child) ?? 0), 0);
    if (depth > DEPTH_MAX) this.refuse('too-deep', `An expression nests at most ${DEPTH_MAX} levels.`, ast);
    this.depths.set(ast, depth);
    return ast;
  }

  private refuse(code: string, message: string, at: Span, hint?: string): never {
    throw new Refused(faultAt(code, message, at, hint));
  }
}

function describe(token: Token): string {
  return token.kind === 'end' ? 'The end of the expression' : `\`${token.value}\``;
}
