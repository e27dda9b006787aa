import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const PATH = '/api/v1/roles';
const COUNTER = {
  label: { en: 'Counter', id: 'Loket' },
  grants: [
    { entity: 'sales.customer', actions: ['read', 'update'], where: 'created_by == user.id', read: ['name', 'city'] },
    { entity: 'inventory.item', actions: ['read'], where: null, read: null, write: null },
  ],
};

describe.each(places)('roles of a company, on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let clerk: Client;
  let clerkId: string;
  const here = { 'x-company': 'toko-peran' };
  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko Peran' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    clerk = await gateway.register({ email: 'clerk@example.com' });
    clerkId = await becomeMember(gateway, owner, { email: 'clerk@example.com' });
    await owner.post('/api/v1/records/sales.customer', { name: 'Warung Bu Sri', city: 'Bandung' });
  });
  afterAll(() => gateway.close());

  const versionOf = async (role: string): Promise<string> =>
    String((await owner.get(`${PATH}/${role}`)).body['data']?.['version']);

  it('tell everything that can be granted', async () => {
    const { status, body } = await owner.get(`${PATH}/grantable`);
    expect(status).toBe(200);
    const modules = body['data'] as unknown as { slug: string; entities: { name: string }[] }[];
    const sales = modules.find(({ slug }) => slug === 'sales');
    expect(sales?.entities.find(({ name }) => name === 'sales.order')).toMatchObject({
      kind: 'document',
      actions: expect.arrayContaining(['read', 'submit', 'export', 'print']) as unknown,
      fields: expect.arrayContaining([
        expect.objectContaining({
          name: 'lines',
          rows: expect.arrayContaining([expect.objectContaining({ name: 'rate' })]) as unknown,
        }),
      ]) as unknown,
    });
    expect((await clerk.get(`${PATH}/grantable`, here)).status).toBe(403);
  });

  it('are made, held by a member, changed and felt at once, and deleted', async () => {
    const trial = await owner.post(`${PATH}?dry_run=true`, COUNTER);
    expect(trial).toMatchObject({ status: 200, body: { data: { closes: [], opens: [] } } });
    expect((await owner.get(`${PATH}/company.counter`)).status).toBe(404);
    const made = await owner.post(PATH, COUNTER);
    expect(made).toMatchObject({
      status: 201,
      body: { data: { name: 'company.counter', is_own: true, label: COUNTER.label } },
    });
    expect((await owner.get(PATH)).body['data']).toContainEqual({
      name: 'company.counter',
      label: 'Counter',
      module: null,
      is_own: true,
    });
    expect((await clerk.get('/api/v1/records/sales.customer', here)).status).toBe(403);
    await owner.patch(`/api/v1/members/${clerkId}`, { roles: ['company.counter'] });
    expect((await clerk.get('/api/v1/records/sales.customer', here)).body).toMatchObject({ data: [] });
    expect((await clerk.post('/api/v1/records/sales.customer', { name: 'Baru' }, here)).status).toBe(403);
    const version = await versionOf('company.counter');
    const wider = { grants: [{ entity: 'sales.customer', actions: ['read'], read: ['name'] }] };
    expect((await owner.patch(`${PATH}/company.counter`, { ...wider, version })).status).toBe(200);
    const seen = (await clerk.get('/api/v1/records/sales.customer', here)).body['data'] as unknown as object[];
    expect(seen).toEqual([expect.objectContaining({ name: 'Warung Bu Sri' })]);
    expect(seen[0]).not.toHaveProperty('city');
    expect((await clerk.get('/api/v1/records/inventory.item', here)).status).toBe(403);
    const stale = await owner.patch(`${PATH}/company.counter`, { ...wider, version });
    expect(stale).toMatchObject({ status: 412, body: { data: { name: 'company.counter' } } });
    expect((await owner.patch(`${PATH}/company.counter`, wider)).status).toBe(428);
    expect(await owner.delete(`${PATH}/company.counter`)).toMatchObject({
      status: 409,
      body: { errors: [{ code: 'role-in-use', message: expect.stringContaining('clerk@example.com') as unknown }] },
    });
    await owner.patch(`/api/v1/members/${clerkId}`, { roles: ['user'] });
    expect((await owner.delete(`${PATH}/company.counter`)).status).toBe(204);
    expect((await owner.get(`${PATH}/company.counter`)).status).toBe(404);
    const { knex } = gateway.engine.server.catalog;
    const noted = await knex('activities').where({ subject: 'company.counter' }).orderBy('id').pluck('action');
    expect(noted).toEqual(['role.create', 'role.change', 'role.delete']);
  });

  it('are refused with the place of every fault, and nothing is published', async () => {
    const bad = await owner.post(PATH, {
      label: 'Bad',
      grants: [
        { entity: 'sales.customer', actions: ['read'], where: 'nmae == 1' },
        { entity: 'sales.customer', actions: ['read'], read: ['no_such'] },
        { entity: 'sales.nothing', actions: ['read'] },
      ],
    });
    expect(bad.status).toBe(422);
    expect(Object.keys(faultsOf(bad)).sort()).toEqual(['/grants/0/where', '/grants/1/read/0', '/grants/2/entity']);
    expect(Object.keys(faultsOf(await owner.post(PATH, { label: { xx: 'y' }, grants: [7], extra: 1 }))).sort()).toEqual(
      ['/extra', '/grants', '/grants/0', '/label', '/label/xx'],
    );
    expect(faultsOf(await owner.post(PATH, { label: '日本', grants: COUNTER.grants }))).toEqual({ '/label': 'slug' });
    expect(
      (await owner.post(PATH, { label: 'Odd', grants: [{ entity: 'sales.customer', actions: ['fly'] }] })).status,
    ).toBe(422);
    expect((await owner.get(`${PATH}?x=1`)).status).toBe(400);
    const names = ((await owner.get(PATH)).body['data'] as unknown as { name: string }[]).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('company.'))).toEqual([]);
  });

  it('of modules are read, and copied instead of changed', async () => {
    const shipped = (await owner.get(`${PATH}/sales.clerk`)).body['data'] as unknown as {
      is_own: boolean;
      grants: object[];
    };
    expect(shipped.is_own).toBe(false);
    expect((await owner.patch(`${PATH}/sales.clerk`, { version: '', grants: COUNTER.grants })).status).toBe(409);
    expect((await owner.delete(`${PATH}/sales.clerk`)).status).toBe(409);
    const copy = await owner.post(PATH, { label: 'Sales clerk', grants: shipped.grants });
    expect(copy.status).toBe(201);
    expect(copy.body['data']?.['grants']).toEqual(shipped.grants);
    expect((await owner.post(PATH, { label: 'Sales clerk', grants: shipped.grants })).status).toBe(409);
  });

  it('check a condition while it is typed', async () => {
    const check = async (where: string, entity = 'sales.customer'): Promise<unknown> =>
      (await owner.post(`${PATH}/conditions`, { entity, where })).body['data'];
    expect(await check("city == 'Bandung' and created_by == user.id")).toEqual({ valid: true, faults: [] });
    expect(await check('ctiy == 1')).toMatchObject({
      valid: false,
      faults: [{ hint: expect.stringContaining('city') as unknown }],
    });
    expect(await check('name ==')).toMatchObject({ valid: false });
    expect(await check('true', 'sales.nothing')).toMatchObject({ valid: false });
    expect((await clerk.post(`${PATH}/conditions`, { entity: 'sales.customer', where: 'true' }, here)).status).toBe(
      403,
    );
  });

  it('say when they close records that were open to all', async () => {
    const document = { entity: 'company.visit', kind: 'master', label: 'Visit', fields: { note: { type: 'text' } } };
    const plan = await owner.post('/api/v1/metadata/plan', {
      changes: [{ kind: 'entity', name: 'company.visit', document }],
    });
    await owner.post('/api/v1/metadata/apply', { plan_id: plan.body['data']?.['plan_id'] });
    expect((await owner.get(`${PATH}/grantable`)).body['data']).toContainEqual(
      expect.objectContaining({ slug: 'company', is_open: true }),
    );
    const grants = [{ entity: 'company.visit', actions: ['read'] }];
    const trial = await owner.post(`${PATH}?dry_run=true`, { label: 'Visitors', grants });
    expect(trial.body['data']).toEqual({ closes: ['company'], opens: [] });
  });

  it('give no token more than it has, through roles or through metadata', async () => {
    const made = await owner.post('/api/v1/auth/tokens', {
      name: 'designer',
      abilities: ['metadata:write', 'members:write', 'inventory.item:read'],
    });
    const asToken = { authorization: `Bearer ${String(made.body['data']?.['token'])}` };
    const program = gateway.stranger();
    expect((await program.post(PATH, COUNTER, asToken)).status).toBe(403);
    const document = {
      permission: 'company.p',
      role: 'company.p',
      grants: COUNTER.grants.map(({ entity, actions }) => ({ entity, actions })),
    };
    const plan = { changes: [{ kind: 'permission', name: 'company.p', document }] };
    expect((await program.post('/api/v1/metadata/plan', plan, asToken)).status).toBe(403);
    expect((await owner.post('/api/v1/metadata/plan', plan)).status).toBe(200);
  });
});
