import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

describe.each(places)('the first day of a company on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({
      company_name: 'Toko Roti Maju',
      locale: 'id',
      phone: '+62 811 222',
      address: 'Jl. Melati 1',
    });
  });
  afterAll(() => gateway.close());

  it('knows who signed up, with phone and address encrypted at rest', async () => {
    const { body } = await owner.get('/api/v1/auth/me');
    expect(body).toMatchObject({
      data: {
        user: { name: 'Dewi Lestari', phone: '+62 811 222', address: 'Jl. Melati 1', locale: 'id' },
        company: { slug: 'toko-roti-maju', currency: 'IDR', roles: ['admin'] },
      },
    });
    const rows = await gateway.engine.server.catalog.knex('users').select('phone', 'address');
    expect(JSON.stringify(rows)).not.toMatch(/811|Melati/);
  });

  it('activates nothing at sign-up, and says so of every shipped entity', async () => {
    expect((await owner.get('/api/v1/user-modules')).body).toEqual({ data: [] });
    const refused = await owner.get('/api/v1/records/sales.customer');
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ title: 'Module access denied', status: 403 });
    expect((await owner.get('/api/v1/records/nothing.here')).status).toBe(404);
  });

  it('recommends modules for the trade in the language asked for', async () => {
    const { body } = await owner.get('/api/v1/business-types/bakery/recommendations', { 'accept-language': 'en' });
    const list = body['data'] as unknown as { priority: number; module: { slug: string; name: string } }[];
    expect(list.map(({ priority }) => priority)).toEqual([...list.map(({ priority }) => priority)].sort());
    expect(list.find(({ module }) => module.slug === 'sales')?.module.name).toBe('Sales');
    const indonesian = await owner.get('/api/v1/modules/sales', { 'accept-language': 'id-ID,id;q=0.9,en;q=0.5' });
    expect(indonesian.body).toMatchObject({ data: { slug: 'sales', name: 'Penjualan' } });
  });

  it('activates sales with what it needs', async () => {
    const { status, body } = await owner.post('/api/v1/user-modules', { module: 'sales' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      data: { is_active: true, module: { slug: 'sales' } },
      meta: { activated: ['accounting', 'inventory', 'sales'] },
    });
    const again = await owner.post('/api/v1/user-modules', { module: 'sales' });
    expect([again.status, again.body['meta']]).toEqual([200, { activated: [] }]);
  });

  it('brings first records, linked by their keys', async () => {
    const { body } = await owner.get('/api/v1/records/accounting.account?filter[code]=1110&include=parent');
    expect(body).toMatchObject({ data: [{ code: '1110', parent: { code: '1100' } }] });
  });

  it('enters an order whose totals are worked out exactly', async () => {
    const unit = await owner.get('/api/v1/records/inventory.unit?page[size]=1');
    const unitId = (unit.body['data'] as unknown as { id: string }[])[0]?.id;
    const item = await owner.post('/api/v1/records/inventory.item', {
      code: 'ROTI-01',
      name: 'Roti tawar',
      unit: unitId,
      sales_price: '18500.50',
    });
    expect([item.status, item.body['errors']]).toEqual([201, undefined]);
    const buyer = await owner.post('/api/v1/records/sales.customer', { name: 'Warung Bu Sri', city: 'Bandung' });
    expect(buyer.status).toBe(201);
    expect(buyer.headers.get('location')).toBe(`/api/v1/records/sales.customer/${String(buyer.body['data']?.['id'])}`);

    const order = await owner.post('/api/v1/records/sales.order', {
      customer: buyer.body['data']?.['id'],
      lines: [
        { item: item.body['data']?.['id'], quantity: '3', rate: '18500.50' },
        { item: item.body['data']?.['id'], quantity: '0.1', rate: '0.10' },
      ],
    });
    expect([order.status, order.body['errors']]).toEqual([201, undefined]);
    expect(order.body).toMatchObject({
      data: { status: 'draft', version: '1', lines: [{ amount: '55501.50' }, { amount: '0.01' }] },
    });
    const path = `/api/v1/records/sales.order/${String(order.body['data']?.['id'])}`;
    const read = await owner.get(path);
    expect(read.body['data']).toEqual(order.body['data']);
    expect(read.headers.get('etag')).toBe('"1"');
    expect((await owner.get(path, { 'if-none-match': '"1"' })).status).toBe(304);

    const listed = await owner.get('/api/v1/records/sales.order?filter[customer.city]=Bandung&titles=true');
    expect(listed.body).toMatchObject({
      data: [{ _titles: { customer: expect.stringContaining('Warung') as string } }],
    });
  });

  it('keeps a saved view, shows widgets and describes its screens', async () => {
    const view = await owner.post('/api/v1/views', {
      entity: 'sales.customer',
      name: 'Bandung',
      query: { filter: { city: 'Bandung' } },
      is_default: true,
    });
    expect(view.status).toBe(201);
    expect((await owner.post('/api/v1/views', { entity: 'sales.customer', name: 'Bandung', query: {} })).status).toBe(
      409,
    );
    expect((await owner.get('/api/v1/views?entity=sales.customer')).body).toMatchObject({
      data: [{ name: 'Bandung', is_own: true }],
    });

    const index = await owner.get('/api/v1/metadata');
    const { widgets } = index.body['data'] as unknown as { widgets: { name: string }[] };
    for (const { name } of widgets) {
      const { status, body } = await owner.get(`/api/v1/widgets/${name}`);
      expect([name, status, Object.keys(body['data'] ?? {})]).toEqual([
        name,
        200,
        [expect.stringMatching(/^(value|series|records)$/)],
      ]);
    }
    const etag = index.headers.get('etag') ?? '';
    expect((await owner.get('/api/v1/metadata', { 'if-none-match': etag })).status).toBe(304);
    const screen = await owner.get('/api/v1/metadata/entities/sales.order');
    expect(screen.body).toMatchObject({
      data: {
        name: 'sales.order',
        kind: 'document',
        actions: ['read', 'create', 'update', 'delete', 'export', 'import'],
      },
    });
  });

  it('is all there after the server started again', async () => {
    gateway = await gateway.restart();
    const again = gateway.stranger();
    const [account] = await gateway.engine.server.catalog.knex<{ email: string }>('users').select('email');
    const email = account?.email;
    await again.post('/api/v1/auth/login', { email, password: 'a long enough password' });
    expect((await again.get('/api/v1/records/sales.order')).body).toMatchObject({ meta: { page: { total: 1 } } });
    owner = again;
  });

  it('refuses to deactivate what others need, hides what is deactivated, and brings it back', async () => {
    const refused = await owner.delete('/api/v1/user-modules/inventory');
    expect([refused.status, faultsOf(refused)]).toEqual([409, { '': 'needed-by' }]);
    expect((await owner.delete('/api/v1/user-modules/sales')).status).toBe(204);
    expect((await owner.get('/api/v1/records/sales.customer')).status).toBe(403);
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    expect((await owner.get('/api/v1/records/sales.customer')).body).toMatchObject({ meta: { page: { total: 1 } } });
  });
});
