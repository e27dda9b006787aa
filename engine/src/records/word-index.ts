import type { Entity } from '../compiler/model.ts';
import type { Transaction } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { table } from '../storage/statement.ts';
import type { DraftRow } from './compute.ts';
import { placeholderRows, placeholders, PORTION_MAX, SizedStatement } from './sized-statement.ts';
import { wordsOf } from './words.ts';

/*
 * An inverted index in a plain table: the same on both databases, kept in the transaction of the record, and found by
 * a range of its primary key (entity, word, record_id). Full text of the databases was not taken: MySQL's shows a
 * record only after its commit and skips short words, SQLite's lives in tables of its own kind, and both rank and cut
 * words differently.
 */
export const WORD_TABLE = table('rk_word');

// A word that is there already is fine: the index must never stand in the way of a record.
export const INSERT_WORDS = {
  mysql: new SizedStatement((count) => `${insertion(count)} ON DUPLICATE KEY UPDATE record_id = record_id`),
  sqlite: new SizedStatement((count) => `${insertion(count)} ON CONFLICT DO NOTHING`),
};
const DELETE = {
  mysql: new SizedStatement((count) => deletion(count, parameter('mysql', { kind: 'id' }))),
  sqlite: new SizedStatement((count) => deletion(count, '?')),
};

function insertion(count: number): string {
  return `INSERT INTO ${WORD_TABLE} (entity, word, record_id) VALUES ${placeholderRows(count, 3)}`;
}

function deletion(count: number, id: string): string {
  return `DELETE FROM ${WORD_TABLE} WHERE entity = ? AND record_id = ${id} AND word IN (${placeholders(count)})`;
}

/** The words that a record is found by. */
export function searchedWords(entity: Entity, draft: DraftRow): ReadonlySet<string> {
  if (entity.search.length === 0) return NO_WORDS;
  const texts = entity.search.map((field) => draft[field.name]).filter((value) => typeof value === 'string');
  return wordsOf(texts);
}

export const NO_WORDS: ReadonlySet<string> = new Set();

/** Brings the index from the words that a record had to those it has. */
export async function indexWords(
  transaction: Transaction,
  entity: Entity,
  id: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): Promise<void> {
  const added = before.size === 0 ? [...after] : [...after].filter((word) => !before.has(word));
  const removed = after.size === 0 ? [...before] : [...before].filter((word) => !after.has(word));
  for (let start = 0; start < removed.length; start += PORTION_MAX) {
    const portion = removed.slice(start, start + PORTION_MAX);
    await transaction.run(DELETE[transaction.dialect].of(portion.length), [entity.name, id, ...portion]);
  }
  for (let start = 0; start < added.length; start += PORTION_MAX) {
    const portion = added.slice(start, start + PORTION_MAX);
    const bindings = portion.flatMap((word) => [entity.name, word, id]);
    await transaction.run(INSERT_WORDS[transaction.dialect].of(portion.length), bindings);
  }
}
