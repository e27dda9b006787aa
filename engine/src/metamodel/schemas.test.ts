import { Ajv2020 } from 'ajv/dist/2020.js';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fieldTypes } from './fields/index.ts';
import type { BusinessTypeDocument, ModuleDocument } from './source.ts';

type Node = Readonly<Record<string, unknown>>;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, 'metadata/schema');
const schemas = new Map(
  readdirSync(folder).map((name) => [name.replace('.schema.json', ''), readJson(join(folder, name))]),
);

// Conditions name properties that the schema beside them defines, so `strictRequired` would see nothing wrong but them.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
ajv.addKeyword('x-kind-key');
for (const schema of schemas.values()) ajv.addSchema(schema);

function readJson(file: string): Node {
  return JSON.parse(readFileSync(file, 'utf8')) as Node;
}

function faultsOf(kind: string, document: unknown): readonly string[] {
  const validate = ajv.getSchema(String(schemas.get(kind)?.['$id']));
  if (validate === undefined) throw new Error(`There is no schema of ${kind}.`);
  if (validate(document) === true) return [];
  const errors = validate.errors ?? [];
  return errors.filter(({ keyword }) => keyword !== 'if').map((error) => `${error.instancePath} ${error.keyword}`);
}

const kinds = [...schemas.keys()].filter((kind) => kind !== 'common');

describe.each(kinds)('the schema of %s', (kind) => {
  const schema = schemas.get(kind) as Node;

  it('is strict draft 2020-12 with its address, title and description', () => {
    expect(() => ajv.getSchema(String(schema['$id']))).not.toThrow();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `https://rangka.dev/schema/${kind}.schema.json`,
      title: expect.stringMatching(/^[A-Z][A-Za-z]+Document$/) as string,
      description: expect.stringMatching(/\.$/) as string,
      additionalProperties: false,
    });
  });

  it('says by which property a document of the kind is named', () => {
    const key = String(schema['x-kind-key']);
    expect(key).toBe(kind.replace('-', '_'));
    expect(schema['required']).toContain(key);
    expect(Object.keys(schema['properties'] as Node).slice(0, 2)).toEqual(['$schema', key]);
  });

  it('describes every property and lets no other in', () => {
    for (const { node, path } of nodesIn(schema, '')) {
      if (node['type'] === 'object' || String(node['type']).includes('object')) {
        expect(node, path).toHaveProperty('additionalProperties');
      }
      const properties = (node['properties'] ?? {}) as Readonly<Record<string, Node>>;
      for (const [name, property] of Object.entries(properties)) {
        expect(property['description'] ?? property['$ref'], `${path}/properties/${name}`).toBeTypeOf('string');
      }
    }
  });
});

/** Everything in a schema that describes a value, conditions left out. */
function* nodesIn(node: Node, path: string): Iterable<{ readonly node: Node; readonly path: string }> {
  yield { node, path };
  for (const key of ['properties', '$defs']) {
    for (const [name, child] of Object.entries((node[key] ?? {}) as Readonly<Record<string, Node>>)) {
      yield* nodesIn(child, `${path}/${key}/${name}`);
    }
  }
  for (const key of ['items', 'additionalProperties']) {
    const child = node[key];
    if (typeof child === 'object' && child !== null) yield* nodesIn(child as Node, `${path}/${key}`);
  }
}

/** The least that a field of each type needs. */
const FIELD_NEEDS: Readonly<Record<string, Node>> = {
  enumeration: { options: ['a', { value: 'b', label: 'B', color: 'green' }] },
  link: { to: 'sample.thing' },
  links: { to: 'sample.thing' },
  lines: { of: 'sample.row' },
  sequence: { pattern: 'T-{yyyy}-{seq:5}' },
};

function entityWith(field: Node, more: Node = {}): Node {
  return { entity: 'sample.thing', kind: 'master', label: 'Thing', fields: { sample: field }, ...more };
}

