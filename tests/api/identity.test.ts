import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const PASSWORD = 'a long enough password';

describe.each(places)('who somebody is, on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let email: string;

  beforeAll(async () => {
    gateway = await openGateway(place);
    email = 'Owner@Example.com';
    owner = await gateway.register({ email, company_name: 'Bengkel Jaya' });
  });
  afterAll(() => gateway.close());

  it('sends the cookie so that scripts and other sites cannot use it', async () => {
    const reply = await gateway.stranger().post('/api/v1/auth/login', { email, password: PASSWORD });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('set-cookie')).toMatch(
      /^rangka_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/,
    );
  });

  it('keeps neither the password nor any secret readable', async () => {
    const { knex } = gateway.engine.server.catalog;
    const stored = JSON.stringify([await knex('users'), await knex('sessions'), await knex('tokens')]);
    const secret = owner.cookie.split('=')[1] ?? 'none';
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(PASSWORD);
    expect(stored).toMatch(/\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('answers alike for a wrong password and an unknown account', async () => {
    const wrong = await gateway.stranger().post('/api/v1/auth/login', { email, password: 'not this one' });
    const unknown = await gateway
      .stranger()
      .post('/api/v1/auth/login', { email: 'nobody@example.com', password: PASSWORD });
    const shown = ({ body }: { body: unknown }): unknown => ({ ...(body as object), instance: '' });
    expect(wrong.status).toBe(401);
    expect(shown(unknown)).toEqual(shown(wrong));
  });

  it('refuses a second account with the same address, in any case', async () => {
    await expect(gateway.register({ email: 'OWNER@example.COM' })).rejects.toThrow('e-mail-taken');
  });

  it('gives companies of the same name slugs of their own', async () => {
    const twin = await gateway.register({ company_name: 'Bengkel Jaya' });
    expect((await twin.get('/api/v1/auth/me')).body).toMatchObject({ data: { company: { slug: 'bengkel-jaya-2' } } });
  });

  it('takes an unsafe request from a browser only with the token of its session and from its own pages', async () => {
    const body = { name: 'Pemilik' };
    expect((await owner.patch('/api/v1/auth/me', body, { 'x-csrf-token': '' })).status).toBe(403);
    expect((await owner.patch('/api/v1/auth/me', body, { 'x-csrf-token': 'x'.repeat(43) })).status).toBe(403);
    expect((await owner.patch('/api/v1/auth/me', body, { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await owner.patch('/api/v1/auth/me', body)).body).toMatchObject({ data: { user: { name: 'Pemilik' } } });
  });

  it('remembers language and preferences of a person', async () => {
    await owner.patch('/api/v1/auth/me', { locale: 'id', preferences: { theme: 'dark' }, phone: null });
    const { body } = await owner.get('/api/v1/auth/me');
    expect(body).toMatchObject({ data: { user: { locale: 'id', preferences: { theme: 'dark' }, phone: null } } });
    const refused = await owner.patch('/api/v1/auth/me', { locale: 'xx', colour: 'red' });
    expect(faultsOf(refused)).toEqual({ '/locale': 'option', '/colour': 'unknown-property' });
    expect(refused.body['title']).toBe('Beberapa nilai tidak sah');
  });

  it('signs out, and everywhere else when the password changes', async () => {
    const other = gateway.stranger();
    await other.post('/api/v1/auth/login', { email, password: PASSWORD });
    const third = gateway.stranger();
    await third.post('/api/v1/auth/login', { email, password: PASSWORD });
    expect((await third.post('/api/v1/auth/logout')).status).toBe(204);
    expect((await third.get('/api/v1/auth/me')).status).toBe(401);

    const wrong = await owner.post('/api/v1/auth/password', {
      current_password: 'guess',
      password: 'another long one',
    });
    expect(faultsOf(wrong)).toEqual({ '/current_password': 'wrong-password' });
    const changed = await owner.post('/api/v1/auth/password', {
      current_password: PASSWORD,
      password: 'another long one',
    });
    expect(changed.status).toBe(204);
    expect((await other.get('/api/v1/auth/me')).status).toBe(401);
    expect((await owner.get('/api/v1/auth/me')).status).toBe(200);
    const { body } = await owner.get('/api/v1/auth/sessions');
    expect(body['data']).toMatchObject([{ current: true }]);
  });

  it('gives tokens that do what their abilities say and end when they are revoked', async () => {
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    const made = await owner.post('/api/v1/auth/tokens', { name: 'shop', abilities: ['sales.customer:read'] });
    const { id, token } = made.body['data'] as unknown as { id: string; token: string };
    const program = gateway.stranger();
    const bearer = { authorization: `Bearer ${token}` };

    expect((await program.get('/api/v1/records/sales.customer', bearer)).status).toBe(200);
    expect((await program.post('/api/v1/records/sales.customer', { name: 'X' }, bearer)).status).toBe(403);
    expect((await program.get('/api/v1/records/sales.order', bearer)).status).toBe(403);
    expect((await program.get('/api/v1/records/sales.customer?include=group', bearer)).status).toBe(400);
    expect((await program.get('/api/v1/records/sales.customer?filter[group.name]=VIP', bearer)).status).toBe(400);
    expect((await program.get('/api/v1/user-modules', bearer)).status).toBe(403);
    expect((await program.post('/api/v1/auth/tokens', { name: 'more' }, bearer)).status).toBe(403);

    const listed = JSON.stringify((await owner.get('/api/v1/auth/tokens')).body);
    expect(listed).toContain('"name":"shop"');
    expect(listed).not.toContain(token);
    expect((await owner.delete(`/api/v1/auth/tokens/${id}`)).status).toBe(204);
    expect((await program.get('/api/v1/records/sales.customer', bearer)).status).toBe(401);
  });

  it('lets members in with their roles, and out at once', async () => {
    const guest = await gateway.register({ email: 'guest@example.com', name: 'Tamu', company_name: 'Warung Tamu' });
    expect((await guest.get('/api/v1/metadata', { 'x-company': 'bengkel-jaya' })).status).toBe(404);
    expect((await owner.post('/api/v1/members', { email: 'guest@example.com' })).status).toBe(201);
    expect((await guest.get('/api/v1/metadata', { 'x-company': 'bengkel-jaya' })).status).toBe(404);
    const id = await becomeMember(gateway, owner, { email: 'guest@example.com' });

    const here = { 'x-company': 'bengkel-jaya' };
    expect((await guest.get('/api/v1/metadata', here)).status).toBe(200);
    expect((await guest.get('/api/v1/members', here)).status).toBe(403);
    expect((await guest.post('/api/v1/user-modules', { module: 'purchase' }, here)).status).toBe(403);

    const roles = await owner.get('/api/v1/roles');
    const named = (roles.body['data'] as unknown as { name: string }[]).map(({ name }) => name);
    expect(named).toEqual(expect.arrayContaining(['admin', 'user']));
    expect((await owner.patch(`/api/v1/members/${id}`, { roles: ['nonsense'] })).status).toBe(422);
    expect((await owner.patch(`/api/v1/members/${id}`, { is_active: false })).status).toBe(200);
    expect((await guest.get('/api/v1/metadata', here)).status).toBe(404);
    expect((await owner.delete(`/api/v1/members/${id}`)).status).toBe(204);

    const [own] = (await owner.get('/api/v1/members')).body['data'] as unknown as { id: string }[];
    expect((await owner.delete(`/api/v1/members/${own?.id ?? ''}`)).status).toBe(409);
  });
});
