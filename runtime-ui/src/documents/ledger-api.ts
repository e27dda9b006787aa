import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import type { QueryValue } from '../api/client.ts';
import type { EntryPlace } from './document-api.ts';

/** A row that the API answered of a ledger: dimensions, measures and what comes with them. */
export interface LedgerRow {
  readonly [name: string]: unknown;
}

export interface LedgerList {
  readonly data: readonly LedgerRow[];
  readonly meta?: {
    readonly page?: { readonly number: number; readonly size: number; readonly total: number };
    /** The figures of an entry, as the ledger calls them. */
    readonly measures?: readonly { readonly name: string; readonly label: string; readonly format: string }[];
  };
}

/** Entries of a ledger, by the parameters of a list. */
export function listEntries(ledger: string, query: Readonly<Record<string, QueryValue>>): Promise<LedgerList> {
  return api.get<LedgerList>(`/ledgers/${ledger}/entries`, { query: { titles: true, ...query } });
}

/** Balances of a ledger, added up for each value of the dimensions in `by`. */
export async function listBalances(
  ledger: string,
  query: Readonly<Record<string, QueryValue>>,
): Promise<readonly LedgerRow[]> {
  return (await api.get<Answer<readonly LedgerRow[]>>(`/ledgers/${ledger}/balances`, { query })).data;
}

/** What a dimension of a row names. Its title stands in the value itself or in the `_titles` of the row. */
export function placeOf(row: LedgerRow, dimension: string): EntryPlace {
  const nested = row['at'] as Readonly<Record<string, unknown>> | undefined;
  const value = row[dimension] ?? nested?.[dimension] ?? null;
  const titles = row['_titles'] as Readonly<Record<string, unknown>> | undefined;
  const title = titles?.[dimension];
  if (typeof value === 'object' && value !== null) {
    const { entity, id, title: own } = value as { entity?: string; id: string; title?: string };
    const text = own ?? (typeof title === 'string' ? title : `#${id}`);
    return entity === undefined ? { id, title: text } : { entity, id, title: text };
  }
  if (typeof value === 'string' && typeof title === 'string') {
    const [, entity, id] = /^([a-z0-9-]+\.[a-z0-9-]+):(\d+)$/.exec(value) ?? [];
    return entity === undefined || id === undefined ? { id: value, title } : { entity, id, title };
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** A measure of a row as decimal text. */
export function amountOf(row: LedgerRow, measure: string): string | null {
  for (const holder of [row, row['amounts'], row['measures']]) {
    const value = (holder as Readonly<Record<string, unknown>> | undefined)?.[measure];
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  }
  return null;
}
