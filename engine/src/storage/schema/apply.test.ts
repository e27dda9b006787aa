import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemaJournal } from '../../../../migrations/company/metadata.ts';
import type { Database, Session } from '../database.ts';
import { quoted, statement, table as tableName } from '../statement.ts';
import type { Binding } from '../statement.ts';
import { testBackends } from '../test-server.ts';
import type { TestServer } from '../test-server.ts';
import { SchemaRefusal, applySchema, undoSchema } from './apply.ts';
import { diff } from './difference.ts';
import { readTables } from './read-tables.ts';
import { sampleTable } from './sample-table.ts';
import { createTableTexts } from './table-text.ts';
import type { WantedTable } from './wanted.ts';

const author = sampleTable('author', { name: 'text' });
const book = sampleTable(
  'book',
  { title: 'text', isbn: 'code?', price: 'money?', author_id: 'id' },
  { unique: [['isbn']], links: { author_id: 'author' } },
);

async function run(database: Database, sql: string, bindings: readonly Binding[] = []): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.run(statement(sql), bindings);
  });
}

async function insert(database: Database, table: string, row: Readonly<Record<string, Binding>>): Promise<void> {
  const columns = Object.keys(row).map(quoted).join(', ');
  const places = Object.keys(row).map(() => '?');
  await run(database, `INSERT INTO ${tableName(table)} (${columns}) VALUES (${places.join(', ')})`, Object.values(row));
}

/** The rows, every value as text: the drivers differ in how they hand over a long whole number. */
async function rowsOf(database: Database, table: string, columns: readonly string[]): Promise<readonly unknown[]> {
  const rows = await database.all(
    statement(`SELECT ${columns.map(quoted).join(', ')} FROM ${tableName(table)} ORDER BY id`),
  );
  return rows.map((row) => columns.map((column) => (row[column] === null ? null : String(row[column]))));
}

async function missing(database: Database, wanted: readonly WantedTable[]): Promise<readonly string[]> {
  return diff(await readTables(database), wanted).map(({ kind, table }) => `${kind} ${table}`);
}

/** Money as a column holds it: text of a decimal on MySQL, hundredths on SQLite; see dialect.ts. */
function stored(database: Database, text: string, scale: number): Binding {
  return database.dialect === 'mysql' ? text : BigInt(Math.round(Number(text) * 10 ** scale));
}

/** MySQL waits for the disk at each of some hundred statements that change tables. */
const SLOW_MS = 120_000;

class Killed extends Error {}

