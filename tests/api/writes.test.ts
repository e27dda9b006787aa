import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

const CUSTOMERS = '/api/v1/records/sales.customer';

describe.each(places)('writing records on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register();
    await owner.post('/api/v1/user-modules', { module: 'sales' });
  });
  afterAll(() => gateway.close());

  const total = async (): Promise<unknown> => (await owner.get(CUSTOMERS)).body['meta']?.['page']?.['total'];
  const idOf = (reply: Reply): string => String(reply.body['data']?.['id']);

  it('takes a write with a key once, however often and however many at a time', async () => {
    const before = await total();
    const key = { 'idempotency-key': 'order-77' };
    const replies = await Promise.all(Array.from({ length: 6 }, () => owner.post(CUSTOMERS, { name: 'Sekali' }, key)));
    const repeat = await owner.post(CUSTOMERS, { name: 'Sekali' }, key);
    expect(await total()).toBe(Number(before) + 1);
    const first = replies.find(({ status, headers }) => status === 201 && !headers.has('idempotency-replayed'));
    for (const reply of [...replies.filter(({ status }) => status !== 409), repeat]) {
      expect([reply.status, reply.body]).toEqual([201, first?.body]);
    }
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(repeat.headers.get('etag')).toBe(first?.headers.get('etag'));

    const other = await owner.post(CUSTOMERS, { name: 'Lain' }, key);
    expect([other.status, other.body['code']]).toEqual([422, 'key-reused']);
  });

  it('stores nothing under a key for a request that was refused', async () => {
    const key = { 'idempotency-key': 'retry-after-correction' };
    expect((await owner.post(CUSTOMERS, { city: 'Solo' }, key)).status).toBe(422);
    expect((await owner.post(CUSTOMERS, { name: 'Diperbaiki', city: 'Solo' }, key)).status).toBe(201);
  });

  it('refuses a change of a stale version with the record as it is, and one that names no version', async () => {
    const path = `${CUSTOMERS}/${idOf(await owner.post(CUSTOMERS, { name: 'Berubah' }))}`;
    const changed = await owner.patch(path, { city: 'Medan' }, { 'if-match': '"1"' });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    const stale = await owner.patch(path, { city: 'Padang' }, { 'if-match': '"1"' });
    expect([stale.status, stale.body['data']]).toMatchObject([412, { city: 'Medan', version: '2' }]);
    expect((await owner.patch(path, { city: 'Padang', version: '1' })).status).toBe(412);
    expect((await owner.patch(path, { city: 'Padang' })).status).toBe(428);
    expect((await owner.patch(path, { city: 'Padang', version: 2 })).status).toBe(200);
    expect((await owner.patch(path, { city: 'X' }, { 'if-match': 'three' })).status).toBe(400);

    const history = await owner.get(`${path}/history`);
    expect(history.body['data']).toMatchObject([
      { version: '3', action: 'update', actor: { kind: 'person' }, changes: { city: ['Medan', 'Padang'] } },
      { version: '2', changes: { city: [null, 'Medan'] } },
      { version: '1', action: 'create' },
    ]);
  });

  it('keeps exactly one of many parallel changes to the same version', async () => {
    const path = `${CUSTOMERS}/${idOf(await owner.post(CUSTOMERS, { name: 'Rebutan' }))}`;
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, index) => owner.patch(path, { city: `Kota ${index}` }, { 'if-match': '"1"' })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
  });

  it('gives numbers without gap or repetition to parallel writers', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => owner.post(CUSTOMERS, { name: 'Bernomor' })));
    const numbers = replies.map(({ body }) => Number(String(body['data']?.['code']).slice(-5))).sort((a, b) => a - b);
    expect(numbers.map((number) => number - (numbers[0] ?? 0))).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
  });

  it('carries out many operations together or none', async () => {
    const before = await total();
    const done = await owner.post(`${CUSTOMERS}/bulk`, {
      operations: [
        { action: 'create', input: { name: 'Satu' } },
        { action: 'create', input: { name: 'Dua' } },
      ],
    });
    expect([done.status, done.body['data']]).toMatchObject([200, [{ name: 'Satu' }, { name: 'Dua' }]]);
    const [one] = done.body['data'] as unknown as { id: string }[];

    const refused = await owner.post(`${CUSTOMERS}/bulk`, {
      operations: [
        { action: 'delete', id: one?.id },
        { action: 'create', input: { name: 'Tiga', colour: 'red' } },
        { action: 'create', input: {} },
      ],
    });
    expect([refused.status, faultsOf(refused)]).toEqual([
      422,
      { '/operations/1/input/colour': 'unknown-field', '/operations/2/input/name': 'required' },
    ]);
    expect(await total()).toBe(Number(before) + 2);

    const shapeless = await owner.post(`${CUSTOMERS}/bulk`, {
      operations: [{ action: 'paint' }, { action: 'update', id: '1', input: {} }, 7, { action: 'create', inputs: {} }],
    });
    expect(faultsOf(shapeless)).toEqual({
      '/operations/0/action': 'option',
      '/operations/1/version': 'required',
      '/operations/2': 'type',
      '/operations/3/inputs': 'unknown-property',
      '/operations/3/input': 'type',
    });
  });

  it('works out a record that is not saved yet', async () => {
    const before = await total();
    const { status, body } = await owner.post(`${CUSTOMERS}/preview`, { city: 'Malang' });
    expect([status, body['data']?.['city']]).toEqual([200, 'Malang']);
    expect(faultsOf({ body: body['meta'] } as unknown as Reply)).toMatchObject({ '/name': 'required' });
    expect(await total()).toBe(before);
  });

  it('deletes what nobody uses, and says who uses the rest', async () => {
    const created = await owner.post(CUSTOMERS, { name: 'Hilang' });
    const path = `${CUSTOMERS}/${idOf(created)}`;
    expect((await owner.delete(path, { 'if-match': '"7"' })).status).toBe(412);
    expect((await owner.delete(path)).status).toBe(204);
    expect((await owner.get(path)).status).toBe(404);

    const group = await owner.post('/api/v1/records/sales.customer-group', { code: 'G9', name: 'Grosir' });
    expect((await owner.post(CUSTOMERS, { name: 'Anggota', group: idOf(group) })).status).toBe(201);
    const refused = await owner.delete(`/api/v1/records/sales.customer-group/${idOf(group)}`);
    expect([refused.status, refused.body['code']]).toEqual([409, 'still-linked']);
  });
});
