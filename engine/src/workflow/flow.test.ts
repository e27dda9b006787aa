import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { testBackends } from '../storage/test-server.ts';
import { setApprovalLimit } from './limits.ts';
import { boss, clerk, openTestOffice } from './test-office.ts';
import type { TestOffice } from './test-office.ts';

const REQUEST = 'office.request';
const FLOW = 'office.request-to-order';

describe.each(testBackends)('flows on $name', (backend) => {
  let office: TestOffice;
  let chair: string;
  let cleaning: string;
  beforeAll(async () => {
    office = await openTestOffice(backend);
    chair = (await office.create('office.thing', { name: 'Chair' })).id;
    cleaning = (await office.create('office.thing', { name: 'Cleaning', is_service: true })).id;
    await office.context.database.transaction(async (transaction) => {
      await setApprovalLimit(transaction, boss.id, Decimal.parse('1000'));
    });
  });
  afterAll(() => office.close());

  const approved = async (): Promise<JsonRecord> => {
    const lines = [
      { thing: chair, quantity: '5' },
      { thing: cleaning, quantity: '1' },
      { thing: chair, quantity: '3' },
    ];
    const { id } = await office.create(REQUEST, { lines });
    await office.act(REQUEST, id, 'ask', clerk);
    return office.act(REQUEST, id, 'approve', boss);
  };
  const rowsOf = (record: JsonRecord): JsonRecord[] => record['lines'] as JsonRecord[];

  test('the next document carries what is open, and its defaults fill the rest', async () => {
    const request = await approved();
    const order = await office.flow(REQUEST, request.id, FLOW);
    expect(order).toMatchObject({
      request: request.id,
      kind: 'rush',
      note: 'from the default',
      date: '2026-03-14',
      stage: 'draft',
      number: null,
    });
    expect(rowsOf(order)).toMatchObject([
      { thing: chair, quantity: '5.0000', doubled: '10.0000', request_line: rowsOf(request)[0]?.id },
      { thing: chair, quantity: '3.0000', doubled: '6.0000', request_line: rowsOf(request)[2]?.id },
    ]);
  });

  test('what was taken already is not carried again', async () => {
    const request = await approved();
    const first = await office.flow(REQUEST, request.id, FLOW);
    const [one, two] = rowsOf(first);
    await office.update('office.order', first.id, {
      lines: [
        { id: one?.id, quantity: '5' },
        { id: two?.id, quantity: '1' },
      ],
    });
    await office.act('office.order', first.id, 'submit', clerk);
    const second = await office.flow(REQUEST, request.id, FLOW);
    expect(rowsOf(second)).toMatchObject([{ thing: chair, quantity: '2.0000' }]);
    await office.act('office.order', second.id, 'submit', clerk);
    await expect(office.flow(REQUEST, request.id, FLOW)).rejects.toMatchObject({ code: 'nothing-open' });
    expect(await office.open(REQUEST, request.id, clerk)).toMatchObject([{ name: FLOW, kind: 'flow', allowed: false }]);
  });

  test('a draft is carried nowhere', async () => {
    const { id } = await office.create(REQUEST, { lines: [{ thing: chair, quantity: '1' }] });
    await expect(office.flow(REQUEST, id, FLOW)).rejects.toMatchObject({ code: 'wrong-state' });
    expect((await office.open(REQUEST, id, clerk)).filter(({ kind }) => kind === 'flow')).toEqual([]);
  });

  test('a flow that is not there is not found', async () => {
    const { id } = await approved();
    await expect(office.flow(REQUEST, id, 'office.thing-to-request')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a record that is no document starts one, with a row for itself', async () => {
    const request = await office.flow('office.thing', chair, 'thing-to-request');
    expect(request).toMatchObject({ reason: 'again: Chair', status: 'draft' });
    expect(rowsOf(request)).toMatchObject([{ thing: chair, quantity: '1.0000' }]);
  });
});
