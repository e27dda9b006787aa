import { describe, expect, test } from 'vitest';
import type { Dialect } from '../database.ts';
import type { Change } from './change.ts';
import { diff } from './difference.ts';
import { sampleSchema, sampleTable } from './sample-table.ts';
import type { WantedTable } from './wanted.ts';

/** `add-column book.price`: a change in a few words. */
function told(change: Change): string {
  switch (change.kind) {
    case 'create-table':
      return `create-table ${change.table}`;
    case 'rename-table':
      return `rename-table ${change.was} ${change.table}`;
    case 'rename-column':
      return `rename-column ${change.table}.${change.was} ${change.column}`;
    case 'add-column':
      return `add-column ${change.table}.${change.column.name}${change.column.nullable ? '?' : ''}`;
    case 'add-index':
    case 'drop-index':
      return `${change.kind} ${change.index.name}`;
    case 'add-foreign-key':
      return `add-foreign-key ${change.foreignKey.name}`;
    case 'blocked':
      return `blocked ${change.table}.${change.column ?? '*'} ${change.reason}`;
    default:
      return `${change.kind} ${change.table}.${change.column.name}`;
  }
}

const author = sampleTable('author', { name: 'text' });
const book = sampleTable(
  'book',
  { title: 'text', price: 'money?', author_id: 'id' },
  { links: { author_id: 'author' } },
);

interface Case {
  readonly title: string;
  readonly before: readonly WantedTable[];
  readonly wanted: readonly WantedTable[];
  readonly changes: readonly string[];
  /** Where SQLite has less to do: text has no length there. */
  readonly onSqlite?: readonly string[];
}

