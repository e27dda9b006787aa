import { describe, expect, it } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import { dependenciesOf } from './dependencies.ts';
import { compileExpression } from './evaluate.ts';
import { inferExpression } from './infer.ts';
import { DEFAULT_SCOPE, evaluationContext, LINE_SCOPE, number, SERVER_SCOPE, typed } from './library.sample.ts';
import { parseExpression } from './parse.ts';
import { expressionToSql } from './sql/index.ts';
import type { ExpressionFault } from './ast.ts';
import type { EvaluationContext } from './evaluation.ts';
import type { Scope } from './scope.ts';
import type { Value } from '../metamodel/value-type.ts';

const BOOK = { kind: 'record', entity: 'library.book' };

function faultsOf(source: string, scope: Scope = SERVER_SCOPE): readonly ExpressionFault[] {
  const parsed = parseExpression(source);
  if ('fault' in parsed) throw new Error(parsed.fault.message);
  const inferred = inferExpression(parsed.ast, scope);
  return 'faults' in inferred ? inferred.faults : [];
}

describe('what is looked up', () => {
  it.each<[string, unknown]>([
    [
      "find('library.book', title: 'Laskar Pelangi')",
      {
        node: 'find',
        entity: 'library.book',
        by: [{ name: 'title', value: { node: 'literal', value: 'Laskar Pelangi' }, reference: null }],
        type: BOOK,
      },
    ],
    ["coalesce(book, find('library.book', published: '2026-01-31'))", { node: 'coalesce', type: BOOK }],
    ["find('library.loan', status: 'late')", { by: [{ value: { type: { kind: 'enum' } } }] }],
    ["find('library.loan', reader: user.id, helper: null)", { by: [{ name: 'reader' }, { name: 'helper' }] }],
    [
      "balance('library.out', book: book).value",
      {
        node: 'balance',
        ledger: 'library.out',
        measure: 'value',
        at: [{ name: 'book', value: { node: 'path' }, reference: null }],
        type: { kind: 'number', scale: 2 },
      },
    ],
    ["balance('library.out').copies", { at: [], type: { kind: 'number', scale: 0 } }],
    ["balance('library.out', book: '12', day: due).copies", { at: [{ name: 'book' }, { name: 'day' }] }],
    // Any record may stand there: it is named with its entity.
    [
      "balance('library.out', book: book, until: due).copies",
      { at: [{ name: 'book' }], until: { node: 'path', type: { kind: 'date' } } },
    ],
    ["balance('library.out', holder: reader).copies", { at: [{ reference: 'library.reader' }] }],
    ["balance('library.out', holder: id).copies", { at: [{ reference: 'library.loan-line' }] }],
    ["balance('library.out', holder: parent.id).copies", { at: [{ reference: 'library.loan' }] }],
    ["balance('library.out', holder: asked.reader).copies", { at: [{ reference: 'library.reader' }] }],
    ["balance('library.out', holder: 'library.reader:7').copies", { at: [{ reference: null }] }],
    [
      "moved('library.out', line: id).copies",
      { node: 'moved', reference: 'library.loan-line', measure: 'copies', type: { kind: 'number', scale: 0 } },
    ],
    ["moved('library.out', line: book).value", { reference: 'library.book' }],
  ])('%s', (source, expected) => {
    expect(typed(source, SERVER_SCOPE)).toMatchObject(expected as object);
  });

  it('is plain JSON', () => {
    const expression = typed("find('library.book', title: balance('library.out').value + '')", SERVER_SCOPE);
    expect(JSON.parse(JSON.stringify(expression))).toEqual(expression);
  });

  it('needs what its arguments read, also inside one another', () => {
    const source =
      "if(moved('library.out', line: id).copies > left, find('library.book', title: reader.name), " +
      "find('library.book', title: text(balance('library.out', book: book, day: due).copies)))";
    const places = dependenciesOf(typed(source, SERVER_SCOPE)).map(
      ({ frame, path }) => `${frame}: ${path.map(({ field }) => field).join('.')}`,
    );
    expect(places).toEqual(['self: id', 'parent: reader.name', 'self: book', 'parent: due']);
  });
});

