import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import Koa from 'koa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWebApp } from './web-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'rangka-web-'));
const page = '<!doctype html><title>Rangka</title>';
const script = `console.log(${JSON.stringify('x'.repeat(2000))})`;
let url = '';
let close = (): void => {};

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), page);
  writeFileSync(join(folder, 'assets/app-1a2b.js'), script);
  writeFileSync(join(folder, 'assets/app-1a2b.js.br'), brotliCompressSync(script));
  const serve = openWebApp(folder);
  const app = new Koa();
  app.use((context) => serve(context));
  const handle = app.callback();
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => void server.close();
  // A new build takes the files away under the running server.
  rmSync(folder, { recursive: true });
});
afterAll(() => close());

test.each(['/', '/sign-in', '/records/library.book/7'])('%s is a screen and gets the page', async (path) => {
  const response = await fetch(url + path);
  expect([response.status, response.headers.get('cache-control'), await response.text()]).toEqual([
    200,
    'no-cache',
    page,
  ]);
});

test('an asset is kept for ever, and sent as it was compressed', async () => {
  const response = await fetch(`${url}/assets/app-1a2b.js`, { headers: { 'Accept-Encoding': 'br' } });
  expect(response.headers.get('content-encoding')).toBe('br');
  expect(response.headers.get('cache-control')).toContain('immutable');
  expect(response.headers.get('content-type')).toContain('javascript');
  expect(await response.text()).toBe(script);
});

test('who knows a file already is told so', async () => {
  const etag = (await fetch(url)).headers.get('etag') ?? '';
  // fetch adds `Cache-Control: no-cache` to a condition of one's own, as a reload would.
  const status = await new Promise((resolve) => {
    get(url, { headers: { 'If-None-Match': etag } }, (response) => resolve(response.resume().statusCode));
  });
  expect(status).toBe(304);
});

test.each(['/assets/old-0000.js', '/assets/../package.json', '/assets/%2e%2e/index.html'])(
  '%s is no file of ours',
  async (path) => {
    const response = await fetch(url + path);
    expect(await response.text()).not.toContain('"name"');
    expect([200, 404]).toContain(response.status);
  },
);

test('other methods are refused', async () => {
  const response = await fetch(url, { method: 'POST' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('without a build it says what to do', async () => {
  const context: { status?: number; body?: unknown } = {};
  openWebApp(join(folder, 'nothing'))(context as never);
  expect(context).toMatchObject({ status: 404, body: expect.stringContaining('npm run build') as string });
});
