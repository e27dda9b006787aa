import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, visit } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { startServer } from '../support/server.ts';
import type { Server } from '../support/server.ts';
import { skipAfterFailure } from '../support/steps.ts';

const automation = {
  automation: 'sales.tell-partner',
  label: { en: 'Tell the partner', id: 'Beri tahu mitra' },
  entity: 'sales.customer',
  on: 'created',
  do: [{ email: { to: "'partner@example.com'", subject: 'New', body: '{name}' } }],
};

describe('an automation that cannot reach anybody', () => {
  let server: Server;
  let browser: Browser;
  let owner: Visitor;

  skipAfterFailure();
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), openBrowser()]);
    owner = await visit(browser, server.url, { locale: 'en-GB' });
    await owner.page.goto('/');
    const { request } = owner.page;
    const registered = await request.post('/api/v1/auth/register', {
      data: {
        name: 'Dewi Lestari',
        email: 'dewi@example.com',
        password: 'roti hangat tiap pagi',
        company_name: 'Toko Bersama',
        business_type: 'retail',
        locale: 'en',
      },
    });
    const { data } = (await registered.json()) as { data: { csrf_token: string } };
    const headers = { 'X-CSRF-Token': data.csrf_token };
    const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
      const answer = await request.post(`/api/v1${path}`, { data: body, headers });
      expect([path, answer.status() < 300]).toEqual([path, true]);
      return ((await answer.json()) as { data: Record<string, unknown> }).data;
    };
    await post('/user-modules', { module: 'sales' });
    const changes = [{ kind: 'automation', name: automation.automation, document: automation }];
    const { plan_id } = await post('/metadata/plan', { changes });
    await post('/metadata/apply', { plan_id: plan_id as string });
    for (const name of ['Warung Bu Sri', 'Toko Maju']) await post('/records/sales.customer', { name });
    await owner.page.evaluate(() => localStorage.setItem('rangka.signed-in', 'true'));
  });
  afterAll(async () => {
    await browser.close();
    await server.remove();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await owner.picture('automations-failed');
    expect(owner.troubles).toEqual([]);
  });

  it('is found in the settings, with its reason', async () => {
    const { page } = owner;
    await page.goto('/settings/automations');
    await expect.poll(() => page.getByText('No mail server is set').count(), { timeout: 15_000 }).toBe(2);
    await page
      .getByRole('link', { name: /^Customer #/ })
      .first()
      .waitFor();
    await owner.picture('automations-01');
  });

  it('is tried again, and let go', async () => {
    const { page } = owner;
    await page.getByRole('button', { name: 'Try all again' }).click();
    await page.getByText('All are tried again.').waitFor();
    await expect.poll(() => page.getByText('No mail server is set').count(), { timeout: 30_000 }).toBe(2);
    await page.getByRole('button', { name: 'Let go' }).first().click();
    const dialog = page.getByRole('dialog');
    await owner.picture('automations-02-let-go');
    await dialog.getByRole('button', { name: 'Let go' }).click();
    await expect.poll(() => page.getByText('No mail server is set').count(), { timeout: 10_000 }).toBe(1);
  });

  it('shows the key of webhooks when asked, on a phone too', async () => {
    const { page } = owner;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Show the key' }).click();
    await page.getByText(/^[0-9a-f]{64}$/).waitFor();
    await owner.picture('automations-03-phone');
  });
});
