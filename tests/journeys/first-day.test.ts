import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, visit } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import type { Server } from '../support/server.ts';
import { skipAfterFailure } from '../support/steps.ts';

describe('the first day of a bakery', () => {
  let server: Server;
  let browser: Browser;
  let owner: Visitor;

  skipAfterFailure();
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), openBrowser()]);
    owner = await visit(browser, server.url);
  });
  afterAll(async () => {
    await browser.close();
    await server.remove();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await owner.picture('failed');
    expect(owner.troubles).toEqual([]);
  });

  it('signs up in the language of the browser, as a bakery', async () => {
    const { page } = owner;
    await page.goto('/');
    await page.getByRole('link', { name: 'Buat akun' }).click();
    await page.getByRole('radio', { name: 'Toko roti' }).click();
    await owner.picture('01-sign-up-business');
    await page.getByRole('button', { name: 'Lanjutkan' }).click();
    await page.getByLabel('Nama perusahaan').fill('Roti Sari Rasa');
    await page.getByLabel('Nama Anda').fill('Dewi Lestari');
    await page.getByLabel('Alamat email').fill('dewi@sarirasa.example');
    await page.getByLabel(/^Kata sandi/).fill('roti hangat tiap pagi');
    await owner.picture('02-sign-up-account');
    await page.getByRole('button', { name: 'Buat akun' }).click();
    await page.getByRole('heading', { name: 'Mari siapkan Roti Sari Rasa' }).waitFor();
  });

  it('takes the recommended modules', async () => {
    const { page } = owner;
    const activate = page.getByRole('button', { name: /^Aktifkan \d+ modul$/ });
    await activate.waitFor();
    await owner.picture('03-welcome');
    await activate.click();
    await page.getByRole('heading', { name: 'Halo, Dewi' }).waitFor();
    await navigation().getByRole('link', { name: 'Pesanan penjualan' }).waitFor();
    await owner.picture('04-dashboard');
  });

  it('enters two items and a customer in their forms', async () => {
    const { page } = owner;
    for (const { code, name, price } of [
      { code: 'TAWAR', name: 'Roti tawar', price: '18500' },
      { code: 'COKLAT', name: 'Roti cokelat', price: '7250,50' },
    ]) {
      await navigation().getByRole('link', { name: 'Barang', exact: true }).click();
      await page.getByRole('link', { name: 'Barang baru' }).click();
      await page.getByRole('textbox', { name: 'Kode', exact: true }).fill(code);
      await page.getByRole('textbox', { name: 'Nama', exact: true }).fill(name);
      await page.getByLabel('Harga jual').fill(price);
      const tax = page.getByRole('combobox', { name: 'Pajak penjualan' });
      await tax.fill('PPN');
      await page.getByRole('option', { name: /^PPN(?!-)/ }).click();
      await owner.picture(`05-item-${code}`);
      await page.getByRole('button', { name: 'Simpan' }).click();
      await page.getByRole('heading', { name: `${code} ${name}` }).waitFor();
    }
    await navigation().getByRole('link', { name: 'Pelanggan', exact: true }).click();
    await page.getByRole('link', { name: 'Pelanggan baru' }).click();
    await page.getByRole('textbox', { name: 'Nama', exact: true }).fill('Kedai Kopi Senja');
    await page.getByLabel('Kota').fill('Bandung');
    await page.getByRole('button', { name: 'Simpan' }).click();
    await page.getByRole('heading', { name: 'Kedai Kopi Senja' }).waitFor();
    await owner.picture('06-customer');
  });

  it('enters an order of three lines by keyboard alone and sees what it comes to while typing', async () => {
    const { page } = owner;
    const { keyboard } = page;
    await navigation().getByRole('link', { name: 'Pesanan penjualan' }).click();
    await page.getByRole('link', { name: 'Pesanan penjualan baru' }).waitFor();

    await keyboard.press('n');
    await page.getByRole('heading', { name: 'Pesanan penjualan baru' }).waitFor();
    // A new form begins at its first field.
    await page.getByRole('combobox', { name: 'Pelanggan' }).and(page.locator(':focus')).waitFor();
    await keyboard.type('senja');
    await page.getByRole('option', { name: /Kedai Kopi Senja/ }).waitFor();
    await keyboard.press('Enter');
    await owner.tabTo('Tambah baris');
    await keyboard.press('Enter');

    await keyboard.type('tawar');
    await page.getByRole('option', { name: /Roti tawar/ }).waitFor();
    await keyboard.press('Tab');
    await owner.tabTo('Jumlah, baris 1');
    await keyboard.type('12');
    // 12 × 18.500 = 222.000 and 11 % of it.
    await totals({ net: '222.000', tax: '24.420', total: '246.420' });

    // Enter goes down, to a new row.
    await keyboard.press('Enter');
    await keyboard.type('cokelat');
    await page.getByRole('option', { name: /Roti cokelat/ }).waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await owner.tabTo('Jumlah, baris 2');
    await keyboard.type('3');
    // 3 × 7.250,50 = 21.751,50; the tax of that line is 2.392,665, rounded half up.
    await totals({ net: '243.751,50', tax: '26.812,67', total: '270.564,17' });
    await owner.tabTo('Diskon, baris 2');
    await keyboard.type('10');
    await totals({ net: '241.576,35', tax: '26.573,40', total: '268.149,75' });
    await owner.tabTo('Pajak, baris 2');

    // Tab goes past the last cell to a new row.
    await keyboard.press('Tab');
    await keyboard.type('tawar');
    await page.getByRole('option', { name: /Roti tawar/ }).waitFor();
    await keyboard.press('Tab');
    await owner.tabTo('Jumlah, baris 3');
    await keyboard.type('0,5');
    await owner.tabTo('Harga satuan, baris 3');
    await keyboard.type('20000');
    await totals({ net: '251.576,35', tax: '27.673,40', total: '279.249,75' });
    await owner.picture('07-order-unsaved');

    await keyboard.press('Control+s');
    await savedOrder();
    await totals({ net: '251.576,35', tax: '27.673,40', total: '279.249,75' });
    await owner.picture('08-order-saved');
  });

  it('finds it in the list by its customer', async () => {
    const { page } = owner;
    await page.getByRole('link', { name: 'Kembali ke Pesanan penjualan' }).click();
    await page.getByRole('row', { name: /Kedai Kopi Senja/ }).waitFor();
    await owner.picture('09-order-list');
    // The filter stands above the heading that sorts by the same field.
    await page.getByRole('button', { name: 'Pelanggan' }).first().click();
    await page.getByRole('searchbox', { name: 'Pelanggan' }).fill('senja');
    await page.getByRole('checkbox', { name: 'Kedai Kopi Senja', exact: true }).check();
    await page.getByRole('button', { name: 'Pelanggan: Kedai Kopi Senja' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('row', { name: /Kedai Kopi Senja.*279\.249,75/ }).waitFor();
    await owner.picture('10-order-list-filtered');
  });

  it('has it all after a reload, and after the server died and started again', async () => {
    const { page } = owner;
    await page.reload();
    await page.getByRole('row', { name: /Kedai Kopi Senja.*279\.249,75/ }).click();
    await expectOrder();

    await server.kill();
    await server.start();
    await page.reload();
    await expectOrder();
    await navigation().getByRole('link', { name: 'Barang', exact: true }).click();
    // The order's lines name the same items: only the list of items counts here.
    await page.waitForURL(/inventory\.item$/);
    await page.getByRole('heading', { name: 'Barang', exact: true, level: 1 }).waitFor();
    await page.getByRole('row', { name: /TAWAR.*Roti tawar/ }).waitFor();
    await page.getByRole('row', { name: /COKLAT.*Roti cokelat/ }).waitFor();
  });

  it('pastes rows of a spreadsheet into a new order', async () => {
    const { page } = owner;
    await navigation().getByRole('link', { name: 'Pesanan penjualan' }).click();
    await page.getByRole('link', { name: 'Pesanan penjualan baru' }).click();
    await page.getByRole('combobox', { name: 'Pelanggan' }).fill('senja');
    await page.getByRole('option', { name: /Kedai Kopi Senja/ }).click();
    await page.getByRole('button', { name: 'Tambah baris' }).click();
    await paste(
      page.getByRole('combobox', { name: 'Barang, baris 1' }),
      'Barang\tJumlah\tHarga satuan\r\nTAWAR\t10\t18.000\r\nCOKLAT\t1.000\t7.000,25\r\nTAWAR\t2,5\t17500\r\n',
    );
    await page.getByText('3 baris ditempel').waitFor();
    // 180.000 + 7.000.250 + 43.750, and 11 % of each.
    await totals({ net: '7.224.000', tax: '794.640', total: '8.018.640' });
    await owner.picture('11-order-pasted');
    await page.getByRole('button', { name: 'Simpan' }).click();
    await savedOrder();
  });

  function navigation(): Locator {
    return owner.page.getByRole('navigation', { name: 'Menu utama' });
  }

  async function totals(expected: Readonly<Record<'net' | 'tax' | 'total', string>>): Promise<void> {
    const shown = async (): Promise<unknown> => {
      const [net, tax, total] = await Promise.all(
        ['net', 'tax_total', 'total'].map((name) => owner.page.locator(`dd[data-field=${name}]`).innerText()),
      );
      return { net, tax, total };
    };
    const { net, tax, total } = expected;
    await expect
      .poll(shown, { timeout: 5_000, interval: 50 })
      .toEqual({ net: `Rp\u00a0${net}`, tax: `Rp\u00a0${tax}`, total: `Rp\u00a0${total}` });
  }

  /** A saved draft has no number before it is submitted. */
  async function savedOrder(): Promise<void> {
    const { page } = owner;
    await page.getByText('Belum bernomor').waitFor();
    const customer = page.getByRole('combobox', { name: 'Pelanggan' });
    await expect.poll(() => customer.inputValue(), { timeout: 5_000 }).toBe('Kedai Kopi Senja');
  }

  async function expectOrder(): Promise<void> {
    const { page } = owner;
    await savedOrder();
    await totals({ net: '251.576,35', tax: '27.673,40', total: '279.249,75' });
    const rows = [1, 2, 3].map((row) =>
      Promise.all(
        ['Barang', 'Jumlah', 'Harga satuan', 'Diskon'].map((column) =>
          page.getByLabel(`${column}, baris ${row}`, { exact: true }).inputValue(),
        ),
      ),
    );
    expect(await Promise.all(rows)).toEqual([
      ['TAWAR Roti tawar', '12', '18.500', '0 %'],
      ['COKLAT Roti cokelat', '3', '7.250,50', '10 %'],
      ['TAWAR Roti tawar', '0,5', '20.000', '0 %'],
    ]);
  }
});

/** What a spreadsheet leaves on the clipboard, pasted where the focus is. */
async function paste(cell: Locator, text: string): Promise<void> {
  await cell.focus();
  await cell.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}
