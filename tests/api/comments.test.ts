import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

const here = { 'x-company': 'toko-komentar' };

interface Told {
  readonly label: string;
  readonly entity: string;
  readonly record_id: string;
  readonly title: string;
}

describe.each(places)('comments on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let clerk: Client;
  let stranger: Client;
  let record: string;
  let path: string;

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ name: 'Dewi', email: 'dewi@example.com', company_name: 'Toko Komentar' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    const join = async (email: string, name: string, roles: readonly string[]): Promise<Client> => {
      const client = await gateway.register({ email, name });
      await becomeMember(gateway, owner, { email, roles });
      return client;
    };
    clerk = await join('budi@example.com', 'Budi', ['user', 'sales.clerk']);
    stranger = await join('citra@example.com', 'Citra', ['inventory.keeper']);
    const made = await owner.post('/api/v1/records/sales.customer', { name: 'Warung Sri' });
    record = String(made.body['data']?.['id']);
    path = `/api/v1/records/sales.customer/${record}`;
  });
  afterAll(() => gateway.close());

  const say = (client: Client, body: unknown, headers = {}): Promise<Reply> =>
    client.post(`${path}/comments`, { body }, { ...here, ...headers });
  const list = async (client: Client, query = ''): Promise<readonly Record<string, unknown>[]> => {
    const { status, body } = await client.get(`${path}/comments${query}`, here);
    expect(status).toBe(200);
    return body['data'] as unknown as readonly Record<string, unknown>[];
  };
  const told = async (client: Client): Promise<readonly Told[]> =>
    (await client.get('/api/v1/notifications', here)).body['data'] as unknown as readonly Told[];

  it('are kept with who wrote them, the latest first', async () => {
    const first = await say(clerk, '  Pays late.\nCall first. ');
    expect(first.status).toBe(201);
    expect(first.body['data']).toMatchObject({ body: 'Pays late.\nCall first.', user: { name: 'Budi' } });
    expect((await say(owner, 'Called 😀')).status).toBe(201);
    const all = await list(clerk);
    expect(all.map(({ body }) => body)).toEqual(['Called 😀', 'Pays late.\nCall first.']);
    expect(all[1]).toEqual(first.body['data']);
    expect(Object.keys(all[0] ?? {}).sort()).toEqual(['body', 'created_at', 'id', 'user']);
    expect(Date.parse(String(all[0]?.['created_at']))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('change neither the record nor its version', async () => {
    const before = await owner.get(path);
    await say(owner, 'Nothing changes');
    expect((await owner.get(path)).body).toEqual(before.body);
  });

  it('tell those whom they name and who may read the record', async () => {
    await say(owner, 'Look, @budi@example.com and @citra@example.com, says @dewi@example.com and @no@example.com.');
    expect(await told(clerk)).toMatchObject([
      { label: 'Dewi mentioned you in a comment', entity: 'sales.customer', record_id: record },
    ]);
    expect((await told(clerk))[0]?.title).toContain('Warung Sri');
    expect(await told(stranger)).toEqual([]);
    expect(await told(owner)).toEqual([]);
    const { body } = await clerk.get('/api/v1/notifications', { ...here, 'accept-language': 'id' });
    expect(body['data']?.['0']?.['label']).toBe('Dewi menyebut Anda dalam komentar');
  });

  it('are written once for each key', async () => {
    const key = { 'idempotency-key': 'comment-1' };
    const first = await say(clerk, 'Once, @dewi@example.com', key);
    const again = await say(clerk, 'Once, @dewi@example.com', key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect((await list(clerk)).filter(({ body }) => String(body).startsWith('Once'))).toHaveLength(1);
    expect(await told(owner)).toHaveLength(1);
  });

  it('are read page by page', async () => {
    const all = (await list(owner)).map(({ id }) => id);
    const found: unknown[] = [];
    let next: unknown = null;
    do {
      const { body } = await owner.get(`${path}/comments?size=2${next === null ? '' : `&before=${String(next)}`}`);
      found.push(...(body['data'] as unknown as readonly Record<string, unknown>[]).map(({ id }) => id));
      next = body['meta']?.['next'];
    } while (next !== null);
    expect(found).toEqual(all);
  });

  it.each([
    ['nothing', undefined, 'required'],
    ['spaces', ' \n ', 'required'],
    ['a number', 5, 'type'],
    ['a control character', 'a\u0000b', 'character'],
    ['more than 4,000 characters', 'x'.repeat(4_001), 'too-long'],
    ['more than 20 names', Array.from({ length: 21 }, (_, n) => `@p${n}@example.com`).join(' '), 'too-many-mentions'],
  ])('refuse %s', async (_, body, code) => {
    const before = await list(owner);
    const refused = await say(owner, body);
    expect(refused.status).toBe(422);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(faultsOf(refused)).toEqual({ '/body': code });
    expect(await list(owner)).toEqual(before);
  });

  it('refuse what nobody knows', async () => {
    const refused = await owner.post(`${path}/comments`, { body: 'x', colour: 'red' });
    expect(faultsOf(refused)).toEqual({ '/colour': 'unknown-property' });
    for (const query of ['?size=0', '?size=201', '?before=x', '?colour=red']) {
      expect((await owner.get(`${path}/comments${query}`)).status).toBe(400);
    }
    expect((await owner.get('/api/v1/records/sales.customer/999999/comments')).status).toBe(404);
    expect((await owner.post('/api/v1/records/sales.customer/x/comments', { body: 'x' })).status).toBe(404);
    expect((await owner.get(`/api/v1/records/sales.order-line/1/comments`)).status).toBe(404);
  });

  it('are for those who may read the record', async () => {
    expect((await stranger.get(`${path}/comments`, here)).status).toBe(403);
    expect((await say(stranger, 'Hello')).status).toBe(403);
    expect((await gateway.stranger().get(`${path}/comments`)).status).toBe(401);
  });

  it('are read, not written, with a token that only reads', async () => {
    const token = async (ability: string): Promise<{ readonly authorization: string }> => {
      const made = await owner.post('/api/v1/auth/tokens', { name: ability, abilities: [ability] });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      return { authorization: `Bearer ${String(made.body['data']?.['token'])}` };
    };
    const nobody = gateway.stranger();
    const reading = await token('sales.customer:read');
    expect((await nobody.get(`${path}/comments`, { ...here, ...reading })).status).toBe(200);
    expect((await nobody.post(`${path}/comments`, { body: 'x' }, { ...here, ...reading })).status).toBe(403);
    const writing = await token('sales.customer:write');
    expect((await nobody.post(`${path}/comments`, { body: 'x' }, { ...here, ...writing })).status).toBe(201);
  });
});
