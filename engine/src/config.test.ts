import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from './config.ts';
import { describeConfig, readConfig } from './config.ts';
import { obtainSecret } from './secret.ts';
import { settings, Unfit } from './settings.ts';

function configOf(environment: Record<string, string>): Config {
  const reading = readConfig(environment);
  if ('faults' in reading) throw new Error(reading.faults.join('\n'));
  return reading.config;
}

describe('readConfig', () => {
  it('runs on nothing but defaults', () => {
    expect(configOf({})).toMatchObject({
      port: 8080,
      host: null,
      dataFolder: resolve('data'),
      databaseUrl: null,
      redisUrl: null,
      queueRedisUrl: null,
      rateLimit: { requests: 60, seconds: 60 },
      secret: null,
      publicUrl: 'http://localhost:8080',
      statefulDomains: ['localhost:8080'],
      proxies: 0,
      filesFolder: resolve('data/files'),
      logLevel: 'info',
    });
  });

  it.each<[string, string, Partial<Config>]>([
    ['PORT', '0', { port: 0 }],
    ['PORT', ' 9000 ', { port: 9000, publicUrl: 'http://localhost:9000', statefulDomains: ['localhost:9000'] }],
    ['PORT', '', { port: 8080 }],
    ['RANGKA_HOST', '::1', { host: '::1' }],
    ['RANGKA_DATA', '/srv/books', { dataFolder: '/srv/books', filesFolder: '/srv/books/files' }],
    ['RANGKA_DATA', 'books', { dataFolder: resolve('books') }],
    ['RANGKA_DATABASE_URL', 'mysql://root@db:3306/rangka', { databaseUrl: 'mysql://root@db:3306/rangka' }],
    ['RANGKA_DATABASE_URL', 'mysql://root@db/a?tls=on', { databaseUrl: 'mysql://root@db/a?tls=on' }],
    ['RANGKA_REDIS_URL', 'redis://a/1', { redisUrl: 'redis://a/1', queueRedisUrl: 'redis://a/1' }],
    ['RANGKA_QUEUE_REDIS_URL', 'rediss://b', { redisUrl: null, queueRedisUrl: 'rediss://b' }],
    ['RANGKA_RATE_LIMIT', 'off', { rateLimit: null }],
    ['RANGKA_RATE_LIMIT', '5/second', { rateLimit: { requests: 5, seconds: 1 } }],
    ['RANGKA_RATE_LIMIT', '900/hour', { rateLimit: { requests: 900, seconds: 3600 } }],
    ['RANGKA_SECRET', 'x'.repeat(32), { secret: 'x'.repeat(32) }],
    ['RANGKA_URL', 'https://erp.test/', { publicUrl: 'https://erp.test', statefulDomains: ['erp.test'] }],
    ['RANGKA_STATEFUL_DOMAINS', 'A.test, b.test:81', { statefulDomains: ['a.test', 'b.test:81'] }],
    ['RANGKA_PROXIES', '2', { proxies: 2 }],
    ['RANGKA_FILES_URL', 'file:///srv/my%20files', { filesFolder: '/srv/my files' }],
    ['RANGKA_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ])('reads %s=%s', (variable, text, expected) => {
    expect(configOf({ [variable]: text })).toMatchObject(expected);
  });

  it.each([
    ['PORT', '80a', 'PORT is “80a”: write a whole number from 0 to 65535, such as 8080.'],
    ['PORT', '65536', 'such as 8080'],
    ['PORT', '-1', 'such as 8080'],
    ['PORT', '0x50', 'such as 8080'],
    ['RANGKA_HOST', 'http://x', 'such as 127.0.0.1'],
    ['RANGKA_DATABASE_URL', 'postgres://a/b', 'RANGKA_DATABASE_URL is not usable: write an address such as mysql://'],
    ['RANGKA_DATABASE_URL', 'mysql://root@db:3306', 'the name of the catalog database at its end'],
    ['RANGKA_DATABASE_URL', 'mysql://root@db/a.b', 'letters, digits, - and _'],
    ['RANGKA_DATABASE_URL', 'mysql://root@db/a?ssl=true', 'but ?tls=on'],
    ['RANGKA_REDIS_URL', '127.0.0.1:6379', 'such as redis://127.0.0.1:6379/0'],
    ['RANGKA_RATE_LIMIT', '0/minute', 'such as 60/minute, or off'],
    ['RANGKA_RATE_LIMIT', '60', 'such as 60/minute, or off'],
    ['RANGKA_RATE_LIMIT', '60/constructor', 'such as 60/minute, or off'],
    ['RANGKA_SECRET', 'short', 'RANGKA_SECRET is not usable: write at least 32 random characters'],
    ['RANGKA_URL', 'erp.test', 'such as https://erp.example.com'],
    ['RANGKA_URL', 'https://erp.test/app', 'without a path'],
    ['RANGKA_STATEFUL_DOMAINS', 'https://erp.test', 'without http://'],
    ['RANGKA_PROXIES', '11', 'from 0 to 10'],
    ['RANGKA_SMTP_URL', 'mail.test', 'such as smtps://'],
    ['RANGKA_FILES_URL', 's3://bucket', 'keeps no files in S3'],
    ['RANGKA_FILES_URL', 'file://host/share', 'such as file:///var/lib/rangka/files'],
    ['RANGKA_SEARCH_URL', 'ftp://x', 'such as http://127.0.0.1:9200'],
    ['RANGKA_ANALYTICS_URL', 'x', 'such as http://127.0.0.1:8123'],
    ['RANGKA_LOG_LEVEL', 'loud', 'write one of fatal, error'],
  ])('refuses %s=%s and says what to write', (variable, text, sentence) => {
    expect(readConfig({ [variable]: text })).toEqual({ faults: [expect.stringContaining(sentence)] });
  });

  it('names every wrong setting at once', () => {
    const reading = readConfig({ PORT: 'x', RANGKA_URL: 'x', RANGKA_LOG_LEVEL: 'x' });
    expect(reading).toMatchObject({ faults: { length: 3 } });
  });

  it('never repeats a wrong value that may hold a password', () => {
    const reading = readConfig({ RANGKA_DATABASE_URL: 'mysql:/root:hunter2@db/x', RANGKA_SECRET: 'hunter2' });
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });

  it.each([
    ['RANGKA_DATABSE_URL', 'RANGKA_DATABSE_URL is no setting; did you mean RANGKA_DATABASE_URL?'],
    ['RANGKA_ELEPHANT', 'RANGKA_ELEPHANT is no setting.'],
    ['RANGKA_SEARCH_URL', 'RANGKA_SEARCH_URL is set, but this version does not use it.'],
  ])('warns of %s', (variable, sentence) => {
    expect(readConfig({ [variable]: 'http://search.test' })).toMatchObject({ warnings: [sentence] });
  });

  it('is silent about variables of other programs and of the test run', () => {
    expect(readConfig({ HOME: '/', RANGKA_TEST_REDIS_URL: 'x', RANGKA_REQUIRE_SERVERS: '1' })).toMatchObject({
      warnings: [],
    });
  });
});

describe('describeConfig', () => {
  it('shows a line for each setting, without secrets and passwords', () => {
    const lines = describeConfig(
      configOf({ RANGKA_DATABASE_URL: 'mysql://me:hunter2@db/x', RANGKA_SECRET: 'hunter2'.repeat(5) }),
    );
    expect(lines).toHaveLength(Object.keys(settings).length);
    expect(lines).toContain('PORT=8080');
    expect(lines).toContain('RANGKA_DATABASE_URL=mysql://me:hidden@db/x');
    expect(lines).toContain('RANGKA_SECRET=hidden');
    expect(lines).toContain('RANGKA_RATE_LIMIT=60 in 60 s');
    expect(lines.join()).not.toContain('hunter2');
  });
});

describe('settings', () => {
  it.each(Object.values(settings).filter((setting) => !setting.example.startsWith('(')))(
    'the example of $variable is a right value',
    ({ read, example }) => {
      expect(read(example)).not.toBeInstanceOf(Unfit);
    },
  );
});

describe('obtainSecret', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rangka-secret-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('prefers the environment and then writes nothing', async () => {
    expect(await obtainSecret({ secret: 'given', dataFolder: join(folder, 'none') })).toBe('given');
    await expect(stat(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  it('makes one secret for all that start at once, readable by its owner alone', async () => {
    const dataFolder = join(folder, 'data');
    const secrets = await Promise.all(Array.from({ length: 8 }, () => obtainSecret({ secret: null, dataFolder })));
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toHaveLength(64);
    expect((await stat(join(dataFolder, 'secret'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dataFolder, 'secret'), 'utf8')).toBe(`${secrets[0]}\n`);
  });

  it('refuses an empty file instead of making another secret', async () => {
    await writeFile(join(folder, 'secret'), '');
    await expect(obtainSecret({ secret: null, dataFolder: folder })).rejects.toThrow('restore it from a backup');
  });
});
