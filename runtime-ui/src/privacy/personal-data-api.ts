import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { currentLocale } from '../i18n/i18n.ts';

export interface Erasure {
  readonly id: string;
  readonly entity: string;
  readonly record_id: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  readonly records: number;
  readonly history_rows: number;
  readonly comments: number;
  /** Documents that stayed, by entity. */
  readonly kept: Readonly<Record<string, number>>;
}

export interface PersonalOverview {
  /** Kinds of record that are about people. */
  readonly people: readonly { readonly entity: string; readonly label: string }[];
  /** Where personal data stands. */
  readonly marked: readonly { readonly entity: string; readonly label: string; readonly fields: readonly string[] }[];
  readonly erasures: readonly Erasure[];
}

/** What there is about one person. */
export interface PersonalLook {
  readonly title: string;
  readonly fields: readonly {
    readonly field: string;
    readonly label: string;
    readonly is_filled: boolean;
    /** What takes its place; null: nothing. */
    readonly becomes: string | null;
  }[];
  readonly rows: readonly { readonly label: string; readonly count: number }[];
  readonly history: number;
  readonly comments: number;
  readonly linked: readonly {
    readonly entity: string;
    readonly label: string;
    readonly total: number;
    readonly erased: number;
    readonly kept: number;
  }[];
}

export interface PersonRef {
  readonly entity: string;
  readonly id: string;
}

export function usePersonalOverview() {
  return useQuery(
    computed(() => ({
      queryKey: queryKeys.personalData(currentLocale()),
      queryFn: async () => (await api.get<Answer<PersonalOverview>>('/personal-data')).data,
    })),
  );
}

export function usePersonalLook(person: MaybeRefOrGetter<PersonRef | null>) {
  return useQuery(
    computed(() => {
      const { entity, id } = toValue(person) ?? { entity: '', id: '' };
      return {
        queryKey: [...queryKeys.personalData(currentLocale()), entity, id],
        queryFn: async () => (await api.get<Answer<PersonalLook>>(`/personal-data/${entity}/${id}`)).data,
        enabled: id !== '',
      };
    }),
  );
}

export async function erasePerson({ entity, id }: PersonRef, reason: string, confirm: string): Promise<Erasure> {
  const address = `/personal-data/${entity}/${id}/erasure`;
  return (await api.post<Answer<Erasure>>(address, { reason, confirm })).data;
}

/** Fetches what an address holds and hands it to the reader as a file. */
export async function downloadJson(address: string, name: string): Promise<void> {
  const content = await api.get<unknown>(address);
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
