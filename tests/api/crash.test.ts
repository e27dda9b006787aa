import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openServer } from '../../engine/src/storage/connect.ts';
import { quoted, statement } from '../../engine/src/storage/statement.ts';
import { Client, places } from './test-gateway.ts';
import type { TestPlace } from './test-gateway.ts';

const launcher = fileURLToPath(new URL('../../engine/bin/rangka.js', import.meta.url));

/** A server in a process of its own, so that it can be killed. */
interface Running {
  readonly url: string;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
}

async function serve(environment: Readonly<Record<string, string>>): Promise<Running> {
  const child: ChildProcess = spawn(process.execPath, [launcher, 'serve'], {
    env: { ...process.env, ...environment, PORT: '0', RANGKA_HOST: '127.0.0.1', RANGKA_RATE_LIMIT: 'off' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    void ended.then(() => reject(new Error('The server ended before it served.')));
    if (child.stdout === null) throw new Error('The server has no output.');
    createInterface(child.stdout).on('line', (line) => {
      const found = /"port":(\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const SCHEMAS = statement('SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?');

async function inPlace(place: TestPlace, work: (environment: Record<string, string>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rangka-crash-'));
  const schema = `rk_api_${randomBytes(4).toString('hex')}`;
  const url = place.databaseUrl === null ? null : Object.assign(new URL(place.databaseUrl), { pathname: schema }).href;
  try {
    await work({ RANGKA_DATA: folder, ...(url === null ? {} : { RANGKA_DATABASE_URL: url }) });
  } finally {
    if (url !== null) {
      const server = openServer({ url, dataFolder: '', onCallbackError: () => undefined });
      const rows = await server.catalog.all(SCHEMAS, [`${schema}%`]);
      await server.catalog.session(async (session) => {
        for (const row of rows) await session.run(statement(`DROP DATABASE ${quoted(String(row['name']))}`));
      });
      await server.close();
    }
    await rm(folder, { recursive: true, force: true });
  }
}

const ACCOUNT = { email: 'owner@example.com', password: 'a long enough password' };

/** Moments after the request to activate, in milliseconds: spread over what an activation takes. */
const MOMENTS = [15, 60, 120, 200, 300, 450];

describe.each(places)('a server killed while it activates modules, on $name', (place) => {
  it('finishes the activation or never began it, and repeating it converges', async () => {
    await inPlace(place, async (environment) => {
      let running = await serve(environment);
      let owner = new Client(running.url);
      const signedUp = await owner.post('/api/v1/auth/register', {
        ...ACCOUNT,
        name: 'Dewi',
        company_name: 'Kebal',
        business_type: 'bakery',
      });
      expect(signedUp.status).toBe(201);

      for (const moment of MOMENTS) {
        const asked = owner.post('/api/v1/user-modules', { module: 'purchase' }).catch(() => null);
        await sleep(moment);
        await running.kill();
        await asked;
        running = await serve(environment);
        owner = new Client(running.url);
        expect((await owner.post('/api/v1/auth/login', ACCOUNT)).status).toBe(200);
        const { body } = await owner.get('/api/v1/user-modules');
        const active = (body['data'] as unknown as { is_active: boolean; module: { slug: string } }[])
          .filter(({ is_active: isActive }) => isActive)
          .map(({ module }) => module.slug)
          .sort();
        expect([[], ['accounting', 'inventory', 'purchase']]).toContainEqual(active);
        const records = await owner.get('/api/v1/records/purchase.supplier');
        expect(records.status).toBe(active.length === 0 ? 403 : 200);
      }

      const done = await owner.post('/api/v1/user-modules', { module: 'purchase' });
      expect([200, 201]).toContain(done.status);
      const accounts = await owner.get('/api/v1/records/accounting.account?fields=code&page[size]=200');
      const codes = (accounts.body['data'] as unknown as { code: string }[]).map(({ code }) => code);
      expect(codes.length).toBeGreaterThan(20);
      expect(new Set(codes).size).toBe(codes.length);

      const created = await owner.post('/api/v1/records/purchase.supplier', { name: 'Pemasok' });
      expect(created.status).toBe(201);
      await running.kill();
      running = await serve(environment);
      owner = new Client(running.url);
      await owner.post('/api/v1/auth/login', ACCOUNT);
      expect((await owner.get('/api/v1/records/purchase.supplier')).body).toMatchObject({
        data: [{ name: 'Pemasok' }],
      });
      await running.kill();
    });
  }, 120_000);
});
