import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import { createLog } from '../base/log.ts';
import { storedInstant } from '../base/clock.ts';
import { statement } from '../storage/statement.ts';
import type { Reader } from '../storage/database.ts';
import { testBackends } from '../storage/test-server.ts';
import { setApprovalLimit } from '../workflow/limits.ts';
import { notificationsOf } from '../workflow/notifications.ts';
import { boss, clerk, openTestOffice } from '../workflow/test-office.ts';
import type { TestOffice } from '../workflow/test-office.ts';
import { EMPTY_LAYER } from './company-layer.ts';
import type { CompanyRuntime } from './company.ts';
import { EffectFault } from './effect-fault.ts';
import { Effects } from './effects.ts';
import type { Outside } from './effects.ts';
import type { Letter } from './mail.ts';
import { Outbox } from './outbox.ts';
import { eventOf, listFailures, retryFailure, takeRows } from './outbox-queue.ts';
import type { WebhookCall } from './webhook.ts';

const REQUEST = 'office.request';

const automations: readonly Readonly<Record<string, unknown>>[] = [
  {
    automation: 'office.greet',
    label: { en: 'New thing', id: 'Barang baru' },
    entity: 'office.thing',
    on: 'created',
    when: "name != 'Silent'",
    do: [{ set: { seen: 'seen + 1' } }, { notify: 'boss' }],
  },
  {
    automation: 'office.order-it',
    entity: REQUEST,
    on: 'submitted',
    do: [{ create: 'office.request-to-order' }],
  },
  {
    automation: 'office.write',
    entity: REQUEST,
    on: { transition: 'reject' },
    when: "asked_of != null and asked_of != ''",
    do: [{ email: { to: 'asked_of', subject: { en: 'Rejected: {reason}' }, body: { en: '{total} is too much' } } }],
  },
  {
    automation: 'office.tell',
    entity: 'office.thing',
    on: 'deleted',
    do: [{ webhook: { url: 'https://hooks.test/gone' } }],
  },
  {
    automation: 'office.tell-name',
    entity: 'office.thing',
    on: { changed: ['name'] },
    do: [{ webhook: { url: 'https://hooks.test/name', fields: ['name'] } }],
  },
  {
    automation: 'office.circle',
    entity: 'office.thing',
    on: { changed: ['seen'] },
    when: "name == 'Endless'",
    do: [{ set: { seen: 'seen + 1' } }],
  },
  {
    automation: 'office.morning',
    entity: 'office.thing',
    on: { schedule: '30 8 * * 1-5' },
    when: 'is_service and seen < 5',
    do: [{ set: { seen: 'seen + 10' } }],
  },
  { automation: 'office.never', entity: 'office.thing', on: 'created', do: [{ notify: 'boss' }], is_active: false },
];

/** The members of the company, as the catalog lists them. */
const catalog = {
  all: () => [
    { id: '1', user_id: boss.id, name: boss.name, email: 'b@x.id', roles: '["office.boss"]', is_active: 1 },
    { id: '2', user_id: '12', name: 'Gone', email: 'g@x.id', roles: '["office.boss"]', is_active: 0 },
    { id: '3', user_id: clerk.id, name: clerk.name, email: 'd@x.id', roles: '["office.clerk"]', is_active: 1 },
  ],
} as unknown as Reader;

