import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const REPORT = '/api/v1/reports/sales.e-faktur';
const MARCH = 'from=2026-03-01&to=2026-03-31';

describe.each(places)('a report as an XML document, on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;

  async function make(entity: string, values: object): Promise<string> {
    const { status, body } = await owner.post(`/api/v1/records/${entity}`, values);
    expect([status, body['errors']]).toEqual([201, undefined]);
    return String(body['data']?.['id']);
  }

  async function idOf(entity: string, code: string): Promise<string> {
    const { body } = await owner.get(`/api/v1/records/${entity}?filter[code]=${code}`);
    const [found] = body['data'] as unknown as { id: string }[];
    return found?.id ?? '';
  }

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ locale: 'id', company_name: 'Toko Sentosa' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    const modules = await owner.get('/api/v1/user-modules');
    const active = modules.body['data'] as unknown as { id: string; module: { slug: string } }[];
    const accounting = active.find(({ module }) => module.slug === 'accounting')?.id;
    const configuration = { company_tax_id: '01.234.567.8-901.2345' };
    expect((await owner.patch(`/api/v1/user-modules/${accounting}`, { configuration })).status).toBe(200);

    const [tax, included] = [await idOf('accounting.tax', 'PPN'), await idOf('accounting.tax', 'PPN-INCL')];
    const unit = await idOf('inventory.unit', 'KG');
    const service = await make('inventory.item', { code: 'JASA', name: 'Jasa <antar> & pasang', type: 'service' });
    const goods = { code: 'BESI', name: 'Besi', type: 'consumable', unit, tax_code: '720000' };
    const iron = await make('inventory.item', goods);
    const tin = { code: 'MAJU', name: 'PT Maju', tax_id: '0987.6543.2109.8765', address: 'Jl. Asia 1' };
    const buyers = [
      await make('sales.customer', tin),
      await make('sales.customer', { code: 'SRI', name: 'Warung Sri' }),
    ];
    const lines = [
      { item: service, quantity: '2', rate: '50000', discount: '10', tax },
      { item: iron, quantity: '3', rate: '11100', tax: included },
      { item: iron, quantity: '1', rate: '5000' },
    ];
    for (const [index, customer] of buyers.entries()) {
      const own = index === 0 ? lines : [{ item: service, quantity: '1', rate: '1000', tax }];
      const id = await make('sales.invoice', { customer, date: `2026-03-0${index + 1}`, lines: own });
      expect((await owner.post(`/api/v1/records/sales.invoice/${id}/actions/submit`, {})).status).toBeLessThan(300);
    }
  });
  afterAll(() => gateway.close());

  it('has the elements that the metadata says, each once for what it stands for', async () => {
    const { status, body, headers } = await owner.get(`${REPORT}?${MARCH}&format=xml`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/xml; charset=utf-8');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="sales\.e-faktur-\d{4}-\d\d-\d\d\.xml"$/);
    await expect(String(body)).toMatchFileSnapshot('../fixtures/e-faktur.xml');
  });

  it('agrees with the table', async () => {
    const { body } = await owner.get(`${REPORT}?${MARCH}`);
    const { totals } = body as unknown as { totals: object };
    // 90,000 and 30,000 that include their tax, then 1,000; on eleven twelfths of each.
    expect(totals).toMatchObject({ net: '121000.00', base: '110916.67', vat: '13310.00' });
  });

  it('leaves out what has a number of the tax office, unless asked', async () => {
    const list = await owner.get('/api/v1/records/sales.invoice?filter[customer.code]=SRI');
    const [invoice] = list.body['data'] as unknown as { id: string; version: string }[];
    const number = { tax_invoice_number: '04002600000000001', version: invoice?.version };
    expect((await owner.patch(`/api/v1/records/sales.invoice/${invoice?.id}`, number)).status).toBe(200);
    const count = async (more: string): Promise<number> =>
      String((await owner.get(`${REPORT}?${MARCH}&format=xml${more}`)).body).split('<TaxInvoice>').length - 1;
    expect([await count(''), await count('&all=true')]).toEqual([1, 2]);
  });

  it('is taken out by whoever may export, and offered to nobody else', async () => {
    const clerk = await gateway.register({ email: 'clerk@example.com' });
    await becomeMember(gateway, owner, { email: 'clerk@example.com', roles: ['accounting.auditor'] });
    const here = { 'x-company': 'toko-sentosa' };
    const formats = async (client: Client): Promise<unknown> =>
      (await client.get(`${REPORT}/definition`, here)).body['data']?.['formats'];
    expect(await formats(owner)).toContain('xml');
    const offered = await formats(clerk);
    const { status } = await clerk.get(`${REPORT}?${MARCH}&format=xml`, here);
    expect(Array.isArray(offered) && offered.includes('xml')).toBe(status === 200);
    expect((await owner.get(`/api/v1/reports/sales.tax-invoices?${MARCH}&format=xml`)).status).toBe(400);
  });
});
