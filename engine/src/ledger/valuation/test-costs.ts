import { companyMigrations } from '../../../../migrations/index.ts';
import { Decimal } from '../../base/decimal.ts';
import { compile } from '../../compiler/compile.ts';
import type { Entity, Model } from '../../compiler/model.ts';
import type { Posting } from '../../compiler/ledger-model.ts';
import { sqliteFunctions } from '../../expression/sql/sqlite-functions.ts';
import type { Actor, RecordInput, RecordOperation } from '../../metamodel/operation.ts';
import { seal } from '../../records/authorized.ts';
import type { RecordContext } from '../../records/context.ts';
import { loadRecord } from '../../records/load-record.ts';
import { runOperation } from '../../records/run.ts';
import { writeUnit } from '../../records/write-unit.ts';
import type { Database } from '../../storage/database.ts';
import { applySchema } from '../../storage/schema/apply.ts';
import { migrate } from '../../storage/schema/migrate.ts';
import { statement, table } from '../../storage/statement.ts';
import type { RawValue } from '../../storage/statement.ts';
import type { TestBackend } from '../../storage/test-server.ts';
import { postDocument } from '../post.ts';
import { reverseDocument } from '../reverse.ts';

export const keeper: Actor = { kind: 'person', id: '7', name: 'Dewi', roles: ['admin'], locale: 'en' };

const text = (en: string): Readonly<Record<string, string>> => ({ en, id: en });

function documentOf(name: string, fields: object): Readonly<Record<string, unknown>> {
  return {
    entity: `yard.${name}`,
    label: text(name),
    kind: 'document',
    fields: {
      date: { type: 'date', required: true, default: 'today()' },
      ...fields,
      lines: { type: 'lines', of: `yard.${name}-line`, min: 1 },
    },
  };
}

function linesOf(name: string, fields: object): Readonly<Record<string, unknown>> {
  return { entity: `yard.${name}-line`, label: text('Line'), kind: 'lines', fields };
}

const good = { type: 'link', to: 'yard.good', required: true };
const place = { type: 'link', to: 'yard.place', required: true };
const quantity = { type: 'quantity', required: true };

function money(name: string, away: 'debit' | 'credit', purse: string): readonly object[] {
  const home = away === 'debit' ? 'credit' : 'debit';
  return [
    { ledger: 'yard.money', each: 'lines', [away]: `${name}.value`, at: { purse: `'${purse}'` } },
    { ledger: 'yard.money', [home]: `${name}.value`, at: { purse: "'STOCK'" } },
  ];
}

