import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCompanyBySlug } from '../../engine/src/runtime/company-entries.ts';
import type { Reader } from '../../engine/src/storage/database.ts';
import { statement, table } from '../../engine/src/storage/statement.ts';
import { faultsOf, openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

/** What a case sends once everything it needs is there. */
interface Request {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Case {
  readonly what: string;
  readonly prepare: () => Promise<Request>;
  readonly status: number;
  readonly code: string;
  /** Codes of the faults by their pointers; absent where the refusal is about the document as a whole. */
  readonly faults?: Readonly<Record<string, string>>;
}

const TABLES = {
  sqlite: statement("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"),
  mysql: statement('SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1'),
};
/** Written every few seconds by the keeper of the history, whatever is asked. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['rk_history_seal']);
/** Empty once what earlier writes left to be done later is done. */
const QUEUES = ['rk_outbox', 'rk_rollup_queue', 'rk_recost'] as const;

/** Every row of every table of a company, as text. */
async function contentOf(reader: Reader): Promise<Readonly<Record<string, readonly string[]>>> {
  const content: Record<string, readonly string[]> = {};
  const ofSchema = reader.dialect === 'mysql' ? [reader.schema] : [];
  for (const row of await reader.all(TABLES[reader.dialect], ofSchema)) {
    const name = String(row['name']);
    if (NOT_COMPARED.has(name)) continue;
    const rows = await reader.tuples(statement(`SELECT * FROM ${table(name)}`));
    content[name] = rows.map((tuple) => tuple.map(String).join('|')).sort();
  }
  return content;
}

describe.each(places)('bad documents on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let database: Reader;
  const ids: Record<string, string> = {};

  const address = (entity: string, id = ''): string => `/api/v1/records/${entity}${id === '' ? '' : `/${id}`}`;
  const create = async (entity: string, values: object): Promise<string> => {
    const { status, body } = await owner.post(address(entity), values);
    expect(status, JSON.stringify(body)).toBe(201);
    return String(body['data']?.['id']);
  };
  const act = (entity: string, id: string, action: string, body: object = {}): Request => ({
    method: 'POST',
    path: `${address(entity, id)}/actions/${action}`,
    body,
  });
  const send = ({ method, path, body, headers }: Request, more = {}): Promise<Reply> =>
    owner.send(method, path, body, { ...headers, ...more });
  const done = async (request: Request): Promise<Reply> => {
    const reply = await send(request);
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
    return reply;
  };
  const change = async (entity: string, id: string, values: object): Promise<void> => {
    const { body } = await owner.get(address(entity, id));
    await done({ method: 'PATCH', path: address(entity, id), body: { ...values, version: body['data']?.['version'] } });
  };
  const flow = async (entity: string, id: string, name: string): Promise<string> => {
    const { body } = await done({ method: 'POST', path: `${address(entity, id)}/flows/${name}`, body: {} });
    return String(body['data']?.['id']);
  };
  const submitted = async (entity: string, values: object): Promise<string> => {
    const id = await create(entity, values);
    await done(act(entity, id, 'submit'));
    return id;
  };
  const account = async (code: string): Promise<string> => {
    const { body } = await owner.get(`/api/v1/records/accounting.account?filter[code]=${code}`);
    return String(body['data']?.['0']?.['id']);
  };
  const item = (code: string, type = 'stock'): Promise<string> =>
    create('inventory.item', { code, name: code, type, ...(type === 'stock' ? { valuation_method: 'average' } : {}) });

  const journal = (debit: string, credit: string, others: object = {}): object => ({
    date: '2026-01-20',
    lines: [
      { account: ids['rent'], debit },
      { account: ids['bank'], credit },
    ],
    ...others,
  });
  const delivery = (...lines: readonly (readonly [string | undefined, string])[]): object => ({
    date: '2026-01-10',
    lines: lines.map(([id, quantity]) => ({ item: id, quantity })),
  });
  const order = (quantity: string): object => ({
    customer: ids['customer'],
    date: '2026-01-05',
    lines: [{ item: ids['goods'], quantity, rate: '2000' }],
  });
  const invoice = (): Promise<string> =>
    submitted('sales.invoice', {
      customer: ids['customer'],
      date: '2026-01-12',
      lines: [{ item: ids['service'], quantity: '1', rate: '250000' }],
    });
  /** A draft that settles a part of an invoice, made while that much is open. */
  const payment = (document: string, amount: string): Promise<string> =>
    create('accounting.payment', {
      date: '2026-01-15',
      account: ids['bank'],
      party: { entity: 'sales.customer', id: ids['customer'] },
      amount,
      allocations: [{ document: { entity: 'sales.invoice', id: document }, amount }],
    });

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko Salah' });
    for (const module of ['sales', 'purchase']) await owner.post('/api/v1/user-modules', { module });
    const entry = await findCompanyBySlug(gateway.engine.server.catalog, 'toko-salah');
    if (entry === null) throw new Error('The company is not there.');
    ({ database } = await gateway.engine.companies.open(entry));
    [ids['rent'], ids['group'], ids['bank']] = [await account('6110'), await account('6000'), await account('1120')];
    ids['customer'] = await create('sales.customer', { name: 'Warung Sri' });
    ids['goods'] = await item('PAKU');
    ids['service'] = await item('JASA', 'service');
    await submitted('inventory.receipt', {
      date: '2026-01-02',
      lines: [{ item: ids['goods'], quantity: '100', rate: '1000' }],
    });
    await create('accounting.period', { name: '2025-12', from: '2025-12-01', to: '2025-12-31', status: 'closed' });
  });
  afterAll(() => gateway.close());

  /** Waits until what earlier writes left to be done later is done. */
  const settled = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    let before = await contentOf(database);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      await sleep(300);
      const after = await contentOf(database);
      const isDone = QUEUES.every((queue) => (after[queue] ?? []).length === 0);
      if (isDone && JSON.stringify(after) === JSON.stringify(before)) return after;
      before = after;
    }
    throw new Error(`Something goes on: ${QUEUES.map((queue) => `${queue} ${before[queue]?.length}`).join(', ')}`);
  };

  const cases: readonly Case[] = [
    {
      what: 'a day in a closed period',
      prepare: async () =>
        act(
          'accounting.journal-entry',
          await create('accounting.journal-entry', journal('100', '100', { date: '2025-12-31' })),
          'submit',
        ),
      status: 409,
      code: 'period-closed',
      faults: { '/date': 'period-closed' },
    },
    {
      what: 'goods in a closed period',
      prepare: async () =>
        act(
          'inventory.delivery',
          await create('inventory.delivery', { ...delivery([ids['goods'], '1']), date: '2025-12-31' }),
          'submit',
        ),
      status: 409,
      code: 'period-closed',
      faults: { '/date': 'period-closed' },
    },
    {
      what: 'a group account',
      prepare: () =>
        Promise.resolve({
          method: 'POST',
          path: address('accounting.journal-entry'),
          body: {
            date: '2026-01-20',
            lines: [
              { account: ids['group'], debit: '100' },
              { account: ids['bank'], credit: '100' },
            ],
          },
        }),
      status: 422,
      code: 'invalid',
      faults: { '/lines/0/account': 'link-filter' },
    },
    {
      what: 'an account that was closed after the draft was made',
      prepare: async () => {
        const { body } = await owner.get(address('accounting.account', ids['rent']));
        const id = await create('accounting.account', {
          code: '6999',
          name: 'Sementara',
          type: body['data']?.['type'],
        });
        const draft = await create('accounting.journal-entry', {
          date: '2026-01-20',
          lines: [
            { account: id, debit: '100' },
            { account: ids['bank'], credit: '100' },
          ],
        });
        await change('accounting.account', id, { is_active: false });
        return act('accounting.journal-entry', draft, 'submit');
      },
      status: 422,
      code: 'invalid',
      faults: { '/lines/0/account': 'link-filter' },
    },
    {
      what: 'an inactive item',
      prepare: async () => {
        const id = await item('LAMA');
        await change('inventory.item', id, { is_active: false });
        return { method: 'POST', path: address('inventory.delivery'), body: delivery([ids['goods'], '1'], [id, '1']) };
      },
      status: 422,
      code: 'invalid',
      faults: { '/lines/1/item': 'link-filter' },
    },
    {
      what: 'an item that became inactive after the draft was made',
      prepare: async () => {
        const id = await item('USANG');
        const draft = await create('inventory.delivery', delivery([ids['goods'], '1'], [id, '1']));
        await change('inventory.item', id, { is_active: false });
        return act('inventory.delivery', draft, 'submit');
      },
      status: 422,
      code: 'invalid',
      faults: { '/lines/1/item': 'link-filter' },
    },
    {
      what: 'an unbalanced journal',
      prepare: () =>
        Promise.resolve({ method: 'POST', path: address('accounting.journal-entry'), body: journal('100', '90') }),
      status: 422,
      code: 'invalid',
      faults: { '/lines': 'check' },
    },
    {
      what: 'more than the order has open',
      prepare: async () => {
        const from = await submitted('sales.order', order('5'));
        const id = await flow('sales.order', from, 'order-to-delivery');
        const { body } = await owner.get(address('inventory.delivery', id));
        const lines = body['data']?.['lines'] as unknown as readonly { readonly id: string }[];
        await change('inventory.delivery', id, { date: '2026-01-10', lines: [{ id: lines[0]?.id, quantity: '6' }] });
        return act('inventory.delivery', id, 'submit');
      },
      status: 422,
      code: 'invalid',
      faults: { '/lines/0': 'guard' },
    },
    {
      what: 'more than there is in stock, in every row that lacks it',
      prepare: async () => {
        const [none, few] = [await item('KOSONG'), await item('SEDIKIT')];
        const draft = await create('inventory.delivery', delivery([none, '1'], [ids['goods'], '1'], [few, '2']));
        return act('inventory.delivery', draft, 'submit');
      },
      status: 422,
      code: 'invalid',
      faults: { '/lines/0': 'guard', '/lines/2': 'guard' },
    },
    {
      what: 'stock that came only later',
      prepare: async () => {
        const values = { ...delivery([ids['goods'], '1']), date: '2026-01-01' };
        return act('inventory.delivery', await create('inventory.delivery', values), 'submit');
      },
      status: 422,
      code: 'invalid',
      faults: { '/lines/0': 'guard' },
    },
    {
      what: 'an allocation above what is open',
      prepare: async () => {
        const document = await invoice();
        const [first, second] = [await payment(document, '150000'), await payment(document, '150000')];
        await done(act('accounting.payment', first, 'submit'));
        return act('accounting.payment', second, 'submit');
      },
      status: 422,
      code: 'invalid',
      faults: { '/allocations/0': 'guard' },
    },
    {
      what: 'a cancellation of what others build on',
      prepare: async () => {
        const from = await submitted('sales.order', order('5'));
        const id = await flow('sales.order', from, 'order-to-delivery');
        await change('inventory.delivery', id, { date: '2026-01-10' });
        await done(act('inventory.delivery', id, 'submit'));
        return act('sales.order', from, 'cancel');
      },
      status: 409,
      code: 'has-dependents',
    },
    {
      what: 'a cancellation that would take stock which is gone',
      prepare: async () => {
        const id = await item('HABIS');
        const lines = [{ item: id, quantity: '5', rate: '1000' }];
        const receipt = await submitted('inventory.receipt', { date: '2026-01-02', lines });
        await submitted('inventory.delivery', delivery([id, '5']));
        return act('inventory.receipt', receipt, 'cancel');
      },
      status: 422,
      code: 'invalid',
      faults: { '/lines/0': 'guard' },
    },
    {
      what: 'a second submit',
      prepare: async () =>
        act('accounting.journal-entry', await submitted('accounting.journal-entry', journal('100', '100')), 'submit'),
      status: 409,
      code: 'wrong-state',
    },
    {
      what: 'a second cancel',
      prepare: async () => {
        const id = await submitted('accounting.journal-entry', journal('100', '100'));
        await done(act('accounting.journal-entry', id, 'cancel'));
        return act('accounting.journal-entry', id, 'cancel');
      },
      status: 409,
      code: 'wrong-state',
    },
    {
      what: 'a submit of a version that is no longer the latest',
      prepare: async () => {
        const id = await create('accounting.journal-entry', journal('100', '100'));
        await change('accounting.journal-entry', id, { memo: 'Second version' });
        return act('accounting.journal-entry', id, 'submit', { version: '1' });
      },
      status: 412,
      code: 'stale-version',
    },
    {
      what: 'the same by If-Match',
      prepare: async () => {
        const id = await create('accounting.journal-entry', journal('100', '100'));
        await change('accounting.journal-entry', id, { memo: 'Second version' });
        return { ...act('accounting.journal-entry', id, 'submit'), headers: { 'if-match': '"1"' } };
      },
      status: 412,
      code: 'stale-version',
    },
    {
      what: 'a change of a submitted document',
      prepare: async () => {
        const id = await submitted('accounting.journal-entry', journal('100', '100'));
        const { body } = await owner.get(address('accounting.journal-entry', id));
        const version = body['data']?.['version'];
        return { method: 'PATCH', path: address('accounting.journal-entry', id), body: { memo: 'x', version } };
      },
      status: 409,
      code: 'not-a-draft',
    },
    {
      what: 'a deletion of a submitted document',
      prepare: async () => ({
        method: 'DELETE',
        path: address('accounting.journal-entry', await submitted('accounting.journal-entry', journal('100', '100'))),
      }),
      status: 409,
      code: 'not-a-draft',
    },
    {
      what: 'a property that actions do not have',
      prepare: async () =>
        act('accounting.journal-entry', await create('accounting.journal-entry', journal('100', '100')), 'submit', {
          force: true,
        }),
      status: 422,
      code: 'invalid',
      faults: { '/force': 'unknown-property' },
    },
  ];

  it.each(cases)('refuses $what, and leaves nothing behind', async ({ prepare, status, code, faults }) => {
    const request = await prepare();
    const before = await settled();
    const replies: Reply[] = [];
    for (const locale of ['en', 'id']) replies.push(await send(request, { 'accept-language': locale }));
    for (const reply of replies) {
      expect([reply.status, reply.body['code']], JSON.stringify(reply.body)).toEqual([status, code]);
      expect(reply.headers.get('content-type')).toContain('application/problem+json');
      if (faults !== undefined) expect(faultsOf(reply)).toEqual(faults);
    }
    const [english, indonesian] = replies.map(({ body }) => ({
      detail: String(body['detail']),
      messages: ((body['errors'] ?? []) as unknown as readonly { message: string }[]).map(({ message }) => message),
    }));
    expect(english?.detail).not.toBe(indonesian?.detail);
    for (const [index, message] of (english?.messages ?? []).entries()) {
      expect(message).not.toBe(indonesian?.messages[index]);
      // No sentence of the catalogue shows a parameter that nobody filled.
      expect(message).not.toMatch(/[{}]/);
    }
    await sleep(300);
    expect(await contentOf(database)).toEqual(before);
  });

  it('would see what is left behind', async () => {
    const before = await settled();
    await submitted('accounting.journal-entry', journal('100', '100'));
    const after = await settled();
    const changed = Object.keys(after).filter((name) => after[name]?.join() !== before[name]?.join());
    expect(changed).toEqual(
      expect.arrayContaining(['accounting_journal_entry', 'rk_history', 'rk_sequence', 'rk_voucher']),
    );
    expect(Object.keys(after)).toEqual(expect.arrayContaining([...QUEUES]));
  });

  it('takes the next number after all of these refusals', async () => {
    const numberOf = async (): Promise<number> => {
      const id = await submitted('accounting.journal-entry', journal('100', '100'));
      const { body } = await owner.get(address('accounting.journal-entry', id));
      return Number(/(\d+)$/.exec(String(body['data']?.['number']))?.[1]);
    };
    const first = await numberOf();
    const bad = await create('accounting.journal-entry', journal('100', '100', { date: '2025-12-31' }));
    expect((await send(act('accounting.journal-entry', bad, 'submit'))).status).toBe(409);
    expect(await numberOf()).toBe(first + 1);
  });
});
