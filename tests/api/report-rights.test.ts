import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depotDocuments } from '../../engine/src/access/test-depot.ts';
import { becomeMember, openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const count = { name: 'orders', value: 'count()' };

/** Figures over the depot's orders, and a ledger of what its buyers got. */
const figures = [
  {
    report: 'depot.by-region',
    label: 'By region',
    source: { entity: 'depot.order' },
    dimensions: [{ name: 'region' }],
    measures: [count],
  },
  {
    report: 'depot.margins',
    label: 'Margins',
    source: { entity: 'depot.order' },
    dimensions: [{ name: 'region' }],
    measures: [{ name: 'margin', value: 'sum(margin)' }],
  },
  {
    report: 'depot.by-grade',
    label: 'By grade',
    source: { entity: 'depot.order' },
    parameters: { buyer: { type: 'link', to: 'depot.buyer' } },
    dimensions: [{ name: 'grade', value: 'buyer.grade' }],
    measures: [count],
  },
  {
    report: 'depot.secrets',
    label: 'Secrets',
    source: { entity: 'depot.order' },
    dimensions: [{ name: 'secret', value: 'buyer.secret' }],
    measures: [count],
  },
  {
    report: 'depot.items',
    label: 'Items',
    source: { entity: 'depot.order', each: 'lines' },
    dimensions: [{ name: 'item' }, { name: 'region', value: 'parent.region' }],
    measures: [{ name: 'rows', value: 'count()' }],
  },
  {
    report: 'depot.costs',
    label: 'Costs',
    source: { entity: 'depot.order', each: 'lines' },
    dimensions: [{ name: 'item' }],
    measures: [{ name: 'cost', value: 'sum(cost)' }],
  },
  {
    entity: 'depot.delivery',
    kind: 'document',
    label: 'Delivery',
    title: '{number}',
    number: 'D-{seq:4}',
    fields: {
      date: { type: 'date', required: true },
      buyer: { type: 'link', to: 'depot.buyer', required: true },
      quantity: { type: 'quantity', required: true },
    },
  },
  {
    ledger: 'depot.delivered',
    label: 'Delivered',
    dimensions: { buyer: 'depot.buyer' },
    measures: { quantity: 'quantity' },
    balances: [['buyer']],
  },
  { ledger: 'depot.total', label: 'Total', dimensions: { kind: 'text' }, measures: { quantity: 'quantity' } },
  {
    posting: 'depot.delivery',
    on: 'submit',
    date: 'date',
    entries: [
      { ledger: 'depot.delivered', in: { quantity: 'quantity' }, at: { buyer: 'buyer' } },
      { ledger: 'depot.total', in: { quantity: 'quantity' }, at: { kind: "'all'" } },
    ],
  },
  ...['delivered', 'total'].map((ledger) => ({
    report: `depot.sum-${ledger}`,
    label: ledger,
    source: { ledger: `depot.${ledger}` },
    dimensions: ledger === 'total' ? [] : [{ name: 'buyer' }],
    measures: [{ name: 'quantity', value: 'sum(quantity)' }],
  })),
  {
    report: 'depot.ordered-and-delivered',
    label: 'Ordered and delivered',
    source: { entity: 'depot.order' },
    beside: { delivered: { ledger: 'depot.delivered' } },
    dimensions: [{ name: 'buyer' }],
    measures: [count, { name: 'quantity', of: 'delivered', value: 'sum(quantity)' }],
  },
  {
    permission: 'depot.deliveries',
    role: 'depot.manager',
    grants: [{ entity: 'depot.delivery', actions: ['read', 'create', 'submit', 'export'] }],
  },
  {
    permission: 'depot.desk',
    role: 'depot.desk',
    grants: [
      { entity: 'depot.order', actions: ['read'] },
      { entity: 'depot.buyer', actions: ['read'], where: "grade == 'B'" },
    ],
  },
  {
    permission: 'depot.exports-of-the-west',
    role: 'depot.west',
    grants: [
      {
        entity: 'depot.order',
        actions: ['export'],
        where: "region == 'west'",
        read: ['code', 'region', 'note', 'lines.item'],
      },
    ],
  },
];

async function depotFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'rangka-figures-'));
  const folder = join(root, 'core', 'depot');
  await mkdir(folder, { recursive: true });
  const [manifest, ...others] = [...depotDocuments, ...figures];
  await writeFile(join(folder, 'module.json'), JSON.stringify(manifest));
  for (const [index, document] of others.entries()) {
    await writeFile(join(folder, `${index}.json`), JSON.stringify(document));
  }
  return root;
}

const LEDGER = '/api/v1/ledgers/depot.delivered';

