import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

describe.each(places)('prints on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let base: string;

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko <Jaya>', locale: 'id' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    const idOf = async (entity: string, input: object): Promise<string> => {
      const { status, body } = await owner.post(`/api/v1/records/${entity}`, input);
      if (status !== 201) throw new Error(JSON.stringify(body));
      return String(body['data']?.['id']);
    };
    const customer = await idOf('sales.customer', { name: 'CV <Maju> & Łódź', city: 'Bandung' });
    const units = await owner.get('/api/v1/records/inventory.unit?page[size]=1');
    const unit = (units.body['data'] as unknown as readonly { readonly id: string }[])[0]?.id;
    const item = await idOf('inventory.item', { name: 'Semen Portland', unit, type: 'service' });
    const lines = [{ item, quantity: '2', unit, rate: '12500', tax: null }];
    base = `/api/v1/records/sales.quotation/${await idOf('sales.quotation', { customer, date: '2026-08-17', lines })}`;
  });
  afterAll(() => gateway.close());

  it('are listed with their labels', async () => {
    const { status, body } = await owner.get('/api/v1/records/sales.quotation/prints?locale=en');
    expect([status, body['data']]).toEqual([
      200,
      [{ name: 'sales.quotation', label: 'Quotation', size: 'A4', default: true }],
    ]);
    const none = await owner.get('/api/v1/records/sales.salesperson/prints');
    expect(none.body['data']).toMatchObject([{ name: 'default', default: true }]);
  });

  it('come as HTML that may do nothing, with every value escaped', async () => {
    const { status, headers, body } = await owner.get(`${base}/print/default.html?locale=id`);
    const html = String(body);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-language')).toBe('id');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; img-src data:;.* sandbox$/);
    expect(policy).not.toContain('unsafe');
    expect(html).toContain('CV &lt;Maju&gt; &amp; Łódź');
    expect(html).toContain('Toko &lt;Jaya&gt;');
    expect(html).toContain('17 Agustus 2026');
    expect(html).toContain('Semen Portland');
    expect(html).toContain('DRAF');
    expect(html).toContain('Dua puluh lima ribu rupiah');
  });

  it.each(['default', 'quotation', 'sales.quotation'])('come as PDF by the name %s', async (name) => {
    const { status, headers, body } = await owner.get(`${base}/print/${name}.pdf?locale=en`);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(headers.get('content-disposition')).toMatch(/^inline; filename="Quotation.*\.pdf"/);
    expect(String(body)).toMatch(/^%PDF-/);
  });

  it('of an entity without one are made from its form', async () => {
    const [id] =
      /\d+$/.exec(
        (await owner.post('/api/v1/records/sales.salesperson', { code: 'R', name: 'Rina' })).headers.get('location') ??
          '',
      ) ?? [];
    const { status, body } = await owner.get(`/api/v1/records/sales.salesperson/${id}/print/default.html`);
    expect([status, String(body).includes('Rina')]).toEqual([200, true]);
  });

  it.each([
    ['an unknown print', '/print/other.pdf', 404],
    ['an unknown format', '/print/default.doc', 404],
    ['an unknown language', '/print/default.pdf?locale=fr', 400],
    ['an unknown parameter', '/print/default.pdf?size=A5', 400],
  ])('refuse %s', async (_name, path, status) => {
    expect((await owner.get(`${base}${path}`)).status).toBe(status);
  });

  it('refuse a record that is not there, and a module that is not active', async () => {
    expect((await owner.get('/api/v1/records/sales.quotation/999999/print/default.pdf')).status).toBe(404);
    expect((await owner.get('/api/v1/records/purchase.order/1/print/default.pdf')).status).toBe(403);
  });

  it('show nothing to who may not read the record', async () => {
    const stranger = await gateway.register();
    expect((await stranger.get(`${base}/print/default.html`)).status).not.toBe(200);
    const clerk = await gateway.register({ email: 'print-clerk@example.com' });
    await becomeMember(gateway, owner, { email: 'print-clerk@example.com' });
    const here = { 'x-company': 'toko-jaya' };
    expect((await clerk.get(`${base}/print/default.html`, here)).status).toBe(403);
    expect((await clerk.get('/api/v1/records/sales.quotation/prints', here)).status).toBe(403);
    expect((await gateway.stranger().get(`${base}/print/default.html`)).status).toBe(401);
  });
});
