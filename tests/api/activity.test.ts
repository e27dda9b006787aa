import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

interface Change {
  readonly id: string;
  readonly entity: string;
  readonly entity_label: string;
  readonly record_id: string;
  readonly action: string;
  readonly actor: { readonly id: string; readonly name: string };
  readonly changes: Readonly<Record<string, readonly unknown[]>>;
}

describe.each(places)('the activity log on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let customer: string;
  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    for (const name of ['Ani', 'Budi', 'Citra']) {
      const made = await owner.post('/api/v1/records/sales.customer', { name });
      customer = String(made.body['data']?.['id']);
    }
    await owner.patch(`/api/v1/records/sales.customer/${customer}`, { city: 'Bandung', version: '1' });
  });
  afterAll(() => gateway.close());

  const ask = async (query: string): Promise<{ readonly data: readonly Change[]; readonly next: string | null }> => {
    const { status, body } = await owner.get(`/api/v1/activity?${query}`);
    expect(status).toBe(200);
    return {
      data: body['data'] as unknown as readonly Change[],
      next: body['meta']?.['next'] as unknown as string | null,
    };
  };

  it('tells who changed what, the latest first', async () => {
    const { data } = await ask(`entity=sales.customer&size=2`);
    expect(data).toMatchObject([
      { action: 'update', record_id: customer, entity_label: 'Customer', changes: { city: [null, 'Bandung'] } },
      { action: 'create', record_id: customer, changes: { name: [null, 'Citra'] } },
    ]);
  });

  it('narrows by record, person, action and time', async () => {
    expect((await ask(`entity=sales.customer&record_id=${customer}`)).data).toHaveLength(2);
    const [latest] = (await ask('entity=sales.customer')).data;
    const person = latest?.actor.id ?? '';
    expect((await ask(`actor_id=${person}&entity=sales.customer&action=create`)).data).toHaveLength(3);
    expect((await ask('actor_id=0')).data).toEqual([]);
    expect((await ask('entity=sales.customer&from=2100-01-01T00:00:00Z')).data).toEqual([]);
    expect((await ask('entity=sales.customer&to=2100-01-01T00:00:00Z')).data).toHaveLength(4);
  });

  it('is read page by page to its end', async () => {
    const all = (await ask('entity=sales.customer')).data.map(({ id }) => id);
    const found: string[] = [];
    let next: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof ask>> = await ask(
        `entity=sales.customer&size=3${next === null ? '' : `&before=${next}`}`,
      );
      found.push(...page.data.map(({ id }) => id));
      next = page.next;
    } while (next !== null);
    expect(found).toEqual(all);
  });

  it.each([
    ['size=0', '/size'],
    ['size=201', '/size'],
    ['from=yesterday', '/from'],
    ['before=x', '/before'],
    ['colour=red', '/colour'],
  ])('refuses %s', async (query, pointer) => {
    const { status, body } = await owner.get(`/api/v1/activity?${query}`);
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ pointer }]);
  });

  it('is for admins alone', async () => {
    const clerk = await gateway.register({ email: 'clerk@example.com' });
    await becomeMember(gateway, owner, { email: 'clerk@example.com' });
    const asked = await clerk.get('/api/v1/activity', { 'x-company': 'toko' });
    expect(asked.status).toBe(403);
  });
});
