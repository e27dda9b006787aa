import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { currentLocale } from '../i18n/i18n.ts';

/** Ids of the records that somebody is kept to, by entity. */
export type Restrictions = Readonly<Record<string, readonly string[]>>;

export interface Member {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly is_active: boolean;
  readonly restrictions: Restrictions | null;
}

/** Somebody who was asked to join. */
export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly invited_by: string;
  readonly sent_at: string;
  readonly expires_at: string;
  readonly state: 'open' | 'expired' | 'inviter-left';
}

export interface Role {
  readonly name: string;
  readonly label: string;
  /** The module that brings it; null for the company's own, and for admins and all members. */
  readonly module: string | null;
  readonly is_own: boolean;
}

/** @param isWanted false for whoever may not ask */
export function useMembers(isWanted: () => boolean = () => true) {
  return useQuery(
    computed(() => ({
      queryKey: queryKeys.members,
      queryFn: async () => (await api.get<Answer<readonly Member[]>>('/members')).data,
      enabled: isWanted(),
    })),
  );
}

export function useInvitations() {
  return useQuery({
    queryKey: queryKeys.invitations,
    queryFn: async () => (await api.get<Answer<readonly Invitation[]>>('/invitations')).data,
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

/** What a dialog holds as it is sent: kinds without a record keep to nothing, so they are left out. */
export function sentRestrictions(chosen: Restrictions): Restrictions | null {
  const named = Object.entries(chosen).filter(([, ids]) => ids.length > 0);
  return named.length === 0 ? null : Object.fromEntries(named);
}
