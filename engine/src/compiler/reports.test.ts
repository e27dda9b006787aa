import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';

type Document = Readonly<Record<string, unknown>>;

const documents: readonly Document[] = [
  {
    module: 'shop',
    name: { en: 'Shop' },
    version: '1.0.0',
    category: 'core',
    icon: 'cube',
    description: { en: 'Shop' },
  },
  {
    entity: 'shop.purse',
    kind: 'tree',
    label: 'Purse',
    fields: {
      name: { type: 'text' },
      note: { type: 'text', encrypted: true },
      kind: { type: 'enumeration', options: ['asset', 'liability', 'equity', 'revenue', 'expense'] },
    },
  },
  {
    entity: 'shop.deal',
    kind: 'document',
    label: 'Deal',
    fields: {
      date: { type: 'date' },
      lines: { type: 'lines', of: 'shop.deal-line' },
      purse: { type: 'link', to: 'shop.purse' },
      extra: { type: 'json' },
    },
  },
  { entity: 'shop.deal-line', kind: 'lines', label: 'Line', fields: { amount: { type: 'money' } } },
  {
    ledger: 'shop.book',
    dimensions: { purse: 'shop.purse', about: 'record?' },
    measures: { plus: 'money', minus: 'money' },
    balanced: 'plus - minus',
  },
  { ledger: 'shop.list', dimensions: { deal: 'shop.deal' }, measures: { weight: 'quantity' } },
];

const sound = {
  report: 'shop.sums',
  label: { en: 'Sums', id: 'Jumlah' },
  source: { ledger: 'shop.book', where: 'purse.name != parameters.not' },
  parameters: {
    from: { type: 'date', default: 'start_of_month(today())' },
    to: { type: 'date', default: 'today()' },
    not: { type: 'text' },
    purse: { type: 'link', to: 'shop.purse' },
  },
  dimensions: [{ name: 'purse' }, { name: 'kind', value: 'purse.kind' }, { name: 'document' }, { name: 'number' }],
  measures: [
    { name: 'plus', value: 'sum(plus)', span: 'movement' },
    { name: 'minus', value: 'sum(minus)', span: 'closing', running: true },
    { name: 'net', computed: 'plus - minus' },
    { name: 'rate', computed: 'plus / minus' },
  ],
  sort: ['-plus', 'purse'],
  exchange: 'journal',
};

function compiled(report: Document): ReturnType<typeof compile> {
  const files = [...documents, report].map((document, index) => ({
    path: `${index}.json`,
    text: JSON.stringify(document),
  }));
  return compile([{ kind: 'module', name: 'shop', files }], 'reports');
}

describe('a sound report', () => {
  const { model, diagnostics } = compiled(sound);
  const report = model?.reports.get('shop.sums');

  it('is compiled without a fault', () => {
    expect(diagnostics).toEqual([]);
    expect(report?.module).toBe('shop');
  });

  it('knows what its dimensions are', () => {
    expect(report?.dimensions.map(({ name, kind, target }) => [name, kind, target?.name ?? null])).toEqual([
      ['purse', 'link', 'shop.purse'],
      ['kind', 'option', null],
      ['document', 'record', null],
      ['number', 'number', null],
    ]);
  });

  it('writes figures as what they are made of', () => {
    expect(report?.measures.map(({ name, format, scale }) => [name, format, scale])).toEqual([
      ['plus', 'money', 2],
      ['minus', 'money', 2],
      ['net', 'money', 2],
      ['rate', 'decimal', null],
    ]);
  });

  it('says what its expressions read through links', () => {
    expect(report?.reads.map(({ name }) => name)).toEqual(['shop.purse']);
  });

  it('finds the accounts of plain-text accounting, and their roots', () => {
    expect(report?.journal?.account.name).toBe('purse');
    expect(report?.journal?.root?.field.name).toBe('kind');
    expect(report?.journal?.root?.roots.get('revenue')).toBe('Income');
  });
});

const dates = { from: { type: 'date' }, to: { type: 'date' } };

