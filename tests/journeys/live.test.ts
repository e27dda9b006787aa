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

describe('two people at the same records', () => {
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
    await signUp(owner, 'owner@example.com', 'Dewi Lestari', 'Toko Bersama');
    await signUp(clerk, 'clerk@example.com', 'Budi Santoso', 'Lain');
    await call(owner, 'POST', '/user-modules', { module: 'sales' });
    await call(owner, 'POST', '/members', { email: 'clerk@example.com', roles: ['sales.clerk'] });
    await call(clerk, 'POST', '/auth/invitation/accept', { token: await invitationTo('clerk@example.com') });
    await call(owner, 'POST', '/records/sales.customer', { name: 'Warung Bu Sri', city: 'Bandung' });
    // The company used last is the one that is meant.
    await call(clerk, 'GET', '/metadata', undefined, { 'X-Company': 'toko-bersama' });
    await used(clerk, 'toko-bersama');
  });
  afterAll(async () => {
    await browser.close();
    await server.remove();
    await mail.close();
  });
  afterEach(() => {
    expect([owner.troubles, clerk.troubles]).toEqual([[], []]);
  });

  /** Waits until a company is the one that was used last: that is noted a moment later. */
  async function used(visitor: Visitor, slug: string): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      const { company } = (await call(visitor, 'GET', '/auth/me')) as { company: { slug: string } };
      if (company.slug === slug) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`“${slug}” was not used.`);
  }

  /** The secret in the letter that invites an address. */
  async function invitationTo(email: string): Promise<string> {
    for (let tries = 0; tries < 100; tries += 1) {
      const letter = mail.received.find(({ to, text }) => to.includes(email) && text.includes('/invitation#'));
      const secret = /\/invitation#([\w-]{43})/.exec(letter?.text ?? '')?.[1];
      if (secret !== undefined) return secret;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`No letter invited ${email}.`);
  }

  /** Asks the API as the person whose browser it is. */
  async function call(
    { page }: Visitor,
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const me = await page.request.get('/api/v1/auth/me');
    const token = ((await me.json()) as { data?: { csrf_token: string } }).data?.csrf_token ?? '';
    const answer = await page.request.fetch(`/api/v1${path}`, {
      method,
      headers: { 'X-CSRF-Token': token, ...headers },
      ...(body === undefined ? {} : { data: body }),
    });
    expect({ path, ok: answer.ok() }).toEqual({ path, ok: true });
    return ((await answer.json()) as { data: unknown }).data;
  }

  async function signUp({ page }: Visitor, email: string, name: string, company: string): Promise<void> {
    await page.goto('/');
    const answer = await page.request.post('/api/v1/auth/register', {
      data: { name, email, password: PASSWORD, company_name: company, business_type: 'bakery', locale: 'en' },
    });
    expect(answer.status()).toBe(201);
    await page.evaluate(() => localStorage.setItem('rangka.signed-in', 'true'));
  }

  it('shows in the list what the other one enters', async () => {
    await clerk.page.goto('/records/sales.customer');
    await clerk.page.getByText('Warung Bu Sri').first().waitFor();
    await call(owner, 'POST', '/records/sales.customer', { name: 'Kafe Senja' });
    await clerk.page.getByText('Kafe Senja').first().waitFor();
  });

  it('shows in an open record what the other one saves', async () => {
    for (const { page } of [owner, clerk]) {
      await page.goto('/records/sales.customer/1');
      await page.getByRole('heading', { name: /Warung Bu Sri/ }).waitFor();
    }
    await owner.page.getByLabel('City').fill('Cimahi');
    await owner.page.keyboard.press('Tab');
    await clerk.page.getByText('Dewi Lestari editing').waitFor();
    await clerk.picture('live-presence');
    await owner.page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => clerk.page.getByLabel('City').inputValue()).toBe('Cimahi');
    await clerk.page.getByText('Dewi Lestari editing').waitFor({ state: 'detached' });
  });

  it('keeps what one is typing, and says who saved meanwhile', async () => {
    await clerk.page.getByLabel('City').fill('Garut');
    await clerk.page.keyboard.press('Tab');
    await owner.page.getByLabel('City').fill('Solo');
    await owner.page.keyboard.press('Tab');
    await owner.page.getByRole('button', { name: 'Save' }).click();
    await clerk.page.getByText('Dewi Lestari saved this record while you changed it.').waitFor();
    expect(await clerk.page.getByLabel('City').inputValue()).toBe('Garut');
    await clerk.picture('live-overtaken');
    await clerk.page.getByRole('button', { name: 'Load theirs' }).click();
    await expect.poll(() => clerk.page.getByLabel('City').inputValue()).toBe('Solo');
  });

  it('takes the record away within a second when the right to see it is taken', async () => {
    const members = (await call(owner, 'GET', '/members')) as { id: string; email: string }[];
    const id = members.find(({ email }) => email === 'clerk@example.com')?.id ?? '';
    await call(owner, 'PATCH', `/members/${id}`, { roles: ['user'] });
    await clerk.page.getByLabel('City').waitFor({ state: 'detached', timeout: 2_000 });
    await clerk.picture('live-taken-away');
  });
});
