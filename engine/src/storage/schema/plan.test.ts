import { describe, expect, test } from 'vitest';
import type { Dialect } from '../database.ts';
import { diff } from './difference.ts';
import { planSteps } from './plan.ts';
import { sampleSchema, sampleTable } from './sample-table.ts';
import type { Step } from './step.ts';
import type { WantedTable } from './wanted.ts';

function planned(dialect: Dialect, before: readonly WantedTable[], wanted: readonly WantedTable[]): readonly Step[] {
  const actual = sampleSchema(dialect, before, 5_000);
  return planSteps(actual, diff(actual, wanted));
}

/** A plan as a person would read it, with its SQL. */
function written(steps: readonly Step[]): string {
  return steps
    .map(({ description, rows, blocks, statements, undo }) => {
      const cost = `${rows} rows, blocks ${blocks}${undo === null ? ', not taken back' : ''}`;
      return [`${description} (${cost})`, ...statements.map((sql) => sql.replaceAll(/\s+/g, ' '))].join('\n  ');
    })
    .join('\n');
}

const author = sampleTable('author', { name: 'text' });
const book = sampleTable(
  'book',
  { title: 'text', isbn: 'code?', price: 'money?', lent: 'boolean', author_id: 'id' },
  { unique: [['isbn']], links: { author_id: 'author' } },
);

describe('a plan that creates tables', () => {
  test('on SQLite', () => {
    expect(written(planned('sqlite', [], [author, book]))).toMatchInlineSnapshot(`
      "Create table author with 2 columns. (0 rows, blocks nobody)
        CREATE TABLE IF NOT EXISTS {schema}.\`author\` ( \`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`name\` TEXT COLLATE NOCASE NOT NULL )
      Create table book with 6 columns. (0 rows, blocks nobody)
        CREATE TABLE IF NOT EXISTS {schema}.\`book\` ( \`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`title\` TEXT COLLATE NOCASE NOT NULL, \`isbn\` TEXT COLLATE NOCASE NULL, \`price\` DECIMAL_INT(2) NULL, \`lent\` BOOLEAN_INT NOT NULL, \`author_id\` INTEGER NOT NULL, CONSTRAINT \`book__author_id_foreign\` FOREIGN KEY (\`author_id\`) REFERENCES {schema}.\`author\` (\`id\`) ON DELETE RESTRICT )
        CREATE UNIQUE INDEX IF NOT EXISTS \`book__isbn_unique\` ON \`book\` (\`isbn\`)
        CREATE INDEX IF NOT EXISTS \`book__author_id_index\` ON \`book\` (\`author_id\`)"
    `);
  });

  test('on MySQL', () => {
    expect(written(planned('mysql', [], [author, book]))).toMatchInlineSnapshot(`
      "Create table author with 2 columns. (0 rows, blocks nobody)
        CREATE TABLE IF NOT EXISTS {schema}.\`author\` ( \`id\` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, \`name\` VARCHAR(140) NOT NULL ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
      Create table book with 6 columns. (0 rows, blocks nobody)
        CREATE TABLE IF NOT EXISTS {schema}.\`book\` ( \`id\` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, \`title\` VARCHAR(140) NOT NULL, \`isbn\` VARCHAR(30) NULL, \`price\` DECIMAL(18,2) NULL, \`lent\` TINYINT(1) NOT NULL, \`author_id\` BIGINT UNSIGNED NOT NULL, UNIQUE KEY \`book__isbn_unique\` (\`isbn\`), KEY \`book__author_id_index\` (\`author_id\`), CONSTRAINT \`book__author_id_foreign\` FOREIGN KEY (\`author_id\`) REFERENCES {schema}.\`author\` (\`id\`) ON DELETE RESTRICT ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
    `);
  });
});

const changed = sampleTable(
  'book',
  {
    heading: 'longtext?',
    isbn: 'code',
    price: 'rate?',
    lent: 'boolean',
    author_id: 'id',
    translator_id: 'id?',
    printed: 'date?',
  },
  { links: { author_id: 'author', translator_id: 'author' }, indexes: [['isbn']], renamed: { heading: 'title' } },
);

