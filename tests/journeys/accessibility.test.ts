import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, visit } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import type { Server } from '../support/server.ts';

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

describe.each([
  { theme: 'light', viewport: { width: 1280, height: 860 } },
  { theme: 'dark', viewport: { width: 390, height: 844 } },
] as const)('accessibility in $theme at $viewport.width px', ({ theme, viewport }) => {
  let server: Server;
  let browser: Browser;
  let person: Visitor;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), openBrowser()]);
    // The policy of our pages lets no foreign script in; axe is one.
    person = await visit(browser, server.url, { viewport, colorScheme: theme, bypassCSP: true });
    const { page } = person;
    const answer = await page.request.post('/api/v1/auth/register', {
      data: {
        name: 'Dewi',
        email: 'dewi@example.com',
        password: 'roti hangat tiap pagi',
        company_name: 'Roti',
        business_type: 'bakery',
      },
    });
    const { csrf_token } = ((await answer.json()) as { data: { csrf_token: string } }).data;
    const headers = { 'X-CSRF-Token': csrf_token };
    await page.request.post('/api/v1/user-modules', { headers, data: { module: 'sales' } });
    const post = async (path: string, data: object): Promise<string> => {
      const posted = await page.request.post(`/api/v1/records/${path}`, { headers, data });
      expect([200, 201], await posted.text()).toContain(posted.status());
      return ((await posted.json()) as { data: { id: string } }).data.id;
    };
    const idOf = async (path: string): Promise<string> => {
      const found = await page.request.get(`/api/v1/records/${path}`);
      return ((await found.json()) as { data: { id: string }[] }).data[0]?.id ?? '';
    };
    // Something in the books: an invoice with its posting, a payment, and a statement of the bank to be matched.
    const customer = await post('sales.customer', { name: 'Kedai Senja' });
    const item = await post('inventory.item', { code: 'KATERING', name: 'Katering', type: 'service' });
    const lines = [{ item, quantity: '2', rate: '50000' }];
    const order = await post('sales.order', { customer, lines });
    await post(`sales.order/${order}/actions/submit`, {});
    const invoice = await post('sales.invoice', { customer, lines });
    await post(`sales.invoice/${invoice}/actions/submit`, {});
    const bank = await idOf('accounting.account?filter[code]=1120');
    const payment = await post('accounting.payment', {
      account: bank,
      party: { entity: 'sales.customer', id: customer },
      amount: '60000',
      allocations: [{ document: { entity: 'sales.invoice', id: invoice }, amount: '60000' }],
    });
    await post(`accounting.payment/${payment}/actions/submit`, {});
    const account = await post('accounting.bank-account', { bank: 'BCA', account_number: '8880001', account: bank });
    await post('accounting.bank-statement', {
      bank_account: account,
      closing_balance: '60000',
      lines: [{ amount: '60000', description: 'Setoran Kedai Senja' }],
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.remove();
  });

  it.each([
    ['/', 'h1'],
    ['/modules', 'h1'],
    ['/profile', 'h1'],
    ['/settings', 'h1'],
    ['/settings/members/1', '[role=grid]'],
    ['/settings/roles', 'main h2'],
    ['/settings/roles/new', '[role=grid]'],
    ['/settings/roles/sales.clerk', '[role=grid]'],
    ['/settings/personal-data', 'dl'],
    ['/records/sales.customer', 'h1'],
    ['/records/sales.customer/1', 'h1'],
    ['/records/sales.order/new', 'dl'],
    ['/records/sales.order/1', 'dl'],
    ['/records/sales.invoice/1', 'nav ~ div dl'],
    ['/records/accounting.payment/1', 'dl'],
    ['/records/accounting.payment/new', 'dl'],
    ['/records/accounting.bank-statement/1/match', '[id=match-line-0]'],
    ['/reports', 'h1'],
    ['/reports/accounting.trial-balance', 'table tfoot'],
    ['/reports/accounting.receivable-ageing', 'table tfoot'],
    ['/reports/accounting.profit-and-loss', 'table tbody tr'],
    ['/reports/sales.sales-by-month', 'canvas'],
    ['/designer/', 'h1'],
    ['/designer/entity/sales.customer', '[data-field]'],
    ['/designer/permission/sales.clerk', 'table tbody tr'],
    ['/designer/posting/sales.invoice', '[data-item]'],
    ['/designer/versions', 'ol li'],
    ['/settings/roles', 'h1'],
  ])('%s has no serious fault', async (path, ready) => {
    const { page } = person;
    await page.goto(path);
    await page.locator(ready).first().waitFor();
    expect(await faultsOf(person)).toEqual([]);
  });

  it('what opens beside a document has none either', async () => {
    const { page } = person;
    await page.goto('/records/sales.invoice/1');
    for (const name of ['Yang dibukukan', 'Riwayat']) {
      await page.getByRole('button', { name: 'Tindakan lain' }).click();
      await page.getByRole('menuitem', { name }).click();
      await page.getByRole('dialog').getByText('Kedai Senja').or(page.getByText('Dewi')).first().waitFor();
      expect(await faultsOf(person), name).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  it('what opens beside people and roles has none either', async () => {
    const { page } = person;
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Undang anggota' }).click();
    await page.getByRole('dialog').getByRole('heading').waitFor();
    expect(await faultsOf(person), 'invitation').toEqual([]);
    await page.goto('/settings/roles/new');
    await page.locator('[data-active=true]').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Semuanya' }).click();
    expect(await faultsOf(person), 'rules').toEqual([]);
    await page.goto('/records/sales.invoice/1');
    await page.getByRole('button', { name: 'Tindakan lain' }).click();
    await page.getByRole('menuitem', { name: 'Bagikan' }).click();
    await page.getByRole('dialog').getByRole('heading').waitFor();
    expect(await faultsOf(person), 'share').toEqual([]);
  });

  it('the pages before signing in have none either', async () => {
    const stranger = await visit(browser, server.url, { viewport, colorScheme: theme, bypassCSP: true });
    for (const path of ['/sign-in', '/sign-up', '/invitation#unknown']) {
      await stranger.page.goto(path);
      await stranger.page.locator('h1').first().waitFor();
      expect(await faultsOf(stranger)).toEqual([]);
    }
  });
});

/** Serious and critical violations of WCAG 2.2 AA, as axe finds them on the screen that is shown. */
async function faultsOf({ page }: Visitor): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const findings = await page.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: unknown }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    return (await loaded.run({ runOnly: { type: 'tag', values: tags } })).violations;
  });
  return (findings as readonly Finding[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}
