import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineBooks } from '../../engine/src/ledger/doctor.ts';
import { readingFrom } from '../../engine/src/records/write-unit.ts';
import { findCompanyBySlug } from '../../engine/src/runtime/company-entries.ts';
import { recordContext } from '../../engine/src/runtime/company.ts';
import { examineRecords } from '../../engine/src/runtime/doctor.ts';
import { findBookkeeping } from '../../scripts/test-services.js';
import { ACCOUNT } from './month/books.ts';
import { dateOf } from './month/desk.ts';
import type { Ids, Policy } from './month/desk.ts';
import { Month } from './month/month.ts';
import { Chance, fineText, MONEY, moneyText, sumOf, units } from './month/numbers.ts';
import { Office } from './month/office.ts';
import { beanCheck, beancountName, hledgerBalances } from './month/plain-text-books.ts';
import { openGateway, places } from './test-gateway.ts';
import type { Client, TestGateway } from './test-gateway.ts';

const seed = Number(process.env['RANGKA_TEST_SEED'] ?? 20_260_131);
const MODULES = ['accounting', 'inventory', 'purchase', 'sales'];
const SLUG = 'toko-bangunan';
const bookkeeping = findBookkeeping();
const isBookkeepingLeftOut = 'fault' in bookkeeping && process.env['RANGKA_REQUIRE_SERVERS'] !== '1';
if ('fault' in bookkeeping) process.stdout.write(`Books are not read by other programs: ${bookkeeping.fault}.\n`);
const programs = 'fault' in bookkeeping ? { hledger: 'hledger', beanCheck: 'bean-check' } : bookkeeping;
const MONTH = `from=${dateOf(1)}&to=${dateOf(31)}`;

const POLICIES: readonly Policy[] = [
  { price_difference: 'account', stock_cost_posting: 'move' },
  { price_difference: 'stock', stock_cost_posting: 'invoice' },
];
const COMPANIES = places.flatMap((place) =>
  POLICIES.map((policy) => ({ place, policy, name: place.name, cost: policy.stock_cost_posting })),
);

