import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const EXPORT = '/api/v1/records/sales.customer/export';

describe.each(places)('records as files, on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko', locale: 'en' });
    expect((await owner.post('/api/v1/user-modules', { module: 'sales' })).status).toBe(201);
    const operations = Array.from({ length: 620 }, (_, index) => ({
      action: 'create',
      input: {
        name: index === 0 ? '=HYPERLINK("x")' : `Customer ${String(index).padStart(3, '0')}`,
        city: index % 2 ? 'Solo' : 'Bandung',
      },
    }));
    expect((await owner.post('/api/v1/records/sales.customer/bulk', { operations })).status).toBe(200);
  });
  afterAll(() => gateway.close());

  it('are those of the list, in its order, without pages', async () => {
    const { status, body, headers } = await owner.get(
      `${EXPORT}?format=csv&filter[city]=Solo&sort=name&fields=name,city`,
    );
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="sales\.customer-.+\.csv"$/);
    const lines = String(body).replace('\uFEFF', '').trimEnd().split('\r\n');
    expect([lines[0], lines[1], lines.length]).toEqual(['Name,City', 'Customer 001,Solo', 311]);
    expect(lines.at(-1)).toBe('Customer 619,Solo');
  });

  it('hold no live formula, and links by what they are called', async () => {
    const { body } = await owner.get(`${EXPORT}?fields=name,payment_term&sort=id`);
    expect(String(body).split('\r\n')[1]).toMatch(/^"'=HYPERLINK\(""x""\)",[A-Z]/);
  });

  it('are JSON as the API answers them, and a workbook', async () => {
    const { body } = await owner.get(`${EXPORT}?format=json&filter[name]=Customer 007`);
    expect(body).toEqual([expect.objectContaining({ name: 'Customer 007', city: 'Solo', version: '1' })]);
    const book = await owner.get(`${EXPORT}?format=xlsx`);
    expect([book.status, book.headers.get('content-type')]).toEqual([
      200,
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ]);
  });

  it.each([
    ['format=pdf', '/format'],
    ['fields=nothing', '/fields/nothing'],
    ['colour=red', '/colour'],
  ])('%s is refused', async (query, pointer) => {
    const { status, body } = await owner.get(`${EXPORT}?${query}`);
    expect([status, body]).toMatchObject([400, { errors: [{ pointer }] }]);
  });

  it('are granted by themselves: reading is not taking away, writing is not bringing in', async () => {
    const grants = [{ entity: 'sales.customer', actions: ['read', 'create'] }];
    const role = await owner.post('/api/v1/roles', { label: { en: 'Reader', id: 'Pembaca' }, grants });
    expect([role.status, role.body]).toMatchObject([201, {}]);
    const name = String(role.body['data']?.['name']);
    const email = 'reader@example.com';
    const reader = await gateway.register({ email, company_name: 'Lain' });
    await becomeMember(gateway, owner, { email, roles: [name] });
    const here = { 'x-company': 'toko' };
    expect((await reader.get('/api/v1/records/sales.customer', here)).status).toBe(200);
    expect((await reader.get(EXPORT, here)).status).toBe(403);
    const csv = { ...here, 'content-type': 'text/csv', 'x-file-name': 'a.csv' };
    expect((await reader.post('/api/v1/records/sales.customer/import', 'Name\nA\n', csv)).status).toBe(403);

    const wider = [{ entity: 'sales.customer', actions: ['read', 'export'], where: "city == 'Solo'" }];
    const patched = await owner.patch(`/api/v1/roles/${name}`, {
      grants: wider,
      version: role.body['data']?.['version'],
    });
    expect([patched.status, patched.body]).toMatchObject([200, {}]);
    const { status, body } = await reader.get(`${EXPORT}?fields=city`, here);
    expect([status, new Set(String(body).replace('\uFEFF', '').trimEnd().split('\r\n'))]).toEqual([
      200,
      new Set(['City', 'Solo']),
    ]);
  });
});
