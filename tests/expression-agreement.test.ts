import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Decimal } from '../engine/src/base/decimal.ts';
import { compileExpression } from '../engine/src/expression/evaluate.ts';
import type { EvaluationContext, Row } from '../engine/src/expression/evaluation.ts';
import { evaluationContext, LIBRARY, number, typed } from '../engine/src/expression/library.sample.ts';
import { conditionToSql, expressionToSql } from '../engine/src/expression/sql/index.ts';
import type { SqlTarget } from '../engine/src/expression/sql/index.ts';
import { sqliteFunctions } from '../engine/src/expression/sql/sqlite-functions.ts';
import type { PathStep, TypedExpression } from '../engine/src/expression/ast.ts';
import type { ColumnType } from '../engine/src/metamodel/column.ts';
import type { Value } from '../engine/src/metamodel/value-type.ts';
import { columnType } from '../engine/src/storage/dialect.ts';
import type { Database, Dialect } from '../engine/src/storage/database.ts';
import { statement, table } from '../engine/src/storage/statement.ts';
import type { Binding } from '../engine/src/storage/statement.ts';
import { testBackends } from '../engine/src/storage/test-server.ts';
import type { TestServer } from '../engine/src/storage/test-server.ts';

/*
 * One meaning in three back ends: random expressions over random records give the same values in JavaScript and as
 * SQL of each database.
 */

const seed = Date.now() % 0x7fffffff;
const EXPRESSIONS = 400;
const LOANS = 10;

// ————— Records —————

const cents = (digits: number, scale: number) =>
  fc
    .bigInt({ min: -(10n ** BigInt(digits)), max: 10n ** BigInt(digits) })
    .map((units) => Decimal.fromUnits(units, scale));
const words = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'A',
    'semen',
    'Semen',
    'sem',
    'Straße',
    'ÉCOLE',
    'école',
    '12.50',
    '-3',
    '007',
    'x😀',
    '\uffee',
    'a_b%',
  ),
  fc.string({ unit: fc.constantFrom(...'abcABCéÉñ ßx1.-'), maxLength: 6 }).map((text) => text.trim()),
);
const days = fc.integer({ min: -3000, max: 30_000 }).map((day) => new Date(day * 86_400_000).toISOString());
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 5 });

function valuesOf(field: {
  readonly type: { readonly kind: string };
  readonly column?: ColumnType;
}): fc.Arbitrary<Value> {
  switch (field.column?.kind) {
    case 'id':
      return fc.constantFrom('1', '2', '3');
    case 'decimal':
      return fc.oneof(cents(7, field.column.scale), fc.constantFrom(Decimal.zero, number('1'), number('-2.5')));
    case 'integer':
      return fc.integer({ min: -500, max: 2_000_000 }).map((value) => Decimal.of(value));
    case 'boolean':
      return fc.boolean();
    case 'date':
      return days.map((day) => day.slice(0, 10));
    case 'datetime':
      return fc
        .tuple(days, fc.integer({ min: 0, max: 86_399_999 }))
        .map(([day, ms]) => new Date(Date.parse(day) + ms).toISOString());
    case 'time':
      return fc.constantFrom('00:00:00', '08:30:00', '23:59:59');
    default:
      return field.type.kind === 'enum' ? fc.constantFrom('open', 'late', 'returned') : words;
  }
}

function rowsOf(entity: string): fc.Arbitrary<Row> {
  const fields = Object.entries(LIBRARY[entity] ?? {}).filter(([, field]) => field.column !== undefined);
  return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, maybe(valuesOf(field))])));
}

interface Records {
  readonly loans: readonly Row[];
  readonly linked: Readonly<Record<string, Readonly<Record<string, Row>>>>;
}

function recordsOf(): Records {
  const sample = <T>(values: fc.Arbitrary<T>, count: number, salt: number): T[] =>
    fc.sample(values, { numRuns: count, seed: seed + salt });
  const numbered = (entity: string, salt: number): Record<string, Row> =>
    Object.fromEntries(
      sample(rowsOf(entity), 3, salt).map((row, index) => [String(index + 1), { id: String(index + 1), ...row }]),
    );
  const lines = sample(fc.array(rowsOf('library.loan-line'), { maxLength: 4 }), LOANS, 5);
  const fines = sample(fc.array(rowsOf('library.fine'), { maxLength: 2 }), LOANS, 6);
  return {
    loans: sample(rowsOf('library.loan'), LOANS, 1).map((loan, index) => ({
      id: String(index + 1),
      ...loan,
      lines: lines[index] ?? [],
      fines: fines[index] ?? [],
    })),
    linked: {
      'library.reader': numbered('library.reader', 2),
      'library.book': numbered('library.book', 3),
      'library.city': numbered('library.city', 4),
    },
  };
}

