import { companyMigrations } from '../../../migrations/index.ts';
import { compile } from '../compiler/compile.ts';
import type { Entity, Model } from '../compiler/model.ts';
import { sqliteFunctions } from '../expression/sql/sqlite-functions.ts';
import type { Actor, RecordInput, RecordOperation } from '../metamodel/operation.ts';
import { seal } from '../records/authorized.ts';
import type { RecordContext } from '../records/context.ts';
import { runOperation } from '../records/run.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import type { Database } from '../storage/database.ts';
import { applySchema } from '../storage/schema/apply.ts';
import { migrate } from '../storage/schema/migrate.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawValue } from '../storage/statement.ts';
import type { TestBackend } from '../storage/test-server.ts';

export const keeper: Actor = { kind: 'person', id: '7', name: 'Dewi', roles: ['admin'], locale: 'en' };

/** Documents of a small depot: what comes in, what goes out, and a book of money that must balance. */
const documents: readonly Readonly<Record<string, unknown>>[] = [
  {
    module: 'depot',
    name: { en: 'Depot' },
    version: '1.0.0',
    category: 'core',
    dependencies: [],
  },
  {
    entity: 'depot.good',
    label: 'Good',
    kind: 'master',
    fields: {
      code: { type: 'text', required: true, unique: true },
      method: { type: 'enumeration', options: ['fifo', 'average', 'standard'], default: "'average'" },
      standard: { type: 'money', default: '0' },
      may_owe: { type: 'boolean', default: 'false' },
      is_active: { type: 'boolean', default: 'true' },
    },
  },
  {
    entity: 'depot.place',
    label: 'Place',
    kind: 'master',
    fields: { code: { type: 'text', required: true, unique: true } },
  },
  {
    entity: 'depot.purse',
    label: 'Purse',
    kind: 'master',
    fields: { code: { type: 'text', required: true, unique: true }, use: { type: 'text' } },
  },
  {
    entity: 'depot.month',
    label: 'Month',
    kind: 'master',
    fields: {
      code: { type: 'text', unique: true },
      from: { type: 'date', required: true },
      to: { type: 'date', required: true },
      is_open: { type: 'boolean', default: 'true' },
    },
  },
  ...['arrival', 'departure', 'move'].map((name) => ({
    entity: `depot.${name}`,
    label: name,
    kind: 'document',
    number: `${name.slice(0, 1).toUpperCase()}-{yyyy}-{seq:3}`,
    fields: {
      date: { type: 'date', required: true, default: 'today()' },
      place: { type: 'link', to: 'depot.place', required: true },
      ...(name === 'move' ? { target: { type: 'link', to: 'depot.place', required: true } } : {}),
      lines: { type: 'lines', of: `depot.${name}-line`, min: 1 },
    },
  })),
  ...['arrival', 'departure', 'move'].map((name) => ({
    entity: `depot.${name}-line`,
    label: 'Line',
    kind: 'lines',
    fields: {
      good: { type: 'link', to: 'depot.good', required: true },
      quantity: { type: 'quantity', required: true },
      cost: { type: 'money', default: '0' },
      ...(name === 'move'
        ? {}
        : { back_of: { type: 'link', to: name === 'arrival' ? 'depot.departure-line' : 'depot.arrival-line' } }),
    },
  })),
  {
    ledger: 'depot.stock',
    dimensions: { good: 'depot.good', place: 'depot.place' },
    measures: { quantity: 'quantity', value: 'money' },
    balances: [['good', 'place'], ['good']],
    checks: [{ that: 'good.is_active', message: { en: '{good.code} is not in use', id: '{good.code} tidak dipakai' } }],
    periods: { entity: 'depot.month', from: 'from', to: 'to', open: 'is_open' },
    valuation: { value: 'value', by: 'quantity', method: 'good.method', standard: 'good.standard' },
    guards: [
      {
        never: 'quantity < 0',
        unless: 'good.may_owe',
        message: { en: 'Not enough {good.code} in {place.code}', id: '{good.code} di {place.code} tidak cukup' },
      },
    ],
  },
  {
    ledger: 'depot.money',
    dimensions: { purse: 'depot.purse', about: 'record?' },
    measures: { debit: 'money', credit: 'money' },
    balanced: 'debit - credit',
    balances: [['purse']],
  },
  {
    posting: 'depot.arrival',
    on: 'submit',
    entries: [
      {
        ledger: 'depot.stock',
        each: 'lines',
        in: { quantity: 'quantity', value: 'cost' },
        at: { good: 'good', place: 'parent.place' },
        cost_of: 'back_of',
        as: 'came',
      },
      { ledger: 'depot.money', each: 'lines', debit: 'came.value', at: { purse: "'STOCK'", about: 'id' } },
      { ledger: 'depot.money', credit: 'came.value', at: { purse: "find('depot.purse', use: 'debts')" } },
    ],
  },
  {
    posting: 'depot.departure',
    on: 'submit',
    entries: [
      {
        ledger: 'depot.stock',
        each: 'lines',
        out: { quantity: 'quantity' },
        at: { good: 'good', place: 'parent.place' },
        cost_of: 'back_of',
        as: 'left',
      },
      { ledger: 'depot.money', each: 'lines', debit: 'left.value', at: { purse: "'COST'" } },
      { ledger: 'depot.money', each: 'lines', credit: 'left.value', at: { purse: "'STOCK'" } },
    ],
  },
  {
    posting: 'depot.move',
    on: 'submit',
    entries: [
      {
        ledger: 'depot.stock',
        each: 'lines',
        out: { quantity: 'quantity' },
        at: { good: 'good', place: 'parent.place' },
        as: 'taken',
      },
      {
        ledger: 'depot.stock',
        each: 'lines',
        in: { quantity: 'quantity', value: 'taken.value' },
        at: { good: 'good', place: 'parent.target' },
      },
    ],
  },
];

