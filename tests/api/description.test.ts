import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../../engine/src/api/routes.ts';
import { ROUTES } from '../../engine/src/api/description/routes.ts';
import { openGateway, places } from './test-gateway.ts';
import type { Client, Reply, TestGateway } from './test-gateway.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

/** How long the compiler may need for the types of four modules. */
const COMPILE_MS_MAX = 120_000;

async function faultsOf(document: unknown): Promise<readonly string[]> {
  const config = await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'off' } });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer ?? ''}: ${message}`);
}

describe.each(places)('the description of the API on $name', (place) => {
  let gateway: TestGateway;
  let owner: Client;
  let document: Document;

  beforeAll(async () => {
    gateway = await openGateway(place, { publicUrl: 'http://rangka.test' });
    owner = await gateway.register({ company_name: 'Toko' });
    await owner.post('/api/v1/user-modules', { module: 'purchase' });
    await owner.post('/api/v1/user-modules', { module: 'sales' });
    document = (await owner.get('/api/openapi.json')).body as unknown as Document;
  });
  afterAll(() => gateway.close());

  it('is OpenAPI that a linter has nothing against, signed in or not', async () => {
    expect(await faultsOf(document)).toEqual([]);
    expect(await faultsOf((await owner.get('/api/openapi.json?version=v2')).body)).toEqual([]);
    expect((await owner.get('/api/openapi.json?version=v3')).status).toBe(400);
    const open = (await gateway.stranger().get('/api/openapi.json')).body;
    expect(await faultsOf(open)).toEqual([]);
    expect(JSON.stringify(open)).not.toContain('sales.customer');
  });

  it('has every route, and none that is not there', async () => {
    const routes = allRoutes(gateway.engine).map(({ method, path }) => `${method} ${path}`);
    const general = routes.filter((call) => !/v[12]\/records\/:entity/.test(call));
    expect(Object.keys(ROUTES).sort()).toEqual([...new Set(general)].sort());
    for (const version of ['v1', 'v2'] as const) await expectRecordRoutes(version, routes);
  });

  const expectRecordRoutes = async (version: 'v1' | 'v2', routes: readonly string[]): Promise<void> => {
    const { paths } = (await owner.get(`/api/openapi.json?version=${version}`)).body as unknown as Document;
    const ofRecords = routes.filter((call) => call.includes(`/api/${version}/records/:entity`));
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{([a-z]+)\}/g, ':$1')}`),
    );
    const invoice = described.filter((call) => call.includes('/records/sales.invoice'));
    expect(invoice.map((call) => call.replace('sales.invoice', ':entity')).sort()).toEqual([...ofRecords].sort());
  };

  it('says of answers what they are', async () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    ajv.addSchema({ $id: 'document', ...document });
    const validatorOf = (method: string, path: string, status: number): ValidateFunction => {
      const pointer = [path, method, 'responses', String(status), 'content', 'application/json', 'schema'];
      const reference = pointer.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent);
      return ajv.compile({ $ref: `document#/paths/${reference.join('/')}` });
    };
    const expectTrue = (method: string, path: string, reply: Reply): void => {
      const validate = validatorOf(method, path, reply.status);
      validate(reply.body);
      expect({ path, faults: validate.errors ?? [] }).toEqual({ path, faults: [] });
    };
    const customer = await owner.post('/api/v1/records/sales.customer', { name: 'Toko Sinar' });
    expectTrue('post', '/api/v1/records/sales.customer', customer);
    const unit = await owner.get('/api/v1/records/inventory.unit?page[size]=1');
    const item = await owner.post('/api/v1/records/inventory.item', {
      code: 'A',
      name: 'A',
      unit: (unit.body['data'] as unknown as { id: string }[])[0]?.id,
    });
    const order = await owner.post('/api/v1/records/sales.order', {
      customer: customer.body['data']?.['id'],
      lines: [{ item: item.body['data']?.['id'], quantity: '2', rate: '1000' }],
    });
    expectTrue('post', '/api/v1/records/sales.order', order);
    const id = String(order.body['data']?.['id']);
    const of = (path: string): string => `/api/v1/records/sales.order${path}`;
    expectTrue('get', of('/{id}'), await owner.get(of(`/${id}?titles=true&include=customer,lines.item`)));
    expectTrue('patch', of('/{id}'), await owner.patch(of(`/${id}`), { version: '1', memo: 'm' }));
    expectTrue('get', of(''), await owner.get(of('?titles=true&sort=-date')));
    for (const path of ['/history', '/comments', '/shares', '/actions', '/related']) {
      expectTrue('get', of(`/{id}${path}`), await owner.get(of(`/${id}${path}`)));
    }
    expectTrue('post', of('/{id}/comments'), await owner.post(of(`/${id}/comments`), { body: 'Halo' }));
    const general = Object.entries(ROUTES).filter(([call, { data }]) => call.startsWith('GET ') && data !== undefined);
    for (const [call] of general.filter(([call]) => !/:|graphql/.test(call))) {
      const path = call.slice('GET '.length);
      expectTrue('get', path, await owner.get(path));
    }
    const member = (await owner.get('/api/v1/members')).body['data'] as unknown as { id: string }[];
    expectTrue('get', '/api/v1/members/{id}/rights', await owner.get(`/api/v1/members/${member[0]?.id}/rights`));
    const token = await owner.post('/api/v1/auth/tokens', { name: 't' });
    expectTrue('post', '/api/v1/auth/tokens', token);
  });

  it('gives types and a client that a program is written against', { timeout: COMPILE_MS_MAX }, async () => {
    const types = await owner.get('/api/v1/metadata/types');
    expect(types.status).toBe(200);
    expect(types.headers.get('content-type')).toContain('typescript');
    const folder = await mkdtemp(join(tmpdir(), 'rangka-client-'));
    try {
      await writeFile(join(folder, 'rangka.ts'), String(types.body));
      await writeFile(join(folder, 'program.ts'), PROGRAM);
      await writeFile(join(folder, 'mistakes.ts'), MISTAKES);
      expect(typeFaults([join(folder, 'program.ts')])).toEqual([]);
      expect(typeFaults([join(folder, 'mistakes.ts')]).map(({ line }) => line)).toEqual([3, 4, 5, 6]);
      await writeFile(join(folder, 'rangka.mjs'), transpiled(String(types.body)));
      await writeFile(join(folder, 'program.mjs'), transpiled(PROGRAM).replace('./rangka.ts', './rangka.mjs'));
      const token = await owner.post('/api/v1/auth/tokens', { name: 'program' });
      const connection = { url: gateway.url, token: String(token.body['data']?.['token']) };
      const program = (await import(pathToFileURL(join(folder, 'program.mjs')).href)) as {
        run(connection: object): Promise<unknown>;
      };
      expect(await program.run(connection)).toEqual({
        total: '20000.00',
        stage: 'submitted',
        delivered: '2.0000',
        refused: 'invalid /customer',
        names: ['Warung Bu Sri'],
        columns: true,
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function transpiled(text: string): string {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(text, { compilerOptions: options }).outputText;
}

function typeFaults(files: readonly string[]): readonly { readonly line: number; readonly message: string }[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    allowImportingTsExtensions: true,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  };
  const program = ts.createProgram(files, options);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => ({
    line: file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1,
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }));
}

const PROGRAM = `import { Problem, Rangka } from './rangka.ts';
import type { Connection, SalesOrder } from './rangka.ts';

export async function run(connection: Connection): Promise<unknown> {
  const rangka = new Rangka(connection);
  const [unit] = (await rangka.list('inventory.unit', { filter: { code: 'PCS' } })).data;
  const item = await rangka.create('inventory.item', { code: 'RT', name: 'Roti', unit: unit?.id ?? null });
  const customer = await rangka.create('sales.customer', { name: 'Warung Bu Sri', city: 'Bandung' });
  const draft: SalesOrder = await rangka.create(
    'sales.order',
    { customer: customer.id, lines: [{ item: item.id, quantity: '2', rate: '10000' }] },
    { idempotencyKey: 'order-1' },
  );
  const order = await rangka.act('sales.order', draft.id, 'submit');
  const delivery = await rangka.flow('sales.order', order.id, 'sales.order-to-delivery');
  const lines = (await rangka.get('inventory.delivery', delivery.id)).lines ?? [];
  let refused = '';
  try {
    await rangka.create('sales.order', { customer: '999999', lines: [{ item: item.id, quantity: '1' }] });
  } catch (error) {
    if (error instanceof Problem) refused = [error.code, ...error.errors.map((each) => each.pointer)].join(' ');
  }
  const names: string[] = [];
  for await (const each of rangka.each('sales.customer', { filter: { city: { in: ['Bandung'] } }, sort: ['-name'] })) {
    names.push(each.name ?? '');
  }
  const balance = await rangka.report('accounting.trial-balance', { from: '2026-01-01', to: '2026-12-31' });
  return {
    total: order.total,
    stage: order.stage,
    delivered: lines[0]?.quantity,
    refused,
    names,
    columns: balance.columns.length > 0,
  };
}
`;

const MISTAKES = `import { Rangka } from './rangka.ts';
const rangka = new Rangka({ url: '', token: '' });
void rangka.list('sales.custmer');
void rangka.create('sales.customer', { name: 7 });
void rangka.act('sales.order', '1', 'sumbit');
void rangka.list('sales.customer', { sort: ['-cty'] });
`;
