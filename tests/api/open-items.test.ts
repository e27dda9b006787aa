import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, places } from './test-gateway.ts';
import type { Body, Client, TestGateway } from './test-gateway.ts';

/** What is open of documents: in the rows that settle them, among their next steps, and by age. */
describe.each(places)('open items on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  const ids: Record<string, string> = {};

  const create = async (entity: string, values: object): Promise<string> => {
    const { status, body } = await owner.post(`/api/v1/records/${entity}`, values);
    expect(status, JSON.stringify(body)).toBe(201);
    return String(body['data']!['id']);
  };
  const submit = (entity: string, id: string) => owner.post(`/api/v1/records/${entity}/${id}/actions/submit`, {});
  const invoice = async (): Promise<string> => {
    const lines = [{ item: ids['item'], quantity: '1', rate: '250000' }];
    const id = await create('sales.invoice', { customer: ids['customer'], due_date: null, lines });
    expect((await submit('sales.invoice', id)).status).toBe(200);
    return id;
  };
  const pay = (amount: string, allocations: readonly (readonly [string, string])[]): Promise<string> =>
    create('accounting.payment', {
      account: ids['bank'],
      party: { entity: 'sales.customer', id: ids['customer'] },
      amount,
      allocations: allocations.map(([document, part]) => ({
        document: { entity: 'sales.invoice', id: document },
        amount: part,
      })),
    });
  const flowsOf = async (entity: string, id: string): Promise<readonly unknown[]> => {
    const { body } = await owner.get(`/api/v1/records/${entity}/${id}/actions`);
    return (body['data'] as unknown as readonly Record<string, unknown>[])
      .filter(({ kind }) => kind === 'flow')
      .map(({ name, tone, allowed }) => [name, tone, allowed]);
  };

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko Terbuka' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    const { body } = await owner.get('/api/v1/records/accounting.account?filter[code]=1120');
    ids['bank'] = String((body['data'] as unknown as readonly { id: string }[])[0]?.id);
    ids['customer'] = await create('sales.customer', { name: 'Warung Sri' });
    ids['item'] = await create('inventory.item', { code: 'JASA', name: 'Jasa', type: 'service' });
  });
  afterAll(() => gateway.close());

  it('offers the usual next step first, and what is done seldom after it', async () => {
    const id = await invoice();
    expect(await flowsOf('sales.invoice', id)).toEqual([
      ['sales.invoice-to-payment', 'primary', true],
      ['sales.invoice-to-credit-note', 'plain', true],
    ]);
    expect((await submit('accounting.payment', await pay('250000', [[id, '250000']]))).status).toBe(200);
    expect((await flowsOf('sales.invoice', id))[0]).toEqual(['sales.invoice-to-payment', 'primary', false]);
  });

  it('shows in the rows of a payment what is open of each document', async () => {
    const [first, second] = [await invoice(), await invoice()];
    await submit('accounting.payment', await pay('100000', [[first, '100000']]));
    const id = await pay('200000', [
      [first, '150000'],
      [second, '50000'],
    ]);
    const { body } = await owner.get(`/api/v1/records/accounting.payment/${id}`);
    const rows = body['data']!['allocations'] as unknown as readonly Body[];
    expect(rows.map((row) => row['open'])).toEqual(['150000.00', '250000.00']);
    expect((await submit('accounting.payment', id)).status).toBe(200);
  });

  it('lists one line for each open document, however many entries it has', async () => {
    const { body } = await owner.get('/api/v1/reports/accounting.receivable-ageing');
    const rows = (body['rows'] as unknown as readonly Record<string, Body>[]).filter(
      ({ kind }) => String(kind) === 'row',
    );
    expect(rows.map(({ cells, document }) => [String(cells?.['open']), document?.['entity']])).toEqual([
      ['200000.00', 'sales.invoice'],
    ]);
  });

  it('writes figures of messages as the language of the reader does', async () => {
    const id = await invoice();
    const refusal = async (locale: string): Promise<unknown> => {
      const { status, body } = await owner.post(
        '/api/v1/records/accounting.payment',
        {
          account: ids['bank'],
          party: { entity: 'sales.customer', id: ids['customer'] },
          amount: '100000',
          allocations: [{ document: { entity: 'sales.invoice', id }, amount: '101500.5' }],
        },
        { 'accept-language': locale },
      );
      expect(status).toBe(422);
      return (body['errors'] as unknown as readonly Body[])[0]?.['message'];
    };
    expect(await refusal('en')).toMatch(/-1,500\.5/);
    expect(await refusal('id')).toMatch(/-1\.500,5/);
  });
});
