import { isDeepStrictEqual } from 'node:util';
import { orderBody } from './operations.ts';
import type { Store } from './servers/store.ts';
import type { Target } from './target.ts';

const CUSTOMERS = '/api/v1/records/sales.customer';
const ORDERS = '/api/v1/records/sales.order';
const ORDERS_COMPARED = 30;

/** Fields that differ because persons and moments differ. */
const PERSONAL = new Set(['created_at', 'created_by', 'updated_at', 'updated_by', 'links']);

interface Outcome {
  readonly status: number;
  readonly body: unknown;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Asks every server the same and throws unless the answers mean the same: records, totals of orders, and for the two
 * that give guarantees also refusals and what is left in the company's database.
 */
export async function demandAgreement(
  targets: readonly Target[],
  stores: Readonly<Record<'generated' | 'equal', Store>>,
  { customers, items }: { readonly customers: number; readonly items: readonly string[] },
): Promise<void> {
  const created = String(customers + 1);
  const everywhere: Sent[] = [
    { method: 'POST', path: CUSTOMERS, body: { name: 'Kopi Tubruk', city: 'Bandung', credit_limit: '1250000.5' } },
    { method: 'GET', path: `${CUSTOMERS}/${created}` },
    { method: 'GET', path: `${CUSTOMERS}?filter%5Bcity%5D=Kota00007&sort=name` },
    {
      method: 'PATCH',
      path: `${CUSTOMERS}/${created}`,
      headers: { 'If-Match': '"1"' },
      body: { city: 'Ciamis', phone: '0812-555', credit_limit: null },
    },
  ];
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (let index = 0; index < ORDERS_COMPARED; index += 1) {
    everywhere.push({ method: 'POST', path: ORDERS, body: JSON.parse(orderBody(random, customers, items)) as unknown });
  }
  everywhere.push({ method: 'GET', path: `${CUSTOMERS}/${created}` });
  await Promise.all(Object.values(stores).map(keepOutbox));
  for (const sent of everywhere) {
    const outcomes = await askAll(targets, sent);
    demandSame(sent, targets, outcomes);
    if (outcomes.some(({ status }) => status >= 400)) throw new Error(`Nobody carried out ${JSON.stringify(sent)}.`);
  }

  const guarded = targets.filter(({ name }) => name !== 'bare');
  const refused: Sent[] = [
    { method: 'GET', path: `${CUSTOMERS}/999999999` },
    { method: 'GET', path: `${CUSTOMERS}/1`, headers: { Cookie: '' } },
    { method: 'POST', path: CUSTOMERS, headers: { 'X-CSRF-Token': '' }, body: { name: 'Nobody' } },
    { method: 'POST', path: CUSTOMERS, body: { colour: 'red', email: 'nowhere' } },
    { method: 'POST', path: CUSTOMERS, body: { name: 'Twice', code: 'CUST-0000001' } },
    { method: 'POST', path: CUSTOMERS, body: { name: 'Lost', payment_term: '99999' } },
    { method: 'PATCH', path: `${CUSTOMERS}/${created}`, headers: { 'If-Match': '"1"' }, body: { city: 'Garut' } },
    { method: 'GET', path: `${CUSTOMERS}?filter%5Bcolour%5D=red` },
    { method: 'POST', path: ORDERS, body: { customer: '1', lines: [{ item: items[0], quantity: '-1' }] } },
    { method: 'POST', path: ORDERS, body: { customer: '1', lines: [{ item: '99999999' }] } },
    { method: 'POST', path: ORDERS, body: { customer: '1', lines: [] } },
  ];
  for (const sent of refused) {
    const outcomes = (await askAll(guarded, sent)).map(({ status }) => ({ status, body: undefined }));
    demandSame(sent, guarded, outcomes);
    if (outcomes.some(({ status }) => status < 400)) throw new Error(`Nobody refused ${JSON.stringify(sent)}.`);
  }
  await demandSameTraces(stores, customers);
  await Promise.all(Object.values(stores).map(dropOutbox));
}

/** The engine's dispatcher empties the outbox: a trigger keeps what goes into it until both sides were compared. */
async function keepOutbox(store: Store): Promise<void> {
  const { dialect } = store;
  const id = dialect === 'sqlite' ? 'INTEGER PRIMARY KEY' : 'BIGINT AUTO_INCREMENT PRIMARY KEY';
  const insert = 'INSERT INTO bench_outbox (topic, payload) VALUES (NEW.topic, NEW.payload)';
  const body = dialect === 'sqlite' ? `BEGIN ${insert}; END` : insert;
  await runAll(store, [
    `CREATE TABLE bench_outbox (id ${id}, topic TEXT, payload TEXT)`,
    `CREATE TRIGGER bench_keep AFTER INSERT ON rk_outbox FOR EACH ROW ${body}`,
  ]);
}

async function dropOutbox(store: Store): Promise<void> {
  await runAll(store, ['DROP TRIGGER bench_keep', 'DROP TABLE bench_outbox']);
}

async function runAll(store: Store, statements: readonly string[]): Promise<void> {
  await store.transaction(async (writing) => {
    for (const sql of statements) await writing.run(sql);
  });
}

function askAll(targets: readonly Target[], sent: Sent): Promise<readonly Outcome[]> {
  return Promise.all(targets.map((target) => ask(target, sent)));
}

async function ask(target: Target, { method, path, body, headers }: Sent): Promise<Outcome> {
  const response = await fetch(target.origin + path, {
    method,
    headers: { ...target.headers, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answered = (await response.json()) as Readonly<Record<string, unknown>>;
  return { status: response.status, body: response.ok ? impersonal(answered) : undefined };
}

function impersonal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(impersonal);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !PERSONAL.has(name));
  return Object.fromEntries(entries.map(([name, each]) => [name, impersonal(each)]));
}

function demandSame(sent: Sent, targets: readonly Target[], outcomes: readonly Outcome[]): void {
  const [first] = outcomes;
  for (const [index, outcome] of outcomes.entries()) {
    if (isDeepStrictEqual(outcome, first)) continue;
    throw new Error(
      `The servers disagree about ${JSON.stringify(sent)}:\n` +
        `${targets[0]?.name}: ${JSON.stringify(first)}\n${targets[index]?.name}: ${JSON.stringify(outcome)}`,
    );
  }
}

/** The rows that the engine keeps beside the records: who owes them, owes all of them. */
async function demandSameTraces(stores: Readonly<Record<'generated' | 'equal', Store>>, after: number): Promise<void> {
  const [generated, equal] = await Promise.all([tracesOf(stores.generated, after), tracesOf(stores.equal, after)]);
  for (const [table, rows] of Object.entries(generated)) {
    const others = equal[table];
    if (isDeepStrictEqual(rows, others)) continue;
    throw new Error(`${table} differs:\n${JSON.stringify(rows)}\n${JSON.stringify(others)}`);
  }
}

async function tracesOf(store: Store, after: number): Promise<Record<string, unknown>> {
  const history = await store.all(
    `SELECT entity, record_id, version, action, actor_kind, actor_name, changes FROM rk_history
     WHERE entity = 'sales.order' OR entity = 'sales.customer' AND record_id > ? ORDER BY id`,
    [after],
  );
  return {
    rk_history: history.map((row) => ({ ...row, changes: JSON.parse(String(row['changes'])) as unknown })),
    rk_outbox: (await store.all('SELECT topic, payload FROM bench_outbox ORDER BY id')).map(({ topic, payload }) => ({
      topic,
      payload: JSON.parse(String(payload)) as unknown,
    })),
    rk_word: (
      await store.all(
        `SELECT word FROM rk_word WHERE entity = 'sales.customer' AND record_id > ? ORDER BY record_id, word`,
        [after],
      )
    ).map(({ word }) => String(word)),
    rk_counter: (await store.all('SELECT entity, SUM(n) AS n FROM rk_counter GROUP BY entity ORDER BY entity')).map(
      ({ entity, n }) => [entity, Number(n)],
    ),
    rk_sequence: (await store.all('SELECT name, next_value FROM rk_sequence ORDER BY name')).map(
      ({ name, next_value }) => [name, Number(next_value)],
    ),
  };
}
