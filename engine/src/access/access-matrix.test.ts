import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../base/errors.ts';
import type { Actor, Condition, ListQuery } from '../metamodel/operation.ts';
import { testBackends } from '../storage/test-server.ts';
import { admin, openTestDepot, ORDER_FIELDS, ORDER_GRANTS, person } from './test-depot.ts';
import type { Order, OrderGrant, TestDepot } from './test-depot.ts';

/*
 * Every set of one or two roles × every door × every field and record, against plain predicates that share no code with
 * the engine: what may be seen of a record is what those grants show that hold for it, one by one (promises R2 to R4).
 */

const ROLES = Object.keys(ORDER_GRANTS);
const ROLE_SETS = [
  ...ROLES.map((role) => [role]),
  ...ROLES.flatMap((one, index) => ROLES.slice(index + 1).map((other) => [one, other])),
];
const WHO = '7';

function grantsOf(roles: readonly string[], action: string): readonly OrderGrant[] {
  return roles.flatMap((role) => (ORDER_GRANTS[role] ?? []).filter(({ actions }) => actions.includes(action)));
}

/** Fields that a grant shows, rows apart. */
function shown(grant: OrderGrant, list: 'read' | 'write'): readonly string[] {
  const named = (list === 'write' ? (grant.write ?? grant.read) : grant.read) ?? ORDER_FIELDS;
  return ORDER_FIELDS.filter((field) => named.includes(field));
}

async function outcome<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const compare = (path: string, operator: 'eq' | 'null', value: string | boolean): Condition => ({
  kind: 'compare',
  path: path.split('.'),
  operator,
  value,
  at: `/filter/${path}`,
});

