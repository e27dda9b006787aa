import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, SentHeaders, TestGateway } from './test-gateway.ts';

const CUSTOMERS = '/api/v1/records/sales.customer';

interface Case {
  readonly what: string;
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: SentHeaders;
  readonly status: number;
  readonly code: string;
}

const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

const CASES: readonly Case[] = [
  { what: 'no body', status: 400, code: 'malformed-body' },
  { what: 'broken JSON', body: '{"name":', status: 400, code: 'malformed-body' },
  { what: 'a list', body: '[]', status: 400, code: 'malformed-body' },
  { what: 'a bare text', body: '"x"', status: 400, code: 'malformed-body' },
  { what: 'a key twice', body: '{"name":"a","name":"b"}', status: 400, code: 'malformed-body' },
  {
    what: 'a key twice, written differently',
    body: '{"name":"a","n\\u0061me":"b"}',
    status: 400,
    code: 'malformed-body',
  },
  { what: 'a prototype key', body: '{"__proto__":{"x":1}}', status: 400, code: 'malformed-body' },
  { what: 'a hidden prototype key', body: '{"\\u005f_proto__":1}', status: 400, code: 'malformed-body' },
  { what: 'deep nesting', body: nested(40), status: 400, code: 'malformed-body' },
  { what: 'very deep nesting', body: nested(200_000), status: 400, code: 'malformed-body' },
  { what: 'bytes that are not UTF-8', body: Uint8Array.of(0x7b, 0xff, 0x7d), status: 400, code: 'malformed-body' },
  {
    what: 'another media type',
    body: 'name=a',
    headers: { 'content-type': 'text/plain' },
    status: 415,
    code: 'wrong-media-type',
  },
  {
    what: 'a form',
    body: 'name=a',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'wrong-media-type',
  },
  {
    what: 'another character set',
    body: '{}',
    headers: { 'content-type': 'application/json; charset=utf-16' },
    status: 415,
    code: 'wrong-media-type',
  },
  {
    what: 'a compressed body',
    body: '{}',
    headers: { 'content-encoding': 'gzip' },
    status: 415,
    code: 'wrong-media-type',
  },
  { what: 'more than a megabyte', body: `{"name":"${'x'.repeat(1_100_000)}"}`, status: 413, code: 'too-large' },
  {
    what: 'a parameter on a create',
    path: `${CUSTOMERS}?x=1`,
    body: { name: 'a' },
    status: 400,
    code: 'malformed-query',
  },
  {
    what: 'an unreadable key',
    body: { name: 'a' },
    headers: { 'idempotency-key': 'a b' },
    status: 400,
    code: 'malformed-header',
  },
  {
    what: 'an unreadable company',
    method: 'GET',
    headers: { 'x-company': '../x' },
    status: 400,
    code: 'malformed-header',
  },
  { what: 'no such company', method: 'GET', headers: { 'x-company': 'nobody' }, status: 404, code: 'not-found' },
  { what: 'another method', method: 'PUT', body: {}, status: 405, code: 'method-not-allowed' },
  { what: 'an unknown method', method: 'PROPFIND', status: 405, code: 'method-not-allowed' },
  { what: 'an unknown address', method: 'GET', path: '/api/v1/nothing', status: 404, code: 'not-found' },
  { what: 'a broken address', method: 'GET', path: '/api/v1/records/%zz', status: 404, code: 'not-found' },
  { what: 'an id that is none', method: 'GET', path: `${CUSTOMERS}/1;DROP`, status: 404, code: 'not-found' },
  {
    what: 'an id beyond 64 bits',
    method: 'GET',
    path: `${CUSTOMERS}/99999999999999999999`,
    status: 404,
    code: 'not-found',
  },
  {
    what: 'rows by themselves',
    method: 'GET',
    path: '/api/v1/records/sales.order-line',
    status: 404,
    code: 'not-found',
  },
  {
    what: 'a long address',
    method: 'GET',
    path: `${CUSTOMERS}?search=${'x'.repeat(9_000)}`,
    status: 414,
    code: 'address-too-long',
  },
  {
    what: 'a token that is none',
    method: 'GET',
    headers: { authorization: 'Bearer nonsense-nonsense-nonsense' },
    status: 401,
    code: 'not-signed-in',
  },
  {
    what: 'another scheme',
    method: 'GET',
    headers: { authorization: 'Basic YTpi' },
    status: 401,
    code: 'not-signed-in',
  },
];

