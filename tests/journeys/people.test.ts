import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, visit } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { startMailServer } from '../support/mail-server.ts';
import type { MailServer } from '../support/mail-server.ts';
import { startServer } from '../support/server.ts';
import type { Server } from '../support/server.ts';
import { skipAfterFailure } from '../support/steps.ts';

const PASSWORD = 'roti hangat tiap pagi';
const CLERK = 'budi@example.com';

describe('people of a company', () => {
  let server: Server;
  let mail: MailServer;
  let browser: Browser;
  let owner: Visitor;
  let clerk: Visitor;

  skipAfterFailure();
  beforeAll(async () => {
    mail = await startMailServer();
    [server, browser] = await Promise.all([startServer({ RANGKA_SMTP_URL: mail.url }), openBrowser()]);
    owner = await visit(browser, server.url, { locale: 'en-GB' });
    clerk = await visit(browser, server.url, { locale: 'en-GB' });
    await owner.page.goto('/');
    await owner.page.request.post('/api/v1/auth/register', {
      data: {
        name: 'Dewi Lestari',
        email: 'dewi@example.com',
        password: PASSWORD,
        company_name: 'Toko Bersama',
        business_type: 'bakery',
        locale: 'en',
      },
    });
    await owner.page.evaluate(() => localStorage.setItem('rangka.signed-in', 'true'));
    await call('POST', '/user-modules', { module: 'sales' });
    await call('POST', '/records/sales.customer', { name: 'Warung Bu Sri', city: 'Bandung' });
    await call('POST', '/records/sales.customer', { name: 'Kafe Senja', city: 'Cimahi' });
  });
  afterAll(async () => {
    await browser.close();
    await server.remove();
    await mail.close();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await owner.picture('people-failed-owner');
      await clerk.picture('people-failed-clerk');
    }
    expect([owner.troubles, clerk.troubles]).toEqual([[], []]);
  });

  /** Asks the API as the owner. */
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { request } = owner.page;
    const me = (await (await request.get('/api/v1/auth/me')).json()) as { data: { csrf_token: string } };
    const answer = await request.fetch(`/api/v1${path}`, {
      method,
      headers: { 'X-CSRF-Token': me.data.csrf_token },
      ...(body === undefined ? {} : { data: body }),
    });
    expect({ path, ok: answer.ok() }).toEqual({ path, ok: true });
    return ((await answer.json()) as { data: unknown }).data;
  }

  /** The way that the latest letter to an address names. */
  async function wayFromLetter(email: string): Promise<string> {
    const find = (): string | undefined =>
      mail.received
        .filter(({ to }) => to.includes(email))
        .map(({ text }) => /(\/invitation#[\w-]{43})/.exec(text)?.[1])
        .at(-1);
    await expect.poll(find, { timeout: 10_000 }).toBeDefined();
    return find() ?? '';
  }

  it('are invited by an admin, with a role and the records they are kept to', async () => {
    const { page } = owner;
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Invite member' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail address').fill(CLERK);
    await dialog.getByLabel('Sales clerk').check();
    await dialog.getByRole('button', { name: 'Limit a kind of record' }).click();
    await dialog.getByRole('option', { name: 'Customer', exact: true }).click();
    await dialog.getByLabel('Add Customer').click();
    await page.getByRole('option', { name: /Warung Bu Sri/ }).click();
    await owner.picture('people-invite');
    await dialog.getByRole('button', { name: 'Send invitation' }).click();
    await page.getByText(`A letter to ${CLERK} is on its way`).waitFor();
    await page.getByText('Invited by Dewi Lestari').waitFor();
    await owner.picture('people-invited');
  });

  it('accept with a name and a password, and see only what their role gives', async () => {
    const { page } = clerk;
    await page.goto(await wayFromLetter(CLERK));
    await page.getByRole('heading', { name: 'Work with Toko Bersama' }).waitFor();
    await clerk.picture('people-accept');
    await page.getByLabel('Your name').fill('Budi Santoso');
    await page.getByLabel(/^Password/).fill(PASSWORD);
    await page.getByRole('button', { name: 'Join Toko Bersama' }).click();
    await page.getByRole('heading', { name: 'Hello, Budi' }).waitFor();
    await page.goto('/records/sales.customer');
    await page.getByText('Warung Bu Sri').first().waitFor();
    expect(await page.getByText('Kafe Senja').count()).toBe(0);
    await page.goto('/settings');
    await page.getByRole('heading', { name: 'Hello, Budi' }).waitFor();
  });

  it('find that a letter works once', async () => {
    const visitor = await visit(browser, server.url, { locale: 'id-ID' });
    await visitor.page.goto(await wayFromLetter(CLERK));
    await visitor.page.getByText('Undangan ini tidak berlaku').waitFor();
    expect(visitor.troubles).toEqual([]);
    await visitor.context.close();
  });

  it('lose a right within a second when an admin takes it away', async () => {
    await clerk.page.goto('/records/sales.customer/1');
    await clerk.page.getByLabel('City').waitFor();
    const { page } = owner;
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Actions for Budi Santoso' }).click();
    await page.getByRole('menuitem', { name: 'Change roles and records' }).click();
    await page.getByLabel('Sales clerk').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await clerk.page.getByLabel('City').waitFor({ state: 'detached', timeout: 1_500 });
  });

  it('get a role that an admin makes in the matrix, with the keyboard, a condition and a look at what changes', async () => {
    const { page } = owner;
    await page.goto('/settings/roles');
    await page.getByRole('link', { name: 'New role' }).click();
    await page.getByLabel('Name of the role').fill('Counter');
    await page.getByLabel('Search records').fill('customers');
    const reading = page.getByRole('button', { name: 'Customers, Read: None' });
    await reading.focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Customers, Change: Their own' }).waitFor();
    await page.keyboard.press('Enter');
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: /All records$/ }).click();
    await sheet.getByRole('option', { name: 'Condition' }).click();
    const condition = sheet.getByRole('textbox', { name: 'Condition' });
    await condition.fill("ctiy == 'Cimahi'");
    await sheet.getByText(/ctiy/, { exact: false }).last().waitFor();
    await owner.picture('roles-sheet-fault');
    await condition.fill("city == 'Cimahi'");
    await sheet.getByText('This condition can be used.').waitFor();
    await sheet.getByRole('button', { name: 'Take over' }).click();
    await page.getByRole('button', { name: 'Customers, Read: Condition' }).waitFor();
    await page.getByLabel('Search records').fill('');
    await owner.picture('roles-matrix');
    await page.getByRole('button', { name: 'Review changes' }).click();
    await page.getByRole('dialog').getByText("city == 'Cimahi'").waitFor();
    await owner.picture('roles-review');
    await page.getByRole('button', { name: 'Save and apply' }).click();
    await page.getByRole('link', { name: 'Counter' }).waitFor();
    await owner.picture('roles-list');
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Actions for Budi Santoso' }).click();
    await page.getByRole('menuitem', { name: 'Change roles and records' }).click();
    await page.getByLabel('Counter').check();
    await page.getByRole('button', { name: 'Do not limit Customer any more' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await clerk.page.goto('/records/sales.customer');
    await clerk.page.getByText('Kafe Senja').first().waitFor();
    expect(await clerk.page.getByText('Warung Bu Sri').count()).toBe(0);
  });

  it('are explained: what they can do, and why', async () => {
    const { page } = owner;
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Actions for Budi Santoso' }).click();
    await page.getByRole('menuitem', { name: 'What they can do, and why' }).click();
    await page.getByLabel('Search records').fill('customers');
    await page.getByRole('button', { name: 'Customers, Read: Condition' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText("Role Counter · where city == 'Cimahi'").waitFor();
    await sheet.getByLabel('On one record').click();
    await page.getByRole('option', { name: /Warung Bu Sri/ }).click();
    await sheet.getByText('Not this record').first().waitFor();
    await owner.picture('why-record');
    await page.keyboard.press('Escape');
    await owner.picture('why');
  });

  it('lose what their role loses, within a second of its change', async () => {
    await clerk.page.goto('/records/sales.customer/2');
    await clerk.page.getByLabel('City').waitFor();
    const { page } = owner;
    await page.goto('/settings/roles');
    await page.getByRole('link', { name: 'Counter' }).click();
    await page.getByLabel('Search records').fill('customers');
    await page.getByRole('button', { name: 'Conditions and fields of Customers' }).click();
    await page.getByRole('textbox', { name: 'Condition' }).fill("city == 'Garut'");
    await page.getByRole('button', { name: 'Take over' }).click();
    await page.getByRole('button', { name: 'Review changes' }).click();
    await page.getByText('It holds at once for one member.').waitFor();
    await page.getByRole('button', { name: 'Save and apply' }).click();
    await page.getByText('Saved').first().waitFor();
    await clerk.page.getByLabel('City').waitFor({ state: 'detached', timeout: 1_500 });
  });

  it('see a single record that was shared with them, until it is not', async () => {
    const { page } = owner;
    await page.goto('/records/sales.customer/1');
    await page.getByRole('button', { name: 'More actions' }).first().click();
    await page.getByRole('menuitem', { name: 'Share' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail address').fill(CLERK);
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    await dialog.getByText('May see it').waitFor();
    await owner.picture('share');
    await clerk.page.goto('/records/sales.customer/1');
    await clerk.page.getByRole('heading', { name: /Warung Bu Sri/ }).waitFor();
    await dialog.getByRole('button', { name: 'End sharing with Budi Santoso' }).click();
    await dialog.getByText('May see it').waitFor({ state: 'detached' });
    await clerk.page.reload();
    await clerk.page.getByText('There is no such record').first().waitFor();
  });

  it('have what is kept about them given out and erased', async () => {
    const { page } = owner;
    await page.goto('/settings/personal-data');
    await page.getByRole('button', { name: /Kind of record/ }).click();
    await page.getByRole('option', { name: 'Customer', exact: true }).click();
    await page.getByLabel('Person', { exact: true }).click();
    await page.getByRole('option', { name: /Kafe Senja/ }).click();
    await page.getByText('What stays, and why').waitFor();
    await owner.picture('privacy');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download everything' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('personal-data-sales.customer-2.json');
    await page.getByRole('button', { name: 'Erase…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Asked by letter');
    const erase = dialog.getByRole('button', { name: 'Erase', exact: true });
    expect(await erase.isDisabled()).toBe(true);
    await dialog.getByLabel(/to confirm/).fill('Kafe Senja');
    await owner.picture('privacy-erase');
    await erase.click();
    await page.getByText('Customer #2').waitFor();
    await owner.picture('privacy-erased');
    await page.goto('/records/sales.customer/2');
    await page.getByRole('heading', { name: 'Erased 2' }).waitFor();
  });

  it('look at roles of modules on a phone and in the dark', async () => {
    const { page } = owner;
    await page.goto('/settings/roles/sales.clerk');
    await page.getByText('This role belongs to a module').waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await owner.picture('roles-dark');
    await page.setViewportSize({ width: 390, height: 844 });
    await owner.picture('roles-phone');
    for (const path of ['/settings', '/settings/personal-data', '/settings/roles']) {
      await page.goto(path);
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      await owner.picture(`phone${path.replaceAll('/', '-')}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 860 });
  });
});
