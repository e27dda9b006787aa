import { Decimal } from '../base/decimal.ts';
import { inferExpression } from './infer.ts';
import { parseExpression } from './parse.ts';
import type { TypedExpression } from './ast.ts';
import type { EvaluationContext, Row } from './evaluation.ts';
import type { Scope } from './scope.ts';
import type { ColumnType } from '../metamodel/column.ts';
import type { ValueType } from '../metamodel/value-type.ts';

/** A lending library: the sample model of the tests of expressions. */

interface SampleField {
  readonly type: ValueType;
  /** Absent for rows. */
  readonly column?: ColumnType;
}

const text: SampleField = { type: { kind: 'text' }, column: { kind: 'text', length: 200 } };
const flag: SampleField = { type: { kind: 'boolean' }, column: { kind: 'boolean' } };
const date: SampleField = { type: { kind: 'date' }, column: { kind: 'date' } };
const instant: SampleField = { type: { kind: 'datetime' }, column: { kind: 'datetime' } };
const time: SampleField = { type: { kind: 'time' }, column: { kind: 'time' } };
const whole: SampleField = { type: { kind: 'number', scale: 0 }, column: { kind: 'integer' } };

function decimal(precision: number, scale: number): SampleField {
  return { type: { kind: 'number', scale }, column: { kind: 'decimal', precision, scale } };
}

function link(entity: string): SampleField {
  return { type: { kind: 'record', entity }, column: { kind: 'id' } };
}

export const LIBRARY: Readonly<Record<string, Readonly<Record<string, SampleField>>>> = {
  'library.loan': {
    number: text,
    note: text,
    status: { ...text, type: { kind: 'enum', options: ['open', 'late', 'returned'] } },
    fee: decimal(18, 2),
    discount: decimal(9, 4),
    extensions: whole,
    due: date,
    taken_at: instant,
    opens: time,
    kept: { type: { kind: 'duration' }, column: { kind: 'integer' } },
    is_open: flag,
    reader: link('library.reader'),
    helper: link('library.reader'),
    lines: { type: { kind: 'rows', entity: 'library.loan-line' } },
    fines: { type: { kind: 'rows', entity: 'library.fine' } },
  },
  'library.loan-line': {
    book: link('library.book'),
    days: whole,
    rate: decimal(18, 2),
    weight: decimal(18, 4),
    amount: decimal(18, 2),
    is_lost: flag,
    remark: text,
    wanted_on: date,
  },
  'library.fine': { base: decimal(18, 2), amount: decimal(18, 2), book: link('library.book') },
  'library.reader': {
    name: text,
    days: whole,
    credit: decimal(18, 2),
    joined: date,
    city: link('library.city'),
  },
  'library.book': { title: text, price: decimal(18, 3), published: date, digits: whole },
  'library.city': { name: text },
};

const GLOBALS: Scope['globals'] = {
  user: { id: { kind: 'text' }, name: { kind: 'text' }, limit: { kind: 'number', scale: 2 } },
  company: { name: { kind: 'text' }, decimals: { kind: 'number', scale: 0 } },
  settings: { rate: { kind: 'number', scale: null }, strict: { kind: 'boolean' } },
};

const LOCALS: NonNullable<Scope['locals']> = {
  left: { kind: 'number', scale: null },
  asked: {
    members: {
      since: { kind: 'date' },
      least: { kind: 'number', scale: 2 },
      word: { kind: 'text' },
      reader: { kind: 'record', entity: 'library.reader' },
      all: { kind: 'boolean' },
    },
  },
};

export function libraryScope(...frames: Scope['frames']): Scope {
  return {
    frames,
    fieldType: (entity, field) => LIBRARY[entity]?.[field]?.type,
    fieldNames: (entity) => Object.keys(LIBRARY[entity] ?? {}),
    globals: GLOBALS,
    locals: LOCALS,
  };
}

export const LOAN_SCOPE = libraryScope({ frame: 'self', entity: 'library.loan' });
export const LINE_SCOPE = libraryScope(
  { frame: 'self', entity: 'library.loan-line' },
  { frame: 'parent', entity: 'library.loan' },
);
/** Fines are derived from the lines of a loan. */
export const FINE_SCOPE = libraryScope(
  { frame: 'self', entity: 'library.fine' },
  { frame: 'parent', entity: 'library.loan' },
  { frame: 'group', entity: 'library.loan-line' },
);

/** What only the server runs: it may also ask the ledger of books that are out, and find records. */
export const SERVER_SCOPE: Scope = {
  ...LINE_SCOPE,
  lookups: {
    ledgers: {
      'library.out': {
        dimensions: {
          book: { kind: 'record', entity: 'library.book' },
          // Any record may stand here.
          holder: { kind: 'text' },
          day: { kind: 'date' },
        },
        measures: { copies: { kind: 'number', scale: 0 }, value: { kind: 'number', scale: 2 } },
      },
    },
    findable: (entity) => Object.keys(LIBRARY[entity] ?? {}).filter((name) => name !== 'digits'),
  },
};

/** What defaults see: they may also pick records. */
export const DEFAULT_SCOPE: Scope = {
  ...LINE_SCOPE,
  pickable: (entity) => Object.keys(LIBRARY[entity] ?? {}).filter((name) => name !== 'digits'),
};

/** The typed expression of a text that is known to be right. */
export function typed(source: string, scope: Scope = LOAN_SCOPE, expected?: ValueType): TypedExpression {
  const parsed = parseExpression(source);
  if ('fault' in parsed) throw new Error(`${source}: ${parsed.fault.message}`);
  const inferred = inferExpression(parsed.ast, scope, expected);
  if ('faults' in inferred) throw new Error(`${source}: ${inferred.faults.map((fault) => fault.message).join(' ')}`);
  return inferred.expression;
}

export function number(value: string): Decimal {
  const decimal = Decimal.parse(value);
  if (decimal === null) throw new Error(`${value} is no number.`);
  return decimal;
}

export function evaluationContext(
  self: Row,
  others: Partial<EvaluationContext> & {
    readonly records?: Readonly<Record<string, Readonly<Record<string, Row>>>>;
  } = {},
): EvaluationContext {
  const { records = {}, ...rest } = others;
  return {
    self,
    linked: (entity, id) => records[entity]?.[id] ?? null,
    globals: {
      user: { id: '7', name: 'Sari', limit: number('1500.50') },
      company: { name: 'Perpustakaan', decimals: number('2') },
      settings: { rate: number('0.11'), strict: true },
    },
    locals: {
      left: number('3.125'),
      asked: { since: '2026-01-15', least: number('12.5'), word: 'Semen', reader: '2', all: true },
    },
    today: '2026-03-15',
    now: '2026-03-15T08:30:00.250Z',
    ...rest,
  };
}
