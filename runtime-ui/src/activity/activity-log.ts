import { useInfiniteQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Ref } from 'vue';
import { api } from '../api/client.ts';
import type { QueryValue } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { currentLocale } from '../i18n/i18n.ts';
import type { HistoryEntry } from '../records/record-api.ts';

/** A change of any record of the company. */
export interface Activity extends HistoryEntry {
  readonly id: string;
  readonly entity: string;
  readonly entity_label: string;
  readonly record_id: string;
}

interface ActivityPage {
  readonly data: readonly Activity[];
  readonly meta: { readonly next: string | null };
}

/** What the reader chose; empty texts choose nothing. Days are those of the reader's clock. */
export interface ActivityChoice {
  readonly entity: string;
  readonly person: string;
  readonly from: string;
  readonly to: string;
}

/** The beginning of a day, or of the day after, as an instant. */
export function instantOfDay(day: string, daysLater = 0): string | undefined {
  const start = new Date(`${day}T00:00:00`);
  if (day === '' || Number.isNaN(start.getTime())) return undefined;
  start.setDate(start.getDate() + daysLater);
  return start.toISOString();
}

/** The activity log, page by page, the latest first. */
export function useActivityLog(choice: Ref<ActivityChoice>) {
  return useInfiniteQuery(
    computed(() => ({
      queryKey: queryKeys.activity(choice.value, currentLocale()),
      queryFn: ({ pageParam }: { pageParam: string | null }): Promise<ActivityPage> => {
        const { entity, person, from, to } = choice.value;
        const chosen: Record<string, QueryValue | undefined> = {
          entity: entity || undefined,
          actor_id: person || undefined,
          from: instantOfDay(from),
          to: instantOfDay(to, 1),
          before: pageParam ?? undefined,
        };
        const given = Object.entries(chosen).filter((each): each is [string, QueryValue] => each[1] !== undefined);
        return api.get<ActivityPage>('/activity', { query: Object.fromEntries(given) });
      },
      initialPageParam: null as string | null,
      getNextPageParam: ({ meta }: ActivityPage) => meta.next,
    })),
  );
}