describe('a field', () => {
  it.each(Object.keys(fieldTypes))('may be %s', (type) => {
    const needs = FIELD_NEEDS[type] ?? {};
    expect(faultsOf('entity', entityWith({ type, ...needs }))).toEqual([]);
    for (const name of Object.keys(needs)) {
      const { [name]: _, ...rest } = needs;
      expect(faultsOf('entity', entityWith({ type, ...rest }))).toEqual(['/fields/sample required']);
    }
  });

  it.each<readonly [Node, string]>([
    [{ type: 'texte' }, '/fields/sample/type enum'],
    [{ type: 'text', min: 1 }, '/fields/sample/min false schema'],
    [{ type: 'text', options: ['a'] }, '/fields/sample/options false schema'],
    [{ type: 'text', colour: 'red' }, '/fields/sample additionalProperties'],
    [{ type: 'date', scale: 2 }, '/fields/sample/scale false schema'],
    [{ type: 'money', scale: 13 }, '/fields/sample/scale maximum'],
    [{ type: 'money', precision: 19 }, '/fields/sample/precision maximum'],
    [{ type: 'money', min: '1e3' }, '/fields/sample/min pattern'],
    [{ type: 'json', unique: true }, '/fields/sample/unique false schema'],
    [{ type: 'text', encrypted: true, search: true }, '/fields/sample/search false schema'],
    [{ type: 'money', computed: 'a', default: '1' }, '/fields/sample/default false schema'],
    [{ type: 'lines', of: 'sample.row', default: '1' }, '/fields/sample/default false schema'],
    [{ type: 'link', to: ['sample.a'] }, '/fields/sample/to type'],
    [{ type: 'link', to: 'thing' }, '/fields/sample/to pattern'],
    [{ type: 'enumeration', options: [] }, '/fields/sample/options minItems'],
    [{ type: 'sequence', pattern: '{year}' }, '/fields/sample/pattern pattern'],
    [{ type: 'text', required: 1 }, '/fields/sample/required type'],
    [{ type: 'text', label: { fr: 'Nom' } }, '/fields/sample/label additionalProperties'],
    [{ type: 'text', computed: 'x'.repeat(4001) }, '/fields/sample/computed maxLength'],
  ])('%j is refused at its place', (field, fault) => {
    expect(faultsOf('entity', entityWith(field))).toContain(fault);
  });
});

/** One complete document of each kind beside those that modules ship. */
const EXAMPLES: readonly (readonly [string, Node])[] = [
  ['form', { form: 'sample.thing', entity: 'sample.thing', sections: [{ fields: ['a', 'b'], columns: 2 }] }],
  ['view', { view: 'sample.board', entity: 'sample.thing', type: 'kanban', group_by: 'status', columns: ['a'] }],
  [
    'view',
    { view: 'sample.cube', entity: 'sample.thing', type: 'pivot', rows: ['a'], values: [{ aggregate: 'count' }] },
  ],
  [
    'workflow',
    {
      workflow: 'sample.request',
      states: ['draft', 'to-approve', { name: 'approved', color: 'green' }],
      transitions: [
        { name: 'request', from: 'draft', to: 'to-approve', roles: ['buyer'] },
        {
          name: 'approve',
          from: ['to-approve'],
          to: 'approved',
          guard: 'total <= 5',
          do: ['submit', { notify: 'owner' }],
        },
      ],
    },
  ],
  [
    'ledger',
    {
      ledger: 'sample.stock',
      dimensions: { item: 'sample.item', batch: 'sample.batch?' },
      measures: { quantity: 'decimal', value: 'money' },
      valuation: { value: 'value', by: 'quantity', method: 'item.valuation_method' },
      guards: [{ never: 'quantity < 0', unless: 'item.may_be_negative', message: { en: 'Not enough {item.name}' } }],
    },
  ],
  [
    'posting',
    {
      posting: 'sample.issue',
      on: 'submit',
      entries: [
        { ledger: 'sample.stock', each: 'lines', out: { quantity: 'quantity' }, at: { item: 'item' }, as: 'issue' },
        { ledger: 'sample.general', each: 'lines', debit: 'issue.value', at: { account: 'item.account' } },
      ],
    },
  ],
  [
    'flow',
    {
      flow: 'sample.request-to-issue',
      from: 'sample.request',
      to: 'sample.issue',
      set: { request: 'id' },
      lines: { from: 'lines', open: "balance('sample.to-issue', line: id).quantity", set: { quantity: 'open' } },
    },
  ],
  [
    'report',
    {
      report: 'sample.balance',
      label: 'Balance',
      source: { ledger: 'sample.stock', where: 'date <= parameters.at' },
      parameters: { at: { type: 'date', default: 'today()' } },
      dimensions: [{ name: 'item' }],
      measures: [{ name: 'quantity', value: 'sum(quantity)', format: 'quantity' }],
      layout: { type: 'table' },
    },
  ],
  [
    'print',
    {
      print: 'sample.request',
      entity: 'sample.request',
      label: 'Request',
      page: { size: 'A5' },
      blocks: [
        { type: 'header', label: '{number}' },
        { type: 'grid', of: 'lines', fields: ['item', 'quantity'] },
        { type: 'signature', signers: ['Approved by'] },
      ],
    },
  ],
  [
    'automation',
    {
      automation: 'sample.remind',
      entity: 'sample.request',
      on: { schedule: '0 7 * * 1-5' },
      do: [{ notify: 'owner' }],
    },
  ],
  ['translation', { translation: 'id', texts: { 'entity/sample.thing/fields/name/label': 'Nama' } }],
  ['template', { template: 'sample', name: 'Sample', version: '1.0.0', modules: ['sales'] }],
];

