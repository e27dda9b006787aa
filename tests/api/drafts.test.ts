import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const DRAFT = '/api/v1/metadata/draft';

const nickname = (label: string) => ({
  kind: 'entity',
  name: 'sales.customer',
  document: { entity: 'sales.customer', fields: { nickname: { type: 'text', label } } },
});

describe.each(places)('drafts of metadata, on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register();
    expect((await owner.post('/api/v1/user-modules', { module: 'sales' })).status).toBe(201);
  });
  afterAll(() => gateway.close());

  it('tells the documents of every layer as they were written', async () => {
    const { status, body } = await owner.get('/api/v1/metadata/sources');
    expect(status).toBe(200);
    const { layers, documents, version } = body['data'] as unknown as {
      layers: { name: string; files: { path: string; text: string }[] }[];
      documents: unknown[];
      version: number;
    };
    expect(layers.map(({ name }) => name)).toEqual(['accounting', 'inventory', 'sales']);
    expect(layers[2]?.files.find(({ path }) => path === 'module.json')?.text).toContain('"module": "sales"');
    expect([documents, version]).toEqual([[], expect.any(Number)]);
  });

  it('keeps changes for all admins, and changes nothing that serves', async () => {
    const first = await owner.put(DRAFT, { changes: [nickname('Nickname')], place: 'entity sales.customer' });
    expect([first.status, first.body]).toMatchObject([
      200,
      {
        data: {
          documents: [{ ...nickname('Nickname'), revision: 1, author: expect.any(String) }],
          people: [{ place: 'entity sales.customer' }],
        },
      },
    ]);
    const later = await owner.put(DRAFT, { changes: [{ ...nickname('Called'), revision: 1 }] });
    expect(later.body).toMatchObject({ data: { documents: [{ ...nickname('Called'), revision: 2 }] } });
    const read = await owner.get(DRAFT);
    expect(read.body).toMatchObject({ data: { documents: [{ ...nickname('Called'), revision: 2 }] } });
    const served = await owner.get('/api/v1/metadata/entities/sales.customer');
    expect(JSON.stringify(served.body)).not.toContain('nickname');
  });

  it('lets the second of two who change the same document know, and keeps nothing of theirs', async () => {
    const visit = { kind: 'entity', name: 'sales.visit', document: { entity: 'sales.visit' } };
    const late = await owner.put(DRAFT, { changes: [visit, { ...nickname('Alias'), revision: 1 }] });
    expect([late.status, late.body]).toMatchObject([
      409,
      { errors: [{ pointer: '/changes/1', code: 'changed-meanwhile' }] },
    ]);
    const { body } = await owner.get(DRAFT);
    expect((body['data'] as unknown as { documents: unknown[] }).documents).toMatchObject([nickname('Called')]);

    const both = await Promise.all(
      ['A', 'B', 'C'].map((label) =>
        owner.put(DRAFT, { changes: [{ ...visit, document: { entity: 'sales.visit', label } }] }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('refuses what is no document, all faults at once', async () => {
    const { status, body } = await owner.put(DRAFT, {
      changes: [
        { kind: 'nothing', name: 'x', document: {} },
        { ...nickname('A'), revision: -1 },
      ],
    });
    expect([status, body]).toMatchObject([
      422,
      { errors: [{ pointer: '/changes/0/kind' }, { pointer: '/changes/1/revision' }] },
    ]);
    expect((await owner.put(DRAFT, { unknown: 1 })).status).toBe(422);
  });

  it('is for admins', async () => {
    expect((await gateway.stranger().get(DRAFT)).status).toBe(401);
  });

  it('is forgotten as a whole', async () => {
    expect((await owner.delete(DRAFT)).status).toBe(204);
    expect((await owner.get(DRAFT)).body).toMatchObject({ data: { documents: [] } });
  });
});
