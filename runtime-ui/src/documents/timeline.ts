import type { FieldChange } from '../records/change-text.ts';
import type { Comment, HistoryEntry } from '../records/record-api.ts';
import type { ImpactVoucher } from './document-api.ts';

/** Something that happened to a document: a change, a set of entries that was posted, or words of a member. */
export type TimelineItem =
  | { readonly kind: 'change'; readonly at: string; readonly entry: HistoryEntry }
  | { readonly kind: 'voucher'; readonly at: string; readonly voucher: ImpactVoucher }
  | { readonly kind: 'comment'; readonly at: string; readonly comment: Comment };

/** Changes, postings and comments in one line of time, the newest first; a posting stands above the change that made it. */
export function timelineOf(
  history: readonly HistoryEntry[],
  vouchers: readonly ImpactVoucher[],
  comments: readonly Comment[] = [],
): readonly TimelineItem[] {
  const items: TimelineItem[] = [
    ...vouchers.flatMap((voucher): readonly TimelineItem[] =>
      voucher.posted_at === null ? [] : [{ kind: 'voucher', at: voucher.posted_at, voucher }],
    ),
    ...comments.map((comment): TimelineItem => ({ kind: 'comment', at: comment.created_at, comment })),
    ...history.map((entry): TimelineItem => ({ kind: 'change', at: entry.at, entry })),
  ];
  return items.sort((a, b) => new Date(b.at).getTime() - new Date(a.at).getTime());
}

/** Fields that the engine keeps by itself say nothing to people. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['stage', 'version', 'updated_at', 'updated_by']);

export function fieldChanges(changes: HistoryEntry['changes']): readonly FieldChange[] {
  return Object.entries(changes)
    .filter(([field]) => !OWN_FIELDS.has(field))
    .map(([field, change]) =>
      Array.isArray(change)
        ? { field, before: change[0] as unknown, after: change[1] as unknown }
        : { field, before: null, after: change },
    );
}
