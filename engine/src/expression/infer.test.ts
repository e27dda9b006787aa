import { describe, expect, it } from 'vitest';
import { FINE_SCOPE, libraryScope, LINE_SCOPE, LOAN_SCOPE, typed } from './library.sample.ts';
import { inferExpression } from './infer.ts';
import { parseExpression } from './parse.ts';
import type { ExpressionFault } from './ast.ts';
import type { Scope } from './scope.ts';
import type { ValueType } from '../metamodel/value-type.ts';

function faultsOf(source: string, scope: Scope = LOAN_SCOPE, expected?: ValueType): readonly ExpressionFault[] {
  const parsed = parseExpression(source);
  if ('fault' in parsed) throw new Error(parsed.fault.message);
  const inferred = inferExpression(parsed.ast, scope, expected);
  return 'faults' in inferred ? inferred.faults : [];
}

describe('types', () => {
  it.each<[string, ValueType]>([
    ['fee', { kind: 'number', scale: 2 }],
    ['fee + discount', { kind: 'number', scale: 4 }],
    ['fee * discount', { kind: 'number', scale: 6 }],
    ['discount * discount * discount * discount', { kind: 'number', scale: 12 }],
    ['fee / 2', { kind: 'number', scale: 12 }],
    ['fee + settings.rate', { kind: 'number', scale: null }],
    ['floor(fee)', { kind: 'number', scale: 0 }],
    ['-1.25', { kind: 'number', scale: 2 }],
    ['due + days(3)', { kind: 'date' }],
    ['due + months(1)', { kind: 'date' }],
    ['taken_at - hours(2)', { kind: 'datetime' }],
    ['due - today()', { kind: 'duration' }],
    ['date(taken_at)', { kind: 'date' }],
    ['number + 1', { kind: 'text' }],
    ['concat(due, fee)', { kind: 'text' }],
    ['reader', { kind: 'record', entity: 'library.reader' }],
    ['reader.id', { kind: 'text' }],
    ['reader.city.name', { kind: 'text' }],
    ['sum(lines.rate * lines.days)', { kind: 'number', scale: 2 }],
    ['avg(lines.rate)', { kind: 'number', scale: 12 }],
    ['max(lines.wanted_on)', { kind: 'date' }],
    ['count(lines)', { kind: 'number', scale: 0 }],
    ['any(lines, days > 5)', { kind: 'boolean' }],
    ['if(is_open, fee, null)', { kind: 'number', scale: 2 }],
    ['if(is_open, "open", status)', { kind: 'text' }],
    ['coalesce(null, due)', { kind: 'date' }],
    ['null', { kind: 'null' }],
    ['fee in [1, 2]', { kind: 'boolean' }],
  ])('%s', (source, type) => {
    expect(typed(source).type).toEqual(type);
  });
});