it.each(EXAMPLES)('a %s is valid', (kind, document) => {
  expect(faultsOf(kind, document)).toEqual([]);
});

it.each<readonly [string, Node, string]>([
  ['view', { view: 'sample.board', entity: 'sample.thing', type: 'kanban' }, ' required'],
  ['view', { view: 'sample.list', entity: 'sample.thing', type: 'list', group_by: 'a' }, '/group_by false schema'],
  ['posting', { posting: 'sample.a', on: 'submit', entries: [{ ledger: 'sample.b', at: {} }] }, '/entries/0 required'],
  [
    'posting',
    { posting: 'sample.a', on: 'submit', entries: [{ ledger: 'sample.b', at: {}, debit: '1', credit: '1' }] },
    '/entries/0/credit false schema',
  ],
  ['automation', { automation: 'sample.a', entity: 'sample.b', on: 'never', do: [] }, '/on enum'],
  ['automation', { automation: 'sample.a', entity: 'sample.b', on: 'created', do: ['dance'] }, '/do/0 enum'],
  ['module', { module: 'Sample', name: 'Sample', version: '1', category: 'core' }, '/version pattern'],
  ['module', { module: 'sample', name: 'Sample', version: '1.0.0', category: 'core', menu: [{}] }, '/menu/0 required'],
  ['translation', { translation: 'fr', texts: {} }, '/translation enum'],
  [
    'permission',
    { permission: 'a.b', role: 'a.b', grants: [{ entity: 'a.b', actions: ['rule'] }] },
    '/grants/0/actions/0 pattern',
  ],
])('a wrong %s is refused at its place: %j', (kind, document, fault) => {
  expect(faultsOf(kind, document)).toContain(fault);
});

/** Whether a document of a module changes one of another module, which its name tells. */
function isAddition(path: string, document: Node): boolean {
  const [top, , module] = path.split('/');
  const names = ['entity', 'posting', 'flow'].flatMap((kind) =>
    typeof document[kind] === 'string' ? [document[kind]] : [],
  );
  return top === 'modules' && names.some((name) => !String(name).startsWith(`${module}.`));
}

const shipped = ['modules', 'metadata'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json') && !/(^|\/)(scenarios|schema)\//.test(path))
    .map((path) => join(top, path)),
);

describe('what is shipped', () => {
  it.each(shipped)('%s is valid and names its schema', (path) => {
    const document = readJson(join(root, path));
    const address = String(document['$schema']);
    expect(existsSync(join(root, path, '..', address)), `${address} from ${path}`).toBe(true);
    const faults = faultsOf(basename(address, '.schema.json'), document);
    // A document that adds to another module's says only what it adds; the compiler checks the whole.
    expect(
      isAddition(path, document) ? faults.filter((fault) => !/ (required|false schema)$/.test(fault)) : faults,
    ).toEqual([]);
  });

  it('uses only icons that exist', () => {
    const icons = shipped.flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/"icon": "([^"]+)"/g)].map(([, icon]) => icon ?? ''),
    );
    const missing = [...new Set(icons)].filter((icon) => {
      const name = icon.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      return !existsSync(join(root, `node_modules/@heroicons/vue/24/outline/${name}Icon.js`));
    });
    expect(missing).toEqual([]);
  });
});

describe('business types', () => {
  const types = shipped
    .filter((path) => path.startsWith('metadata/business-types'))
    .map((path) => readJson(join(root, path)) as unknown as BusinessTypeDocument);
  const modules = new Map(
    shipped
      .filter((path) => basename(path) === 'module.json')
      .map((path) => readJson(join(root, path)) as unknown as ModuleDocument)
      .map((manifest) => [manifest.module, manifest]),
  );

  it('are at least twelve, each with its own place', () => {
    expect(types.length).toBeGreaterThanOrEqual(12);
    expect(new Set(types.map(({ sort_order: place }) => place)).size).toBe(types.length);
  });

  it.each(types)(
    '$business_type speaks both languages and recommends modules once each',
    ({ name, description, ...type }) => {
      const texts = [name, description, ...type.recommendations.map(({ because }) => because)];
      for (const text of texts)
        expect(text).toEqual({ en: expect.any(String) as string, id: expect.any(String) as string });
      const recommended = type.recommendations.map(({ module }) => module);
      expect(new Set(recommended).size).toBe(recommended.length);
      expect(recommended.filter((slug) => !modules.has(slug))).toEqual([]);
    },
  );

  it.each(types)('$business_type requires what its required modules depend on', ({ recommendations }) => {
    const required = recommendations.filter((each) => each.required === true).map(({ module }) => module);
    const needed = required.flatMap((slug) => modules.get(slug)?.dependencies ?? []);
    expect(needed.filter((slug) => !required.includes(slug))).toEqual([]);
  });
});
