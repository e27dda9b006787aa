import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Decimal } from '../../../engine/src/base/decimal.ts';
import { compile } from '../../../engine/src/compiler/compile.ts';
import { screenEntity } from '../../../engine/src/compiler/lower/screens.ts';
import { queryClient } from '../api/query-client.ts';
import { rowEntitiesOf, rowPathsOf } from './linked-rows.ts';
import { RecordDraft } from './record-draft.ts';

/** A shipment that fulfils rows of a deal: its rows read the price there. */
const documents = [
  {
    module: 'shop',
    name: { en: 'Shop' },
    version: '1.0.0',
    category: 'core',
    icon: 'cube',
    description: { en: 'Shop' },
  },
  { entity: 'shop.deal', kind: 'document', label: 'Deal', fields: { lines: { type: 'lines', of: 'shop.deal-line' } } },
  { entity: 'shop.deal-line', kind: 'lines', label: 'Line', fields: { price: { type: 'money' } } },
  {
    entity: 'shop.shipment',
    kind: 'document',
    label: 'Shipment',
    fields: { rows: { type: 'lines', of: 'shop.shipment-row' } },
  },
  {
    entity: 'shop.shipment-row',
    kind: 'lines',
    label: 'Row',
    fields: {
      deal_line: { type: 'link', to: 'shop.deal-line' },
      count: { type: 'integer' },
      worth: { type: 'money', computed: 'count * deal_line.price' },
    },
  },
];
const files = documents.map((document, index) => ({ path: `${index}.json`, text: JSON.stringify(document) }));
const { model } = compile([{ kind: 'module', name: 'shop', files }], 'rows');

function screenOf(name: string) {
  const entity = model?.entities.get(name);
  if (entity === undefined) throw new Error(`no ${name}`);
  return screenEntity(entity, ['read', 'update'], 'en');
}

const asked: string[] = [];
beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address);
    const name = address.split('/').at(-1) ?? '';
    const isKnown = address.includes('/metadata/');
    return Promise.resolve(
      new Response(JSON.stringify(isKnown ? { data: screenOf(name) } : { status: 404, detail: 'Nothing here' }), {
        status: isKnown ? 200 : 404,
        headers: { 'Content-Type': isKnown ? 'application/json' : 'application/problem+json' },
      }),
    );
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  queryClient.clear();
});

const shipment = screenOf('shop.shipment');
const draftOf = (): RecordDraft =>
  new RecordDraft(shipment, { user: {}, company: {}, settings: {} }, { unknownCode: (code) => code });

it('asks for the rows that computations read, where their owner may be read', () => {
  expect([...rowEntitiesOf(shipment)]).toEqual(['shop.deal-line']);
  expect(rowPathsOf(shipment, () => true)).toEqual(['rows.deal_line']);
  expect(rowPathsOf(shipment, (entity) => entity !== 'shop.deal')).toEqual([]);
});

it('computes with rows that came embedded, and keeps their ids', async () => {
  const draft = draftOf();
  const line = { id: '7', price: '2500.50' };
  await draft.begin({
    rows: [{ id: '1', deal_line: line, count: 2, worth: '5001.00', _titles: { deal_line: 'Rye' } }],
  });
  const [row] = draft.rows('rows');
  expect(row?.['deal_line']).toBe('7');
  expect(draft.store.titleOf('shop.deal-line', '7')).toBe('Rye');
  await draft.set(row ?? {}, 'count', Decimal.of(3), 'rows');
  expect(String(draft.rows('rows')[0]?.['worth'])).toBe('7501.5');
  const fields = draft.linesFields('rows');
  expect(fields.map((field) => [field.name, draft.isReadOnly(field, row)])).toEqual([
    ['deal_line', true],
    ['count', false],
    ['worth', true],
  ]);
});

it('opens a record whose linked rows nobody sent, and never lists rows', async () => {
  const draft = draftOf();
  await draft.begin({ rows: [{ id: '1', deal_line: '7', count: 2, worth: '5001.00' }] });
  expect(draft.rows('rows')[0]?.['deal_line']).toBe('7');
  expect(asked.filter((address) => address.includes('/records/'))).toEqual([]);
});
