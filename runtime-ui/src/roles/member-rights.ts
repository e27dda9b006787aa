import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Matrix, Rule } from './permission-matrix.ts';
import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import type { Restrictions } from '../company/members.ts';

/** Where a right comes from; an admin's and that of all members come from no grant, so the rest is absent. */
export interface Reason {
  readonly role: string;
  readonly permission?: string;
  readonly where?: string | null;
  readonly read?: readonly string[] | null;
  readonly write?: readonly string[] | null;
}

export interface ExplainedAction {
  readonly action: string;
  readonly allowed: boolean;
  /** Whether it is open on the record that was asked about. */
  readonly on_record?: boolean;
  readonly because: readonly Reason[];
}

export interface MemberRights {
  readonly member: {
    readonly id: string;
    readonly name: string;
    readonly roles: readonly string[];
    readonly is_active: boolean;
  };
  readonly restrictions: Restrictions | null;
  readonly entities: readonly { readonly entity: string; readonly actions: readonly ExplainedAction[] }[];
}

/** What a member can do, and why: everywhere, or with the records of an entity, or with one of them. */
export function useMemberRights(
  id: MaybeRefOrGetter<string>,
  place: MaybeRefOrGetter<{ readonly entity?: string; readonly record?: string }> = {},
) {
  return useQuery(
    computed(() => {
      const { entity, record } = toValue(place);
      return {
        queryKey: [...queryKeys.members, toValue(id), 'rights', entity ?? '', record ?? ''],
        queryFn: async () =>
          (await api.get<Answer<MemberRights>>(`/members/${toValue(id)}/rights`, { query: { entity, record } })).data,
      };
    }),
  );
}

/** The same as rules, one for each reason, for the grid. */
export function rightsMatrix({ entities }: MemberRights): Matrix {
  return new Map(entities.map(({ entity, actions }) => [entity, rulesOf(actions)]));
}

function rulesOf(actions: readonly ExplainedAction[]): readonly Rule[] {
  const rules = new Map<string, { rule: Omit<Rule, 'actions'>; actions: string[] }>();
  for (const { action, allowed, because } of actions) {
    if (!allowed) continue;
    for (const { role, where = null, read = null, write = null } of because) {
      const key = JSON.stringify([role, where, read, write]);
      const known = rules.get(key) ?? { rule: { where, read, write }, actions: [] };
      known.actions.push(action);
      rules.set(key, known);
    }
  }
  return [...rules.values()].map(({ rule, actions: list }) => ({ ...rule, actions: list }));
}
