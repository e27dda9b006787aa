import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

const CUSTOMERS = '/api/v2/records/sales.customer';
const ORDERS = '/api/v2/records/sales.order';
/** More than one page of any size that is asked for here. */
const MANY = 25;

describe.each(places)('records, version 2, on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    const unit = await owner.get('/api/v1/records/inventory.unit?filter[code]=PCS');
    for (const code of ['RT', 'KU']) {
      const unitId = (unit.body['data'] as unknown as { id: string }[])[0]?.id;
      const item = await owner.post('/api/v2/records/inventory.item', { code, name: `Item ${code}`, unit: unitId });
      ids[code] = String(item.body['data']?.['id']);
    }
    const operations = Array.from({ length: MANY }, (_, index) => ({
      action: 'create',
      input: { name: `Toko ${String(index).padStart(2, '0')}`, city: index % 5 === 0 ? null : `Kota ${index % 3}` },
    }));
    const made = await owner.post(`${CUSTOMERS}/bulk`, { operations });
    for (const [index, { id }] of (made.body['data'] as unknown as { id: string }[]).entries()) ids[`c${index}`] = id;
    const line = (item: string, quantity: string): object => ({ item: ids[item], quantity, rate: '100' });
    await owner.post(ORDERS, { customer: ids['c1'], lines: [line('RT', '1'), line('KU', '9')] });
    await owner.post(ORDERS, { customer: ids['c2'], lines: [line('RT', '9')] });
  });
  afterAll(() => gateway.close());

  const namesOf = ({ body }: Reply): readonly string[] =>
    (body['data'] as unknown as { name: string }[]).map(({ name }) => name);
  const pageOf = ({ body }: Reply): { has_next: boolean; end_cursor: string | null; total?: number } =>
    body['meta']?.['page'] as unknown as { has_next: boolean; end_cursor: string | null };
  const query = (parameters: Readonly<Record<string, string>>): string =>
    `?${new URLSearchParams(parameters).toString()}`;

  it.each(['name', '-name', 'city', '-city', '-city,name', 'is_active,-id', ''])(
    'goes through all of them page by page, ordered by “%s”, as one page has them',
    async (sort) => {
      const whole = namesOf(await owner.get(CUSTOMERS + query({ sort, first: '200' })));
      expect(whole).toHaveLength(MANY);
      const seen: string[] = [];
      let after = '';
      for (let turn = 0; turn < MANY; turn += 1) {
        const reply = await owner.get(CUSTOMERS + query({ sort, first: '4', ...(after === '' ? {} : { after }) }));
        seen.push(...namesOf(reply));
        const { has_next: hasNext, end_cursor: end } = pageOf(reply);
        if (!hasNext) break;
        after = end ?? '';
      }
      expect(seen).toEqual(whole);
    },
  );

  it('is not disturbed by records that come while somebody pages', async () => {
    const first = await owner.get(CUSTOMERS + query({ sort: 'name', first: '3' }));
    const made = await owner.post(CUSTOMERS, { name: 'Aaa' });
    const second = await owner.get(
      CUSTOMERS + query({ sort: 'name', first: '3', after: pageOf(first).end_cursor ?? '' }),
    );
    expect(namesOf(second)).toEqual(['Toko 03', 'Toko 04', 'Toko 05']);
    await owner.delete(`${CUSTOMERS}/${String(made.body['data']?.['id'])}`);
  });

  it('counts only when it is asked to', async () => {
    expect(pageOf(await owner.get(CUSTOMERS))).not.toHaveProperty('total');
    expect(pageOf(await owner.get(`${CUSTOMERS}?total=true&first=3`)).total).toBe(MANY);
  });

  it('takes conditions as JSON, in the address or the body', async () => {
    const filter = { or: [{ city: { eq: 'Kota 1' } }, { city: { null: true } }], not: { name: { ends_with: '1' } } };
    const expected = Array.from({ length: MANY }, (_, index) => index)
      .filter((index) => index % 5 === 0 || index % 3 === 1)
      .map((index) => `Toko ${String(index).padStart(2, '0')}`)
      .filter((name) => !name.endsWith('1'));
    const inAddress = await owner.get(
      CUSTOMERS + query({ filter: JSON.stringify(filter), sort: 'name', first: '200' }),
    );
    expect(namesOf(inAddress)).toEqual(expected);
    const inBody = await owner.post(`${CUSTOMERS}/query`, { filter, sort: ['name'], first: 200 });
    expect(namesOf(inBody)).toEqual(expected);
  });

  it('asks one row for all of a condition, and any row for each of several', async () => {
    const count = async (filter: object): Promise<number> =>
      ((await owner.post(`${ORDERS}/query`, { filter })).body['data'] as unknown as object[]).length;
    const both = { item: { eq: ids['RT'] }, quantity: { gt: '5' } };
    expect(await count({ lines: { some: both } })).toBe(1);
    expect(await count({ lines: both })).toBe(2);
    expect(await count({ not: { lines: { some: both } } })).toBe(1);
  });

  it('gives what is selected, in linked records and rows as well', async () => {
    const reply = await owner.get(
      ORDERS + query({ select: 'total,customer{name},lines{item{code},quantity}', sort: 'id' }),
    );
    expect(reply.body['data']?.[0 as unknown as string]).toEqual({
      id: expect.any(String) as string,
      version: '1',
      total: '1000.00',
      customer: { id: ids['c1'], version: '1', name: 'Toko 01' },
      lines: [
        { id: expect.any(String) as string, item: { id: ids['RT'], version: '1', code: 'RT' }, quantity: '1.0000' },
        { id: expect.any(String) as string, item: { id: ids['KU'], version: '1', code: 'KU' }, quantity: '9.0000' },
      ],
    });
    const one = await owner.get(`${CUSTOMERS}/${ids['c1']}?select=name,city`);
    expect(one.body['data']).toEqual({ id: ids['c1'], version: '1', name: 'Toko 01', city: 'Kota 1' });
  });

  it('adds up by groups', async () => {
    const reply = await owner.get(ORDERS + query({ group: 'customer.city', aggregate: 'sum:total,count' }));
    expect(reply.body).toEqual({
      data: [
        { group: { 'customer.city': 'Kota 1' }, count: 1, values: { 'sum:total': '1000.00' } },
        { group: { 'customer.city': 'Kota 2' }, count: 1, values: { 'sum:total': '900.00' } },
      ],
      meta: { truncated: false },
    });
  });

  it('changes the record that has the key, or creates it', async () => {
    const upsert = (name: string): Promise<Reply> =>
      owner.post('/api/v2/records/inventory.item/bulk', {
        operations: [
          { action: 'upsert', input: { code: 'RT', name } },
          { action: 'upsert', input: { code: `new-${name}`, name } },
        ],
      });
    const done = await upsert('Roti');
    expect(done.status).toBe(200);
    expect((done.body['data'] as unknown as { id: string }[])[0]?.id).toBe(ids['RT']);
    const again = await upsert('Roti');
    expect((again.body['data'] as unknown as { id: string }[]).map(({ id }) => id)).toEqual(
      (done.body['data'] as unknown as { id: string }[]).map(({ id }) => id),
    );
  });

  it.each([
    ['filter={', 400],
    [`filter=${encodeURIComponent('{"nothing":{"eq":"1"}}')}`, 400],
    [`filter=${encodeURIComponent('{"name":{"like":"1"}}')}`, 400],
    [`filter=${encodeURIComponent('{"name":{"some":{"x":{"eq":1}}}}')}`, 400],
    ['first=0', 400],
    ['first=201', 400],
    ['after=zzz', 400],
    [`after=${Buffer.from('["name","x"]').toString('base64url')}`, 400],
    ['sort=nothing', 400],
    ['select=name{', 400],
    ['select=nothing', 400],
    ['group=nothing', 400],
    ['aggregate=sum:name', 400],
    ['aggregate=guess:name', 400],
    ['page[size]=3', 400],
  ])('refuses %s', async (text, status) => {
    expect((await owner.get(`${CUSTOMERS}?${text}`)).status).toBe(status);
  });

  it('goes the same way as version 1 everywhere else', async () => {
    const id = ids['c3'] ?? '';
    expect((await owner.get(`${CUSTOMERS}/${id}/history`)).status).toBe(200);
    const changed = await owner.patch(`${CUSTOMERS}/${id}`, { version: '1', city: 'Solo' });
    expect(changed.body['data']).toMatchObject({ version: '2', city: 'Solo' });
    const made = await owner.post(CUSTOMERS, { name: 'Baru' });
    expect(made.headers.get('location')).toBe(`${CUSTOMERS}/${String(made.body['data']?.['id'])}`);
    const stranger = await gateway.stranger().get(CUSTOMERS);
    expect(stranger.status).toBe(401);
  });
});
