import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { becomeMember, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const CUSTOMERS = '/api/v1/records/sales.customer';

type Message = Readonly<Record<string, unknown>>;

/** A live connection that remembers what it was told. */
class Listener {
  readonly socket: WebSocket;
  readonly told: Message[] = [];
  closed: number | null = null;

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers });
    this.socket.on('message', (data: Buffer) => this.told.push(JSON.parse(data.toString()) as Message));
    this.socket.on('close', (code) => (this.closed = code));
    this.socket.on('error', () => undefined);
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The first message that fits, now or soon. */
  async hears(part: Message, withinMs = 5_000): Promise<Message> {
    await expect
      .poll(() => this.told, { timeout: withinMs, interval: 20 })
      .toContainEqual(expect.objectContaining(part));
    const index = this.told.findIndex((each) => Object.entries(part).every(([name, value]) => each[name] === value));
    return this.told.splice(index, 1)[0] as Message;
  }

  async subscribe(id: string, to: Message): Promise<Message> {
    this.send({ type: 'subscribe', id, ...to });
    return this.hears({ type: 'subscribed', id });
  }
}

describe.each(places)('live connections on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let clerk: Client;
  let clerkId: string;
  let customer: string;
  const listeners: Listener[] = [];

  const listen = async (client: Client, more: Readonly<Record<string, string>> = {}): Promise<Listener> => {
    const listener = new Listener(gateway.url, {
      cookie: client.cookie,
      origin: gateway.url,
      'x-company': 'toko',
      ...more,
    });
    listeners.push(listener);
    await listener.hears({ type: 'ready' });
    return listener;
  };
  const statusOf = async (headers: Readonly<Record<string, string>>, path = '/ws'): Promise<number> => {
    const socket = new WebSocket(gateway.url.replace('http', 'ws') + path, { headers });
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    socket.terminate();
    return response.statusCode;
  };
  const change = async (input: object): Promise<void> => {
    const { body } = await owner.get(`${CUSTOMERS}/${customer}`);
    const changed = await owner.patch(`${CUSTOMERS}/${customer}`, { version: body['data']?.['version'], ...input });
    expect(changed.status).toBe(200);
  };

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    clerk = await gateway.register({ email: 'clerk@example.com' });
    clerkId = await becomeMember(gateway, owner, { email: 'clerk@example.com', roles: ['sales.clerk'] });
    customer = String((await owner.post(CUSTOMERS, { name: 'Warung' })).body['data']?.['id']);
  });
  afterEach(() => {
    for (const listener of listeners.splice(0)) listener.socket.terminate();
  });
  afterAll(() => gateway.close());

  it('tell of a record and of a list what others change, at once', async () => {
    const listener = await listen(clerk);
    await listener.subscribe('r', { to: 'record', entity: 'sales.customer', record: customer });
    await listener.subscribe('l', { to: 'list', entity: 'sales.customer' });
    const began = Date.now();
    await change({ city: 'Bandung' });
    const told = await listener.hears({ type: 'changed', id: 'r', record: customer, action: 'update' });
    expect(Date.now() - began).toBeLessThan(1_500);
    expect(told['fields']).toEqual(['city']);
    expect(told['by']).toMatchObject({ name: 'Dewi Lestari' });
    await listener.hears({ type: 'changed', id: 'l', record: customer });
    const other = await owner.post(CUSTOMERS, { name: 'Sementara' });
    const id = String(other.body['data']?.['id']);
    await listener.hears({ type: 'changed', id: 'l', record: id, action: 'create' });
    await owner.delete(`${CUSTOMERS}/${id}`);
    await listener.hears({ type: 'removed', id: 'l', record: id });
    listener.send({ type: 'unsubscribe', id: 'l' });
    await change({ city: 'Solo' });
    await listener.hears({ type: 'changed', id: 'r' });
    expect(listener.told.filter((message) => message['id'] === 'l')).toEqual([]);
  });

  it('go on after a lost connection without missing anything', async () => {
    const first = await listen(clerk);
    const { position } = await first.subscribe('r', { to: 'record', entity: 'sales.customer', record: customer });
    first.socket.terminate();
    await change({ city: 'Garut' });
    await change({ city: 'Cimahi' });
    const second = await listen(clerk);
    await second.subscribe('r', { to: 'record', entity: 'sales.customer', record: customer, since: position });
    const { body } = await owner.get(`${CUSTOMERS}/${customer}`);
    const last = Number(body['data']?.['version']);
    await second.hears({ type: 'changed', version: String(last - 1) });
    await second.hears({ type: 'changed', version: String(last) });
  });

  it('end what a person may see no more within a second', async () => {
    const listener = await listen(clerk);
    await listener.subscribe('r', { to: 'record', entity: 'sales.customer', record: customer });
    await owner.patch(`/api/v1/members/${clerkId}`, { roles: ['user'] });
    await listener.hears({ type: 'removed', id: 'r' }, 1_000);
    await change({ city: 'Tasik' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(listener.told).toEqual([]);
    listener.send({ type: 'subscribe', id: 's', to: 'list', entity: 'sales.customer' });
    await listener.hears({ type: 'refused', id: 's', code: 'not-found' });
    await owner.patch(`/api/v1/members/${clerkId}`, { roles: ['sales.clerk'], is_active: false });
    await expect.poll(() => listener.closed, { timeout: 1_000 }).toBe(4401);
    await owner.patch(`/api/v1/members/${clerkId}`, { is_active: true });
  });

  it('show who else is at work on a record', async () => {
    const one = await listen(owner);
    const other = await listen(clerk);
    for (const listener of [one, other]) {
      await listener.subscribe('r', { to: 'record', entity: 'sales.customer', record: customer });
    }
    other.send({ type: 'presence', entity: 'sales.customer', record: customer, editing: true });
    await expect
      .poll(() => one.told, { timeout: 2_000 })
      .toContainEqual(
        expect.objectContaining({ type: 'presence', people: [expect.objectContaining({ name: 'Dewi Lestari' })] }),
      );
    one.told.length = 0;
    other.socket.terminate();
    await expect
      .poll(() => one.told, { timeout: 2_000 })
      .toContainEqual(expect.objectContaining({ type: 'presence', people: [] }));
  });

  it('tell of notifications', async () => {
    const listener = await listen(clerk);
    listener.send({ type: 'subscribe', id: 'n', to: 'notifications' });
    await listener.hears({ type: 'notifications', id: 'n', unread: 0 });
    await owner.post(`${CUSTOMERS}/${customer}/comments`, { body: 'Halo @clerk@example.com' });
    await listener.hears({ type: 'notifications', id: 'n', unread: 1 });
  });

  it.each([
    ['nobody', () => ({}), 401],
    ['a page of somebody else', () => ({ cookie: owner.cookie, origin: 'https://evil.example' }), 403],
    ['a page without an origin', () => ({ cookie: owner.cookie }), 403],
    [
      'a member of another company',
      () => ({ cookie: owner.cookie, origin: gateway.url, 'x-company': 'tetangga' }),
      404,
    ],
  ])('are not opened for %s', async (_, headers, status) => {
    expect(await statusOf(headers() as Record<string, string>)).toBe(status);
  });

  it('are opened for programs with a token, as far as it reaches', async () => {
    const token = await owner.post('/api/v1/auth/tokens', { name: 't', abilities: ['sales.order:read'] });
    const listener = new Listener(gateway.url, { authorization: `Bearer ${String(token.body['data']?.['token'])}` });
    listeners.push(listener);
    await listener.hears({ type: 'ready' });
    listener.send({ type: 'subscribe', id: 'c', to: 'list', entity: 'sales.customer' });
    await listener.hears({ type: 'refused', id: 'c' });
    await listener.subscribe('o', { to: 'list', entity: 'sales.order' });
    expect(await statusOf({ authorization: 'Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' })).toBe(401);
  });

  it.each([
    'no JSON',
    '[]',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"x","to":"record","entity":"sales.customer"}',
    '{"type":"subscribe","id":"x","to":"record","entity":"sales.customer","record":"1 OR 1=1"}',
    '{"type":"subscribe","id":"x","to":"list","entity":"__proto__"}',
    '{"type":"dance","id":"x"}',
  ])('refuse %s and go on', async (text) => {
    const listener = await listen(owner);
    listener.send(text);
    await listener.hears({ type: 'refused' });
    await listener.subscribe('ok', { to: 'list', entity: 'sales.customer' });
  });

  it('cut off who sends too much', async () => {
    const flood = await listen(owner);
    for (let index = 0; index < 200; index += 1) flood.send({ type: 'unsubscribe', id: 'x' });
    await expect.poll(() => flood.closed, { timeout: 3_000 }).toBe(1008);
    const large = await listen(owner);
    large.send('x'.repeat(20_000));
    await expect.poll(() => large.closed, { timeout: 3_000 }).toBe(1009);
    const many = await listen(owner);
    for (let index = 0; index <= 200; index += 1) {
      many.send({ type: 'subscribe', id: `s${index}`, to: 'list', entity: 'sales.customer' });
      if (index % 40 === 39) await new Promise((resolve) => setTimeout(resolve, 1_050));
    }
    await many.hears({ type: 'refused', code: 'too-many' });
  });

  it('hide fields that their listener does not see, and say nothing of another company', async () => {
    const neighbour = await gateway.register({ company_name: 'Tetangga' });
    await neighbour.post('/api/v1/user-modules', { module: 'sales' });
    const listener = new Listener(gateway.url, { cookie: neighbour.cookie, origin: gateway.url });
    listeners.push(listener);
    await listener.hears({ type: 'ready', company: 'tetangga' });
    listener.send({ type: 'subscribe', id: 'r', to: 'record', entity: 'sales.customer', record: customer });
    await listener.hears({ type: 'refused', id: 'r' });
    await listener.subscribe('l', { to: 'list', entity: 'sales.customer' });
    await change({ city: 'Ciamis' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(listener.told).toEqual([]);
  });
});
