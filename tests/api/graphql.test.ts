import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomeMember, openGateway, places } from './test-gateway.ts';
import type { Body, Client, Reply, SentHeaders, TestGateway } from './test-gateway.ts';

const BUSINESS_TYPES = '{ businessTypes { id name slug description icon color } }';

describe.each(places)('GraphQL on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  const ids: Record<string, string> = {};

  const ask = (
    client: Client,
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    headers: SentHeaders = {},
  ): Promise<Reply> => client.post('/graphql', { query, variables }, headers);
  const dataOf = async (query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Body> => {
    const reply = await ask(owner, query, variables);
    expect({ query, errors: reply.body['errors'] }).toEqual({ query, errors: undefined });
    return reply.body['data'] as Body;
  };
  const errorsOf = async (query: string, variables = {}, client = owner): Promise<Record<string, unknown>[]> => {
    const { body } = await ask(client, query, variables);
    return (body['errors'] ?? []) as unknown as Record<string, unknown>[];
  };

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    for (const name of ['Warung Bu Sri', 'Toko Sinar', 'Kafe Senja']) {
      const made = await owner.post('/api/v1/records/sales.customer', {
        name,
        city: name === 'Toko Sinar' ? 'Solo' : 'Bandung',
      });
      ids[name] = String(made.body['data']?.['id']);
    }
    const unit = await owner.get('/api/v1/records/inventory.unit?filter[code]=PCS');
    const item = await owner.post('/api/v1/records/inventory.item', {
      code: 'RT',
      name: 'Roti',
      unit: (unit.body['data'] as unknown as { id: string }[])[0]?.id,
    });
    ids['item'] = String(item.body['data']?.['id']);
  });
  afterAll(() => gateway.close());

  const orderInput = (customer: string, quantity: string): Readonly<Record<string, unknown>> => ({
    customer: ids[customer],
    lines: [{ item: ids['item'], quantity, rate: '1000' }],
  });

  it('passes the audit of GraphQL over HTTP', async () => {
    const audits = serverAudits({ url: `${gateway.url}/graphql`, fetchFn: fetch });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    const failed = results.filter(({ status }) => status === 'error' || status === 'warn');
    expect(
      failed.map(({ id, name, status, ...rest }) => `${status} ${id} ${name} ${'reason' in rest ? rest.reason : ''}`),
    ).toEqual([]);
  });

  it('answers the catalog to anybody, and the rest to members', async () => {
    const types = await ask(gateway.stranger(), BUSINESS_TYPES);
    expect((types.body['data']?.['businessTypes'] as unknown as object[]).length).toBeGreaterThanOrEqual(12);
    const modules = await dataOf(
      '{ modules(category: "core") { id slug name category icon version isCore description } }',
    );
    expect(
      (modules['modules'] as unknown as { slug: string; isCore: boolean }[])
        .map(({ slug, isCore }) => [slug, isCore])
        .sort(),
    ).toEqual([
      ['accounting', true],
      ['inventory', true],
      ['purchase', true],
      ['sales', true],
    ]);
    const recommended = await dataOf(
      '{ moduleRecommendations(businessTypeId: "bakery") { priority isRequired module { slug } } }',
    );
    expect(JSON.stringify(recommended)).toContain('bakery');
    const own = await dataOf('{ userModules { isActive module { slug } configuration } }');
    expect(JSON.stringify(own)).toContain('"slug":"sales"');
    expect(await errorsOf('{ userModules { id } }', {}, gateway.stranger())).not.toEqual([]);
  });

  it('activates, configures and deactivates modules', async () => {
    const activated = await dataOf('mutation { activateModule(moduleId: "retail") { isActive module { slug } } }');
    expect(activated['activateModule']).toMatchObject({ isActive: true, module: { slug: 'retail' } });
    const settings = await dataOf(
      'mutation($config: JSON!) { updateModuleConfiguration(moduleId: "sales", config: $config) { configuration } }',
      { config: {} },
    );
    expect(settings['updateModuleConfiguration']).toBeDefined();
    expect(await dataOf('mutation { deactivateModule(moduleId: "retail") }')).toEqual({ deactivateModule: true });
    const [needed] = await errorsOf('mutation { deactivateModule(moduleId: "inventory") }');
    expect(needed).toMatchObject({ extensions: { code: 'module-needed', status: 409 } });
  });

  it('creates, changes, submits and continues a document', async () => {
    const made = await dataOf(
      'mutation($input: SalesOrderInput!) { createSalesOrder(input: $input) { id version total lines { quantity amount } } }',
      {
        input: orderInput('Warung Bu Sri', '2'),
      },
    );
    const order = made['createSalesOrder'] as unknown as { id: string; version: string };
    expect(order).toMatchObject({ version: '1', total: '2000.00', lines: [{ quantity: '2.0000', amount: '2000.00' }] });
    const changed = await dataOf(
      'mutation($id: ID!) { updateSalesOrder(id: $id, version: "1", input: { memo: "Pagi" }) { version memo } }',
      {
        id: order.id,
      },
    );
    expect(changed['updateSalesOrder']).toEqual({ version: '2', memo: 'Pagi' });
    const [stale] = await errorsOf(
      'mutation($id: ID!) { updateSalesOrder(id: $id, version: "1", input: { memo: "x" }) { id } }',
      { id: order.id },
    );
    expect(stale).toMatchObject({ path: ['updateSalesOrder'], extensions: { code: 'stale-version', status: 412 } });
    const submitted = await dataOf('mutation($id: ID!) { submitSalesOrder(id: $id) { stage number } }', {
      id: order.id,
    });
    expect(submitted['submitSalesOrder']).toMatchObject({ stage: 'submitted' });
    const next = await dataOf(
      'mutation($id: ID!) { continueSalesOrder(id: $id, flow: "sales.order-to-delivery") { entity id version } }',
      { id: order.id },
    );
    expect(next['continueSalesOrder']).toMatchObject({ entity: 'inventory.delivery', version: '1' });
    const [again] = await errorsOf('mutation($id: ID!) { submitSalesOrder(id: $id) { id } }', { id: order.id });
    expect(again).toMatchObject({ extensions: { code: 'wrong-state', status: 409 } });
  });

  it('tells every fault of an input with its pointer, in the language of the caller', async () => {
    const query = 'mutation($input: SalesOrderInput!) { createSalesOrder(input: $input) { id } }';
    const input = { customer: '999999', lines: [{ quantity: '0' }] };
    const [error] = await errorsOf(query, { input });
    const pointers = (error?.['extensions'] as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/customer', '/lines/0/item']));
    const indonesian = await ask(owner, query, { input }, { 'accept-language': 'id' });
    expect(JSON.stringify(indonesian.body)).toContain('Data');
  });

  it('carries a mutation out once for each key', async () => {
    const query =
      'mutation($input: SalesCustomerInput!) { createSalesCustomer(input: $input, idempotencyKey: "k1") { id name } }';
    const first = await dataOf(query, { input: { name: 'Sekali' } });
    expect(await dataOf(query, { input: { name: 'Sekali' } })).toEqual(first);
    const [reused] = await errorsOf(query, { input: { name: 'Lain' } });
    expect(reused).toMatchObject({ extensions: { code: 'key-reused', status: 422 } });
    const { salesCustomers } = (await dataOf(
      '{ salesCustomers(filter: { name: { eq: "Sekali" } }) { totalCount } }',
    )) as unknown as { salesCustomers: { totalCount: number } };
    expect(salesCustomers.totalCount).toBe(1);
    const headed =
      'mutation { a: createSalesCustomer(input: { name: "Kepala" }) { id } b: createSalesCustomer(input: { name: "Dua" }) { id } }';
    const once = await ask(owner, headed, {}, { 'idempotency-key': 'h1' });
    const again = await ask(owner, headed, {}, { 'idempotency-key': 'h1' });
    expect(again.body).toEqual(once.body);
    for (const name of ['a', 'b']) {
      const { id } = once.body['data']?.[name] as unknown as { id: string };
      await dataOf('mutation($id: ID!) { deleteSalesCustomer(id: $id) { id } }', { id });
    }
    await dataOf('mutation($id: ID!) { deleteSalesCustomer(id: $id) { id } }', {
      id: (first['createSalesCustomer'] as unknown as { id: string }).id,
    });
  });

  it('filters, sorts and pages with cursors', async () => {
    const query = `query($after: String) {
      salesCustomers(filter: { city: { in: ["Bandung"] }, not: { name: { contains: "zzz" } } }, sort: ["-name"], first: 1, after: $after) {
        totalCount
        edges { cursor node { id name _title } }
        pageInfo { hasNextPage hasPreviousPage endCursor }
      }
    }`;
    const first = (await dataOf(query))['salesCustomers'] as unknown as Page;
    expect([first.totalCount, first.edges.map(({ node }) => node.name), first.pageInfo.hasNextPage]).toEqual([
      2,
      ['Warung Bu Sri'],
      true,
    ]);
    const second = (await dataOf(query, { after: first.pageInfo.endCursor }))['salesCustomers'] as unknown as Page;
    expect([second.edges.map(({ node }) => node.name), second.pageInfo]).toEqual([
      ['Kafe Senja'],
      { hasNextPage: false, hasPreviousPage: true, endCursor: second.edges[0]?.cursor },
    ]);
    const through = await dataOf(
      '{ salesOrders(filter: { customer: { city: { eq: "Bandung" } }, or: [{ total: { gte: "1000" } }, { memo: { null: true } }] }) { totalCount } }',
    );
    expect(through['salesOrders']).toEqual({ totalCount: 1 });
    expect((await errorsOf('{ salesCustomers(after: "%%") { totalCount } }'))[0]).toMatchObject({
      extensions: { status: 400 },
    });
    expect((await errorsOf('{ salesCustomers(first: 5000) { totalCount } }'))[0]).toMatchObject({
      extensions: { status: 400 },
    });
  });

  it('adds up by groups', async () => {
    const data = await dataOf(
      '{ salesCustomersAggregate(group: ["city"], measures: [{ aggregate: count }]) { rows { group count values } truncated } }',
    );
    expect(data['salesCustomersAggregate']).toEqual({
      truncated: false,
      rows: [
        { group: { city: 'Bandung' }, count: 2, values: { count: 2 } },
        { group: { city: 'Solo' }, count: 1, values: { count: 1 } },
      ],
    });
    const sums = await dataOf(
      '{ salesOrdersAggregate(group: ["customer.city"], measures: [{ aggregate: sum, field: "total" }, { aggregate: avg, field: "total" }]) { rows { group values } } }',
    );
    expect(sums['salesOrdersAggregate']).toEqual({
      rows: [{ group: { 'customer.city': 'Bandung' }, values: { sum_total: '2000.00', avg_total: '2000.00' } }],
    });
  });

  it('reads nested links with a number of statements that does not grow with the records', async () => {
    const nested = (first: number): string =>
      `{ salesOrders(first: ${first}) { nodes { number total customer { name group { name } } lines { item { code unit { code } } } } } }`;
    const count = async (first: number): Promise<number> => {
      const database = (await gateway.engine.companies.open((await gateway.engine.companies.latest('1')).entry))
        .database;
      const counted = { statements: 0 };
      const reader = database as unknown as { tuples: (...given: unknown[]) => unknown };
      const original = reader.tuples.bind(database);
      reader.tuples = (...given) => {
        counted.statements += 1;
        return original(...given);
      };
      try {
        await dataOf(nested(first));
      } finally {
        reader.tuples = original;
      }
      return counted.statements;
    };
    for (const name of ['Toko Sinar', 'Kafe Senja', 'Warung Bu Sri']) {
      await dataOf('mutation($input: SalesOrderInput!) { createSalesOrder(input: $input) { id } }', {
        input: orderInput(name, '1'),
      });
    }
    await count(1);
    await count(4);
    const [one, four] = [await count(1), await count(4)];
    // The length of a list is remembered for a moment: it may be asked for in one of them only.
    expect(Math.abs(four - one)).toBeLessThanOrEqual(1);
    expect(one).toBeGreaterThan(2);
  });

  it.each([
    ['too deep', `{ salesOrders { nodes { customer ${'{ group { parent '.repeat(7)}{ name }${' } }'.repeat(7)} } } }`],
    [
      'too many aliases',
      `{ ${Array.from({ length: 31 }, (_, index) => `a${index}: businessTypes { id }`).join(' ')} }`,
    ],
    [
      'too dear',
      `{ ${Array.from({ length: 12 }, (_, index) => `a${index}: salesOrders(first: 200) { nodes { id number total net status stage version date memo } }`).join(' ')} }`,
    ],
    [
      'too dear by the default of a variable',
      `query($first: Int = 200) { ${Array.from({ length: 12 }, (_, index) => `a${index}: salesOrders(first: $first) { nodes { id number total net status stage version date memo } }`).join(' ')} }`,
    ],
    [
      'too dear inside a fragment',
      `{ ${Array.from({ length: 30 }, (_, index) => `a${index}: salesOrders { ...Page }`).join(' ')} }
       fragment Page on SalesOrderConnection { nodes { ${'number '.repeat(45)} } }`,
    ],
    ['no such field', '{ salesOrders { nodes { nothing } } }'],
  ])('refuses a query that is %s', async (_, query) => {
    expect((await errorsOf(query)).length).toBeGreaterThan(0);
  });

  it.each([
    ['that lead nowhere', (count: number) => count + 1],
    ['that lead into themselves', (count: number) => (count + 1) % 40],
  ])('refuses fragments that double with each other, %s, without unfolding them', async (_, next) => {
    const fragments = Array.from(
      { length: 40 },
      (__, index) => `fragment f${index} on Query { ...f${next(index)} ...f${next(index)} }`,
    );
    const errors = await errorsOf(`{ ...f0 } ${fragments.join(' ')}`, {}, gateway.stranger());
    expect(errors).toEqual(expect.arrayContaining([expect.objectContaining({ extensions: { code: 'too-complex' } })]));
  });

  it('lets a token reach modules only as far as its abilities say', async () => {
    const bearerOf = async (abilities: readonly string[]): Promise<SentHeaders> => {
      const token = await owner.post('/api/v1/auth/tokens', { name: abilities.join(' '), abilities });
      return { authorization: `Bearer ${String(token.body['data']?.['token'])}` };
    };
    const reader = await bearerOf(['records:read']);
    const stranger = gateway.stranger();
    const forbidden = { errors: [{ extensions: { status: 403 } }] };
    for (const query of [
      '{ userModules { id } }',
      'mutation { activateModule(moduleId: "retail") { id } }',
      'mutation { deactivateModule(moduleId: "sales") }',
      'mutation { updateModuleConfiguration(moduleId: "sales", config: {}) { id } }',
    ]) {
      expect((await ask(stranger, query, {}, reader)).body).toMatchObject(forbidden);
    }
    const watcher = await bearerOf(['modules:read']);
    const listed = await ask(stranger, '{ userModules { module { slug } } }', {}, watcher);
    expect(JSON.stringify(listed.body)).toContain('"slug":"sales"');
    const activating = await ask(stranger, 'mutation { activateModule(moduleId: "retail") { id } }', {}, watcher);
    expect(activating.body).toMatchObject(forbidden);
  });

  it('hides what a caller may not see, and wants the token of a browser', async () => {
    const clerk = await gateway.register({ email: 'clerk@example.com' });
    await becomeMember(gateway, owner, { email: 'clerk@example.com' });
    const here = { 'x-company': 'toko' };
    const hidden = await ask(clerk, '{ salesCustomers { totalCount } }', {}, here);
    expect(JSON.stringify(hidden.body)).toContain('Cannot query field');
    const types = await ask(clerk, '{ __schema { types { name } } }', {}, here);
    expect(JSON.stringify(types.body)).not.toContain('SalesCustomer');
    const other = await gateway.register({ company_name: 'Tetangga' });
    await other.post('/api/v1/user-modules', { module: 'sales' });
    const found = await ask(other, '{ salesCustomer(id: "1") { name } salesCustomers { totalCount } }');
    expect(found.body['data']).toEqual({ salesCustomer: null, salesCustomers: { totalCount: 0 } });
    const unconfirmed = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { cookie: owner.cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'mutation { deactivateModule(moduleId: "sales") }' }),
    });
    expect(unconfirmed.status).toBe(403);
    const mutation = await owner.get(
      `/graphql?query=${encodeURIComponent('mutation { deactivateModule(moduleId: "sales") }')}`,
    );
    expect(mutation.status).toBe(405);
    const token = await owner.post('/api/v1/auth/tokens', { name: 'reader', abilities: ['records:read'] });
    const bearer = { authorization: `Bearer ${String(token.body['data']?.['token'])}` };
    const stranger = gateway.stranger();
    expect((await ask(stranger, '{ salesCustomers { totalCount } }', {}, bearer)).body['data']).toEqual({
      salesCustomers: { totalCount: 3 },
    });
    const writing = await ask(stranger, 'mutation { createSalesCustomer(input: { name: "X" }) { id } }', {}, bearer);
    expect((writing.body['errors'] as unknown as object[])[0]).toMatchObject({ extensions: { status: 403 } });
  });
});

interface Page {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly name: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
