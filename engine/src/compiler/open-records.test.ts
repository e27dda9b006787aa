import { expect, it } from 'vitest';
import { compile } from './compile.ts';
import { screenEntity } from './lower/screens.ts';

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
    entity: 'shop.guest',
    kind: 'master',
    label: { en: 'Guest', id: 'Tamu' },
    fields: { name: { type: 'text' } },
    counts_as: ['shop.party'],
  },
  {
    entity: 'shop.baker',
    kind: 'master',
    label: 'Baker',
    fields: { name: { type: 'text' } },
    counts_as: ['shop.party'],
  },
  { entity: 'shop.oven', kind: 'master', label: 'Oven', fields: { name: { type: 'text' } } },
  { entity: 'shop.deal-line', kind: 'lines', label: 'Line', fields: { amount: { type: 'money' } } },
  {
    entity: 'shop.deal',
    kind: 'document',
    label: 'Deal',
    fields: { lines: { type: 'lines', of: 'shop.deal-line' } },
  },
  {
    ledger: 'shop.open',
    dimensions: { document: 'record', party: 'record', guest: 'shop.guest?', due: 'date?' },
    measures: { plus: 'money', minus: 'money' },
    labels: { plus: { en: 'In', id: 'Masuk' }, document: 'Paper' },
  },
];

/** A payment whose rows settle what is open, and a ledger that may be changed for the worse. */
function compiled(
  openIn: Document,
  change: Readonly<Record<string, Document>> = {},
): ReturnType<typeof compile> & { readonly codes: readonly string[] } {
  const payment: readonly Document[] = [
    {
      entity: 'shop.payment',
      kind: 'document',
      label: 'Payment',
      fields: {
        party: { type: 'dynamic-link', offers: 'shop.party' },
        deal_line: { type: 'link', to: 'shop.deal-line' },
        total: { type: 'money' },
        rows: { type: 'lines', of: 'shop.payment-row' },
      },
    },
    {
      entity: 'shop.payment-row',
      kind: 'lines',
      label: 'Row',
      fields: { document: { type: 'dynamic-link', open_in: openIn }, amount: { type: 'money' } },
    },
  ];
  const files = [...documents, ...payment].map((document, index) => {
    const name = String(document['ledger'] ?? document['entity'] ?? '');
    return { path: `${index}.json`, text: JSON.stringify({ ...document, ...change[name] }) };
  });
  const result = compile([{ kind: 'module', name: 'shop', files }], 'open');
  return { ...result, codes: result.diagnostics.map(({ pointer, code, hint }) => `${pointer} ${code} ${hint ?? ''}`) };
}

const sound = { ledger: 'shop.open', dimension: 'document', due: 'due', at: { party: 'party' }, value: 'plus - minus' };

it('screens know what pickers offer, and who owns the rows that a link leads to', () => {
  const { model, codes } = compiled(sound);
  expect(codes).toEqual([]);
  const payment = model?.entities.get('shop.payment');
  if (payment === undefined) throw new Error('no payment');
  const screen = screenEntity(payment, ['read'], 'en');
  const field = (name: string) => screen.fields.find((each) => each.name === name);
  expect(field('party')?.toAny).toEqual(['shop.baker', 'shop.guest'].sort((a, b) => b.localeCompare(a)));
  expect(field('deal_line')?.owner).toBe('shop.deal');
  expect(field('total')).not.toHaveProperty('owner');
  const document = screen.lines['rows']?.fields.find(({ name }) => name === 'document');
  expect(document?.openIn).toMatchObject({
    ledger: 'shop.open',
    dimension: 'document',
    due: 'due',
    at: { party: 'party' },
  });
});

it('a ledger calls its members as it says, dimensions as their entity, measures by their name', () => {
  const { model } = compiled(sound);
  const ledger = model?.ledgers.get('shop.open');
  expect(ledger?.dimensions.map(({ label }) => label)).toEqual([
    { en: 'Paper' },
    { en: 'Party' },
    { en: 'Guest', id: 'Tamu' },
    { en: 'Due' },
  ]);
  expect(ledger?.measures.map(({ label }) => label)).toEqual([{ en: 'In', id: 'Masuk' }, { en: 'Minus' }]);
});

it.each<[string, Document, readonly string[]]>([
  ['an unknown ledger', { ledger: 'shop.opne' }, ['/fields/document/open_in/ledger unknown-ledger']],
  ['an unknown dimension', { dimension: 'documnt' }, ['/fields/document/open_in/dimension unknown-dimension']],
  ['a dimension that names no record', { dimension: 'due' }, ['/fields/document/open_in/dimension wrong-type']],
  ['a due date that is none', { due: 'party' }, ['/fields/document/open_in/due wrong-type']],
  ['an unknown field', { at: { party: 'prty' } }, ['/fields/document/open_in/at/party unknown-field']],
  ['another type of field', { at: { party: 'total' } }, ['/fields/document/open_in/at/party wrong-type']],
  ['an unknown measure', { value: 'pluss' }, ['/fields/document/open_in/value unknown-name']],
])('complains of %s', (_, change, expected) => {
  const { codes } = compiled({ ...sound, ...change });
  expect(codes.map((each) => each.split(' ').slice(0, 2).join(' '))).toEqual(expected);
});

it('complains of a label for nothing', () => {
  const { codes } = compiled(sound, { 'shop.open': { labels: { pluss: 'In' } } });
  expect(codes).toEqual([expect.stringMatching(/^\/labels\/pluss unknown-name .*plus/)]);
});