describe('a plan that changes a table', () => {
  test('copies it on SQLite', () => {
    expect(written(planned('sqlite', [author, book], [author, changed]))).toMatchInlineSnapshot(`
      "Rename in book title to heading. (0 rows, blocks everybody)
        ALTER TABLE {schema}.\`book\` RENAME COLUMN \`title\` TO \`heading\`
      Copy table book to change translator_id, printed, price, heading and isbn. (5000 rows, blocks writers, not taken back)
        DROP TABLE IF EXISTS \`rk_new_book\`
        CREATE TABLE IF NOT EXISTS {schema}.\`rk_new_book\` ( \`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`heading\` TEXT COLLATE NOCASE NULL, \`isbn\` TEXT COLLATE NOCASE NOT NULL, \`price\` DECIMAL_INT(4) NULL, \`lent\` BOOLEAN_INT NOT NULL, \`author_id\` INTEGER NOT NULL, \`translator_id\` INTEGER NULL, \`printed\` DATE_TEXT NULL, CONSTRAINT \`book__author_id_foreign\` FOREIGN KEY (\`author_id\`) REFERENCES {schema}.\`author\` (\`id\`) ON DELETE RESTRICT, CONSTRAINT \`book__translator_id_foreign\` FOREIGN KEY (\`translator_id\`) REFERENCES {schema}.\`author\` (\`id\`) ON DELETE RESTRICT )
        INSERT INTO \`rk_new_book\` (\`id\`, \`heading\`, \`isbn\`, \`price\`, \`lent\`, \`author_id\`) SELECT \`id\`, \`heading\`, \`isbn\`, \`price\` * 100, \`lent\`, \`author_id\` FROM \`book\`
        DELETE FROM sqlite_sequence WHERE name = 'rk_new_book'
        INSERT INTO sqlite_sequence (name, seq) SELECT 'rk_new_book', seq FROM sqlite_sequence WHERE name = 'book'
        DROP TABLE \`book\`
        ALTER TABLE \`rk_new_book\` RENAME TO \`book\`
        CREATE INDEX IF NOT EXISTS \`book__author_id_index\` ON \`book\` (\`author_id\`)
      On book add index (isbn), add index (translator_id) and drop unique index (isbn). (5000 rows, blocks writers)
        DROP INDEX IF EXISTS \`book__isbn_unique\`
        CREATE INDEX IF NOT EXISTS \`book__isbn_index\` ON \`book\` (\`isbn\`)
        CREATE INDEX IF NOT EXISTS \`book__translator_id_index\` ON \`book\` (\`translator_id\`)"
    `);
  });

  test('alters it on MySQL', () => {
    expect(written(planned('mysql', [author, book], [author, changed]))).toMatchInlineSnapshot(`
      "Rename in book title to heading. (0 rows, blocks everybody)
        ALTER TABLE {schema}.\`book\` RENAME COLUMN \`title\` TO \`heading\`
      Add to book translator_id and printed. (0 rows, blocks nobody)
        ALTER TABLE {schema}.\`book\` ADD COLUMN \`translator_id\` BIGINT UNSIGNED NULL, ADD COLUMN \`printed\` DATE NULL, ADD CONSTRAINT \`book__translator_id_foreign\` FOREIGN KEY (\`translator_id\`) REFERENCES {schema}.\`author\` (\`id\`) ON DELETE RESTRICT
      Change in book the columns heading, price and isbn. (5000 rows, blocks writers, not taken back)
        ALTER TABLE {schema}.\`book\` MODIFY COLUMN \`heading\` MEDIUMTEXT NULL, MODIFY COLUMN \`price\` DECIMAL(18,4) NULL, MODIFY COLUMN \`isbn\` VARCHAR(30) NOT NULL
      On book add index (isbn), add index (translator_id) and drop unique index (isbn). (5000 rows, blocks nobody)
        ALTER TABLE {schema}.\`book\` DROP INDEX \`book__isbn_unique\`, ADD KEY \`book__isbn_index\` (\`isbn\`), ADD KEY \`book__translator_id_index\` (\`translator_id\`), ALGORITHM=INPLACE, LOCK=NONE"
    `);
  });
});

describe('a plan that only adds', () => {
  const before = [author, sampleTable('book', { title: 'text' })];
  const wanted = [
    author,
    sampleTable('book', { title: 'text', lent: 'boolean', author_id: 'id?' }, { links: { author_id: 'author' } }),
  ];

  test('adds in place on SQLite', () => {
    expect(written(planned('sqlite', before, wanted))).toMatchInlineSnapshot(`
      "Add to book lent and author_id. (0 rows, blocks nobody, not taken back)
        ALTER TABLE \`book\` ADD COLUMN \`lent\` BOOLEAN_INT NOT NULL DEFAULT 0
        ALTER TABLE \`book\` ADD COLUMN \`author_id\` INTEGER NULL REFERENCES {schema}.\`author\` (\`id\`) ON DELETE RESTRICT
      On book add index (author_id). (5000 rows, blocks writers)
        CREATE INDEX IF NOT EXISTS \`book__author_id_index\` ON \`book\` (\`author_id\`)"
    `);
  });

  test('adds in place on MySQL', () => {
    expect(written(planned('mysql', before, wanted))).toMatchInlineSnapshot(`
      "Add to book lent and author_id. (0 rows, blocks nobody)
        ALTER TABLE {schema}.\`book\` ADD COLUMN \`lent\` TINYINT(1) NOT NULL DEFAULT 0, ADD COLUMN \`author_id\` BIGINT UNSIGNED NULL, ADD CONSTRAINT \`book__author_id_foreign\` FOREIGN KEY (\`author_id\`) REFERENCES {schema}.\`author\` (\`id\`) ON DELETE RESTRICT
      On book add index (author_id). (5000 rows, blocks nobody)
        ALTER TABLE {schema}.\`book\` ADD KEY \`book__author_id_index\` (\`author_id\`), ALGORITHM=INPLACE, LOCK=NONE"
    `);
  });
});