describe('faults', () => {
  it.each<[string, string, string, string?]>([
    ["find('library.bok', title: 'a')", 'unknown-entity', "'library.bok'"],
    ["find('constructor', title: 'a')", 'unknown-entity', "'constructor'"],
    ["find('library.book')", 'argument-count', "find('library.book')"],
    ["find(title: 'a')", 'argument-count', "find(title: 'a')"],
    ["find(book, title: 'a')", 'argument-count', 'book'],
    ["find('library.book', titel: 'a')", 'unknown-name', 'titel', 'title'],
    ["find('library.book', digits: 1)", 'unknown-name', 'digits'],
    ["find('library.book', constructor: 'a')", 'unknown-name', 'constructor'],
    ["find('library.book', title: 'a', title: 'b')", 'duplicate-argument', 'title'],
    ["find('library.book', title: 12)", 'wrong-type', '12'],
    ["find('library.book', published: 'yesterday')", 'date-format', "'yesterday'"],
    ["find('library.loan', status: 'lost')", 'unknown-option', "'lost'"],
    ["find('library.loan', reader: book)", 'wrong-type', 'book'],
    ["find('library.book', title: 'a').price", 'unexpected', 'price'],
    ["balance('library.in').copies", 'unknown-ledger', "'library.in'", 'library.out'],
    ["balance('toString').copies", 'unknown-ledger', "'toString'"],
    ["balance('library.out')", 'missing-measure', "balance('library.out')", '.copies'],
    ["balance('library.out').copis", 'unknown-measure', 'copis', 'copies'],
    ["balance('library.out').constructor", 'unknown-measure', 'constructor'],
    ["balance('library.out', bok: book).copies", 'unknown-name', 'bok', 'book'],
    ["balance('library.out', book: reader).copies", 'wrong-type', 'reader'],
    ["balance('library.out', holder: fee).copies", 'wrong-type', 'fee'],
    ["balance('library.out', until: reader).copies", 'wrong-type', 'reader'],
    ["balance('library.out', book: bok).copies", 'unknown-name', 'bok', 'book'],
    ["moved('library.out').copies", 'argument-count', "moved('library.out').copies"],
    ["moved('library.out', row: id).copies", 'argument-count', "moved('library.out', row: id).copies"],
    ["moved('library.out', line: fee).copies", 'wrong-type', 'fee'],
    ['round(fee, places: 2)', 'unexpected', 'places'],
    ['round(fee).up', 'unexpected', 'up'],
    ['sum(parent.lines.days).up', 'unexpected', 'up'],
    ['if(true, 1, 2).up', 'unexpected', 'up'],
    ['left.over', 'unknown-name', 'over'],
    ['asked', 'incomplete-name', 'asked', 'since'],
    ['asked.sinse', 'unknown-name', 'sinse', 'since'],
    ['asked.constructor', 'unknown-name', 'constructor'],
    ['asked.reader.name', 'unknown-name', 'name'],
    ['aksed.since', 'unknown-name', 'aksed', 'asked'],
  ])('%s → %s at %s', (source, code, place, hint) => {
    const [fault, ...others] = faultsOf(source);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ code });
    expect(source.slice(fault?.position, (fault?.position ?? 0) + (fault?.length ?? 0))).toBe(place);
    if (hint !== undefined) expect(fault?.hint).toContain(hint);
  });

  it.each([
    "find('library.book', title: 'a')",
    "balance('library.out').copies",
    "moved('library.out', line: id).copies",
  ])('%s is told where it is known when it stands elsewhere', (source) => {
    expect(faultsOf(source, LINE_SCOPE)).toMatchObject([
      { code: 'not-here', message: expect.stringContaining('postings, flows') as string },
    ]);
  });
});

describe('names given by who runs the expression', () => {
  it('stand behind fields and before globals', () => {
    const hidden = { ...LINE_SCOPE, locals: { amount: BOOLEAN, user: { members: { name: BOOLEAN } } } } as Scope;
    expect(typed('amount', hidden)).toMatchObject({ node: 'path' });
    expect(typed('user.name', hidden)).toMatchObject({ node: 'local', local: 'user', field: 'name' });
    expect(typed('left', LINE_SCOPE)).toMatchObject({ node: 'local', local: 'left', field: null });
  });

  it('are seen inside of aggregates too', () => {
    expect(typed('sum(parent.lines, days * left)', LINE_SCOPE)).toMatchObject({
      value: { arguments: [{ node: 'row-path' }, { node: 'local' }] },
    });
  });

  it('are null where nobody gives them', () => {
    for (const source of ['left', 'asked.since']) {
      expect(compileExpression(typed(source))(evaluationContext({}, { locals: {} }))).toBeNull();
    }
  });
});

const BOOLEAN = { kind: 'boolean' } as const;

const LINE = { id: '31', book: '4', days: number('3') };

function valueOf(source: string, others: Partial<EvaluationContext> = {}): Value {
  const context = evaluationContext(LINE, { parent: { id: '12', reader: '9', due: '2026-02-01' }, ...others });
  return compileExpression(typed(source, SERVER_SCOPE))(context);
}

