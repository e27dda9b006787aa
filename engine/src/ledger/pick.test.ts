import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../base/errors.ts';
import { compile } from '../compiler/compile.ts';
import type { Posting } from '../compiler/ledger-model.ts';
import { loadRecord } from '../records/load-record.ts';
import { writeUnit } from '../records/write-unit.ts';
import { testBackends } from '../storage/test-server.ts';
import { postDocument } from './post.ts';
import type { Entry } from './entry.ts';
import { keeper, openTestBooks } from './test-books.ts';
import type { TestBooks } from './test-books.ts';

const AT = { good: 'good', place: 'parent.place', lot: 'lot' };

/** A shelf whose goods lie in lots that expire. */
const shelf: readonly Readonly<Record<string, unknown>>[] = [
  {
    entity: 'depot.lot',
    label: 'Lot',
    kind: 'master',
    fields: { code: { type: 'text', required: true, unique: true }, expires: { type: 'date' } },
  },
  ...['put', 'take', 'carry', 'owe', 'settle'].flatMap((name) => [
    {
      entity: `depot.${name}`,
      label: name,
      kind: 'document',
      number: `${name}-{seq:3}`,
      fields: {
        date: { type: 'date', required: true },
        place: { type: 'link', to: 'depot.place', required: true },
        target: { type: 'link', to: 'depot.place' },
        lines: { type: 'lines', of: `depot.${name}-line`, min: 1 },
      },
    },
    {
      entity: `depot.${name}-line`,
      label: 'Line',
      kind: 'lines',
      fields: {
        good: { type: 'link', to: 'depot.good', required: true },
        lot: { type: 'link', to: 'depot.lot' },
        due: { type: 'date' },
        quantity: { type: 'quantity', required: true },
      },
    },
  ]),
  {
    ledger: 'depot.shelf',
    dimensions: { good: 'depot.good', place: 'depot.place', lot: 'depot.lot?' },
    measures: { quantity: 'quantity', weight: 'quantity' },
    guards: [{ never: 'quantity < 0', message: { en: 'Not enough', id: 'Kurang' } }],
    picks: [
      {
        dimension: 'lot',
        measure: 'quantity',
        only: 'lot.expires == null or lot.expires >= date',
        order_by: ['lot.expires'],
        message: { en: '{quantity} of {good.code} are missing', id: '{good.code} kurang {quantity}' },
      },
    ],
  },
  {
    ledger: 'depot.debts',
    dimensions: { place: 'depot.place', due: 'date?' },
    measures: { quantity: 'quantity' },
    picks: [
      {
        dimension: 'due',
        measure: 'quantity',
        empty: true,
        order_by: ['due'],
        message: { en: '{quantity} is too much', id: '{quantity} terlalu banyak' },
      },
    ],
  },
  {
    posting: 'depot.owe',
    on: 'submit',
    entries: [
      { ledger: 'depot.debts', each: 'lines', in: { quantity: 'quantity' }, at: { place: 'parent.place', due: 'due' } },
    ],
  },
  {
    posting: 'depot.settle',
    on: 'submit',
    entries: [
      {
        ledger: 'depot.debts',
        each: 'lines',
        out: { quantity: 'quantity' },
        pick: 'due',
        at: { place: 'parent.place', due: 'due' },
      },
    ],
  },
  {
    posting: 'depot.put',
    on: 'submit',
    entries: [{ ledger: 'depot.shelf', each: 'lines', in: { quantity: 'quantity' }, at: AT }],
  },
  {
    posting: 'depot.take',
    on: 'submit',
    entries: [{ ledger: 'depot.shelf', each: 'lines', out: { quantity: 'quantity' }, at: AT, pick: 'lot' }],
  },
  {
    posting: 'depot.carry',
    on: 'submit',
    entries: [
      {
        ledger: 'depot.shelf',
        each: 'lines',
        out: { quantity: 'quantity', weight: 'quantity / 3' },
        at: AT,
        pick: 'lot',
        as: 'gone',
      },
      {
        ledger: 'depot.shelf',
        each: 'lines',
        in: { quantity: 'gone.quantity', weight: 'gone.weight' },
        at: { ...AT, place: 'parent.target' },
        pick_of: 'gone',
      },
    ],
  },
];

/** Expiry of each lot; the last has none. */
const EXPIRIES = ['2026-03-20', '2026-03-05', '2026-03-12', null] as const;
const SEED = Number(process.env['RANGKA_TEST_SEED'] ?? Date.now() % 1_000_000);

interface Line {
  readonly quantity: number;
  readonly lot?: number;
  readonly due?: string;
}