const CASES: readonly Case[] = [
  { title: 'nothing when it is as wanted', before: [author, book], wanted: [author, book], changes: [] },
  { title: 'nothing of what nobody wants any more', before: [author, book], wanted: [author], changes: [] },
  { title: 'a new table', before: [author], wanted: [author, book], changes: ['create-table book'] },
  {
    title: 'a renamed table, whose links follow',
    before: [author, book],
    wanted: [
      sampleTable('writer', { name: 'text' }, { was: 'author' }),
      { ...book, foreignKeys: book.foreignKeys.map((key) => ({ ...key, references: 'writer' })) },
    ],
    changes: ['rename-table author writer'],
  },
  {
    title: 'no renaming when the former name is in use',
    before: [author],
    wanted: [author, sampleTable('writer', { name: 'text' }, { was: 'author' })],
    changes: ['create-table writer'],
  },
  {
    title: 'a renamed column, with its index',
    before: [sampleTable('author', { name: 'text' }, { indexes: [['name']] })],
    wanted: [
      sampleTable('author', { full_name: 'text' }, { indexes: [['full_name']], renamed: { full_name: 'name' } }),
    ],
    changes: [
      'rename-column author.name full_name',
      'add-index author__full_name_index',
      'drop-index author__name_index',
    ],
  },
  {
    title: 'a new column; one that may not be empty opens first',
    before: [author],
    wanted: [sampleTable('author', { name: 'text', born: 'date?', country: 'text', living: 'boolean' })],
    changes: [
      'add-column author.born?',
      'add-column author.country?',
      'require-column author.country',
      'add-column author.living',
    ],
  },
  {
    title: 'a column that is gone: it stays, and may be empty',
    before: [sampleTable('author', { name: 'text', note: 'text', hint: 'text?' })],
    wanted: [author],
    changes: ['relax-column author.note'],
  },
  {
    title: 'whether a column may be empty',
    before: [sampleTable('author', { name: 'text', born: 'date?' })],
    wanted: [sampleTable('author', { name: 'text?', born: 'date' })],
    changes: ['relax-column author.name', 'require-column author.born'],
  },
  {
    title: 'a longer text',
    before: [sampleTable('author', { name: 'code' })],
    wanted: [sampleTable('author', { name: 'text' })],
    changes: ['widen-column author.name'],
    onSqlite: [],
  },
  {
    title: 'nothing of a shorter text: the engine checks lengths',
    before: [sampleTable('author', { name: 'longtext' })],
    wanted: [sampleTable('author', { name: 'code' })],
    changes: [],
  },
  {
    title: 'more fraction digits',
    before: [sampleTable('book', { price: 'money' })],
    wanted: [sampleTable('book', { price: 'rate' })],
    changes: ['widen-column book.price'],
  },
  {
    title: 'fewer fraction digits, as impossible',
    before: [sampleTable('book', { price: 'rate' })],
    wanted: [sampleTable('book', { price: 'money' })],
    changes: ['blocked book.price scale-reduced'],
  },
  {
    title: 'another kind of value, as impossible',
    before: [sampleTable('book', { price: 'money' })],
    wanted: [sampleTable('book', { price: 'date' })],
    changes: ['blocked book.price type-changed'],
  },
  {
    title: 'indexes that come, go and change',
    before: [sampleTable('book', { title: 'text', isbn: 'code' }, { unique: [['isbn']], indexes: [['title']] })],
    wanted: [
      sampleTable('book', { title: 'text', isbn: 'code' }, { indexes: [['isbn']], unique: [['title', 'isbn']] }),
    ],
    changes: [
      'add-index book__title_isbn_unique',
      'add-index book__isbn_index',
      'drop-index book__isbn_unique',
      'drop-index book__title_index',
    ],
  },
  {
    title: 'no index that somebody else made',
    before: [{ ...author, indexes: [{ name: 'by_hand', columns: ['name'], unique: false }] }],
    wanted: [author],
    changes: [],
  },
  {
    title: 'a link from a column that was there',
    before: [author, { ...book, foreignKeys: [] }],
    wanted: [author, book],
    changes: ['add-foreign-key book__author_id_foreign'],
  },
  {
    title: 'a link that shall cascade',
    before: [author, book],
    wanted: [author, { ...book, foreignKeys: book.foreignKeys.map((key) => ({ ...key, onDelete: 'cascade' })) }],
    changes: ['add-foreign-key book__author_id_foreign'],
  },
  {
    title: 'a link to another table, as impossible',
    before: [author, book],
    wanted: [author, { ...book, foreignKeys: book.foreignKeys.map((key) => ({ ...key, references: 'book' })) }],
    changes: ['blocked book.author_id link-retargeted'],
  },
  {
    title: 'a link to nowhere, as impossible',
    before: [],
    wanted: [book],
    changes: ['blocked book.author_id table-unknown', 'create-table book'],
  },
  {
    title: 'another primary key, as impossible',
    before: [author],
    wanted: [{ ...author, primaryKey: ['name'] }],
    changes: ['blocked author.* key-changed'],
  },
];

describe.each<Dialect>(['sqlite', 'mysql'])('a difference on %s tells', (dialect) => {
  test.each(CASES)('$title', ({ before, wanted, changes, onSqlite }) => {
    const expected = dialect === 'sqlite' ? (onSqlite ?? changes) : changes;
    expect(diff(sampleSchema(dialect, before), wanted).map(told)).toEqual(expected);
  });
});

describe('a difference on MySQL alone tells', () => {
  test('a unique text that is too long to be indexed', () => {
    const table = sampleTable('book', { title: 'longtext' }, { unique: [['title']] });
    expect(diff(sampleSchema('mysql', []), [table]).map(told)).toEqual(['blocked book.title unique-too-long']);
  });

  test('a row with more columns than a page holds', () => {
    const columns = Object.fromEntries(Array.from({ length: 250 }, (_, place) => [`c${place}`, 'text']));
    expect(diff(sampleSchema('mysql', []), [sampleTable('book', columns)]).map(told)).toEqual([
      'blocked book.* row-too-large',
    ]);
  });

  test('no index that a foreign key needs', () => {
    const bare = { ...book, indexes: [] };
    expect(diff(sampleSchema('mysql', [author, book]), [author, bare]).map(told)).toEqual([]);
    expect(diff(sampleSchema('sqlite', [author, book]), [author, bare]).map(told)).toEqual([
      'drop-index book__author_id_index',
    ]);
  });
});
