import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testBackends } from '../storage/test-server.ts';
import { openTestShop, shown } from './test-shop.ts';
import type { TestEntry, TestShop } from './test-shop.ts';

const DAYS = {
  from: { type: 'date', default: 'start_of_month(today())' },
  to: { type: 'date', default: 'today()' },
};
const NET = 'sum(plus - minus)';

const reports = [
  {
    report: 'shop.trial',
    label: { en: 'Trial balance', id: 'Neraca saldo' },
    source: { ledger: 'shop.book', where: 'parameters.type == null or purse.type == parameters.type' },
    parameters: { ...DAYS, type: { type: 'enumeration', options: ['asset', 'income'] } },
    dimensions: [{ name: 'purse' }],
    measures: [
      { name: 'opening', value: NET, span: 'opening' },
      { name: 'plus', value: 'sum(plus)', span: 'movement' },
      { name: 'minus', value: 'sum(minus)', span: 'movement' },
      { name: 'closing', value: NET, span: 'closing' },
      { name: 'proof', computed: 'opening + plus - minus' },
    ],
  },
  {
    report: 'shop.card',
    label: 'Card',
    source: { ledger: 'shop.book' },
    parameters: { ...DAYS, purse: { type: 'link', to: 'shop.purse' } },
    dimensions: [
      { name: 'purse' },
      { name: 'date' },
      { name: 'number' },
      { name: 'memo' },
      { name: 'entry', value: 'id', hidden: true },
    ],
    measures: [
      { name: 'plus', value: 'sum(plus)', span: 'movement' },
      { name: 'minus', value: 'sum(minus)', span: 'movement' },
      { name: 'balance', value: NET, span: 'closing', running: true },
    ],
    sort: ['date'],
    layout: { type: 'table', subtotals: ['purse'] },
  },
  {
    report: 'shop.result',
    label: 'Result',
    source: { ledger: 'shop.book' },
    parameters: DAYS,
    dimensions: [{ name: 'purse' }],
    measures: [
      { name: 'amount', value: 'sum(minus - plus)', span: 'movement' },
      { name: 'part', value: 'sum(minus - plus)', span: 'movement', share: true },
    ],
    layout: {
      type: 'statement',
      tree: 'purse',
      sign: "if(purse.type == 'expense', -1, 1)",
      sections: [
        { name: 'income', label: { en: 'Income', id: 'Pendapatan' }, where: "purse.type == 'income'" },
        { name: 'expense', label: 'Expenses', where: "purse.type == 'expense'" },
        { name: 'result', label: 'Result', computed: 'income - expense' },
      ],
    },
  },
  {
    report: 'shop.months',
    label: 'Months',
    source: { ledger: 'shop.book', where: "purse.type in ['income', 'expense']" },
    parameters: DAYS,
    dimensions: [{ name: 'purse' }, { name: 'month', value: 'start_of_month(date)' }],
    measures: [{ name: 'amount', value: 'sum(minus - plus)', span: 'movement' }],
    layout: { type: 'pivot', across: ['month'], chart: 'bar' },
  },
  {
    report: 'shop.ageing',
    label: 'Ageing',
    source: { ledger: 'shop.book', where: "purse.code == '12' and date <= parameters.to" },
    parameters: { to: DAYS.to },
    dimensions: [{ name: 'person' }, { name: 'age', value: 'days_between(due, parameters.to)', buckets: [0, 30, 60] }],
    measures: [{ name: 'open', value: NET }],
    layout: { type: 'pivot', across: ['age'] },
  },
  {
    report: 'shop.people',
    label: 'People',
    source: { ledger: 'shop.book' },
    dimensions: [{ name: 'town', value: 'person.town' }, { name: 'about' }],
    measures: [
      { name: 'entries', value: 'count()' },
      { name: 'greatest', value: 'max(plus)' },
      { name: 'mean', value: 'avg(plus)', where: 'plus > 0' },
      { name: 'last', value: 'max(date)' },
      { name: 'ratio', value: 'sum(minus) / sum(plus)', format: 'decimal' },
    ],
    sort: ['-entries', 'town'],
  },
  {
    report: 'shop.lines',
    label: 'Deal lines',
    source: { entity: 'shop.deal', each: 'lines', where: 'parent.person.name != parameters.not' },
    parameters: { not: { type: 'text', default: "'Nobody'" } },
    dimensions: [{ name: 'what' }, { name: 'person', value: 'parent.person' }],
    measures: [
      { name: 'quantity', value: 'sum(quantity)' },
      { name: 'amount', value: 'sum(amount)' },
      { name: 'deals', value: 'max(parent.date)' },
    ],
  },
  {
    report: 'shop.deals',
    label: 'Deals',
    source: { entity: 'shop.deal', where: "any(lines, quantity > 1) and stage == 'draft'" },
    dimensions: [{ name: 'person' }, { name: 'month', value: 'start_of_month(date)' }],
    measures: [
      { name: 'total', value: 'sum(total)' },
      { name: 'count', value: 'count()' },
    ],
    layout: { type: 'table', subtotals: ['person'] },
  },
  {
    report: 'shop.sold-and-booked',
    label: 'Sold and booked',
    source: { entity: 'shop.deal', where: 'date >= parameters.from and date <= parameters.to' },
    beside: {
      booked: {
        ledger: 'shop.book',
        where: "purse.code == '12'",
        dimensions: { month: 'start_of_month(date)' },
      },
      lines: {
        entity: 'shop.deal',
        each: 'lines',
        where: 'parent.date >= parameters.from and parent.date <= parameters.to and quantity > 1',
        dimensions: { person: 'parent.person', month: 'start_of_month(parent.date)' },
      },
    },
    parameters: DAYS,
    dimensions: [{ name: 'person' }, { name: 'month', value: 'start_of_month(date)' }],
    measures: [
      { name: 'total', value: 'sum(total)' },
      { name: 'booked', of: 'booked', value: NET, span: 'movement' },
      { name: 'before', of: 'booked', value: NET, span: 'opening' },
      { name: 'lines', of: 'lines', value: 'count()' },
      { name: 'mean', of: 'lines', value: 'avg(quantity)' },
      { name: 'gap', computed: 'total - booked' },
    ],
    sort: ['person', 'month'],
  },
];

