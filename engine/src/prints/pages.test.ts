import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from '../compiler/compile.ts';
import type { Model } from '../compiler/model.ts';
import type { Print } from '../compiler/print-model.ts';
import { readModule } from '../compiler/test-module.ts';
import type { Locale } from '../metamodel/text.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { compose } from './compose.ts';
import { defaultPrint } from './default-print.ts';
import { pageHtml } from './html.ts';
import type { Page } from './page.ts';
import { pagePdf } from './page-pdf.ts';
import { pdfText } from './test-pdf-text.ts';

/** A contract on paper, with every kind of block. */
const PRINT = {
  print: 'rental.contract',
  entity: 'rental.contract',
  label: { en: 'Contract', id: 'Kontrak' },
  blocks: [
    { type: 'header', text: 'Jl. Sudirman 10\n{company.country}\nJakarta', fields: ['date'] },
    {
      type: 'columns',
      blocks: [
        { type: 'text', label: 'For', text: '{best.name}' },
        { type: 'fields', columns: 1, fields: ['until', { field: 'best.state', label: 'State' }, 'best.kind'] },
      ],
    },
    {
      type: 'grid',
      of: 'lines',
      fields: [
        { number: true, width: 0.5 },
        { text: '{machine.name}', label: 'Machine', detail: '{machine.code}', width: 4 },
        { field: 'days', when: 'total > 0' },
        { field: 'rate', when: 'total < 0' },
        'amount',
      ],
    },
    {
      type: 'totals',
      fields: ['net', { of: 'taxes', field: 'amount', label: '{tax.code}' }, { field: 'total', strong: true }],
    },
    { type: 'text', label: { en: 'In words', id: 'Terbilang' }, text: '{in_words(total)}' },
    { type: 'text', text: 'Never', when: 'total < 0' },
    { type: 'code', code: 'qr', value: 'number', text: '{number}' },
    { type: 'code', code: 'barcode', value: 'number' },
    { type: 'signature', signers: ['Owner\n{company.name}', 'Client'] },
  ],
};

const files = [{ path: 'print.json', text: JSON.stringify(PRINT) }];
const model = compile(
  [readModule('rental', 'tests/fixtures/rental-module'), { kind: 'company', name: 'company', files }],
  'pages',
).model as Model;
const print = model.prints.get('rental.contract')?.[0] as Print;

const machine = { id: '4', code: 'M-1', name: 'Excavator <b>&"\'', state: 'free', kind: { id: '2', name: 'Digger' } };

function contract(count: number, more: Partial<JsonRecord> = {}): JsonRecord {
  const lines = Array.from({ length: count }, (_, index) => ({
    id: String(index + 1),
    machine: index === 0 ? machine : { ...machine, id: `1${index}`, name: `Machine no. ${index + 1}` },
    days: '2',
    rate: '5000',
    amount: '10000',
    _titles: { machine: 'M-1' },
  }));
  const net = String(count * 10_000);
  return {
    id: '7',
    version: '1',
    number: 'C-2026-00001',
    status: 'submitted',
    stage: 'submitted',
    date: '2026-08-17',
    days: '2',
    until: '2026-08-19',
    best: machine,
    lines,
    taxes: [{ id: '1', tax: { id: '9', code: 'VAT 10%' }, base: net, amount: String(count * 1_000), _titles: {} }],
    net,
    total: String(count * 11_000),
    _title: 'C-2026-00001 · Excavator',
    _titles: { best: 'M-1 Excavator' },
    ...more,
  };
}

function page(record: JsonRecord, locale: Locale = 'en', chosen: Print = print): Page {
  const company = { name: 'Acme & Sons', currency: 'IDR', timezone: 'Asia/Jakarta' };
  return compose({
    print: chosen,
    model,
    record,
    locale,
    company,
    moment: { globals: { user: {}, company, settings: {} }, today: '2026-08-17', now: '2026-08-17T00:00:00.000Z' },
    titles: new Map(),
    logo: null,
  });
}

