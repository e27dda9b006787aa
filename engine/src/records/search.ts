import type { Entity } from '../compiler/model.ts';
import type { Reader } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, statement } from '../storage/statement.ts';
import type { Binding } from '../storage/statement.ts';
import { WORD_TABLE } from './word-index.ts';
import { termsOf } from './words.ts';

/** A term that more records than this have is common: it is checked record by record instead of fetched. */
const RARE_MAX = 1000;

/** Sorts behind every word that begins with a prefix. */
const AFTER_PREFIX = '\u{10FFFF}';

const FIND = statement(
  `SELECT record_id FROM ${WORD_TABLE} WHERE entity = ? AND word >= ? AND word < ? LIMIT ${RARE_MAX + 1}`,
);

/** SQL text of a condition on the record `t` and what it binds. */
export interface SqlCondition {
  readonly text: string;
  readonly bindings: readonly Binding[];
}

/**
 * The condition that a record has, for every term, a word that begins with it. Null when no record can have.
 *
 * The ids of rare terms are fetched first and the condition names them. When every term is common, so are their
 * records: walking the list in its order and asking each record soon fills a page. The choice is not left to
 * the databases: SQLite plans without knowing the bound prefix.
 */
export async function searchCondition(reader: Reader, entity: Entity, search: string): Promise<SqlCondition | null> {
  const terms = termsOf(search);
  if (terms.length === 0 || entity.search.length === 0) return null;

  let ids: ReadonlySet<string> | null = null;
  const common: string[] = [];
  for (const term of terms) {
    const found = await reader.tuples(FIND, [entity.name, term, term + AFTER_PREFIX]);
    if (found.length > RARE_MAX) {
      common.push(term);
      continue;
    }
    ids = intersection(ids, new Set(found.map(([id]) => String(id))));
    if (ids.size === 0) return null;
  }

  const id = parameter(reader.dialect, { kind: 'id' });
  // A scalar subquery instead of EXISTS: MySQL would turn that into a join that begins with the whole word index.
  const texts = common.map(
    () =>
      `(SELECT 1 FROM ${WORD_TABLE} w WHERE w.entity = ? AND w.record_id = t.${quoted('id')} ` +
      'AND w.word >= ? AND w.word < ? LIMIT 1) = 1',
  );
  const bindings: Binding[] = common.flatMap((term) => [entity.name, term, term + AFTER_PREFIX]);
  if (ids !== null) {
    const padded = paddedToPowerOfTwo([...ids]);
    texts.unshift(`t.${quoted('id')} IN (${padded.map(() => id).join(', ')})`);
    bindings.unshift(...padded);
  }
  return { text: texts.join(' AND '), bindings };
}

function intersection(known: ReadonlySet<string> | null, found: ReadonlySet<string>): ReadonlySet<string> {
  return known === null ? found : new Set([...known].filter((id) => found.has(id)));
}

/** A few lengths instead of a thousand, so that the texts can be prepared and kept. */
function paddedToPowerOfTwo(ids: readonly string[]): readonly string[] {
  const padded = [...ids];
  const last = ids.at(-1) as string;
  let size = 1;
  while (size < ids.length) size *= 2;
  while (padded.length < size) padded.push(last);
  return padded;
}
