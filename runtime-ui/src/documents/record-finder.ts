import { ApiProblem } from '../api/problem.ts';
import { listRecords } from '../records/record-api.ts';

export interface FoundRecord {
  readonly entity: string;
  readonly id: string;
  readonly title: string;
}

const FOUND_MAX = 10;

/** Records of several kinds that fit some words, the kinds in turn; nothing when the search was given up. */
export async function findRecords(
  entities: readonly string[],
  words: string,
  signal: AbortSignal,
): Promise<readonly FoundRecord[]> {
  const size = Math.max(3, Math.ceil(FOUND_MAX / Math.max(1, entities.length)));
  const found = await Promise.all(entities.map((entity) => findIn(entity, words, size, signal)));
  return found.flat();
}

async function findIn(
  entity: string,
  words: string,
  size: number,
  signal: AbortSignal,
): Promise<readonly FoundRecord[]> {
  const query = { fields: 'id', titles: true, 'page[size]': size, ...(words === '' ? {} : { search: words }) };
  try {
    const { data } = await listRecords(entity, query, signal);
    return data.map((record) => {
      const title = record['_title'];
      return { entity, id: record.id, title: typeof title === 'string' && title !== '' ? title : `#${record.id}` };
    });
  } catch (error) {
    // Some kinds have no words to search, some searches are given up for the next one.
    if (error instanceof ApiProblem || (error instanceof DOMException && error.name === 'AbortError')) return [];
    throw error;
  }
}
