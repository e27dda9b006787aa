import { describe, expect, it } from 'vitest';
import { evaluationContext, LIBRARY, typed } from '../library.sample.ts';
import { conditionToSql, expressionToSql } from './index.ts';
import { sqliteFunctions } from './sqlite-functions.ts';
import type { PathStep } from '../ast.ts';
import type { SqlColumn, SqlTarget } from './target.ts';

/** Names columns by their path, without joins: `t.reader.name`. */
const target: SqlTarget = {
  column: (_frame, path) => columnAt('t', path),
  rows: (source) => ({
    column: (path) => columnAt('r', path),
    source: () => `FROM ${source.frame === 'group' ? source.entity : source.step.field} r WHERE r.parent_id = t.id`,
  }),
};

function columnAt(root: string, path: readonly PathStep[]): SqlColumn {
  const last = path.at(-1);
  const type = last?.field === 'id' ? undefined : LIBRARY[last?.entity ?? '']?.[last?.field ?? '']?.column;
  return { sql: [root, ...path.map(({ field }) => field)].join('.'), type: type ?? { kind: 'id' } };
}

describe('conditions leave columns bare, so that their indexes serve', () => {
  it.each([
    ['fee > 100', '(t.fee > 10000)', '(t.fee > 100)'],
    ['fee == 12.5', '(t.fee = 1250)', '(t.fee = 12.5)'],
    ['discount < 0.00005', '((t.discount * 10) < 5)', '(t.discount < 0.00005)'],
    ['extensions >= 3 and is_open', '((t.extensions >= 3) AND t.is_open)', '((t.extensions >= 3) AND t.is_open)'],
    ['fee == null', '(t.fee IS NULL)', '(t.fee IS NULL)'],
    ['reader == null', '(t.reader IS NULL)', '(t.reader IS NULL)'],
    ['reader == user.id', '(t.reader IS ?)', '(t.reader <=> ?)'],
    ['reader == "12"', '(t.reader = ?)', '(t.reader = ?)'],
    ['reader == asked.reader', '(t.reader IS ?)', '(t.reader <=> ?)'],
    ['fee >= asked.least', '(t.fee >= ?)', '(t.fee >= CAST(? AS DECIMAL(65,12)))'],
    [
      'note == asked.word',
      '(t.note IS ? AND (t.note COLLATE BINARY IS ? COLLATE BINARY))',
      '(t.note <=> ? AND (CAST(t.note AS BINARY) <=> CAST(? AS BINARY)))',
    ],
    ['reader == helper', '(t.reader IS t.helper)', '(t.reader <=> t.helper)'],
    ['due >= today()', '(t.due >= ?)', '(t.due >= CAST(? AS DATE))'],
    [
      'number == "A1"',
      '(t.number = ? AND (t.number COLLATE BINARY = ? COLLATE BINARY))',
      '(t.number = ? AND (CAST(t.number AS BINARY) = CAST(? AS BINARY)))',
    ],
    ['not is_open', '(NOT COALESCE(t.is_open, 0))', '(NOT COALESCE(t.is_open, 0))'],
    [
      'any(lines, days > 5)',
      'EXISTS (SELECT 1 FROM lines r WHERE r.parent_id = t.id AND COALESCE((r.days > 5), 0))',
      'EXISTS (SELECT 1 FROM lines r WHERE r.parent_id = t.id AND COALESCE((r.days > 5), 0))',
    ],
  ])('%s', (source, sqlite, mysql) => {
    expect(conditionToSql(typed(source), 'sqlite', target).sql).toBe(sqlite);
    expect(conditionToSql(typed(source), 'mysql', target).sql).toBe(mysql);
  });
});

describe('numbers on SQLite', () => {
  it.each([
    ['fee + fee - 1', '((t.fee + t.fee) - 100)'],
    ['fee + discount', 'rk_add(rk_decimal(CAST(t.fee AS TEXT), 2), rk_decimal(CAST(t.discount AS TEXT), 4))'],
    ['fee * 100', "rk_multiply(rk_decimal(CAST(t.fee AS TEXT), 2), '100')"],
    ['discount * 1000', '(t.discount * 1000)'],
    ['sum(lines.amount)', '(SELECT COALESCE(SUM(r.amount), 0) FROM lines r WHERE r.parent_id = t.id)'],
    [
      'sum(lines, fee)',
      '(SELECT COALESCE(SUM(CASE WHEN r.id IS NOT NULL THEN t.fee END), 0) FROM lines r WHERE r.parent_id = t.id)',
    ],
  ])('%s stay whole only where they cannot pass 64 bits', (source, expected) => {
    expect(expressionToSql(typed(source), 'sqlite', target).sql).toBe(expected);
  });
});

describe('bindings', () => {
  const values = evaluationContext({});

  it.each([
    ['reader == user.id', [7n], [7n]],
    ['reader == "no id"', [0n], [0n]],
    ['reader == "12"', [12n], [12n]],
    ['reader == asked.reader', [2n], [2n]],
    ['fee >= asked.least', [1250n], ['12.5']],
    ['fee > left', ['3.125'], ['3.125']],
    ['due < asked.since and asked.all', ['2026-01-15', 1], ['2026-01-15', 1]],
    ['note == asked.word', ['Semen', 'Semen'], ['Semen', 'Semen']],
    ['fee > user.limit', [150050n], ['1500.5']],
    ['settings.strict', [1], [1]],
    ['taken_at < now()', ['2026-03-15 08:30:00.250'], ['2026-03-15 08:30:00.250']],
    ['number == "it\'s" and note == user.name', ["it's", "it's", 'Sari', 'Sari'], ["it's", "it's", 'Sari', 'Sari']],
  ])('of %s', (source, sqlite, mysql) => {
    expect(conditionToSql(typed(source), 'sqlite', target).bindings(values)).toEqual(sqlite);
    expect(conditionToSql(typed(source), 'mysql', target).bindings(values)).toEqual(mysql);
  });

  it('are all there is of texts: none stands in the SQL', () => {
    const { sql } = conditionToSql(typed('number == "x\' OR 1=1 --" or contains(note, "\\"`;")'), 'mysql', target);
    expect(sql).not.toMatch(/OR 1=1|`|;/);
  });
});

describe('functions for SQLite', () => {
  it('give null for null', () => {
    for (const [name, implementation] of Object.entries(sqliteFunctions)) {
      if (!name.endsWith('_of') || name === 'rk_earlier_of' || name === 'rk_later_of') {
        expect([name, implementation(null, null, null)]).toEqual([name, null]);
      }
    }
  });

  it('keep numbers beyond 64 bits exact', () => {
    expect(sqliteFunctions['rk_add']?.('99999999999999999999.01', '0.99')).toBe('100000000000000000000');
    expect(sqliteFunctions['rk_decimal']?.('-9223372036854775807', 2)).toBe('-92233720368547758.07');
    expect(sqliteFunctions['rk_sum_of']?.('["0.1",null,"0.2"]')).toBe('0.3');
  });
});

it('SQL that would grow too long is refused', () => {
  const value = `concat(${Array(200).fill('number').join(', ')})`;
  const options = Array.from({ length: 60 }, (_, index) => `"${index}"`).join(', ');
  expect(() => conditionToSql(typed(`${value} in [${options}]`), 'mysql', target)).toThrow(RangeError);
});
