import { describe, expect, it } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import { compileExpression } from './evaluate.ts';
import { evaluationContext, FINE_SCOPE, LINE_SCOPE, LOAN_SCOPE, number, typed } from './library.sample.ts';
import type { EvaluationContext, Row } from './evaluation.ts';
import type { Scope } from './scope.ts';
import type { Value } from '../metamodel/value-type.ts';

const LINES: readonly Row[] = [
  { book: '1', days: number('14'), rate: number('1500.50'), amount: number('100'), is_lost: false, remark: 'b' },
  { book: '2', days: number('7'), rate: number('2000'), amount: number('50'), is_lost: true, remark: null },
  { book: null, days: null, rate: number('0.25'), amount: number('25.5'), is_lost: null, remark: 'a' },
];

const LOAN: Row = {
  id: '5',
  number: 'L-00005',
  note: null,
  status: 'open',
  fee: number('1000.00'),
  discount: number('12.5'),
  extensions: number('0'),
  due: '2026-01-31',
  taken_at: '2025-12-31T23:30:00.000Z',
  opens: '08:30:00',
  kept: number('90061'),
  is_open: true,
  reader: '1',
  helper: '9',
  lines: LINES,
  fines: [],
};

const RECORDS = {
  'library.reader': { '1': { id: '1', name: 'Budi', days: number('14'), city: '3' } },
  'library.city': { '3': { id: '3', name: 'Bandung' } },
  'library.book': { '1': { price: number('80000') }, '2': { price: number('45000.125') } },
};

function shown(value: Value): string | boolean | null {
  return value instanceof Decimal ? value.toString() : (value as string | boolean | null);
}

function valueOf(
  source: string,
  scope: Scope = LOAN_SCOPE,
  context: EvaluationContext = evaluationContext(LOAN, { records: RECORDS }),
) {
  return shown(compileExpression(typed(source, scope))(context));
}

describe('arithmetic', () => {
  it.each([
    ['1 + 2 * 3', '7'],
    ['0.1 + 0.2', '0.3'],
    ['10 / 4', '2.5'],
    ['1 / 3', '0.333333333333'],
    ['2 / 3', '0.666666666667'],
    ['1 / 0', null],
    ['7 % 3', '1'],
    ['-7 % 3', '-1'],
    ['7 % 0', null],
    ['fee * (1 - discount / 100)', '875'],
    ['0.000001 * 0.0000001', '0'],
    ['0.000001 * 0.0000005', '0.000000000001'],
    ['round(2.345, 2)', '2.35'],
    ['round(-2.5)', '-3'],
    ['round(1234, -2)', '1200'],
    ['round(1.5, company.decimals)', '1.5'],
    ['floor(-1.5)', '-2'],
    ['ceil(-1.5)', '-1'],
    ['abs(-3.2)', '3.2'],
    ['sign(-0.01)', '-1'],
    ['sign(0.00)', '0'],
    ['sign(fee)', '1'],
    ['sign(due - today())', '-1'],
    ['sign(null)', null],
    ['min(3, 1, 2)', '1'],
    ['max(1, 2.5)', '2.5'],
    ['-fee', '-1000'],
  ])('%s = %s', (source, expected) => {
    expect(valueOf(source)).toBe(expected);
  });
});

describe('null', () => {
  it.each([
    ['fee + null', null],
    ['min(1, null)', null],
    ['note == null', true],
    ['note != null', false],
    ['null == null', true],
    ['note == "a"', false],
    ['note != "a"', true],
    ['null < 1', false],
    ['null >= 1', false],
    ['not (null < 1)', true],
    ['null and true', false],
    ['null or true', true],
    ['not null', true],
    ['if(null, 1, 2)', '2'],
    ['"a" + note', 'a'],
    ['concat(note, note)', ''],
    ['coalesce(note, null, "c")', 'c'],
    ['coalesce(note, null)', null],
    ['note in ["a", null]', true],
    ['note in ["a"]', false],
    ['number not in ["a", null]', true],
    ['is_empty(note)', true],
    ['is_empty("")', true],
    ['is_empty(number)', false],
    ['is_empty(fines)', true],
    ['is_empty(lines)', false],
    ['upper(note)', null],
    ['pad_start(note, 3, "0")', null],
    ['start_of_year(if(false, due, null))', null],
    ['left + asked.least', '15.625'],
    ['asked.since < due', true],
    ['reader == asked.reader', false],
    ['helper.name', null],
    ['helper.city.name', null],
  ])('%s is %s', (source, expected) => {
    expect(valueOf(source)).toBe(expected);
  });
});

