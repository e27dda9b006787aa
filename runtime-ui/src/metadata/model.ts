import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import type { ScreenEntityName, ScreenIndex } from '../../../engine/src/compiler/screen.ts';
import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { queryClient } from '../api/query-client.ts';
import { currentLocale } from '../i18n/i18n.ts';

const FRESH_MS = 300_000;

/** The effective model of the company as screens need it, in the present language. */
export function useModel() {
  const query = useQuery(
    computed(() => ({
      queryKey: queryKeys.index(currentLocale()),
      queryFn: async () => (await api.get<Answer<ScreenIndex>>('/metadata')).data,
      staleTime: FRESH_MS,
    })),
  );
  const model: ComputedRef<ScreenIndex | undefined> = computed(() => query.data.value);
  return { model, error: query.error, retry: () => query.refetch() };
}

/** To be called after modules or metadata changed. */
export async function reloadModel(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: queryKeys.metadata }),
    queryClient.invalidateQueries({ queryKey: queryKeys.records }),
    queryClient.invalidateQueries({ queryKey: queryKeys.allCompanyModules }),
  ]);
}

/** Where a module's slug ends in an entity's full name. */
export function moduleOf(entity: string): string {
  return entity.split('.', 1)[0] ?? entity;
}

export function mayCreate(entity: ScreenEntityName | undefined): boolean {
  return entity?.actions.includes('create') === true;
}
