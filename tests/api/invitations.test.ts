import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMailServer } from '../support/mail-server.ts';
import type { MailServer } from '../support/mail-server.ts';
import { becomeMember, faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

const PATH = '/api/v1/invitations';
const PASSWORD = 'a long enough password';

describe.each(places)('invitations, on $name', (place) => {
  let gateway: TestGateway;
  let mail: MailServer;
  let owner: Client;
  const here = { 'x-company': 'kedai-undangan' };
  beforeAll(async () => {
    mail = await startMailServer();
    gateway = await openGateway(place, { smtpUrl: mail.url, publicUrl: 'https://erp.example.com' });
    owner = await gateway.register({
      company_name: 'Kedai Undangan',
      name: 'Dewi\nLestari',
      email: 'dewi@example.com',
    });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
  });
  afterAll(async () => {
    await gateway.close();
    await mail.close();
  });

  const lettersTo = (email: string): readonly string[] =>
    mail.received.filter(({ to }) => to.includes(email)).map(({ text }) => text);
  const secretOf = (letter: string | undefined): string | undefined =>
    /https:\/\/erp\.example\.com\/invitation#([\w-]{43})/.exec(letter ?? '')?.[1];
  const secretTo = async (email: string, count = 1): Promise<string> => {
    const secrets = (): readonly string[] => lettersTo(email).flatMap((letter) => secretOf(letter) ?? []);
    await expect.poll(secrets, { timeout: 10_000 }).toHaveLength(count);
    return secrets().at(-1) ?? '';
  };
  const invite = (email: string, facts: Readonly<Record<string, unknown>> = {}): Promise<Reply> =>
    owner.post(PATH, { email, ...facts });
  const look = (token: string): Promise<Reply> => gateway.stranger().post('/api/v1/auth/invitation', { token });
  const accept = (facts: Readonly<Record<string, unknown>>, client = gateway.stranger()): Promise<Reply> =>
    client.post('/api/v1/auth/invitation/accept', facts);
  const listed = async (): Promise<
    readonly { readonly id: string; readonly email: string; readonly state: string }[]
  > => (await owner.get(PATH)).body['data'] as never;
  const knex = (): TestGateway['engine']['server']['catalog']['knex'] => gateway.engine.server.catalog.knex;

  it('make an account and a member of whoever had none, with the roles that were offered, once', async () => {
    const restrictions = { 'sales.customer': ['1'] };
    const sent = await invite('Ani@Example.com', { roles: ['user', 'sales.clerk'], restrictions });
    expect(sent).toMatchObject({
      status: 201,
      body: { data: { email: 'ani@example.com', state: 'open', restrictions } },
    });
    const token = await secretTo('ani@example.com');
    expect(JSON.stringify(await knex()('invitations'))).not.toContain(token);
    expect(JSON.stringify(sent.body)).not.toContain(token);
    expect((await look(token)).body).toMatchObject({
      data: { company: { name: 'Kedai Undangan' }, email: 'ani@example.com', has_account: false },
    });
    expect(faultsOf(await accept({ token, password: 'short' }))).toEqual({
      '/name': 'required',
      '/password': 'too-short',
    });
    const ani = gateway.stranger();
    const joined = await accept({ token, name: 'Ani', password: PASSWORD, locale: 'id' }, ani);
    expect(joined).toMatchObject({
      status: 200,
      body: {
        data: {
          user: { name: 'Ani', email_verified: true, locale: 'id' },
          company: { slug: 'kedai-undangan', roles: ['user', 'sales.clerk'] },
        },
      },
    });
    expect((await ani.get('/api/v1/records/sales.customer')).status).toBe(200);
    expect((await ani.get('/api/v1/members')).status).toBe(403);
    expect(faultsOf(await accept({ token, name: 'Eve', password: PASSWORD }))).toEqual({ '/token': 'invitation-over' });
    expect(await listed()).toEqual([]);
    const members = (await owner.get('/api/v1/members')).body['data'] as unknown as readonly object[];
    expect(members).toContainEqual(expect.objectContaining({ email: 'ani@example.com', restrictions }));
    const noted = await knex()('activities').where({ subject: 'ani@example.com' }).orderBy('id').pluck('action');
    expect(noted).toEqual(['invitation.send', 'invitation.accept']);
  });

  it('make a member of whoever has an account, and open no session', async () => {
    const budi = await gateway.register({ email: 'budi@example.com', name: 'Budi', company_name: 'Toko Budi' });
    const [known, unknown] = [await invite('budi@example.com'), await invite('nobody@example.com')];
    const alike = ({ body }: Reply): object => ({
      ...(body['data'] as object),
      id: '',
      email: '',
      sent_at: '',
      expires_at: '',
    });
    expect(known.status).toBe(unknown.status);
    expect(alike(known)).toEqual(alike(unknown));
    const token = await secretTo('budi@example.com');
    expect((await look(token)).body).toMatchObject({ data: { has_account: true } });
    expect((await budi.get('/api/v1/metadata', here)).status).toBe(404);
    const joining = gateway.stranger();
    expect(await accept({ token, name: 'Not Budi', password: 'another password' }, joining)).toMatchObject({
      status: 200,
      body: { data: { company: { slug: 'kedai-undangan' }, user: null } },
    });
    expect((await joining.get('/api/v1/auth/me')).status).toBe(401);
    expect((await budi.get('/api/v1/metadata', here)).status).toBe(200);
    expect((await budi.get('/api/v1/auth/me')).body).toMatchObject({
      data: { user: { name: 'Budi' }, company: { slug: 'kedai-undangan' } },
    });
    expect(faultsOf(await invite('budi@example.com'))).toEqual({ '/email': 'unique' });
  });

  it('are sent again with another secret, and withdrawn', async () => {
    const email = 'citra@example.com';
    const id = String((await invite(email)).body['data']?.['id']);
    const first = await secretTo(email);
    expect(await invite(email)).toMatchObject({ status: 409 });
    expect((await owner.post(`${PATH}/${id}/letter`)).status).toBe(200);
    const second = await secretTo(email, 2);
    expect((await look(first)).status).toBe(422);
    expect((await look(second)).status).toBe(200);
    const stranger = await gateway.register({ company_name: 'Lain' });
    for (const reply of [await stranger.delete(`${PATH}/${id}`), await stranger.post(`${PATH}/${id}/letter`)]) {
      expect(reply.status).toBe(404);
    }
    expect((await owner.delete(`${PATH}/${id}`)).status).toBe(204);
    expect((await owner.delete(`${PATH}/${id}`)).status).toBe(404);
    expect(faultsOf(await look(second))).toEqual({ '/token': 'invitation-over' });
  });

  it('end after seven days, and can be made anew then', async () => {
    const email = 'eka@example.com';
    await invite(email);
    const token = await secretTo(email);
    await knex()('invitations').where({ email }).update({ expires_at: '2020-01-01 00:00:00.000' });
    expect((await look(token)).status).toBe(422);
    expect(faultsOf(await accept({ token, name: 'Eka', password: PASSWORD }))).toEqual({ '/token': 'invitation-over' });
    expect((await listed()).find((each) => each.email === email)).toMatchObject({ state: 'expired' });
    expect((await invite(email)).status).toBe(201);
  });

  it('open nothing once whoever invited may not give these roles any more', async () => {
    const email = 'fajar@example.com';
    await invite(email, { roles: ['admin'] });
    const token = await secretTo(email);
    const memberships = knex()('memberships').whereIn(
      'user_id',
      knex()('users').select('id').where({ email: 'dewi@example.com' }),
    );
    await memberships.clone().update({ is_active: false });
    expect((await look(token)).status).toBe(422);
    expect((await accept({ token, name: 'Fajar', password: PASSWORD })).status).toBe(422);
    await memberships.clone().update({ is_active: true });
    await gateway.engine.identities.forget();
    expect((await look(token)).status).toBe(200);
  });

  it('are for admins, name known roles and records, and give no token more than it has', async () => {
    const gita = await gateway.register({ email: 'gita@example.com', company_name: 'Toko Gita' });
    await becomeMember(gateway, owner, { email: 'gita@example.com' });
    expect((await gita.get(PATH, here)).status).toBe(403);
    expect((await gita.post(PATH, { email: 'x@example.com' }, here)).status).toBe(403);
    expect(
      faultsOf(await invite('not an address', { roles: ['nonsense'], restrictions: { 'no.such': ['1'] }, extra: 1 })),
    ).toEqual({
      '/email': 'email',
      '/roles/0': 'unknown-role',
      '/restrictions': 'unknown-entity',
      '/extra': 'unknown-property',
    });
    const made = await owner.post('/api/v1/auth/tokens', {
      name: 'people',
      abilities: ['members:write', 'sales.customer:read'],
    });
    const asToken = { authorization: `Bearer ${String(made.body['data']?.['token'])}` };
    for (const roles of [['admin'], ['sales.clerk']]) {
      const reply = await gateway.stranger().post(PATH, { email: 'h@example.com', roles }, asToken);
      expect(reply.status).toBe(403);
    }
    const members = (await owner.get('/api/v1/members')).body['data'] as unknown as { id: string; email: string }[];
    const id = members.find((each) => each.email === 'gita@example.com')?.id ?? '';
    const raised = await gateway.stranger().patch(`/api/v1/members/${id}`, { roles: ['admin'] }, asToken);
    expect(raised.status).toBe(403);
  });

  it('send few letters to one address, and count guessed secrets', async () => {
    const email = 'hana@example.com';
    const id = String((await invite(email)).body['data']?.['id']);
    const statuses = [];
    for (let count = 0; count < 10; count += 1) statuses.push((await owner.post(`${PATH}/${id}/letter`)).status);
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 200), 429]);
    const guess = 'x'.repeat(43);
    const answers = [];
    for (let count = 0; count < 11; count += 1) answers.push((await look(guess)).status);
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 422), 429]);
  });
});
