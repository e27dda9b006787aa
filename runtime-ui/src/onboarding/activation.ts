import { computed, shallowRef } from 'vue';
import { activateModule } from '../api/catalog.ts';
import { reloadModel } from '../metadata/model.ts';

export type ActivationState = 'waiting' | 'running' | 'done' | 'failed';

/** Activates several modules one after another, and tells how far it has come. */
export function useActivation() {
  const states = shallowRef<ReadonlyMap<string, ActivationState>>(new Map());
  const error = shallowRef<unknown>(null);
  const isRunning = computed(() => [...states.value.values()].includes('running'));
  const doneCount = computed(() => [...states.value.values()].filter((state) => state === 'done').length);

  function note(slug: string, state: ActivationState): void {
    states.value = new Map(states.value).set(slug, state);
  }

  /**
   * @param slugs each after those it needs
   * @returns whether all are active; called again after a failure, it goes on where it stopped
   */
  async function run(slugs: readonly string[]): Promise<boolean> {
    error.value = null;
    states.value = new Map(slugs.map((slug) => [slug, states.value.get(slug) === 'done' ? 'done' : 'waiting']));
    for (const slug of slugs) {
      if (states.value.get(slug) === 'done') continue;
      note(slug, 'running');
      try {
        for (const active of await activateModule(slug)) if (states.value.has(active)) note(active, 'done');
        note(slug, 'done');
      } catch (caught) {
        note(slug, 'failed');
        error.value = caught;
        break;
      }
    }
    await reloadModel();
    return error.value === null;
  }

  return { states, error, isRunning, doneCount, run };
}
