import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

describe.each(places)('batches that are chosen on $name', (place) => {
  let gateway: TestGateway;
  let client: Client;

  beforeAll(async () => {
    gateway = await openGateway(place);
    client = await gateway.register({ locale: 'en' });
    await client.post('/api/v1/user-modules', { module: 'inventory' });
  });
  afterAll(() => gateway.close());

  const create = async (entity: string, values: object): Promise<string> => {
    const { status, body } = await client.post(`/api/v1/records/${entity}`, values);
    expect({ status, body }).toMatchObject({ status: 201 });
    return String(body['data']?.['id']);
  };

  test('the impact of a draft shows them, and takes nothing', async () => {
    const item = await create('inventory.item', { code: 'MILK', name: 'Milk', batch_tracked: true });
    const lines: object[] = [];
    for (const [code, expires_on] of [
      ['LATE', '2026-04-01'],
      ['SOON', '2026-03-01'],
    ]) {
      const batch = await create('inventory.batch', { item, code, made_on: '2026-01-01', expires_on });
      lines.push({ item, quantity: '5', rate: '1000', batch });
    }
    const warehouses = await client.get('/api/v1/records/inventory.warehouse');
    const warehouse = (warehouses.body['data'] as unknown as readonly { id: string }[])[0]?.id;
    const receipt = await create('inventory.receipt', { date: '2026-01-05', warehouse, lines });
    await client.post(`/api/v1/records/inventory.receipt/${receipt}/actions/submit`, {});
    const delivery = await create('inventory.delivery', {
      date: '2026-01-06',
      warehouse,
      lines: [{ item, quantity: '7' }],
    });
    for (let look = 0; look < 2; look += 1) {
      const { body } = await client.get(`/api/v1/records/inventory.delivery/${delivery}/impact`);
      const text = JSON.stringify(body);
      expect(text).toMatch(/SOON.*"quantity":"-5\.0000".*LATE.*"quantity":"-2\.0000"/);
    }
  });
});
