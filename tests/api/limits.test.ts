import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, places } from './test-gateway.ts';
import type { TestGateway } from './test-gateway.ts';

describe.each(places)('limits on $name', (place) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await openGateway(place, { rateLimit: { requests: 12, seconds: 60 }, proxies: 1 });
  });
  afterAll(() => gateway.close());

  it('lets so many requests through for each address, and says how many are left', async () => {
    const stranger = gateway.stranger();
    const statuses: number[] = [];
    for (let count = 0; count < 14; count += 1) {
      const reply = await stranger.get('/api/v1/modules', { 'x-forwarded-for': '203.0.113.7' });
      statuses.push(reply.status);
      if (count === 0) {
        expect(reply.headers.get('ratelimit')).toBe('"api";r=11;t=60');
        expect(reply.headers.get('ratelimit-policy')).toBe('"api";q=12;w=60');
      }
      if (reply.status === 429) {
        expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(reply.body).toMatchObject({ code: 'too-many-requests', status: 429 });
      }
    }
    expect(statuses).toEqual([...Array<number>(12).fill(200), 429, 429]);
    const elsewhere = await stranger.get('/api/v1/modules', { 'x-forwarded-for': '203.0.113.7, 203.0.113.8' });
    expect(elsewhere.status).toBe(200);
  });

  it('gives our own screens ten times as much, counted apart', async () => {
    const person = await gateway.register();
    const screen = await person.get('/api/v1/auth/me', { 'sec-fetch-site': 'same-origin' });
    expect(screen.headers.get('ratelimit-policy')).toBe('"screens";q=120;w=60');
    const program = await person.get('/api/v1/auth/me');
    expect(program.headers.get('ratelimit-policy')).toBe('"api";q=12;w=60');
  });

  it('answers about its health without counting', async () => {
    for (let count = 0; count < 20; count += 1)
      expect((await gateway.stranger().get('/health/ready')).status).toBe(200);
  });

  it('takes one sign-in a second for each account', async () => {
    const from = { 'x-forwarded-for': '203.0.113.9' };
    const attempt = async (): Promise<number> =>
      (await gateway.stranger().post('/api/v1/auth/login', { email: 'a@example.com', password: 'guess' }, from)).status;
    expect((await Promise.all([attempt(), attempt(), attempt()])).sort()).toEqual([401, 429, 429]);
  });
});

describe.each(places)('guessing passwords on $name', (place) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await openGateway(place);
  });
  afterAll(() => gateway.close());

  it('ends after ten failures, for accounts that exist and those that do not, also after a restart', async () => {
    await gateway.register({ email: 'real@example.com' });
    const attempt = async (email: string): Promise<number> =>
      (await gateway.stranger().post('/api/v1/auth/login', { email, password: 'guess' })).status;
    for (const email of ['real@example.com', 'unreal@example.com']) {
      for (let count = 0; count < 10; count += 1) expect(await attempt(email)).toBe(401);
      expect(await attempt(email)).toBe(429);
    }
    gateway = await gateway.restart();
    expect(await attempt('Real@example.com ')).toBe(429);
    expect(await attempt('third@example.com')).toBe(401);
  });
});
