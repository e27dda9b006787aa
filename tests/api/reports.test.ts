import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, faultsOf, openGateway, places } from './test-gateway.ts';
import type { Body, Client, TestGateway } from './test-gateway.ts';

const MODULES = ['accounting', 'inventory', 'purchase', 'sales'];
const TRIAL = '/api/v1/reports/accounting.trial-balance';
const JOURNAL = '/api/v1/reports/accounting.journal';
const YEAR = 'from=2026-01-01&to=2026-12-31';

/** What the first line of a sheet holds. */
function sheetIn(archive: Buffer): string {
  const name = 'xl/worksheets/sheet1.xml';
  const at = archive.indexOf(name) - 30;
  const begin = at + 30 + archive.readUInt16LE(at + 26);
  return inflateRawSync(archive.subarray(begin), { finishFlush: 2 }).toString('utf8');
}

describe.each(places)('reports on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let clerk: Client;
  const here = { 'x-company': 'toko-laporan' };
  const accounts: Record<string, string> = {};

  const journal = async (
    date: string,
    lines: readonly (readonly [account: string, debit: string, credit: string])[],
  ): Promise<Body> => {
    const created = await owner.post('/api/v1/records/accounting.journal-entry', {
      date,
      lines: lines.map(([account, debit, credit]) => ({ account: accounts[account], debit, credit, memo: '=cash' })),
    });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    const { id } = created.body['data']!;
    const submitted = await owner.post(`/api/v1/records/accounting.journal-entry/${String(id)}/actions/submit`, {
      version: created.body['data']!['version'],
    });
    expect(submitted.status, JSON.stringify(submitted.body)).toBe(200);
    return submitted.body['data']!;
  };

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko Laporan' });
    for (const module of MODULES) {
      const answer = await owner.post('/api/v1/user-modules', { module });
      expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
    }
    clerk = await gateway.register({ company_name: 'Elsewhere' });
    const list = await owner.get('/api/v1/records/accounting.account?page[size]=200&filter[is_group]=false');
    for (const account of list.body['data'] as unknown as readonly { id: string; role: string; type: string }[]) {
      accounts[account.role] ??= account.id;
      accounts[account.type] ??= account.id;
    }
    await journal('2026-01-10', [
      ['cash', '1500.00', '0'],
      ['income', '0', '1500.00'],
    ]);
    await journal('2026-02-05', [
      ['expense', '400.25', '0'],
      ['cash', '0', '400.25'],
    ]);
  });
  afterAll(() => gateway.close());

  it('puts earlier periods beside one, on the screen and in files', async () => {
    const address = '/api/v1/reports/accounting.profit-and-loss?from=2026-02-01&to=2026-02-28&compare=previous';
    const { status, body } = await owner.get(address);
    expect(status).toBe(200);
    const columns = (body['columns'] as unknown as { name: string }[]).map(({ name }) => name);
    expect(columns.filter((name) => name.startsWith('amount@'))).toEqual([
      'amount@1',
      'amount@change',
      'amount@percent',
    ]);
    const rows = body['rows'] as unknown as { section?: string; level: number; cells: Record<string, string> }[];
    expect(rows.find(({ section, level }) => section === 'sales' && level === 0)?.cells['amount@1']).toBe('1500.00');
    const file = await owner.get(`${address}&format=csv`);
    expect(String(file.body)).toContain('January 2026');
    const year = await owner.get(
      '/api/v1/reports/accounting.balance-sheet?from=2026-02-01&to=2026-02-28&compare=year&periods=2',
    );
    expect((year.body['columns'] as unknown as { label: string }[]).map(({ label }) => label).join()).toContain(
      'February 2024',
    );
  });

  it.each([
    ['compare=lately', '/compare', 'option'],
    ['compare=year&periods=13', '/periods', 'whole-number'],
    ['compare=year&periods=0', '/periods', 'whole-number'],
  ])('refuses to compare by %s', async (query, pointer, code) => {
    expect((await owner.get(`${TRIAL}?${YEAR}&${query}`)).body).toMatchObject({
      status: 400,
      errors: [{ pointer, code }],
    });
  });

  it('refuses to compare what has no period', async () => {
    const { body } = await owner.get('/api/v1/reports/sales.sales-by-month/definition');
    expect(body).toMatchObject({ data: { comparisons: expect.any(Array) as unknown } });
    const open = await owner.get('/api/v1/reports/sales.open-orders?compare=year');
    expect(open.body).toMatchObject({ status: 400, errors: [{ pointer: '/compare', code: 'not-comparable' }] });
  });

  it('lists and describes them in the language of the caller', async () => {
    const { status, body } = await owner.get('/api/v1/reports?locale=id');
    expect(status).toBe(200);
    const names = (body['data'] as unknown as readonly { name: string; label: string }[]).map(({ name }) => name);
    expect(names).toContain('accounting.trial-balance');
    const { body: described } = await owner.get(`${TRIAL}/definition`);
    expect(described['data']).toMatchObject({
      name: 'accounting.trial-balance',
      module: 'accounting',
      source: { ledger: 'accounting.general', entity: null },
      formats: expect.arrayContaining(['json', 'csv', 'xlsx', 'pdf']) as unknown,
    });
    expect((described['data']!['parameters'] as unknown as readonly Body[])[0]).toMatchObject({
      name: 'from',
      type: 'date',
      default: expect.stringMatching(/^\d{4}-\d{2}-01$/) as unknown,
    });
  });

  it('adds up what was posted', async () => {
    const { status, body } = await owner.get(`${TRIAL}?from=2026-02-01&to=2026-12-31`);
    expect(status).toBe(200);
    expect(body['data']!['totals']).toEqual({ opening: '0.00', debit: '400.25', credit: '400.25', closing: '0.00' });
    expect(body['totals']).toEqual(body['data']!['totals']);
    const rows = body['rows'] as unknown as readonly Body[];
    const cash = rows.find((row) => row['cells']!['account'] === (accounts['cash'] as unknown));
    expect(cash?.['cells']).toMatchObject({ opening: '1500.00', debit: '0.00', credit: '400.25', closing: '1099.75' });
  });

  it('leads from a figure to its entries, and from these to documents', async () => {
    const { body } = await owner.get(`${TRIAL}?${YEAR}`);
    const rows = body['rows'] as unknown as readonly Body[];
    const cash = rows.find((row) => row['cells']!['account'] === (accounts['cash'] as unknown))!;
    const drill = cash['drill'] as unknown as { ledger: string; query: string; exact: boolean };
    expect(drill).toMatchObject({ ledger: 'accounting.general', exact: true });
    const { status, body: found } = await owner.get(`/api/v1/ledgers/${drill.ledger}/entries?${drill.query}`);
    expect(status).toBe(200);
    const entries = found['data'] as unknown as readonly Body[];
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      date: '2026-02-05',
      credit: '400.25',
      memo: '=cash',
      _voucher: 'post',
      _document: { entity: 'accounting.journal-entry', title: expect.any(String) as unknown },
    });
    expect(found['meta']!['page']).toMatchObject({ number: 1, total: 2 });
  });

  it('tells balances at a date', async () => {
    const path = '/api/v1/ledgers/accounting.general/balances';
    const { status, body } = await owner.get(`${path}?at=2026-01-31&by=account`);
    expect(status).toBe(200);
    const rows = body['data'] as unknown as readonly Body[];
    expect(rows.map((row) => [row['account'], row['debit'], row['credit']])).toEqual(
      expect.arrayContaining([
        [accounts['cash'], '1500.00', '0.00'],
        [accounts['income'], '0.00', '1500.00'],
      ]),
    );
    const one = await owner.get(`${path}?by=account&account=${accounts['cash'] ?? ''}`);
    expect(one.body['data']).toMatchObject([{ debit: '1500.00', credit: '400.25' }]);
    expect((await owner.get(`${path}?at=soon`)).status).toBe(400);
    expect((await owner.get(`${path}?by=accnt`)).status).toBe(400);
    expect((await owner.get(`${path}?wherever=1`)).status).toBe(400);
  });

  it('hands them out as CSV without formulas', async () => {
    const { status, headers, body } = await owner.get(`${JOURNAL}?${YEAR}&format=csv`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="accounting\.journal-.*\.csv"$/);
    const lines = (body as unknown as string).trim().split('\r\n');
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(body).toContain("'=cash");
    expect(body).toContain(',400.25,');
  });

  it('hands them out as XLSX and PDF', async () => {
    const fetched = async (format: string): Promise<Buffer> => {
      const response = await fetch(`${gateway.url}${TRIAL}?${YEAR}&format=${format}&locale=id`, {
        headers: { cookie: owner.cookie },
      });
      expect(response.status).toBe(200);
      return Buffer.from(await response.arrayBuffer());
    };
    const sheet = sheetIn(await fetched('xlsx'));
    expect(sheet).toContain('<v>1099.75</v>');
    expect((await fetched('pdf')).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it.each(['hledger', 'beancount'])('hands the journal out for %s', async (format) => {
    const { status, body } = await owner.get(`${JOURNAL}?${YEAR}&format=${format}`);
    expect(status).toBe(200);
    const amounts = [...(body as unknown as string).matchAll(/ {2}(-?\d+\.\d{2}) IDR/g)].map(([, text]) =>
      Number(text),
    );
    expect(amounts.sort((a, b) => a - b)).toEqual([-1500, -400.25, 400.25, 1500]);
  });

  it('runs every report that is shipped, in every form', { timeout: 240_000 }, async () => {
    const { body } = await owner.get('/api/v1/reports');
    const names = (body['data'] as unknown as readonly { name: string }[]).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(25);
    for (const name of names) {
      const path = `/api/v1/reports/${name}`;
      expect((await owner.get(`${path}/definition`)).status, name).toBe(200);
      const { status, body: answer } = await owner.get(path);
      expect(status, `${name} ${JSON.stringify(answer)}`).toBe(200);
      expect((await owner.get(`${path}?format=csv`)).status, name).toBe(200);
      expect((await owner.get(`${path}?format=xlsx`)).status, name).toBe(200);
    }
  });

  it.each([
    [`${TRIAL}?form=2026-01-01`, 400, { '/form': 'unknown-parameter' }],
    [`${TRIAL}?format=doc`, 400, { '/format': 'option' }],
    [`${TRIAL}?format=hledger`, 400, { '/format': 'option' }],
    [`${TRIAL}?sort=nothing`, 400, { '/sort': 'not-sortable' }],
    [`${TRIAL}?locale=fr`, 400, { '/locale': 'option' }],
    [`${TRIAL}?from=2026-02-30`, 422, { '/from': 'date' }],
    [`${TRIAL}?from=2026-02-01&to=2026-01-01`, 422, { '/to': 'minimum' }],
    ['/api/v1/reports/accounting.general-ledger?account=999999', 422, { '/account': 'unknown-record' }],
    ['/api/v1/ledgers/accounting.general/entries?filter[acount]=1', 400, { '/filter/acount': 'unknown-field' }],
  ])('refuses %s', async (path, status, faults) => {
    const reply = await owner.get(path);
    expect(reply.status).toBe(status);
    expect(faultsOf(reply)).toEqual(faults);
  });

  it('knows only what is active, and for whom', async () => {
    expect((await owner.get('/api/v1/reports/accounting.nothing')).status).toBe(404);
    expect((await owner.get('/api/v1/ledgers/accounting.nothing/entries')).status).toBe(404);
    expect((await gateway.stranger().get(TRIAL)).status).toBe(401);
    const elsewhere = await clerk.get(TRIAL);
    expect([elsewhere.status, elsewhere.body['title']]).toEqual([403, 'Module access denied']);
    expect((await clerk.get(TRIAL, here)).status).toBe(404);
  });

  it.each([
    ['sales.clerk', 403, 'sales.sales-by-customer'],
    ['inventory.keeper', 403, 'inventory.stock-balance'],
    ['accounting.auditor', 200, 'accounting.trial-balance'],
  ])('is open to %s as far as they may read what it adds up', async (role, status, own) => {
    const person = await gateway.register({ company_name: `Home of ${role}` });
    const { body } = await person.get('/api/v1/auth/me');
    const email = body['data']!['user']!['email'] as unknown as string;
    await becomeMember(gateway, owner, { email, roles: [role] });
    expect((await person.get(TRIAL, here)).status).toBe(status);
    expect((await person.get('/api/v1/ledgers/accounting.general/entries', here)).status).toBe(status);
    const { body: list } = await person.get('/api/v1/reports', here);
    const names = (list['data'] as unknown as readonly { name: string }[]).map(({ name }) => name);
    expect(names).toContain(own);
    expect(names.includes('accounting.trial-balance')).toBe(status === 200);
    expect((await person.get(`/api/v1/reports/${own}`, here)).status).toBe(200);
  });

  it('is taken out as data or on paper by whoever may export or print what it adds up', async () => {
    const person = await gateway.register({ email: 'till@example.com', company_name: 'Home of the till' });
    await becomeMember(gateway, owner, { email: 'till@example.com', roles: ['accounting.cashier'] });
    const path = '/api/v1/reports/accounting.receivable-ageing';
    const formats = async (): Promise<unknown> =>
      (await person.get(`${path}/definition`, here)).body['data']?.['formats'];
    const statuses = async (): Promise<readonly number[]> =>
      Promise.all(
        ['json', 'csv', 'xlsx', 'pdf'].map(
          async (format) => (await person.get(`${path}?format=${format}`, here)).status,
        ),
      );
    expect(await formats()).toEqual(['json']);
    expect(await statuses()).toEqual([200, 403, 403, 403]);
    const { body } = await owner.get('/api/v1/roles/accounting.cashier');
    const { grants } = body['data'] as unknown as { grants: { actions: string[] }[] };
    const wider = grants.map((grant) => ({ ...grant, actions: [...new Set([...grant.actions, 'export'])] }));
    expect((await owner.post('/api/v1/roles', { label: 'Till with files', grants: wider })).status).toBe(201);
    const members = (await owner.get('/api/v1/members')).body['data'] as unknown as { id: string; email: string }[];
    const id = members.find(({ email }) => email === 'till@example.com')?.id ?? '';
    await owner.patch(`/api/v1/members/${id}`, { roles: ['company.till-with-files'] });
    expect(await formats()).toEqual(['json', 'csv', 'xlsx']);
    expect(await statuses()).toEqual([200, 200, 200, 403]);
  });
});
