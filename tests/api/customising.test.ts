import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listCompanies } from '../../engine/src/runtime/company-entries.ts';
import { beginChange, openChanges } from '../../engine/src/runtime/pending-changes.ts';
import { openGateway, places } from './test-gateway.ts';
import type { Body, Client, Reply, TestGateway } from './test-gateway.ts';

const METADATA = '/api/v1/metadata';

type Document = Readonly<Record<string, unknown>>;

const nickname = (facts: Document = { type: 'text' }): Document => ({
  kind: 'entity',
  name: 'sales.customer',
  document: { entity: 'sales.customer', fields: { nickname: facts } },
});

const visit: Document = {
  kind: 'entity',
  name: 'sales.visit',
  document: {
    entity: 'sales.visit',
    kind: 'master',
    label: { en: 'Visit', id: 'Kunjungan' },
    fields: { customer: { type: 'link', to: 'sales.customer', required: true }, notes: { type: 'text' } },
  },
};

async function planOf(client: Client, ...changes: readonly Document[]): Promise<Body> {
  const { status, body } = await client.post(`${METADATA}/plan`, { changes });
  expect([status, body]).toEqual([200, body]);
  return body['data'] as Body;
}

async function publish(client: Client, ...changes: readonly Document[]): Promise<Reply> {
  const plan = await planOf(client, ...changes);
  expect(plan['diagnostics']).toEqual([]);
  return client.post(`${METADATA}/apply`, { plan_id: plan['plan_id'] });
}

async function versionNow(client: Client): Promise<number> {
  const { body } = await client.get(`${METADATA}/versions`);
  return (body['data'] as unknown as { number: number }[])[0]?.number ?? 0;
}

