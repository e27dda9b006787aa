import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Decimal } from '../base/decimal.ts';
import type { Entity } from '../compiler/model.ts';
import { testBackends } from '../storage/test-server.ts';
import type { TestBackend } from '../storage/test-server.ts';
import { computeRecord } from './compute.ts';
import type { DraftRow } from './compute.ts';
import { jsonOfDraft } from './record-json.ts';
import { storedEntity } from './stored-entity.ts';
import { openTestCompany } from './test-company.ts';
import type { TestCompany } from './test-company.ts';

let company: TestCompany;
beforeAll(async () => {
  company = await openTestCompany(testBackends[0] as TestBackend);
  await company.create('library.fee-kind', { name: 'Standard' });
  await company.create('library.fee-kind', { name: 'Rare', rate: '7.77' });
  await company.create('library.reader', { name: 'Budi', loan_days: 9 });
  for (const [isbn, price] of Object.entries({ 1: '0.05', 2: '1999.99', 3: '1000000' })) {
    await company.create('library.book', { isbn, name: isbn, price, fee_kind: String((Number(isbn) % 2) + 1) });
  }
});
afterAll(() => company.close());

/** What a screen has at hand: the linked records it showed, and values as a person typed them. */
const linked: Record<string, Record<string, DraftRow>> = {
  'library.reader': { 1: { id: '1', loan_days: Decimal.of(9) } },
  'library.book': {
    1: { id: '1', price: Decimal.parse('0.05'), fee_kind: '2' },
    2: { id: '2', price: Decimal.parse('1999.99'), fee_kind: '1' },
    3: { id: '3', price: Decimal.parse('1000000'), fee_kind: '2' },
  },
  'library.fee-kind': { 1: { id: '1', rate: Decimal.of(10) }, 2: { id: '2', rate: Decimal.parse('7.77') } },
};

const row = fc.record(
  {
    book: fc.constantFrom('1', '2', '3'),
    days: fc.integer({ min: 1, max: 99_999 }),
    rate: fc.integer({ min: 0, max: 99_999 }),
  },
  { requiredKeys: ['book', 'days'] },
);

test('a screen works out what the server stores', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
      const scaled = (value: number | undefined, scale: number): Decimal | undefined =>
        value === undefined ? undefined : Decimal.fromUnits(BigInt(value), scale);
      const typed = rows.map(({ book, days, rate }) => ({ book, days: scaled(days, 3), rate: scaled(rate, 2) }));

      const loan = company.context.model.entities.get('library.loan') as Entity;
      const draft: DraftRow = { reader: '1', lines: typed.map((each) => ({ ...each })) };
      const { globals, today, now } = company.context;
      computeRecord(loan.computation, draft, {
        linked: (entity, id) => linked[entity]?.[id] ?? null,
        idByKey: () => null,
        globals,
        today,
        now,
      });
      const shown = jsonOfDraft(storedEntity(loan, 'sqlite'), { ...draft, version: Decimal.one }, 'sqlite');

      const lines = typed.map(({ book, days, rate }) => ({
        book,
        days: String(days),
        ...(rate && { rate: String(rate) }),
      }));
      const stored = await company.create('library.loan', { reader: '1', lines });
      const plain = (rowsOf: unknown): unknown => (rowsOf as { id?: string }[]).map(({ id: _, ...rest }) => rest);
      for (const name of ['due', 'net', 'total', 'status']) expect(shown[name], name).toEqual(stored[name]);
      for (const name of ['lines', 'fees']) expect(plain(shown[name]), name).toEqual(plain(stored[name]));
    }),
    { numRuns: 60 },
  );
});
