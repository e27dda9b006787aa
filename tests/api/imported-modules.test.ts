import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Account } from '../../engine/src/exchange/foreign/account.ts';
import { importFrappe } from '../../engine/src/exchange/foreign/frappe.ts';
import { settle } from '../../engine/src/exchange/foreign/module-draft.ts';
import { testDocTypes } from '../../engine/src/exchange/foreign/test-doctypes.ts';
import { openGateway, places } from './test-gateway.ts';
import type { Body, Client, TestGateway } from './test-gateway.ts';

const shipped = fileURLToPath(new URL('../../modules', import.meta.url));

describe.each(places)('a module made of DocTypes, on $name', (place) => {
  let folder = '';
  let gateway: TestGateway;
  let owner: Client;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rangka-imported-'));
    await cp(shipped, folder, { recursive: true });
    const account = new Account();
    const files = testDocTypes.map((value, index) => ({ path: `${index}.json`, value }));
    const drafts = importFrappe(files, 'workshop', [], account);
    expect(settle(drafts, account)).toEqual([]);
    for (const { slug, documents } of drafts) {
      for (const [path, document] of documents) {
        const file = join(folder, 'imported', slug, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, JSON.stringify(document));
      }
    }
    gateway = await openGateway(place, { modulesFolder: folder });
    owner = await gateway.register();
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is activated like any other', async () => {
    const made = await owner.post('/api/v1/user-modules', { module: 'workshop' });
    expect([made.status, made.body['errors']]).toEqual([201, undefined]);
  });

  it.each([
    ['repair-customer', { title: 'Toko Maju', email: 'a@example.com' }, { title: 'Toko Jaya' }],
    ['technician', { name: 'Budi', grade: 'A' }, { grade: 'B' }],
    ['spare-part', { description: 'Sekrup', price: '1500' }, { price: '1750' }],
    ['part-group', { group_name: 'Logam' }, { group_name: 'Besi' }],
    ['expense', { date: '2026-02-28' }, { date: '2026-03-01' }],
    ['log', { message: 'satu\ndua' }, { message: 'tiga' }],
    ['wide', { note_0: 'a', note_150: 'b' }, { note_100: 'c' }],
  ])('keeps records of %s: create, read, list, update, delete', async (name, input, change) => {
    const path = `/api/v1/records/workshop.${name}`;
    const made = await owner.post(path, input);
    expect([made.status, made.body['errors']]).toEqual([201, undefined]);
    const id = String(made.body['data']?.['id']);
    expect((await owner.get(`${path}/${id}`)).body['data']).toMatchObject({ id });
    expect((await owner.get(path)).body['data']).toMatchObject([{ id }]);
    const changed = await owner.patch(`${path}/${id}`, { ...change, version: 1 });
    expect([changed.status, changed.body['data']?.['version']]).toEqual([200, '2']);
    expect((await owner.delete(`${path}/${id}`)).status).toBe(204);
    expect((await owner.get(`${path}/${id}`)).status).toBe(404);
  });

  it('computes, checks, numbers and submits documents', async () => {
    const idOf = async (entity: string, input: object): Promise<string> =>
      String((await owner.post(`/api/v1/records/workshop.${entity}`, input)).body['data']?.['id']);
    const customer = await idOf('repair-customer', { title: 'Bengkel Ani', email: 'ani@example.com' });
    const item = await idOf('spare-part', { description: 'Baut', price: '250' });
    const technician = await idOf('technician', { name: 'Sari' });
    const path = '/api/v1/records/workshop.repair-order';
    const made = await owner.post(path, {
      customer,
      is_urgent: true,
      parts: [{ item, qty: '4' }],
      technicians: [technician],
      reference_name: { entity: 'workshop.spare-part', id: item },
      stars: '0.80',
      payload: { a: [1] },
      paint: '#aabbcc',
      door_code: 'rahasia',
      time_spent: 90,
      version_value: 'B',
    });
    expect([made.status, made.body['errors']]).toEqual([201, undefined]);
    const order = made.body['data'] as Body;
    expect(order).toMatchObject({
      customer_name: 'Bengkel Ani',
      contact_email: 'ani@example.com',
      status_value: 'Open',
      visits: 1,
      parts: [{ rate: '250.00' }],
    });
    const refused = await owner.post(path, { customer, status_value: 'Done-Paid', visits: -1 });
    expect((refused.body['errors'] as unknown as Body[]).map(({ pointer, code }) => [pointer, code])).toEqual(
      expect.arrayContaining([
        ['/visits', 'minimum'],
        ['/parts', 'required'],
      ]),
    );
    const submitted = await owner.post(`${path}/${String(order['id'])}/actions/submit`, { version: 1 });
    expect([submitted.status, String(submitted.body['data']?.['number'])]).toEqual([
      200,
      expect.stringMatching(/^REP-\d{4}-00001$/),
    ]);
  });
});
