import { describe, expect, it } from 'vitest';
import { evaluationContext, LOAN_SCOPE, number } from './library.sample.ts';
import { compileTemplate, inferTemplate, parseTemplate } from './template.ts';
import type { TypedTemplate } from './ast.ts';

function typedTemplate(source: string): TypedTemplate {
  const parsed = parseTemplate(source);
  if ('fault' in parsed) throw new Error(parsed.fault.message);
  const inferred = inferTemplate(parsed.template, LOAN_SCOPE);
  if ('faults' in inferred) throw new Error(inferred.faults.map(({ message }) => message).join(' '));
  return inferred.template;
}

const CONTEXT = evaluationContext(
  { number: 'L-1', fee: number('1500.50'), due: '2026-01-31', reader: '1', note: null },
  { records: { 'library.reader': { '1': { name: 'Budi' } } } },
);

describe('a template', () => {
  it.each([
    ['', ''],
    ['plain', 'plain'],
    ['{number} · {reader.name}', 'L-1 · Budi'],
    ['{fee * 2} until {due}', '3001 until 2026-01-31'],
    ['[{note}]', '[]'],
    ['{{{number}}}', '{L-1}'],
    ['{"}" + number + \'{\'}', '}L-1{'],
    ['{"\\"}"}', '"}'],
  ])('%s gives %s', (source, expected) => {
    expect(compileTemplate(typedTemplate(source))(CONTEXT)).toBe(expected);
  });

  it('writes values the way it is told', () => {
    const write = compileTemplate(typedTemplate('{fee} {due}'), (value, type) => `<${type.kind} ${String(value)}>`);
    expect(write(CONTEXT)).toBe('<number 1500.5> <date 2026-01-31>');
  });

  it('is cut where it grows too long', () => {
    const context = evaluationContext({ number: 'x'.repeat(40_000) });
    expect(compileTemplate(typedTemplate('{number}{number}'))(context)).toHaveLength(65_536);
  });

  it.each([
    ['{number', 'unclosed-brace', 0],
    ['a } b', 'unexpected', 2],
    ['ab {1 +} c', 'unexpected', 7],
    ['{}', 'unexpected', 1],
    ['x'.repeat(4_001), 'too-long', 4_000],
  ])('%s is refused', (source, code, position) => {
    expect(parseTemplate(source)).toMatchObject({ fault: { code, position } });
  });

  it('tells all faults of its expressions at their places in the whole text', () => {
    const parsed = parseTemplate('{nmber} of {reader} and {reader.nam}');
    if ('fault' in parsed) throw new Error(parsed.fault.message);
    expect(inferTemplate(parsed.template, LOAN_SCOPE)).toMatchObject({
      faults: [
        { code: 'unknown-name', position: 1, length: 5 },
        { code: 'wrong-type', position: 12, length: 6 },
        { code: 'unknown-field', position: 32, length: 3 },
      ],
    });
  });
});