/** A source beside the first that has all dimensions of the sound report. */
const deals = {
  entity: 'shop.deal',
  dimensions: { kind: 'purse.kind', document: 'stage', number: 'stage' },
};
const byPurse = { dimensions: [{ name: 'purse' }], sort: ['purse'], exchange: undefined };
const counted = { name: 'deals', of: 'deals', value: 'count()' };

/** What is changed of the sound report, and the fault that comes of it. */
const FAULTS: readonly (readonly [Document, string, string, string?])[] = [
  [{ source: { ledger: 'shop.bok' } }, '/source/ledger', 'unknown-ledger', 'shop.book'],
  [{ source: { entity: 'shop.dael' } }, '/source/entity', 'unknown-entity', 'shop.deal'],
  [{ source: { entity: 'shop.deal-line' } }, '/source/entity', 'lines-as-source'],
  [{ source: { entity: 'shop.deal', each: 'line' } }, '/source/each', 'unknown-field', 'lines'],
  [{ source: { ledger: 'shop.book', where: 'purse.nam == null' } }, '/source/where', 'unknown-field', 'name'],
  [{ source: { ledger: 'shop.book', where: 'purse.name' } }, '/source/where', 'wrong-type'],
  [{ source: { ledger: 'shop.book', where: 'plus > parameters.form' } }, '/source/where', 'unknown-name', 'from'],
  [{ source: { ledger: 'shop.book', where: "purse.note == 'x'" } }, '/source/where', 'not-stored'],
  [{ parameters: { ...dates, format: { type: 'text' } } }, '/parameters/format', 'reserved-name'],
  [{ parameters: { ...dates, who: { type: 'link', to: 'shop.pruse' } } }, '/parameters/who/to', 'unknown-entity'],
  [{ parameters: { ...dates, not: { type: 'date', default: '5' } } }, '/parameters/not/default', 'wrong-type'],
  [{ dimensions: [{ name: 'prse' }] }, '/dimensions/0/name', 'unknown-name', 'purse'],
  [{ dimensions: [{ name: 'x', value: 'purse.x' }] }, '/dimensions/0/value', 'unknown-field'],
  [{ dimensions: [{ name: 'age', value: 'memo', buckets: [0, 30] }] }, '/dimensions/0/value', 'wrong-type'],
  [{ dimensions: [{ name: 'age', value: 'plus', buckets: [30, 0] }] }, '/dimensions/0/buckets', 'not-ascending'],
  [
    { dimensions: [{ name: 'age', value: 'plus', buckets: [0], labels: ['a', 'b', 'c'] }] },
    '/dimensions/0/labels',
    'label-count',
  ],
  [{ dimensions: [{ name: 'plus', value: 'purse' }] }, '/measures/0/name', 'name-taken'],
  [{ measures: [{ name: 'plus', value: 'plus' }] }, '/measures/0/value', 'not-aggregated', 'sum(plus)'],
  [{ measures: [{ name: 'plus', value: 'sum(plsu)' }] }, '/measures/0/value', 'unknown-name', 'plus'],
  [{ measures: [{ name: 'any', value: 'any(plus > 5)' }] }, '/measures/0/value', 'wrong-type'],
  [{ measures: [{ name: 'last', value: 'max(date)', running: true }] }, '/measures/0', 'wrong-type'],
  [{ measures: [{ name: 'net', computed: 'plus' }] }, '/measures/0/computed', 'unknown-name'],
  [{ measures: [{ name: 'plus', value: 'sum(plus)', where: 'minus' }] }, '/measures/0/where', 'wrong-type'],
  [{ parameters: { not: { type: 'text' } } }, '/measures/0/span', 'span-without-dates'],
  [{ sort: ['-pls'] }, '/sort/0', 'unknown-name', 'plus'],
  [{ beside: { deals: { ...deals, entity: 'shop.dael' } } }, '/beside/deals/entity', 'unknown-entity', 'shop.deal'],
  [{ beside: { deals } }, '/beside/deals/dimensions/document', 'wrong-type'],
  [
    { ...byPurse, beside: { deals: { ...deals, dimensions: { prse: 'purse' } } } },
    '/beside/deals/dimensions/prse',
    'unknown-name',
    'purse',
  ],
  [
    { ...byPurse, beside: { deals: { entity: 'shop.deal', where: 'plus > 0' } } },
    '/beside/deals/where',
    'unknown-name',
  ],
  [
    { ...byPurse, beside: { deals: { entity: 'shop.deal' } }, measures: [{ ...counted, of: 'deal' }] },
    '/measures/0/of',
    'unknown-name',
    'deals',
  ],
  [
    { ...byPurse, beside: { deals: { entity: 'shop.deal' } }, measures: [{ ...counted, value: 'sum(plus)' }] },
    '/measures/0/value',
    'unknown-name',
  ],
  [
    { ...byPurse, beside: { deals: { entity: 'shop.deal' } }, measures: [{ ...counted, span: 'movement' }] },
    '/measures/0/span',
    'span-without-dates',
  ],
  [
    { dimensions: [{ name: 'purse' }], sort: [], beside: { deals: { entity: 'shop.deal' } } },
    '/exchange',
    'one-source',
  ],
  [{ ...byPurse, beside: { deals: { entity: 'shop.deal' } } }, '/measures/1/running', 'one-source'],
  [{ exchange: { element: 'a', value: 'plsu' } }, '/exchange/value', 'unknown-name', 'plus'],
  [
    { exchange: { element: 'a', content: [{ element: 'b', each: ['prse'] }] } },
    '/exchange/content/0/each/0',
    'unknown-name',
    'purse',
  ],
  [{ exchange: { element: 'a b' } }, '/exchange/element', 'wrong-format'],
  [{ exchange: { element: 'a', value: 'plus', content: [{ element: 'b' }] } }, '/exchange/value', 'unknown-property'],
  [{ layout: { type: 'pivot' } }, '/layout', 'nothing-across'],
  [{ layout: { type: 'pivot', across: ['prse'] } }, '/layout/across/0', 'unknown-name', 'purse'],
  [{ layout: { type: 'table', across: ['purse'] } }, '/layout/across', 'pivot-only'],
  [{ layout: { type: 'pivot', across: ['purse'], subtotals: ['purse'] } }, '/layout/across/0', 'name-taken'],
  [{ layout: { type: 'statement', tree: 'kind' } }, '/layout/tree', 'no-tree'],
  [{ layout: { type: 'statement', sign: "'x'" } }, '/layout/sign', 'wrong-type'],
  [
    { layout: { type: 'table', sections: [{ name: 'a', label: 'A', where: 'plus > 0' }] } },
    '/layout/sections',
    'statement-only',
  ],
  [
    { layout: { type: 'statement', sections: [{ name: 'a', label: 'A', computed: 'b' }] } },
    '/layout/sections/0/computed',
    'unknown-name',
  ],
  [
    {
      source: { ledger: 'shop.list' },
      dimensions: [{ name: 'deal' }],
      measures: [{ name: 'w', value: 'sum(weight)' }],
    },
    '/exchange',
    'no-journal',
  ],
  [
    {
      source: { entity: 'shop.deal' },
      dimensions: [{ name: 'extra' }],
      measures: [{ name: 'count', value: 'count()' }],
      exchange: undefined,
      sort: [],
    },
    '/dimensions/0/name',
    'not-groupable',
  ],
];

for (const [changed, pointer, code, hint] of FAULTS) {
  it(`${JSON.stringify(changed)} is refused at ${pointer}: ${code}`, () => {
    const { model, diagnostics } = compiled({ ...sound, ...changed });
    expect(model).toBeNull();
    const here = diagnostics.filter((diagnostic) => diagnostic.pointer === pointer);
    expect(here.map((diagnostic) => diagnostic.code)).toContain(code);
    if (hint !== undefined) expect(here.find((diagnostic) => diagnostic.code === code)?.hint).toContain(hint);
  });
}
