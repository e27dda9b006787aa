import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitingLetters } from '../../engine/src/runtime/letters.ts';
import { startMailServer } from '../support/mail-server.ts';
import type { MailServer } from '../support/mail-server.ts';
import { faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

const PASSWORD = 'a long enough password';
const OTHER = 'quite another password';

describe.each(places)('the way back into an account, on $name', (place) => {
  let gateway: TestGateway;
  let mail: MailServer;
  beforeAll(async () => {
    mail = await startMailServer();
    gateway = await openGateway(place, { smtpUrl: mail.url, publicUrl: 'https://erp.example.com' });
  });
  afterAll(async () => {
    await gateway.close();
    await mail.close();
  });

  const stranger = (): Client => gateway.stranger();
  const logIn = (email: string, password: string): Promise<Reply> =>
    stranger().post('/api/v1/auth/login', { email, password });
  const secretFor = async (email: string, page: string): Promise<string> => {
    const address = new RegExp(`https://erp\\.example\\.com/${page}#([\\w-]{43})`);
    const find = (): string | undefined =>
      mail.received
        .filter(({ to, text }) => to.includes(email) && address.test(text))
        .map(({ text }) => address.exec(text)?.[1])
        .at(-1);
    await expect.poll(find, { timeout: 10_000 }).toBeDefined();
    return find() ?? '';
  };

  it('is a letter with a secret that works once', async () => {
    const email = 'ani@example.com';
    const ani = await gateway.register({ email });
    expect((await stranger().post('/api/v1/auth/forgot-password', { email: 'Ani@Example.com' })).status).toBe(204);
    const token = await secretFor(email, 'reset-password');
    expect(faultsOf(await stranger().post('/api/v1/auth/reset-password', { token, password: 'short' }))).toEqual({
      '/password': 'too-short',
    });
    expect((await stranger().post('/api/v1/auth/reset-password', { token, password: OTHER })).status).toBe(204);
    expect((await ani.get('/api/v1/auth/me')).status).toBe(401);
    expect((await logIn(email, PASSWORD)).status).toBe(401);
    expect((await logIn(email, OTHER)).body).toMatchObject({ data: { user: { email_verified: true } } });
    expect(faultsOf(await stranger().post('/api/v1/auth/reset-password', { token, password: PASSWORD }))).toEqual({
      '/token': 'mailed-secret',
    });
  });

  it('answers alike for an account that does not exist, and sends nothing', async () => {
    const before = mail.received.length;
    const reply = await stranger().post('/api/v1/auth/forgot-password', { email: 'nobody@example.com' });
    expect(reply.status).toBe(204);
    await gateway.engine.letters.send();
    expect(mail.received.length).toBe(before);
  });

  it.each([
    ['later than an hour', { expires_at: '2020-01-01 00:00:00.000' }],
    ['for another address than the account has now', { email: 'other@example.com' }],
    ['to prove the address', { purpose: 'verify' }],
  ])('does not take a secret %s', async (_, change) => {
    const email = `late-${Object.keys(change).join('')}@example.com`;
    await gateway.register({ email });
    await stranger().post('/api/v1/auth/forgot-password', { email });
    const token = await secretFor(email, 'reset-password');
    const { knex } = gateway.engine.server.catalog;
    await knex('mailed_secrets').where({ purpose: 'verify', email }).delete();
    expect(await knex('mailed_secrets').where({ email }).update(change)).toBe(1);
    const reply = await stranger().post('/api/v1/auth/reset-password', { token, password: OTHER });
    expect(faultsOf(reply)).toEqual({ '/token': 'mailed-secret' });
    expect((await logIn(email, PASSWORD)).status).toBe(200);
  });

  it('ends the secret of an earlier letter with a later one', async () => {
    const email = 'budi@example.com';
    await gateway.register({ email });
    await stranger().post('/api/v1/auth/forgot-password', { email });
    const first = await secretFor(email, 'reset-password');
    await stranger().post('/api/v1/auth/forgot-password', { email });
    await expect.poll(() => secretFor(email, 'reset-password'), { timeout: 10_000 }).not.toBe(first);
    const reply = await stranger().post('/api/v1/auth/reset-password', { token: first, password: OTHER });
    expect(faultsOf(reply)).toEqual({ '/token': 'mailed-secret' });
  });

  it('sends few letters to one address, however often it is asked', async () => {
    const email = 'citra@example.com';
    await gateway.register({ email });
    const statuses = [];
    for (let count = 0; count < 12; count += 1) {
      statuses.push((await stranger().post('/api/v1/auth/forgot-password', { email })).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 204));
    expect(statuses.slice(10)).toEqual([429, 429]);
  });

  it('proves the address that somebody signed up with', async () => {
    const email = 'dewi@example.com';
    const dewi = await gateway.register({ email, locale: 'id' });
    expect((await dewi.get('/api/v1/auth/me')).body).toMatchObject({ data: { user: { email_verified: false } } });
    const first = await secretFor(email, 'verify-email');
    expect((await dewi.post('/api/v1/auth/verify-email/letter')).status).toBe(204);
    await expect.poll(() => secretFor(email, 'verify-email'), { timeout: 10_000 }).not.toBe(first);
    const token = await secretFor(email, 'verify-email');
    expect((await stranger().post('/api/v1/auth/verify-email', { token: first })).status).toBe(422);
    expect((await stranger().post('/api/v1/auth/verify-email', { token })).status).toBe(204);
    expect((await dewi.get('/api/v1/auth/me')).body).toMatchObject({ data: { user: { email_verified: true } } });
    expect(mail.received.some(({ text }) => text.includes('Subject: Konfirmasi alamat email Anda'))).toBe(true);
  });

  it('keeps letters back while the mail server is away, encrypted, and sends them later', async () => {
    const email = 'eka@example.com';
    const silent = await openGateway(place);
    try {
      await silent.register({ email, name: 'Eka' });
      await silent.engine.letters.send();
      const { catalog } = silent.engine.server;
      expect(await waitingLetters(catalog, silent.engine.personCipher)).toMatchObject([
        { receiver: email, body: expect.stringContaining('Eka') as string },
      ]);
      expect(JSON.stringify(await catalog.knex('letters'))).not.toContain('verify-email');
    } finally {
      await silent.close();
    }
  });
});

describe.each(places)('the second factor, on $name', (place) => {
  const email = 'fajar@example.com';
  let gateway: TestGateway;
  let fajar: Client;
  let app: TOTP;
  let recoveryCodes: readonly string[];
  beforeAll(async () => {
    gateway = await openGateway(place);
    fajar = await gateway.register({ email });
  });
  afterAll(() => gateway.close());

  const logIn = (otp?: string): Promise<Reply> =>
    gateway.stranger().post('/api/v1/auth/login', { email, password: PASSWORD, ...(otp === undefined ? {} : { otp }) });

  it('is turned on with the password and a first code', async () => {
    const path = '/api/v1/auth/two-factor';
    expect((await fajar.get(path)).body).toEqual({ data: { enabled: false, recovery_codes_left: 0 } });
    expect(faultsOf(await fajar.post(path, { password: 'not mine at all' }))).toEqual({
      '/password': 'wrong-password',
    });
    const begun = (await fajar.post(path, { password: PASSWORD })).body['data'] as unknown as {
      readonly secret: string;
      readonly uri: string;
    };
    expect(begun.uri).toContain(`secret=${begun.secret}`);
    app = new TOTP({ secret: begun.secret });
    expect((await logIn()).status).toBe(200);
    const wrong = String((Number(app.generate()) + 1) % 1_000_000).padStart(6, '0');
    expect(faultsOf(await fajar.post(path, { otp: wrong }))).toEqual({ '/otp': 'wrong-code' });
    // Codes change every half minute; near the change, what is made here may be too old when it arrives.
    const left = 30_000 - (Date.now() % 30_000);
    if (left < 5_000) await new Promise((resolve) => setTimeout(resolve, left));
    // A code of the step before is taken too, and leaves the present one for signing in.
    const code = app.generate({ timestamp: Date.now() - 30_000 });
    const confirmed = await fajar.post(path, { otp: code });
    recoveryCodes = (confirmed.body['data'] as unknown as { recovery_codes: readonly string[] }).recovery_codes;
    expect(new Set(recoveryCodes).size).toBe(10);
    expect((await fajar.post(path, { password: PASSWORD })).status).toBe(409);
  });

  it('is asked for at the next sign-in, and takes each code once', async () => {
    expect(await logIn()).toMatchObject({
      status: 401,
      body: { type: expect.stringContaining('code-needed') as string },
    });
    const code = app.generate();
    expect((await logIn(code)).status).toBe(200);
    const again = await logIn(code);
    expect(again.status).toBe(401);
    expect(faultsOf(again)).toEqual({ '/otp': 'wrong-code' });
  });

  it('has recovery codes that work once', async () => {
    const [code = ''] = recoveryCodes;
    expect((await logIn(`${code.slice(0, 5)}-${code.slice(5).toUpperCase()}`)).status).toBe(200);
    expect((await logIn(code)).status).toBe(401);
    expect((await fajar.get('/api/v1/auth/two-factor')).body).toEqual({
      data: { enabled: true, recovery_codes_left: 9 },
    });
  });

  it('is stored so that nobody can read it', async () => {
    const { knex } = gateway.engine.server.catalog;
    const stored = JSON.stringify([await knex('second_factors'), await knex('recovery_codes')]);
    expect(stored).not.toContain(app.secret.base32);
    for (const code of recoveryCodes) expect(stored).not.toContain(code);
  });

  it('is turned off with the password, but not by a token', async () => {
    const made = await fajar.post('/api/v1/auth/tokens', { name: 'till' });
    const token = String(made.body['data']?.['token']);
    const asToken = { authorization: `Bearer ${token}` };
    const path = '/api/v1/auth/two-factor';
    const refused = await gateway.stranger().send('DELETE', path, { password: PASSWORD }, asToken);
    expect(refused.status).toBe(403);
    for (const body of [{ password: PASSWORD }, { otp: app.generate() }]) {
      expect((await gateway.stranger().post(path, body, asToken)).status).toBe(403);
    }
    expect((await fajar.send('DELETE', path, { password: PASSWORD })).status).toBe(204);
    expect((await logIn()).status).toBe(200);
  });
});
