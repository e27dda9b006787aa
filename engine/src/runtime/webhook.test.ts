import { createHmac } from 'node:crypto';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPublicAddress } from './public-address.ts';
import { certificate, certificateKey } from './test-certificate.ts';
import { webhookCaller } from './webhook.ts';

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let port: number;
const heard: Heard[] = [];

beforeAll(async () => {
  server = createServer({ cert: certificate, key: certificateKey }, (asked, answer) => {
    let body = '';
    asked.on('data', (bytes: Buffer) => (body += bytes.toString()));
    asked.on('end', () => {
      heard.push({ headers: asked.headers, body });
      if (asked.url === '/moved') answer.writeHead(302, { Location: 'https://127.0.0.1/secret' }).end();
      else answer.writeHead(asked.url === '/fails' ? 500 : 204).end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const caller = webhookCaller({
  resolve: () => Promise.resolve(['127.0.0.1']),
  mayReach: (address) => address === '127.0.0.1',
  authority: certificate,
});
const call = (path: string): ReturnType<typeof caller> =>
  caller(
    { url: `https://hooks.test:${port}${path}`, delivery: 'd-1', body: '{"a":1}', key: 'k' },
    new AbortController().signal,
  );

test('the body is sent once, signed', async () => {
  await call('/in');
  const [first] = heard.splice(0);
  expect(first?.body).toBe('{"a":1}');
  expect(first?.headers).toMatchObject({ host: `hooks.test:${port}`, 'x-rangka-delivery': 'd-1' });
  const stamp = String(first?.headers['x-rangka-timestamp']);
  const signature = createHmac('sha256', 'k').update(`${stamp}.{"a":1}`).digest('hex');
  expect(first?.headers['x-rangka-signature']).toBe(`sha256=${signature}`);
});

test.each([
  ['/moved', '302'],
  ['/fails', '500'],
])('%s is a fault, and nothing is followed', async (path, status) => {
  heard.length = 0;
  await expect(call(path)).rejects.toMatchObject({ code: 'webhook-answer', parameters: { status } });
  expect(heard).toHaveLength(1);
});

test.each([
  ['a host that leads inside', 'https://inside.test/', ['10.0.0.1']],
  ['a host with one address inside', 'https://mixed.test/', ['8.8.8.8', '127.0.0.1']],
  ['a host without addresses', 'https://none.test/', []],
  ['an address inside', 'https://169.254.169.254/', []],
  ['an address inside, written otherwise', 'https://2130706433/', []],
  ['an address inside of IPv6', 'https://[::1]/', []],
  ['no encryption', 'http://outside.test/', ['8.8.8.8']],
])('%s is not called', async (_, url, addresses) => {
  const strict = webhookCaller({ resolve: () => Promise.resolve(addresses) });
  const made = strict({ url, delivery: 'd', body: '', key: 'k' }, new AbortController().signal);
  await expect(made).rejects.toMatchObject({ code: 'webhook-address' });
});

test('a certificate for another host is not believed', async () => {
  const made = caller(
    { url: `https://other.test:${port}/`, delivery: 'd', body: '', key: 'k' },
    new AbortController().signal,
  );
  await expect(made).rejects.toMatchObject({ code: 'webhook-unreachable' });
});

test.each([
  ['8.8.8.8', true],
  ['2606:4700::1111', true],
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['127.0.0.1', false],
  ['169.254.169.254', false],
  ['172.31.255.255', false],
  ['192.168.1.1', false],
  ['0.0.0.0', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::808:808', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['2002:a00:1::', false],
  ['not an address', false],
])('%s is public: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic);
});
