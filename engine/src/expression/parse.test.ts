import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from './parse.ts';
import type { Ast } from './ast.ts';

/** The tree with every operation in parentheses. */
function shape(ast: Ast): string {
  switch (ast.node) {
    case 'number':
      return ast.value;
    case 'text':
      return JSON.stringify(ast.value);
    case 'boolean':
      return String(ast.value);
    case 'null':
      return 'null';
    case 'path':
      return ast.segments.map(({ name }) => name).join('.');
    case 'call':
      return (
        `${ast.name.name}(${[...ast.arguments.map(shape), ...ast.named.map(({ name, value }) => `${name.name}: ${shape(value)}`)].join(', ')})` +
        (ast.member === null ? '' : `.${ast.member.name}`)
      );
    case 'unary':
      return `(${ast.operator} ${shape(ast.operand)})`;
    case 'binary':
      return `(${shape(ast.left)} ${ast.operator} ${shape(ast.right)})`;
    case 'in':
      return `(${shape(ast.value)} in [${ast.options.map(shape).join(', ')}])`;
  }
}

function parsed(source: string): Ast {
  const result = parseExpression(source);
  if ('fault' in result) throw new Error(result.fault.message);
  return result.ast;
}

describe('precedence', () => {
  it.each([
    ['1 + 2 * 3', '(1 + (2 * 3))'],
    ['1 - 2 - 3', '((1 - 2) - 3)'],
    ['8 / 4 / 2 % 3', '(((8 / 4) / 2) % 3)'],
    ['(1 + 2) * 3', '((1 + 2) * 3)'],
    ['-a * b', '((- a) * b)'],
    ['- -a', '(- (- a))'],
    ['a + b < c * d', '((a + b) < (c * d))'],
    ['a or b and c', '(a or (b and c))'],
    ['a && b || c', '((a and b) or c)'],
    ['not a == b', '(not (a == b))'],
    ['!a == b', '((not a) == b)'],
    ['not a and b', '((not a) and b)'],
    ['not not a', '(not (not a))'],
    ['a in [1, 2] and b', '((a in [1, 2]) and b)'],
    ['a not in [1]', '(not (a in [1]))'],
    ['a in []', '(a in [])'],
    ['not a in [1]', '(not (a in [1]))'],
    ['if(a, b, c) + 1', '(if(a, b, c) + 1)'],
    ['customer.group.name == "VIP"', '(customer.group.name == "VIP")'],
    ['today()', 'today()'],
    ["'it\\'s' + \"\\n\"", '("it\'s" + "\\n")'],
    ['"a\'b"', '"a\'b"'],
    ["find('a.b', role: 'x', kind: 1 + 2 * 3)", 'find("a.b", role: "x", kind: (1 + (2 * 3)))'],
    ['balance("a.b").value * 2', '(balance("a.b").value * 2)'],
    ['- f(in_stock: a or b).c', '(- f(in_stock: (a or b)).c)'],
    ['f(a: g(b: 1).c).d', 'f(a: g(b: 1).c).d'],
    ['f(not: 1, in: 2)', 'f(not: 1, in: 2)'],
    [' \t\n 1.50 \r\n', '1.50'],
    ['nothing.notable', 'nothing.notable'],
    ['constructor', 'constructor'],
  ])('%s', (source, expected) => {
    expect(shape(parsed(source))).toBe(expected);
  });
});

describe('places', () => {
  it('counts in characters of the source', () => {
    expect(parsed('  a.b + f(1)')).toMatchObject({
      position: 2,
      length: 10,
      left: {
        position: 2,
        length: 3,
        segments: [
          { name: 'a', position: 2, length: 1 },
          { name: 'b', position: 4, length: 1 },
        ],
      },
      right: { position: 8, length: 4, name: { name: 'f', position: 8, length: 1 } },
    });
  });
});

describe('faults', () => {
  it.each([
    ['', 'unexpected', 0],
    ['1 +', 'unexpected', 3],
    ['1 2', 'unexpected', 2],
    ['(1', 'unexpected', 2],
    ['f(1', 'unexpected', 3],
    ['f(1,)', 'unexpected', 4],
    ['a.', 'unexpected', 2],
    ['a.1', 'unexpected', 2],
    ['f(a: 1, 2)', 'unexpected', 8],
    ['f(a: 1, b)', 'unexpected', 8],
    ['f(a: )', 'unexpected', 5],
    ['f(a: 1,)', 'unexpected', 7],
    ['f("a": 1)', 'unexpected', 5],
    ['f(1).', 'unexpected', 5],
    ['f(1).2', 'unexpected', 5],
    ['f(1).a.b', 'unexpected', 6],
    ['a: 1', 'unexpected', 1],
    ['a not b', 'unexpected', 6],
    ['a in b', 'unexpected', 5],
    ['a = b', 'unknown-character', 2],
    ['a # b', 'unknown-character', 2],
    ['€', 'unknown-character', 0],
    ['"open', 'unclosed-text', 0],
    ['"a\\qb"', 'text-escape', 0],
    ['1e5', 'number-format', 0],
    ['12kg', 'number-format', 0],
    ['0.1234567890123', 'number-format', 0],
    ['1'.repeat(31), 'number-format', 0],
    ['a < b < c', 'chained-comparison', 6],
    ['a == b != c', 'chained-comparison', 7],
    ['and', 'unexpected', 0],
    ['f(true', 'unexpected', 6],
    ['.5', 'unexpected', 0],
  ])('%j is refused as %s at %i', (source, code, position) => {
    expect(parseExpression(source)).toMatchObject({ fault: { code, position } });
  });
});

describe('limits', () => {
  it.each([
    ['long', '1'.padEnd(4_001), 'too-long'],
    ['deep in parentheses', '('.repeat(70) + '1' + ')'.repeat(70), 'too-deep'],
    ['deep in negations', '-'.repeat(70) + 'a', 'too-deep'],
    ['deep as a chain', Array(70).fill('a').join('+'), 'too-deep'],
    ['many parts', `f(${Array(1_001).fill('a').join(',')})`, 'too-large'],
  ])('what is too %s is refused', (_, source, code) => {
    expect(parseExpression(source)).toMatchObject({ fault: { code } });
  });

  it('any text is read or refused, never thrown upon', () => {
    const fragments = fc.constantFrom(
      ...'()[].,:+-*/%<>=!&|"\'\\ 01.5abc_'.split(''),
      'not ',
      'in ',
      'and ',
      'null',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 60 }), (parts) => {
        const source = parts.join('');
        const result = parseExpression(source);
        if ('fault' in result) {
          expect(result.fault.position).toBeGreaterThanOrEqual(0);
          expect(result.fault.position + result.fault.length).toBeLessThanOrEqual(source.length);
        }
      }),
    );
  });
});