const sized = (size: Print['page']['size']): Print => ({ ...print, page: { ...print.page, size } });

describe('HTML', () => {
  test.each(['en', 'id'] as const)('of one contract, in %s', async (locale) => {
    const golden = join(import.meta.dirname, `../../../tests/fixtures/print-golden/contract-${locale}.html`);
    await expect(pageHtml(page(contract(2), locale)).html).toMatchFileSnapshot(golden);
  });

  test('every value is escaped, and there is no script', () => {
    const { html } = pageHtml(page(contract(1, { number: '<script>alert(1)</script>' })));
    expect(html).not.toMatch(/<script|<b>|style="| on[a-z]+=/i);
    expect(html).toContain('Excavator &lt;b&gt;&amp;&quot;&#39;');
    expect(html).toContain('&lt;script&gt;');
    expect(html).toContain('Acme &amp; Sons');
  });

  test('what the caller may not read is empty, not an error', () => {
    const { html } = pageHtml(page(contract(0, { best: '4', _titles: {} })));
    expect(html).not.toContain('Digger');
    expect(html).not.toContain('>For<');
  });

  test.each([
    ['draft', 'en', 'DRAFT'],
    ['draft', 'id', 'DRAF'],
    ['cancelled', 'en', 'CANCELLED'],
    ['cancelled', 'id', 'DIBATALKAN'],
  ] as const)('a %s one in %s says %s', (stage, locale, word) => {
    expect(pageHtml(page(contract(1, { stage }), locale)).html).toContain(`>${word}</div>`);
  });

  test('a submitted one says nothing across', () => {
    expect(pageHtml(page(contract(1))).html).not.toContain('class="mark"');
  });
});

describe('PDF', () => {
  test('all lines of three pages are there, the heading on each', async () => {
    const pages = pdfText(await pagePdf(page(contract(50))));
    expect(pages).toHaveLength(3);
    for (const [index, text] of pages.entries()) {
      if (index < 2) expect(text).toContain('Machine');
      expect(text).toContain(`${index + 1} / 3`);
    }
    const all = pages.flat();
    for (let line = 2; line <= 50; line += 1) expect(all).toContain(`Machine no. ${line}`);
    expect(all).toEqual(expect.arrayContaining(['Contract', 'C-2026-00001', '17 August 2026', 'Rp 550,000']));
    expect(all).toContain('Five hundred and fifty thousand rupiah');
  });

  test('the word stands on every page of a draft', async () => {
    const pages = pdfText(await pagePdf(page(contract(50, { stage: 'draft' }), 'id')));
    expect(pages.every((text) => text.includes('DRAF'))).toBe(true);
  });

  test.each(['A5', 'letter', 'receipt-58', 'receipt-80', 'label'] as const)('on %s nothing is lost', async (size) => {
    const all = pdfText(await pagePdf(page(contract(5), 'id', sized(size))))
      .flat()
      .join(' ');
    for (let line = 2; line <= 5; line += 1) expect(all).toContain(`no. ${line}`);
    expect(all).toContain('55.000');
  });

  test('a roll is as long as what stands on it', async () => {
    const heightOf = async (count: number): Promise<number> => {
      const pdf = await pagePdf(page(contract(count), 'id', sized('receipt-80')));
      const [, from = '', to = ''] = /\/MediaBox \[0 ([\d.]+) [\d.]+ ([\d.]+)\]/.exec(pdf.toString('latin1')) ?? [];
      return Number(to) - Number(from);
    };
    const short = await heightOf(1);
    const long = await heightOf(40);
    expect(short).toBeGreaterThan(200);
    expect(long).toBeGreaterThan(short + 39 * 15);
  });
});

test('an entity without a print is printed as its form stands', () => {
  const { html } = pageHtml(page(contract(2), 'id', defaultPrint(print.entity)));
  expect(html).toContain('<h1>Kontrak</h1>');
  expect(html).toContain('17 Agustus 2026');
  expect(html).toContain('M-1 Excavator');
  expect(html).toContain('Rp 22.000');
});