describe('texts', () => {
  it.each([
    ['len("x😀é")', '3'],
    ['lower("ÀB-Σ")', 'àb-σ'],
    ['upper("straße")', 'STRAßE'],
    ['trim("  a b  ")', 'a b'],
    ['pad_start(text(42), 5, "0")', '00042'],
    ['pad_start("12345678", 5, "0")', '12345678'],
    ['pad_start("x😀", 6, "ab")', 'ababx😀'],
    ['pad_start("x", 3.9, "é")', 'ééx'],
    ['pad_start("x", 5, "")', 'x'],
    ['pad_start("x", -5, "0")', 'x'],
    ['pad_end(status, 7, ". ")', 'open. .'],
    ['len(pad_end("", 1000, "😀"))', '200'],
    ['contains(number, "000")', true],
    ['contains(number, "l")', false],
    ['contains(number, "")', true],
    ['starts_with(number, "L-")', true],
    ['digits("01.234-5 x²")', '012345'],
    ['digits("")', ''],
    ['ends_with(number, "5")', true],
    ['ends_with(number, "")', true],
    ['number + ": " + fee', 'L-00005: 1000'],
    ['"" + is_open + due', 'true2026-01-31'],
    ['text(1.50)', '1.5'],
    ['number("-12.50")', '-12.5'],
    ['number(" 1")', null],
    ['number("1\\n")', null],
    ['number(".5")', '0.5'],
    ['"é" < "z"', false],
    ['"\uffee" < "😀"', true],
    ['"a" < "ab"', true],
  ])('%s is %s', (source, expected) => {
    expect(valueOf(source)).toBe(expected);
  });
});

describe('dates', () => {
  it.each([
    ['today()', '2026-03-15'],
    ['now()', '2026-03-15T08:30:00.250Z'],
    ['due + days(reader.days)', '2026-02-14'],
    ['due - days(31)', '2025-12-31'],
    ['due + days(0.5)', '2026-01-31'],
    ['due - days(0.5)', '2026-01-31'],
    ['due + months(1)', '2026-02-28'],
    ['due - months(2)', '2025-11-30'],
    ['due + months(25)', '2028-02-29'],
    ['due + years(-1)', '2025-01-31'],
    ['taken_at + months(2)', '2026-02-28T23:30:00.000Z'],
    ['taken_at + minutes(45)', '2026-01-01T00:15:00.000Z'],
    ['taken_at - seconds(0.0015)', '2025-12-31T23:29:59.998Z'],
    ['number(due - date(2026, 1, 1))', '2592000'],
    ['number(now() - taken_at)', '6339600.25'],
    ['days_between(due, today())', '43'],
    ['days_between(today(), due)', '-43'],
    ['days_between(taken_at, due)', '31'],
    ['year(due) * 10000 + month(due) * 100 + day(due)', '20260131'],
    ['weekday(due)', '6'],
    ['weekday(date(2026, 2, 1))', '7'],
    ['weekday(date(1969, 12, 29))', '1'],
    ['start_of_month(today())', '2026-03-01'],
    ['end_of_month(date(2024, 2, 10))', '2024-02-29'],
    ['start_of_year(due)', '2026-01-01'],
    ['start_of_year(taken_at)', '2025-01-01'],
    ['end_of_year(due)', '2026-12-31'],
    ['end_of_year(now())', '2026-12-31'],
    ['start_of_year(date(7, 5, 3))', '0007-01-01'],
    ['end_of_month(date(1900, 2, 10))', '1900-02-28'],
    ['date(2026, 2, 30)', null],
    ['date(2026, 13, 1)', null],
    ['date(2026.5, 1, 1)', null],
    ['date(9999, 12, 31) + days(1)', null],
    ['date(1, 1, 1) - days(1)', null],
    ['date(taken_at)', '2025-12-31'],
    ['due < "2026-02-01"', true],
    ['opens == "08:30"', true],
    ['taken_at >= "2025-12-31T23:30:00Z"', true],
    ['max(due, today())', '2026-03-15'],
    ['kept > days(1)', true],
    ['number(kept / 2)', '45030.5'],
  ])('%s is %s', (source, expected) => {
    expect(valueOf(source)).toBe(expected);
  });
});