describe.each(testBackends)('rights on $name', (backend) => {
  let depot: TestDepot;
  let orders: readonly Order[];

  beforeAll(async () => {
    depot = await openTestDepot(backend);
    for (const [name, grade] of [
      ['Ani', 'A'],
      ['Budi', 'B'],
    ]) {
      await depot.create(admin, 'depot.buyer', { name, grade, secret: `secret of ${name}` });
    }
    const made: Order[] = [];
    const creators = [admin, person(WHO, ['admin'])];
    for (const region of ['west', 'east']) {
      for (const buyer of ['1', '2']) {
        for (const creator of creators) {
          const code = `${region}-${buyer}-${creator.id}`;
          const input = { code, region, buyer, margin: '12.50', note: `note ${code}` };
          const lines = [{ item: 'Sand', cost: '3.00' }];
          const { id } = await depot.create(creator, 'depot.order', { ...input, lines });
          made.push({ id, ...input, createdBy: creator.id });
        }
      }
    }
    orders = made;
  });
  afterAll(() => depot.close());

  describe.each(ROLE_SETS.map((roles) => ({ name: roles.join(' and '), roles })))('of $name', ({ roles }) => {
    const actor: Actor = person(WHO, roles);
    const readGrants = grantsOf(roles, 'read');
    const holding = (order: Order, action = 'read'): readonly OrderGrant[] =>
      grantsOf(roles, action).filter(({ holds }) => holds(order, WHO));
    const fieldsOf = (order: Order): readonly string[] => [
      ...new Set(holding(order).flatMap((grant) => shown(grant, 'read'))),
    ];
    const isKnown = (field: string): boolean => readGrants.some((grant) => shown(grant, 'read').includes(field));
    const ids = (list: readonly Order[]): readonly string[] => list.map(({ id }) => id).sort();
    const listed = async (query: Partial<ListQuery>): Promise<readonly string[] | string> => {
      const answer = await outcome(depot.list(actor, query));
      return typeof answer === 'string' ? answer : answer.records.map(({ id }) => id).sort();
    };

    test('a list shows the records that a grant holds for, and of each what its grants show', async () => {
      const answer = await outcome(depot.list(actor, { titles: true }));
      if (readGrants.length === 0) return expect(answer).toBe('forbidden');
      if (typeof answer === 'string') throw new Error(answer);
      const visible = orders.filter((order) => fieldsOf(order).length > 0);
      expect(answer.records.map(({ id }) => id).sort()).toEqual(ids(visible));
      expect(answer.total).toBe(visible.length);
      for (const record of answer.records) {
        const order = orders.find(({ id }) => id === record.id) as Order;
        const seen = ORDER_FIELDS.filter((field) => field in record);
        expect({ code: order.code, seen }).toEqual({
          code: order.code,
          seen: ORDER_FIELDS.filter((field) => fieldsOf(order).includes(field)),
        });
        for (const field of seen) expect(record[field]).toBe(order[field]);
      }
    });

    test('a single record, its history and its rows show no more than the list', async () => {
      for (const order of orders) {
        const fields = fieldsOf(order);
        const get = { kind: 'get', entity: 'depot.order', id: order.id, include: [], titles: true } as const;
        const found = await outcome(depot.as<'get'>(actor, get));
        const history = await outcome(
          depot.as<'history'>(actor, { kind: 'history', entity: 'depot.order', id: order.id }),
        );
        if (fields.length === 0) {
          const refused = readGrants.length === 0 ? 'forbidden' : 'not-found';
          expect([found, history]).toEqual([refused, refused]);
          continue;
        }
        if (typeof found === 'string' || typeof history === 'string') throw new Error(`${order.code} is hidden`);
        expect(ORDER_FIELDS.filter((field) => field in found.record)).toEqual(
          ORDER_FIELDS.filter((field) => fields.includes(field)),
        );
        const changed = Object.keys(history.entries.at(-1)?.changes ?? {});
        expect(ORDER_FIELDS.filter((field) => changed.includes(field))).toEqual(
          ORDER_FIELDS.filter((field) => fields.includes(field)),
        );
        const whole = holding(order).some(({ read }) => read === undefined);
        const some = holding(order).some(({ read }) => read?.includes('lines.item') === true);
        const rows = found.record['lines'] as readonly Readonly<Record<string, unknown>>[] | undefined;
        expect(rows?.map((row) => ['item', 'cost'].filter((name) => name in row))).toEqual(
          whole ? [['item', 'cost']] : some ? [['item']] : undefined,
        );
      }
    });

    test.each(ORDER_FIELDS)('filtering by %s reaches only records where it is seen', async (field) => {
      if (readGrants.length === 0) return expect(await listed({})).toBe('forbidden');
      const value = field === 'code' ? 'west-1-7' : (orders[1] as Order)[field];
      const expected = !isKnown(field)
        ? 'malformed-query'
        : ids(orders.filter((order) => fieldsOf(order).includes(field) && order[field] === value));
      expect(await listed({ condition: compare(field, 'eq', String(value)) })).toEqual(expected);
      const negated: Condition = { kind: 'not', of: compare(field, 'eq', 'nothing has this') };
      const money = field === 'margin' || field === 'buyer';
      const seen = ids(orders.filter((order) => fieldsOf(order).includes(field)));
      if (!money) expect(await listed({ condition: negated })).toEqual(isKnown(field) ? seen : 'malformed-query');
    });

    test.each(ORDER_FIELDS)('sorting by %s reaches only records where it is seen', async (field) => {
      if (readGrants.length === 0) return expect(await listed({})).toBe('forbidden');
      const seen = ids(orders.filter((order) => fieldsOf(order).includes(field)));
      const found = await listed({ sort: [{ path: [field], descending: false }] });
      expect(found).toEqual(isKnown(field) ? seen : 'malformed-query');
    });

    test.each(ORDER_FIELDS)('figures by %s count only records where it is seen', async (field) => {
      const query = { condition: null, search: null, groups: [[field]], measures: [] };
      const answer = await outcome(depot.as<'aggregate'>(actor, { kind: 'aggregate', entity: 'depot.order', query }));
      if (readGrants.length === 0) return expect(answer).toBe('forbidden');
      if (!isKnown(field)) return expect(answer).toBe('malformed-query');
      if (typeof answer === 'string') throw new Error(answer);
      const counts = new Map<unknown, number>();
      for (const order of orders.filter((each) => fieldsOf(each).includes(field))) {
        counts.set(order[field], (counts.get(order[field]) ?? 0) + 1);
      }
      expect(new Map(answer.rows.map(({ keys, count }) => [keys[0], count]))).toEqual(counts);
    });

    test('sums leave out what is hidden', async () => {
      const measures = [{ aggregate: 'sum' as const, field: 'margin' }];
      const query = { condition: null, search: null, groups: [], measures };
      const answer = await outcome(depot.as<'aggregate'>(actor, { kind: 'aggregate', entity: 'depot.order', query }));
      if (readGrants.length === 0) return expect(answer).toBe('forbidden');
      if (!isKnown('margin')) return expect(answer).toBe('malformed-query');
      if (typeof answer === 'string') throw new Error(answer);
      const seen = orders.filter((each) => fieldsOf(each).includes('margin')).length;
      expect(answer.rows[0]?.values).toEqual([(seen * 12.5).toFixed(2)]);
    });

    test('paths through links reach what is seen of the linked record', async () => {
      if (readGrants.length === 0) return;
      const seesBuyers = (name: string): boolean =>
        roles.includes('depot.manager') ||
        roles.includes('depot.vip') ||
        (roles.includes('depot.west') && name === 'Budi');
      const knowsBuyers = ['depot.manager', 'depot.vip', 'depot.west'].some((role) => roles.includes(role));
      const isOpen = isKnown('buyer') && knowsBuyers;
      for (const [index, name] of ['Ani', 'Budi'].entries()) {
        const expected = !isOpen
          ? 'malformed-query'
          : ids(
              orders.filter(
                (order) => fieldsOf(order).includes('buyer') && order.buyer === String(index + 1) && seesBuyers(name),
              ),
            );
        expect({ name, found: await listed({ condition: compare('buyer.name', 'eq', name) }) }).toEqual({
          name,
          found: expected,
        });
      }
      const knowsSecrets = isOpen && (roles.includes('depot.manager') || roles.includes('depot.vip'));
      const secret = await listed({ condition: compare('buyer.secret', 'eq', 'secret of Ani') });
      if (!knowsSecrets) expect(secret).toBe('malformed-query');
      const embedded = await outcome(depot.list(actor, { include: [['buyer']] }));
      if (!isOpen) return expect(embedded).toBe('malformed-query');
      if (typeof embedded === 'string') throw new Error(embedded);
      for (const record of embedded.records) {
        if (!('buyer' in record)) continue;
        const order = orders.find(({ id }) => id === record.id) as Order;
        const buyer = record['buyer'] as Readonly<Record<string, unknown>> | null;
        const name = order.buyer === '1' ? 'Ani' : 'Budi';
        if (seesBuyers(name)) expect(buyer?.['name']).toBe(name);
        else expect(buyer).toBeNull();
        if (!knowsSecrets && buyer !== null) expect(buyer).not.toHaveProperty('secret');
      }
    });

    test('searching finds only records whose searched fields are seen', async () => {
      if (readGrants.length === 0) return;
      const seen = ids(orders.filter((order) => order.region === 'west' && fieldsOf(order).includes('code')));
      expect(await listed({ search: 'west' })).toEqual(seen);
    });

    test.each(ORDER_FIELDS)('%s is changed where a grant lets it be changed, before and after', async (field) => {
      for (const order of orders) {
        const value = {
          code: `${order.code}x`,
          region: 'north',
          buyer: order.buyer === '1' ? '2' : '1',
          margin: '99.00',
          note: 'new',
        }[field];
        const after: Order = { ...order, [field]: value };
        const fields = fieldsOf(order);
        const updating = holding(order, 'update');
        const still = updating.filter(({ holds }) => holds(after, WHO));
        const writes = (grants: readonly OrderGrant[]): boolean =>
          grants.some((grant) => shown(grant, 'write').includes(field));
        const isThere = fields.length > 0;
        const expected =
          grantsOf(roles, 'update').length === 0
            ? 'forbidden'
            : !isThere
              ? 'not-found'
              : updating.length === 0
                ? 'forbidden'
                : !writes(updating)
                  ? 'invalid'
                  : !writes(still)
                    ? 'forbidden'
                    : 'done';
        const update = {
          kind: 'update',
          entity: 'depot.order',
          id: order.id,
          input: { [field]: value },
          version: null,
        } as const;
        const answer = await outcome(depot.as<'update'>(actor, update));
        expect({ code: order.code, found: typeof answer === 'string' ? answer : 'done' }).toEqual({
          code: order.code,
          found: expected,
        });
        if (typeof answer === 'string') continue;
        const kept = orders.find(({ id }) => id === order.id) as Order;
        await depot.as<'update'>(admin, { ...update, input: { [field]: kept[field] } });
      }
    });

    test('what is created must lie within a grant, with every field that was given', async () => {
      for (const region of ['west', 'east']) {
        for (const given of [{}, { note: 'n' }, { margin: '1.00' }]) {
          const input = { code: `new-${region}`, region, buyer: '1', ...given };
          const order = { ...input, id: '', margin: '', note: null, createdBy: WHO } as Order;
          const creating = grantsOf(roles, 'create');
          const writes = (grant: OrderGrant): boolean =>
            Object.keys(input).every((field) => shown(grant, 'write').includes(field));
          const answer = await outcome(depot.as<'create'>(actor, { kind: 'create', entity: 'depot.order', input }));
          const isAllowed = creating.some((grant) => writes(grant) && grant.holds(order, WHO));
          if (!isAllowed) {
            expect(['forbidden', 'invalid']).toContain(answer);
            continue;
          }
          if (typeof answer === 'string') throw new Error(`${roles.join()} ${region}: ${answer}`);
          await depot.as<'delete'>(admin, {
            kind: 'delete',
            entity: 'depot.order',
            id: answer.record.id,
            version: null,
          });
        }
      }
    });

    test('only what a grant for deleting holds for is deleted', async () => {
      for (const order of orders) {
        if (holding(order, 'delete').length > 0 && fieldsOf(order).length > 0) continue;
        const answer = await outcome(
          depot.as<'delete'>(actor, { kind: 'delete', entity: 'depot.order', id: order.id, version: null }),
        );
        const expected =
          grantsOf(roles, 'delete').length === 0 || fieldsOf(order).length > 0 ? 'forbidden' : 'not-found';
        expect(answer).toBe(expected);
      }
    });
  });

  test('a shared record is reached as far as the grants of its reader show', async () => {
    const actor = person('8', ['depot.west']);
    const east = orders.find(({ region }) => region === 'east') as Order;
    const get = { kind: 'get', entity: 'depot.order', id: east.id, include: [], titles: false } as const;
    const update = {
      kind: 'update',
      entity: 'depot.order',
      id: east.id,
      input: { note: 'shared' },
      version: null,
    } as const;
    expect(await outcome(depot.as<'get'>(actor, get))).toBe('not-found');
    await depot.share('depot.order', east.id, '8', false);
    const { record } = await depot.as<'get'>(actor, get);
    expect(Object.keys(record)).not.toContain('margin');
    expect(record['note']).toBe(east.note);
    expect(await outcome(depot.as<'update'>(actor, update))).toBe('forbidden');
    await depot.unshare();
    await depot.share('depot.order', east.id, '8', true);
    expect((await depot.as<'update'>(actor, update)).record['note']).toBe('shared');
    await depot.unshare();
    expect(await outcome(depot.as<'get'>(actor, get))).toBe('not-found');
    expect(await outcome(depot.as<'get'>(person('9', ['depot.stranger']), get))).toBe('forbidden');
    await depot.as<'update'>(admin, { ...update, input: { note: east.note } });
  });

  test('a member who is kept to some records reaches nothing that links to others', async () => {
    const kept = person('8', ['depot.manager'], { 'depot.buyer': ['2'] });
    const own = orders.filter(({ buyer }) => buyer === '2').map(({ id }) => id);
    const { records } = await depot.list(kept);
    expect(records.map(({ id }) => id).sort()).toEqual([...own].sort());
    const buyers = await depot.list(kept, {}, 'depot.buyer');
    expect(buyers.records.map(({ id }) => id)).toEqual(['2']);
    const moved = depot.as<'update'>(kept, {
      kind: 'update',
      entity: 'depot.order',
      id: own[0] as string,
      input: { buyer: '1' },
      version: null,
    });
    expect(await outcome(moved)).toBe('forbidden');
    const input = { code: 'kept', region: 'west', buyer: '1' };
    expect(await outcome(depot.create(kept, 'depot.order', input))).toBe('forbidden');
  });

  test('nothing hints at names of fields that are hidden', async () => {
    const actor = person(WHO, ['depot.west']);
    const hidden = await depot
      .list(actor, { condition: compare('margin', 'eq', '1') })
      .catch((error: unknown) => error);
    const absent = await depot.list(actor, { condition: compare('margn', 'eq', '1') }).catch((error: unknown) => error);
    const faultOf = (error: unknown): unknown =>
      (error as Refusal).faults.map(({ code, parameters }) => [code, Object.keys(parameters ?? {})]);
    expect(faultOf(hidden)).toEqual(faultOf(absent));
  });
});
