import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Decimal } from '../engine/src/base/decimal.ts';
import { compile } from '../engine/src/compiler/compile.ts';
import type { Model } from '../engine/src/compiler/model.ts';
import { computeRecord } from '../engine/src/records/compute.ts';
import type { DraftRow } from '../engine/src/records/compute.ts';
import { readShipped } from '../engine/src/runtime/shipped.ts';

/*
 * The sums of lines, taxes and document agree to the last digit, whatever the lines and the taxes are. Random documents
 * of every kind that bears taxes, against whole numbers that share no code with the engine.
 */

const seed = Date.now() % 0x7fffffff;
const RUNS = 250;

/** Documents that bear taxes, and the field of a line that holds its price after all discounts. */
const DOCUMENTS = [
  ['sales.quotation', 'discounted'],
  ['sales.order', 'discounted'],
  ['sales.invoice', 'discounted'],
  ['sales.credit-note', 'discounted'],
  ['purchase.supplier-quotation', 'amount'],
  ['purchase.order', 'amount'],
  ['purchase.bill', 'amount'],
  ['purchase.debit-note', 'amount'],
] as const;

interface Tax {
  readonly id: string;
  /** In ten thousandths of a percent. */
  readonly rate: bigint;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly order: number;
  readonly included: boolean;
  readonly whole: boolean;
}

interface Line {
  readonly quantity: bigint;
  readonly price: bigint;
  readonly discount: bigint;
  /** None, one, or a group in its order of calculation. */
  readonly taxes: readonly Tax[];
  readonly grouped: boolean;
}

interface Paper {
  readonly decimals: number;
  readonly exchangeRate: bigint;
  readonly discount: bigint;
  readonly wholeDocument: boolean;
  readonly lines: readonly Line[];
}

// ————— Whole numbers —————

/** A fraction with a positive denominator. */
type Fraction = readonly [bigint, bigint];

const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const over = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d, b * c];
/** Rounded half up; nothing here is negative. */
const rounded = ([a, b]: Fraction): bigint => (2n * a + b) / (2n * b);
const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);
const distance = (one: bigint, other: bigint): bigint => (one > other ? one - other : other - one);

/** The part of its base that a tax is. */
const shareOf = ({ rate, numerator, denominator }: Tax): Fraction => [rate * numerator, 1_000_000n * denominator];

/** What each tax of a line is of the price without taxes: a tax of a higher order is on the price and those before. */
function partsOf(taxes: readonly Tax[]): readonly Fraction[] {
  const parts: Fraction[] = [];
  for (const tax of taxes) {
    const before = parts.filter((_, index) => (taxes[index]?.order ?? 0) < tax.order);
    parts.push(times(shareOf(tax), before.reduce(plus, [1n, 1n])));
  }
  return parts;
}

// ————— Random documents —————

const taxes = fc
  .array(
    fc.record({
      rate: fc.oneof(
        fc.constantFrom(0n, 20_000n, 50_000n, 110_000n, 120_000n),
        fc.bigInt({ min: 0n, max: 1_000_000n }),
      ),
      factor: fc.constantFrom<Fraction>([1n, 1n], [11n, 12n], [1n, 3n], [1000n, 999n], [0n, 1n]),
      order: fc.integer({ min: 1, max: 3 }),
      included: fc.boolean(),
      whole: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drawn) =>
    drawn.map(({ factor: [numerator, denominator], ...tax }, index): Tax => ({
      ...tax,
      numerator,
      denominator,
      id: String(index + 1),
    })),
  );

/** The taxes of a line, as a group may hold them: all in the price or none, in the order of calculation. */
const charged = (known: readonly Tax[]) =>
  fc.record({ included: fc.boolean(), grouped: fc.boolean(), taxes: fc.shuffledSubarray([...known]) }).map((drawn) => {
    const fitting = drawn.taxes.filter(({ included }) => included === drawn.included);
    const chosen = fitting.slice(0, drawn.grouped ? 3 : 1).sort((one, other) => one.order - other.order);
    return { taxes: chosen, grouped: drawn.grouped && chosen.length > 0 };
  });

const paper: fc.Arbitrary<Paper> = taxes.chain((known) =>
  fc.record({
    decimals: fc.constantFrom(0, 2),
    exchangeRate: fc.oneof(fc.constant(1_000_000n), fc.bigInt({ min: 1n, max: 20_000_000_000n })),
    discount: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 1_000_000n })),
    wholeDocument: fc.boolean(),
    lines: fc.array(
      fc
        .record({
          quantity: fc.bigInt({ min: 1n, max: 99_0000n }),
          price: fc.oneof(fc.bigInt({ min: 0n, max: 1_0000n }), fc.bigInt({ min: 0n, max: 999_999_0000n })),
          discount: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 1_000_000n })),
          charged: charged(known),
        })
        .map(({ charged: { taxes: own, grouped }, ...line }): Line => ({ ...line, taxes: own, grouped })),
      { minLength: 1, maxLength: 8 },
    ),
  }),
);

// ————— Through the engine —————