const YEAR = { from: '2026-01-01', to: '2026-12-31' };

describe.each(testBackends)('reports on $name', (backend) => {
  let shop: TestShop;
  const deals: string[] = [];

  beforeAll(async () => {
    shop = await openTestShop(backend, 'reports', reports);
    const persons = ['ANI', 'BUDI'];
    for (const [index, date] of ['2026-01-10', '2026-02-20', '2026-03-05'].entries()) {
      deals.push(
        await shop.create('shop.deal', {
          date,
          person: shop.idOf(persons[index % 2]!),
          lines: [
            { what: 'Rice', quantity: String(index + 1), rate: '10.00' },
            { what: 'Oil', quantity: '2', rate: '3.50' },
          ],
        }),
      );
    }
    await shop.number(deals);
    const pairs: readonly (readonly [string, readonly TestEntry[]])[] = [
      [
        deals[0]!,
        [
          ['2026-01-10', '12', 'ANI', '100.00', '0', 'first'],
          ['2026-01-10', '41', null, '0', '100.00'],
        ],
      ],
      [
        deals[1]!,
        [
          ['2026-02-20', '12', 'BUDI', '50.50', '0', 'second'],
          ['2026-02-20', '41', null, '0', '50.50'],
        ],
      ],
      [
        deals[1]!,
        [
          ['2026-02-28', '11', null, '40.00', '0', 'paid'],
          ['2026-02-28', '12', 'ANI', '0', '40.00', 'paid'],
        ],
      ],
      [
        deals[2]!,
        [
          ['2026-03-05', '51', null, '20.00', '0', 'light'],
          ['2026-03-05', '11', null, '0', '20.00', 'light'],
        ],
      ],
      [
        deals[2]!,
        [
          ['2026-03-05', '12', 'ANI', '7.25', '0', 'third'],
          ['2026-03-05', '41', null, '0', '7.25'],
        ],
      ],
    ];
    for (const [deal, entries] of pairs) await shop.book(deal, entries);
  });
  afterAll(() => shop.close());

  it('puts earlier periods beside the figures of each line, with the change', async () => {
    const answer = await shop.run(
      'shop.trial',
      { from: '2026-02-01', to: '2026-02-28' },
      { comparing: { comparison: 'previous', periods: 2 } },
    );
    expect(answer.columns.map(({ name }) => name).filter((name) => name.startsWith('plus'))).toEqual([
      'plus',
      'plus@1',
      'plus@2',
      'plus@change',
      'plus@percent',
    ]);
    expect(answer.columns.find(({ name }) => name === 'plus@1')).toMatchObject({
      label: expect.stringMatching(/ · January 2026$/) as string,
      dates: { gte: '2026-01-01', lte: '2026-01-31' },
    });
    expect(shown(answer, 'plus', 'plus@1', 'plus@2', 'plus@change', 'plus@percent')).toEqual([
      expect.stringMatching(/^11 Cash.*: 40.00 - - 40.00 -$/),
      expect.stringMatching(/^12 Debtors.*: 50.50 100.00 - -49.50 -49.5$/),
      expect.stringMatching(/^41 Sales.*: 0.00 0.00 - 0.00 -$/),
    ]);
    expect(answer.totals).toMatchObject({
      plus: '90.50',
      'plus@1': '100.00',
      'plus@change': '-9.50',
      'plus@percent': '-9.5',
    });
  });

  it('keeps lines that only an earlier period has, under the lines they belong to', async () => {
    const answer = await shop.run(
      'shop.result',
      { from: '2026-04-01', to: '2026-06-30' },
      { comparing: { comparison: 'previous', periods: 1 } },
    );
    const before = await shop.run('shop.result', { from: '2026-01-01', to: '2026-03-31' });
    expect(shown(answer, 'amount@1').map((line) => line.replace(/amount.*/, ''))).toHaveLength(before.rows.length);
    expect(answer.rows.map(({ level, cells }) => [level, cells['amount@1']])).toEqual(
      before.rows.map(({ level, cells }) => [level, cells['amount']]),
    );
    expect(answer.rows.every(({ cells }) => cells['amount'] === null || cells['amount'] === '0.00')).toBe(true);
  });

  it('puts the figures of several sources side by side', async () => {
    const ask = { from: '2026-02-01', to: '2026-03-31' };
    const answer = await shop.run('shop.sold-and-booked', ask);
    expect(shown(answer, 'total', 'booked', 'before', 'lines', 'mean', 'gap')).toEqual([
      '=Budi | 2026-02-01: 27.00 50.50 0.00 2 2.0000 -23.50',
      'Ani | 2026-01-01: 0.00 0.00 100.00 0 - 0.00',
      'Ani | 2026-02-01: 0.00 -40.00 0.00 0 - 40.00',
      'Ani | 2026-03-01: 37.00 7.25 0.00 2 2.5000 29.75',
    ]);
    expect(answer.totals).toEqual({
      total: '64.00',
      booked: '17.75',
      before: '100.00',
      lines: '4',
      mean: '2.2500',
      gap: '46.25',
    });
    const [, , february] = answer.rows;
    expect(february?.drills?.['booked']).toEqual({
      ledger: 'shop.book',
      filter: expect.objectContaining({
        person: { eq: shop.idOf('ANI') },
        date: { gte: '2026-02-01', lte: '2026-02-28' },
        'purse.code': { eq: '12' },
      }) as object,
      query: expect.any(String) as string,
      exact: true,
    });
    expect(february?.drills?.['total']).toMatchObject({ entity: 'shop.deal', exact: true });
    expect(february?.drills).not.toHaveProperty('gap');
  });

  it('cuts, orders and adds up the lines of several sources as those of one', async () => {
    const ask = { from: '2026-02-01', to: '2026-03-31' };
    const whole = await shop.run('shop.sold-and-booked', ask, { sort: '-booked' });
    const cut = await shop.run('shop.sold-and-booked', ask, { sort: '-booked', limit: 2 });
    expect(whole.rows.map(({ cells }) => cells['booked'])).toEqual(['50.50', '7.25', '0.00', '-40.00']);
    expect(cut.truncated).toBe(true);
    expect(cut.rows).toEqual(whole.rows.slice(0, 2));
    expect(cut.totals).toEqual(whole.totals);
  });

  it('tells opening, movement and closing apart', async () => {
    const answer = await shop.run('shop.trial', { from: '2026-02-01', to: '2026-02-28' });
    expect(shown(answer, 'opening', 'plus', 'minus', 'closing', 'proof')).toEqual([
      '11 Cash: 0.00 40.00 0.00 40.00 40.00',
      '12 Debtors: 100.00 50.50 40.00 110.50 110.50',
      '41 Sales: -100.00 0.00 50.50 -150.50 -150.50',
    ]);
    expect(answer.totals).toEqual({ opening: '0.00', plus: '90.50', minus: '90.50', closing: '0.00', proof: '0.00' });
    expect(answer.parameters).toEqual({ from: '2026-02-01', to: '2026-02-28', type: null });
    expect(answer.columns.map(({ name, format, align, kind }) => [name, format, align, kind])[0]).toEqual([
      'purse',
      'link',
      'left',
      'dimension',
    ]);
    expect(answer.columns.find(({ name }) => name === 'opening')).toMatchObject({
      format: 'money',
      align: 'right',
      dates: { lte: '2026-01-31' },
    });
  });

  it('says where the entries behind a line are', async () => {
    const { rows } = await shop.run('shop.trial', { from: '2026-02-01', to: '2026-02-28' });
    expect(rows[1]?.drill).toEqual({
      ledger: 'shop.book',
      filter: { purse: { eq: shop.idOf('12') }, date: { gte: '2026-02-01', lte: '2026-02-28' } },
      query: `filter[date][lte]=2026-02-28&filter[date][gte]=2026-02-01&filter[purse]=${shop.idOf('12')}`,
      exact: true,
    });
  });

  it('narrows by a choice, and names it', async () => {
    const answer = await shop.run('shop.trial', { ...YEAR, type: 'income' });
    expect(shown(answer, 'closing')[0]).toContain('41 Sales');
    expect(answer.rows).toHaveLength(1);
    expect(answer.parameter_titles).toEqual({ type: 'Income' });
    expect(answer.rows[0]?.drill?.filter).toMatchObject({ 'purse.type': { eq: 'income' } });
  });

  it('runs a balance from what was there before', async () => {
    const answer = await shop.run('shop.card', { from: '2026-02-25', to: '2026-03-31', purse: shop.idOf('12') });
    const debtors = answer.rows.findIndex(
      ({ cells, kind }) => kind === 'subtotal' && cells['purse'] === shop.idOf('12'),
    );
    const own = { rows: answer.rows.slice(debtors, debtors + 4) };
    expect(shown(own, 'plus', 'minus', 'balance')).toEqual([
      '12 Debtors: 7.25 40.00 117.75',
      '> 12 Debtors | Opening balance: 0.00 0.00 150.50',
      '> 12 Debtors | 2026-02-28 | D-002 | paid: 0.00 40.00 110.50',
      '> 12 Debtors | 2026-03-05 | D-003 | third: 7.25 0.00 117.75',
    ]);
    expect(own.rows[1]).toMatchObject({ opening: true });
    expect(own.rows[2]?.document).toEqual({ entity: 'shop.deal', id: deals[1], title: 'D-002 =Budi' });
    expect(own.rows[1]?.drill?.filter).toMatchObject({ date: { lte: '2026-02-24' } });
    expect(own.rows[2]?.drill?.filter).toMatchObject({ date: { eq: '2026-02-28', gte: '2026-02-25' } });
  });

  it('rolls a tree up into a statement with sections', async () => {
    const answer = await shop.run('shop.result', YEAR);
    expect(shown(answer, 'amount', 'part')).toEqual([
      'Income: 157.75 114.52',
      '> 4 Income: 157.75 114.52',
      '> > 41 Sales: 157.75 114.52',
      'Expenses: 20.00 14.52',
      '> 5 Costs: 20.00 14.52',
      '> > 51 Rent & light: 20.00 14.52',
      'Result: 137.75 100.00',
    ]);
    expect(answer.rows.map(({ kind }) => kind)).toEqual([
      'subtotal',
      'subtotal',
      'row',
      'subtotal',
      'subtotal',
      'row',
      'subtotal',
    ]);
    expect(answer.totals).toMatchObject({ amount: '137.75' });
  });

  it('turns dimensions to the top, with sums at the end', async () => {
    const answer = await shop.run('shop.months', YEAR);
    expect(answer.columns.map(({ name, label }) => `${name} ${label}`)).toEqual([
      'purse Purse',
      'amount@0 2026-01-01',
      'amount@1 2026-02-01',
      'amount@2 2026-03-01',
      'amount Amount',
    ]);
    expect(shown(answer, 'amount@0', 'amount@1', 'amount@2', 'amount')).toEqual([
      '41 Sales: 100.00 50.50 7.25 157.75',
      '51 Rent & light: - - -20.00 -20.00',
    ]);
    expect(answer.totals).toEqual({
      'amount@0': '100.00',
      'amount@1': '50.50',
      'amount@2': '-12.75',
      amount: '137.75',
    });
    expect(answer.chart).toMatchObject({ type: 'bar', labels: ['41 Sales', '51 Rent & light'] });
    expect(answer.chart?.series).toHaveLength(3);
  });

  it('sorts days into buckets', async () => {
    const answer = await shop.run('shop.ageing', { to: '2026-03-15' });
    expect(answer.columns.map(({ label }) => label)).toEqual(['Person', 'Up to 0', '1–30', '31–60', 'Over 60', 'Open']);
    expect(shown(answer, 'open@0', 'open@1', 'open@2', 'open@3', 'open')).toEqual([
      '=Budi: - 50.50 - - 50.50',
      'Ani: - -32.75 - 100.00 67.25',
    ]);
  });

  it('counts, averages and divides exactly, and orders as asked', async () => {
    const answer = await shop.run('shop.people');
    expect(shown(answer, 'entries', 'greatest', 'mean', 'last', 'ratio')).toEqual([
      '- | -: 6 40.00 30.00 2026-03-05 2.9625',
      'North town | Ani: 3 100.00 53.63 2026-03-05 0.37296',
      'South town | =Budi: 1 50.50 50.50 2026-02-20 0',
    ]);
    const sorted = await shop.run('shop.people', {}, { sort: 'greatest' });
    expect(sorted.rows.map(({ cells }) => cells['greatest'])).toEqual(['40.00', '50.50', '100.00']);
  });

  it('reads the rows of records, and their owners', async () => {
    expect(shown(await shop.run('shop.lines'), 'quantity', 'amount', 'deals')).toEqual([
      'Oil | =Budi: 2.0000 7.00 2026-02-20',
      'Oil | Ani: 4.0000 14.00 2026-03-05',
      'Rice | =Budi: 2.0000 20.00 2026-02-20',
      'Rice | Ani: 4.0000 40.00 2026-03-05',
    ]);
    const { rows } = await shop.run('shop.lines', { not: 'Ani' });
    expect(rows).toHaveLength(2);
    expect(rows[0]?.drill).toMatchObject({ entity: 'shop.deal', filter: { person: { eq: shop.idOf('BUDI') } } });
  });

  it('writes subtotals above the lines they add up', async () => {
    expect(shown(await shop.run('shop.deals'), 'total', 'count')).toEqual([
      '=Budi: 27.00 1',
      '> =Budi | 2026-02-01: 27.00 1',
      'Ani: 54.00 2',
      '> Ani | 2026-01-01: 17.00 1',
      '> Ani | 2026-03-01: 37.00 1',
    ]);
  });

  it('cuts what is too long, and still knows the totals', async () => {
    const answer = await shop.run('shop.trial', YEAR, { limit: 2 });
    expect(answer.truncated).toBe(true);
    expect(answer.rows.map(({ titles }) => titles?.['purse'])).toEqual(['11 Cash', '12 Debtors']);
    expect(answer.totals).toMatchObject({ plus: '217.75', closing: '0.00' });
  });

  it('names only what may be read', async () => {
    const answer = await shop.run('shop.people', {}, { mayRead: ({ name }) => name !== 'shop.person' });
    expect(answer.rows[1]?.titles).toEqual({ town: 'North town' });
  });

  it.each([
    [{ from: 'yesterday' }, '/from', 'date'],
    [{ from: '2026-02-01', to: '2026-01-01' }, '/to', 'minimum'],
    [{ type: 'nothing' }, '/type', 'option'],
  ])('refuses %j', async (given, pointer, code) => {
    await expect(shop.run('shop.trial', given)).rejects.toMatchObject({
      code: 'invalid',
      faults: [expect.objectContaining({ pointer, code })],
    });
  });

  it('refuses a record that is not there', async () => {
    await expect(shop.run('shop.card', { purse: '999' })).rejects.toMatchObject({
      faults: [{ pointer: '/purse', code: 'unknown-record' }],
    });
  });
});
