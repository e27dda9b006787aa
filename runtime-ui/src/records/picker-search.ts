import { onScopeDispose, ref, shallowRef } from 'vue';
import type { ScreenField } from '../../../engine/src/compiler/screen.ts';
import type { RecordDraft } from './record-draft.ts';
import type { DraftRow } from '../../../engine/src/records/compute.ts';
import { displayText } from './field-values.ts';
import { fetchEntity, listRecords } from './record-api.ts';

export interface PickerOption {
  readonly id: string;
  readonly title: string;
  /** What the picker shows beside the title. */
  readonly details: string;
}

const PAUSE_MS = 140;
const SHOWN_MAX = 8;
/** Some of what the server finds, the link's own filter drops. */
const ASKED_MAX = 30;

/** Finds records for a link while a person types. */
export function usePickerSearch(form: RecordDraft, field: ScreenField, row: DraftRow) {
  const options = shallowRef<readonly PickerOption[]>([]);
  const isSearching = ref(false);
  let pause: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | null = null;
  onScopeDispose(() => {
    clearTimeout(pause);
    running?.abort();
  });

  function search(text: string, immediately = false): void {
    clearTimeout(pause);
    isSearching.value = true;
    pause = setTimeout(() => void find(text.trim()), immediately ? 0 : PAUSE_MS);
  }

  async function find(text: string): Promise<void> {
    running?.abort();
    const request = new AbortController();
    running = request;
    const target = field.to ?? '';
    try {
      const [model, { data }] = await Promise.all([
        fetchEntity(target),
        listRecords(
          target,
          {
            fields: ['id', ...field.linkFields].join(','),
            'page[size]': field.linkFilter === null ? SHOWN_MAX : ASKED_MAX,
            titles: true,
            ...(text === '' ? {} : { search: text }),
          },
          request.signal,
        ),
      ]);
      for (const record of data) await form.store.learn(target, record);
      const shown = model.fields.filter((each) => model.picker.includes(each.name));
      options.value = data
        .filter((record) => form.accepts(field, record.id, row))
        .slice(0, SHOWN_MAX)
        .map((record) => ({
          id: record.id,
          title: form.store.titleOf(target, record.id) ?? record.id,
          details: shown
            .map((each) =>
              displayText(each, record[each.name], {
                currency: null,
                titleOf: (entity, id) => form.store.titleOf(entity, id),
              }),
            )
            .filter((part) => part !== '')
            .join(' · '),
        }));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return;
    } finally {
      if (running === request) isSearching.value = false;
    }
  }

  return { options, isSearching, search };
}