// ————— Tables —————

function tableOf(entity: string): string {
  return entity.replace(/[.-]/g, '_');
}

function columnOf(entity: string, field: string): { readonly name: string; readonly type: ColumnType } {
  if (field === 'id') return { name: 'id', type: { kind: 'id' } };
  const type = LIBRARY[entity]?.[field]?.column;
  if (type === undefined) throw new Error(`${entity}.${field} has no column.`);
  return { name: type.kind === 'id' ? `${field}_id` : field, type };
}

function stored(value: Row[string], type: ColumnType, dialect: Dialect): Binding {
  if (value === null || value === undefined) return null;
  if (value instanceof Decimal)
    return dialect === 'sqlite' && type.kind === 'decimal' ? value.rescale(type.scale).units : value.toString();
  if (type.kind === 'datetime') return String(value).slice(0, 23).replace('T', ' ');
  return typeof value === 'boolean' ? value : String(value);
}

async function createTables(database: Database, records: Records): Promise<void> {
  const { dialect } = database;
  await database.transaction(async (tx) => {
    for (const [entity, fields] of Object.entries(LIBRARY)) {
      const columns = Object.entries(fields).flatMap(([name, field]) =>
        field.column === undefined ? [] : [`${columnOf(entity, name).name} ${columnType(dialect, field.column)}`],
      );
      await tx.run(
        statement(`CREATE TABLE ${table(tableOf(entity))} (id BIGINT, parent_id BIGINT, ${columns.join(', ')})`),
      );
    }
    const insert = async (entity: string, row: Row, id: string, parent: string | null): Promise<void> => {
      const names = Object.keys(LIBRARY[entity] ?? {}).filter((name) => LIBRARY[entity]?.[name]?.column !== undefined);
      const columns = names.map((name) => columnOf(entity, name));
      await tx.run(
        statement(
          `INSERT INTO ${table(tableOf(entity))} (id, parent_id, ${columns.map(({ name }) => name).join(', ')}) VALUES (?, ?${', ?'.repeat(columns.length)})`,
        ),
        [id, parent, ...columns.map(({ type }, index) => stored(row[names[index] ?? ''], type, dialect))],
      );
    };
    for (const loan of records.loans) {
      const parent = String(loan['id']);
      await insert('library.loan', loan, parent, null);
      for (const line of loan['lines'] as readonly Row[]) await insert('library.loan-line', line, '0', parent);
      for (const fine of loan['fines'] as readonly Row[]) await insert('library.fine', fine, '0', parent);
    }
    for (const [entity, rows] of Object.entries(records.linked)) {
      for (const [id, row] of Object.entries(rows)) await insert(entity, row, id, null);
    }
  });
}

/** Tables joined to a root along links, each link once. */
class Joins {
  readonly #aliases = new Map<string, string>();
  #text = '';

  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  column(path: readonly PathStep[]): { sql: string; type: ColumnType } {
    let alias = this.root;
    let key = '';
    for (const [index, step] of path.entries()) {
      const { name, type } = columnOf(step.entity, step.field);
      if (index === path.length - 1) return { sql: `${alias}.${name}`, type };
      key += `/${step.field}`;
      let next = this.#aliases.get(key);
      if (next === undefined) {
        next = `${this.root}_${this.#aliases.size}`;
        this.#aliases.set(key, next);
        this.#text += ` LEFT JOIN ${table(tableOf(path[index + 1]?.entity ?? ''))} ${next} ON ${next}.id = ${alias}.${name}`;
      }
      alias = next;
    }
    throw new Error('An empty path names no column.');
  }

  get text(): string {
    return this.#text;
  }
}

