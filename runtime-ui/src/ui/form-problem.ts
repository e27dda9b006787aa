import { computed, shallowRef, toValue } from 'vue';
import type { ComputedRef, MaybeRefOrGetter } from 'vue';
import { ApiProblem } from '../api/problem.ts';
import { problemText } from './problem-text.ts';

export interface SummaryFault {
  readonly message: string;
  readonly controlId?: string | undefined;
}

/** What a refused form shows: a message at each field, and all of them in a summary. */
export interface FormProblem {
  /** Runs a write; answers whether it succeeded. */
  submit(work: () => Promise<void>): Promise<boolean>;
  /** The message for a field, by the name it has in what is sent. */
  messageOf(name: string): string | undefined;
  readonly faults: ComputedRef<readonly SummaryFault[]>;
  readonly isBusy: ComputedRef<boolean>;
  clear(): void;
}

/**
 * Sends a form and keeps what the server found wrong with it.
 *
 * @param controls ids of the controls by the pointers of their fields: `{ '/email': 'sign-up-email' }`
 */
export function useFormProblem(controls: MaybeRefOrGetter<Readonly<Record<string, string>>>): FormProblem {
  const error = shallowRef<unknown>(null);
  const isBusy = shallowRef(false);

  return {
    async submit(work) {
      if (isBusy.value) return false;
      isBusy.value = true;
      error.value = null;
      try {
        await work();
        return true;
      } catch (caught) {
        error.value = caught;
        return false;
      } finally {
        isBusy.value = false;
      }
    },
    messageOf: (name) => (error.value instanceof ApiProblem ? error.value.messages[`/${name}`] : undefined),
    faults: computed(() => faultsOf(error.value, toValue(controls))),
    isBusy: computed(() => isBusy.value),
    clear: () => (error.value = null),
  };
}

function faultsOf(error: unknown, controls: Readonly<Record<string, string>>): readonly SummaryFault[] {
  if (error === null) return [];
  if (error instanceof ApiProblem && error.faults.length > 0) {
    return error.faults.map(({ pointer, message }) => ({ message, controlId: controls[pointer] }));
  }
  return [{ message: problemText(error) }];
}
