import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { statement } from '../storage/statement.ts';
import { testBackends } from '../storage/test-server.ts';
import { setApprovalLimit } from './limits.ts';
import { boss, clerk, openTestOffice, partner } from './test-office.ts';
import type { TestOffice } from './test-office.ts';

const REQUEST = 'office.request';

describe.each(testBackends)('transitions on $name', (backend) => {
  let office: TestOffice;
  let thing: string;
  beforeAll(async () => {
    office = await openTestOffice(backend);
    thing = (await office.create('office.thing', { name: 'Chair' })).id;
    await office.context.database.transaction(async (transaction) => {
      await setApprovalLimit(transaction, boss.id, Decimal.parse('1000'));
    });
  });
  afterAll(() => office.close());

  const request = (amount: string, actor = clerk): Promise<JsonRecord> =>
    office.create(REQUEST, { lines: [{ thing, quantity: '2', amount }] }, actor);
  const waiting = async (amount: string, actor = clerk): Promise<JsonRecord> =>
    office.act(REQUEST, (await request(amount, actor)).id, 'ask', actor);

  test('a new record starts in the first state, and moves through the others', async () => {
    const { id, status } = await request('500');
    expect(status).toBe('draft');
    expect(await office.act(REQUEST, id, 'ask', clerk)).toMatchObject({ status: 'waiting', stage: 'draft' });
    const approved = await office.act(REQUEST, id, 'approve', boss);
    expect(approved).toMatchObject({ status: 'approved', stage: 'submitted' });
    expect(approved['number']).toMatch(/^REQ-2026-\d{3}$/);
    expect(await office.act(REQUEST, id, 'withdraw', boss)).toMatchObject({ status: 'withdrawn', stage: 'cancelled' });
    const history = await office.raw(
      `SELECT action, actor_name FROM {schema}.rk_history WHERE entity = '${REQUEST}' AND record_id = ${id} ORDER BY id`,
    );
    expect(history).toEqual([
      ['create', 'Dewi'],
      ['ask', 'Dewi'],
      ['approve', 'Budi'],
      ['withdraw', 'Budi'],
    ]);
  });

  test('a draft from before there was a workflow begins with its first state', async () => {
    const { id } = await request('1');
    await office.context.database.transaction(async (transaction) => {
      await transaction.run(statement(`UPDATE {schema}.office_request SET status = 'submitted' WHERE id = ${id}`));
    });
    expect(await office.act(REQUEST, id, 'ask', clerk)).toMatchObject({ status: 'waiting' });
  });

  test('a transition is refused from another state', async () => {
    const { id } = await request('1');
    await expect(office.act(REQUEST, id, 'approve', boss)).rejects.toMatchObject({
      code: 'wrong-state',
      parameters: { status: 'draft' },
    });
  });

  test.each(['submit', 'cancel'])('%s is left to the transitions', async (action) => {
    const { id } = await request('1');
    await expect(office.act(REQUEST, id, action, boss)).rejects.toMatchObject({ code: 'wrong-state' });
  });

  test('an action that nobody defined is not found', async () => {
    const { id } = await request('1');
    await expect(office.act(REQUEST, id, 'celebrate', boss)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a transition needs one of its roles', async () => {
    const { id } = await waiting('1');
    await expect(office.act(REQUEST, id, 'approve', clerk)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('whoever made the document does not approve it where that is forbidden', async () => {
    const { id } = await waiting('1', boss);
    await expect(office.act(REQUEST, id, 'approve', boss)).rejects.toMatchObject({ code: 'self-approval' });
  });

  test.each([
    ['1000', boss, null],
    ['1000.01', boss, '1,000.01 is more than you may decide'],
    ['0.01', partner, '0.01 is more than you may decide'],
  ])('%s is decided by %s: %s', async (amount, actor, message) => {
    const { id } = await waiting(amount);
    const taken = office.act(REQUEST, id, 'approve', actor);
    if (message === null) await expect(taken).resolves.toMatchObject({ status: 'approved' });
    else {
      await expect(taken).rejects.toMatchObject({
        code: 'invalid',
        faults: [{ code: 'guard', message: { en: message } }],
      });
    }
  });

  test('a refused transition leaves nothing behind', async () => {
    const { id } = await waiting('2000');
    const before = await office.raw('SELECT COUNT(*) FROM {schema}.rk_outbox');
    await expect(office.act(REQUEST, id, 'approve', boss)).rejects.toMatchObject({ code: 'invalid' });
    expect(await office.get(REQUEST, id)).toMatchObject({ status: 'waiting', version: '2', number: null });
    expect(await office.raw('SELECT COUNT(*) FROM {schema}.rk_outbox')).toEqual(before);
  });

  test('a transition sets fields of the record', async () => {
    const { id } = await waiting('1');
    expect(await office.act(REQUEST, id, 'reject', boss)).toMatchObject({ status: 'rejected', reason: 'no: Budi' });
  });

  test('a draft is changed only in states that let it', async () => {
    const { id } = await waiting('1');
    await expect(office.update(REQUEST, id, { reason: 'x' })).rejects.toMatchObject({ code: 'not-a-draft' });
    await office.act(REQUEST, id, 'reject', boss);
    expect(await office.update(REQUEST, id, { reason: 'better' })).toMatchObject({ reason: 'better' });
  });

  describe('with several approvals', () => {
    test('different people must agree', async () => {
      const { id } = await waiting('5000');
      const first = await office.act(REQUEST, id, 'approve-together', boss);
      expect(first).toMatchObject({ status: 'waiting', version: '2' });
      await expect(office.act(REQUEST, id, 'approve-together', boss)).rejects.toMatchObject({
        code: 'already-approved',
        parameters: { missing: '1' },
      });
      expect(await office.act(REQUEST, id, 'approve-together', partner)).toMatchObject({ status: 'approved' });
    });

    test('two at once move the record once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { id } = await waiting('5000');
        await Promise.all([boss, partner].map((actor) => office.act(REQUEST, id, 'approve-together', actor)));
        expect(await office.get(REQUEST, id)).toMatchObject({ status: 'approved', version: '3' });
        const vouchers = `SELECT COUNT(*) FROM {schema}.rk_voucher WHERE entity = '${REQUEST}' AND record_id = ${id}`;
        expect(Number((await office.raw(vouchers))[0]?.[0])).toBe(1);
      }
    });

    test('the same person twice at once counts once', async () => {
      const { id } = await waiting('5000');
      const taken = await Promise.allSettled(
        [boss, boss].map((actor) => office.act(REQUEST, id, 'approve-together', actor)),
      );
      expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await office.get(REQUEST, id)).toMatchObject({ status: 'waiting' });
    });

    test('an approval counts for the record as it was approved', async () => {
      const { id } = await waiting('5000');
      await office.act(REQUEST, id, 'approve-together', boss);
      await office.act(REQUEST, id, 'reject', boss);
      await office.act(REQUEST, id, 'ask', clerk);
      expect(await office.act(REQUEST, id, 'approve-together', partner)).toMatchObject({ status: 'waiting' });
    });
  });

  describe('for a member who is away', () => {
    const away = { id: boss.id, name: boss.name, roles: boss.roles };
    const deputy = { ...clerk, id: '11', name: 'Tono' };

    test('somebody else uses the right and the limit, and the history says so', async () => {
      const { id } = await waiting('900');
      await expect(office.act(REQUEST, id, 'approve', deputy)).rejects.toMatchObject({ code: 'forbidden' });
      expect(await office.act(REQUEST, id, 'approve', deputy, [away])).toMatchObject({ status: 'approved' });
      const [last] = await office.raw(
        `SELECT actor_id, actor_name FROM {schema}.rk_history WHERE entity = '${REQUEST}' AND record_id = ${id} ORDER BY id DESC LIMIT 1`,
      );
      expect(last).toEqual(['11', 'Tono (p.p. Budi)']);
    });

    test('nobody approves their own work through a deputy, nor twice', async () => {
      const { id } = await waiting('1', boss);
      await expect(office.act(REQUEST, id, 'approve', deputy, [away])).rejects.toMatchObject({ code: 'self-approval' });
      await office.act(REQUEST, id, 'approve-together', deputy, [away]);
      await expect(office.act(REQUEST, id, 'approve-together', boss)).rejects.toMatchObject({
        code: 'already-approved',
      });
    });
  });

  test('what is open to each person, and why not', async () => {
    const { id } = await waiting('2000');
    expect((await office.open(REQUEST, id, clerk)).map(({ name }) => name)).toEqual([]);
    expect(await office.open(REQUEST, id, boss)).toEqual([
      {
        name: 'approve',
        label: 'Approve',
        kind: 'transition',
        tone: 'plain',
        allowed: false,
        reason: '2,000 is more than you may decide',
      },
      { name: 'approve-together', label: 'Approve together', kind: 'transition', tone: 'primary', allowed: true },
      { name: 'reject', label: 'Reject', kind: 'transition', tone: 'plain', allowed: true },
    ]);
  });
});
