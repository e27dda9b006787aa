import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, places } from './test-gateway.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

describe('the command line', () => {
  let dataFolder: string;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'rangka-cli-'));
  });
  afterAll(() => rm(dataFolder, { recursive: true, force: true }));

  const rangka = (words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const env = {
        ...process.env,
        RANGKA_DATA: dataFolder,
        RANGKA_SECRET: 'a secret of the tests, long enough to be taken',
        ...environment,
      };
      execFile(
        process.execPath,
        [join(root, 'engine/bin/rangka.js'), ...words],
        { env, cwd: root },
        (error, out, errors) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, errors });
        },
      );
    });

  it('finds nothing wrong with the shipped modules', async () => {
    expect(await rangka(['check', 'modules'])).toMatchObject({
      code: 0,
      out: expect.stringContaining(' 0 errors') as string,
    });
  });

  it('prints every fault of a broken module, for people and for editors', async () => {
    const words = ['check', 'tests/fixtures/broken-module'];
    const shown = await rangka(words);
    const listed = await rangka([...words, '--json']);
    const diagnostics = JSON.parse(listed.out) as { code: string; file: string; pointer: string; message: string }[];
    expect([shown.code, listed.code]).toEqual([1, 1]);
    expect(diagnostics.length).toBeGreaterThanOrEqual(20);
    for (const { file, message, code } of diagnostics) {
      expect(file).toMatch(/^broken-module\/.+\.json$/);
      expect(shown.out).toContain(message);
      expect(shown.out).toContain(`[${code}]`);
    }
  });

  it('says what to write instead of a wrong setting', async () => {
    const { code, errors } = await rangka(['config'], { PORT: 'eighty', RANGKA_RATE_LIMIT: 'many' });
    expect(code).toBe(1);
    expect(errors).toMatch(/PORT is “eighty”: write .+\.\nRANGKA_RATE_LIMIT is “many”: write .+\./);
    expect((await rangka(['config'])).out).not.toContain('a secret of the tests');
  });

  it.each([
    [['activate', 'nobody', 'sales'], 'There is no company “nobody”.'],
    [['token', 'create', 'nobody@example.com', 'nobody'], 'Nobody has the e-mail address nobody@example.com.'],
    [['token', 'create', 'a@example.com', 'b', '--abilities', 'fly'], '“fly” is not an ability'],
    [['check', 'docs'], 'docs holds no module'],
  ])('%j is answered with a sentence', async (words, sentence) => {
    const { code, errors } = await rangka(words);
    expect([code, errors]).toEqual([1, expect.stringContaining(sentence)]);
    expect(errors).not.toMatch(/^\s+at /m);
  });

  it('does for an operator what the screens do for an admin', async () => {
    const place = places[0];
    if (place === undefined) throw new Error('There is no place to keep data.');
    let gateway = await openGateway(place, { dataFolder });
    await gateway.register({ email: 'owner@example.com', company_name: 'Toko' });
    const busy = await rangka(['migrate']);
    expect([busy.code, busy.errors]).toEqual([1, expect.stringMatching(/in use|another process/i)]);
    await gateway.stop();
    expect((await rangka(['activate', 'toko', 'sales'])).out).toBe('Activated: accounting, inventory, sales\n');
    expect((await rangka(['migrate'])).out).toBe('toko: up to date\n');
    const password = (
      await rangka(['user', 'create', 'clerk@example.com', 'Clerk', '--company', 'toko', '--role', 'admin'])
    ).out.trim();
    expect((await rangka(['letters'])).out).toMatch(/^To: owner@example\.com\nSubject: .*verify-email#/s);
    const reset = (await rangka(['user', 'reset-password', 'owner@example.com'])).out.trim();
    const token = (
      await rangka(['token', 'create', 'owner@example.com', 'toko', '--abilities', 'records:read'])
    ).out.trim();

    gateway = await gateway.restart();
    for (const [email, secret] of [
      ['clerk@example.com', password],
      ['owner@example.com', reset],
    ] as const) {
      const reply = await gateway.stranger().post('/api/v1/auth/login', { email, password: secret });
      expect([reply.status, reply.body['data']?.['company']?.['slug']]).toEqual([200, 'toko']);
    }
    const bearer = { authorization: `Bearer ${token}` };
    expect((await gateway.stranger().get('/api/v1/records/sales.customer', bearer)).status).toBe(200);
    await gateway.close();
  });
});