const QUERIES: readonly { readonly query: string; readonly faults: Readonly<Record<string, string>> }[] = [
  { query: 'nope=1', faults: { '/nope': 'unknown-parameter' } },
  { query: 'page[size]=201', faults: { '/page/size': 'whole-number' } },
  { query: 'page[number]=0&page[x]=1', faults: { '/page/number': 'whole-number', '/page/x': 'unknown-parameter' } },
  { query: 'page=2', faults: { '/page': 'unreadable' } },
  { query: 'filter=x', faults: { '/filter': 'unreadable' } },
  { query: 'filter[bogus]=1', faults: { '/filter/bogus': 'unknown-field' } },
  { query: 'filter[name][like]=a', faults: { '/filter/name/like': 'unknown-operator' } },
  { query: 'filter[is_active][contains]=a', faults: { '/filter/is_active/contains': 'unknown-operator' } },
  { query: 'filter[credit_limit][gte]=many', faults: { '/filter/credit_limit/gte': 'number' } },
  { query: 'filter[credit_limit][between]=1', faults: { '/filter/credit_limit/between': 'two-values' } },
  { query: 'filter[city][null]=maybe', faults: { '/filter/city/null': 'option' } },
  { query: 'filter[name.city]=x', faults: { '/filter/name.city': 'not-a-link' } },
  { query: 'filter[or]=x', faults: { '/filter/or': 'alternatives' } },
  { query: 'filter[or][x][city]=y', faults: { '/filter/or': 'alternatives' } },
  { query: 'filter[a][b][c][d][e][f][g][h]=1', faults: { '/filter/a/b/c/d/e/f/g/h': 'too-deep' } },
  { query: 'filter[name]=%ff', faults: { '/filter/name': 'unreadable' } },
  { query: 'filter[name]=a%00b', faults: { '/filter/name': 'unreadable' } },
  { query: 'sort=bogus', faults: { '/sort/bogus': 'unknown-field' } },
  { query: 'fields=name,bogus', faults: { '/fields/bogus': 'unknown-field' } },
  { query: 'include=name', faults: { '/include/name': 'not-a-link' } },
  { query: 'titles=perhaps', faults: { '/titles': 'option' } },
  { query: 'search=a&search=b', faults: { '/search': 'unreadable' } },
  {
    query: 'nope=1&filter[bogus]=1&sort=bogus',
    faults: { '/nope': 'unknown-parameter', '/filter/bogus': 'unknown-field', '/sort/bogus': 'unknown-field' },
  },
];

describe.each(places)('bad input on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ locale: 'en' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
  });
  afterAll(async () => {
    // Whatever was refused left nothing behind.
    expect((await owner.get(CUSTOMERS)).body['meta']).toMatchObject({ page: { total: 0 } });
    await gateway.close();
  });

  it.each(CASES)(
    '$what → $status $code',
    async ({ method = 'POST', path = CUSTOMERS, body, headers, status, code }) => {
      const reply = await owner.send(method, path, body, headers);
      expect([reply.status, reply.body['code']]).toEqual([status, code]);
      expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(reply.body).toMatchObject({
        status,
        title: expect.any(String) as string,
        detail: expect.any(String) as string,
      });
      expect(JSON.stringify(reply.body)).not.toMatch(/SELECT|INSERT|\/engine\/|\.ts\b|at \w+ \(/);
    },
  );

  it.each(QUERIES)('?$query', async ({ query, faults }) => {
    const reply = await owner.get(`${CUSTOMERS}?${query}`);
    expect([reply.status, faultsOf(reply)]).toEqual([400, faults]);
    for (const { message } of reply.body['errors'] as unknown as { message: string }[]) {
      expect(message).not.toMatch(/^$|[{}]|This is not valid/);
    }
  });

  it('names every fault of a record at once, in the language of the caller', async () => {
    const reply = await owner.post(
      CUSTOMERS,
      { name: 7, credit_limit: '1.234', email: 'nobody', group: '999', bogus: 1, version: undefined, id: '3' },
      { 'accept-language': 'id' },
    );
    expect([reply.status, faultsOf(reply)]).toEqual([
      422,
      {
        '/name': 'type',
        '/credit_limit': 'scale',
        '/email': 'email',
        '/group': 'unknown-record',
        '/bogus': 'unknown-field',
        '/id': 'read-only',
      },
    ]);
    expect(reply.body['title']).toBe('Beberapa nilai tidak sah');
  });

  it('refuses a registration with every fault, and leaves no account', async () => {
    const reply = await gateway.stranger().post('/api/v1/auth/register', {
      name: ' ',
      email: 'not an address',
      password: 'short',
      business_type: 'spaceport',
      phone: 'x'.repeat(30),
      locale: 'fr',
      admin: true,
    });
    expect([reply.status, faultsOf(reply)]).toEqual([
      422,
      {
        '/name': 'required',
        '/email': 'email',
        '/password': 'too-short',
        '/company_name': 'required',
        '/business_type': 'unknown-choice',
        '/phone': 'too-long',
        '/locale': 'option',
        '/admin': 'unknown-property',
      },
    ]);
  });

  it.each([
    ['what is not HTTP', 'HELLO\r\n\r\n', '400 Bad Request'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      '400 Bad Request',
    ],
  ])('answers %s', async (_, request, line) => {
    const answer = await new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(gateway.url);
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write(request));
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${line}\\r\\n`));
    expect(answer).toContain('application/problem+json');
  });

  it('tells what an address takes', async () => {
    const reply = await owner.send('OPTIONS', CUSTOMERS);
    expect([reply.status, reply.headers.get('allow')]).toEqual([204, 'GET, POST, HEAD, OPTIONS']);
    const head = await owner.send('HEAD', CUSTOMERS);
    expect([head.status, head.body]).toEqual([200, '']);
    expect(head.headers.get('content-length')).toMatch(/^\d+$/);
  });

  it('repeats the request id it was given, if it is harmless', async () => {
    const given = await owner.get('/api/v1/auth/me', { 'x-request-id': 'trace-1' });
    expect(given.headers.get('x-request-id')).toBe('trace-1');
    const harmful = await owner.get('/api/v1/auth/me', { 'x-request-id': '<script>' });
    expect(harmful.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    expect(given.headers.get('server-timing')).toMatch(/^total;dur=[\d.]+$/);
  });
});
