import { companyMigrations } from '../../../migrations/index.ts';
import { compile } from '../compiler/compile.ts';
import type { Entity, Model } from '../compiler/model.ts';
import { sqliteFunctions } from '../expression/sql/sqlite-functions.ts';
import type { Actor, ListQuery, Operation, RecordInput, RecordOperation } from '../metamodel/operation.ts';
import type { Database } from '../storage/database.ts';
import { applySchema } from '../storage/schema/apply.ts';
import { migrate } from '../storage/schema/migrate.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawValue } from '../storage/statement.ts';
import type { TestBackend } from '../storage/test-server.ts';
import { watched } from '../storage/test-watched.ts';
import { forgetWritten } from './remembered.ts';
import { runOneByOne } from './one-by-one.ts';
import { seal } from './authorized.ts';
import type { OperationOf } from './authorized.ts';
import { runBulk } from './bulk.ts';
import type { BulkOperation } from './bulk.ts';
import type { RecordContext } from './context.ts';
import type { Written } from './create.ts';
import type { ListAnswer } from './list.ts';
import { runOperation } from './run.ts';
import type { Answers } from './run.ts';
import type { JsonRecord } from './stored-entity.ts';
import { libraryFiles } from './test-library.ts';

export const librarian: Actor = { kind: 'person', id: '7', name: 'Dewi', roles: ['admin'], locale: 'en' };

const EMPTY_QUERY: ListQuery = {
  condition: null,
  sort: [],
  fields: null,
  include: [],
  search: null,
  titles: false,
  page: { number: 1, size: 20 },
};

/** A library at work: what the tests do to its records, in few words. */
export interface TestCompany {
  readonly context: RecordContext;
  /** Statements that ran since this was last asked, in and out of transactions. */
  takeStatements(): readonly string[];
  run<K extends RecordOperation['kind']>(operation: OperationOf<K>): Promise<Answers[K]>;
  list(entity: string, query?: Partial<ListQuery>): Promise<ListAnswer>;
  get(entity: string, id: string): Promise<JsonRecord>;
  create(entity: string, input: RecordInput): Promise<JsonRecord>;
  createIn(context: RecordContext, entity: string, input: RecordInput): Promise<Written>;
  update(entity: string, id: string, input: RecordInput, version?: string | null): Promise<Written>;
  remove(entity: string, id: string, version?: string | null): Promise<void>;
  bulk(operations: readonly Operation[]): ReturnType<typeof runBulk>;
  /** Creates records of which each may be refused by itself. */
  oneByOne(entity: string, inputs: readonly RecordInput[]): ReturnType<typeof runOneByOne>;
  /** What a SELECT finds; tables are named with `{schema}.` before them. */
  raw(sql: string): Promise<readonly (readonly RawValue[])[]>;
  /** Changes rows behind the engine's back. */
  execute(sql: string): Promise<void>;
  /** How many rows a table of the company has. */
  rowsIn(name: string): Promise<number>;
  /** Deletes all records and everything the engine noted. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function openTestCompany(backend: TestBackend): Promise<TestCompany> {
  const { model, diagnostics } = compile([{ kind: 'module', name: 'library', files: libraryFiles }], 'test');
  if (model === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  const opened = await backend.open(['library'], sqliteFunctions);
  const real = opened.server.company('library');
  await migrate(real, companyMigrations);
  await applySchema(real, model.tables, 'test');
  let statements: string[] = [];
  const context = contextOf(
    watched(real, ({ plain }) => statements.push(plain)),
    model,
  );
  return {
    ...operations(context, model),
    takeStatements() {
      const taken = statements;
      statements = [];
      return taken;
    },
    async empty() {
      await real.session(async (session) => {
        const off = real.dialect === 'mysql' ? 'SET foreign_key_checks = 0' : 'PRAGMA foreign_keys = OFF';
        const on = real.dialect === 'mysql' ? 'SET foreign_key_checks = 1' : 'PRAGMA foreign_keys = ON';
        await session.run(statement(off));
        const names = ['rk_history', 'rk_outbox', 'rk_sequence', 'rk_counter', 'rk_word'];
        for (const name of [...model.tables.map((each) => each.name), ...names]) {
          await session.run(statement(`DELETE FROM ${table(name)}`));
        }
        await session.run(statement(on));
      });
      forgetWritten(context.database, new Set(model.entities.keys()));
    },
    close: () => opened.remove(),
  };
}

function operations(context: RecordContext, model: Model): Omit<TestCompany, 'takeStatements' | 'empty' | 'close'> {
  const authorized = <O extends Operation>(operation: O): ReturnType<typeof seal<O>> =>
    seal(operation, model.entities.get(operation.entity) as Entity, librarian);
  const run = <K extends RecordOperation['kind']>(operation: OperationOf<K>): Promise<Answers[K]> =>
    runOperation<K>(context, authorized(operation));
  return {
    context,
    run,
    list: (entity, query = {}) => run<'list'>({ kind: 'list', entity, query: { ...EMPTY_QUERY, ...query } }),
    get: async (entity, id) => (await run<'get'>({ kind: 'get', entity, id, include: [], titles: false })).record,
    create: async (entity, input) => (await run<'create'>({ kind: 'create', entity, input })).record,
    createIn: (other, entity, input) => runOperation<'create'>(other, authorized({ kind: 'create', entity, input })),
    update: (entity, id, input, version = null) => run<'update'>({ kind: 'update', entity, id, input, version }),
    remove: async (entity, id, version = null) => {
      await run<'delete'>({ kind: 'delete', entity, id, version });
    },
    oneByOne: (entity, inputs) =>
      runOneByOne(
        context,
        inputs.map((input) => authorized({ kind: 'create', entity, input } as const)),
        { keep: true, alongside: () => Promise.resolve() },
      ),
    bulk: (list) => runBulk(context, list.map((each) => authorized(each)) as readonly BulkOperation[]),
    raw: async (sql) => context.database.tuples(statement(sql)),
    execute: (sql) =>
      context.database.session(async (session) => {
        await session.run(statement(sql));
      }),
    rowsIn: async (name) => {
      const [row] = await context.database.tuples(statement(`SELECT COUNT(*) FROM ${table(name)}`));
      return Number(row?.[0]);
    },
  };
}

function contextOf(database: Database, model: Model): RecordContext {
  return {
    database,
    model,
    today: '2026-03-14',
    now: '2026-03-14T09:26:53.589Z',
    globals: { user: { id: '7' }, company: { currency: 'IDR' }, settings: {} },
    cipher: {
      encrypt: (text) => `sealed:${[...text].reverse().join('')}`,
      decrypt: (text) => [...text.slice('sealed:'.length)].reverse().join(''),
    },
  };
}
