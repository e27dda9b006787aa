import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

describe.each(places)('files on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Arsip' });
  });
  afterAll(() => gateway.close());

  const upload = (bytes: Uint8Array | string, headers: Readonly<Record<string, string>>): ReturnType<Client['post']> =>
    owner.post('/api/v1/files', bytes, headers);

  it('gives back what was uploaded, as a download', async () => {
    const page = '<script>alert(1)</script>';
    const name = encodeURIComponent('laporan “akhir”.html');
    const made = await upload(page, { 'content-type': 'text/html', 'x-file-name': name });
    expect([made.status, made.body['data']]).toMatchObject([201, { name: 'laporan “akhir”.html', size: page.length }]);
    const got = await owner.get(made.headers.get('location') ?? '');
    expect([got.status, got.body]).toEqual([200, page]);
    expect(got.headers.get('content-disposition')).toBe(
      `attachment; filename="laporan _akhir_.html"; filename*=UTF-8''${name}`,
    );
    expect(got.headers.get('x-content-type-options')).toBe('nosniff');
    expect(got.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('keeps the same bytes once, and nothing unfinished', async () => {
    const bytes = new Uint8Array(300_000).fill(7);
    for (const name of ['a.bin', 'b.bin']) {
      expect((await upload(bytes, { 'content-type': 'application/octet-stream', 'x-file-name': name })).status).toBe(
        201,
      );
    }
    const stored = await readdir(`${gateway.engine.settings.filesFolder}/arsip`, { recursive: true });
    expect(stored.filter((path) => /^[\da-f]{2}\/[\da-f]{64}$/.test(path))).toHaveLength(2);
    expect(stored.filter((path) => path.startsWith('incoming/'))).toEqual([]);
  });

  it.each([
    ['no name', { 'content-type': 'image/png' }, 400],
    ['a broken name', { 'content-type': 'image/png', 'x-file-name': '%zz' }, 400],
    ['no media type', { 'content-type': 'nonsense', 'x-file-name': 'a.png' }, 415],
  ])('refuses %s', async (_, headers, status) => {
    expect((await upload('x', headers)).status).toBe(status);
  });

  it('cuts folders off a name', async () => {
    const made = await upload('x', { 'content-type': 'text/plain', 'x-file-name': '../../etc/passwd' });
    expect(made.body['data']?.['name']).toBe('passwd');
  });

  it('shows no file to another company', async () => {
    const made = await upload('secret', { 'content-type': 'text/plain', 'x-file-name': 'a.txt' });
    const other = await gateway.register();
    expect((await other.get(made.headers.get('location') ?? '')).status).toBe(404);
  });
});
