import { useQueries } from '@tanstack/vue-query';
import { useLocalStorage } from '@vueuse/core';
import { computed, watch } from 'vue';
import type { ComputedRef } from 'vue';
import type { ScreenEntityName, ScreenIndex } from '../../../engine/src/compiler/screen.ts';
import { api } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { mayCreate } from '../metadata/model.ts';

const FRESH_MS = 300_000;
/** Each step costs a request when the dashboard opens. */
const STEPS_MAX = 6;

export interface ChecklistStep {
  readonly entity: string;
  readonly name: ScreenEntityName;
  readonly isDone: boolean;
}

/** What its modules say that a new company enters first: what documents are about before the documents themselves. */
export function firstEntities(model: ScreenIndex): readonly string[] {
  const steps = model.modules
    .flatMap(({ firstSteps }) => firstSteps)
    .filter((entity) => mayCreate(model.entities[entity]));
  const isDocument = (entity: string): boolean => model.entities[entity]?.kind === 'document';
  return [...steps.filter((entity) => !isDocument(entity)), ...steps.filter(isDocument)].slice(0, STEPS_MAX);
}

interface ListAnswer {
  readonly meta: { readonly page: { readonly total: number } };
}

async function countRecords(entity: string): Promise<number> {
  const answer = await api.get<ListAnswer>(`/records/${entity}`, { query: { 'page[size]': 1 } });
  return answer.meta.page.total;
}

/** Records that a module brought along make no step; whatever was empty once is a step, and done when it is not. */
type StepState = 'given' | 'open' | 'done';
type StepStates = Readonly<Record<string, StepState>>;

/** What is known of each kind of record after counting again. */
export function stepStates(before: StepStates, totals: ReadonlyMap<string, number | undefined>): StepStates {
  const after: Record<string, StepState> = { ...before };
  for (const [entity, total] of totals) {
    if (total === 0) after[entity] ??= 'open';
    else if (total !== undefined) after[entity] = after[entity] === 'open' ? 'done' : (after[entity] ?? 'given');
  }
  return after;
}

/** What a new company still has to enter. Steps stay, as done, until the list is dismissed. */
export function useChecklist(model: ComputedRef<ScreenIndex | undefined>) {
  const slug = computed(() => model.value?.company.slug ?? '');
  const known = useLocalStorage<Readonly<Record<string, StepStates>>>('rangka.checklist', {});
  const dismissed = useLocalStorage<readonly string[]>('rangka.checklist-dismissed', []);

  const states = computed<StepStates>(() => known.value[slug.value] ?? {});
  const entities = computed(() =>
    model.value === undefined || dismissed.value.includes(slug.value) ? [] : firstEntities(model.value),
  );
  // What is there already is not counted again: that would cost requests on each visit.
  const counted = computed(() => entities.value.filter((entity) => (states.value[entity] ?? 'open') === 'open'));
  const counts = useQueries({
    queries: computed(() =>
      counted.value.map((entity) => ({
        queryKey: queryKeys.count(entity),
        queryFn: () => countRecords(entity),
        staleTime: FRESH_MS,
      })),
    ),
  });

  const totals = computed(() => new Map(counted.value.map((entity, index) => [entity, counts.value[index]?.data])));
  watch(totals, (now) => {
    const after = stepStates(states.value, now);
    if (JSON.stringify(after) !== JSON.stringify(states.value)) known.value = { ...known.value, [slug.value]: after };
  });

  const steps = computed<readonly ChecklistStep[]>(() =>
    entities.value.flatMap((entity) => {
      const name = model.value?.entities[entity];
      const state = states.value[entity] ?? 'given';
      return name === undefined || state === 'given' ? [] : [{ entity, name, isDone: state === 'done' }];
    }),
  );

  function dismiss(): void {
    dismissed.value = [...dismissed.value, slug.value];
  }

  return { steps, dismiss };
}
