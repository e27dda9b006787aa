import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeXlsx } from '../../engine/src/exchange/xlsx.ts';
import { listCompanies } from '../../engine/src/runtime/company-entries.ts';
import { statement, table } from '../../engine/src/storage/statement.ts';
import { faultsOf, openGateway, places } from './test-gateway.ts';
import type { Body, Client, Reply, TestGateway } from './test-gateway.ts';

const CUSTOMERS = '/api/v1/records/sales.customer';
const GROUPS = '/api/v1/records/sales.customer-group';
const ORDERS = '/api/v1/records/sales.order';

interface View {
  readonly id: string;
  readonly state: string;
  readonly key: readonly string[];
  readonly columns: readonly { readonly name: string; readonly target: string | null }[];
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly rejected: number;
}

const viewIn = (reply: Reply): View => reply.body['data'] as unknown as View;

describe.each(places)('importing records on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register();
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    await owner.post(GROUPS, { code: 'G-1', name: 'Toko' });
  });
  afterAll(() => gateway.close());

  const upload = (path: string, text: string | Uint8Array, type = 'text/csv', name = 'file.csv'): Promise<Reply> =>
    owner.send('POST', `${path}/import`, text, { 'content-type': type, 'x-file-name': name });

  async function bring(path: string, text: string | Uint8Array, choices: object = {}, type?: string): Promise<View> {
    const made = await upload(path, text, type, type === undefined ? 'file.csv' : 'file.xlsx');
    expect([made.status, made.body['errors']]).toEqual([201, undefined]);
    const { id, columns } = viewIn(made);
    return run(id, { columns: columns.map(({ target }) => target), ...choices });
  }

  async function run(id: string, choices: object): Promise<View> {
    const begun = await owner.post(`/api/v1/imports/${id}/run`, choices);
    expect([begun.status, begun.body['errors']]).toEqual([202, undefined]);
    await gateway.engine.importer.settled();
    return viewIn(await owner.get(`/api/v1/imports/${id}`));
  }

  const faults = async (id: string): Promise<readonly (readonly unknown[])[]> =>
    ((await owner.get(`/api/v1/imports/${id}/faults`)).body['data'] as unknown as readonly Body[]).map((fault) => [
      fault['row'],
      fault['column'],
      fault['code'],
    ]);

  const total = async (path: string): Promise<number> =>
    Number((await owner.get(path)).body['meta']?.['page']?.['total']);

  it('knows columns by their labels in both languages and links by what people call them', async () => {
    const text =
      'Nama;Kelompok;Credit limit;Active;Ignored\nToko Satu;toko;1.500.000,50;ya;x\n"=Toko ""Dua""";;;tidak;\n';
    const made = await upload(CUSTOMERS, text);
    expect(viewIn(made).columns.map(({ target }) => target)).toEqual([
      'name',
      'group',
      'credit_limit',
      'is_active',
      null,
    ]);
    const columns = viewIn(made).columns.map(({ target }) => target);
    const done = await run(viewIn(made).id, { columns, decimal: ',' });
    expect(done).toMatchObject({ state: 'done', rows: 2, created: 2, rejected: 0 });
    const list = await owner.get(`${CUSTOMERS}?filter[name][contains]=Toko&sort=id&titles=true`);
    expect(list.body['data']).toMatchObject([
      { name: 'Toko Satu', credit_limit: '1500000.50', is_active: true },
      { name: '=Toko "Dua"', is_active: false },
    ]);
    const [first] = list.body['data'] as unknown as { id: string }[];
    const history = await owner.get(`${CUSTOMERS}/${first?.id}/history`);
    expect(history.body['data']).toMatchObject([{ action: 'create', actor: { kind: 'person' } }]);
  });

  it('tries a file first and keeps nothing of that', async () => {
    const before = await total(CUSTOMERS);
    const text = 'code,name,group\nT-1,Satu,Toko\nT-1,Lagi,Toko\nT-2,,Pasar\n,Tiga,\n';
    const made = viewIn(await upload(CUSTOMERS, text));
    const choices = { columns: ['code', 'name', 'group'] };
    const tried = await run(made.id, { ...choices, trial: true });
    expect(tried).toMatchObject({ state: 'done', created: 2, rejected: 2, trial: true });
    expect(await faults(made.id)).toEqual([
      [3, 'code', 'unique'],
      [4, 'group', 'unknown-record'],
      [4, 'name', 'required'],
    ]);
    expect(await total(CUSTOMERS)).toBe(before);
    const done = await run(made.id, choices);
    expect(done).toMatchObject({ created: 2, rejected: 2, trial: false });
    expect(await total(CUSTOMERS)).toBe(before + 2);
  });

  it('gives refused rows back as a file that can be corrected and brought again', async () => {
    const first = await bring(CUSTOMERS, 'code,name,e-mail\nR-1,Benar,a@example.com\nR-2,Salah,nowhere\n');
    const file = await owner.get(`/api/v1/imports/${first.id}/rejected`);
    expect(String(file.body)).toBe(
      'code,name,e-mail,Error\r\nR-2,Salah,nowhere,e-mail: This is not an e-mail address\r\n',
    );
    const again = await bring(CUSTOMERS, String(file.body).replace('nowhere', 'b@example.com'));
    expect(again).toMatchObject({ created: 1, rejected: 0 });
  });

  it('changes records that are there, by their key', async () => {
    await bring(CUSTOMERS, 'code,name,city\nU-1,Lama,Solo\n');
    const done = await bring(CUSTOMERS, 'code,name,city\nu-1,Baru,\nU-2,Lain,Medan\nU-2,Lain lagi,\n', {
      mode: 'upsert',
    });
    expect(done).toMatchObject({ key: ['code'], created: 1, updated: 2, rejected: 0 });
    const list = await owner.get(`${CUSTOMERS}?filter[code][starts_with]=U-&sort=code&fields=name,city`);
    expect(list.body['data']).toMatchObject([
      { name: 'Baru', city: 'Solo' },
      { name: 'Lain lagi', city: 'Medan' },
    ]);
    const missing = await bring(CUSTOMERS, 'code,name\nU-9,Tidak ada\n', { mode: 'update' });
    expect(await faults(missing.id)).toEqual([[2, 'code', 'unknown-record']]);
  });

  it('puts rows of lines together to documents, and names the row at fault', async () => {
    const units = (await owner.get('/api/v1/records/inventory.unit')).body['data'] as unknown as Body[];
    const item = { code: 'ROTI', name: 'Roti', type: 'service', unit: units[0]?.['id'], sales_price: '5000' };
    expect((await owner.post('/api/v1/records/inventory.item', item)).body['errors']).toBeUndefined();
    const text =
      'customer,date,lines.item,lines.quantity,lines.rate\n' +
      'Toko Satu,28/02/2026,ROTI,2,\n,,Roti,1,4000\nToko Satu,01/03/2026,ROTI,1,\n,,KUE,1,\n';
    const done = await bring(ORDERS, text, { date: 'dmy' });
    expect(done).toMatchObject({ rows: 4, created: 1, rejected: 1 });
    expect(await faults(done.id)).toEqual([[5, 'lines.item', 'unknown-record']]);
    const file = await owner.get(`/api/v1/imports/${done.id}/rejected`);
    expect(String(file.body).split('\r\n')).toHaveLength(4);
    const [order] = (await owner.get(`${ORDERS}?include=lines`)).body['data'] as unknown as Body[];
    expect(order).toMatchObject({ date: '2026-02-28', lines: [{ rate: '5000.0000' }, { rate: '4000.0000' }] });
  });

  it('reads workbooks', async () => {
    const pieces: Buffer[] = [];
    const cells = [{ kind: 'text', text: 'Dari buku' } as const, { kind: 'number', text: '1234.5', scale: 2 } as const];
    const columns = ['Name', 'Credit limit'].map((label) => ({ label, align: 'left' as const }));
    const sheet = { title: 'A', notes: [], columns, rows: [{ cells, level: 0, bold: false }] };
    for await (const piece of writeXlsx(sheet)) pieces.push(piece);
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const done = await bring(CUSTOMERS, Buffer.concat(pieces), { decimal: ',' }, type);
    expect(done).toMatchObject({ created: 1, rejected: 0 });
    const list = await owner.get(`${CUSTOMERS}?filter[name]=Dari buku`);
    expect(list.body['data']).toMatchObject([{ credit_limit: '1234.50' }]);
  });

  it('lets a row find one that the same file brought before', async () => {
    const path = '/api/v1/records/inventory.item-group';
    const text = 'code,name,parent\nM,Makanan,\nR,Roti kering,Makanan\nB,Biskuit,R\nT,Tanpa,Tidak ada\n';
    const tried = await bring(path, text, { trial: true });
    expect(tried).toMatchObject({ created: 3, rejected: 1 });
    expect(await bring(path, text)).toMatchObject({ created: 3, rejected: 1 });
  });

  it('refuses what it cannot read, and choices that mean nothing', async () => {
    expect((await upload(CUSTOMERS, 'x', 'image/png', 'a.png')).status).toBe(415);
    expect((await upload(CUSTOMERS, 'name\n')).body['code']).toBe('unreadable-file');
    expect((await upload(CUSTOMERS, 'PK', 'text/csv', 'a.xlsx')).body['code']).toBe('unreadable-file');
    const { id } = viewIn(await upload(CUSTOMERS, 'name,name\nA,B\n'));
    const wrong = await owner.post(`/api/v1/imports/${id}/run`, {
      columns: ['name', 'colour'],
      mode: 'upsert',
      key: ['group'],
      colour: 1,
    });
    expect(faultsOf(wrong)).toEqual({
      '/columns/1': 'unknown-field',
      '/key/0': 'unknown-field',
      '/colour': 'unknown-property',
    });
    const none = await owner.post(`/api/v1/imports/${id}/run`, { columns: [null] });
    expect(faultsOf(none)).toEqual({ '/columns': 'required' });
    const noKey = await owner.post(`/api/v1/imports/${id}/run`, { columns: ['name'], mode: 'update' });
    expect(faultsOf(noKey)).toEqual({ '/key': 'required' });
  });

  it('is open to whoever brought the file, and only for what they may write', async () => {
    const { id } = viewIn(await upload(CUSTOMERS, 'name\nA\n'));
    const other = await gateway.register();
    await other.post('/api/v1/user-modules', { module: 'sales' });
    expect((await other.get(`/api/v1/imports/${id}`)).status).toBe(404);
    expect((await upload('/api/v1/records/sales.nothing', 'name\nA\n')).status).toBe(404);
  });

  it('makes drafts of bank statements in the format of the bank', async () => {
    const BANKS = '/api/v1/records/accounting.bank-account';
    const cash = await owner.get('/api/v1/records/accounting.account?filter[role]=bank&filter[is_group]=false');
    const [account] = cash.body['data'] as unknown as { id: string }[];
    const bank = await owner.post(BANKS, { bank: 'Mandiri', account_number: '1370012345678', account: account?.id });
    expect([bank.status, bank.body['errors']]).toEqual([201, undefined]);
    const STATEMENTS = '/api/v1/records/accounting.bank-statement';
    const message =
      ':20:A\n:25:1370012345678\n:28C:31\n:60F:C260130IDR500,00\n:61:260131C110,00NTRFINV-1\n:86:TOKO MAJU\n' +
      ':61:260131D10,00NCHGNONREF\n:86:BIAYA\n:62F:C260131IDR600,00\n';
    // Banks give their messages the ending of plain text.
    const made = viewIn(await upload(STATEMENTS, message, 'text/plain', 'mutasi.txt'));
    const columns = made.columns.map(({ target }) => target);
    expect(columns).toEqual([
      'bank_account',
      'reference',
      'date',
      'opening_balance',
      'closing_balance',
      'lines.date',
      'lines.amount',
      'lines.description',
      'lines.reference',
    ]);
    expect(await run(made.id, { columns })).toMatchObject({ state: 'done', created: 1, rejected: 0 });
    const { body } = await owner.get(`${STATEMENTS}?filter[reference]=31`);
    const [found] = body['data'] as unknown as { id: string }[];
    const statement = await owner.get(`${STATEMENTS}/${found?.id}`);
    expect(statement.body['data']).toMatchObject({
      bank_account: bank.body['data']?.['id'],
      date: '2026-01-31',
      opening_balance: '500.00',
      closing_balance: '600.00',
      difference: '0.00',
      lines: [
        { amount: '110.00', description: 'TOKO MAJU', reference: 'INV-1' },
        { amount: '-10.00', description: 'BIAYA' },
      ],
    });
  });

  it('gives every record what no column brings, and takes what goes out off what comes in', async () => {
    const STATEMENTS = '/api/v1/records/accounting.bank-statement';
    const text = 'Tanggal;Keterangan;Mutasi\n31/01/2026;Setoran;1.110.000,00 CR\n31/01/2026;Biaya;75.000,50 DB\n';
    const made = viewIn(await upload(STATEMENTS, text));
    const columns = ['lines.date', 'lines.description', 'lines.amount'];
    const values = {
      bank_account: '1370012345678',
      date: '31/01/2026',
      closing_balance: '1.034.999,50',
      reference: 'CSV',
    };
    const told = { columns, values, decimal: ',', date: 'dmy' };
    expect(await run(made.id, told)).toMatchObject({ state: 'done', created: 1, rejected: 0, values });
    const { body } = await owner.get(`${STATEMENTS}?filter[reference]=CSV`);
    expect(body['data']).toMatchObject([{ closing_balance: '1034999.50', difference: '0.00' }]);

    const both = 'date,in,out\n2026-01-31,100.00,0.00\n2026-01-31,0.00,30.25\n2026-01-31,,5\n';
    const second = viewIn(await upload(STATEMENTS, both));
    const twice = {
      columns: ['lines.date', 'lines.amount', '-lines.amount'],
      values: { bank_account: '1370012345678', date: '2026-01-31', reference: 'TWO', closing_balance: '64.75' },
    };
    expect(await run(second.id, twice)).toMatchObject({ created: 1, rejected: 0 });
    const list = await owner.get(`${STATEMENTS}?filter[reference]=TWO`);
    expect(list.body['data']).toMatchObject([{ moved: '64.75', difference: '0.00' }]);
  });

  it.each([
    [{ columns: [null, 'name'], values: [] }, '/values', 'type'],
    [{ columns: [null, 'name'], values: { nothing: 'x' } }, '/values/nothing', 'unknown-field'],
    [{ columns: [null, 'name'], values: { name: 'x' } }, '/values/name', 'duplicate'],
    [{ columns: [null, 'name'], values: { group: 5 } }, '/values/group', 'type'],
    [{ columns: [null, 'name'], values: { id: '1' } }, '/values/id', 'unknown-field'],
    [{ columns: [null, 'name'], values: { '-credit_limit': '1' } }, '/values/-credit_limit', 'unknown-field'],
    [{ columns: [null, 'name'], values: { group: 'x'.repeat(1001) } }, '/values/group', 'too-long'],
  ])('refuses values that make no sense: %#', async (choices, pointer, code) => {
    const { id } = viewIn(await upload(CUSTOMERS, 'a,b\nc,d\n'));
    const { status, body } = await owner.post(`/api/v1/imports/${id}/run`, choices);
    expect([status, body['errors']]).toMatchObject([422, [{ pointer, code }]]);
  });
});

