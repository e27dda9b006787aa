import { useQuery } from '@tanstack/vue-query';
import { computed, shallowRef, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { newIdempotencyKey } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { useModel } from '../metadata/model.ts';
import type { RecordJson } from '../records/record-api.ts';
import { showToast } from '../ui/toasts.ts';
import { needsConfirmation, orderActions } from './action-order.ts';
import { actionsQuery, runFlow, takeAction } from './document-api.ts';
import type { RecordAction } from './document-api.ts';

/** The screen of a record, as its actions need it. */
interface ActionScreen {
  readonly entity: () => string;
  /** Null while it is new. */
  readonly record: () => RecordJson | null;
  readonly title: () => string;
  readonly isChanged: () => boolean;
  /** Saves what was typed; answers whether that succeeded. */
  readonly save: () => Promise<boolean>;
  /** Shows the record as the server has it now. */
  readonly reload: () => Promise<void>;
  readonly refuse: (problem: ApiProblem) => void;
}

/** What can be done with a record, and the doing of it: asks where entries are posted, saves first what was typed. */
export function useDocumentActions(screen: ActionScreen) {
  const { t } = useI18n();
  const router = useRouter();
  const { model } = useModel();
  /** The action that waits for the person to agree. */
  const asked = shallowRef<RecordAction | null>(null);
  const isActing = shallowRef(false);
  const waitsToSubmit = shallowRef(false);
  /** One key for one wish, however often it is tried. */
  let wishKey = newIdempotencyKey();

  const isDocument = computed(() => model.value?.entities[screen.entity()]?.kind === 'document');
  const { data: actions } = useQuery(
    computed(() => {
      const record = screen.record();
      return {
        ...actionsQuery(screen.entity(), record?.id ?? '', String(record?.version ?? '')),
        enabled: record !== null && isDocument.value,
      };
    }),
  );
  const order = computed(() => orderActions(screen.record() === null ? [] : (actions.value ?? [])));

  /** Does it, or asks first. */
  async function run(action: RecordAction): Promise<void> {
    if (isActing.value || !action.allowed) return;
    if (screen.isChanged() && !(await screen.save())) return;
    wishKey = newIdempotencyKey();
    if (needsConfirmation(action)) asked.value = action;
    else await take(action);
  }

  async function confirm(): Promise<void> {
    if (asked.value !== null) await take(asked.value);
  }

  async function take(action: RecordAction): Promise<void> {
    const record = screen.record();
    if (record === null || isActing.value) return;
    isActing.value = true;
    try {
      if (action.kind === 'flow') await follow(action, record);
      else await act(action, record);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      // Without an answer it may have happened: the same key asks again for the same thing.
      if (error.status !== 0) wishKey = newIdempotencyKey();
      screen.refuse(error);
    } finally {
      isActing.value = false;
      asked.value = null;
    }
  }

  async function act(action: RecordAction, record: RecordJson): Promise<void> {
    const title = screen.title();
    const written = await takeAction(screen.entity(), record.id, action.name, String(record.version), wishKey);
    if (written.id !== record.id) {
      showToast(t('documents.amended', { title }));
      await router.push(`/records/${screen.entity()}/${written.id}`);
      return;
    }
    await screen.reload();
    showToast(t('documents.done', { title: screen.title(), action: action.label }));
  }

  async function follow(action: RecordAction, record: RecordJson): Promise<void> {
    const made = await runFlow(screen.entity(), record.id, action.name, wishKey);
    const to = action.to ?? '';
    showToast(t('documents.flowDone', { entity: model.value?.entities[to]?.label ?? to, title: screen.title() }));
    await router.push(`/records/${to}/${made.id}`);
  }

  /** For the keys that submit: as soon as the actions are known, the first one that posts. */
  function askToSubmit(): void {
    waitsToSubmit.value = true;
  }
  watch([waitsToSubmit, actions], ([waits]) => {
    if (!waits || actions.value === undefined || screen.record() === null) return;
    waitsToSubmit.value = false;
    const { primary } = order.value;
    if (primary !== null && (primary.kind === 'submit' || primary.kind === 'transition')) void run(primary);
  });

  function reset(): void {
    asked.value = null;
    waitsToSubmit.value = false;
  }

  return { actions, order, asked, isActing, run, confirm, askToSubmit, reset };
}