/** A yard that takes goods in, gives them out, moves them and learns late what they cost; and its money. */
const documents: readonly Readonly<Record<string, unknown>>[] = [
  { module: 'yard', name: text('Yard'), version: '1.0.0', category: 'core', dependencies: [] },
  {
    entity: 'yard.good',
    label: text('Good'),
    kind: 'master',
    fields: {
      code: { type: 'text', required: true, unique: true },
      method: { type: 'enumeration', options: ['fifo', 'average', 'standard'], default: "'average'" },
      standard: { type: 'money', default: '0' },
      may_owe: { type: 'boolean', default: 'false' },
    },
  },
  {
    entity: 'yard.place',
    label: text('Place'),
    kind: 'master',
    fields: { code: { type: 'text', required: true, unique: true } },
  },
  {
    entity: 'yard.purse',
    label: text('Purse'),
    kind: 'master',
    fields: { code: { type: 'text', required: true, unique: true } },
  },
  {
    entity: 'yard.month',
    label: text('Month'),
    kind: 'master',
    fields: {
      code: { type: 'text', unique: true },
      from: { type: 'date', required: true },
      to: { type: 'date', required: true },
      is_open: { type: 'boolean', default: 'true' },
    },
  },
  documentOf('arrival', { place }),
  linesOf('arrival', {
    good,
    quantity,
    cost: { type: 'money', default: '0' },
    back_of: { type: 'link', to: 'yard.departure-line' },
  }),
  documentOf('departure', { place }),
  linesOf('departure', { good, quantity, back_of: { type: 'link', to: 'yard.arrival-line' } }),
  documentOf('move', { place, target: place }),
  linesOf('move', { good, quantity }),
  documentOf('freight', {}),
  linesOf('freight', {
    arrived: { type: 'link', to: 'yard.arrival-line', required: true },
    good,
    place,
    share: { type: 'money', required: true },
  }),
  documentOf('count', { place }),
  linesOf('count', { good, quantity }),
  {
    ledger: 'yard.stock',
    label: text('Stock'),
    dimensions: { good: 'yard.good', place: 'yard.place' },
    measures: { quantity: 'quantity', value: 'money' },
    balances: [['good', 'place']],
    periods: { entity: 'yard.month', from: 'from', to: 'to', open: 'is_open' },
    valuation: { value: 'value', by: 'quantity', method: 'good.method', standard: 'good.standard' },
    guards: [{ never: 'quantity < 0', unless: 'good.may_owe', message: text('Not enough') }],
  },
  {
    ledger: 'yard.money',
    label: text('Money'),
    dimensions: { purse: 'yard.purse' },
    measures: { debit: 'money', credit: 'money' },
    balanced: 'debit - credit',
    balances: [['purse']],
  },
  {
    posting: 'yard.arrival',
    on: 'submit',
    entries: [
      {
        ledger: 'yard.stock',
        each: 'lines',
        in: { quantity: 'quantity', value: 'cost' },
        at: { good: 'good', place: 'parent.place' },
        cost_of: 'back_of',
        as: 'came',
      },
      ...money('came', 'credit', 'DEBTS'),
    ],
  },
  {
    posting: 'yard.departure',
    on: 'submit',
    entries: [
      {
        ledger: 'yard.stock',
        each: 'lines',
        out: { quantity: 'quantity' },
        at: { good: 'good', place: 'parent.place' },
        cost_of: 'back_of',
        as: 'gone',
      },
      ...money('gone', 'debit', 'COST'),
    ],
  },
  {
    posting: 'yard.move',
    on: 'submit',
    entries: [
      {
        ledger: 'yard.stock',
        each: 'lines',
        out: { quantity: 'quantity' },
        at: { good: 'good', place: 'parent.place' },
        as: 'taken',
      },
      {
        ledger: 'yard.stock',
        each: 'lines',
        in: { quantity: 'quantity', value: 'taken.value' },
        at: { good: 'good', place: 'parent.target' },
      },
    ],
  },
  {
    posting: 'yard.freight',
    on: 'submit',
    entries: [
      {
        ledger: 'yard.stock',
        each: 'lines',
        adjust: { value: 'share' },
        of: 'arrived',
        at: { good: 'good', place: 'place' },
        as: 'borne',
      },
      { ledger: 'yard.money', each: 'lines', debit: 'borne.value', at: { purse: "'STOCK'" } },
      { ledger: 'yard.money', each: 'lines', debit: 'borne.consumed', at: { purse: "'COST'" } },
      { ledger: 'yard.money', each: 'lines', credit: 'share', at: { purse: "'DEBTS'" } },
    ],
  },
  {
    posting: 'yard.count',
    on: 'submit',
    entries: [
      {
        ledger: 'yard.stock',
        each: 'lines',
        in: { quantity: 'quantity' },
        at: { good: 'good', place: 'parent.place' },
        as: 'found',
      },
      {
        ledger: 'yard.money',
        each: 'lines',
        debit: 'if(quantity > 0, found.value, -found.value)',
        at: { purse: "'STOCK'" },
      },
      {
        ledger: 'yard.money',
        each: 'lines',
        credit: 'if(quantity > 0, found.value, -found.value)',
        at: { purse: "'COST'" },
      },
    ],
  },
];

/** What a key holds. */
export interface Held {
  readonly quantity: string;
  readonly value: string;
}

/** A yard at work. Goods and places are named by their codes. */
export interface TestYard {
  readonly database: Database;
  readonly context: RecordContext;
  /** Ids by code. */
  readonly ids: ReadonlyMap<string, string>;
  addGood(good: GoodInput): Promise<void>;
  create(entity: string, input: RecordInput): Promise<string>;
  change(entity: string, id: string, input: RecordInput): Promise<void>;
  /** Creates a document and posts it; answers its id. Throws what the posting throws. */
  post(entity: string, input: RecordInput): Promise<string>;
  /** Posts what was created. */
  submit(entity: string, id: string): Promise<void>;
  cancel(entity: string, id: string): Promise<void>;
  /** Ids of the rows of a document, in order. */
  lines(entity: string, id: string): Promise<readonly string[]>;
  /** What is on hand now by `good place`, as the kept balances say. */
  held(): Promise<ReadonlyMap<string, Held>>;
  /** The same, from the entries; up to a date where one is given. */
  summed(until?: string): Promise<ReadonlyMap<string, Held>>;
  /** What a purse holds: debit less credit. */
  purse(code: string): Promise<string>;
  /** A sum of money as a SELECT gives it, in hundredths. */
  centsOf(raw: RawValue | undefined): bigint;
  /** What a SELECT finds; tables are named with `{name}`. */
  rows(sql: string): Promise<readonly (readonly RawValue[])[]>;
  close(): Promise<void>;
}

export interface GoodInput {
  readonly code: string;
  readonly method: string;
  readonly standard?: string;
  readonly mayOwe?: boolean;
}