describe.each(places)('an import that was interrupted, on $name', (place) => {
  it('goes on behind the last portion, without loss or repetition', async () => {
    let gateway = await openGateway(place);
    try {
      const owner = await gateway.register();
      await owner.post('/api/v1/user-modules', { module: 'sales' });
      const rows = Array.from({ length: 3_000 }, (_, index) => `K-${index},Nama ${index}`).join('\n');
      const made = await owner.send('POST', `${CUSTOMERS}/import`, `code,name\n${rows}\n`, {
        'content-type': 'text/csv',
        'x-file-name': 'a.csv',
      });
      const { id } = viewIn(made);
      await owner.post(`/api/v1/imports/${id}/run`, { columns: ['code', 'name'] });
      const position = async (): Promise<number> =>
        Number((await owner.get(`/api/v1/imports/${id}`)).body['data']?.['position']);
      while ((await position()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      gateway = await gateway.restart();
      await gateway.engine.resume();
      const [company] = await listCompanies(gateway.engine.server.catalog);
      const database = gateway.engine.server.company(company?.slug ?? '');
      for (let wait = 0; wait < 400; wait += 1) {
        const row = await database.get(statement(`SELECT state, created FROM ${table('rk_import')}`));
        if (row?.['state'] === 'done') break;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      const row = await database.get(statement(`SELECT state, created, rejected FROM ${table('rk_import')}`));
      expect(row).toMatchObject({ state: 'done', created: 3_000, rejected: 0 });
      const [count] = await database.tuples(
        statement(`SELECT COUNT(*), COUNT(DISTINCT code) FROM ${table('sales_customer')}`),
      );
      expect(count?.map(Number)).toEqual([3_000, 3_000]);
    } finally {
      await gateway.close();
    }
  });
});
