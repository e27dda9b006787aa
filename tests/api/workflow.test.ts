import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { officeDocuments } from '../../engine/src/workflow/test-office.ts';
import { becomeMember, faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

const shipped = fileURLToPath(new URL('../../modules', import.meta.url));
const REQUESTS = '/api/v1/records/office.request';
const here = { 'x-company': 'kantor' };

const manifest = {
  module: 'office',
  name: { en: 'Office', id: 'Kantor' },
  description: { en: 'Requests and orders', id: 'Permintaan dan pesanan' },
  version: '1.0.0',
  category: 'core',
  icon: 'briefcase',
  dependencies: [],
};

const automations = [
  {
    automation: 'office.tell-bosses',
    label: { en: 'A request waits', id: 'Ada permintaan menunggu' },
    entity: 'office.request',
    on: { transition: 'ask' },
    do: [{ notify: 'boss' }],
  },
  {
    automation: 'office.write',
    entity: 'office.request',
    on: { transition: 'reject' },
    do: [{ email: { to: "'someone@example.com'", subject: 'No', body: 'No' } }],
  },
];

/** The office's documents as a module of the installation, beside those that are shipped. */
async function modulesWithOffice(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rangka-modules-'));
  await cp(shipped, folder, { recursive: true });
  const office = join(folder, 'core/office');
  await mkdir(office, { recursive: true });
  await writeFile(join(office, 'module.json'), JSON.stringify(manifest));
  const documents = [...officeDocuments.filter((document) => !('module' in document)), ...automations];
  for (const [index, document] of documents.entries()) {
    await writeFile(join(office, `${index}.json`), JSON.stringify(document));
  }
  return folder;
}

describe.each(places)('a workflow on $name', (place) => {
  let gateway: TestGateway;
  let modulesFolder: string;
  let owner: Client;
  let boss: Client;
  let clerk: Client;
  let thing: string;
  const members = new Map<Client, string>();

  beforeAll(async () => {
    modulesFolder = await modulesWithOffice();
    gateway = await openGateway(place, { modulesFolder });
    owner = await gateway.register({ company_name: 'Kantor' });
    const activated = await owner.post('/api/v1/user-modules', { module: 'office' });
    expect(activated.status).toBe(201);
    boss = await join_('boss@example.com', 'office.boss');
    clerk = await join_('clerk@example.com', 'office.clerk');
    thing = String((await owner.post('/api/v1/records/office.thing', { name: 'Chair' })).body['data']?.['id']);
  });
  afterAll(async () => {
    await gateway.close();
    await rm(modulesFolder, { recursive: true, force: true });
  });

  const join_ = async (email: string, role: string): Promise<Client> => {
    const client = await gateway.register({ email });
    members.set(client, await becomeMember(gateway, owner, { email, roles: ['user', role] }));
    return client;
  };
  const act = (client: Client, id: string, action: string): Promise<Reply> =>
    client.post(`${REQUESTS}/${id}/actions/${action}`, {}, here);
  const waiting = async (amount: string): Promise<string> => {
    const made = await clerk.post(REQUESTS, { lines: [{ thing, quantity: '2', amount }] }, here);
    const id = String(made.body['data']?.['id']);
    expect(await act(clerk, id, 'ask')).toMatchObject({ status: 200, body: { data: { status: 'waiting' } } });
    return id;
  };
  const setLimit = (client: Client, approval_limit: string | null): Promise<Reply> =>
    owner.send('PUT', `/api/v1/members/${members.get(client) ?? ''}/limits`, { approval_limit });

  it('is taken by those whose role it names, within their limit', async () => {
    const id = await waiting('500');
    expect((await act(clerk, id, 'approve')).status).toBe(403);
    const refused = await act(boss, id, 'approve');
    expect(refused.status).toBe(422);
    expect(faultsOf(refused)).toEqual({ '': 'guard' });
    expect((await setLimit(boss, '1000')).body).toMatchObject({ data: { approval_limit: '1000' } });
    expect(await act(boss, id, 'approve')).toMatchObject({
      status: 200,
      body: { data: { status: 'approved', stage: 'submitted' } },
    });
    expect((await act(boss, id, 'approve')).status).toBe(409);
    expect((await act(boss, id, 'celebrate')).status).toBe(403);
    expect((await act(owner, id, 'celebrate')).status).toBe(404);
  });

  it('says what is open to whom', async () => {
    const id = await waiting('5');
    const open = async (client: Client): Promise<readonly string[]> => {
      const { body } = await client.get(`${REQUESTS}/${id}/actions`, here);
      return (body['data'] as unknown as { name: string }[]).map(({ name }) => name);
    };
    expect(await open(clerk)).toEqual([]);
    expect(await open(boss)).toEqual(['approve', 'approve-together', 'reject']);
    await act(boss, id, 'approve');
    expect(await open(owner)).toEqual(['withdraw', 'office.request-to-order']);
  });

  it('is taken for a member who is away, until it is taken back', async () => {
    const id = await waiting('5');
    const body = { to: 'clerk@example.com', from_date: '2020-01-01', until_date: '2099-12-31' };
    expect(faultsOf(await boss.post('/api/v1/delegations', { ...body, to: 'nobody@example.com' }, here))).toEqual({
      '/to': 'unknown-record',
    });
    expect(faultsOf(await boss.post('/api/v1/delegations', { ...body, until_date: '2019-01-01' }, here))).toEqual({
      '/until_date': 'minimum',
    });
    const made = await boss.post('/api/v1/delegations', { ...body, entity: 'office.request' }, here);
    expect(made.status).toBe(201);
    const delegation = String(made.body['data']?.['id']);
    expect((await clerk.get('/api/v1/delegations', here)).body).toMatchObject({ data: [{ id: delegation }] });
    expect((await act(clerk, id, 'reject')).body).toMatchObject({ data: { status: 'rejected' } });
    expect((await clerk.delete(`/api/v1/delegations/${delegation}`, here)).status).toBe(404);
    expect((await boss.delete(`/api/v1/delegations/${delegation}`, here)).status).toBe(204);
    expect((await act(clerk, await waiting('5'), 'reject')).status).toBe(403);
  });

  it('tells members, who mark it as read', async () => {
    const id = await waiting('5');
    await expect
      .poll(async () => (await boss.get('/api/v1/notifications?unread=true', here)).body['data']?.['0'], {
        timeout: 10_000,
      })
      .toMatchObject({ label: 'A request waits', entity: 'office.request', record_id: id });
    // What the tests before this one told may still arrive, so each notification is looked at by itself.
    interface Told {
      readonly id: string;
      readonly read_at: string | null;
    }
    const told = async (): Promise<readonly Told[]> =>
      (await boss.get('/api/v1/notifications', here)).body['data'] as unknown as readonly Told[];
    const unread = (await told()).filter(({ read_at }) => read_at === null).map((each) => each.id);
    const [notification = ''] = unread;
    const isRead = async (id: string): Promise<boolean> =>
      (await told()).some((each) => each.id === id && each.read_at !== null);
    expect((await clerk.post(`/api/v1/notifications/${notification}/read`, {}, here)).status).toBe(404);
    expect(await isRead(notification)).toBe(false);
    expect((await boss.post(`/api/v1/notifications/${notification}/read`, undefined, here)).status).toBe(204);
    expect(await isRead(notification)).toBe(true);
    expect((await boss.post('/api/v1/notifications/read', undefined, here)).status).toBe(204);
    for (const id of unread) expect(await isRead(id)).toBe(true);
  });

  it('keeps what could not be brought about, for admins alone', async () => {
    const failures = '/api/v1/outbox/failures';
    const { body } = await act(boss, await waiting('5'), 'reject');
    const id = String(body['data']?.['id']);
    const find = async (): Promise<unknown> => {
      const all = (await owner.get(failures)).body['data'] as unknown as { id: string; record_id: string }[];
      return all.find((failure) => failure.record_id === id);
    };
    await expect.poll(find, { timeout: 10_000 }).toMatchObject({
      code: 'mail-not-set-up',
      message: 'No mail server is set: set RANGKA_SMTP_URL',
    });
    expect((await boss.get(failures, here)).status).toBe(403);
    const failure = (await find()) as { id: string };
    expect((await owner.post(`${failures}/${failure.id}/retry`)).status).toBe(204);
    await expect.poll(find, { timeout: 10_000 }).toMatchObject({ code: 'mail-not-set-up', label: 'Write' });
    expect((await boss.post(`${failures}/retry`, undefined, here)).status).toBe(403);
    expect((await owner.post(`${failures}/retry`)).status).toBe(204);
    await expect.poll(find, { timeout: 10_000 }).toMatchObject({ code: 'mail-not-set-up' });
    expect((await owner.delete(`${failures}/${failure.id}`)).status).toBe(204);
    expect(await find()).toBeUndefined();
  });

  it('leads to the next document through a flow', async () => {
    const id = await waiting('5');
    expect((await owner.post(`${REQUESTS}/${id}/flows/office.request-to-order`)).status).toBe(409);
    await act(boss, id, 'approve');
    const key = { 'idempotency-key': `flow-${id}` };
    const made = await owner.post(`${REQUESTS}/${id}/flows/request-to-order`, undefined, key);
    expect(made).toMatchObject({
      status: 201,
      body: { data: { request: id, lines: [{ thing, quantity: '2.0000' }] } },
    });
    expect(made.headers.get('location')).toBe(`/api/v1/records/office.order/${String(made.body['data']?.['id'])}`);
    const again = await owner.post(`${REQUESTS}/${id}/flows/request-to-order`, undefined, key);
    expect(again.body).toEqual(made.body);
    // Whoever may not create what it makes does not see it made.
    expect((await clerk.post(`${REQUESTS}/${id}/flows/request-to-order`, undefined, here)).status).toBe(403);
    expect((await owner.post(`${REQUESTS}/${id}/flows/nothing`)).status).toBe(404);
  });

  it('goes on with what a killed process left behind', async () => {
    const id = await waiting('5');
    await boss.post('/api/v1/notifications/read', undefined, here);
    await act(boss, id, 'approve');
    gateway = await gateway.restart();
    await gateway.engine.resume();
    clerk = gateway.stranger();
    await clerk.post('/api/v1/auth/login', { email: 'clerk@example.com', password: 'a long enough password' });
    // The transition tells whoever made the request.
    await expect
      .poll(async () => JSON.stringify((await clerk.get('/api/v1/notifications', here)).body['data']), {
        timeout: 10_000,
      })
      .toContain(`"record_id":"${id}"`);
  });
});
