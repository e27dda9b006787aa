import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testBackends } from '../storage/test-server.ts';
import { openTestShop } from './test-shop.ts';
import type { TestShop } from './test-shop.ts';

const REPORT = 'shop.deals-xml';

const reports = [
  {
    report: REPORT,
    label: 'Deals',
    source: { entity: 'shop.deal', each: 'lines' },
    parameters: { word: { type: 'text', label: 'Word' } },
    dimensions: [{ name: 'person', value: 'parent.person' }, { name: 'what' }],
    measures: [{ name: 'amount', value: 'sum(quantity)' }],
    sort: ['-person', 'what'],
    exchange: {
      element: 'Deals',
      content: [
        {
          element: 'Person',
          each: ['person'],
          content: [
            { element: 'Word', value: 'parameters.word' },
            { element: 'Total', value: 'amount' },
            { element: 'Line', each: ['what'], value: 'what' },
          ],
        },
      ],
    },
  },
];

describe.each(testBackends)('a report as XML on $name', (backend) => {
  let shop: TestShop;

  beforeAll(async () => {
    shop = await openTestShop(backend, 'report_xml', reports);
    // Ani and Budi came into the database in the order of their names.
    for (const [person, quantity] of [
      ['BUDI', '3'],
      ['ANI', '2'],
    ] as const) {
      const lines = ['Rice', 'Oil'].map((what) => ({ what, quantity, rate: '3.50' }));
      await shop.create('shop.deal', { date: '2026-01-10', person: shop.idOf(person), lines });
    }
  });
  afterAll(() => shop.close());

  it('puts the choices of the run into every part, and follows the order of the report', async () => {
    const text = await shop.xml(REPORT, { word: 'a < b' });
    const person = (total: string): readonly string[] => [
      '<Person>',
      '<Word>a &lt; b</Word>',
      `<Total>${total}</Total>`,
      '<Line>Oil</Line>',
      '<Line>Rice</Line>',
      '</Person>',
    ];
    expect(text.split('\n').map((line) => line.trim())).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<Deals>',
      ...person('4.0000'),
      ...person('6.0000'),
      '</Deals>',
      '',
    ]);
  });

  it('is refused where lines would be missing', async () => {
    await expect(shop.xml(REPORT, {}, { limit: 3 })).rejects.toMatchObject({
      code: 'too-large',
      parameters: { limit: '3' },
    });
    expect((await shop.xml(REPORT, {}, { limit: 4 })).split('<Line>')).toHaveLength(5);
  });
});