function loanTarget(): { readonly target: SqlTarget; readonly joins: Joins } {
  const joins = new Joins('t');
  let count = 0;
  const target: SqlTarget = {
    column: (frame, path) => {
      if (frame !== 'self') throw new Error('A loan has no owner.');
      return joins.column(path);
    },
    rows: (source) => {
      if (source.frame !== 'self') throw new Error('Only the lines of the loan itself are rows here.');
      const rows = new Joins(`r${(count += 1)}`);
      const type = LIBRARY['library.loan']?.[source.step.field]?.type;
      const entity = type?.kind === 'rows' ? type.entity : '';
      return {
        column: (path) => rows.column(path),
        source: () => `FROM ${table(tableOf(entity))} ${rows.root}${rows.text} WHERE ${rows.root}.parent_id = t.id`,
      };
    },
  };
  return { target, joins };
}

// ————— Expressions —————

interface Sources {
  readonly number: string;
  readonly text: string;
  readonly date: string;
  readonly instant: string;
  readonly duration: string;
  readonly condition: string;
  readonly rowNumber: string;
  readonly rowCondition: string;
  readonly rowText: string;
}

const literalTexts = fc
  .constantFrom('', 'a', 'A', 'sem', 'Semen', 'É', 'x😀', "it''s".replace("''", "\\'"), '%', '1.5')
  .map((text) => `'${text}'`);