describe('names', () => {
  it('of a row mean its own fields before those of its owner', () => {
    expect(typed('amount', LINE_SCOPE)).toMatchObject({ node: 'path', frame: 'self' });
    expect(typed('fee', LINE_SCOPE)).toMatchObject({ node: 'path', frame: 'parent' });
    expect(typed('parent.fee', LINE_SCOPE)).toMatchObject({ node: 'path', frame: 'parent' });
    expect(typed('sum(parent.lines.amount)', LINE_SCOPE)).toMatchObject({ rows: { frame: 'parent' } });
  });

  it('inside an aggregate over named rows mean fields of the row first', () => {
    expect(typed('sum(lines, days * fee)')).toMatchObject({
      value: { arguments: [{ node: 'row-path' }, { node: 'path', frame: 'self' }] },
    });
  });

  it('beside a path through rows mean the record', () => {
    expect(typed('sum(lines.days * fee)')).toMatchObject({
      value: { arguments: [{ node: 'row-path' }, { node: 'path', frame: 'self' }] },
    });
    expect(faultsOf('sum(lines.days * rate)')).toMatchObject([{ code: 'unknown-name' }]);
  });

  it('inside an aggregate of a derive mean the rows being grouped', () => {
    expect(typed('sum(amount)', FINE_SCOPE)).toMatchObject({
      rows: { frame: 'group', entity: 'library.loan-line' },
      value: { node: 'row-path', path: [{ entity: 'library.loan-line', field: 'amount' }] },
    });
    expect(typed('amount', FINE_SCOPE)).toMatchObject({ frame: 'self', path: [{ entity: 'library.fine' }] });
    expect(typed('count()', FINE_SCOPE)).toMatchObject({ rows: { frame: 'group' }, value: null });
    expect(typed('any(group, is_lost)', FINE_SCOPE)).toMatchObject({ rows: { frame: 'group' } });
    expect(typed('max(base, amount)', FINE_SCOPE)).toMatchObject({ node: 'call', function: 'greatest' });
  });

  it('ending in the id of a link are the link itself, which need not be loaded', () => {
    expect(typed('reader.id')).toMatchObject({ path: [{ entity: 'library.loan', field: 'reader', kind: 'field' }] });
    expect(typed('reader.city.id')).toMatchObject({
      path: [
        { field: 'reader', kind: 'link' },
        { field: 'city', kind: 'field' },
      ],
    });
  });
});

describe('what is expected of an expression', () => {
  const option: ValueType = { kind: 'enum', options: ['open', 'closed'] };
  it.each<[string, ValueType]>([
    ['"open"', option],
    ['if(is_open, "open", "closed")', option],
    ['status', option],
    ['number', option],
    ['"2026-01-31"', { kind: 'date' }],
    ['"2026-01-31T10:00:00Z"', { kind: 'datetime' }],
    ['"09:30"', { kind: 'time' }],
    ['null', { kind: 'date' }],
    ['status', { kind: 'text' }],
    ['user.id', { kind: 'record', entity: 'library.reader' }],
    ['reader', { kind: 'record', entity: 'library.reader' }],
    ['fee * 1.5', { kind: 'number', scale: 0 }],
  ])('%s may stand for it', (source, expected) => {
    expect(faultsOf(source, LOAN_SCOPE, expected)).toEqual([]);
  });

  it.each<[string, ValueType, string]>([
    ['"opne"', option, 'unknown-option'],
    ['if(is_open, "opne", "closed")', option, 'unknown-option'],
    ['"2026-02-30"', { kind: 'date' }, 'date-format'],
    ['taken_at', { kind: 'date' }, 'wrong-type'],
    ['fee', { kind: 'text' }, 'wrong-type'],
    ['fee', { kind: 'boolean' }, 'wrong-type'],
    ['fee', { kind: 'duration' }, 'wrong-type'],
    ['reader', { kind: 'record', entity: 'library.book' }, 'wrong-type'],
    ['reader', { kind: 'text' }, 'wrong-type'],
  ])('%s may not', (source, expected, code) => {
    expect(faultsOf(source, LOAN_SCOPE, expected)).toMatchObject([{ code, position: expect.any(Number) }]);
  });
});

