import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableOf } from '../../engine/src/metamodel/naming.ts';
import { examineHistory, sealHistory } from '../../engine/src/records/history-chain.ts';
import type { Database } from '../../engine/src/storage/database.ts';
import { becomeMember, faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

const text = { type: 'text', maxLength: 60 };
const personal = { ...text, personal: true };

/** A clinic: patients, what is noted of them, and the bills that the law has kept. */
const documents = [
  { module: 'clinic', name: 'Clinic', version: '1.0.0', category: 'core', dependencies: [] },
  {
    entity: 'clinic.patient',
    kind: 'master',
    label: 'Patient',
    person: true,
    title: '{name}',
    key: ['code'],
    fields: {
      code: { ...text, required: true, unique: true },
      name: { ...personal, required: true, search: true },
      email: { type: 'email', personal: true, required: true },
      phone: { type: 'phone', personal: true },
      born: { type: 'date', personal: true },
      card: { ...personal, encrypted: true },
      ward: text,
      relatives: { type: 'lines', of: 'clinic.relative' },
    },
  },
  {
    entity: 'clinic.relative',
    kind: 'lines',
    label: 'Relative',
    fields: { name: { ...personal, required: true }, relation: text },
  },
  {
    entity: 'clinic.visit',
    kind: 'master',
    label: 'Visit',
    title: '{reason}',
    fields: { patient: { type: 'link', to: 'clinic.patient' }, reason: text, complaint: personal },
  },
  {
    entity: 'clinic.bill',
    kind: 'document',
    label: 'Bill',
    number: 'B-{seq:4}',
    fields: {
      patient: { type: 'link', to: 'clinic.patient', required: true },
      addressee: personal,
      total: { type: 'money' },
    },
  },
];

const SECRETS = ['Ani Wijaya', 'ani@example.com', '0811', '1980-05-17', 'Rahasia', 'Suami Ani', 'batuk', 'Jl. Mawar'];

describe.each(places)('personal data, on $name', (place) => {
  let folder: string;
  let gateway: TestGateway;
  let owner: Client;
  let clerk: Client;
  let database: Database;
  let patient: string;
  const bills: Record<string, string> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rangka-clinic-'));
    await mkdir(join(folder, 'core', 'clinic'), { recursive: true });
    for (const [index, document] of documents.entries()) {
      const name = index === 0 ? 'module' : String(index);
      await writeFile(join(folder, 'core', 'clinic', `${name}.json`), JSON.stringify(document));
    }
    gateway = await openGateway(place, { modulesFolder: folder });
    owner = await gateway.register({ company_name: 'Klinik', email: 'owner@example.com', name: 'Dewi' });
    expect((await owner.post('/api/v1/user-modules', { module: 'clinic' })).status).toBe(201);
    clerk = await gateway.register({ email: 'clerk@example.com', phone: '+62 811 999' });
    await becomeMember(gateway, owner, { email: 'clerk@example.com' });
    database = gateway.engine.server.company('klinik');
    patient = await made('clinic.patient', {
      code: 'P1',
      name: 'Ani Wijaya',
      email: 'ani@example.com',
      phone: '0811 234',
      born: '1980-05-17',
      card: 'Rahasia 77',
      ward: 'East',
      relatives: [{ name: 'Suami Ani', relation: 'husband' }],
    });
    await made('clinic.patient', { code: 'P2', name: 'Budi', email: 'budi@example.com' });
    await owner.patch(`/api/v1/records/clinic.patient/${patient}`, { version: '1', phone: '0811 999' });
    await made('clinic.visit', { patient, reason: 'Checkup', complaint: 'batuk' });
    for (const name of ['posted', 'draft']) {
      bills[name] = await made('clinic.bill', { patient, addressee: 'Jl. Mawar 7', total: '10.00' });
    }
    expect((await owner.post(`/api/v1/records/clinic.bill/${bills['posted']}/actions/submit`)).status).toBe(200);
    await owner.post(`/api/v1/records/clinic.patient/${patient}/comments`, { body: 'Ani Wijaya was here' });
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function made(entity: string, input: object): Promise<string> {
    const reply = await owner.post(`/api/v1/records/${entity}`, input);
    expect(reply).toMatchObject({ status: 201 });
    return String(reply.body['data']?.['id']);
  }
  const path = (): string => `/api/v1/personal-data/clinic.patient/${patient}`;
  const dump = async (...tables: string[]): Promise<string> =>
    JSON.stringify(await Promise.all(tables.map((name) => database.knex(name))));

  it('is marked in the metadata, and only where it can be', async () => {
    const { body } = await owner.get('/api/v1/personal-data');
    expect(body['data']).toMatchObject({
      people: [{ entity: 'clinic.patient', label: 'Patient' }],
      marked: expect.arrayContaining([
        {
          entity: 'clinic.patient',
          label: 'Patient',
          fields: ['Name', 'Email', 'Phone', 'Born', 'Card', 'Relatives › Name'],
        },
      ]) as unknown,
      erasures: [],
    });
    const plan = await owner.post('/api/v1/metadata/plan', {
      changes: [
        {
          kind: 'entity',
          name: 'clinic.bad',
          document: {
            entity: 'clinic.bad',
            kind: 'document',
            label: 'Bad',
            person: true,
            fields: { total: { type: 'money', personal: true } },
          },
        },
      ],
    });
    const { diagnostics } = plan.body['data'] as unknown as { diagnostics: { pointer: string }[] };
    expect(diagnostics.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/person', '/fields/total/personal']),
    );
  });

  it('is given out whole, as a file, and that is noted', async () => {
    const reply = await owner.get(`${path()}/export`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-disposition')).toContain('attachment; filename="personal-data-clinic.patient-');
    const content = JSON.stringify(reply.body);
    for (const secret of SECRETS) expect(content).toContain(secret);
    expect(reply.body).toMatchObject({ format: 'rangka.personal-data.v1', company: 'Klinik' });
    const linked = reply.body['linked'] as unknown as { entity: string; records: object[] }[];
    expect(linked.map(({ entity, records }) => [entity, records.length])).toEqual([
      ['clinic.visit', 1],
      ['clinic.bill', 2],
    ]);
    expect(content).not.toContain('Budi');
    const { knex } = gateway.engine.server.catalog;
    expect(await knex('activities').where({ action: 'personal-data.export' }).pluck('subject')).toEqual([
      `clinic.patient/${patient}`,
    ]);
  });

  it('is for admins, and not for tokens that are kept to less', async () => {
    const here = { 'x-company': 'klinik' };
    const asked = (client: Client, headers: Readonly<Record<string, string>>): Promise<readonly Reply[]> =>
      Promise.all([
        client.get('/api/v1/personal-data', headers),
        client.get(path(), headers),
        client.get(`${path()}/export`, headers),
        client.post(`${path()}/erasure`, { reason: 'x', confirm: 'Ani Wijaya' }, headers),
      ]);
    for (const reply of await asked(clerk, here)) expect(reply.status).toBe(403);
    const token = await owner.post('/api/v1/auth/tokens', { name: 't', abilities: ['records:write', 'members:write'] });
    const bearer = { authorization: `Bearer ${String(token.body['data']?.['token'])}` };
    for (const reply of await asked(gateway.stranger(), bearer)) expect(reply.status).toBe(403);
    expect((await owner.get('/api/v1/personal-data/clinic.visit/1')).status).toBe(404);
    expect((await owner.get('/api/v1/personal-data/clinic.patient/999')).status).toBe(404);
  });

  it('is looked at before it is erased: what goes, what stays', async () => {
    const { body } = await owner.get(path());
    expect(body['data']).toMatchObject({
      title: 'Ani Wijaya',
      rows: [{ label: 'Relatives', count: 1 }],
      history: 2,
      comments: 1,
      linked: [
        { entity: 'clinic.visit', total: 1, erased: 1, kept: 0 },
        { entity: 'clinic.bill', total: 2, erased: 1, kept: 1 },
      ],
    });
    const { fields } = body['data'] as unknown as { fields: object[] };
    expect(fields).toContainEqual({ field: 'name', label: 'Name', is_filled: true, becomes: `Erased ${patient}` });
    expect(fields).toContainEqual({ field: 'phone', label: 'Phone', is_filled: true, becomes: null });
  });

  it('is erased from records, rows, drafts, search, history and comments; what was posted stays', async () => {
    await sealHistory(database);
    expect(faultsOf(await owner.post(`${path()}/erasure`, { confirm: 'Budi' }))).toEqual({
      '/reason': 'required',
      '/confirm': 'not-the-title',
    });
    const reply = await owner.post(`${path()}/erasure`, { reason: 'Asked by letter', confirm: 'Ani Wijaya' });
    expect(reply).toMatchObject({
      status: 200,
      body: { data: { by: 'Dewi', reason: 'Asked by letter', records: 3, comments: 1, kept: { 'clinic.bill': 1 } } },
    });
    const { data } = (await owner.get(`/api/v1/records/clinic.patient/${patient}`)).body;
    expect(data).toMatchObject({
      code: 'P1',
      name: `Erased ${patient}`,
      email: `erased-${patient}@erased.invalid`,
      phone: null,
      born: null,
      card: null,
      ward: 'East',
      relatives: [{ relation: 'husband' }],
    });
    const bill = async (name: string): Promise<unknown> =>
      (await owner.get(`/api/v1/records/clinic.bill/${bills[name]}`)).body['data']?.['addressee'];
    expect(await bill('posted')).toBe('Jl. Mawar 7');
    expect(await bill('draft')).toBeNull();
    expect((await owner.get('/api/v1/records/clinic.patient?search=Wijaya')).body['data']).toEqual([]);
    const kept = await dump(
      ...['patient', 'relative', 'visit'].map((name) => tableOf(`clinic.${name}`)),
      'rk_comment',
      'rk_notification',
      'rk_word',
    );
    for (const secret of [...SECRETS, 'wijaya']) expect(kept).not.toContain(secret);
    const history = JSON.stringify(
      await database.knex('rk_history').whereNot({ entity: 'clinic.bill', record_id: bills['posted'] }),
    );
    for (const secret of SECRETS) expect(history).not.toContain(secret);
    expect(history).toContain('Budi');
    const { body } = await owner.get(`/api/v1/records/clinic.patient/${patient}/history`);
    expect(JSON.stringify(body)).toContain('•••');
  });

  it('leaves a history whose seals hold, and that still shows what is changed otherwise', async () => {
    await sealHistory(database);
    expect(await examineHistory(database)).toEqual([]);
    const [row] = (await database.knex('rk_history').where({ entity: 'clinic.visit' }).limit(1)) as { id: number }[];
    await database.knex('rk_history').where({ id: row?.id }).update({ actor_name: 'Nobody' });
    expect(await examineHistory(database)).toMatchObject([{ kind: 'changed' }]);
    await database.knex('rk_history').where({ id: row?.id }).update({ actor_name: 'Dewi' });
    expect(await examineHistory(database)).toEqual([]);
  });

  it('is noted as erased without what it was, and can be erased again', async () => {
    const again = await owner.post(`${path()}/erasure`, { reason: 'Once more', confirm: `Erased ${patient}` });
    expect(again).toMatchObject({ status: 200, body: { data: { history_rows: 0, comments: 0 } } });
    const { body } = await owner.get('/api/v1/personal-data');
    const { erasures } = body['data'] as unknown as { erasures: object[] };
    expect(erasures).toHaveLength(2);
    const noted = JSON.stringify(erasures) + (await dump('rk_erasure', 'rk_history_reseal'));
    for (const secret of SECRETS) expect(noted).not.toContain(secret);
  });

  it('of members is given out, without what their account keeps to itself', async () => {
    const members = (await owner.get('/api/v1/members')).body['data'] as unknown as { id: string; email: string }[];
    const id = members.find(({ email }) => email === 'clerk@example.com')?.id ?? '';
    const reply = await owner.get(`/api/v1/members/${id}/personal-data`);
    expect(reply.body).toMatchObject({ email: 'clerk@example.com', work: [], comments: [] });
    expect(JSON.stringify(reply.body)).not.toContain('811 999');
    expect((await owner.get('/api/v1/members/999/personal-data')).status).toBe(404);
  });
});