describe.each(places)('rights on figures, on $name', (place) => {
  let folder: string;
  let gateway: TestGateway;
  let owner: Client;
  let clerk: Client;
  let clerkId: string;
  const here = { 'x-company': 'depot' };
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    folder = await depotFolder();
    gateway = await openGateway(place, { modulesFolder: folder });
    owner = await gateway.register({ company_name: 'Depot' });
    const activated = await owner.post('/api/v1/user-modules', { module: 'depot' });
    expect([activated.status, activated.body]).toMatchObject([201, {}]);
    clerk = await gateway.register({ email: 'clerk@example.com' });
    clerkId = await becomeMember(gateway, owner, { email: 'clerk@example.com', roles: ['depot.west'] });
    for (const name of ['Ani', 'Budi']) {
      const grade = name === 'Ani' ? 'A' : 'B';
      const made = await owner.post('/api/v1/records/depot.buyer', { name, grade, secret: `hush ${name}` });
      ids[name] = String(made.body['data']?.['id']);
    }
    for (const [code, region, buyer] of [
      ['1', 'west', 'Ani'],
      ['2', 'west', 'Budi'],
      ['3', 'east', 'Ani'],
    ] as const) {
      const lines = [{ item: 'Sand', cost: '3.00' }];
      const order = { code, region, buyer: ids[buyer], margin: '10.00', lines };
      expect((await owner.post('/api/v1/records/depot.order', order)).status).toBe(201);
    }
    for (const [buyer, quantity] of [
      ['Ani', '2'],
      ['Budi', '5'],
    ] as const) {
      const draft = { date: '2026-03-01', buyer: ids[buyer], quantity };
      const { body } = await owner.post('/api/v1/records/depot.delivery', draft);
      const id = String(body['data']?.['id']);
      ids[`delivery to ${buyer}`] = id;
      const version = body['data']?.['version'];
      expect(
        (await owner.post(`/api/v1/records/depot.delivery/${id}/actions/submit`, { version })).status,
      ).toBeLessThan(300);
    }
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The lines of a report as the clerk sees them, or the status that refuses it. */
  async function seen(report: string, query = ''): Promise<unknown> {
    const { status, body } = await clerk.get(`/api/v1/reports/depot.${report}${query}`, here);
    if (status !== 200) return status;
    const rows = body['rows'] as unknown as { cells: Record<string, unknown> }[];
    return { rows: rows.map(({ cells }) => Object.values(cells)), narrowed: body['data']?.['narrowed'] };
  }

  it.each([
    ['by-region', { rows: [['west', '2']], narrowed: true }],
    // A field that the grant does not show closes what adds it up.
    ['margins', 403],
    ['costs', 403],
    ['by-grade', 403],
    ['items', { rows: [['Sand', 'west', '2']], narrowed: true }],
    ['sum-delivered', 403],
    // One source that is closed closes the report.
    ['ordered-and-delivered', 403],
  ])('count what a grant with a condition shows: %s', async (report, expected) => {
    expect(await seen(report)).toEqual(expected);
  });

  it('list the reports that may be run', async () => {
    const { body } = await clerk.get('/api/v1/reports', here);
    const names = (body['data'] as unknown as { name: string }[]).map(({ name }) => name);
    expect(names.sort()).toEqual(['depot.by-region', 'depot.items']);
  });

  it('are taken out where the same records may be', async () => {
    const csv = await clerk.get('/api/v1/reports/depot.by-region?format=csv', here);
    expect([csv.status, String(csv.body).replace('\uFEFF', '')]).toEqual([200, 'Region,Orders\r\nwest,2\r\n']);
    expect((await clerk.get('/api/v1/reports/depot.by-region?format=pdf', here)).status).toBe(403);
  });

  it('count linked records that are not seen as none', async () => {
    await owner.patch(`/api/v1/members/${clerkId}`, { roles: ['depot.desk'] });
    expect(await seen('by-grade')).toEqual({
      rows: [
        ['B', '1'],
        [null, '2'],
      ],
      narrowed: false,
    });
    expect(await seen('secrets')).toMatchObject({
      rows: [
        ['hush Budi', '1'],
        [null, '2'],
      ],
    });
  });

  it('take no choice that is hidden', async () => {
    expect((await clerk.get(`/api/v1/reports/depot.by-grade?buyer=${ids['Budi']}`, here)).status).toBe(200);
    const { status, body } = await clerk.get(`/api/v1/reports/depot.by-grade?buyer=${ids['Ani']}`, here);
    expect([status, body]).toMatchObject([422, { errors: [{ pointer: '/buyer', code: 'unknown-record' }] }]);
  });

  it('keep a member to the entries of chosen records', async () => {
    await owner.patch(`/api/v1/members/${clerkId}`, { roles: ['depot.manager'] });
    expect(await seen('sum-delivered')).toEqual({
      rows: [
        [ids['Ani'], '2.0000'],
        [ids['Budi'], '5.0000'],
      ],
      narrowed: false,
    });
    await owner.patch(`/api/v1/members/${clerkId}`, { restrictions: { 'depot.buyer': [ids['Ani']] } });
    expect(await seen('sum-delivered')).toEqual({ rows: [[ids['Ani'], '2.0000']], narrowed: true });
    expect(await seen('ordered-and-delivered')).toEqual({ rows: [[ids['Ani'], '2', '2.0000']], narrowed: true });
    expect(await seen('by-grade')).toEqual({ rows: [['A', '2']], narrowed: true });
    // Its entries do not tell buyers apart.
    expect(await seen('sum-total')).toBe(403);
    expect((await clerk.get('/api/v1/ledgers/depot.total/entries', here)).status).toBe(403);
    const entries = await clerk.get(`${LEDGER}/entries`, here);
    expect(entries.body['data']).toMatchObject([
      { buyer: ids['Ani'], quantity: '2.0000', _document: { id: ids['delivery to Ani'] }, _titles: { buyer: 'Ani' } },
    ]);
    expect(entries.body['meta']).toMatchObject({ page: { total: 1 } });
    const foreign = await clerk.get(`${LEDGER}/entries?filter[buyer]=${ids['Budi']}`, here);
    expect(foreign.body['data']).toEqual([]);
    const balances = await clerk.get(`${LEDGER}/balances`, here);
    expect(balances.body['data']).toMatchObject([{ buyer: ids['Ani'], quantity: '2.0000' }]);
    const total = await clerk.get(`${LEDGER}/balances?by=`, here);
    expect(total.body['data']).toMatchObject([{ quantity: '2.0000' }]);
  });
});