describe('faults', () => {
  it.each<[string, string, string, string?]>([
    ['feee + 1', 'unknown-name', 'feee', 'fee'],
    ['reader.nmae', 'unknown-field', 'nmae', 'name'],
    ['reader.city.nam', 'unknown-field', 'nam', 'name'],
    ['user.nme', 'unknown-field', 'nme', 'name'],
    ['user', 'incomplete-name', 'user', 'limit'],
    ['user.name.first', 'not-a-link', 'first'],
    ['number.length', 'not-a-link', 'number'],
    ['rond(fee)', 'unknown-function', 'rond', 'round'],
    ['constructor', 'unknown-name', 'constructor'],
    ['user.constructor', 'unknown-field', 'constructor'],
    ['toString()', 'unknown-function', 'toString'],
    ['status == "opne"', 'unknown-option', '"opne"', 'open'],
    ['status in ["open", "lost"]', 'unknown-option', '"lost"'],
    ['due > "31-01-2026"', 'date-format', '"31-01-2026"', 'YYYY-MM-DD'],
    ['due + 1', 'wrong-type', 'due + 1'],
    ['due == taken_at', 'wrong-type', 'due == taken_at', 'date(x)'],
    ['fee == number', 'wrong-type', 'fee == number', 'number(x)'],
    ['reader < helper', 'wrong-type', 'reader < helper'],
    ['status < "open"', 'wrong-type', 'status < "open"'],
    ['reader == lines', 'rows-as-value', 'lines'],
    ['lines.rate + 1', 'rows-as-value', 'lines.rate', 'sum'],
    ['if(fee, 1, 2)', 'wrong-type', 'fee', '!= null'],
    ['if(is_open, 1, "a")', 'wrong-type', 'if(is_open, 1, "a")'],
    ['if(is_open, 1)', 'argument-count', 'if(is_open, 1)'],
    ['fee and is_open', 'wrong-type', 'fee'],
    ['not number', 'wrong-type', 'number'],
    ['round()', 'argument-count', 'round()', 'round(x, places)'],
    ['round(due)', 'wrong-type', 'due'],
    ['lower(fee)', 'wrong-type', 'fee'],
    ['months(3)', 'wrong-type', 'months(3)', 'date + months(n)'],
    ['due + months(1, 2)', 'argument-count', 'months(1, 2)'],
    ['sum(fee)', 'not-rows', 'fee'],
    ['sum(lines)', 'argument-count', 'sum(lines)'],
    ['sum(lines.remark)', 'wrong-type', 'lines.remark'],
    ['any(lines.days)', 'wrong-type', 'lines.days'],
    ['sum(lines.rate * fines.amount)', 'different-rows', 'lines.rate * fines.amount'],
    ['sum(fee, lines.rate)', 'not-rows', 'fee'],
    ['concat(reader)', 'wrong-type', 'reader'],
    ['text(reader)', 'wrong-type', 'text(reader)'],
    ['today(1)', 'argument-count', 'today(1)'],
    ['coalesce()', 'argument-count', 'coalesce()'],
    ['coalesce(1, due)', 'wrong-type', 'due'],
    ['parent.fee', 'unknown-name', 'parent'],
    ['count()', 'argument-count', 'count()'],
    ['any(lines, any(fines, days > amount))', 'outer-row', 'days'],
    ['any(lines, any(fines, lines.days > 1))', 'outer-row', 'lines.days'],
    ['any(lines, any(lines, any(lines, is_lost)))', 'too-deep', 'any(lines, is_lost)'],
  ])('%s → %s at %s', (source, code, place, hint) => {
    const [fault, ...others] = faultsOf(source);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ code });
    expect(source.slice(fault!.position, fault!.position + fault!.length)).toBe(place);
    if (hint !== undefined) expect(fault!.hint).toContain(hint);
  });

  it('are all told at once, in the order of the text', () => {
    const found = faultsOf('feee + rond(1) > if(fee, nmber, status == "opne")');
    expect(found.map(({ code }) => code)).toEqual([
      'unknown-name',
      'unknown-function',
      'wrong-type',
      'unknown-name',
      'unknown-option',
    ]);
  });

  it('name what may be seen where there is no record', () => {
    expect(faultsOf('fee', libraryScope())).toMatchObject([{ message: 'There is no field `fee` here.' }]);
  });
});

describe('a typed expression', () => {
  it('is plain JSON', () => {
    const expression = typed(
      'round(sum(lines.rate * lines.days) * (1 - discount / 100), 2) > 5 and reader.city.name != null',
    );
    expect(JSON.parse(JSON.stringify(expression))).toEqual(expression);
  });
});