let model: Model;
beforeAll(async () => {
  const root = join(import.meta.dirname, '..');
  const shipped = await readShipped({ modules: join(root, 'modules'), metadata: join(root, 'metadata') });
  const layers = [...shipped.modules.values()]
    .filter(({ slug }) => ['accounting', 'inventory', 'sales', 'purchase'].includes(slug))
    .map(({ layer }) => layer);
  const compilation = compile(layers, 'taxes');
  if (compilation.model === null) throw new Error(JSON.stringify(compilation.diagnostics));
  model = compilation.model;
});

const decimal = Decimal.fromUnits;

/** The document as it is typed, worked out. */
function computed(entity: string, typed: Paper): DraftRow {
  const linked = new Map<string, DraftRow>([
    ['accounting.currency 1', { id: '1', code: 'XYZ', decimals: Decimal.of(typed.decimals) }],
    ['inventory.item 1', { id: '1', code: 'THING', type: 'service' }],
  ]);
  for (const tax of typed.lines.flatMap((line) => line.taxes)) {
    linked.set(`accounting.tax ${tax.id}`, {
      id: tax.id,
      rate: decimal(tax.rate, 4),
      base_numerator: decimal(tax.numerator, 0),
      base_denominator: decimal(tax.denominator, 0),
      price_includes_tax: tax.included,
      compound_order: Decimal.of(tax.order),
      rounding: tax.whole ? 'document' : 'line',
    });
  }
  const lines = typed.lines.map((line, index): DraftRow => {
    const group = line.grouped ? String(index + 1) : null;
    const [first, second, third] = line.taxes.map(({ id }) => id);
    if (group !== null) {
      linked.set(`accounting.tax-group ${group}`, {
        id: group,
        tax_1: first ?? null,
        tax_2: second ?? null,
        tax_3: third ?? null,
      });
    }
    return {
      item: '1',
      quantity: decimal(line.quantity, 4),
      rate: decimal(line.price, 4),
      discount: decimal(line.discount, 4),
      promotion: null,
      tax_group: group,
      withholding: null,
      // The first tax of a group comes by itself.
      ...(group === null ? { tax: first ?? null } : {}),
    };
  });
  const draft: DraftRow = {
    date: '2026-03-14',
    currency: '1',
    exchange_rate: decimal(typed.exchangeRate, 6),
    discount: decimal(typed.discount, 4),
    lines,
    taxes: [],
  };
  const computation = model.entities.get(entity)?.computation;
  if (computation === undefined) throw new Error(`No ${entity}`);
  computeRecord(computation, draft, {
    linked: (name, id) => linked.get(`${name} ${id}`) ?? null,
    idByKey: () => null,
    globals: {
      user: {},
      company: { currency: 'IDR' },
      settings: { invoice_rounding: typed.wholeDocument ? 'document' : 'line' },
    },
    today: '2026-03-14',
    now: '2026-03-14T00:00:00.000Z',
  });
  return draft;
}

/** A value in units of the `scale`-th decimal; it must have no finer ones. */
function units(row: DraftRow | undefined, field: string, scale: number): bigint {
  const value = row?.[field];
  if (!(value instanceof Decimal)) throw new Error(`${field} is ${String(value)}`);
  const [whole = '', fraction = ''] = value.toString().split('.');
  if (!/^0*$/.test(fraction.slice(scale))) throw new Error(`${field} is ${String(value)}`);
  return BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
}

const rowsOf = (draft: DraftRow, field: string): readonly DraftRow[] => draft[field] as DraftRow[];
const SLOTS = ['tax_amount', 'tax_2_amount', 'tax_3_amount'];

