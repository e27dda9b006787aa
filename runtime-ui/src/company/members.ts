import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { currentLocale } from '../i18n/i18n.ts';

export interface Member {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly is_active: boolean;
}

export interface Role {
  readonly name: string;
  readonly label: string;
}

export function useMembers() {
  return useQuery({
    queryKey: queryKeys.members,
    queryFn: async () => (await api.get<Answer<readonly Member[]>>('/members')).data,
  });
}

export function useRoles() {
  return useQuery(
    computed(() => ({
      queryKey: queryKeys.roles(currentLocale()),
      queryFn: async () => (await api.get<Answer<readonly Role[]>>('/roles')).data,
    })),
  );
}