describe('evaluation', () => {
  it.each<[string, unknown[]]>([
    ["find('library.book', title: 'a', published: due)", ['library.book', { title: 'a', published: '2026-02-01' }]],
    ["balance('library.out', book: book).value", ['library.out', { book: '4' }, 'value']],
    ["balance('library.out', holder: reader).value", ['library.out', { holder: 'library.reader:9' }, 'value']],
    ["balance('library.out', holder: parent.id).value", ['library.out', { holder: 'library.loan:12' }, 'value']],
    ["balance('library.out', holder: helper).value", ['library.out', { holder: null }, 'value']],
    ["balance('library.out').value", ['library.out', {}, 'value']],
    ["moved('library.out', line: id).copies", ['library.out', 'library.loan-line:31', 'copies']],
    ["moved('library.out', line: helper).copies", ['library.out', null, 'copies']],
  ])('%s asks', (source, asked) => {
    const calls: unknown[][] = [];
    const ask = (...args: readonly unknown[]): null => {
      calls.push([...args]);
      return null;
    };
    valueOf(source, { find: ask, balance: ask, moved: ask });
    expect(calls).toEqual([asked]);
  });

  it('gives what is answered', () => {
    const answers = { find: () => '8', balance: () => number('2.5'), moved: () => number('-1') };
    expect(valueOf("find('library.book', title: 'a')", answers)).toBe('8');
    expect(valueOf("balance('library.out').copies * days + left", answers)).toEqual(number('10.625'));
    expect(valueOf("moved('library.out', line: book).copies", answers)).toEqual(number('-1'));
    expect(valueOf("find('library.book', title: 'a') == book", answers)).toBe(false);
  });

  it('gives null and zero where nothing can be asked, as in a browser', () => {
    expect(valueOf("find('library.book', title: 'a')")).toBeNull();
    expect(valueOf("balance('library.out', book: book).value")).toEqual(Decimal.zero);
    expect(valueOf("moved('library.out', line: id).copies")).toEqual(Decimal.zero);
  });

  it('asks only for what a choice takes', () => {
    const balance = (): never => {
      throw new Error('asked');
    };
    expect(valueOf("if(days > 5, balance('library.out').value, 0)", { balance })).toEqual(Decimal.zero);
  });
});

describe('in SQL', () => {
  const target = {
    column: () => ({ sql: 't.x', type: { kind: 'id' } as const }),
    rows: (): never => {
      throw new Error('no rows');
    },
  };

  it.each([
    "find('library.book', title: 'a')",
    "balance('library.out').copies",
    "moved('library.out', line: id).copies",
  ])('%s is refused', (source) => {
    for (const dialect of ['sqlite', 'mysql'] as const) {
      expect(() => expressionToSql(typed(source, SERVER_SCOPE), dialect, target)).toThrow('asked for beforehand');
    }
  });
});

describe('what is picked', () => {
  it.each<[string, unknown]>([
    [
      "pick('library.book', title: remark, published: at_most(parent.due), price: at_least(rate)).price",
      {
        node: 'pick',
        entity: 'library.book',
        field: 'price',
        by: [
          { name: 'title', fits: 'equal', value: { node: 'path' } },
          { name: 'published', fits: 'at-most', value: { frame: 'parent' } },
          { name: 'price', fits: 'at-least', value: { frame: 'self' } },
        ],
        type: { kind: 'number', scale: 3 },
      },
    ],
    ["pick('library.book', title: null)", { field: null, type: BOOK }],
    ["coalesce(book, pick('library.book', title: 'a'))", { node: 'coalesce', type: BOOK }],
  ])('%s', (source, expected) => {
    expect(typed(source, DEFAULT_SCOPE)).toMatchObject(expected as object);
  });

  it('needs what its values read', () => {
    const source = "pick('library.book', title: parent.reader.name, price: at_most(rate)).price";
    const places = dependenciesOf(typed(source, DEFAULT_SCOPE)).map(
      ({ frame, path }) => `${frame}: ${path.map(({ field }) => field).join('.')}`,
    );
    expect(places).toEqual(['parent: reader.name', 'self: rate']);
  });

  it.each<[string, string, string]>([
    ["pick('library.bok', title: 'a')", 'unknown-entity', "'library.bok'"],
    ["pick('library.book')", 'argument-count', "pick('library.book')"],
    ["pick('library.book', titel: 'a')", 'unknown-name', 'titel'],
    ["pick('library.book', digits: 1)", 'unknown-name', 'digits'],
    ["pick('library.book', title: at_most('a'))", 'wrong-type', "at_most('a')"],
    ["pick('library.book', price: at_most())", 'argument-count', 'at_most()'],
    ["pick('library.book', price: at_most(1, 2))", 'argument-count', 'at_most(1, 2)'],
    ["pick('library.book', price: at_most(due))", 'wrong-type', 'due'],
    ["pick('library.book', title: 'a').prise", 'unknown-name', 'prise'],
    ['at_most(rate)', 'unknown-function', 'at_most'],
  ])('%s → %s at %s', (source, code, place) => {
    const [fault, ...others] = faultsOf(source, DEFAULT_SCOPE);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ code });
    expect(source.slice(fault?.position, (fault?.position ?? 0) + (fault?.length ?? 0))).toBe(place);
  });

  it.each([SERVER_SCOPE, LINE_SCOPE])('is told where it is known when it stands elsewhere', (scope) => {
    expect(faultsOf("pick('library.book', title: 'a')", scope)).toMatchObject([
      { code: 'not-here', message: expect.stringContaining('defaults') as string },
    ]);
  });

  it('gives nothing while nobody can look it up', () => {
    const evaluate = compileExpression(typed("pick('library.book', title: 'a').price", DEFAULT_SCOPE));
    expect(evaluate(evaluationContext({}))).toBeNull();
  });
});
