import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depotDocuments } from '../../engine/src/access/test-depot.ts';
import { listCompanies } from '../../engine/src/runtime/company-entries.ts';
import { becomeMember, faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

/** A folder of modules that holds the depot alone. */
async function depotFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'rangka-depot-'));
  const folder = join(root, 'core', 'depot');
  await mkdir(folder, { recursive: true });
  const [manifest, ...others] = depotDocuments;
  await writeFile(join(folder, 'module.json'), JSON.stringify(manifest));
  for (const [index, document] of others.entries()) {
    await writeFile(join(folder, `${index}.json`), JSON.stringify(document));
  }
  return root;
}

const ORDERS = '/api/v1/records/depot.order';

describe.each(places)('rights on single records and fields on $name', (place) => {
  let folder: string;
  let gateway: TestGateway;
  let owner: Client;
  let clerk: Client;
  let clerkId: string;
  let paper: string;
  const here = { 'x-company': 'depot' };
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    folder = await depotFolder();
    gateway = await openGateway(place, { modulesFolder: folder });
    owner = await gateway.register({ company_name: 'Depot' });
    await owner.post('/api/v1/user-modules', { module: 'depot' });
    clerk = await gateway.register({ email: 'clerk@example.com' });
    clerkId = await becomeMember(gateway, owner, { email: 'clerk@example.com', roles: ['depot.west'] });
    const file = await owner.post('/api/v1/files', 'paper of the east', {
      'content-type': 'text/plain',
      'x-file-name': 'paper.txt',
    });
    paper = String(file.body['data']?.['id']);
    for (const name of ['Ani', 'Budi']) {
      const grade = name === 'Ani' ? 'A' : 'B';
      const made = await owner.post('/api/v1/records/depot.buyer', { name, grade, secret: 'hush' });
      ids[name] = String(made.body['data']?.['id']);
    }
    for (const region of ['west', 'east']) {
      const made = await owner.post(ORDERS, {
        code: region,
        region,
        buyer: ids['Budi'],
        margin: '10.00',
        note: `note ${region}`,
        paper: region === 'east' ? paper : null,
        lines: [{ item: 'Sand', cost: '3.00' }],
      });
      ids[region] = String(made.body['data']?.['id']);
    }
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  const asClerk = (path: string): ReturnType<Client['get']> => clerk.get(path, here);

  it('hide records and fields from every address of a record', async () => {
    const list = await asClerk(`${ORDERS}?titles=true`);
    expect(list.body['data']).toHaveLength(1);
    const [row] = list.body['data'] as unknown as Record<string, unknown>[];
    expect(row).toMatchObject({ id: ids['west'], code: 'west', region: 'west', note: 'note west' });
    expect(row).not.toHaveProperty('margin');
    expect(row).not.toHaveProperty('double');
    const west = `${ORDERS}/${ids['west']}`;
    const east = `${ORDERS}/${ids['east']}`;
    expect((await asClerk(west)).body['data']?.['lines']).toEqual([expect.not.objectContaining({ cost: '3.00' })]);
    expect(JSON.stringify((await asClerk(`${west}/history`)).body)).not.toContain('10.00');
    for (const path of ['', '/history', '/comments', '/actions', '/shares']) {
      const status = (await asClerk(east + path)).status;
      expect({ path, status }).toEqual({ path, status: 404 });
    }
    for (const query of [
      'filter[margin]=10',
      'sort=margin',
      'fields=margin',
      'filter[double][gt]=1',
      'include=paper',
    ]) {
      const { status, body } = await asClerk(`${ORDERS}?${query}`);
      expect({ query, status }).toEqual({ query, status: 400 });
      expect(JSON.stringify(body)).not.toMatch(/nearest|did you mean/i);
    }
  });

  it('hide them from widgets, files and the description of the entity', async () => {
    expect((await asClerk('/api/v1/widgets/depot.overview.margin')).body['data']).toEqual({ value: '0.00' });
    expect((await asClerk('/api/v1/widgets/depot.overview.orders')).body['data']).toEqual({ value: '1' });
    expect((await asClerk('/api/v1/widgets/depot.overview.latest')).body['data']?.['records']).toHaveLength(1);
    expect((await asClerk(`/api/v1/files/${paper}`)).status).toBe(404);
    const { body } = await asClerk('/api/v1/metadata/entities/depot.order');
    expect(JSON.stringify(body)).not.toMatch(/margin|double|paper/);
    const fields = body['data']?.['fields'] as unknown as { name: string; readOnly: unknown }[];
    expect(fields.find(({ name }) => name === 'code')?.readOnly).toBe(true);
    expect(fields.find(({ name }) => name === 'note')?.readOnly).toBe(false);
    expect((await owner.get('/api/v1/metadata/entities/depot.order')).body['data']?.['computation']).toMatchObject({
      steps: [{ field: 'double' }],
    });
  });

  it('keep writes within them', async () => {
    const west = `${ORDERS}/${ids['west']}`;
    const patch = (input: Record<string, unknown>): ReturnType<Client['patch']> =>
      clerk.patch(west, { version: '1', ...input }, here);
    expect((await patch({ margin: '1.00' })).body['errors']).toMatchObject([
      { pointer: '/margin', code: 'unknown-field' },
    ]);
    expect((await patch({ code: 'mine' })).body['errors']).toMatchObject([{ pointer: '/code', code: 'read-only' }]);
    expect((await patch({ region: 'east' })).status).toBe(403);
    const stale = await clerk.patch(west, { version: '9', note: 'x' }, here);
    expect(stale.status).toBe(412);
    expect(JSON.stringify(stale.body)).not.toContain('10.00');
    const done = await patch({ note: 'seen by the clerk', code: 'west' });
    expect(done.status).toBe(200);
    expect(done.body['data']).not.toHaveProperty('margin');
    const preview = await clerk.post(`${ORDERS}/preview`, { region: 'west', note: 'n' }, here);
    expect(preview.body['data']).not.toHaveProperty('double');
    const bulk = await clerk.post(
      `${ORDERS}/bulk`,
      { operations: [{ action: 'update', id: ids['east'], version: '1', input: { note: 'x' } }] },
      here,
    );
    expect(bulk.status).toBe(404);
    const grabbing = await clerk.post(ORDERS, { code: 'g', region: 'west', buyer: ids['Budi'], paper }, here);
    expect(grabbing.status).toBe(422);
  });

  it('want printing to be granted', async () => {
    const west = `${ORDERS}/${ids['west']}`;
    expect((await asClerk(`${west}/print/default.html`)).status).toBe(403);
    expect((await asClerk(`${ORDERS}/prints`)).body['data']).toEqual([]);
    expect((await asClerk(`${ORDERS}/${ids['east']}/print/default.html`)).status).toBe(404);
    expect((await owner.get(`${west}/print/default.html`)).status).toBe(200);
  });

  it('are told with their reasons', async () => {
    const rights = await owner.get(`/api/v1/members/${clerkId}/rights?entity=depot.order&record=${ids['east']}`);
    const [order] = rights.body['data']?.['entities'] as unknown as { actions: Record<string, unknown>[] }[];
    expect(order?.actions.find(({ action }) => action === 'read')).toEqual({
      action: 'read',
      allowed: true,
      on_record: false,
      because: [
        {
          role: 'depot.west',
          permission: 'depot.west',
          where: "region == 'west'",
          read: ['code', 'region', 'note', 'lines.item'],
          write: ['region', 'note'],
        },
      ],
    });
    expect(order?.actions.find(({ action }) => action === 'delete')).toMatchObject({ allowed: false, because: [] });
    expect((await clerk.get(`/api/v1/members/${clerkId}/rights`, here)).status).toBe(403);
  });

  it('open with a share, no further than the grants of its reader show, and close at once', async () => {
    const east = `${ORDERS}/${ids['east']}`;
    const share = await owner.post(`${east}/shares`, { email: 'clerk@example.com' });
    expect(share.status).toBe(201);
    const seen = await asClerk(east);
    expect(seen.body['data']).toMatchObject({ code: 'east' });
    expect(seen.body['data']).not.toHaveProperty('margin');
    expect((await clerk.patch(east, { version: '1', note: 'x' }, here)).status).toBe(403);
    // Nobody gives what they lack.
    const further = await clerk.post(`${east}/shares`, { email: 'clerk@example.com', may_write: true }, here);
    expect(further.status).toBe(403);
    const unknown = await owner.post(`${east}/shares`, { email: 'nobody@example.com' });
    expect(unknown.body['errors']).toMatchObject([{ pointer: '/email', code: 'not-shareable' }]);
    expect((await owner.get(`${east}/shares`)).body['data']).toMatchObject([{ may_write: false }]);
    expect((await owner.delete(`${east}/shares/${String(share.body['data']?.['id'])}`)).status).toBe(204);
    expect((await asClerk(east)).status).toBe(404);
  });

  it('open to everybody with a role, and for a time only', async () => {
    const east = `${ORDERS}/${ids['east']}`;
    const bad = await owner.post(`${east}/shares`, {
      role: 'depot.west',
      email: 'clerk@example.com',
      until: '2020-01-01',
    });
    expect(faultsOf(bad)).toEqual({ '/role': 'not-both', '/until': 'datetime' });
    const past = await owner.post(`${east}/shares`, { role: 'depot.west', until: '2020-01-01T00:00:00Z' });
    expect(faultsOf(past)).toEqual({ '/until': 'past' });
    for (const role of ['depot.nobody', 'depot.stranger', 'user']) {
      expect(faultsOf(await owner.post(`${east}/shares`, { role }))).toEqual({ '/role': 'not-shareable' });
    }
    const until = new Date(Date.now() + 60_000).toISOString();
    const share = await owner.post(`${east}/shares`, { role: 'depot.west', until });
    expect(share).toMatchObject({ status: 201, body: { data: { role: 'depot.west', person: null, until } } });
    expect((await asClerk(east)).body['data']).toMatchObject({ code: 'east' });
    expect((await clerk.patch(east, { version: '1', note: 'x' }, here)).status).toBe(403);
    const depot = (await listCompanies(gateway.engine.server.catalog)).find(({ slug }) => slug === 'depot');
    const { knex } = gateway.engine.server.company(depot?.slug ?? '');
    await knex('rk_shared').update({ ends_at: '2020-01-01 00:00:00.000' });
    expect((await asClerk(east)).status).toBe(404);
    expect((await owner.delete(`${east}/shares/${String(share.body['data']?.['id'])}`)).status).toBe(204);
  });

  it('keep a member to chosen records, from the next request on', async () => {
    await owner.patch(`/api/v1/members/${clerkId}`, { roles: ['depot.manager'] });
    expect((await asClerk(ORDERS)).body['data']).toHaveLength(2);
    const kept = await owner.patch(`/api/v1/members/${clerkId}`, { restrictions: { 'depot.buyer': [ids['Ani']] } });
    expect(kept.body['data']).toMatchObject({ restrictions: { 'depot.buyer': [ids['Ani']] } });
    expect((await asClerk(ORDERS)).body['data']).toHaveLength(0);
    expect((await asClerk('/api/v1/records/depot.buyer')).body['data']).toHaveLength(1);
    const bad = await owner.patch(`/api/v1/members/${clerkId}`, { restrictions: { 'depot.nothing': ['1'], x: 'y' } });
    expect(bad.status).toBe(422);
    await owner.patch(`/api/v1/members/${clerkId}`, { restrictions: null });
    expect((await asClerk(ORDERS)).body['data']).toHaveLength(2);
  });
});
