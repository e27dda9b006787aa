import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, visit } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import type { Server } from '../support/server.ts';
import { skipAfterFailure } from '../support/steps.ts';

const FILE =
  'Kode;Nama;Kota;Batas kredit;Catatan gudang\n' +
  'P-1;Kedai Kopi Senja;Bandung;1.500.000;a\nP-2;Toko Maju;Solo;lima juta;b\nP-3;;Medan;;c\nP-4;Warung Bu Tini;Solo;250.000,50;d\n';

describe('somebody brings customers from a spreadsheet', () => {
  let server: Server;
  let browser: Browser;
  let owner: Visitor;

  skipAfterFailure();
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), openBrowser()]);
    owner = await visit(browser, server.url);
    const { request } = owner.page;
    const answer = await request.post('/api/v1/auth/register', {
      data: {
        name: 'Dewi Lestari',
        email: 'dewi@example.com',
        password: 'roti hangat tiap pagi',
        company_name: 'Toko Sentosa',
        business_type: 'retail',
        locale: 'id',
      },
    });
    const { data } = (await answer.json()) as { data: { csrf_token: string } };
    const headers = { 'X-CSRF-Token': data.csrf_token };
    await request.post('/api/v1/user-modules', { data: { module: 'sales' }, headers });
    const accounts = await request.get('/api/v1/records/accounting.account?filter[role]=bank&filter[is_group]=false');
    const [account] = ((await accounts.json()) as { data: { id: string }[] }).data;
    const bank = { bank: 'Mandiri', account_number: '1370012345678', account: account?.id };
    await request.post('/api/v1/records/accounting.bank-account', { data: bank, headers });
  });
  afterAll(async () => {
    await browser.close();
    await server.remove();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await owner.picture('import-failed');
    expect(owner.troubles).toEqual([]);
  });

  it('chooses a file from the list, and finds its columns understood', async () => {
    const { page } = owner;
    await page.goto('/records/sales.customer');
    await page.getByRole('link', { name: 'Impor' }).click();
    await owner.picture('import-01-choose');
    await page.setInputFiles('input[type=file]', {
      name: 'pelanggan.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(FILE),
    });
    await page.getByText('4 baris').waitFor();
    await page.getByRole('button', { name: /Mengisi: Kode.*Kode/s }).waitFor();
    await page.getByRole('button', { name: /Mengisi: Batas kredit.*Batas kredit/s }).waitFor();
    await page.getByRole('button', { name: /Penulisan bilangan/ }).click();
    await page.getByRole('option', { name: '1.234,50' }).click();
    await owner.picture('import-02-columns');
  });

  it('tries it, sees what is wrong, and imports the rest', async () => {
    const { page } = owner;
    await page.getByRole('button', { name: 'Coba dahulu' }).click();
    await page.getByText('Sudah dicoba: tidak ada yang disimpan.').waitFor();
    await page.getByRole('row', { name: /^3 Batas kredit/ }).waitFor();
    await page.getByRole('row', { name: /^4 Nama/ }).waitFor();
    await owner.picture('import-03-tried');
    await page.getByRole('button', { name: 'Impor', exact: true }).click();
    await page.getByText('Sudah diimpor.').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Baris yang ditolak sebagai berkas' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^sales\.customer-rejected-\d+\.csv$/);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await owner.picture('import-04-done-phone');
    await page.setViewportSize({ width: 1280, height: 860 });
    await owner.picture('import-05-done-dark');
  });

  it('comes back to it later, and finds the records in the list', async () => {
    const { page } = owner;
    await page.reload();
    await page.getByText('Sudah diimpor.').waitFor();
    await page.getByRole('link', { name: 'Ke daftar' }).click();
    await page.getByRole('link', { name: 'P-4' }).waitFor();
    await page.getByRole('link', { name: 'P-1' }).waitFor();
  });

  it('brings the CSV file of a bank, with the account that no column names', async () => {
    const { page } = owner;
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto('/records/accounting.bank-statement/import');
    await page.setInputFiles('input[type=file]', {
      name: 'mutasi.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        'Tanggal,Uraian,Jumlah\n2026-01-31,Setoran tunai,"500,000.00 CR"\n2026-01-31,Biaya,"10,000.00 DB"\n',
      ),
    });
    await page.getByRole('textbox', { name: 'Rekening bank' }).fill('1370012345678');
    await page.getByRole('button', { name: 'Tambah isian' }).click();
    await page.getByRole('option', { name: /^Saldo akhir/ }).click();
    await page.getByRole('textbox', { name: 'Saldo akhir' }).fill('490,000');
    await owner.picture('import-06-bank');
    await page.getByRole('button', { name: 'Impor', exact: true }).click();
    await page.getByText('Sudah diimpor.').waitFor();
    await owner.picture('import-07-bank-done');
    await page.getByRole('link', { name: 'Ke daftar' }).click();
    await page.getByText('1370012345678').first().waitFor();
  });
});