describe.each(testBackends)('what a ledger chooses on $name', (backend) => {
  let books: TestBooks;
  const lots: string[] = [];
  const places: string[] = [];
  let goods = 0;

  beforeAll(async () => {
    books = await openTestBooks(backend, 'rk_books_pick', shelf);
    for (const [index, expires] of EXPIRIES.entries()) {
      lots.push(String((await books.create('depot.lot', { code: `L${index}`, expires }))['id']));
    }
    for (const [id] of await books.rows('SELECT id FROM {depot_place} ORDER BY code')) places.push(String(id));
  });
  afterAll(() => books.close());

  const newGood = async (): Promise<string> => {
    goods += 1;
    return String((await books.create('depot.good', { code: `G${goods}` }))['id']);
  };
  /** Posts a document, and answers its entries as `lot quantity`, in the order they were written. */
  const post = async (kind: string, good: string, day: string, lines: readonly Line[]): Promise<readonly string[]> => {
    const entries = await entriesOf(kind, good, day, lines);
    return entries.map(({ at, amounts }) => `${lots.indexOf(String(at[2]))} ${Number(String(amounts[0]))}`);
  };
  const entriesOf = async (
    kind: string,
    good: string,
    day: string,
    lines: readonly Line[],
  ): Promise<readonly Entry[]> => {
    const document = await books.create(`depot.${kind}`, {
      date: day,
      place: places[0],
      ...(kind === 'carry' ? { target: places[1] } : {}),
      lines: lines.map(({ quantity, lot, due }) => ({
        good,
        quantity: String(quantity),
        ...(due === undefined ? {} : { due }),
        ...(lot === undefined ? {} : { lot: lots[lot] }),
      })),
    });
    return writeUnit(books.context, async (unit) => {
      const entity = books.entity(`depot.${kind}`);
      const record = await loadRecord(unit.from, entity, String(document['id']));
      const posting = books.context.model.postings.get(entity.name) as Posting;
      return (await postDocument(unit, posting, record, keeper))?.entries ?? [];
    });
  };
  const refusal = async (work: Promise<unknown>): Promise<Refusal> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Refusal)) throw new Error(`Not refused: ${String(error)}`);
    return error;
  };

  test('what expires first goes first, and a line that names its lot is left it', async () => {
    const good = await newGood();
    await post(
      'put',
      good,
      '2026-03-01',
      [0, 1, 2, 3].map((lot) => ({ lot, quantity: 5 })),
    );
    expect(await post('take', good, '2026-03-02', [{ quantity: 4 }, { quantity: 3, lot: 1 }, { quantity: 6 }])).toEqual(
      ['1 -2', '2 -2', '1 -3', '2 -3', '0 -3'],
    );
    expect(await post('take', good, '2026-03-02', [{ quantity: 7 }])).toEqual(['0 -2', '3 -5']);
  });

  test('what leaves the dimension empty is taken last, where it is taken at all', async () => {
    const good = await newGood();
    const moved = async (kind: string, lines: readonly Line[]): Promise<readonly string[]> =>
      (await entriesOf(kind, good, '2026-03-01', lines)).map(
        ({ at, amounts }) => `${String(at[1])} ${Number(String(amounts[0]))}`,
      );
    await moved('owe', [{ quantity: 5 }, { quantity: 3, due: '2026-04-02' }, { quantity: 2, due: '2026-03-20' }]);
    expect(await moved('settle', [{ quantity: 4 }])).toEqual(['2026-03-20 -2', '2026-04-02 -2']);
    expect(await moved('settle', [{ quantity: 3 }])).toEqual(['2026-04-02 -1', 'null -2']);
    const { faults } = await refusal(moved('settle', [{ quantity: 4 }]));
    expect(faults).toMatchObject([{ pointer: '/lines/0', code: 'guard', message: { en: '1 is too much' } }]);
    expect(await moved('settle', [{ quantity: 3 }])).toEqual(['null -3']);

    await post('put', good, '2026-03-01', [{ quantity: 5 }]);
    await refusal(post('take', good, '2026-03-01', [{ quantity: 1 }]));
  });

  test('what has expired is left, and what is missing is said for its row', async () => {
    const good = await newGood();
    await post(
      'put',
      good,
      '2026-03-01',
      [0, 1].map((lot) => ({ lot, quantity: 5 })),
    );
    const { faults } = await refusal(post('take', good, '2026-03-06', [{ quantity: 2 }, { quantity: 4.5 }]));
    expect(faults).toMatchObject([
      { pointer: '/lines/1', code: 'guard', message: { en: `1.5 of G${goods} are missing` } },
    ]);
    expect(await post('take', good, '2026-03-06', [{ quantity: 5 }])).toEqual(['0 -5']);
  });

  test('what was carried arrives in the parts in which it left, to the last digit', async () => {
    const good = await newGood();
    await post(
      'put',
      good,
      '2026-03-01',
      [0, 1, 2].map((lot) => ({ lot, quantity: 1 })),
    );
    expect(await post('carry', good, '2026-03-02', [{ quantity: 2.5 }])).toEqual([
      '1 -1',
      '2 -1',
      '0 -0.5',
      '1 1',
      '2 1',
      '0 0.5',
    ]);
    const [[weight] = []] = await books.rows(`SELECT SUM(weight) FROM {${table()}} WHERE good_id = ${good}`);
    expect(Number(weight)).toBe(0);
  });

  const table = (): string => books.context.model.ledgers.get('depot.shelf')?.entries.table ?? '';

  test('many at once take no more than there is', async () => {
    const good = await newGood();
    await post(
      'put',
      good,
      '2026-03-01',
      [0, 1, 2].map((lot) => ({ lot, quantity: 4 })),
    );
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => post('take', good, '2026-03-02', [{ quantity: 2 }])),
    );
    const taken = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(taken).toHaveLength(6);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Refusal);
    expect(taken.flat().sort()).toEqual(['0 -2', '0 -2', '1 -2', '1 -2', '2 -2', '2 -2']);
  });

  test(`whatever is put and taken in whatever order of dates (seed ${SEED})`, { timeout: 240_000 }, async () => {
    const step = fc.record({
      isPut: fc.boolean(),
      lot: fc.integer({ min: 0, max: 3 }),
      day: fc.integer({ min: 1, max: 22 }),
      quantity: fc.integer({ min: 1, max: 9 }),
    });
    const run = async (steps: readonly { isPut: boolean; lot: number; day: number; quantity: number }[]) => {
      const good = await newGood();
      const moves = EXPIRIES.map((): { day: string; quantity: number }[] => []);
      /** The lowest a lot is from a day on. */
      const lowest = (lot: number, from: string): number => {
        const own = moves[lot] ?? [];
        const days = [from, ...own.map(({ day }) => day).filter((day) => day > from)];
        return Math.min(
          ...days.map((until) => own.reduce((sum, { day, quantity }) => (day <= until ? sum + quantity : sum), 0)),
        );
      };
      for (const { isPut, lot, day: number, quantity } of steps) {
        const day = `2026-03-${String(number).padStart(2, '0')}`;
        if (isPut) {
          await post('put', good, day, [{ lot, quantity }]);
          moves[lot]?.push({ day, quantity });
          continue;
        }
        let missing = quantity;
        const expected: string[] = [];
        const inOrder = [1, 2, 0, 3].filter((each) => (EXPIRIES[each] ?? '9') >= day);
        for (const each of inOrder) {
          const part = Math.min(missing, Math.max(lowest(each, day), 0));
          if (part > 0) expected.push(`${each} ${-part}`);
          missing -= part;
        }
        if (missing > 0) {
          await refusal(post('take', good, day, [{ quantity }]));
          continue;
        }
        expect(await post('take', good, day, [{ quantity }])).toEqual(expected);
        for (const part of expected) {
          const [each = 0, moved = 0] = part.split(' ').map(Number);
          moves[each]?.push({ day, quantity: moved });
        }
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), run), {
      numRuns: 12,
      seed: SEED,
    });
  });
});

