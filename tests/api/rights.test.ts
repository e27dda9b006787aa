import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

describe.each(places)('what a member may do on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let clerk: Client;
  let clerkId: string;
  const here = { 'x-company': 'toko' };

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    clerk = await gateway.register({ email: 'clerk@example.com' });
    clerkId = await becomeMember(gateway, owner, { email: 'clerk@example.com' });
  });
  afterAll(() => gateway.close());

  const giveRoles = (roles: readonly string[]): ReturnType<Client['patch']> =>
    owner.patch(`/api/v1/members/${clerkId}`, { roles });

  it('is nothing until a role grants it, in a module that grants anything', async () => {
    expect((await clerk.get('/api/v1/records/sales.customer', here)).status).toBe(403);
    expect((await clerk.post('/api/v1/records/sales.customer', { name: 'X' }, here)).status).toBe(403);
    const index = await clerk.get('/api/v1/metadata', here);
    expect(Object.keys(index.body['data']?.['entities'] ?? {})).not.toContain('sales.customer');
    expect((await clerk.get('/api/v1/metadata/entities/sales.customer', here)).status).toBe(403);
    expect((await clerk.get('/api/v1/widgets/sales.overview.customers', here)).status).toBe(403);
  });

  it('is what its roles grant, at once', async () => {
    const { body } = await owner.get('/api/v1/roles');
    const role = (body['data'] as unknown as { name: string; module: string | null }[]).find(
      ({ module }) => module === 'sales',
    );
    expect((await giveRoles([role?.name ?? ''])).status).toBe(200);
    expect((await clerk.get('/api/v1/records/sales.customer', here)).status).toBe(200);
    expect((await clerk.post('/api/v1/records/sales.customer', { name: 'Baru' }, here)).status).toBe(201);
    await giveRoles(['user']);
    expect((await clerk.get('/api/v1/records/sales.customer', here)).status).toBe(403);
    await giveRoles(['admin']);
    expect((await clerk.get('/api/v1/records/sales.customer', here)).status).toBe(200);
    await giveRoles(['user']);
  });

  it('never reaches another company, by no name it could give', async () => {
    const other = await gateway.register({ company_name: 'Tetangga' });
    await other.post('/api/v1/user-modules', { module: 'sales' });
    const secret = await other.post('/api/v1/records/sales.customer', { name: 'Rahasia' });
    const id = String(secret.body['data']?.['id']);
    for (const path of ['/api/v1/records/sales.customer', `/api/v1/records/sales.customer/${id}`]) {
      expect((await owner.get(path, { 'x-company': 'tetangga' })).status).toBe(404);
      expect(JSON.stringify((await owner.get(path)).body)).not.toContain('Rahasia');
    }
    const own = await owner.get('/api/v1/records/sales.customer?filter[name]=Rahasia');
    expect(own.body).toMatchObject({ meta: { page: { total: 0 } } });
  });

  it('means the company used last when none is named', async () => {
    const slugOf = async (): Promise<unknown> =>
      (await clerk.get('/api/v1/metadata')).body['data']?.['company']?.['slug'];
    await expect.poll(slugOf, { timeout: 5_000 }).toBe('toko');
  });
});
