import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Grant } from './permission-matrix.ts';
import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { currentLocale } from '../i18n/i18n.ts';

export interface GrantableField {
  readonly name: string;
  readonly label: string;
  /** The fields of its rows. */
  readonly rows: readonly { readonly name: string; readonly label: string }[];
}

export interface GrantableEntity {
  readonly name: string;
  readonly label: string;
  readonly kind: string;
  readonly actions: readonly string[];
  /** Steps of its workflow; those with roles are taken by these alone. */
  readonly steps: readonly { readonly action: string; readonly label: string; readonly roles: readonly string[] }[];
  readonly fields: readonly GrantableField[];
}

export interface GrantableModule {
  readonly slug: string;
  readonly name: string;
  /** Open to all members, as long as no role names its records. */
  readonly is_open: boolean;
  readonly entities: readonly GrantableEntity[];
}

export interface RoleDetail {
  readonly name: string;
  readonly label: Readonly<Record<string, string>>;
  readonly is_own: boolean;
  readonly version: string | null;
  readonly grants: readonly Grant[];
}

/** What publishing would do beyond the role itself. */
export interface Consequences {
  readonly closes: readonly string[];
  readonly opens: readonly string[];
}

export function useGrantable() {
  return useQuery(
    computed(() => ({
      queryKey: queryKeys.grantable(currentLocale()),
      queryFn: async () => (await api.get<Answer<readonly GrantableModule[]>>('/roles/grantable')).data,
    })),
  );
}

export async function fetchRole(name: string): Promise<RoleDetail> {
  return (await api.get<Answer<RoleDetail>>(`/roles/${name}`)).data;
}

/** What a role is saved as. */
export interface RoleInput {
  readonly label: Readonly<Record<string, string>>;
  readonly grants: readonly Grant[];
}

/** @param former the role as it was read; null for a new one */
export async function tryRole(former: RoleDetail | null, input: RoleInput): Promise<Consequences> {
  const query = { dry_run: true };
  const { data } =
    former === null
      ? await api.post<Answer<Consequences>>('/roles', input, { query })
      : await api.patch<Answer<Consequences>>(`/roles/${former.name}`, withVersion(former, input), { query });
  return data;
}

export async function saveRole(former: RoleDetail | null, input: RoleInput): Promise<RoleDetail> {
  const { data } =
    former === null
      ? await api.post<Answer<RoleDetail>>('/roles', input)
      : await api.patch<Answer<RoleDetail>>(`/roles/${former.name}`, withVersion(former, input));
  return data;
}

function withVersion({ version }: RoleDetail, input: RoleInput): RoleInput & { readonly version: string | null } {
  return { ...input, version };
}

export interface ConditionFault {
  readonly message: string;
  readonly hint: string | null;
}

/** What is wrong with a condition on the records of an entity; nothing when it can be taken. */
export async function checkCondition(
  entity: string,
  where: string,
  signal: AbortSignal,
): Promise<readonly ConditionFault[]> {
  const { data } = await api.post<Answer<{ readonly faults: readonly ConditionFault[] }>>(
    '/roles/conditions',
    { entity, where },
    { signal },
  );
  return data.faults;
}