describe.each(COMPANIES)(`a month of trade on $name, cost with the $cost (seed ${seed})`, ({ place, policy }) => {
  let gateway: TestGateway;
  let owner: Client;
  let office: Office;
  let month: Month;
  let ids: Ids;
  /** Codes of accounts by their ids. */
  const codeOf = new Map<string, string>();
  const typeOf = new Map<string, string>();
  const nameOf = new Map<string, string>();

  const texts = (amounts: ReadonlyMap<string, bigint>): Readonly<Record<string, string>> =>
    Object.fromEntries([...amounts].map(([code, money]) => [code, moneyText(money)]));

  const trialBalance = async (to = 31): Promise<Readonly<Record<string, string>>> => {
    const rows = await office.report('accounting.trial-balance', `from=${dateOf(1)}&to=${dateOf(to)}`);
    const closing = rows.map(({ cells }) => [codeOf.get(cells['account'] ?? ''), cells['closing'] ?? ''] as const);
    return Object.fromEntries(closing.filter(([, money]) => money !== '0.00').sort()) as Record<string, string>;
  };

  beforeAll(async () => {
    gateway = await openGateway(place);
    owner = await gateway.register({ company_name: 'Toko Bangunan', locale: 'id' });
    for (const module of MODULES) {
      const answer = await owner.post('/api/v1/user-modules', { module });
      expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
    }
    office = new Office(owner);
    await office.configure('purchase', { price_difference: policy.price_difference });
    await office.configure('sales', { stock_cost_posting: policy.stock_cost_posting });
    const bank = { code: '1122', name: 'Bank dolar', type: 'asset', role: 'bank' };
    const currency = await office.codes('accounting.currency');
    await office.create('accounting.account', { ...bank, currency: currency.get('USD') });
    ids = {
      account: await office.codes('accounting.account'),
      tax: await office.codes('accounting.tax'),
      currency,
      warehouse: new Map(await office.codes('inventory.warehouse')),
      item: new Map(),
      customer: new Map(),
      supplier: new Map(),
    };
    for (const { id, code, type, name } of await office.records('accounting.account')) {
      codeOf.set(id, code);
      typeOf.set(code, type);
      nameOf.set(code, name);
    }
    month = new Month(office, new Chance(seed), ids, policy);
    await month.setUp();
    const began = performance.now();
    await month.trade(async (day) => {
      if (day % 7 === 0) expect(await trialBalance(), `on day ${day}`).toEqual(texts(month.books.trialBalance()));
    });
    await month.endMonth();
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    process.stdout.write(
      `Seed ${seed} on ${place.name}: ${office.requests} requests in ${seconds} s` +
        `, ${JSON.stringify(month.tally)}\n`,
    );
  }, 300_000);
  afterAll(() => gateway.close());

  it('did all there is to do', () => {
    expect(month.tally).toMatchObject({ purchases: 40, sales: 120, transfers: 4, 'stock counts': 1, revaluations: 1 });
    for (const what of KINDS) expect(month.tally, what).toHaveProperty([what]);
  });

  it('has the trial balance that was worked out apart', async () => {
    expect(await trialBalance()).toEqual(texts(month.books.trialBalance()));
  });

  it.each([5, 12, 19, 26])('had the right trial balance on day %i, as it is known by now', async (day) => {
    expect(withCostsInOne(await trialBalance(day))).toEqual(
      withCostsInOne(texts(month.books.trialBalance(dateOf(day)))),
    );
  });

  it.each([12, 24, 31])('has the right stock on day %i, worth what the stock account says', async (day) => {
    const rows = await office.report('inventory.stock-balance', `from=${dateOf(1)}&to=${dateOf(day)}`);
    const found = rows
      .map(({ cells }) => ({
        place: `${codeIn(ids.item, cells['item'])} ${codeIn(ids.warehouse, cells['warehouse'])}`,
        held: `${cells['quantity']} for ${cells['value']}`,
      }))
      .filter(({ held }) => held !== '0.0000 for 0.00');
    const held = month.books.held(dateOf(day));
    const expected = [...held].map(([place, { quantity, value }]) => ({
      place,
      held: `${fineText(quantity)} for ${moneyText(value)}`,
    }));
    const byPlace = (one: { place: string }, other: { place: string }): number => one.place.localeCompare(other.place);
    expect(found.sort(byPlace)).toEqual(expected.sort(byPlace));
    const value = sumOf([...held.values()].map((each) => each.value));
    expect((await trialBalance(day))[ACCOUNT.stock]).toBe(moneyText(value));
  });

  it.each([
    ['receivable', 'accounting.receivable-ageing', 1n],
    ['payable', 'accounting.payable-ageing', -1n],
  ] as const)('ages what is %s, in all as much as its account', async (side, report, sign) => {
    const rows = await office.report(report, `to=${dateOf(31)}`);
    const open = new Map<string, bigint>();
    for (const { cells } of rows.filter(({ kind }) => kind === 'row')) {
      const party = codeIn(side === 'receivable' ? ids.customer : ids.supplier, cells['party']?.split(':').at(-1));
      open.set(party, (open.get(party) ?? 0n) + BigInt((cells['open'] ?? '0').replace('.', '')));
    }
    const owed = month.books.owedBy(side);
    const sorted = (of: ReadonlyMap<string, bigint>): object => texts(new Map([...of].sort()));
    expect(sorted(new Map([...open].filter(([, money]) => money !== 0n)))).toEqual(sorted(owed));
    expect((await trialBalance())[ACCOUNT[side]]).toBe(moneyText(sign * sumOf(owed.values())));
  });

  it('holds nothing in the interim account but what waits for its counterpart', async () => {
    expect((await trialBalance())[ACCOUNT.received] ?? '0.00').toBe(moneyText(month.unmatched()));
  });

  it('closes the month and posts nothing more into it', async () => {
    const year = await office.create('accounting.fiscal-year', {
      code: '2026',
      from: '2026-01-01',
      to: '2026-12-31',
    });
    await month.closeResult(year.id, typeOf);
    expect(await trialBalance()).toEqual(texts(month.books.trialBalance()));
    const period = await office.flow(year, 'accounting.year-to-period', 'accounting.period', {});
    await office.change(period, { status: 'closed' });
    const late = await office.create('accounting.journal-entry', {
      date: dateOf(31),
      lines: [
        { account: ids.account.get(ACCOUNT.expense), debit: '1' },
        { account: ids.account.get(ACCOUNT.bank), credit: '1' },
      ],
    });
    expect(await office.refused(late, 'submit')).toBe('409 period-closed');
    expect(await trialBalance()).toEqual(texts(month.books.trialBalance()));
  });

  it.skipIf(isBookkeepingLeftOut)('hands its books to hledger, which adds up the same', async () => {
    const journal = await office.text(`/api/v1/reports/accounting.journal?${MONTH}&format=hledger`);
    const balances = await hledgerBalances(programs.hledger, journal);
    const expected = [...month.books.trialBalance()].map(([code, money]) => [nameOf.get(code), moneyText(money)]);
    expect(balances).toEqual(Object.fromEntries(expected));
  });

  it.skipIf(isBookkeepingLeftOut)('hands its books to beancount, which adds up the same', async () => {
    const journal = await office.text(`/api/v1/reports/accounting.journal?${MONTH}&format=beancount`);
    const expected = [...month.books.trialBalance()].map(
      ([code, money]) => [beancountName(nameOf.get(code) ?? ''), moneyText(money)] as const,
    );
    const right = new Map(expected);
    await beanCheck(programs.beanCheck, journal, right, '2026-02-01');
    // What is checked is not empty: one cent more is noticed.
    const bank = beancountName(nameOf.get(ACCOUNT.bank) ?? '');
    const wrong = new Map(right).set(bank, moneyText((month.books.trialBalance().get(ACCOUNT.bank) ?? 0n) + 1n));
    await expect(beanCheck(programs.beanCheck, journal, wrong, '2026-02-01')).rejects.toThrow('Balance failed');
  });

  it('is sound, says the doctor', async () => {
    const entry = await findCompanyBySlug(gateway.engine.server.catalog, SLUG);
    if (entry === null) throw new Error('There is no such company.');
    const company = await gateway.engine.companies.open(entry);
    const actor = { kind: 'system', id: 'doctor', name: 'doctor', roles: [], locale: 'en' } as const;
    const context = recordContext(company, actor);
    const from = readingFrom(context, context.database);
    expect([...(await examineBooks(from)), ...(await examineRecords(company.database, company.model))]).toEqual([]);
  });
});

