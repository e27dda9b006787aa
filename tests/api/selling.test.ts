import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, openGateway, places } from './test-gateway.ts';
import type { Body, Client, Reply, TestGateway } from './test-gateway.ts';

/** What a sale finds by itself, and what it may never exceed. */
describe.each(places)('selling on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  const ids: Record<string, string> = {};

  const create = async (entity: string, values: object): Promise<string> => {
    const { status, body } = await owner.post(`/api/v1/records/${entity}`, values);
    expect(status, JSON.stringify(body)).toBe(201);
    return String(body['data']!['id']);
  };
  const submit = (entity: string, id: string): Promise<Reply> =>
    owner.post(`/api/v1/records/${entity}/${id}/actions/submit`, {});
  const idOf = async (entity: string, code: string): Promise<string> => {
    const { body } = await owner.get(`/api/v1/records/${entity}?filter[code]=${code}`);
    return String((body['data'] as unknown as readonly { id: string }[])[0]?.id);
  };
  const previewed = async (lines: readonly object[], values: object = {}): Promise<readonly Body[]> => {
    const asked = { customer: ids['customer'], date: '2026-01-10', ...values, lines };
    const { status, body } = await owner.post('/api/v1/records/sales.order/preview', asked);
    expect(status, JSON.stringify(body)).toBe(200);
    return body['data']!['lines'] as unknown as readonly Body[];
  };

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko Kopi' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    ids['bank'] = await idOf('accounting.account', '1120');
    ids['list'] = await idOf('sales.price-list', 'WHOLESALE');
    ids['dollars'] = await create('sales.price-list', {
      code: 'USD',
      name: 'Dollars',
      currency: await idOf('accounting.currency', 'USD'),
    });
    ids['customer'] = await create('sales.customer', { name: 'Warung Sri', price_list: ids['list'] });
    ids['item'] = await create('inventory.item', { code: 'KOPI', name: 'Kopi', type: 'service', sales_price: '12000' });
    const price = (values: object): Promise<string> =>
      create('sales.price', { item: ids['item'], price_list: ids['list'], ...values });
    await price({ rate: '10000' });
    await price({ rate: '9000', min_quantity: '12', to: '2026-01-31' });
    await price({ rate: '9500', min_quantity: '12', from: '2026-02-01' });
  });
  afterAll(() => gateway.close());

  it.each<[string, object, object, string]>([
    ['the price of the list', { quantity: '1' }, {}, '10000.0000'],
    ['a part of a piece', { quantity: '0.5' }, {}, '10000.0000'],
    ['just below a break', { quantity: '11.9999' }, {}, '10000.0000'],
    ['a break', { quantity: '12' }, {}, '9000.0000'],
    ['the last day of a price', { quantity: '12' }, { date: '2026-01-31' }, '9000.0000'],
    ['the first day of the next', { quantity: '12' }, { date: '2026-02-01' }, '9500.0000'],
    ['what was typed', { quantity: '12', rate: '1' }, {}, '1.0000'],
    ['the item where the list has no price', { quantity: '1' }, { price_list: null }, '12000.0000'],
  ])('finds %s', async (_, line, values, rate) => {
    const [row] = await previewed([{ item: ids['item'], ...line }], values);
    expect(row?.['rate']).toBe(rate);
  });

  it('takes no price of another currency', async () => {
    await create('sales.price', { item: ids['item'], price_list: ids['dollars'], rate: '0.75' });
    const [inRupiah] = await previewed([{ item: ids['item'] }], { price_list: ids['dollars'] });
    expect(inRupiah?.['rate']).toBe('12000.0000');
    const currency = await idOf('accounting.currency', 'USD');
    const [inDollars] = await previewed([{ item: ids['item'] }], {
      price_list: ids['dollars'],
      currency,
      exchange_rate: '16000',
    });
    expect(inDollars?.['rate']).toBe('0.7500');
  });

  it('prices many lines, each for itself', async () => {
    const quantities = Array.from({ length: 150 }, (_, index) => String(index + 1));
    const rows = await previewed(quantities.map((quantity) => ({ item: ids['item'], quantity })));
    expect(rows.map((row) => row['rate'])).toEqual(
      quantities.map((quantity) => (Number(quantity) < 12 ? '10000.0000' : '9000.0000')),
    );
  });

  it('takes the promotion that is meant most, unless it is taken away', async () => {
    const everybody = await create('sales.promotion', { code: 'ALL', name: 'All', percent: '5', min_quantity: '100' });
    const own = await create('sales.promotion', {
      code: 'COFFEE',
      name: 'Coffee',
      percent: '10',
      item: ids['item'],
      min_quantity: '100',
    });
    const other = await create('inventory.item', { code: 'TEH', name: 'Teh', type: 'service' });
    await create('sales.promotion', { code: 'OFF', name: 'Off', percent: '90', item: ids['item'], is_active: false });
    const rows = await previewed([
      { item: ids['item'], quantity: '100' },
      { item: other, quantity: '100', rate: '1' },
      { item: ids['item'], quantity: '99' },
      { item: ids['item'], quantity: '100', promotion: null },
    ]);
    expect(rows.map((row) => row['promotion'])).toEqual([own, everybody, null, null]);
  });

  it('never lends more than the limit, whoever submits at the same time', async () => {
    const customer = await create('sales.customer', { name: 'Toko Bon', credit_limit: '500000' });
    const draft = (amount: string): Promise<string> =>
      create('sales.invoice', { customer, lines: [{ item: ids['item'], quantity: '1', rate: amount }] });
    // What was owed and is paid leaves the guarded balance behind the open items: the sixteen bring it level.
    const paid = await draft('500000');
    expect((await submit('sales.invoice', paid)).status).toBe(200);
    const payment = await create('accounting.payment', {
      account: ids['bank'],
      party: { entity: 'sales.customer', id: customer },
      amount: '500000',
      allocations: [{ document: { entity: 'sales.invoice', id: paid }, amount: '500000' }],
    });
    expect((await submit('accounting.payment', payment)).status).toBe(200);

    const drafts: string[] = [];
    for (let index = 0; index < 16; index += 1) drafts.push(await draft('100000'));
    const replies = await Promise.all(drafts.map((id) => submit('sales.invoice', id)));
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.map((reply) => Object.values(faultsOf(reply)))).toEqual(Array.from({ length: 11 }, () => ['guard']));
    const { body } = await owner.get(`/api/v1/records/sales.customer/${customer}`);
    expect(body['data']?.['receivable']).toBe('500000.00');
  });
});
