import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const shipped = fileURLToPath(new URL('../../modules', import.meta.url));
const ACCOUNT = { email: 'owner@example.com', password: 'a long enough password' };

describe.each(places)('modules that are shipped anew, on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let modulesFolder: string;

  beforeAll(async () => {
    modulesFolder = await mkdtemp(join(tmpdir(), 'rangka-modules-'));
    await cp(shipped, modulesFolder, { recursive: true });
    gateway = await openGateway(place, { modulesFolder });
    owner = await gateway.register(ACCOUNT);
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    await owner.post('/api/v1/records/sales.customer', { name: 'Lama' });
  });
  afterAll(async () => {
    await gateway.close();
    await rm(modulesFolder, { recursive: true, force: true });
  });

  const change = async (
    file: string,
    edit: (document: Record<string, Record<string, unknown>>) => void,
  ): Promise<void> => {
    const path = join(modulesFolder, 'core/sales', file);
    const document = JSON.parse(await readFile(path, 'utf8')) as Record<string, Record<string, unknown>>;
    edit(document);
    await writeFile(path, JSON.stringify(document));
    gateway = await gateway.restart();
    owner = gateway.stranger();
    await owner.post('/api/v1/auth/login', ACCOUNT);
  };

  it('are taken up at the first request, with the tables they need', async () => {
    await change('entities/customer.json', ({ fields }) => {
      if (fields !== undefined) fields['nickname'] = { type: 'text', default: "'-'" };
    });
    const { body } = await owner.get('/api/v1/records/sales.customer');
    expect(body).toMatchObject({ data: [{ name: 'Lama', nickname: null }] });
    const created = await owner.post('/api/v1/records/sales.customer', { name: 'Baru', nickname: 'Si baru' });
    expect(created.body).toMatchObject({ data: { nickname: 'Si baru' } });
  });

  it('change what the catalog says of them', async () => {
    await change('module.json', (manifest) => {
      Object.assign(manifest, { version: '1.1.0' });
    });
    expect((await owner.get('/api/v1/modules/sales')).body).toMatchObject({ data: { version: '1.1.0' } });
    expect((await owner.get('/api/v1/records/sales.customer')).status).toBe(200);
  });

  it('keep what the company changed, and ask where both changed the same', async () => {
    const own = {
      entity: 'sales.customer',
      fields: { nickname: { label: 'Alias' }, city: { label: { en: 'Town' }, required: true } },
    };
    const plan = await owner.post('/api/v1/metadata/plan', {
      changes: [{ kind: 'entity', name: 'sales.customer', document: own }],
    });
    const { plan_id } = plan.body['data'] as unknown as { plan_id: string };
    expect((await owner.post('/api/v1/metadata/apply', { plan_id })).status).toBe(200);
    const differences = async (): Promise<unknown> => (await owner.get('/api/v1/metadata/differences')).body['data'];
    expect(await differences()).toMatchObject([
      { pointer: '/fields/nickname/label', standard: null, said: 'Alias', is_conflict: false },
      { pointer: '/fields/city/label/en', standard: 'City', said: 'Town', is_conflict: false },
      { pointer: '/fields/city/required', is_conflict: false },
    ]);

    await change('entities/customer.json', ({ fields }) => {
      const city = fields?.['city'] as { label: { en: string }; maxLength?: number };
      city.label.en = 'City or regency';
      city.maxLength = 80;
      Object.assign(fields?.['nickname'] as object, { label: 'Alias' });
    });
    const city = { kind: 'entity', name: 'sales.customer', pointer: '/fields/city/label/en' };
    expect(await differences()).toMatchObject([
      { ...city, was: 'City', standard: 'City or regency', said: 'Town', is_conflict: true },
      { pointer: '/fields/city/required', is_conflict: false },
    ]);
    const { body } = await owner.get('/api/v1/metadata/entities/sales.customer');
    expect((body['data'] as unknown as { fields: unknown[] }).fields).toContainEqual(
      expect.objectContaining({ name: 'city', label: 'Town', required: true, maxLength: 80 }),
    );

    // Publishing something else leaves the question open.
    const more = { ...own, fields: { ...own.fields, shoe: { type: 'text' } } };
    const next = await owner.post('/api/v1/metadata/plan', {
      changes: [{ kind: 'entity', name: 'sales.customer', document: more }],
    });
    const again = next.body['data'] as unknown as { plan_id: string };
    expect((await owner.post('/api/v1/metadata/apply', { plan_id: again.plan_id })).status).toBe(200);
    expect(await differences()).toContainEqual(expect.objectContaining({ ...city, is_conflict: true }));

    expect((await owner.post('/api/v1/metadata/differences/keep', { ...city, pointer: '/nothing' })).status).toBe(404);
    expect((await owner.post('/api/v1/metadata/differences/keep', city)).status).toBe(204);
    expect(await differences()).toContainEqual(expect.objectContaining({ ...city, said: 'Town', is_conflict: false }));
  });

  it('that do not compile stop their company alone, and their correction starts it again', async () => {
    await change('entities/customer.json', ({ fields }) => {
      if (fields !== undefined) fields['broken'] = { type: 'no-such-type' };
    });
    const stopped = await owner.get('/api/v1/records/sales.customer');
    expect([stopped.status, stopped.headers.get('retry-after')]).toEqual([503, '60']);
    const other = await gateway.register();
    expect((await other.get('/api/v1/user-modules')).status).toBe(200);

    await change('entities/customer.json', ({ fields }) => {
      if (fields !== undefined) delete fields['broken'];
    });
    expect((await owner.get('/api/v1/records/sales.customer')).body).toMatchObject({ meta: { page: { total: 2 } } });
  });
});