function codeIn(ids: ReadonlyMap<string, string>, id: string | null | undefined): string {
  return [...ids].find(([, other]) => other === id)?.[0] ?? `${id} is unknown`;
}

/**
 * A corrected cost of an invoice stands on the day of its delivery, not of the invoice: in between the two accounts
 * hold the right sum, not the right parts.
 */
function withCostsInOne(balances: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { [ACCOUNT.delivered]: waiting = '0.00', [ACCOUNT.cost]: cost = '0.00', ...others } = balances;
  return { ...others, [ACCOUNT.cost]: moneyText(units(waiting, MONEY) + units(cost, MONEY)) };
}

/** Every kind of event must have happened at least once, whatever the seed. */
const KINDS = [
  'receipts',
  'partial receipts',
  'bills',
  'bills that update stock',
  'bills ahead of the goods',
  'service bills with PPh 23',
  'back-dated receipts',
  'landed costs',
  'debit notes',
  'quotations',
  'deliveries',
  'partial deliveries',
  'invoices of deliveries',
  'invoices of orders',
  'invoices, credit',
  'invoices, cash',
  'invoices, abroad',
  'credit notes with goods',
  'cancelled invoices',
  'cancelled receipts',
  'payments',
  'payments in dollars',
  'advances used',
  'internal issues',
];