/** A depot at work. */
export interface TestBooks {
  readonly database: Database;
  readonly context: RecordContext;
  entity(name: string): Entity;
  create(entity: string, input: RecordInput): Promise<JsonRecord>;
  /** What a SELECT finds; tables are named with `{name}`. */
  rows(sql: string): Promise<readonly (readonly RawValue[])[]>;
  close(): Promise<void>;
}

/** Opens a new depot with one place `A`, another `B`, goods and purses, in a database of its own. `more` documents join its module. */
export async function openTestBooks(
  backend: TestBackend,
  name: string,
  more: readonly Readonly<Record<string, unknown>>[] = [],
): Promise<TestBooks> {
  const files = [...documents, ...more].map((document, index) => ({
    path: `${index}.json`,
    text: JSON.stringify(document),
  }));
  const { model, diagnostics } = compile([{ kind: 'module', name: 'depot', files }], name);
  if (model === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  const opened = await backend.open([name], sqliteFunctions);
  const database = opened.server.company(name);
  await migrate(database, companyMigrations);
  await applySchema(database, model.tables, name);
  const context = contextOf(database, model);
  const create = async (entity: string, input: RecordInput): Promise<JsonRecord> => {
    const operation = { kind: 'create', entity, input } as const;
    const authorized = seal<Extract<RecordOperation, { kind: 'create' }>>(
      operation,
      model.entities.get(entity) as Entity,
      keeper,
    );
    return (await runOperation<'create'>(context, authorized)).record;
  };
  for (const code of ['A', 'B']) await create('depot.place', { code });
  for (const [code, method] of [
    ['SAND', 'average'],
    ['CEMENT', 'fifo'],
    ['STONE', 'standard'],
  ]) {
    await create('depot.good', { code, method, standard: '7.00' });
  }
  for (const [code, use] of [
    ['STOCK', 'stock'],
    ['COST', 'cost'],
    ['DEBTS', 'debts'],
  ]) {
    await create('depot.purse', { code, use });
  }
  return {
    database,
    context,
    entity: (each) => model.entities.get(each) as Entity,
    create,
    rows: (sql) =>
      Promise.resolve(database.tuples(statement(sql.replace(/\{(\w+)\}/g, (_, each: string) => table(each))))),
    close: () => opened.remove(),
  };
}

function contextOf(database: Database, model: Model): RecordContext {
  return {
    database,
    model,
    today: '2026-06-15',
    now: '2026-06-15T08:00:00.000Z',
    globals: {
      user: { id: '7', name: 'Dewi' },
      company: { name: 'Depot', currency: 'IDR', country: 'ID', locale: 'en', timezone: 'UTC' },
      settings: {},
    },
    cipher: { encrypt: (text) => text, decrypt: (text) => text },
  };
}