describe.each(DOCUMENTS)(`%s (seed ${seed})`, (entity, priceField) => {
  test('lines, taxes and document agree to the last digit', () => {
    fc.assert(
      fc.property(paper, (typed) => {
        const draft = computed(entity, typed);
        const [lines, rows] = [rowsOf(draft, 'lines'), rowsOf(draft, 'taxes')];
        const of = (row: DraftRow | undefined, field: string): bigint => units(row, field, typed.decimals);
        const column = (from: readonly DraftRow[], field: string): readonly bigint[] =>
          from.map((row) => of(row, field));

        // Net and taxes are the total; a price that includes its taxes is what is paid for it.
        expect(of(draft, 'total')).toBe(of(draft, 'net') + of(draft, 'tax_total'));
        expect(of(draft, 'tax_total')).toBe(sumOf(column(rows, 'amount')));
        expect(of(draft, 'net')).toBe(sumOf(column(lines, 'net_amount')) + of(draft, 'rounding'));
        const onTop = rows.filter(({ included }) => included !== true);
        expect(of(draft, 'total')).toBe(sumOf(column(lines, priceField)) + sumOf(column(onTop, 'amount')));

        // The parts that are posted add up in company currency too.
        const parts = [...lines, ...rows].map((row) => units(row, 'base_amount', 2));
        expect(units(draft, 'base_total', 2)).toBe(sumOf(parts) + units(draft, 'base_rounding', 2));

        // Every tax has one row, of all lines that bear it.
        const borne = new Set(typed.lines.flatMap((line) => line.taxes.map(({ id }) => id)));
        expect(rows.map(({ tax }) => tax).sort()).toEqual([...borne].sort());
        for (const row of rows) {
          const amounts = typed.lines.flatMap((line, index) => {
            const slot = line.taxes.findIndex(({ id }) => id === row['tax']);
            return slot < 0 ? [] : [of(lines[index], SLOTS[slot] ?? '')];
          });
          const tax = typed.lines.flatMap((line) => line.taxes).find(({ id }) => id === row['tax']);
          const leeway = tax?.whole === true || typed.wholeDocument ? BigInt(amounts.length) : 0n;
          expect(distance(of(row, 'amount'), sumOf(amounts))).toBeLessThanOrEqual(leeway);
        }
      }),
      { seed, numRuns: RUNS },
    );
  });

  test('the taxes of a line are those that whole numbers give', () => {
    fc.assert(
      fc.property(paper, (typed) => {
        const lines = rowsOf(computed(entity, typed), 'lines');
        for (const [index, { taxes: own }] of typed.lines.entries()) {
          const of = (field: string): bigint => units(lines[index], field, typed.decimals);
          const price = of(priceField);
          const amounts = SLOTS.slice(0, own.length).map(of);
          for (const slot of SLOTS.slice(Math.max(own.length, 1))) expect(lines[index]?.[slot]).toBe(null);
          if (own[0]?.included === true) {
            const parts = partsOf(own);
            const without = over([price, 1n], parts.reduce(plus, [1n, 1n]));
            // The last is taken out of the price itself; the others of what is left, to the nearest unit or the next.
            const exact = parts.map((part) => rounded(times(without, part)));
            const last = own.length - 1;
            expect(amounts[last]).toBe(exact[last]);
            for (const [slot, amount] of exact.entries()) {
              expect(distance(amounts[slot] ?? 0n, amount)).toBeLessThanOrEqual(1n);
            }
            expect(of('net_amount')).toBe(price - sumOf(amounts));
            expect(distance(of('net_amount'), rounded(without))).toBeLessThanOrEqual(BigInt(own.length));
          } else {
            expect(of('net_amount')).toBe(price);
            for (const [slot, tax] of own.entries()) {
              const before = amounts.slice(0, slot).filter((_, at) => (own[at]?.order ?? 0) < tax.order);
              expect(amounts[slot]).toBe(rounded(times(shareOf(tax), [price + sumOf(before), 1n])));
            }
          }
        }
      }),
      { seed, numRuns: RUNS },
    );
  });

  test('a price that was made of net and taxes is taken apart into the same', () => {
    const made = fc.record({ taxes, net: fc.bigInt({ min: 1n, max: 999n }), decimals: fc.constantFrom(0, 2) });
    fc.assert(
      fc.property(made, ({ taxes: known, net: factor, decimals }) => {
        // Rates of whole percents keep the price in the range of a column.
        const own = known
          .slice(0, 3)
          .map((tax): Tax => ({
            ...tax,
            rate: (tax.rate / 100_000n) * 100_000n,
            numerator: 1n,
            denominator: 1n,
            included: true,
          }))
          .sort((one, other) => one.order - other.order);
        // A tenth at most three times on top of each other: a thousand units come out even.
        const net = factor * 1000n;
        const exact = partsOf(own).map((part) => times([net, 1n], part));
        expect(exact.every(([above, below]) => above % below === 0n)).toBe(true);
        const amounts = exact.map(([above, below]) => above / below);
        const price = (net + sumOf(amounts)) * 10n ** BigInt(4 - decimals);
        const line: Line = { quantity: 1_0000n, price, discount: 0n, taxes: own, grouped: true };
        const typed = { decimals, exchangeRate: 1_000_000n, discount: 0n, wholeDocument: false, lines: [line] };
        const draft = computed(entity, typed);
        const [found] = rowsOf(draft, 'lines');
        expect(units(found, 'net_amount', decimals)).toBe(net);
        expect(own.map((_, slot) => units(found, SLOTS[slot] ?? '', decimals))).toEqual(amounts);
      }),
      { seed, numRuns: RUNS },
    );
  });

  test('rounded for the document, taxes on top are rounded once', () => {
    fc.assert(
      fc.property(paper, (drawn) => {
        const typed = { ...drawn, wholeDocument: true };
        const draft = computed(entity, typed);
        const lines = rowsOf(draft, 'lines');
        for (const row of rowsOf(draft, 'taxes')) {
          if (row['included'] === true) continue;
          let base = 0n;
          let share: Fraction = [0n, 1n];
          for (const [index, { taxes: own }] of typed.lines.entries()) {
            const tax = own.find(({ id }) => id === row['tax']);
            if (tax === undefined) continue;
            share = shareOf(tax);
            const before = SLOTS.filter((_, slot) => (own[slot]?.order ?? tax.order) < tax.order);
            const fields = ['net_amount', ...before];
            base += sumOf(fields.map((field) => units(lines[index], field, typed.decimals)));
          }
          expect(units(row, 'amount', typed.decimals)).toBe(rounded(times(share, [base, 1n])));
        }
      }),
      { seed, numRuns: RUNS },
    );
  });
});