describe('what cannot be chosen is a fault of the metadata', () => {
  const codesOf = (change: (documents: Record<string, unknown>[]) => void): readonly string[] => {
    const documents = structuredClone([
      { module: 'depot', name: { en: 'Depot' }, version: '1.0.0', category: 'core', dependencies: [] },
      ...['good', 'place'].map((name) => ({
        entity: `depot.${name}`,
        label: name,
        kind: 'master',
        fields: { code: { type: 'text', required: true, unique: true } },
      })),
      ...shelf,
    ]) as Record<string, unknown>[];
    change(documents);
    const files = documents.map((document, index) => ({ path: `${index}.json`, text: JSON.stringify(document) }));
    return compile([{ kind: 'module', name: 'depot', files }], 'faults').diagnostics.map(
      ({ code, pointer }) => `${code} ${pointer}`,
    );
  };
  const change = (name: string, path: readonly (string | number)[], value: unknown) => (documents: object[]) => {
    let place = documents.findLast((each) => Object.values(each)[0] === name) as Record<string | number, unknown>;
    for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
    place[path.at(-1) as string] = value;
  };

  test.each([
    ['nothing', () => undefined, []],
    [
      'a dimension that is never empty',
      change('depot.shelf', ['picks', 0, 'dimension'], 'place'),
      ['not-choosable /picks/0/dimension', 'unknown-pick /entries/0/pick'],
    ],
    [
      'a measure that is not there',
      change('depot.shelf', ['picks', 0, 'measure'], 'quantities'),
      ['unknown-measure /picks/0/measure'],
    ],
    [
      'a dimension that the ledger does not choose',
      change('depot.take', ['entries', 0, 'pick'], 'place'),
      ['unknown-pick /entries/0/pick'],
    ],
    [
      'an entry that chooses nothing',
      change('depot.carry', ['entries', 1, 'pick_of'], 'went'),
      ['unknown-pick /entries/1/pick_of'],
    ],
  ])('%s', (_, make, faults) => {
    expect(codesOf(make)).toEqual(expect.arrayContaining([...faults]));
    expect(codesOf(make).length === 0).toBe(faults.length === 0);
  });
});