function sourcesOf(depth: number): { [Name in keyof Sources]: fc.Arbitrary<string> } {
  return fc.letrec<Sources>((tie) => {
    /** The template with each `$` replaced by an expression of the kind named for it. */
    const one = (template: string, ...parts: (keyof Sources)[]): fc.Arbitrary<string> =>
      fc
        .tuple(...parts.map((part) => tie(part) as fc.Arbitrary<string>))
        .map((sources) => sources.reduce((text, source) => text.replace('$', () => source), template));
    const pick = (...leaves: string[]) => fc.constantFrom(...leaves);
    const any = (leaf: fc.Arbitrary<string>, ...more: fc.Arbitrary<string>[]) =>
      fc.oneof({ maxDepth: depth, withCrossShrink: true }, leaf, ...more);
    const arithmetic = (kind: 'number' | 'rowNumber') => [
      ...['($ + $)', '($ - $)', '($ * $)', '($ / $)', '($ % $)', 'min($, $)', 'max($, $)'].map((template) =>
        one(template, kind, kind),
      ),
      ...['-$', 'abs($)', 'sign($)', 'floor($)', 'ceil($)', 'round($)', 'round($, 2)', 'round($, -1)'].map((template) =>
        one(template, kind),
      ),
    ];
    return {
      number: any(
        fc.oneof(
          pick(
            'fee',
            'discount',
            'extensions',
            'reader.credit',
            'reader.days',
            'user.limit',
            'company.decimals',
            'settings.rate',
            'left',
            'asked.least',
            'if(false, fee, null)',
          ),
          fc.integer({ min: -9, max: 200 }).map((value) => (value < 0 ? `(${value})` : String(value))),
          pick('0.5', '2.75', '0.000001', '1000000'),
        ),
        ...arithmetic('number'),
        one('round($, company.decimals)', 'number'),
        one('if($, $, $)', 'condition', 'number', 'number'),
        one('coalesce($, $)', 'number', 'number'),
        one('len($)', 'text'),
        one('number($)', 'text'),
        one('number($)', 'duration'),
        one('sign($)', 'duration'),
        ...['year($)', 'month($)', 'day($)', 'weekday($)'].flatMap((template) => [
          one(template, 'date'),
          one(template, 'instant'),
        ]),
        one('days_between($, $)', 'date', 'date'),
        one('days_between($, $)', 'date', 'instant'),
        pick(
          'count(lines)',
          'count(lines.book)',
          'sum(lines.rate)',
          'min(lines.weight)',
          'max(lines.book.price)',
          'avg(lines.days)',
          'sum(fines.amount)',
        ),
        ...['sum', 'avg', 'min', 'max', 'count'].map((name) => one(`${name}(lines, $)`, 'rowNumber')),
        one('count(lines, $)', 'rowCondition'),
        one('count(lines, $)', 'rowText'),
      ),
      rowNumber: any(
        pick(
          'days',
          'rate',
          'weight',
          'amount',
          'book.price',
          'book.digits',
          'fee',
          'lines.rate',
          '3',
          '0.25',
          'if(false, days, null)',
        ),
        ...arithmetic('rowNumber'),
        one('if($, $, $)', 'rowCondition', 'rowNumber', 'rowNumber'),
        one('($ * avg(lines.rate))', 'rowNumber'),
        one('($ + sum(fines, fee))', 'rowNumber'),
        one('($ + sum(fines, amount * fee))', 'rowNumber'),
      ),
      rowCondition: any(
        pick('is_lost', 'book == null', 'remark == note', 'book.published < due', "remark in ['a', 'A', null]"),
        ...['<', '<=', '>', '>=', '==', '!='].map((sign) => one(`$ ${sign} $`, 'rowNumber', 'rowNumber')),
        one('($ and not $)', 'rowCondition', 'rowCondition'),
        one('($ or is_open)', 'rowCondition'),
        one('($ and any(fines, amount > discount))', 'rowCondition'),
      ),
      rowText: any(
        pick('remark', 'book.title', 'lines.remark', 'note', 'if(false, remark, null)'),
        one("($ + '-' + $)", 'rowText', 'rowText'),
      ),
      text: any(
        fc.oneof(
          pick(
            'number',
            'note',
            'reader.name',
            'reader.city.name',
            'text(status)',
            'user.name',
            'id',
            'reader.id',
            'asked.word',
          ),
          literalTexts,
        ),
        ...['lower($)', 'upper($)', 'trim($)'].map((template) => one(template, 'text')),
        ...['pad_start($, $ % 20, $)', 'pad_end($, $ % 20, $)'].map((template) =>
          one(template, 'text', 'number', 'text'),
        ),
        one('($ + $)', 'text', 'text'),
        one("('' + $)", 'number'),
        one("concat($, ' ', $, $)", 'date', 'duration', 'instant'),
        one('text($)', 'condition'),
        one('if($, $, $)', 'condition', 'text', 'text'),
        one('coalesce($, $)', 'text', 'text'),
        one('min(lines, $)', 'rowText'),
        one('max(lines, $)', 'rowText'),
      ),
      date: any(
        pick(
          'due',
          'reader.joined',
          'today()',
          'asked.since',
          'date(2024, 2, 29)',
          'if(false, due, null)',
          'min(lines.wanted_on)',
          'max(lines.book.published)',
        ),
        one('($ + days($ % 4000))', 'date', 'number'),
        one('($ - days($ % 4000))', 'date', 'number'),
        one('($ + months($ % 40))', 'date', 'number'),
        one('($ - years($ % 9))', 'date', 'number'),
        one('date($)', 'instant'),
        ...['start_of_month($)', 'end_of_month($)', 'start_of_year($)', 'end_of_year($)'].flatMap((template) => [
          one(template, 'instant'),
          one(template, 'date'),
        ]),
        one('date(1990 + $ % 40, $ % 14, $ % 33)', 'number', 'number', 'number'),
        one('date(2000, round($ % 13), round($ % 32))', 'number', 'number'),
        one('if($, $, $)', 'condition', 'date', 'date'),
        one('coalesce($, $)', 'date', 'date'),
        one('max($, $)', 'date', 'date'),
      ),
      instant: any(
        pick('taken_at', 'now()', 'if(false, taken_at, null)'),
        one('($ + $)', 'instant', 'duration'),
        one('($ - $)', 'instant', 'duration'),
        one('($ + months($ % 40))', 'instant', 'number'),
        one('min($, $)', 'instant', 'instant'),
      ),
      duration: any(
        pick('kept', 'days(2)', 'hours(1.5)', 'if(false, kept, null)'),
        one('minutes($ % 5000)', 'number'),
        one('seconds($ % 90000)', 'number'),
        one('($ - $)', 'date', 'date'),
        one('(($ - $) / 1000)', 'instant', 'instant'),
      ),
      condition: any(
        pick(
          'is_open',
          'true',
          'false',
          'null',
          'settings.strict',
          'asked.all',
          'reader == asked.reader',
          'helper != asked.reader',
          'asked.reader == "2"',
          'reader == helper',
          'reader == null',
          "reader == '2'",
          'reader != user.id',
          "status == 'open'",
          "status in ['late', 'returned']",
          "opens < '09:00'",
          'is_empty(note)',
          'is_empty(lines)',
          'any(lines.is_lost)',
          'all(lines.is_lost)',
          'any(lines, rate > avg(lines.rate))',
        ),
        ...['==', '!=', '<', '<=', '>', '>='].flatMap((sign) => [
          one(`$ ${sign} $`, 'number', 'number'),
          one(`$ ${sign} $`, 'text', 'text'),
          one(`$ ${sign} $`, 'date', 'date'),
          one(`$ ${sign} $`, 'instant', 'instant'),
          one(`$ ${sign} $`, 'duration', 'duration'),
        ]),
        one('(($) == ($))', 'condition', 'condition'),
        one('($ and $)', 'condition', 'condition'),
        one('($ or $)', 'condition', 'condition'),
        one('not ($)', 'condition'),
        one('if($, $, $)', 'condition', 'condition', 'condition'),
        one('contains($, $)', 'text', 'text'),
        one('starts_with($, $)', 'text', 'text'),
        one('ends_with($, $)', 'text', 'text'),
        one('$ in [$, $]', 'number', 'number', 'number'),
        one('$ not in [$, $]', 'text', 'text', 'text'),
        one('is_empty($)', 'text'),
        one('any(lines, $)', 'rowCondition'),
        one('all(lines, $)', 'rowCondition'),
      ),
    };
  });
}

