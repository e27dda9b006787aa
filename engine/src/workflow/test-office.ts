import { companyMigrations } from '../../../migrations/index.ts';
import { compile } from '../compiler/compile.ts';
import type { Entity, Model } from '../compiler/model.ts';
import { sqliteFunctions } from '../expression/sql/sqlite-functions.ts';
import type { Actor, RecordInput } from '../metamodel/operation.ts';
import { seal } from '../records/authorized.ts';
import type { RecordContext } from '../records/context.ts';
import { runOperation } from '../records/run.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { applySchema } from '../storage/schema/apply.ts';
import { migrate } from '../storage/schema/migrate.ts';
import { statement } from '../storage/statement.ts';
import type { RawValue } from '../storage/statement.ts';
import type { TestBackend } from '../storage/test-server.ts';
import type { Principal } from './delegations.ts';
import { takeAction } from './document-actions.ts';
import { findFlow, takeFlow } from './flow.ts';
import { openFlows, openTransitions } from './open-actions.ts';
import type { OpenAction } from './open-actions.ts';
import { flowsFrom } from './flow.ts';
import { loadRecord } from '../records/load-record.ts';
import { readingFrom } from '../records/write-unit.ts';

function person(id: string, name: string, ...roles: readonly string[]): Actor {
  return { kind: 'person', id, name, roles, locale: 'en' };
}

/** Members of the office. */
export const clerk = person('7', 'Dewi', 'office.clerk');
export const boss = person('8', 'Budi', 'office.boss');
export const partner = person('9', 'Sari', 'office.boss');

type Document = Readonly<Record<string, unknown>>;

/** Documents of an office where requests are asked for, approved and paid. */
export const officeDocuments: readonly Document[] = [
  { module: 'office', name: 'Office', version: '1.0.0', category: 'core', dependencies: [] },
  {
    permission: 'office.clerk',
    role: 'office.clerk',
    grants: [{ entity: 'office.request', actions: ['read', 'create'] }],
  },
  { permission: 'office.boss', role: 'office.boss', grants: [{ entity: 'office.request', actions: ['read'] }] },
  {
    entity: 'office.thing',
    kind: 'master',
    label: 'Thing',
    title: '{name}',
    key: ['name'],
    fields: {
      name: { type: 'text', required: true, unique: true },
      is_service: { type: 'boolean', default: 'false' },
      seen: { type: 'integer', default: '0' },
    },
  },
  {
    entity: 'office.request',
    kind: 'document',
    label: { en: 'Request', id: 'Permintaan' },
    number: 'REQ-{yyyy}-{seq:3}',
    title: 'Request {number}',
    fields: {
      date: { type: 'date', required: true, default: 'today()' },
      reason: { type: 'text', allow_on_submit: true },
      asked_of: { type: 'text' },
      lines: { type: 'lines', of: 'office.request-line', min: 1 },
      total: { type: 'money', computed: 'sum(lines.amount)' },
    },
  },
  {
    entity: 'office.request-line',
    kind: 'lines',
    label: 'Line',
    fields: {
      thing: { type: 'link', to: 'office.thing', required: true },
      quantity: { type: 'quantity', required: true },
      amount: { type: 'money', default: '0' },
    },
  },
  {
    entity: 'office.order',
    kind: 'document',
    label: { en: 'Order', id: 'Pesanan' },
    number: 'ORD-{yyyy}-{seq:3}',
    fields: {
      date: { type: 'date', required: true, default: 'today()' },
      request: { type: 'link', to: 'office.request' },
      kind: { type: 'enumeration', options: ['usual', 'rush'], default: "'usual'" },
      note: { type: 'text', default: "'from the default'" },
      lines: { type: 'lines', of: 'office.order-line' },
    },
  },
  {
    entity: 'office.order-line',
    kind: 'lines',
    label: 'Line',
    fields: {
      thing: { type: 'link', to: 'office.thing', required: true },
      quantity: { type: 'quantity', required: true },
      doubled: { type: 'quantity', computed: 'quantity * 2' },
      request_line: { type: 'link', to: 'office.request-line' },
    },
  },
  {
    ledger: 'office.to-order',
    dimensions: { request_line: 'office.request-line' },
    measures: { quantity: 'quantity' },
  },
  {
    posting: 'office.request',
    on: 'submit',
    entries: [{ ledger: 'office.to-order', each: 'lines', in: { quantity: 'quantity' }, at: { request_line: 'id' } }],
  },
  {
    posting: 'office.order',
    on: 'submit',
    entries: [
      {
        ledger: 'office.to-order',
        each: 'lines',
        when: 'request_line != null',
        out: { quantity: 'quantity' },
        at: { request_line: 'request_line' },
      },
    ],
  },
  {
    workflow: 'office.request',
    states: [
      'draft',
      { name: 'waiting', label: { en: 'Waiting', id: 'Menunggu' }, color: 'amber' },
      'approved',
      { name: 'rejected', color: 'red', editable: true },
      'withdrawn',
    ],
    transitions: [
      { name: 'ask', from: ['draft', 'rejected'], to: 'waiting', roles: ['clerk', 'boss'] },
      {
        name: 'approve',
        label: { en: 'Approve', id: 'Setujui' },
        from: 'waiting',
        to: 'approved',
        roles: ['boss'],
        guard: 'total <= user.approval_limit',
        message: { en: '{total} is more than you may decide', id: '{total} melebihi wewenang Anda' },
        self_approval: false,
        do: ['submit', { notify: 'owner' }],
      },
      { name: 'approve-together', from: 'waiting', to: 'approved', roles: ['boss'], approvals: 2, do: ['submit'] },
      {
        name: 'reject',
        from: 'waiting',
        to: 'rejected',
        roles: ['boss'],
        do: [{ set: { reason: "'no: ' + user.name" } }],
      },
      { name: 'withdraw', from: 'approved', to: 'withdrawn', roles: ['boss'], do: ['cancel'] },
    ],
  },
  {
    flow: 'office.request-to-order',
    label: { en: 'Order', id: 'Pesan' },
    from: 'office.request',
    to: 'office.order',
    set: { request: 'id', kind: "'rush'", note: 'reason' },
    lines: {
      from: 'lines',
      where: 'not thing.is_service',
      open: "balance('office.to-order', request_line: id).quantity",
      set: { thing: 'thing', quantity: 'open', request_line: 'id' },
    },
  },
  {
    flow: 'office.thing-to-request',
    from: 'office.thing',
    to: 'office.request',
    set: { reason: "'again: ' + name" },
    lines: { to: 'lines', set: { thing: 'id', quantity: '1' } },
  },
];

