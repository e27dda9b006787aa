import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const QUOTATIONS = '/api/v1/records/sales.quotation';
const ORDERS = '/api/v1/records/sales.order';
const HERE = { 'x-company': 'toko-sentosa' };

/** Who cancels a quotation that an order was made from, and what they are told of the order. */
const CASES: readonly (readonly [who: string, grants: readonly object[], told: RegExp])[] = [
  ['may read orders', [{ entity: 'sales.order', actions: ['read'] }], /^Cancel these first: Sales order SO-\S+\.$/],
  [
    'may read orders of others alone',
    [{ entity: 'sales.order', actions: ['read'], where: "customer.code == 'OTHER'" }],
    /^Cancel these first: what others have entered, which you may not see\.$/,
  ],
  ['may not read orders', [], /^Cancel these first: what others have entered, which you may not see\.$/],
];

describe.each(places)('cancelling what others build on, on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let quotation: string;

  const made = async (path: string, values: object): Promise<string> => {
    const { status, body } = await owner.post(path, values);
    expect([status, body['errors']]).toEqual([201, undefined]);
    return String(body['data']?.['id']);
  };
  const submit = async (path: string): Promise<void> => {
    const { status, body } = await owner.post(`${path}/actions/submit`, {});
    expect([status, body['errors']]).toEqual([200, undefined]);
  };

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ locale: 'en', company_name: 'Toko Sentosa' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    const item = await made('/api/v1/records/inventory.item', { code: 'JASA', name: 'Jasa', type: 'service' });
    const customer = await made('/api/v1/records/sales.customer', { code: 'MAJU', name: 'PT Maju' });
    const lines = [{ item, quantity: '1', rate: '1000' }];
    quotation = await made(QUOTATIONS, { customer, date: '2026-03-01', lines });
    await submit(`${QUOTATIONS}/${quotation}`);
    const order = await made(`${QUOTATIONS}/${quotation}/flows/quotation-to-order`, {});
    await submit(`${ORDERS}/${order}`);
  });
  afterAll(() => gateway.close());

  it.each(CASES)('tells whoever %s no more than they may see', async (who, more, told) => {
    const email = `${who.replaceAll(' ', '-')}@example.com`;
    const grants = [{ entity: 'sales.quotation', actions: ['read', 'cancel'] }, ...more];
    const { status, body } = await owner.post('/api/v1/roles', { label: who, grants });
    expect([status, body['errors']]).toEqual([201, undefined]);
    const member = await gateway.register({ email, locale: 'en' });
    await becomeMember(gateway, owner, { email, roles: [String(body['data']?.['name'])] });
    const refused = await member.post(`${QUOTATIONS}/${quotation}/actions/cancel`, {}, HERE);
    expect([refused.status, refused.body['code']]).toEqual([409, 'has-dependents']);
    expect(refused.body['detail']).toMatch(told);
  });
});