const { number: numbers, text, date, instant, duration, condition } = sourcesOf(3);
const anything = fc.oneof(numbers, text, date, instant, duration, condition);

const isShort = (source: string): boolean => source.length < 1_500;

// ————— Comparison —————

/** A value as text that tells equal values apart from different ones. */
function shown(value: Value): string {
  return value instanceof Decimal ? `number ${value.toString()}` : JSON.stringify(value);
}

function inJavaScript(expression: TypedExpression, records: Records): string[] {
  const evaluate = compileExpression(expression);
  return records.loans.map((loan) => shown(evaluate(contextOf(loan, records))));
}

function contextOf(loan: Row, records: Records): EvaluationContext {
  return evaluationContext(loan, { records: records.linked });
}

async function inSql(expression: TypedExpression, database: Database, records: Records): Promise<string[]> {
  const { target, joins } = loanTarget();
  const { sql, bindings, read } = expressionToSql(expression, database.dialect, target);
  const text = `SELECT ${sql} AS value FROM ${table('library_loan')} t${joins.text} ORDER BY t.id`;
  const rows = await database.all(statement(text), [...bindings(contextOf({}, records))]);
  return rows.map(({ value }) => {
    if (value instanceof Uint8Array || value === undefined) throw new Error(`${text} gave no plain value.`);
    return shown(read(value));
  });
}

async function found(expression: TypedExpression, database: Database, records: Records): Promise<string[]> {
  const { target, joins } = loanTarget();
  const { sql, bindings } = conditionToSql(expression, database.dialect, target);
  const text = `SELECT t.id FROM ${table('library_loan')} t${joins.text} WHERE ${sql} ORDER BY t.id`;
  const rows = await database.all(statement(text), [...bindings(contextOf({}, records))]);
  return rows.map(({ id }) => String(id));
}

describe.each(testBackends)(`expressions mean the same in JavaScript and on $name (seed ${seed})`, (backend) => {
  const records = recordsOf();
  let server: TestServer;
  let database: Database;

  beforeAll(async () => {
    server = await backend.open(['library'], sqliteFunctions);
    database = server.server.company('library');
    await createTables(database, records);
  });
  afterAll(() => server.remove());

  it('as values', async () => {
    await fc.assert(
      fc.asyncProperty(anything.filter(isShort), async (source) => {
        const expression = typed(source);
        expect(await inSql(expression, database, records)).toEqual(inJavaScript(expression, records));
      }),
      { seed, numRuns: EXPRESSIONS },
    );
  });

  it('as conditions of a query', async () => {
    await fc.assert(
      fc.asyncProperty(condition.filter(isShort), async (source) => {
        const expression = typed(source);
        const evaluate = compileExpression(expression);
        const met = records.loans.filter((loan) => evaluate(contextOf(loan, records)) === true);
        expect(await found(expression, database, records)).toEqual(met.map((loan) => loan['id']));
      }),
      { seed, numRuns: EXPRESSIONS },
    );
  });

  it('as deep as the language allows', async () => {
    for (const source of [
      Array.from({ length: 60 }, (_, index) => `fee * ${index}`).join(' + '),
      Array.from({ length: 60 }, (_, index) => `extensions == ${index}`).join(' or '),
      `${'('.repeat(60)}fee${' + 1)'.repeat(60)}`,
      `${'if(is_open, fee, '.repeat(40)}0${')'.repeat(40)}`,
    ]) {
      const expression = typed(source);
      expect(await inSql(expression, database, records)).toEqual(inJavaScript(expression, records));
    }
  });
});
