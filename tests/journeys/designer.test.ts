import { readFile } from 'node:fs/promises';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, visit } from '../support/browser.ts';
import type { Visitor } from '../support/browser.ts';
import { startMailServer } from '../support/mail-server.ts';
import type { MailServer } from '../support/mail-server.ts';
import { startServer } from '../support/server.ts';
import type { Server } from '../support/server.ts';
import { skipAfterFailure } from '../support/steps.ts';

const PASSWORD = 'roti hangat tiap pagi';

/** The dimensions of an entry on an account, in rupiah. */
const place = (account: string) => ({
  account: `find('accounting.account', code: '${account}')`,
  currency: "find('accounting.currency', code: 'IDR')",
});

describe('a module made in the designer', () => {
  let server: Server;
  let mail: MailServer;
  let browser: Browser;
  let admin: Visitor;
  let exported: string;

  skipAfterFailure();
  beforeAll(async () => {
    mail = await startMailServer();
    [server, browser] = await Promise.all([startServer({ RANGKA_SMTP_URL: mail.url }), openBrowser()]);
    admin = await visit(browser, server.url, { locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    await signUp(admin, 'dewi@example.com', 'Sewa Alat Maju');
    await call(admin, 'POST', '/user-modules', { module: 'accounting' });
  });
  afterAll(async () => {
    await browser.close();
    await server.remove();
    await mail.close();
  });
  afterEach(async () => {
    await admin.picture('designer-last');
    expect(admin.troubles).toEqual([]);
  });

  async function signUp({ page }: Visitor, email: string, company: string): Promise<void> {
    await page.goto('/');
    const answer = await page.request.post('/api/v1/auth/register', {
      data: {
        name: 'Dewi Lestari',
        email,
        password: PASSWORD,
        company_name: company,
        business_type: 'services',
        locale: 'en',
      },
    });
    expect([answer.status(), await answer.text()]).toEqual([201, expect.any(String)]);
    await page.evaluate(() => localStorage.setItem('rangka.signed-in', 'true'));
  }

  /** Asks the API as the person whose browser it is. */
  async function call({ page }: Visitor, method: string, path: string, body?: unknown): Promise<unknown> {
    const me = await page.request.get('/api/v1/auth/me');
    const token = ((await me.json()) as { data?: { csrf_token: string } }).data?.csrf_token ?? '';
    const answer = await page.request.fetch(`/api/v1${path}`, {
      method,
      headers: { 'X-CSRF-Token': token },
      ...(body === undefined ? {} : { data: body }),
    });
    expect([path, answer.ok(), await answer.text()]).toEqual([path, true, expect.any(String)]);
    return ((await answer.json()) as { data: unknown }).data;
  }

  /** The secret in the letter that invites an address. */
  async function invitationTo(email: string): Promise<string> {
    const found = (): string | undefined =>
      mail.received
        .filter(({ to }) => to.includes(email))
        .map(({ text }) => /\/invitation#([\w-]{43})/.exec(text)?.[1])
        .find((secret) => secret !== undefined);
    await expect.poll(found, { timeout: 10_000 }).toBeDefined();
    return found() ?? '';
  }

  /** Chooses from one of our lists. */
  async function choose(control: Locator, option: string | RegExp): Promise<void> {
    await control.click();
    await admin.page.getByRole('option', { name: option }).first().click();
  }

  /** Makes a document through the dialog behind the plus of a module. */
  async function make(kind: string, facts: { label?: string; entity?: RegExp; entityKind?: string }): Promise<void> {
    const { page } = admin;
    await page.getByRole('button', { name: 'New in Rental' }).click();
    const dialog = page.getByRole('dialog');
    await choose(dialog.getByRole('button', { name: /^What\b/ }), new RegExp(`^${kind}`));
    if (facts.entity !== undefined)
      await choose(dialog.getByRole('button', { name: /About which entity/ }), facts.entity);
    if (facts.label !== undefined) await dialog.getByLabel('What people call it').fill(facts.label);
    if (facts.entityKind !== undefined) await dialog.getByRole('radio', { name: facts.entityKind }).click();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** Takes a type from the palette and gives the field its name and label. */
  async function addField(type: string, name: string, label: string): Promise<void> {
    const { page } = admin;
    await page.locator(`[data-type="${type}"]`).click();
    const inspector = page.getByRole('complementary', { name: 'The chosen field' });
    await inspector.getByLabel('Name in programs').fill(name);
    await inspector.getByLabel('Name in programs').press('Tab');
    await page.locator('[aria-current="true"]', { hasText: name }).first().waitFor();
    await property('Label');
    await inspector.getByLabel('Label (en)').fill(label);
  }

  /** Adds a property to what is being edited. */
  async function property(name: string): Promise<void> {
    await admin.page.getByRole('button', { name, exact: true }).last().click();
  }

  async function publish(note: string): Promise<void> {
    const { page } = admin;
    await page.getByRole('button', { name: 'Review and publish' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What is it for?').fill(note);
    await admin.picture(`designer-plan-${note.replaceAll(' ', '-')}`);
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  it('begins with a module of its own', async () => {
    const { page } = admin;
    await page.goto('/designer/');
    await page.getByRole('button', { name: 'New module' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What people call it').fill('Rental');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Rental' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/designer/module/rental');
    await page.getByText('All changes kept as draft').waitFor();
  });

  it('has three entities with fields from the palette', async () => {
    const { page } = admin;
    await make('Entity', { label: 'Machine', entityKind: 'Master data' });
    await addField('money', 'day_rate', 'Rate per day');
    await make('Entity', { label: 'Contract line', entityKind: 'Lines' });
    await addField('link', 'machine', 'Machine');
    const inspector = page.getByRole('complementary', { name: 'The chosen field' });
    await inspector.getByRole('combobox', { name: 'To' }).fill('rental.machine');
    await addField('quantity', 'days', 'Days');
    await addField('money', 'amount', 'Amount');
    await property('Computed');
    const formula = inspector.getByRole('combobox', { name: 'Computed' });
    await formula.fill('');
    await formula.pressSequentially('days * machine.day');
    await page.getByRole('option', { name: /day_rate/ }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => formula.inputValue()).toBe('days * machine.day_rate');
    await admin.picture('designer-expression');
    await make('Entity', { label: 'Contract', entityKind: 'Document' });
    await addField('text', 'client', 'Client');
    await addField('lines', 'lines', 'Lines');
    await inspector.getByRole('combobox', { name: 'Rows of' }).fill('rental.contract-line');
    await addField('money', 'total', 'Total');
    await property('Computed');
    await inspector.getByRole('combobox', { name: 'Computed' }).fill('sum(lines.amount)');
    await page.getByRole('button', { name: 'No problems' }).waitFor();
    await admin.picture('designer-fields');
  });

  it('tells a fault while it is typed, with its place and what would be right', async () => {
    const { page } = admin;
    const inspector = page.getByRole('complementary', { name: 'The chosen field' });
    const formula = inspector.getByRole('combobox', { name: 'Computed' });
    await formula.fill('sum(lines.amont)');
    await inspector.getByText(/Did you mean/).waitFor();
    await page.getByRole('button', { name: '1 problem' }).click();
    await admin.picture('designer-fault');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => formula.inputValue()).toBe('sum(lines.amount)');
    await page.getByRole('button', { name: 'No problems' }).click();
  });

  it('lays its form out on a preview', async () => {
    const { page } = admin;
    await page.getByRole('tab', { name: 'Form' }).click();
    await page.getByRole('button', { name: 'Add a section' }).click();
    await page.getByLabel('Heading (en)').last().fill('Summary');
    const total = page.locator('[data-placed="total"]');
    await total.focus();
    for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('Alt+ArrowDown');
    await page
      .getByRole('heading', { name: 'Summary' })
      .or(page.getByRole('button', { name: 'Summary' }))
      .first()
      .waitFor();
    await admin.picture('designer-form');
  });

  it('has a workflow, a role and a posting', async () => {
    const { page } = admin;
    await make('Workflow', { entity: /Contract\s*rental\.contract$/ });
    await page.getByText('Approved').first().waitFor();
    await admin.picture('designer-workflow');

    await make('Role', { label: 'Clerk' });
    await page.getByRole('searchbox', { name: 'Search entities' }).fill('rental');
    for (const action of ['Create', 'Change', 'Submit'])
      await page.getByRole('checkbox', { name: `Contract: ${action}` }).click();
    await page.getByRole('checkbox', { name: 'Machine: Read' }).click();
    await admin.picture('designer-matrix');

    await make('Posting', { entity: /Contract\s*rental\.contract$/ });
    await page.getByRole('tab', { name: 'Source' }).click();
    const source = page.getByRole('textbox', { name: 'Source' });
    await source.fill(
      JSON.stringify({
        posting: 'rental.contract',
        on: 'submit',
        entries: [
          { ledger: 'accounting.general', debit: 'total', at: place('1110') },
          { ledger: 'accounting.general', credit: 'total', at: place('4100') },
        ],
      }),
    );
    await page.getByRole('tab', { name: 'Properties' }).click();
    await page.getByRole('button', { name: 'No problems' }).waitFor();
    await admin.picture('designer-posting');
  });

  it('is published', async () => {
    await publish('the first version');
    const { page } = admin;
    await page.getByText(/is published/).waitFor();
    await page.goto('/');
    await page.getByRole('link', { name: 'Contracts' }).waitFor();
  });

  it('is used like any other', async () => {
    const { page } = admin;
    await call(admin, 'POST', '/records/rental.machine', { name: 'Excavator', day_rate: '1500000' });
    await page.goto('/records/rental.contract/new');
    await page.getByLabel('Client').fill('PT Bangun Jaya');
    const contract = (await call(admin, 'POST', '/records/rental.contract', {
      client: 'PT Bangun Jaya',
      lines: [{ machine: '1', days: '3' }],
    })) as { id: string; total: string };
    expect(contract.total).toBe('4500000.00');
    await page.goto(`/records/rental.contract/${contract.id}`);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved').first().waitFor();
    await admin.picture('designer-used');
    const entries = (await call(admin, 'GET', '/ledgers/accounting.general/entries')) as { debit: string }[];
    expect(entries.map(({ debit }) => debit).sort()).toEqual(['0.00', '4500000.00']);
  });

  it('is changed twice: a new field, then another name for it, and its values stay', async () => {
    const { page } = admin;
    await page.goto('/designer/entity/rental.machine');
    await addField('text', 'plate', 'Plate');
    await publish('plates');
    await call(admin, 'PATCH', '/records/rental.machine/1', { plate: 'D 1234 AB', version: 1 });
    await page.goto('/designer/entity/rental.machine');
    await page.locator('[data-field]', { hasText: 'plate' }).click();
    const inspector = page.getByRole('complementary', { name: 'The chosen field' });
    await inspector.getByLabel('Name in programs').fill('licence_plate');
    await inspector.getByLabel('Name in programs').press('Tab');
    await publish('a better name');
    expect(await call(admin, 'GET', '/records/rental.machine/1')).toMatchObject({ licence_plate: 'D 1234 AB' });
  });

  it('returns to an earlier version', async () => {
    const { page } = admin;
    await page.goto('/designer/versions');
    await page.getByText('a better name').waitFor();
    await admin.picture('designer-versions');
    const first = page.getByRole('listitem').filter({ hasText: 'plates' });
    await first.getByRole('button', { name: 'Return to it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Return to it' }).click();
    await page.getByText(/is the same as/).waitFor();
    expect(await call(admin, 'GET', '/records/rental.machine/1')).toMatchObject({ name: 'Excavator' });
  });

  it('tells where the company differs from the standard, and resets it', async () => {
    const { page } = admin;
    await page.goto('/designer/entity/accounting.account');
    await page.locator('[data-field]', { hasText: 'code' }).first().click();
    const inspector = page.getByRole('complementary', { name: 'The chosen field' });
    await inspector.getByLabel('Label (en)').fill('Account number');
    await page.getByText('Adapted').waitFor();
    await publish('another label');
    await page.goto('/designer/differences');
    await page.getByText('Account number').waitFor();
    await admin.picture('designer-differences');
    await page.getByRole('button', { name: 'Reset to standard' }).click();
    await page.getByText('gone with the next publication').waitFor();
    await publish('the standard again');
    await page.getByText('Nothing differs from the standard').waitFor();
  });

  it('is exported, and imported by another company', async () => {
    const { page } = admin;
    await page.goto('/designer/module/rental');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ]);
    exported = await readFile(await download.path(), 'utf8');
    expect(JSON.parse(exported)).toMatchObject({ scope: 'module:rental' });

    const other = await visit(browser, server.url, { locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    await signUp(other, 'budi@example.com', 'Alat Berat Sentosa');
    await call(other, 'POST', '/user-modules', { module: 'accounting' });
    await other.page.goto('/designer/');
    await other.page.getByRole('button', { name: 'Import' }).click();
    await other.page
      .getByLabel('File')
      .setInputFiles({ name: 'rental.json', mimeType: 'application/json', buffer: Buffer.from(exported) });
    await other.page.getByText('rental.contract-line').first().waitFor();
    await other.picture('designer-import');
    await other.page.getByRole('button', { name: 'Publish', exact: true }).click();
    await other.page.getByText('The file is published').waitFor();
    await call(other, 'POST', '/records/rental.machine', { name: 'Crane', day_rate: '2000000' });
    await other.page.goto('/records/rental.machine');
    await other.page.getByText('Crane').first().waitFor();
    expect(other.troubles).toEqual([]);
  });

  it('is shared by colleagues: drafts, presence, and two changes of the same document', async () => {
    const { page } = admin;
    const colleague = await visit(browser, server.url, { locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    await signUp(colleague, 'sri@example.com', 'Lain Lagi');
    await call(admin, 'POST', '/members', { email: 'sri@example.com', roles: ['admin'] });
    await call(colleague, 'POST', '/auth/invitation/accept', { token: await invitationTo('sri@example.com') });
    const { companies } = (await call(colleague, 'GET', '/auth/me')) as { companies: { slug: string }[] };
    const slug = companies.find((each) => each.slug.startsWith('sewa'))?.slug ?? '';
    await colleague.page.request.get('/api/v1/metadata', { headers: { 'X-Company': slug } });
    await expect
      .poll(async () => ((await call(colleague, 'GET', '/auth/me')) as { company: { slug: string } }).company.slug)
      .toBe(slug);

    await page.goto('/designer/entity/rental.machine');
    await addField('text', 'colour', 'Colour');
    await page.getByText('All changes kept as draft').waitFor();
    await colleague.page.goto('/designer/entity/rental.machine');
    await colleague.page.locator('[data-field]', { hasText: 'colour' }).click();
    await page.getByTitle('Dewi Lestari is here').first().waitFor({ state: 'attached' });

    // Both change the same label; neither has heard of the other yet.
    const label = (visitor: Visitor): Locator => visitor.page.getByLabel('Label (en)');
    await page.locator('[data-field]', { hasText: 'colour' }).click();
    const held = await admin.context.newCDPSession(page);
    await held.send('Network.enable');
    await held.send('Network.emulateNetworkConditions', {
      offline: true,
      latency: 0,
      downloadThroughput: 0,
      uploadThroughput: 0,
    });
    await label(admin).fill('Hue');
    await label(colleague).fill('Paint');
    await colleague.page.getByText('All changes kept as draft').waitFor();
    await held.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
    await page.getByText(/changed “entity rental.machine” as well/).waitFor();
    await admin.picture('designer-clash');
    await page.getByRole('button', { name: /^Take over from/ }).click();
    await expect.poll(() => label(admin).inputValue()).toBe('Paint');
    await label(admin).fill('Finish');
    await expect.poll(() => label(colleague).inputValue(), { timeout: 10_000 }).toBe('Finish');
    // Being offline is noted by the browser.
    admin.troubles.splice(0);
    expect(colleague.troubles).toEqual([]);
  });
});
