import { companyMigrations } from '../../../migrations/index.ts';
import { compile } from '../compiler/compile.ts';
import type { Model } from '../compiler/model.ts';
import { sqliteFunctions } from '../expression/sql/sqlite-functions.ts';
import type { Actor, ListQuery, RecordInput, RecordOperation } from '../metamodel/operation.ts';
import type { OperationOf } from '../records/authorized.ts';
import type { RecordContext } from '../records/context.ts';
import { HOLDER } from '../records/reach.ts';
import { runOperation } from '../records/run.ts';
import type { Answers } from '../records/run.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { applySchema } from '../storage/schema/apply.ts';
import { migrate } from '../storage/schema/migrate.ts';
import { statement, table } from '../storage/statement.ts';
import type { TestBackend } from '../storage/test-server.ts';
import { authorize } from './authorize.ts';

/** Metadata of a depot whose people see different parts of it: the sample that the tests of rights speak of. */

/** The fields of an order, rows apart; the matrix walks them. */
export const ORDER_FIELDS = ['code', 'region', 'buyer', 'margin', 'note'] as const;

/** What a role may do with orders, as metadata and as a plain predicate beside it. */
export interface OrderGrant {
  readonly actions: readonly string[];
  readonly where?: string;
  readonly holds: (order: Order, person: string) => boolean;
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

export interface Order {
  readonly id: string;
  readonly code: string;
  readonly region: string;
  readonly buyer: string;
  readonly margin: string;
  readonly note: string | null;
  readonly createdBy: string;
}

const always = (): boolean => true;

/** By role. Every kind of condition is there: none, a field, a link, the person, and grants that add up. */
export const ORDER_GRANTS: Readonly<Record<string, readonly OrderGrant[]>> = {
  'depot.manager': [{ actions: ['read', 'create', 'update', 'delete'], holds: always }],
  'depot.auditor': [{ actions: ['read'], holds: always, read: ['code', 'region', 'margin'] }],
  'depot.west': [
    {
      actions: ['read', 'create', 'update'],
      where: "region == 'west'",
      holds: ({ region }) => region === 'west',
      read: ['code', 'region', 'note', 'lines.item'],
      write: ['region', 'note'],
    },
  ],
  'depot.own': [
    {
      actions: ['read', 'update', 'delete'],
      where: 'created_by == user.id',
      holds: ({ createdBy }, person) => createdBy === person,
    },
  ],
  'depot.vip': [
    { actions: ['read'], where: "buyer.grade == 'A'", holds: ({ buyer }) => buyer === '1', read: ['code', 'buyer'] },
    { actions: ['update'], where: "buyer.grade == 'A'", holds: ({ buyer }) => buyer === '1', write: ['note'] },
  ],
  'depot.stranger': [],
};

/** The documents of the module, its manifest first. */
export const depotDocuments = [
  { module: 'depot', name: 'Depot', version: '1.0.0', category: 'core', dependencies: [] },
  {
    entity: 'depot.buyer',
    kind: 'master',
    label: 'Buyer',
    title: '{name}',
    key: ['name'],
    fields: {
      name: { type: 'text', required: true, unique: true, maxLength: 60, search: true },
      grade: { type: 'text', maxLength: 1 },
      secret: { type: 'text', maxLength: 60 },
    },
  },
  {
    entity: 'depot.order',
    kind: 'master',
    label: 'Order',
    title: '{code} {buyer.name}',
    key: ['code'],
    fields: {
      code: { type: 'text', required: true, unique: true, maxLength: 20, search: true },
      region: { type: 'text', required: true, maxLength: 20 },
      buyer: { type: 'link', to: 'depot.buyer', required: true },
      margin: { type: 'money' },
      note: { type: 'text', maxLength: 100 },
      lines: { type: 'lines', of: 'depot.order-line' },
      paper: { type: 'file' },
      double: { type: 'money', computed: 'margin * 2' },
    },
  },
  {
    dashboard: 'depot.overview',
    label: 'Overview',
    widgets: [
      {
        name: 'margin',
        label: 'Margin',
        kind: 'number',
        entity: 'depot.order',
        value: { aggregate: 'sum', field: 'margin' },
      },
      { name: 'orders', label: 'Orders', kind: 'number', entity: 'depot.order', value: { aggregate: 'count' } },
      { name: 'latest', label: 'Latest', kind: 'list', entity: 'depot.order', value: { aggregate: 'count' } },
    ],
  },
  {
    entity: 'depot.order-line',
    kind: 'lines',
    label: 'Line',
    fields: { item: { type: 'text', required: true, maxLength: 30 }, cost: { type: 'money' } },
  },
  ...Object.entries(ORDER_GRANTS)
    .filter(([, grants]) => grants.length > 0)
    .map(([role, grants]) => ({
      permission: role,
      role,
      grants: grants.map(({ actions, where, read, write }) => ({ entity: 'depot.order', actions, where, read, write })),
    })),
  { permission: 'depot.buyers', role: 'depot.vip', grants: [{ entity: 'depot.buyer', actions: ['read'] }] },
  {
    permission: 'depot.buyers-of-the-west',
    role: 'depot.west',
    grants: [{ entity: 'depot.buyer', actions: ['read'], where: "grade == 'B'", read: ['name', 'grade'] }],
  },
  {
    permission: 'depot.all-buyers',
    role: 'depot.manager',
    grants: [{ entity: 'depot.buyer', actions: ['read', 'create'] }],
  },
];

/** A depot at work: operations go through the door, in the name of whoever is given. */
export interface TestDepot {
  readonly model: Model;
  as<K extends RecordOperation['kind']>(actor: Actor, operation: OperationOf<K>): Promise<Answers[K]>;
  list(actor: Actor, query?: Partial<ListQuery>, entity?: string): Promise<Answers['list']>;
  create(actor: Actor, entity: string, input: RecordInput): Promise<JsonRecord>;
  /** Opens one record to one person. */
  share(entity: string, id: string, person: string, mayWrite: boolean): Promise<void>;
  unshare(): Promise<void>;
  close(): Promise<void>;
}

export function person(id: string, roles: readonly string[], restrictions?: Actor['restrictions']): Actor {
  const actor = { kind: 'person', id, name: `Person ${id}`, roles, locale: 'en' } as const;
  return restrictions === undefined ? actor : { ...actor, restrictions };
}

export const admin = person('1', ['admin']);

const EMPTY: ListQuery = {
  condition: null,
  sort: [],
  fields: null,
  include: [],
  search: null,
  titles: false,
  page: { number: 1, size: 50 },
};

export async function openTestDepot(backend: TestBackend): Promise<TestDepot> {
  const files = depotDocuments.map((document, index) => ({ path: `${index}.json`, text: JSON.stringify(document) }));
  const { model, diagnostics } = compile([{ kind: 'module', name: 'depot', files }], 'depot');
  if (model === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  const opened = await backend.open(['depot'], sqliteFunctions);
  const database = opened.server.company('depot');
  await migrate(database, companyMigrations);
  await applySchema(database, model.tables, 'depot');
  const contextOf = (actor: Actor): RecordContext => ({
    database,
    model,
    today: '2026-03-14',
    now: '2026-03-14T09:26:53.589Z',
    globals: { user: { id: actor.id, name: actor.name }, company: { currency: 'IDR' }, settings: {} },
    cipher: { encrypt: (text) => text, decrypt: (text) => text },
  });
  const as = async <K extends RecordOperation['kind']>(actor: Actor, operation: OperationOf<K>): Promise<Answers[K]> =>
    runOperation<K>(contextOf(actor), authorize(operation, actor, ['*'], { model, inactiveModuleOf: () => null }));
  const execute = (text: string, bindings: readonly (string | number)[]): Promise<void> =>
    database.session(async (session) => void (await session.run(statement(text), bindings)));
  return {
    model,
    as,
    list: (actor, query = {}, entity = 'depot.order') =>
      as<'list'>(actor, { kind: 'list', entity, query: { ...EMPTY, ...query } }),
    create: async (actor, entity, input) => (await as<'create'>(actor, { kind: 'create', entity, input })).record,
    share: (entity, id, who, mayWrite) =>
      execute(
        `INSERT INTO ${table('rk_shared')} (entity, record_id, holder, may_write, shared_by, created_at) ` +
          "VALUES (?, ?, ?, ?, 1, '2026-03-14 09:00:00')",
        [entity, id, HOLDER.person(who), mayWrite ? 1 : 0],
      ),
    unshare: () => execute(`DELETE FROM ${table('rk_shared')}`, []),
    close: () => opened.remove(),
  };
}