describe.each(testBackends)('the outbox on $name', (backend) => {
  let office: TestOffice;
  let company: CompanyRuntime;
  let letters: Letter[];
  let calls: WebhookCall[];
  let mailFault: EffectFault | null;
  let now: number;
  let outbox: Outbox;

  const outside = (): Omit<Outside, 'signal'> => ({
    catalog,
    mailer: {
      send: (letter) => {
        if (mailFault !== null) return Promise.reject(mailFault);
        letters.push(letter);
        return Promise.resolve();
      },
      close: () => undefined,
    },
    callWebhook: (call) => {
      calls.push(call);
      return Promise.resolve();
    },
    webhookKey: () => 'key',
  });
  const openOutbox = (): Outbox => {
    const opened = new Outbox({
      outside: outside(),
      log: createLog('silent'),
      latest: () => Promise.resolve(company),
      companies: () => Promise.resolve([company.entry]),
      now: () => now,
    });
    opened.watch(company);
    return opened;
  };

  beforeEach(async () => {
    office = await openTestOffice(backend, automations);
    await office.context.database.transaction(async (transaction) => {
      await setApprovalLimit(transaction, boss.id, Decimal.parse('1000'));
    });
    const { database, model, cipher } = office.context;
    company = {
      entry: {
        id: '1',
        slug: 'office',
        name: 'Office',
        ownerId: '7',
        locale: 'en',
        currency: 'IDR',
        timezone: 'Asia/Jakarta',
        modelHash: 'office',
        metadataVersion: 1,
      },
      database,
      model,
      modules: new Set(['office']),
      company: {},
      settings: {},
      cipher,
      layer: EMPTY_LAYER,
      inactiveModuleOf: () => null,
    };
    letters = [];
    calls = [];
    mailFault = null;
    // A Friday, 08:29 in Jakarta.
    now = Date.parse('2026-03-13T01:29:00Z');
    outbox = openOutbox();
  });
  afterEach(async () => {
    await outbox.close();
    await office.close();
  });

  const rows = (): Promise<readonly (readonly unknown[])[]> =>
    office.raw('SELECT topic, attempts FROM {schema}.rk_outbox');
  const count = async (name: string): Promise<number> =>
    Number((await office.raw(`SELECT COUNT(*) FROM {schema}.${name}`))[0]?.[0]);
  const execute = (sql: string, ...bindings: string[]): Promise<void> =>
    office.context.database.transaction(async (transaction) => {
      await transaction.run(statement(sql), bindings);
    });
  const rejected = async (asked_of: string): Promise<string> => {
    const thing = (await office.create('office.thing', { name: 'Silent' })).id;
    const { id } = await office.create(REQUEST, { asked_of, lines: [{ thing, quantity: '1', amount: '5' }] });
    await office.act(REQUEST, id, 'ask', clerk);
    await office.act(REQUEST, id, 'reject', boss);
    return id;
  };

  test('rows that nobody listens to go away', async () => {
    await office.create('office.order', {});
    await office.create('office.thing', { name: 'Silent' });
    expect(await count('rk_outbox')).toBe(2);
    await outbox.workOff('1');
    expect(await rows()).toEqual([]);
    expect(await count('rk_notification')).toBe(0);
  });

  test('it wakes by itself after a commit', async () => {
    const { id } = await office.create('office.thing', { name: 'Chair' });
    await expect.poll(async () => (await office.get('office.thing', id))['seen'], { timeout: 5000 }).toBe(1);
  });

  test('an automation sets fields and tells every active member with a role', async () => {
    const { id } = await office.create('office.thing', { name: 'Chair' });
    await outbox.workOff('1');
    expect(await office.get('office.thing', id)).toMatchObject({ seen: 1, updated_by: 'system:office.greet' });
    const { notifications, unread } = await notificationsOf(office.context.database, boss.id, false);
    expect(notifications).toMatchObject([
      {
        label: { en: 'New thing', id: 'Barang baru' },
        entity: 'office.thing',
        recordId: id,
        title: 'Chair',
        readAt: null,
      },
    ]);
    expect(unread).toBe(1);
    expect(await count('rk_notification')).toBe(1);
    expect([await count('rk_outbox'), await count('rk_effect')]).toEqual([0, 0]);
  });

  test('a transition tells the owner, and what follows submitting follows a transition that submits', async () => {
    const thing = (await office.create('office.thing', { name: 'Silent' })).id;
    const { id } = await office.create(REQUEST, { lines: [{ thing, quantity: '4', amount: '5' }] });
    await office.act(REQUEST, id, 'ask', clerk);
    await office.act(REQUEST, id, 'approve', boss);
    await outbox.workOff('1');
    expect((await notificationsOf(office.context.database, clerk.id, true)).notifications).toMatchObject([
      { label: { en: 'Approve' }, entity: REQUEST, recordId: id },
    ]);
    const [order] = await office.raw('SELECT request_id, stage, created_by FROM {schema}.office_order');
    expect(order?.map(String)).toEqual([id, 'draft', 'system:office.order-it']);
  });

  test('killed between an effect and its end, everything comes about once', async () => {
    const thing = (await office.create('office.thing', { name: 'Chair' })).id;
    const { rows: taken } = await takeRows(office.context.database, () => true);
    for (const row of taken) {
      const event = eventOf(row);
      if (event === null) throw new Error('A row says nothing.');
      const signal = new AbortController().signal;
      await new Effects(company, { ...outside(), signal }, row, event).bringAbout();
    }
    expect(await count('rk_notification')).toBe(1);
    await outbox.workOff('1');
    // The process died: its time is over, and somebody else takes the row.
    await execute('UPDATE {schema}.rk_outbox SET next_attempt_at = ?', storedInstant(Date.now() - 1));
    await outbox.workOff('1');
    expect(await office.get('office.thing', thing)).toMatchObject({ seen: 1 });
    expect([await count('rk_notification'), await count('rk_outbox'), await count('rk_effect')]).toEqual([1, 0, 0]);
  });

  test('two processes at once bring everything about once', async () => {
    const other = openOutbox();
    for (let number = 0; number < 20; number += 1) await office.create('office.thing', { name: `Thing ${number}` });
    await Promise.all([outbox.workOff('1'), other.workOff('1')]);
    await Promise.all([outbox.workOff('1'), other.workOff('1')]);
    await other.close();
    expect(await count('rk_notification')).toBe(20);
    const seen = await office.raw('SELECT DISTINCT seen FROM {schema}.office_thing');
    expect(seen.map((row) => row.map(Number))).toEqual([[1]]);
  });

  test('webhooks hear of changed fields and of records that went', async () => {
    const { id } = await office.create('office.thing', { name: 'Silent' });
    await office.update('office.thing', id, { seen: 3 });
    await office.update('office.thing', id, { name: 'Loud' });
    await outbox.workOff('1');
    await office.remove('office.thing', id);
    await outbox.workOff('1');
    expect(calls.map(({ url }) => url)).toEqual(['https://hooks.test/name', 'https://hooks.test/gone']);
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({
      event: 'record.updated',
      entity: 'office.thing',
      id,
      record: { id, name: 'Loud' },
    });
    expect(JSON.parse(calls[0]?.body ?? '')).not.toHaveProperty('record.seen');
    expect(JSON.parse(calls[1]?.body ?? '')).toMatchObject({ id, record: null });
  });

  test('a letter is written in words of the record', async () => {
    await rejected('someone@example.com');
    await outbox.workOff('1');
    expect(letters).toMatchObject([
      { to: 'someone@example.com', subject: 'Rejected: no: Budi', body: '5 is too much', attachments: [] },
    ]);
  });

  test('what fails is put off, then given up and kept, and can be tried again', async () => {
    mailFault = new EffectFault('mail-refused');
    await rejected('someone@example.com');
    await outbox.workOff('1');
    expect(await rows()).toEqual([['record.transition', 1]]);
    await outbox.workOff('1');
    expect(await rows()).toEqual([['record.transition', 1]]);

    await execute('UPDATE {schema}.rk_outbox SET attempts = 9, next_attempt_at = NULL');
    await outbox.workOff('1');
    expect(await rows()).toEqual([]);
    const [failure] = await listFailures(office.context.database);
    expect(failure).toMatchObject({ code: 'mail-refused', source: 'automation:office.write', attempts: 10 });

    mailFault = null;
    expect(await retryFailure(office.context.database, failure?.id ?? '')).toBe(true);
    await outbox.workOff('1');
    expect(letters).toHaveLength(1);
    expect([await count('rk_outbox'), await count('rk_outbox_failure')]).toEqual([0, 0]);
  });

  test('without a mail server letters wait among the failures at once', async () => {
    mailFault = new EffectFault('mail-not-set-up', {}, { isFinal: true });
    await rejected('someone@example.com');
    await outbox.workOff('1');
    expect(await listFailures(office.context.database)).toMatchObject([{ code: 'mail-not-set-up', entity: REQUEST }]);
  });

  test('an automation that leads to itself is stopped and told of', async () => {
    const { id } = await office.create('office.thing', { name: 'Endless' });
    await outbox.workOff('1');
    // Once by the greeting, which is the first level, and once for each level after it.
    expect(await office.get('office.thing', id)).toMatchObject({ seen: 5 });
    expect(await listFailures(office.context.database)).toMatchObject([
      { code: 'loop', source: 'automation:office.circle', parameters: { levels: '5' } },
    ]);
    expect(await rows()).toEqual([]);
  });

  test('a schedule comes up once for the records it is for, whatever the clock does', async () => {
    await office.create('office.thing', { name: 'Silent' });
    await office.create('office.thing', { name: 'Cleaning', is_service: true });
    const seen = async (): Promise<readonly number[]> =>
      (await office.raw('SELECT seen FROM {schema}.office_thing ORDER BY name')).map(([value]) => Number(value));
    await outbox.workOff('1');
    expect(await seen()).toEqual([1, 0]);
    now += 60_000;
    await outbox.workOff('1');
    expect(await seen()).toEqual([11, 0]);
    await execute('UPDATE {schema}.office_thing SET seen = 0');
    for (const jump of [0, -3_600_000, 3_600_000]) {
      now += jump;
      await outbox.workOff('1');
      await openAndClose();
    }
    expect(await seen()).toEqual([0, 0]);
    // The next working day is Monday; what was missed meanwhile comes once.
    now = Date.parse('2026-03-18T05:00:00Z');
    await outbox.workOff('1');
    expect(await seen()).toEqual([10, 0]);
  });

  async function openAndClose(): Promise<void> {
    const other = openOutbox();
    await other.workOff('1');
    await other.close();
  }

  test('closing waits for what is under way and begins nothing new', async () => {
    await office.create('office.thing', { name: 'Chair' });
    await outbox.close();
    await outbox.workOff('1');
    expect(await count('rk_outbox')).toBe(1);
  });
});