export async function openTestYard(backend: TestBackend, goods: readonly GoodInput[]): Promise<TestYard> {
  const files = documents.map((document, index) => ({ path: `${index}.json`, text: JSON.stringify(document) }));
  const { model, diagnostics } = compile([{ kind: 'module', name: 'yard', files }], 'yard');
  if (model === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  const opened = await backend.open(['yard'], sqliteFunctions);
  const database = opened.server.company('yard');
  await migrate(database, companyMigrations);
  await applySchema(database, model.tables, 'yard');
  const context = contextOf(database, model);
  const ids = new Map<string, string>();
  const codes = new Map<string, string>();

  const create = async (entity: string, input: RecordInput): Promise<string> => {
    const operation = { kind: 'create', entity, input } as const;
    const authorized = seal<Extract<RecordOperation, { kind: 'create' }>>(operation, entityOf(model, entity), keeper);
    const { record } = await runOperation<'create'>(context, authorized);
    return String(record['id']);
  };
  const named = async (entity: string, code: string, input: RecordInput): Promise<void> => {
    const id = await create(entity, { code, ...input });
    ids.set(code, id);
    codes.set(`${entity} ${id}`, code);
  };
  const submit = async (entity: string, id: string): Promise<void> => {
    await writeUnit(context, async (unit) => {
      const document = await loadRecord(unit.from, entityOf(model, entity), id);
      await postDocument(unit, model.postings.get(entity) as Posting, document, keeper);
    });
  };
  const sum = (rows: readonly (readonly RawValue[])[]): ReadonlyMap<string, Held> =>
    new Map(
      rows.map(([of, at, many, worth]): [string, Held] => [
        `${String(codes.get(`yard.good ${String(of)}`))} ${String(codes.get(`yard.place ${String(at)}`))}`,
        { quantity: amount(many, 4, database), value: amount(worth, 2, database) },
      ]),
    );
  const rows = (sql: string): Promise<readonly (readonly RawValue[])[]> =>
    Promise.resolve(database.tuples(statement(sql.replace(/\{(\w+)\}/g, (_, name: string) => table(name)))));

  for (const code of ['A', 'B', 'C']) await named('yard.place', code, {});
  const addGood = ({ code, method, standard = '0', mayOwe = false }: GoodInput): Promise<void> =>
    named('yard.good', code, { method, standard, may_owe: mayOwe });
  for (const good of goods) await addGood(good);
  for (const code of ['STOCK', 'COST', 'DEBTS']) await named('yard.purse', code, {});

  return {
    database,
    context,
    ids,
    addGood,
    create,
    submit,
    rows,
    async change(entity, id, input) {
      const operation = { kind: 'update', entity, id, input, version: null } as const;
      const authorized = seal<Extract<RecordOperation, { kind: 'update' }>>(operation, entityOf(model, entity), keeper);
      await runOperation<'update'>(context, authorized);
    },
    async post(entity, input) {
      const id = await create(entity, input);
      await submit(entity, id);
      return id;
    },
    async cancel(entity, id) {
      await writeUnit(context, async (unit) => {
        const document = await loadRecord(unit.from, entityOf(model, entity), id);
        await reverseDocument(unit, model.postings.get(entity) as Posting, document, keeper);
      });
    },
    async lines(entity, id) {
      const found = await rows(
        `SELECT id FROM {${entity.replace('.', '_')}_line} WHERE parent_id = ${id} ORDER BY position`,
      );
      return found.map(([line]) => String(line));
    },
    held: async () => sum(await rows('SELECT good_id, place_id, quantity, value FROM {yard_stock__now_good_place}')),
    summed: async (until = '9999-12-31') =>
      sum(
        await rows(
          `SELECT good_id, place_id, SUM(quantity), SUM(value) FROM {yard_stock__entries} WHERE date <= '${until}' ` +
            'GROUP BY good_id, place_id',
        ),
      ),
    async purse(code) {
      const id = String(ids.get(code));
      const [row] = await rows(
        `SELECT COALESCE(SUM(debit), 0), COALESCE(SUM(credit), 0) FROM {yard_money__entries} WHERE purse_id = ${id}`,
      );
      const [debit, credit] = (row ?? []).map((raw) => Decimal.parse(amount(raw, 2, database)) ?? Decimal.zero);
      return (debit ?? Decimal.zero).subtract(credit ?? Decimal.zero).toFixed(2);
    },
    centsOf: (raw) => BigInt(amount(raw, 2, database).replace('.', '')),
    close: () => opened.remove(),
  };
}

function entityOf(model: Model, name: string): Entity {
  return model.entities.get(name) as Entity;
}

/** A number as the database gives it, with its fraction digits. */
function amount(raw: RawValue | undefined, scale: number, { dialect }: Database): string {
  if (raw === null || raw === undefined) return Decimal.zero.toFixed(scale);
  if (dialect === 'mysql') return (Decimal.parse(String(raw)) ?? Decimal.zero).toFixed(scale);
  return Decimal.fromUnits(BigInt(raw as number | bigint), scale).toFixed(scale);
}

function contextOf(database: Database, model: Model): RecordContext {
  return {
    database,
    model,
    today: '2026-06-15',
    now: '2026-06-15T08:00:00.000Z',
    globals: {
      user: { id: '7', name: 'Dewi' },
      company: { name: 'Yard', currency: 'IDR', country: 'ID', locale: 'en', timezone: 'UTC' },
      settings: {},
    },
    cipher: { encrypt: (plain) => plain, decrypt: (plain) => plain },
  };
}