describe.each(places)("a company's own metadata, on $name", (place) => {
  let gateway: TestGateway;
  let owner: Client;

  beforeAll(async () => {
    gateway = await openGateway(place);
  });
  afterAll(() => gateway.close());

  const company = async (): Promise<Client> => {
    const client = await gateway.register();
    expect((await client.post('/api/v1/user-modules', { module: 'sales' })).status).toBe(201);
    return client;
  };

  beforeAll(async () => {
    owner = await company();
  });

  it('is planned without changing anything', async () => {
    const before = await versionNow(owner);
    const plan = await planOf(owner, nickname());
    expect(plan).toMatchObject({
      changes: [{ kind: 'entity', name: 'sales.customer', action: 'add' }],
      steps: [{ kind: 'add-columns', table: 'sales_customer', names: ['nickname'] }],
    });
    expect(JSON.stringify(plan)).not.toContain('ALTER TABLE');
    expect((await owner.post('/api/v1/records/sales.customer', { name: 'A', nickname: 'B' })).status).toBe(422);
    expect(await versionNow(owner)).toBe(before);
  });

  it('takes fields and entities, for this company alone', async () => {
    const before = await versionNow(owner);
    const applied = await publish(owner, nickname(), visit);
    expect(applied).toMatchObject({ status: 200, body: { data: { version: before + 1 } } });
    const customer = await owner.post('/api/v1/records/sales.customer', { name: 'Toko', nickname: 'T' });
    expect(customer.body).toMatchObject({ data: { nickname: 'T' } });
    const id = customer.body['data']?.['id'];
    expect((await owner.post('/api/v1/records/sales.visit', { customer: id, notes: 'Ok' })).status).toBe(201);
    const other = await company();
    expect((await other.post('/api/v1/records/sales.customer', { name: 'A', nickname: 'B' })).status).toBe(422);
    expect((await other.get('/api/v1/records/sales.visit')).status).toBe(404);
  });

  it('stays when modules are activated', async () => {
    expect((await owner.post('/api/v1/user-modules', { module: 'purchase' })).status).toBe(201);
    expect((await owner.get('/api/v1/records/sales.customer')).body).toMatchObject({ data: [{ nickname: 'T' }] });
    const version = await versionNow(owner);
    const { body } = await owner.get(`${METADATA}/versions/${version}`);
    expect(body).toMatchObject({ data: { changes: [], modules_added: ['purchase'] } });
    expect(body['data']?.['documents']).toHaveLength(2);
  });

  it('refuses to deactivate a module that it needs, and says why', async () => {
    const { body } = await owner.get('/api/v1/user-modules');
    const sales = (body['data'] as unknown as { id: string; module: { slug: string } }[]).find(
      (each) => each.module.slug === 'sales',
    );
    const refused = await owner.delete(`/api/v1/user-modules/${sales?.id ?? ''}`);
    expect(refused.status).toBe(409);
    expect(JSON.stringify(refused.body['errors'])).toContain('sales.');
  });

  it('keeps the second of two admins from overwriting the first', async () => {
    const first = await planOf(owner, nickname({ type: 'text', label: 'First' }));
    const second = await planOf(owner, nickname({ type: 'text', label: 'Second' }));
    const answers = await Promise.all(
      [first, second].map((plan) => owner.post(`${METADATA}/apply`, { plan_id: plan['plan_id'] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('hides a removed field, keeps its values, and brings them back with a former version', async () => {
    const former = await versionNow(owner);
    const removal = { kind: 'entity', name: 'sales.customer', document: null };
    const plan = await planOf(owner, removal);
    expect(plan['risks']).toMatchObject([{ kind: 'hides-field', subject: 'sales.customer.nickname' }]);
    expect((await publish(owner, removal)).status).toBe(200);
    const hidden = await owner.get('/api/v1/records/sales.customer');
    expect(hidden.body['data']?.['0']).not.toHaveProperty('nickname');
    expect((await owner.post(`${METADATA}/versions/${former}/restore`)).status).toBe(200);
    expect((await owner.get('/api/v1/records/sales.customer')).body).toMatchObject({ data: [{ nickname: 'T' }] });
  });

  it('renames a field and keeps its values', async () => {
    const document = { entity: 'sales.customer', fields: { alias: { type: 'text', was: 'nickname' } } };
    const rename = { kind: 'entity', name: 'sales.customer', document };
    expect((await planOf(owner, rename))['risks']).toEqual([
      { kind: 'renames', subject: 'sales.customer.nickname', reason: 'alias', examples: [] },
    ]);
    expect((await publish(owner, rename)).status).toBe(200);
    expect((await owner.get('/api/v1/records/sales.customer')).body).toMatchObject({ data: [{ alias: 'T' }] });
  });

  it('has no plan for a type that the values cannot become', async () => {
    const document = { entity: 'sales.customer', fields: { alias: { type: 'integer' } } };
    const plan = await planOf(owner, { kind: 'entity', name: 'sales.customer', document });
    expect(plan).toMatchObject({
      plan_id: null,
      risks: expect.arrayContaining([expect.objectContaining({ kind: 'blocked', reason: 'type-changed' })]) as unknown,
    });
  });

  it('moves to another company as one file and makes the same model there', async () => {
    const source = await company();
    const target = await company();
    const applied = await publish(source, nickname(), visit);
    const file = (await source.get(`${METADATA}/export?scope=company`)).body;
    const dry = await target.post(`${METADATA}/import?dry_run=true`, file);
    expect(dry.body).toMatchObject({ data: { plan_id: null, model_hash: applied.body['data']?.['model_hash'] } });
    expect((await target.get('/api/v1/records/sales.visit')).status).toBe(404);
    const imported = await target.post(`${METADATA}/import`, file);
    expect(imported.body['data']?.['model_hash']).toBe(applied.body['data']?.['model_hash']);
    expect((await target.get(`${METADATA}/export`)).body).toEqual(file);
    const forged = { ...file, documents: [] };
    expect((await target.post(`${METADATA}/import`, forged)).body).toMatchObject({
      errors: [{ pointer: '/hash', code: 'hash-differs' }],
    });
  });

  it('takes SQL keywords as names', async () => {
    const client = await company();
    const fields = { select: { type: 'text' }, order: { type: 'integer' }, group: { type: 'text' } };
    const document = { entity: 'sales.table', kind: 'master', label: 'Table', fields };
    expect((await publish(client, { kind: 'entity', name: 'sales.table', document })).status).toBe(200);
    const created = await client.post('/api/v1/records/sales.table', { select: 'x', order: 1, group: 'y' });
    expect(created.body).toMatchObject({ data: { select: 'x', order: 1, group: 'y' } });
  });

  it('refuses keys of prototypes, circles, strange kinds and far too many documents', async () => {
    const prototype = JSON.parse('{"entity":"sales.customer","__proto__":{"polluted":true}}') as Document;
    const plan = await owner.post(`${METADATA}/plan`, {
      changes: [{ kind: 'entity', name: 'sales.customer', document: prototype }],
    });
    expect(plan.status === 400 || plan.body['data']?.['plan_id'] === null).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();

    const circle = {
      entity: 'sales.customer',
      fields: { a: { type: 'integer', computed: 'b' }, b: { type: 'integer', computed: 'a' } },
    };
    const circular = await planOf(owner, { kind: 'entity', name: 'sales.customer', document: circle });
    expect(circular).toMatchObject({ plan_id: null });
    expect(circular['diagnostics']).not.toEqual([]);

    for (const change of [
      { kind: 'constructor', name: 'x', document: {} },
      { kind: 'entity', name: 'x', document: { entity: 'y' } },
      7,
    ]) {
      expect((await owner.post(`${METADATA}/plan`, { changes: [change] })).status).toBe(422);
    }
    const many = Array.from({ length: 10_000 }, (_, place) => ({
      kind: 'entity',
      name: `sales.e${place}`,
      document: null,
    }));
    expect((await owner.post(`${METADATA}/plan`, { changes: many })).status).toBe(422);
    expect((await owner.post(`${METADATA}/apply`, { plan_id: 'nothing' })).status).toBe(404);
  });

  it('is finished at the next start when the server was killed after the publication began', async () => {
    const account = { email: `killed-${place.name}@example.com`, password: 'a long enough password' };
    const client = await gateway.register(account);
    await client.post('/api/v1/user-modules', { module: 'sales' });
    const plan = await planOf(client, nickname());
    const { catalog } = gateway.engine.server;
    const entry = (await listCompanies(catalog)).at(-1);
    await beginChange(catalog, {
      companyId: entry?.id ?? '',
      kind: 'publish',
      subject: String(plan['plan_id']),
      payload: { modules: [], configurations: {}, actorName: 'Dewi' },
      actorId: null,
    });
    gateway = await gateway.restart();
    const again = gateway.stranger();
    await again.post('/api/v1/auth/login', account);
    const created = await again.post('/api/v1/records/sales.customer', { name: 'A', nickname: 'B' });
    expect(created.body).toMatchObject({ data: { nickname: 'B' } });
    expect(await openChanges(gateway.engine.server.catalog, entry?.id ?? '')).toEqual([]);
  });
});