/** The office as a model, with more documents on top. */
export function officeModel(more: readonly Document[] = []): Model {
  const files = [...officeDocuments, ...more].map((document, index) => ({
    path: `${index}.json`,
    text: JSON.stringify(document),
  }));
  const { model, diagnostics } = compile([{ kind: 'module', name: 'office', files }], 'office');
  if (model === null) throw new Error(JSON.stringify(diagnostics, null, 2));
  return model;
}

export interface TestOffice {
  readonly context: RecordContext;
  create(entity: string, input: RecordInput, actor?: Actor): Promise<JsonRecord>;
  get(entity: string, id: string): Promise<JsonRecord>;
  update(entity: string, id: string, input: RecordInput): Promise<JsonRecord>;
  remove(entity: string, id: string): Promise<void>;
  act(entity: string, id: string, action: string, actor: Actor, principals?: readonly Principal[]): Promise<JsonRecord>;
  flow(entity: string, id: string, flow: string): Promise<JsonRecord>;
  open(entity: string, id: string, actor: Actor): Promise<readonly OpenAction[]>;
  raw(sql: string): Promise<readonly (readonly RawValue[])[]>;
  close(): Promise<void>;
}

export async function openTestOffice(backend: TestBackend, more: readonly Document[] = []): Promise<TestOffice> {
  const model = officeModel(more);
  const opened = await backend.open(['office'], sqliteFunctions);
  const database = opened.server.company('office');
  await migrate(database, companyMigrations);
  await applySchema(database, model.tables, 'office');
  const context: RecordContext = {
    database,
    model,
    today: '2026-03-14',
    now: '2026-03-14T09:26:53.589Z',
    globals: { user: { id: '7', name: 'Dewi' }, company: { currency: 'IDR' }, settings: {} },
    cipher: { encrypt: (text) => text, decrypt: (text) => text },
  };
  const entityOf = (name: string): Entity => model.entities.get(name) as Entity;
  const create = async (entity: string, input: RecordInput, actor = clerk): Promise<JsonRecord> =>
    (await runOperation(context, seal({ kind: 'create', entity, input } as const, entityOf(entity), actor))).record;
  return {
    context,
    create,
    get: async (entity, id) => {
      const operation = { kind: 'get', entity, id, include: [], titles: false } as const;
      return (await runOperation<'get'>(context, seal(operation, entityOf(entity), clerk))).record;
    },
    update: async (entity, id, input) => {
      const operation = { kind: 'update', entity, id, input, version: null } as const;
      return (await runOperation<'update'>(context, seal(operation, entityOf(entity), clerk))).record;
    },
    remove: async (entity, id) => {
      const operation = { kind: 'delete', entity, id, version: null } as const;
      await runOperation<'delete'>(context, seal(operation, entityOf(entity), clerk));
    },
    act: async (entity, id, action, actor, principals = []) => {
      const operation = { kind: 'action', entity, id, action, version: null } as const;
      const user = { id: actor.id, name: actor.name };
      const asActor = { ...context, globals: { ...context.globals, user } };
      return (await takeAction(asActor, seal(operation, entityOf(entity), actor), null, principals)).record;
    },
    flow: async (entity, id, flow) => {
      const { to } = findFlow(model, entityOf(entity), flow);
      const mayCreate = seal({ kind: 'create', entity: to.name, input: {} } as const, to, clerk);
      const operation = { kind: 'flow', entity, id, flow } as const;
      return (await takeFlow(context, seal(operation, entityOf(entity), clerk), mayCreate)).record;
    },
    open: async (entity, id, actor) => {
      const from = readingFrom(context, database);
      const record = await loadRecord(from, entityOf(entity), id);
      const workflow = model.workflows.get(entity);
      const asking = { actor, principals: [], allows: () => true };
      return [
        ...(workflow === undefined ? [] : await openTransitions(from, workflow, record, asking)),
        ...(await openFlows(from, flowsFrom(model, entityOf(entity)), record, actor.locale)),
      ];
    },
    raw: async (sql) => database.tuples(statement(sql)),
    close: () => opened.remove(),
  };
}