/** A process that dies at its n-th statement, before or after the database has made it. */
function dying(database: Database, statements: number, isMade: boolean): Database {
  let left = statements;
  const mortal = (session: Session): Session => ({
    dialect: session.dialect,
    schema: session.schema,
    all: (text, bindings) => session.all(text, bindings),
    get: (text, bindings) => session.get(text, bindings),
    tuples: (text, bindings) => session.tuples(text, bindings),
    run: async (text, bindings) => {
      // What the system does for a dead process: the transaction and the settings of its connection are gone.
      const isSettled = /^(?:ROLLBACK|PRAGMA|SET)/.test(text.plain);
      if (left === 0 && !isSettled) throw new Killed();
      if (!isSettled) left -= 1;
      if (left === 0 && !isSettled && !isMade) throw new Killed();
      const change = await session.run(text, bindings);
      if (left === 0 && !isSettled) throw new Killed();
      return change;
    },
  });
  return new Proxy(database, {
    get(target, property) {
      if (property === 'session')
        return (work: (session: Session) => Promise<unknown>) => target.session((own) => work(mortal(own)));
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe.each(testBackends)('changing tables on $name', ({ open }) => {
  const keys = ['first', 'data', 'journal', 'kill', 'random', 'parallel', 'large'];
  let opened: TestServer;

  /** A company with a journal and nothing else. */
  async function company(key: string): Promise<Database> {
    const database = opened.server.company(key);
    await database.session(async (session) => {
      for (const text of createTableTexts(database.dialect, schemaJournal)) await session.run(statement(text));
    });
    return database;
  }

  beforeAll(async () => {
    opened = await open(keys);
  });

  afterAll(() => opened.remove());

  test('creates what is wanted, and then has nothing left to do', async () => {
    const database = await company('first');
    const wanted = [
      book,
      author,
      sampleTable('shelf', { parent_id: 'id?', fair_id: 'id?' }, { links: { parent_id: 'shelf', fair_id: 'fair' } }),
      sampleTable('fair', { shelf_id: 'id?' }, { links: { shelf_id: 'shelf' }, onDelete: 'cascade' }),
      { ...sampleTable('book__shelf', { book_id: 'id', shelf_id: 'id' }), primaryKey: ['book_id', 'shelf_id'] },
    ];
    wanted[4] = { ...wanted[4]!, columns: wanted[4]!.columns.slice(1) };
    const { steps } = await applySchema(database, wanted, 'activate');
    expect(steps.map(({ kind, table }) => `${kind} ${table}`)).toEqual(
      wanted.map(({ name }) => `create-table ${name}`),
    );
    expect(await missing(database, wanted)).toEqual([]);
    expect((await applySchema(database, wanted, 'activate')).steps).toEqual([]);
    await expect(insert(database, 'book', { title: 'Bumi Manusia', author_id: 7 })).rejects.toMatchObject({
      kind: 'foreign-key',
    });
  });

  test('keeps what people typed in', async () => {
    const database = await company('data');
    const before = [
      author,
      {
        ...book,
        columns: [...book.columns, { name: 'note', type: { kind: 'text', length: 50 }, nullable: false } as const],
      },
    ];
    await applySchema(database, before, 'first');
    await insert(database, 'author', { name: 'Pramoedya' });
    await insert(database, 'author', { name: 'Leila' });
    const price = stored(database, '90071992547409.93', 2);
    await insert(database, 'book', {
      title: 'Bumi',
      isbn: 'a',
      price: database.dialect === 'mysql' ? price : 9_007_199_254_740_993n,
      author_id: 1,
      note: 'old',
    });
    await insert(database, 'book', {
      title: 'Pulang',
      isbn: 'b',
      price: stored(database, '12.50', 2),
      author_id: 2,
      note: 'new',
    });
    await run(database, `DELETE FROM ${tableName('book')} WHERE id = 2`);

    const after = [
      sampleTable('writer', { name: 'longtext?', country: 'text', living: 'boolean' }, { was: 'author' }),
      sampleTable(
        'book',
        { heading: 'text', isbn: 'code', price: 'rate?', author_id: 'id', translator_id: 'id?' },
        { renamed: { heading: 'title' }, links: { author_id: 'writer', translator_id: 'writer' }, indexes: [['isbn']] },
      ),
    ];
    await applySchema(database, after, 'second');

    const rate = database.dialect === 'mysql' ? '90071992547409.9300' : '900719925474099300';
    expect(
      await rowsOf(database, 'book', ['id', 'heading', 'isbn', 'price', 'author_id', 'translator_id', 'note']),
    ).toEqual([['1', 'Bumi', 'a', rate, '1', null, 'old']]);
    expect(await rowsOf(database, 'writer', ['name', 'country', 'living'])).toEqual([
      ['Pramoedya', null, '0'],
      ['Leila', null, '0'],
    ]);
    // A required column waits for its values, and is closed when it has them.
    expect(await missing(database, after)).toEqual(['require-column writer']);
    await run(database, `UPDATE ${tableName('writer')} SET country = 'ID'`);
    await applySchema(database, after, 'third');
    expect(await missing(database, after)).toEqual([]);
    // The number of the deleted book is not given again, and links hold as before.
    await insert(database, 'book', { heading: 'Amba', isbn: 'c', author_id: 2 });
    expect(await rowsOf(database, 'book', ['id'])).toEqual([['1'], ['3']]);
    await expect(run(database, `DELETE FROM ${tableName('writer')} WHERE id = 1`)).rejects.toMatchObject({
      kind: 'foreign-key',
    });
    await expect(insert(database, 'writer', { name: 'x', living: 1 })).rejects.toMatchObject({ kind: 'check' });

    // Refused as a whole, with examples, before anything changes.
    const refused = [
      sampleTable('writer', { name: 'longtext?', country: 'text', living: 'boolean' }, { unique: [['country']] }),
      sampleTable('book', { heading: 'text', isbn: 'date', added: 'date?' }),
    ];
    const error: unknown = await applySchema(database, refused, 'fourth').catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(SchemaRefusal);
    expect(error).toMatchObject({ blocked: [{ table: 'book', column: 'isbn', reason: 'type-changed' }] });
    const duplicate: unknown = await applySchema(database, refused.slice(0, 1), 'fifth').catch(
      (fault: unknown) => fault,
    );
    expect(duplicate).toMatchObject({
      findings: [{ table: 'writer', columns: ['country'], reason: 'duplicate-values', examples: ['ID'] }],
    });
    expect(await missing(database, after)).toEqual([]);
  });

  test('finds links to nowhere and values too large before it changes anything', async () => {
    const database = await company('data');
    await applySchema(database, [author, sampleTable('note', { author_id: 'id', amount: 'money' })], 'notes');
    await insert(database, 'note', {
      author_id: 99,
      amount: database.dialect === 'mysql' ? '9999999999999999.99' : 999_999_999_999_999_999n,
    });
    const error: unknown = await applySchema(
      database,
      [sampleTable('note', { author_id: 'id', amount: 'rate' }, { links: { author_id: 'author' } })],
      'tie',
    ).catch((fault: unknown) => fault);
    expect(error).toMatchObject({
      findings: [
        { columns: ['amount'], reason: 'values-too-large' },
        { columns: ['author_id'], reason: 'missing-records', examples: ['99'] },
      ],
    });
  });

  test('takes a change back, but not what has been filled since', async () => {
    const database = await company('journal');
    await applySchema(database, [author], 'first');
    await insert(database, 'author', { name: 'Pramoedya' });
    const wanted = [
      sampleTable('author', { name: 'text', born: 'date?', note: 'text?' }, { indexes: [['name']] }),
      book,
      sampleTable('shelf', { place: 'text' }),
    ];
    await applySchema(database, wanted, 'second');
    await insert(database, 'shelf', { place: 'A1' });
    await undoSchema(database, 'second');
    await undoSchema(database, 'second');
    const { tables } = await readTables(database);
    expect([...tables.keys()].sort()).toEqual(['author', 'rk_schema_journal', 'shelf']);
    expect([...(tables.get('author')?.columns.keys() ?? [])]).toEqual(['id', 'name']);
    expect(tables.get('author')?.indexes).toEqual([]);
    expect(await rowsOf(database, 'author', ['name'])).toEqual([['Pramoedya']]);
  });

  const first = [author, sampleTable('book', { title: 'code', price: 'money?' })];
  const second = [
    sampleTable('author', { name: 'text', born: 'date?' }, { indexes: [['name']] }),
    sampleTable(
      'book',
      { heading: 'text?', price: 'rate?', author_id: 'id?' },
      { renamed: { heading: 'title' }, links: { author_id: 'author' }, unique: [['heading']] },
    ),
    sampleTable('shelf', { place: 'text', book_id: 'id' }, { links: { book_id: 'book' } }),
  ];

  test.each([
    ['before', false],
    ['after', true],
  ])(
    'goes on after a kill just %s any statement',
    async (_when, isMade) => {
      const database = await company('kill');
      const drop = async (): Promise<void> => {
        for (const table of ['shelf', 'book', 'author'])
          await run(database, `DROP TABLE IF EXISTS ${tableName(table)}`);
      };
      let statements = 1;
      for (let isDone = false; !isDone; statements += 1) {
        await drop();
        const change = `kill-${isMade}-${statements}`;
        await applySchema(database, first, `${change}-before`);
        await insert(database, 'book', { title: 'Bumi', price: stored(database, '12.50', 2) });
        isDone = await applySchema(dying(database, statements, isMade), second, change).then(
          () => true,
          (error: unknown) => {
            if (error instanceof Killed) return false;
            throw error;
          },
        );
        await applySchema(database, second, change);
        expect(await missing(database, second)).toEqual([]);
        expect(await rowsOf(database, 'book', ['heading', 'price'])).toEqual([
          ['Bumi', database.dialect === 'mysql' ? '12.5000' : '125000'],
        ]);
        const open = await database.get(
          statement(`SELECT COUNT(*) AS n FROM ${tableName('rk_schema_journal')} WHERE state <> 'done'`),
        );
        expect(Number(open?.n)).toBe(0);
      }
      await drop();
      expect(statements).toBeGreaterThan(10);
    },
    SLOW_MS,
  );

  test('lets one in at a time', async () => {
    const database = await company('parallel');
    const plans = await Promise.all(['a', 'b', 'c'].map((change) => applySchema(database, [author, book], change)));
    expect(plans.map(({ steps }) => steps.length).sort()).toEqual([0, 0, 2]);
    expect(await missing(database, [author, book])).toEqual([]);
  });

  test('holds a row of many texts', async () => {
    const database = await company('large');
    const texts = (count: number, length: number): WantedTable['columns'] =>
      Array.from({ length: count }, (_, place) => ({
        name: `c${place}`,
        type: { kind: 'text', length },
        nullable: true,
      }));
    const wanted = [
      { ...sampleTable('long', {}), columns: [...author.columns, ...texts(100, 255)] },
      { ...sampleTable('short', {}), columns: [...author.columns, ...texts(60, 50)] },
      { ...sampleTable('wide', { title: 'longtext' }, { indexes: [['title']] }) },
    ];
    await applySchema(database, wanted, 'first');
    expect(await missing(database, wanted)).toEqual([]);
    await insert(
      database,
      'long',
      Object.fromEntries(wanted[0]!.columns.slice(1).map(({ name }) => [name, 'x'.repeat(50)])),
    );
  });

  test(
    'gets from any tables to any others, or refuses',
    async () => {
      const database = await company('random');
      const isMysql = database.dialect === 'mysql';
      const type = fc.constantFrom('code', 'text', 'longtext', 'money', 'rate', 'boolean', 'date');
      const nullable = fc.boolean();
      const columns = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.tuple(type, nullable), {
        noNullPrototype: true,
      });
      const names = ['t1', 't2', 't3'];
      const oneTable = fc.record({
        columns,
        link: fc.option(fc.constantFrom(...names)),
        index: fc.constantFrom<'none' | 'plain' | 'unique'>('none', 'plain', 'unique'),
      });
      const tables = fc.dictionary(fc.constantFrom(...names), oneTable, { noNullPrototype: true });
      let round = 0;
      const build = (set: typeof tables extends fc.Arbitrary<infer T> ? T : never): readonly WantedTable[] =>
        Object.entries(set).map(([name, shape]) => {
          const own = Object.entries(shape.columns).map(([column, [kind, empty]]) => [
            column,
            empty ? `${kind}?` : kind,
          ]);
          const link = shape.link !== null && shape.link in set ? { link_id: `r${round}_${shape.link}` } : undefined;
          const indexed = own.filter(([, kind]) => !kind?.startsWith('longtext')).map(([column]) => column as string);
          const members = shape.index === 'none' || indexed.length === 0 ? [] : [indexed];
          return sampleTable(
            `r${round}_${name}`,
            { ...Object.fromEntries(own), ...(link === undefined ? {} : { link_id: 'id?' }) },
            { links: link, [shape.index === 'unique' ? 'unique' : 'indexes']: members },
          );
        });
      await fc.assert(
        fc.asyncProperty(tables, tables, async (from, to) => {
          round += 1;
          const before = build(from);
          await applySchema(database, before, `before-${round}`);
          expect(await missing(database, before)).toEqual([]);
          const after = build(to);
          try {
            await applySchema(database, after, `after-${round}`);
          } catch (error) {
            expect(error).toBeInstanceOf(SchemaRefusal);
            expect(await missing(database, before)).toEqual([]);
            return;
          }
          expect(await missing(database, after)).toEqual([]);
        }),
        { numRuns: isMysql ? 10 : 60 },
      );
    },
    SLOW_MS,
  );
});
