import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { currentLocale } from '../i18n/i18n.ts';
import type { RecordJson } from '../records/record-api.ts';

/** Something that can be done with a record as it is now. */
export interface RecordAction {
  readonly name: string;
  /** In the person's language. */
  readonly label: string;
  readonly kind: 'update' | 'delete' | 'submit' | 'cancel' | 'amend' | 'transition' | 'flow' | 'print';
  readonly tone?: 'primary' | 'danger' | 'plain';
  readonly allowed: boolean;
  /** Why it is not allowed. */
  readonly reason?: string | null;
  /** The entity that a flow makes. */
  readonly to?: string | null;
}

/** What a dimension of an entry names: a record, a plain value, or nothing. */
export type EntryPlace =
  { readonly entity?: string; readonly id: string; readonly title: string } | string | number | boolean | null;

export interface ImpactEntry {
  /** Number of the row it comes from, counted from 1; null for the document as a whole. */
  readonly line: number | null;
  readonly memo: string | null;
  readonly at: Readonly<Record<string, EntryPlace>>;
  /** Decimal texts. */
  readonly amounts: Readonly<Record<string, string>>;
}

export interface ImpactLedger {
  readonly ledger: string;
  readonly label: string;
  readonly dimensions: readonly { readonly name: string; readonly label: string }[];
  readonly measures: readonly { readonly name: string; readonly label: string; readonly format: string }[];
  readonly entries: readonly ImpactEntry[];
  readonly totals: Readonly<Record<string, string>>;
}

/** One balanced set of entries over all ledgers. */
export interface ImpactVoucher {
  readonly action: string;
  readonly date: string;
  /** RFC 3339; null while it is only a preview. */
  readonly posted_at: string | null;
  readonly actor: { readonly name: string } | null;
  readonly ledgers: readonly ImpactLedger[];
}

/** What a document posted, or what submitting it would post. */
export interface Impact {
  readonly posted: boolean;
  readonly vouchers: readonly ImpactVoucher[];
  /** What stands against submitting a draft. */
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

/** A document before or after another. */
export interface RelatedDocument {
  readonly entity: string;
  readonly label: string;
  readonly id: string;
  readonly title: string;
  readonly status: string | null;
  readonly date: string | null;
  /** `from`: the shown document links to it. `to`: it links to the shown document. */
  readonly direction: 'from' | 'to';
}

export interface PrintFormat {
  readonly name: string;
  readonly label: string;
}

const PRINTS_FRESH_MS = 300_000;

/** Everything that is read of one document; it is stale once the document has another version. */
function documentKey(entity: string, id: string, what: string, version: string) {
  return [...queryKeys.record(entity, id), what, version, currentLocale()] as const;
}

export function actionsQuery(entity: string, id: string, version: string) {
  return {
    queryKey: documentKey(entity, id, 'actions', version),
    queryFn: async () => (await api.get<Answer<readonly RecordAction[]>>(`/records/${entity}/${id}/actions`)).data,
  };
}

export function impactQuery(entity: string, id: string, version: string) {
  return {
    queryKey: documentKey(entity, id, 'impact', version),
    queryFn: async () => (await api.get<Answer<Impact>>(`/records/${entity}/${id}/impact`)).data,
    // Stock and balances move on without the document.
    staleTime: 0,
  };
}

export function relatedQuery(entity: string, id: string, version: string) {
  return {
    queryKey: documentKey(entity, id, 'related', version),
    queryFn: async () => (await api.get<Answer<readonly RelatedDocument[]>>(`/records/${entity}/${id}/related`)).data,
  };
}

export function printsQuery(entity: string) {
  return {
    queryKey: ['metadata', 'prints', entity, currentLocale()] as const,
    queryFn: async () => (await api.get<Answer<readonly PrintFormat[]>>(`/records/${entity}/prints`)).data,
    staleTime: PRINTS_FRESH_MS,
  };
}

/** Where a printed page opens. The browser fetches it itself, so the language stands in the address. */
export function printAddress(entity: string, id: string, format: string, type: 'html' | 'pdf'): string {
  const locale = encodeURIComponent(currentLocale());
  return `/api/v1/records/${entity}/${id}/print/${encodeURIComponent(format)}.${type}?locale=${locale}`;
}

/**
 * Takes an action; answers the record as it then is, for `amend` the new draft. Throws ApiProblem: 409 when the
 * document's state stands against it, 422 with faults at fields and rows, 412 when somebody else was faster.
 */
export async function takeAction(
  entity: string,
  id: string,
  action: string,
  version: string,
  idempotencyKey: string,
): Promise<RecordJson> {
  const { data } = await api.post<Answer<RecordJson>>(
    `/records/${entity}/${id}/actions/${encodeURIComponent(action)}`,
    {},
    { headers: { 'If-Match': `"${version}"` }, idempotencyKey },
  );
  await forgetDocuments();
  return data;
}

/** Makes the next document as a draft, filled with what is open; throws ApiProblem 409 when nothing is. */
export async function runFlow(entity: string, id: string, flow: string, idempotencyKey: string): Promise<RecordJson> {
  const { data } = await api.post<Answer<RecordJson>>(
    `/records/${entity}/${id}/flows/${encodeURIComponent(flow)}`,
    {},
    { idempotencyKey },
  );
  await forgetDocuments();
  return data;
}

/** A posting changes balances that lists, widgets, reports and other documents show. */
async function forgetDocuments(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: queryKeys.records });
  await queryClient.invalidateQueries({ queryKey: ['reports', 'run'] });
}