describe('links', () => {
  it.each([
    ['reader.name', 'Budi'],
    ['reader.city.name', 'Bandung'],
    ['reader.id', '1'],
    ['reader.city.id', '3'],
    ['reader == "1"', true],
    ['reader != helper', true],
    ['user.name', 'Sari'],
    ['fee * settings.rate', '110'],
  ])('%s is %s', (source, expected) => {
    expect(valueOf(source)).toBe(expected);
  });
});

describe('rows', () => {
  it.each([
    ['sum(lines.amount)', '175.5'],
    ['sum(lines.days * lines.rate)', '35007'],
    ['sum(lines, days * rate)', '35007'],
    ['sum(lines.book.price)', '125000.125'],
    ['sum(fines.amount)', '0'],
    ['avg(lines.days)', '10.5'],
    ['avg(fines.amount)', null],
    ['count(lines)', '3'],
    ['count(lines.days)', '2'],
    ['count(lines.is_lost)', '1'],
    ['count(lines, days > 5)', '2'],
    ['min(lines.rate)', '0.25'],
    ['max(lines.days)', '14'],
    ['min(lines.remark)', 'a'],
    ['max(fines.amount)', null],
    ['any(lines, days > 10)', true],
    ['any(lines.days > 20)', false],
    ['all(lines, days > 5)', false],
    ['all(fines, amount > 5)', true],
    ['any(fines, amount > 5)', false],
    ['any(lines, days > avg(lines.days))', true],
    ['count(lines, rate > avg(lines.rate))', '2'],
    ['sum(lines, amount * fee)', '175500'],
  ])('%s is %s', (source, expected) => {
    expect(valueOf(source)).toBe(expected);
  });

  it('see their owner', () => {
    const context = evaluationContext(LINES[0] ?? {}, { parent: LOAN, records: RECORDS });
    expect(valueOf('amount + fee', LINE_SCOPE, context)).toBe('1100');
    expect(valueOf('reader.name', LINE_SCOPE, context)).toBe('Budi');
    expect(valueOf('amount / sum(parent.lines.amount)', LINE_SCOPE, context)).toBe('0.569800569801');
  });

  it('being grouped are what aggregates of a derive run over', () => {
    const context = evaluationContext(
      { book: '1', base: number('7') },
      { parent: LOAN, group: LINES.slice(0, 2), records: RECORDS },
    );
    expect(valueOf('sum(amount)', FINE_SCOPE, context)).toBe('150');
    expect(valueOf('round(sum(amount) * book.price / 100, company.decimals)', FINE_SCOPE, context)).toBe('120000');
    expect(valueOf('base + count()', FINE_SCOPE, context)).toBe('9');
  });

  it('that are absent count as none', () => {
    expect(valueOf('count(lines)', LOAN_SCOPE, evaluationContext({}))).toBe('0');
  });
});

describe('limits', () => {
  it('of the digits of a number', () => {
    expect(() => valueOf(`${'9'.repeat(30)} * ${'9'.repeat(30)} * ${'9'.repeat(30)}`)).toThrow(RangeError);
  });

  it('of the length of a text', () => {
    const context = evaluationContext({ note: 'x'.repeat(20_000) });
    expect(() => valueOf('note + note + note + note', LOAN_SCOPE, context)).toThrow(RangeError);
  });

  it('of the rows that aggregates visit', () => {
    const lines = Array.from({ length: 1_500 }, () => ({ days: number('1') }));
    expect(() => valueOf('any(lines, days > avg(lines.days))', LOAN_SCOPE, evaluationContext({ lines }))).toThrow(
      RangeError,
    );
  });
});
