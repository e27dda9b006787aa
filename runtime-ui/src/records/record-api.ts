import type { ScreenEntity } from '../../../engine/src/compiler/screen.ts';
import type { Json } from '../../../engine/src/metamodel/field-type.ts';
import type { Answer } from '../api/answers.ts';
import { api, newIdempotencyKey } from '../api/client.ts';
import type { QueryValue } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { currentLocale } from '../i18n/i18n.ts';

/** A record as the API gives it; `_title` and `_titles` come along when titles were asked for. */
export interface RecordJson {
  readonly [field: string]: Json | undefined;
  readonly id: string;
  readonly version?: string;
}

export interface RecordList {
  readonly data: readonly RecordJson[];
  readonly meta: {
    readonly page: {
      readonly number: number;
      readonly size: number;
      readonly total: number;
      readonly total_capped?: boolean;
    };
  };
}

/** What a member wrote about a record. */
export interface Comment {
  readonly id: string;
  readonly body: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly created_at: string;
}

export interface HistoryEntry {
  readonly version: string;
  readonly action: string;
  readonly actor: { readonly name: string };
  readonly at: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

const MODEL_FRESH_MS = 300_000;

export function entityQuery(entity: string) {
  const locale = currentLocale();
  return {
    queryKey: queryKeys.entity(entity, locale),
    queryFn: async () => (await api.get<Answer<ScreenEntity>>(`/metadata/entities/${entity}`)).data,
    staleTime: MODEL_FRESH_MS,
  };
}

/** Everything the screens must know of an entity. */
export function fetchEntity(entity: string): Promise<ScreenEntity> {
  return queryClient.ensureQueryData(entityQuery(entity));
}

export function listRecords(
  entity: string,
  query: Readonly<Record<string, QueryValue>>,
  signal?: AbortSignal,
): Promise<RecordList> {
  return api.get<RecordList>(`/records/${entity}`, { query, ...(signal === undefined ? {} : { signal }) });
}

/** @param include paths of links whose records are wanted in place of their ids */
export async function getRecord(entity: string, id: string, include: readonly string[] = []): Promise<RecordJson> {
  const query = { titles: true, ...(include.length === 0 ? {} : { include: include.join(',') }) };
  return (await api.get<Answer<RecordJson>>(`/records/${entity}/${id}`, { query })).data;
}

/** What a new record would be with its defaults; throws ApiProblem. */
export async function previewRecord(entity: string, input: Readonly<Record<string, Json>>): Promise<RecordJson> {
  return (await api.post<Answer<RecordJson>>(`/records/${entity}/preview`, input)).data;
}

export async function createRecord(
  entity: string,
  input: Readonly<Record<string, Json>>,
  idempotencyKey = newIdempotencyKey(),
): Promise<RecordJson> {
  const { data } = await api.post<Answer<RecordJson>>(`/records/${entity}`, input, { idempotencyKey });
  await forgetRecords(entity);
  return data;
}

export async function updateRecord(
  entity: string,
  id: string,
  version: string,
  input: Readonly<Record<string, Json>>,
): Promise<RecordJson> {
  const { data } = await api.patch<Answer<RecordJson>>(`/records/${entity}/${id}`, input, {
    headers: { 'If-Match': `"${version}"` },
  });
  await forgetRecords(entity);
  return data;
}

export async function deleteRecord(entity: string, id: string, version: string | undefined): Promise<void> {
  await api.delete(
    `/records/${entity}/${id}`,
    version === undefined ? {} : { headers: { 'If-Match': `"${version}"` } },
  );
  await forgetRecords(entity);
}

export async function getComments(entity: string, id: string): Promise<readonly Comment[]> {
  return (await api.get<Answer<readonly Comment[]>>(`/records/${entity}/${id}/comments`)).data;
}

export async function getHistory(entity: string, id: string): Promise<readonly HistoryEntry[]> {
  return (await api.get<Answer<readonly HistoryEntry[]>>(`/records/${entity}/${id}/history`)).data;
}

/** Lists, counts and widgets read what was written. */
async function forgetRecords(entity: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: queryKeys.entityRecords(entity) });
  await queryClient.invalidateQueries({ queryKey: ['records', 'widget'] });
}
